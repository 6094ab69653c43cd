"""The hourly job: does what is due. What can't be done now stays due, and holds up nothing else."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from ..domain import errors
from ..domain.schedule import ScheduledTask, TaskKind
from ..ports import Ports
from . import notifications
from .due_work import DUE_WORK

_ENDS_AT_ONCE = 200
log = logging.getLogger(__name__)


def run(ports: Ports) -> dict[str, int]:
    """How much of each was done. What can't be done now stays due, and holds up nothing else."""
    now, counts = ports.now(), dict.fromkeys(map(str, DUE_WORK), 0)
    left: list[datetime] = []
    ended: list[ScheduledTask] = []
    for task in ports.schedule.due(now):
        try:
            counts[task.kind] += DUE_WORK[task.kind](ports, task)
            if task.kind is TaskKind.EXPIRE:
                ended.append(task)
            else:
                ports.schedule.done(task)
        except errors.Refusal as refusal:
            log.info("%s waits: %s, invitation %s", task.kind, refusal.code, task.invitation_id)
            left.append(task.stored_at or task.at)
        except Exception:  # a bug, or what can't be read: told, and kept for the next hour, like a record of a queue
            log.exception("%s failed: chat %s, invitation %s", task.kind, task.chat_id, task.invitation_id)
            left.append(task.stored_at or task.at)
        if len(ended) == _ENDS_AT_ONCE:
            left += _tell_of_ends(ports, ended)
            ended = []
    left += _tell_of_ends(ports, ended)
    ports.schedule.all_done_until(min([now, *left]))
    return {**counts, "left": len(left)}


def _tell_of_ends(ports: Ports, tasks: Sequence[ScheduledTask]) -> list[datetime]:
    """One letter to each inviter for all that ended in a chat; only then is a task done. What must wait, by its time."""
    left: list[datetime] = []
    by_chat: dict[str, list[ScheduledTask]] = defaultdict(list)
    for task in tasks:
        by_chat[task.chat_id].append(task)
    for chat_id, ends in by_chat.items():
        try:
            notifications.notify_of_ends(ports, chat_id, {(task.invitation_id, task.at) for task in ends})
            for task in ends:
                ports.schedule.done(task)
        except Exception:  # as above: the next hour tells of them
            log.exception("ends not told: chat %s", chat_id)
            left += [task.stored_at or task.at for task in ends]
    return left
