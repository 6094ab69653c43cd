"""What only an operator may do, by invoking the function: no route reaches it."""

from typing import Any

from .. import wiring
from ..domain.plans import Plan
from ..usecases import workspaces


def set_plan(event: dict[str, Any]) -> dict[str, Any]:
    """`{"workspace_id", "plan"}` → `{"workspace_id", "plan"}`, or `{"error"}` that says what to mend."""
    workspace_id, plan = event.get("workspace_id"), event.get("plan")
    if not isinstance(workspace_id, str) or plan not in [each.value for each in Plan]:
        return {"error": f"Send a workspace_id and a plan, one of {', '.join(Plan)}."}
    if not workspaces.set_plan(wiring.ports(), workspace_id, Plan(plan)):
        return {"error": "There is no such workspace."}
    return {"workspace_id": workspace_id, "plan": plan}
