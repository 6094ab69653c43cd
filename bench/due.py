"""A million invitations a day, none accepted: how many calls and write units each kind of due work takes, counted from the real
code on a table in memory; and how late it is done by so many workers, in virtual time, on a good day and through a bad hour.
"""

import heapq
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain import schedule
from chalicelib.domain.schedule import BY_THE_HOUR, IN_ONE_BATCH, TaskKind
from chalicelib.events.schedule import FIRST_PAUSE
from chalicelib.storage.schedule import SHARDS
from chalicelib.usecases import hourly
from cloud.template import DUE_WORKERS
from tests.support.app import World, built
from tests.support.aws_calls import Calls, watched

from .table import Row, Table

INVITATIONS, CHATS, INVITEES = 1_000_000, 4, 5
CALL, TRANSACTION, CPU, QUEUE, READ_A_KEY, QUEUED = 0.005, 0.010, 0.002, 0.5, 0.0001, 0.0006
"""Assumed, in seconds: a call to the table, a transaction, Python for each task, SQS until a worker has a message, reading a key,
and sending a message of 25 tasks, ten to a call of 6 ms. To be measured on AWS."""
BROUGHT_AGAIN, KILLED_AFTER, PAST_THE_HOUR, LATE = 60.0, 60.0, 60.0, 300.0
"""The queue's visibility timeout, the function's own, when the hourly run begins, and what is promised; in seconds."""
DAY = (1, 1, 1, 1, 1, 2, 4, 9, 17, 25, 24, 21, 16, 19, 22, 20, 17, 13, 10, 8, 6, 5, 3, 2)
"""How the day's invitations are spread over its hours; so is what is due for them."""
BAD_HOUR, REFUSED, STOPPED = 9, 0.05, 2
"""The busiest one: one message in twenty fails, a worker is killed each minute, the dispatcher doesn't run twice, and
one task kills whoever does it."""
KINDS = (TaskKind.MAIL, TaskKind.REMIND, TaskKind.EXPIRE, TaskKind.FORGET)
_PARTITION = 1_000
"""Write units a second that one partition of DynamoDB takes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one task."""

    calls: float
    units: float
    seconds: float


@dataclass(slots=True)
class Message:
    kind: TaskKind
    tasks: int
    due: float
    is_poisoned: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    latest: dict[TaskKind, float]
    late: int
    busiest_shard: float
    again: int
    dead: int


