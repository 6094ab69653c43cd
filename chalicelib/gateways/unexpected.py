"""What clients raise when a provider can't be reached, or answers nonsense."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

_OURS = str(Path(__file__).parents[1])


class OddAnswer(ValueError):
    """An answer of a shape that the client doesn't expect."""


UNEXPECTED_RESPONSE_ERRORS = (HTTPException, OSError, RecursionError, ValueError)
"""Documented by urllib, http.client, requests and json: no connection, no answer in time, no HTTP, no JSON, too deep JSON."""


@contextmanager
def odd_answers() -> Iterator[None]:
    """Around a client's call: where the client itself trips over an answer of an odd shape, that is OddAnswer.

    slack-sdk, msal and PyJWT take any JSON for an object; a mistake in our own files stays the error that it is.
    """
    try:
        yield
    except (AttributeError, LookupError, RuntimeError, TypeError) as error:
        if _raised_in_our_files(error):
            raise
        raise OddAnswer(type(error).__name__) from error


def _raised_in_our_files(error: Exception) -> bool:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is None or trace.tb_frame.f_code.co_filename.startswith(_OURS)
