"""The schedule: what is due, once an hour and once a minute; and what is handed over from there, by its queue."""

import functools
from typing import Any

from .. import wiring
from ..gateways.relay_queue import DeadLetter, DeadLetterQueue
from ..usecases import chat_mails, files, pushes
from ..usecases import hourly as job
from . import batches

Json = dict[str, Any]
FIRST_PAUSE, _LONGEST_PAUSE = 5, 60
"""Until a message comes again that failed, in seconds; twice as long each time."""


def due(event: Json) -> Json:
    """One function does what is due, whoever says so: with the same rights, and under the same alarms."""
    return work_off(event) if "Records" in event else hourly()


def hourly() -> Json:
    counts = dict(job.run(wiring.ports()))
    _look_at_dead_letters()
    return counts


def work_off(event: Json) -> Json:
    return batches.failures(
        ((str(record["messageId"]), functools.partial(_work, record)) for record in event["Records"]), in_order=False
    )


def minutely() -> Json:
    ports = wiring.ports()
    queued = job.dispatch(ports)
    return {**queued, **pushes.bring_held(ports), **chat_mails.run(ports), **files.look_after_due(ports)}


def _work(record: Json) -> bool:
    """What fails comes again soon; how long the queue hides it is for a worker that was killed."""
    tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    is_done = job.work_off(wiring.ports(), record["body"], is_first_try=tries <= 1)
    if not is_done and (receipt := record.get("receiptHandle")):
        wiring.ports().due_queue.later(receipt, min(_LONGEST_PAUSE, FIRST_PAUSE << (tries - 1)))
    return is_done


def _look_at_dead_letters() -> None:
    """What stands is brought again each hour, whatever lies there; so what is over needs nobody's attention any more."""
    chosen = wiring.configured()
    if not chosen.due_dead_letter_url:
        return
    dead_letters = DeadLetterQueue(chosen.due_dead_letter_url, chosen.region)
    work = [(each.id, functools.partial(_remove_if_over, dead_letters, each)) for each in dead_letters.first(0)]
    batches.failures(work, in_order=False)


def _remove_if_over(dead_letters: DeadLetterQueue, dead_letter: DeadLetter) -> bool:
    is_over = job.is_over(wiring.ports(), dead_letter.body)
    if is_over:
        dead_letters.remove(dead_letter)
    return is_over
