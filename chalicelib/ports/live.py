"""Live connections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SILENCE = 60
"""Seconds. Our pages say something every 25."""


class Connections(Protocol):
    """Who is connected live, by which sockets; at most ten for one person."""

    def open(self, connection: "Connection", now: datetime) -> None:
        """From now on live. Of more than ten, the oldest is forgotten: it notices, and comes again."""

    def get(self, connection_id: str) -> "Connection | None": ...
    def note_activity(self, connection: "Connection", at: datetime) -> bool:
        """It said something. False where it isn't kept any more."""
        ...

    def close(self, connection: "Connection") -> None: ...
    def of_accounts(self, account_ids: Iterable[str]) -> list["Connection"]: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """One open socket, the session that opened it, when, and when it last said something by the machine's clock.

    Both in seconds since 1970; `last_active_at` is 0 for one that only listens.
    """

    id: str
    account_id: str
    session_hash: str
    opened_at: int = 0
    last_active_at: int = 0

    def is_silent(self, machine_now: datetime) -> bool:
        """Whether it said that it lives, and then nothing for a minute."""
        return 0 < self.last_active_at < machine_now.timestamp() - SILENCE


class Sockets(Protocol):
    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        """Sends each text to its connection; the ids of those that are gone."""
        ...

    def hang_up(self, connection_id: str) -> None: ...
