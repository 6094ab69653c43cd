"""What is due when: a partition for each day, in order of time, so that the work grows with what is due and no scan is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..domain.schedule import ScheduledTask
from . import items
from .codec import Codec
from .errors import conditional_write, translate_errors
from .items import ScheduleCursorItem, ScheduledTaskItem
from .reading import maybe

_KEPT, _DAYS_IN_ONE_RUN, _DAYS_IN_THE_FIRST = timedelta(days=120), 400, 100


@translate_errors
class Schedule:
    """`name` keeps apart what is looked for every hour and what is looked for every minute."""

    def __init__(self, name: str = "") -> None:
        self._days_key = f"D#{name}"

    def add(self, tasks: Sequence[ScheduledTask], now: datetime) -> None:
        items.put_all(self._item(replace(task, stored_at=max(task.at, now))) for task in tasks)

    def add_once(self, task: ScheduledTask) -> None:
        with conditional_write():
            self._item(task).save(ScheduledTaskItem.pk.does_not_exist())

    def due(self, now: datetime) -> Iterator[ScheduledTask]:
        for day in self._days(now):
            end = f"{int(now.timestamp()):010d}~"
            for item in ScheduledTaskItem.query(self._day(day), ScheduledTaskItem.sk < end, consistent_read=True):
                scheduled_task = maybe(_due, item)
                if scheduled_task:
                    yield scheduled_task

    def done(self, task: ScheduledTask) -> None:
        self._item(task).delete()

    def all_done_until(self, now: datetime) -> None:
        day = f"{now:%Y-%m-%d}"
        with conditional_write():
            earlier = ScheduleCursorItem.day.does_not_exist() | (ScheduleCursorItem.day < day)
            ScheduleCursorItem(f"{self._days_key}cursor", "D", day=day).save(earlier)

    def _days(self, now: datetime) -> Iterator[datetime]:
        cursor = items.get(ScheduleCursorItem, f"{self._days_key}cursor", "D")
        longest = now - timedelta(days=_DAYS_IN_ONE_RUN)
        first = now - timedelta(days=_DAYS_IN_THE_FIRST)
        start = datetime.fromisoformat(cursor.day).replace(tzinfo=UTC) if cursor else first
        # One day earlier, for clocks that go apart.
        start = max(start - timedelta(days=1), longest)
        for ahead in range((now.date() - start.date()).days + 1):
            yield start + timedelta(days=ahead)

    def _day(self, day: datetime) -> str:
        return f"{self._days_key}{day:%Y-%m-%d}"

    def _item(self, task: ScheduledTask) -> ScheduledTaskItem:
        stored_at = task.stored_at or task.at
        return _TASKS.item(
            task,
            self._day(stored_at),
            f"{int(stored_at.timestamp()):010d}#{task.kind}#{task.chat_id or task.account_id}#{task.invitation_id}"
            + (f"#{task.seq}" if task.seq else ""),
            stored_at=task.stored_at,
            gone_at=stored_at + _KEPT,
        )


_TASKS = Codec(ScheduledTask, ScheduledTaskItem, renamed={"kind": "what"}, apart=("stored_at",))


def _due(item: ScheduledTaskItem) -> ScheduledTask:
    return _TASKS.read(item, stored_at=item.stored_at or item.at)
