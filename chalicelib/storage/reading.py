"""Reading what other code wrote. While a version is rolled out, or back, two versions share the table.

What this one doesn't know never stops a page, a job or the stream: it is passed over, or read as the nearest that is
known and gives nobody a right, and one line of the log says so.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

log = logging.getLogger(__name__)
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What reading an item raises: an unknown kind or value, an attribute that is missing or of another type."""
Kept = TypeVar("Kept")
Noun = TypeVar("Noun")
Member = TypeVar("Member", bound=StrEnum)


def one_of(members: type[Member], value: str, otherwise: Member) -> Member:
    """The member of this value, or `otherwise` for a value that newer code wrote."""
    try:
        return members(value)
    except ValueError:
        log.warning("unknown %s, read as %s: %s", members.__name__, otherwise, value)
        return otherwise


def maybe(read: Callable[[Kept], Noun], item: Kept | None) -> Noun | None:
    """None where there is no item, or none that this code understands."""
    if item is None:
        return None
    try:
        return read(item)
    except UNREADABLE as reason:
        passed_over(type(item).__name__, reason)
        return None


def each(read: Callable[[Kept], Noun], results: Iterable[Kept]) -> Iterator[Noun]:
    """Those that this code understands, in their order."""
    for item in results:
        entry = maybe(read, item)
        if entry is not None:
            yield entry


def passed_over(what: str, reason: Exception) -> None:
    """Without keys and values, which may hold an address."""
    log.warning("passed over, not understood: %s (%s)", what, _said(reason))


def _said(reason: Exception) -> Any:
    return reason if isinstance(reason, ValueError) and "is not a valid" in str(reason) else type(reason).__name__
