"""The relay's queue, in order for each destination: what goes out to one, what came in from one."""

import json
import logging
from typing import Any

from .. import wiring
from ..domain.errors import Refusal
from ..gateways import slack_events, teams_events
from ..gateways.relay_queue import FifoQueue
from ..ports import RelayLater
from ..usecases import outside, relay_in, relay_out

log = logging.getLogger(__name__)
_LONGEST_WAIT = 300.0


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Nothing behind a failure in the same group is touched: order holds. A side that asks to wait, waits just so long."""
    failed: list[dict[str, str]] = []
    held: set[str] = set()
    for record in event.get("Records", []):
        group = str(record.get("attributes", {}).get("MessageGroupId", ""))
        if group in held or not _done(record):
            held.add(group)
            failed.append({"itemIdentifier": str(record.get("messageId", ""))})
    return {"batchItemFailures": failed}


def _done(record: dict[str, Any]) -> bool:
    try:
        _work(json.loads(record["body"]))
    except RelayLater as later:
        log.info("relay waits: %s", later.reason)
        return _later(record, later.seconds)
    except Refusal as refusal:
        log.info("relay waits: %s", refusal.code)
    except Exception:  # a bug: logged once, here; the queue brings it again, then sets it aside
        log.exception("relay failed: %s", record.get("messageId"))
    else:
        return True
    tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return _later(record, min(_LONGEST_WAIT, 2 ** min(tries, 10)))


def _later(record: dict[str, Any], seconds: float) -> bool:
    _queue().later(str(record.get("receiptHandle", "")), seconds)
    return False


def _work(body: dict[str, Any]) -> None:
    ports = wiring.ports()
    if "slack" in body:
        heard = slack_events.heard(body["slack"], "")
        if heard:
            relay_in.take(ports, heard)
    elif "teams" in body:
        identity = outside.teams_identity(body["teams"])
        for heard in teams_events.heard(body["teams"], identity) if identity else ():
            relay_in.take(ports, heard)
    else:
        relay_out.run(ports, relay_out.Job(body["chat"], int(body["seq"]), body["account"], body["to"]))


def _queue() -> FifoQueue:
    chosen = wiring.configured()
    return FifoQueue(chosen.relay_queue_url, chosen.region)
