"""What only an operator may do, by invoking the function: no route reaches it."""

import json
from typing import Any

from .. import wiring
from ..domain.plans import Plan
from ..gateways.relay_queue import DeadLetter, DeadLetterQueue, FifoQueue
from ..usecases import workspaces

_AT_MOST, _HIDDEN_FOR = 1000, 60


def set_plan(event: dict[str, Any]) -> dict[str, Any]:
    """`{"workspace_id", "plan"}` → `{"workspace_id", "plan"}`, or `{"error"}` that says what to mend."""
    workspace_id, plan = event.get("workspace_id"), event.get("plan")
    if not isinstance(workspace_id, str) or plan not in [each.value for each in Plan]:
        return {"error": f"Send a workspace_id and a plan, one of {', '.join(Plan)}."}
    if not workspaces.set_plan(wiring.ports(), workspace_id, Plan(plan)):
        return {"error": "There is no such workspace."}
    return {"workspace_id": workspace_id, "plan": plan}


def dead_letters(event: dict[str, Any]) -> dict[str, Any]:
    """`{}` → `{"items"}`, the first that the relay in the dead-letter queue; `{"send_again": true}` → `{"sent"}`, as many
    as it put back."""
    dead_letter, queue = _relays()
    if event.get("send_again") is not True:
        return {"items": [_as_json(entry) for entry in dead_letter.first(hidden_for=0)]}
    sent = 0
    while sent < _AT_MOST and (dead_letters := dead_letter.first(_HIDDEN_FOR)):
        for item in dead_letters:
            queue.put_back(item)
            dead_letter.remove(item)
        sent += len(dead_letters)
    return {"sent": sent}


def _relays() -> tuple[DeadLetterQueue, FifoQueue]:
    chosen = wiring.configured()
    return DeadLetterQueue(chosen.relay_dead_letter_url, chosen.region), FifoQueue(
        chosen.relay_queue_url, chosen.region
    )


def _as_json(dead_letter: DeadLetter) -> dict[str, Any]:
    """Ids alone: what somebody wrote is for nobody else."""
    try:
        body = json.loads(dead_letter.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return {"id": dead_letter.id, "what": "unreadable"}
    if "to" in body:
        return {"id": dead_letter.id, "what": "out", **{name: body.get(name) for name in ("chat", "seq", "to")}}
    return {"id": dead_letter.id, "what": "in" if "once" in body else "compare", "once": body.get("once", "")}
