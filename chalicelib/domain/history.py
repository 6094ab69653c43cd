"""What a new person will see of a chat's past: all of it, nothing, the last messages, or what was written since a day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar

from . import errors

MOST_LAST = 100
PATTERN = r"^(all|from_join|last:([1-9]|[1-9][0-9]|100)|since:[0-9]{4}-[0-9]{2}-[0-9]{2})$"
_WRITTEN = re.compile(PATTERN, re.ASCII)


class HistoryKind(StrEnum):
    ALL = "all"
    FROM_JOIN = "from_join"
    LAST = "last"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class History:
    """`last` counts what people wrote and did not take back, at the moment of joining; `since` begins at 00:00 UTC of its day."""

    kind: HistoryKind
    last: int = 0
    day: date | None = None

    ALL: ClassVar["History"]
    FROM_JOIN: ClassVar["History"]

    @classmethod
    def parse(cls, text: str) -> "History":
        """From `all`, `from_join`, `last:1` to `last:100`, `since:2026-11-27`. Raises ValueError for anything else."""
        if not _WRITTEN.fullmatch(text):
            raise ValueError(text)
        kind, _, value = text.partition(":")
        if kind == HistoryKind.LAST:
            return cls(HistoryKind.LAST, last=int(value))
        if kind == HistoryKind.SINCE:
            return cls(HistoryKind.SINCE, day=date.fromisoformat(value))
        return cls(HistoryKind(kind))

    @property
    def since(self) -> datetime | None:
        """The first moment that is seen, where a day decides."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) if self.day else None

    def __str__(self) -> str:
        """As it is written, sent and stored."""
        if self.kind is HistoryKind.LAST:
            return f"last:{self.last}"
        return f"since:{self.day.isoformat()}" if self.day else self.kind.value


History.ALL = History(HistoryKind.ALL)
History.FROM_JOIN = History(HistoryKind.FROM_JOIN)


def of_form(kind: str, last: str, day: str, field: str, now: datetime) -> History:
    """What a form says in three fields; nothing is `from_join`. 422 for a number or a day that is none."""
    if kind == HistoryKind.LAST:
        number = last.strip().lstrip("0")
        if not (number.isascii() and number.isdecimal() and len(number) < 4 and int(number) <= MOST_LAST):
            raise errors.wrong_field(field, "bad_number", "Choose a number from 1 to {most}.", most=MOST_LAST)
        return History(HistoryKind.LAST, last=int(number))
    if kind == HistoryKind.SINCE:
        try:
            return chosen(f"since:{day.strip()}", field, now)
        except errors.Refusal as refusal:
            if refusal.fields[0].code == "future_day":
                raise
            raise errors.wrong_field(field, "bad_day", "Choose a day.") from None
    return chosen(kind or HistoryKind.FROM_JOIN, field, now)


def chosen(text: str, field: str, now: datetime) -> History:
    """What somebody chose; 422 for what is no history, and for a day that hasn't begun."""
    try:
        history = History.parse(text)
    except ValueError:
        raise errors.wrong_field(
            field,
            "bad_history",
            "Use all, from_join, last:1 to last:100, or since: and a day such as since:2026-01-31.",
        ) from None
    if history.since is not None and history.since > now:
        raise errors.wrong_field(field, "future_day", "This day hasn't begun. Choose today or an earlier day.")
    return history
