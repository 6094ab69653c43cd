"""Least privilege in memory: whatever a test lets a Lambda function do, it does with the rights of that function's role."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
_NAMES = {
    "api": "api_handler",
    "socket_connect": "websocket_connect",
    "socket_message": "websocket_message",
    "socket_disconnect": "websocket_disconnect",
}
_ONE_BY_ONE = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_CHECKED_AS = {
    "Invoke": "InvokeFunction",
    "SendMessageBatch": "SendMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_S3 = {"CopyObject": ("GetObject", "PutObject"), "DeleteObjects": ("DeleteObject",), "HeadObject": ("GetObject",)}
_acting: ContextVar[str] = ContextVar("acting", default="")
refused: list[str] = []
"""What was asked for without a right, by any function of this process; a test's world ends with none."""


@cache
def granted(function: str) -> frozenset[str]:
    """The actions in the function's policy."""
    chosen = CONFIG.get(_NAMES.get(function, function), {"iam_policy_file": f"../policies/{function}.json"})
    policy = json.loads((ROOT / ".chalice" / chosen["iam_policy_file"]).resolve().read_text())
    allowing = (statement for statement in policy["Statement"] if statement["Effect"] == "Allow")
    return frozenset(action for statement in allowing for action in statement["Action"])


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    token = _acting.set(function)
    try:
        yield
    finally:
        _acting.reset(token)


def ask(*actions: str) -> None:
    """Refuses what the function that is acting may not do; nobody in particular may do everything."""
    function = _acting.get()
    lacking = sorted(set(actions) - granted(function)) if function else []
    if lacking:
        refused.append(f"{function} may not {', '.join(lacking)}")
        raise PermissionError(refused[-1])


def ask_for_call(service: str, operation: str, body: Any) -> None:
    """By the name of the call, as AWS checks it: a transaction is what it consists of."""
    if operation == "TransactWriteItems":
        ask(*(f"dynamodb:{_ONE_BY_ONE[kind]}" for item in json.loads(body)["TransactItems"] for kind in item))
    elif service == "s3":
        ask(*(f"s3:{action}" for action in _S3.get(operation, (operation,))))
    else:
        ask(f"{service}:{_CHECKED_AS.get(operation, operation)}")
