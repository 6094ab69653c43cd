"""Who makes the request in which something is written: noted in what is written, so that the audit log can say who did it.

Set where a request begins, for as long as it takes; empty for the clock and for operators.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_actor: ContextVar[str] = ContextVar("actor", default="")


def actor() -> str:
    """The account's id."""
    return _actor.get()


@contextmanager
def acting(account_id: str) -> Iterator[None]:
    token = _actor.set(account_id)
    try:
        yield
    finally:
        _actor.reset(token)
