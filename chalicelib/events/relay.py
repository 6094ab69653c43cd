"""The relay's queue, in order for each destination: what goes out to one, what came in from one."""

import json
import logging
from typing import Any

from .. import wiring
from ..domain.errors import Refusal
from ..domain.providers import PROVIDERS
from ..gateways.relay_queue import FifoQueue
from ..ports import RelayLater
from ..usecases import relay_compare, relay_in, relay_last, relay_out, relay_reactions

log = logging.getLogger(__name__)
_FAULT, _LONGEST_WAIT, _LAST = 5.0, 1000.0, 100
"""The queue sets aside what it brought a hundred times: a bug's after ten minutes, for it holds up its group; what waits
for the other side's after a day."""


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Nothing behind a failure in the same group is touched: order holds. A side that asks to wait, waits just so long."""
    failed: list[dict[str, str]] = []
    held: dict[str, float] = {}
    for record in event.get("Records", []):
        group = str(record.get("attributes", {}).get("MessageGroupId", ""))
        wait = held[group] if group in held else _wait(record)
        if wait:
            held[group] = wait
            _queue().later(str(record.get("receiptHandle", "")), wait)
            failed.append({"itemIdentifier": str(record.get("messageId", ""))})
    return {"batchItemFailures": failed}


def _wait(record: dict[str, Any]) -> float:
    """Does it; else the seconds until the next try."""
    tries = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    patience = min(_LONGEST_WAIT, 2.0 ** (min(tries, 30) - 10))
    try:
        _work(json.loads(record["body"]))
    except RelayLater as later:
        log.info("relay waits: %s", later.reason)
        if tries >= _LAST:
            _give_up(record, later)
            return 0
        return max(1, later.seconds, patience)
    except Refusal as refusal:
        log.info("relay waits: %s", refusal.code)
        return max(2, patience)
    except Exception:  # a bug: the queue brings it again, then sets it aside
        log.exception("relay failed: %s", record.get("messageId"))
        return _FAULT
    return 0


def _give_up(record: dict[str, Any], later: RelayLater) -> None:
    """After a day that side is disconnected, which the chat is told, and whatever comes next fills the gap before itself."""
    body = json.loads(record["body"])
    if {"compare", "last", "reactions"} & set(body):
        log.warning("relay gives up: %s", later.reason)
    else:
        relay_out.give_up(wiring.ports(), _job(body), later.reason)


def _work(body: dict[str, Any]) -> None:
    ports = wiring.ports()
    came_from = next((provider for provider in PROVIDERS if provider.via in body), None)
    if came_from:
        events = wiring.configured().providers[came_from.provider].inbound_events(body[came_from.via])
        relay_in.handle_once(ports, body["once"], events)
    elif "last" in body:
        relay_last.run(ports, relay_last.LastLine(**body["last"]))
    elif "reactions" in body:
        relay_reactions.run(ports, relay_reactions.ReactionJob(**body["reactions"]))
    elif "compare" in body:
        relay_compare.run(ports, relay_compare.Comparison(**body["compare"]))
    else:
        relay_out.run(ports, _job(body))


def _job(body: dict[str, Any]) -> relay_out.Job:
    return relay_out.Job(body["chat"], int(body["seq"]), body["account"], body["to"])


def _queue() -> FifoQueue:
    chosen = wiring.configured()
    return FifoQueue(chosen.relay_queue_url, chosen.region)
