"""IAM as on AWS: each function acts with the rights of its own role and no other, and what it asked for is noted."""

import contextvars
import json
import logging
from email.utils import parseaddr
from typing import Any

from ministack import app as ministack
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services import lambda_svc, sts

log = logging.getLogger("rights")

used: dict[str, dict[str, dict[str, int]]] = {}
"""By function and action: how often it was allowed, how often refused."""

_MEANS = {
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
"""Calls that AWS checks under the name of another; ministack knows only some of them."""

_sender: contextvars.ContextVar[str] = contextvars.ContextVar("sender", default="")


def install() -> None:
    _check_as_aws()
    _tell_the_sender_of_mails()


def credentials(function: str) -> dict[str, str]:
    """The environment variables by which a process acts as this function."""
    for record in lambda_svc._functions._data.values():
        if record["config"]["FunctionName"] == function:
            results: dict[str, str] = lambda_runtime.execution_credentials(record["config"])
            return results
    raise LookupError(function)


def _check_as_aws() -> None:
    original = iam_evaluator.enforce

    def enforce(access_key: str, asked: str, service: str, region: str, **about: Any) -> Any:
        action = _MEANS.get(asked, asked)
        if action == "ses:SendEmail":
            about = _about_mail(_sender.get(), region)
        refusal = original(access_key, action, service, region, **about)
        _note(access_key, action, about.get("resource_arn", "*"), refusal is None)
        return refusal

    iam_evaluator.enforce = enforce


def _note(access_key: str, action: str, resource: str, is_allowed: bool) -> None:
    session = sts._sessions.get(access_key)
    if session is None:  # whoever started the system may do everything
        return
    function = session["Arn"].rpartition("/")[2]
    counts = used.setdefault(function, {}).setdefault(action, {"allowed": 0, "refused": 0})
    counts["allowed" if is_allowed else "refused"] += 1
    if not is_allowed:
        log.warning("%s may not %s on %s", function, action, resource)


def _about_mail(sender: str, region: str) -> dict[str, Any]:
    identity = f"arn:aws:ses:{region}:{get_account_id()}:identity/{sender.rpartition('@')[2]}"
    return {"resource_arn": identity, "service_context": {"ses:FromAddress": sender}}


def _tell_the_sender_of_mails() -> None:
    """AWS knows the sender while it checks; ministack would refuse every policy that names one."""
    original = ministack._enforce_ses_v2

    def enforce(method: str, path: str, headers: dict[str, str], body: bytes, *more: Any) -> Any:
        token = _sender.set(_sender_in(body))
        try:
            return original(method, path, headers, body, *more)
        finally:
            _sender.reset(token)

    ministack._enforce_ses_v2 = enforce


def _sender_in(body: bytes) -> str:
    try:
        return parseaddr(str(json.loads(body or b"{}").get("FromEmailAddress", "")))[1]
    except (ValueError, AttributeError):
        return ""
