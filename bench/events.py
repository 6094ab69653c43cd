"""Requests as API Gateway hands them to the handler."""

import hashlib
import hmac
import json
import time
from typing import Any

GARBAGE_TOKEN = "A" * 54
"""Has the shape of an invitation's link, so that only a look into the table tells that it is none."""


SIGNING_SECRET = "for-the-bench"  # noqa: S105  # signs nothing but the bench's own events


def from_slack() -> dict[str, Any]:
    """A signed event: somebody wrote in their direct message with the app. Good for five minutes."""
    answer = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "Hello", "ts": "1.1"}
    envelope = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{time.time_ns()}", "event": answer}
    body, stamp = json.dumps(envelope), str(int(time.time()))
    signed = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signed}",
    }
    event = get("/slack/events", "/slack/events", headers)
    event["requestContext"]["httpMethod"] = "POST"
    return {**event, "httpMethod": "POST", "body": body}


def get(path: str, resource: str, headers: dict[str, str] | None = None, **parameters: str) -> dict[str, Any]:
    """A GET of `path`; `resource` is the route as the template has it."""
    sent = {"accept": "*/*", "host": "chat.example.com", **(headers or {})}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": "GET",
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": "GET",
            "path": path,
            "stage": "live",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "bench"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
