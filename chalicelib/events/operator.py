"""What only an operator may do, by invoking the function: no route reaches it."""

import json
from typing import Any

from .. import wiring
from ..domain.plans import Plan
from ..domain.reports import ReportDecision
from ..gateways.relay_queue import DeadLetter, DeadLetterQueue, FifoQueue
from ..usecases import reports, workspaces

_AT_MOST, _HIDDEN_FOR = 1000, 60


def set_plan(event: dict[str, Any]) -> dict[str, Any]:
    """`{"workspace_id", "plan"}` → `{"workspace_id", "plan"}`, or `{"error"}` that says what to mend."""
    workspace_id, plan = event.get("workspace_id"), event.get("plan")
    if not isinstance(workspace_id, str) or plan not in [each.value for each in Plan]:
        return {"error": f"Send a workspace_id and a plan, one of {', '.join(Plan)}."}
    if not workspaces.set_plan(wiring.ports(), workspace_id, Plan(plan)):
        return {"error": "There is no such workspace."}
    return {"workspace_id": workspace_id, "plan": plan}


def abuse_reports(event: dict[str, Any]) -> dict[str, Any]:
    """`{}` → `{"items"}`: what was reported as abuse, the newest first. `{"id", "decision"}` → that one as it is then; or
    `{"error"}` that says what to mend."""
    if not event:
        return {"items": [_report(shown) for shown in reports.listed(wiring.ports())]}
    report_id, decision = event.get("id"), event.get("decision")
    if set(event) != {"id", "decision"} or not isinstance(report_id, str) or decision not in list(ReportDecision):
        return {"error": f"Send nothing, or the id of a report and a decision, one of {', '.join(ReportDecision)}."}
    shown = reports.decide(wiring.ports(), report_id, ReportDecision(decision))
    return _report(shown) if shown else {"error": "There is no such report."}


def _report(shown: reports.ShownReport) -> dict[str, Any]:
    report = shown.report
    reason = {"reason": report.reason} if report.reason else {}
    return {
        "id": report.id,
        "at": report.at.isoformat().replace("+00:00", "Z"),
        "inviter": {"account_id": report.inviter_id, "name": shown.inviter_name or "Somebody who left"},
        "workspace_id": report.workspace_id,
        "invitation_id": report.invitation_id,
        **reason,
        "state": str(report.state),
    }


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
