"""What is due when: a partition for each day, in order of time, so that the work grows with what is due and no scan is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..domain.due import Due, DueKind
from . import items
from .border import conditions, guarded
from .items import DueCursorItem, DueItem
from .reading import maybe

_KEPT, _DAYS_IN_ONE_RUN, _DAYS_IN_THE_FIRST = timedelta(days=120), 400, 100


@guarded
class Agenda:
    def add(self, dues: Sequence[Due], now: datetime) -> None:
        """Putting the same in again changes nothing. What is overdue already is put where the next run looks."""
        items.put_all(_item(replace(due, noted=max(due.at, now))) for due in dues)

    def add_once(self, due: Due) -> None:
        with conditions():
            _item(due).save(DueItem.pk.does_not_exist())

    def due(self, now: datetime) -> Iterator[Due]:
        """Everything that is due and not done, from the day up to which all was done, the earliest first."""
        for day in self._days(now):
            end = f"{int(now.timestamp()):010d}~"
            for item in DueItem.query(f"D#{day:%Y-%m-%d}", DueItem.sk < end, consistent_read=True):
                one = maybe(_due, item)
                if one:
                    yield one

    def done(self, due: Due) -> None:
        _item(due).delete()

    def all_done_until(self, now: datetime) -> None:
        """The next run starts with this day. Two runs at once may both say so; the earlier day never wins."""
        day = f"{now:%Y-%m-%d}"
        with conditions():
            earlier = DueCursorItem.day.does_not_exist() | (DueCursorItem.day < day)
            DueCursorItem("D#cursor", "D", day=day).save(earlier)

    def _days(self, now: datetime) -> Iterator[datetime]:
        cursor = items.get(DueCursorItem, "D#cursor", "D")
        longest = now - timedelta(days=_DAYS_IN_ONE_RUN)
        first = now - timedelta(days=_DAYS_IN_THE_FIRST)
        start = datetime.fromisoformat(cursor.day).replace(tzinfo=UTC) if cursor else first
        # One day earlier, for clocks that go apart.
        start = max(start - timedelta(days=1), longest)
        for ahead in range((now.date() - start.date()).days + 1):
            yield start + timedelta(days=ahead)


def _due(item: DueItem) -> Due:
    return Due(
        kind=DueKind(item.what),
        at=item.at,
        chat_id=item.chat_id,
        seat_id=item.seat_id,
        noted=item.noted or item.at,
    )


def _item(due: Due) -> DueItem:
    noted = due.noted or due.at
    return DueItem(
        f"D#{noted:%Y-%m-%d}",
        f"{int(noted.timestamp()):010d}#{due.kind}#{due.chat_id}#{due.seat_id}",
        at=due.at,
        noted=due.noted,
        what=due.kind,
        chat_id=due.chat_id,
        seat_id=due.seat_id,
        gone_at=noted + _KEPT,
    )
