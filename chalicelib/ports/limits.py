"""What bounds requests and makes them repeatable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class RateLimiter(Protocol):
    """Counts over fixed windows, exact under parallel calls."""

    def reserve(self, limits: Sequence["Limit"], now: datetime) -> "Limit | None":
        """Counts one more against every limit, or, where one of them is reached, against none; then that one is returned."""

    def count_once(self, name: str, limits: Sequence["Limit"], now: datetime) -> "Limit | None":
        """As `reserve`, but what is counted under one name is not counted again for two days.

        Cut off on its way, or run twice at once, it may count one too many, and never one too few.
        """

    def is_counted(self, name: str) -> bool: ...
    def reached(self, limits: Sequence["Limit"], now: datetime) -> list["Limit"]:
        """Which of these have no room now; counts nothing."""

    def give_back(self, limits: Sequence["Limit"], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `key` in each window of `seconds`. Keys are hashed before they are stored."""

    key: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept 24 hours for whoever repeats it with the same Idempotency-Key."""

    status: int
    body: str
    cookies: tuple[str, ...] = ()


class IdempotencyStore(Protocol):
    def begin(self, key: str, fingerprint: str, now: datetime) -> "Answer | None":
        """None if this caller is to do the work; the answer if it was done; refuses another body, and a repeat too early."""

    def finish(self, key: str, answer: Answer) -> None:
        """Compressed, for an answer about many people may pass what an item holds."""

    def forget(self, key: str) -> None:
        """The work was refused or failed: the same key may try again."""
