"""Bounds on work that hold on a busy machine: calls of functions are counted, and no clock is read."""

import sys
from collections.abc import Callable
from types import FrameType

_TWICE_AND_A_BIT = 3
_FEW = 20_000


def calls(do: Callable[[], object]) -> int:
    """How many functions are called while it runs, those written in C included."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(before)
    return count


def costs_its_share(read: Callable[[str], object], text: str) -> bool:
    """Whether a text costs at most about twice as many steps as its first half."""
    half, whole = (calls(lambda part=part: read(part)) for part in (text[: len(text) // 2], text))  # type: ignore[misc]
    return whole < _FEW or whole < _TWICE_AND_A_BIT * half
