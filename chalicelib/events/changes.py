"""The table's stream: every change of the table, in order for each key."""

import functools
from typing import Any

from .. import wiring
from ..domain.changes import Change
from ..schemas import events
from ..storage import changes as stream
from ..usecases import changes, chat_mails, live, pushes, relay_out
from ..usecases.onlookers import Onlookers
from . import batches

Told = list[tuple[str, Change]]


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """First what follows from each record in the table and the queues; then those who look on are told, all together.

    What a record means for others is asked for once for the batch: it costs the same for one invited person and for twenty.
    """
    done: Told = []
    records = event.get("Records", [])
    answer = batches.failures(
        ((_number(record), functools.partial(_follow, record, done)) for record in records), in_order=True
    )
    onlookers = Onlookers(wiring.ports())
    works = ((number, functools.partial(_handle, change, onlookers)) for number, change in done)
    untold = batches.failures(works, in_order=True)
    return {"batchItemFailures": [*untold["batchItemFailures"], *answer["batchItemFailures"]]}


def _follow(record: dict[str, Any], done: Told) -> bool:
    change = stream.change(record)
    if change is not None:
        changes.handle_change(wiring.ports(), change)
        done.append((_number(record), change))
    return True


def _handle(change: Change, onlookers: Onlookers) -> bool:
    ports = wiring.ports()
    changes.show(onlookers, change)
    relay_out.fan_out(ports, change, onlookers)
    pushes.fan_out(ports, change, onlookers)
    chat_mails.fan_out(ports, change, onlookers)
    live.announce(ports, events.announcements(ports, change, onlookers), onlookers, events.show, events.write)
    return True


def _number(record: dict[str, Any]) -> str:
    return str(record.get("dynamodb", {}).get("SequenceNumber", ""))
