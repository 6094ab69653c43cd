"""The table's stream: every change of the table, in order for each key."""

import functools
from typing import Any

from .. import wiring
from ..shapes import events
from ..storage import changes as stream
from ..usecases import changes, live, relay_out
from . import batches


def handle(event: dict[str, Any]) -> dict[str, Any]:
    records = event.get("Records", [])
    return batches.failures(((_number(record), functools.partial(_tell, record)) for record in records), in_order=True)


def _tell(record: dict[str, Any]) -> bool:
    ports = wiring.ports()
    change = stream.change(record)
    if change is not None:
        changes.tell_the_world(ports, change)
        relay_out.fan_out(ports, change)
        live.announce(ports, live.announcements(ports, change), events.show, events.write)
    return True


def _number(record: dict[str, Any]) -> str:
    return str(record.get("dynamodb", {}).get("SequenceNumber", ""))