def run() -> Iterator[Table]:
    costs = counted()
    yield _costs(costs)
    rows = [
        _row(f"{workers} workers, {name}", costs, workers, is_bad)
        for workers in (DUE_WORKERS // 4, DUE_WORKERS)
        for name, is_bad in (("a good day", False), ("a bad hour", True))
    ]
    columns = (
        "mail",
        "reminder",
        "end",
        "forgetting",
        "later than 5 minutes",
        "brought again",
        "dead letters",
        "units/s, shard",
    )
    yield Table(
        f"{INVITATIONS:,} invitations a day, {SHARDS} shards: the latest of each kind, in seconds", columns, rows
    )


def counted() -> dict[TaskKind, Cost]:
    """Each kind, where it is due, for the same invitations."""
    with built() as world:
        owner = world.signs_up("mara@brightwater.example", plan="enterprise")
        for chat in range(CHATS):
            owner.invites(*(f"p{number}@c{chat}.example" for number in range(INVITEES)), name=f"Chat {chat}")
        world.settle()
        times = {TaskKind.MAIL: 1.5, TaskKind.REMIND: 12 * 24, TaskKind.EXPIRE: 2 * 24, TaskKind.FORGET: 31 * 24}
        return {kind: _counted(world, kind, hours) for kind, hours in times.items()}


def _counted(world: World, kind: TaskKind, hours: float) -> Cost:
    world.pass_time(hours=hours)
    keys = [key for key in world.ports.schedule.standing(world.now()) if f"#{kind}#" in key.place]
    with watched() as calls:
        for batch in schedule.batches(keys):
            if hourly.do(world.ports, batch).failed:
                raise SystemExit(f"{kind} failed: what was counted is no due work that was done.")
    world.settle()
    made = Counter(calls.made)
    seconds = CALL * (made.total() - made["TransactWriteItems"]) + TRANSACTION * made["TransactWriteItems"]
    # The task itself was written once, too.
    return Cost(made.total() / len(keys), 1 + _units(calls) / len(keys), CPU + seconds / len(keys))


def _units(calls: Calls) -> int:
    """Items below 1 kB: one for each that is written, two in a transaction."""
    units = 0
    for asked in calls.asked:
        match asked["operation"]:
            case "PutItem" | "UpdateItem" | "DeleteItem":
                units += 1
            case "BatchWriteItem":
                units += sum(map(len, json.loads(asked["body"])["RequestItems"].values()))
            case "TransactWriteItems":
                units += 2 * len(json.loads(asked["body"])["TransactItems"])
    return units


def _costs(costs: dict[TaskKind, Cost]) -> Table:
    rows = [
        Row(str(kind), (f"{cost.calls:.1f}", f"{cost.units:.1f}", f"{1000 * cost.seconds:.0f}"))
        for kind, cost in costs.items()
    ]
    whole = sum(cost.seconds for cost in costs.values()) * INVITATIONS / 86_400
    rows.append(Row("workers that are busy, on average", ("", "", f"{whole:.1f}")))
    return Table("One task, from being noted to being over", ("calls", "write units", "ms, assumed"), rows)


def _row(name: str, costs: dict[TaskKind, Cost], workers: int, is_bad: bool) -> Row:
    played = play(costs, workers, is_bad)
    cells = [f"{played.latest[kind]:.0f}" for kind in KINDS]
    cells += [f"{played.late:,}", f"{played.again:,}", str(played.dead), f"{played.busiest_shard:.0f}"]
    return Row(name, cells, played.late, 0 if workers == DUE_WORKERS else None)


def play(costs: dict[TaskKind, Cost], workers: int, is_bad: bool, invitations: int = INVITATIONS) -> Played:
    """Workers take what is there first; a poisoned task is no due work that is late, but a dead letter that rings."""
    dice = random.Random(14)  # noqa: S311  # the same day each time
    queue = [(at, number, message) for number, (at, message) in enumerate(_handed_over(invitations, is_bad))]
    heapq.heapify(queue)
    free, number, again, dead = [0.0] * workers, len(queue), 0, 0
    latest, late, units, next_kill = dict.fromkeys(KINDS, 0.0), 0, Counter[int](), float(BAD_HOUR * 3600)
    while queue:
        at, _, message = heapq.heappop(queue)
        begin = max(at + QUEUE, heapq.heappop(free))
        is_bad_now = is_bad and begin // 3600 == BAD_HOUR
        end = begin + message.tasks * costs[message.kind].seconds
        is_killed = (
            message.is_poisoned and message.tries != 1
        )  # what comes again for the first time is only taken apart
        if is_bad_now and begin >= next_kill:
            is_killed, next_kill = True, next_kill + 60
        heapq.heappush(free, begin + KILLED_AFTER if is_killed else end)
        message.tries += 1
        if message.is_poisoned and message.tries == 2:
            parts = [
                Message(message.kind, INVITEES, message.due, part == 0) for part in range(message.tasks // INVITEES)
            ]
            for part in parts:
                part.tries = 2 if part.is_poisoned else 0
                heapq.heappush(queue, (begin, number := number + 1, part))
        elif message.is_poisoned and message.tries > 6:
            dead += 1
        elif is_killed or (is_bad_now and dice.random() < REFUSED):
            again += 1
            shown = begin + BROUGHT_AGAIN if is_killed else end + (FIRST_PAUSE << (message.tries - 1))
            heapq.heappush(queue, (shown, number := number + 1, message))
        else:
            lateness = end - message.due
            latest[message.kind] = max(latest[message.kind], lateness)
            late += message.tasks if lateness > LATE else 0
            units[int(end)] += message.tasks
    return Played(latest, late, max(units.values()) / SHARDS, again, dead)


def _handed_over(invitations: int, is_bad: bool) -> Iterator[tuple[float, Message]]:
    """When each message is in the queue. What is due within a minute goes with the next; the rest soon after its hour is full."""
    for hour, share in enumerate(DAY):
        due = invitations * share // sum(DAY)
        for minute in range(60):
            tick = hour * 3600 + minute * 60.0
            ran = tick + 60 * (STOPPED - minute if is_bad and hour == BAD_HOUR and minute < STOPPED else 0) + 60
            kinds = [kind for kind in KINDS if kind not in BY_THE_HOUR]
            yield from _messages(kinds, due // 60, tick, ran, poisoned=is_bad and (hour, minute) == (BAD_HOUR, 30))
        full = (hour + 1) * 3600.0
        by_the_hour = [kind for kind in KINDS if kind in BY_THE_HOUR]
        yield from _messages(by_the_hour, due, full, full + PAST_THE_HOUR, poisoned=False)


def _messages(
    kinds: list[TaskKind], tasks: int, due: float, ran: float, poisoned: bool
) -> Iterator[tuple[float, Message]]:
    """In order of time, so mixed by kind; the first is sent when all keys were read."""
    at = ran + READ_A_KEY * tasks * len(kinds)
    for start in range(0, tasks, IN_ONE_BATCH):
        for kind in kinds:
            at += QUEUED
            yield at, Message(kind, min(IN_ONE_BATCH, tasks - start), due, poisoned and start == 0 and kind is kinds[0])
