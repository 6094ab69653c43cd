"""The Lambda functions, to be invoked by hand as EventBridge, SQS or an operator would."""

import json
from typing import Any

from local import aws
from local.config import ACCOUNT, REGION, LocalConfig
from local.http import Refused, not_found
from local.playground import clock, table


def names(config: LocalConfig) -> list[str]:
    return sorted(config.deployed()["functions"])


def samples(config: LocalConfig) -> dict[str, dict[str, Any]]:
    """An event that each function understands, to begin with; for an operator's with the newest workspace in it."""
    return {
        "set_plan": {"workspace_id": _newest_workspace(config), "plan": "enterprise"},
        "abuse_reports": {},
        "dead_letters": {"send_again": False},
        "socket_message": {"requestContext": {"connectionId": "nobody"}, "body": '{"action": "ping"}'},
    }


def _newest_workspace(config: LocalConfig) -> str:
    workspaces = [(float(item["created_at"]), item["id"]) for item in table.items(config, "workspace")]
    return max(workspaces, default=(0.0, ""))[1]


def lately(config: LocalConfig) -> list[dict[str, Any]]:
    """What the functions did, newest first: see `Invocations`; each by the name that it is invoked by here."""
    short = {full: name for name, full in config.deployed()["functions"].items()}
    noted = aws.ask(config, "GET", "/_local/invocations")
    return [
        {**invocation, "function": short.get(invocation["function"], invocation["function"])}
        for invocation in reversed(noted)
    ]


def invoke(config: LocalConfig, name: str, event: dict[str, Any]) -> Any:
    """The function's answer; one that fails gives 502 with what it said."""
    function = config.deployed()["functions"].get(name)
    if function is None:
        raise not_found()
    if name in ("hourly", "minutely"):
        event = {**_tick(config), **event}
    answer = aws.client(config, "lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    said = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        message = said.get("errorMessage") if isinstance(said, dict) else said
        raise Refused(502, "function_failed", f"{name} failed: {message}")
    return said


def _tick(config: LocalConfig) -> dict[str, Any]:
    """What EventBridge sends on schedule."""
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": clock.read(config)["now"],
        "region": REGION,
        "resources": [],
        "detail": {},
    }
