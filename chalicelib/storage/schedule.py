"""What is due when. A few partitions share it, each in order of time, so that the work grows with what is due, no scan is
needed, and no partition takes more writes than one can. What comes once an hour lies apart from what is due to the
minute.

Version 0.1 had a partition for each day: what lies there is found and done as before.
"""

import heapq
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from ..domain.schedule import BY_THE_HOUR, ScheduledTask, TaskKey, task_key
from . import items
from .codec import Codec
from .errors import conditional_write, translate_errors
from .reading import each
from .schedule_items import HandedOverItem, ScheduleCursorItem, ScheduledTaskItem

SHARDS = 8
_KEPT, _DAYS_IN_ONE_RUN, _DAYS_IN_THE_FIRST = timedelta(days=120), 400, 100
_HANDED_OVER_AT_ONCE = 5_000
_WRITTEN_LATE = timedelta(minutes=2)
"""After which nobody writes any more under a time that is over: longer than any function but one may run."""


@translate_errors
class Schedule:
    """`name` keeps apart what is looked for every hour and what is looked for every minute."""

    def __init__(self, name: str = "") -> None:
        self._name = f"D#{name}"
        self._shards = [f"{self._name}s{number}" for number in range(SHARDS)]
        self._by_the_hour = [f"{self._name}h{number}" for number in range(SHARDS)]

    def add(self, tasks: Sequence[ScheduledTask], now: datetime) -> None:
        items.put_all(self._item(replace(task, stored_at=max(task.at, now))) for task in tasks)

    def add_once(self, task: ScheduledTask) -> None:
        with conditional_write():
            self._item(task).save(ScheduledTaskItem.pk.does_not_exist())

    def due(self, now: datetime) -> Iterator[ScheduledTask]:
        yield from each(_due, self._standing(now))

    def standing(self, now: datetime) -> Iterator[TaskKey]:
        yield from each(_key, self._standing(now, keys_only=True))

    def new(self, now: datetime) -> Iterator[Sequence[TaskKey]]:
        handed_over = items.get_all((partition, "P") for partition in self._shards)
        for partition in self._shards:
            item = handed_over.get((partition, "P"))
            after = item.place if isinstance(item, HandedOverItem) else ""
            keys = list(each(_key, islice(_query(partition, after, now, keys_only=True), _HANDED_OVER_AT_ONCE)))
            if keys:
                yield keys

    def handed_over(self, keys: Sequence[TaskKey], now: datetime) -> None:
        settled = [key for key in keys if key.stored_at <= now - _WRITTEN_LATE]
        if settled:
            place = settled[-1].place
            with conditional_write():
                earlier = HandedOverItem.place.does_not_exist() | (HandedOverItem.place < place)
                HandedOverItem(settled[-1].partition, "P", place=place).save(earlier)

    def read(self, keys: Sequence[TaskKey]) -> list[ScheduledTask]:
        stored = items.get_all((key.partition, key.place) for key in keys)
        in_order = (stored.get((key.partition, key.place)) for key in keys)
        return list(each(_due, (item for item in in_order if isinstance(item, ScheduledTaskItem))))

    def done(self, task: ScheduledTask) -> None:
        self._item(task).delete()

    def done_all(self, tasks: Sequence[ScheduledTask]) -> None:
        items.delete_all(self._item(task) for task in tasks)

    def all_done_until(self, now: datetime) -> None:
        day = f"{now:%Y-%m-%d}"
        with conditional_write():
            earlier = ScheduleCursorItem.day.does_not_exist() | (ScheduleCursorItem.day < day)
            ScheduleCursorItem(f"{self._name}cursor", "D", day=day).save(earlier)

    def _standing(self, now: datetime, keys_only: bool = False) -> Iterator[ScheduledTaskItem]:
        partitions = (*self._days(now), *self._by_the_hour, *self._shards)
        return heapq.merge(
            *(_query(partition, "", now, keys_only) for partition in partitions), key=lambda item: str(item.sk)
        )

    def _days(self, now: datetime) -> Iterator[str]:
        cursor = items.get(ScheduleCursorItem, f"{self._name}cursor", "D")
        longest = now - timedelta(days=_DAYS_IN_ONE_RUN)
        first = now - timedelta(days=_DAYS_IN_THE_FIRST)
        start = datetime.fromisoformat(cursor.day).replace(tzinfo=UTC) if cursor else first
        # One day earlier, for clocks that go apart.
        start = max(start - timedelta(days=1), longest)
        for ahead in range((now.date() - start.date()).days + 1):
            yield f"{self._name}{start + timedelta(days=ahead):%Y-%m-%d}"

    def _item(self, task: ScheduledTask) -> ScheduledTaskItem:
        stored_at = task.stored_at or task.at
        return _TASKS.item(
            task,
            task.partition or self._partition(task),
            f"{int(stored_at.timestamp()):010d}#{task.kind}#{task.subject}#{task.invitation_id}"
            + (f"#{task.seq}" if task.seq else ""),
            stored_at=task.stored_at,
            gone_at=stored_at + _KEPT,
        )

    def _partition(self, task: ScheduledTask) -> str:
        """All of a chat in the same one, and so in order."""
        partitions = self._by_the_hour if task.kind in BY_THE_HOUR else self._shards
        return partitions[zlib.crc32(task.subject.encode()) % SHARDS]


_TASKS = Codec(ScheduledTask, ScheduledTaskItem, renamed={"kind": "what"}, apart=("stored_at", "partition"))


def _query(partition: str, after: str, now: datetime, keys_only: bool) -> Iterator[ScheduledTaskItem]:
    return ScheduledTaskItem.query(
        partition,
        # "!" sorts before everything that a key goes on with.
        ScheduledTaskItem.sk.between(f"{after}!", f"{int(now.timestamp()):010d}~"),
        consistent_read=True,
        attributes_to_get=["pk", "sk", "kind"] if keys_only else None,
    )


def _key(item: ScheduledTaskItem) -> TaskKey:
    return task_key(item.pk, item.sk)


def _due(item: ScheduledTaskItem) -> ScheduledTask:
    return _TASKS.read(item, stored_at=item.stored_at or item.at, partition=item.pk)
