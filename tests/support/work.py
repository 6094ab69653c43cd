"""Bounds on work that hold on a busy machine: calls of functions are counted, and no clock is read."""

import cProfile
from collections.abc import Callable

_TWICE_AND_A_BIT = 3
_FEW = 20_000


def calls(do: Callable[[], object]) -> int:
    """How many functions are called while it runs, those written in C included."""
    profile = cProfile.Profile()
    profile.runcall(do)
    return sum(int(entry.callcount) for entry in profile.getstats())


def costs_its_share(read: Callable[[str], object], text: str) -> bool:
    """Whether a text costs at most about twice as many steps as its first half."""
    half, whole = (calls(lambda part=part: read(part)) for part in (text[: len(text) // 2], text))  # type: ignore[misc]
    return whole < _FEW or whole < _TWICE_AND_A_BIT * half
