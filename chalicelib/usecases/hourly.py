"""The schedule at work. By the clock, once an hour: all that stands as due, a small amount at once, more than that through
the queue. Each minute what became due since is handed over to the queue, by its keys alone. By the queue: what it brings.

What can't be done now stays due, and holds up nothing else. Whatever the queue loses or gives up on, the next hour finds.
"""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..domain import errors, schedule
from ..domain.errors import RefusalKind
from ..domain.schedule import ScheduledTask, TaskKey, TaskKind
from ..ports import Ports
from . import notifications
from .due_work import DUE_WORK

_AT_ONCE, _MOST_IN_ONE_RUN = 200, 250_000
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Done:
    """How much of each kind was done; of the rest, what may be tried again at once, and what waits for the next hour."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: list[ScheduledTask] = field(default_factory=list)
    waiting: list[ScheduledTask] = field(default_factory=list)


def run(ports: Ports) -> dict[str, int]:
    """All that stands. How much of each kind was done at once, how much of that is left, and how many tasks were queued."""
    now, counts, begun = ports.now(), Counter[str](), 0
    left, queued = list[ScheduledTask](), list[TaskKey]()
    for batch in schedule.batches(islice(ports.schedule.standing(now), _MOST_IN_ONE_RUN)):
        if begun >= _AT_ONCE:
            queued += batch
            continue
        done = do(ports, batch)
        begun, counts, left = begun + len(batch), counts + done.counts, left + done.failed + done.waiting
    _queue(ports, queued)
    remaining = [task.stored_at or task.at for task in left] + [key.stored_at for key in queued]
    ports.schedule.all_done_until(min([now, *remaining]))
    return {**{str(kind): counts[kind] for kind in DUE_WORK}, "left": len(left), "queued": len(queued)}


def dispatch(ports: Ports) -> dict[str, int]:
    """What became due goes to the queue. How many tasks; some may be there already, and are done once all the same."""
    now, count = ports.now(), 0
    for keys in ports.schedule.new(now):
        _queue(ports, keys)
        ports.schedule.handed_over(keys, now)
        count += len(keys)
    return {"queued": count}


def work_off(ports: Ports, body: str, is_first_try: bool) -> bool:
    """What the queue brings. False: it is to be brought again.

    What comes again comes in parts, so that the one task which kills its worker takes no other along.
    """
    keys = _keys(body)
    parts = schedule.apart(keys)
    if is_first_try or len(parts) == 1:
        return not do(ports, keys).failed
    ports.due_queue.put([_body(part) for part in parts])
    return True


def is_over(ports: Ports, body: str) -> bool:
    """Whether nothing of it stands any more."""
    return not ports.schedule.read(_keys(body))


def do(ports: Ports, keys: Sequence[TaskKey]) -> Done:
    """Those of them that aren't done yet. What fails is told, and stays."""
    result, done, ended = Done(), list[ScheduledTask](), list[ScheduledTask]()
    for task in ports.schedule.read(keys):
        try:
            result.counts[task.kind] += DUE_WORK[task.kind](ports, task)
            (ended if task.kind is TaskKind.EXPIRE else done).append(task)
        except errors.Refusal as refusal:
            log.info("%s waits: %s, invitation %s", task.kind, refusal.code, task.invitation_id)
            (result.failed if refusal.kind is RefusalKind.UNAVAILABLE else result.waiting).append(task)
        except Exception:  # a bug, or what can't be read: told, and brought again, like a record of a queue
            log.exception("due work failed: %s, chat %s, invitation %s", task.kind, task.chat_id, task.invitation_id)
            result.failed.append(task)
    result.failed += _end(ports, done) + _tell_of_ends(ports, ended)
    return result


def _end(ports: Ports, tasks: list[ScheduledTask]) -> list[ScheduledTask]:
    try:
        ports.schedule.done_all(tasks)
    except errors.Refusal as refusal:  # done, and done again: that does no harm
        log.info("done, and still due: %s", refusal.code)
        return tasks
    return []


def _tell_of_ends(ports: Ports, tasks: Sequence[ScheduledTask]) -> list[ScheduledTask]:
    """One letter to each inviter for all that ended in a chat; only then is a task done. What must wait.

    The invitation that a letter is known by goes last: whatever is brought again before that makes the same letter.
    """
    left: list[ScheduledTask] = []
    by_chat: dict[str, list[ScheduledTask]] = defaultdict(list)
    for task in tasks:
        by_chat[task.chat_id].append(task)
    for chat_id, ends in by_chat.items():
        try:
            first = notifications.notify_of_ends(ports, chat_id, {(task.invitation_id, task.at) for task in ends})
            ports.schedule.done_all([task for task in ends if task.invitation_id not in first])
            ports.schedule.done_all([task for task in ends if task.invitation_id in first])
        except Exception:  # as above
            log.exception("ends not told: chat %s", chat_id)
            left += ends
    return left


def _queue(ports: Ports, keys: Iterable[TaskKey]) -> None:
    ports.due_queue.put([_body(batch) for batch in schedule.batches(keys)])


def _body(keys: Sequence[TaskKey]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        places[key.partition].append(key.place)
    return json.dumps(places)


def _keys(body: str) -> list[TaskKey]:
    """Raises ValueError for a body that isn't ours."""
    return [schedule.task_key(partition, place) for partition, places in json.loads(body).items() for place in places]
