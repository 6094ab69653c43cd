"""The hourly job: does what is due. What can't be done now stays due, and holds up nothing else."""

import logging
from datetime import datetime

from ..domain import errors
from ..ports import Ports
from .due_work import DUE_WORK

log = logging.getLogger(__name__)


def run(ports: Ports) -> dict[str, int]:
    """How much of each was done. What can't be done now stays due, and holds up nothing else."""
    now, counts = ports.now(), dict.fromkeys(map(str, DUE_WORK), 0)
    left: list[datetime] = []
    for task in ports.schedule.due(now):
        try:
            counts[task.kind] += DUE_WORK[task.kind](ports, task)
            ports.schedule.done(task)
        except errors.Refusal as refusal:
            log.info("%s waits: %s, invitation %s", task.kind, refusal.code, task.invitation_id)
            left.append(task.stored_at or task.at)
        except Exception:  # a bug, or what can't be read: told, and kept for the next hour, like a record of a queue
            log.exception("%s failed: chat %s, invitation %s", task.kind, task.chat_id, task.invitation_id)
            left.append(task.stored_at or task.at)
    ports.schedule.all_done_until(min([now, *left]))
    return {**counts, "left": len(left)}
