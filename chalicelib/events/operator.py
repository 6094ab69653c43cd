"""What only an operator may do, by invoking the function: no route reaches it."""

import json
from typing import Any

from .. import wiring
from ..domain.plans import Plan
from ..gateways.relay_queue import Aside, FifoQueue, SetAside
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
    """`{}` → `{"items"}`, the first that the relay set aside; `{"send_again": true}` → `{"sent"}`, as many as it put back."""
    aside, queue = _relays()
    if event.get("send_again") is not True:
        return {"items": [_told(one) for one in aside.first(hidden_for=0)]}
    sent = 0
    while sent < _AT_MOST and (found := aside.first(_HIDDEN_FOR)):
        for one in found:
            queue.put_back(one)
            aside.remove(one)
        sent += len(found)
    return {"sent": sent}


def _relays() -> tuple[SetAside, FifoQueue]:
    chosen = wiring.configured()
    return SetAside(chosen.relay_set_aside_url, chosen.region), FifoQueue(chosen.relay_queue_url, chosen.region)


def _told(one: Aside) -> dict[str, Any]:
    """Ids alone: what somebody wrote is for nobody else."""
    try:
        body = json.loads(one.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return {"id": one.id, "what": "unreadable"}
    if "to" in body:
        return {"id": one.id, "what": "out", **{name: body.get(name) for name in ("chat", "seq", "to")}}
    return {"id": one.id, "what": "in" if "once" in body else "compare", "once": body.get("once", "")}
