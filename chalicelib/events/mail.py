"""The mail queue: one body for each mail that was promised."""

import functools
import json
from typing import Any

from .. import wiring
from ..usecases import letters, mails
from . import batches

# As often as the template's redrive policy lets a body come, less one: the last try ends in a visible state.
LAST_TRY = 5


def handle(event: dict[str, Any]) -> dict[str, Any]:
    records = event.get("Records", [])
    return batches.failures(
        ((str(record.get("messageId", "")), functools.partial(_send, record)) for record in records), in_order=False
    )


def _send(record: dict[str, Any]) -> bool:
    body = json.loads(record["body"])
    last_try = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= LAST_TRY
    if "letter" in body:
        return letters.send_letter(wiring.ports(), body["letter"], last_try)
    return mails.send_invitation(wiring.ports(), body["chat"], body["seat"], int(body["number"]), last_try)
