"""What API Gateway itself answers, in the form of every other refusal: problem+json, and no 5xx but 503."""

import json
from typing import Any

_NOT_FOUND = ("Not found", 404, "not_found", "There is nothing here, or it isn't yours.")
_LATER = ("Not available", 503, "try_again", "That didn't work just now. Try again in a moment.")
_UNREADABLE = ("Bad request", 400, "malformed", "The request can't be read.")
_BUSY = ("Too many requests", 429, "too_many_requests", "Too many requests. Try again in a moment.")

_ANSWERS = {
    "MISSING_AUTHENTICATION_TOKEN": _NOT_FOUND,  # what the gateway calls an unknown path or method
    "RESOURCE_NOT_FOUND": _NOT_FOUND,
    # An unknown path with a token of ours: the gateway takes it for a signature of AWS's own, and would repeat it.
    "INVALID_SIGNATURE": _NOT_FOUND,
    "EXPIRED_TOKEN": _NOT_FOUND,
    "ACCESS_DENIED": _NOT_FOUND,
    "UNAUTHORIZED": _NOT_FOUND,
    "INVALID_API_KEY": _NOT_FOUND,
    "WAF_FILTERED": ("Forbidden", 403, "refused", "This request isn't let through."),
    "BAD_REQUEST_BODY": _UNREADABLE,
    "BAD_REQUEST_PARAMETERS": _UNREADABLE,
    "REQUEST_TOO_LARGE": ("Too large", 413, "too_large", "The request is too large."),
    "UNSUPPORTED_MEDIA_TYPE": ("Unsupported media type", 415, "unsupported_media_type", "Send JSON."),
    "THROTTLED": _BUSY,
    "QUOTA_EXCEEDED": _BUSY,
    "DEFAULT_4XX": _UNREADABLE,
    "DEFAULT_5XX": _LATER,
}


def add_to(rest_api: dict[str, Any]) -> None:
    """Put the answers into the properties of the REST API."""
    rest_api["DefinitionBody"]["x-amazon-apigateway-gateway-responses"] = {
        kind: _answer(*parts) for kind, parts in _ANSWERS.items()
    }


def problem(title: str, status: int, code: str, detail: str, request_id: str) -> str:
    """The JSON body of a refusal."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return json.dumps({**body, "request_id": request_id})


def _answer(title: str, status: int, code: str, detail: str) -> dict[str, Any]:
    headers = {"Content-Type": "'application/problem+json'", "Cache-Control": "'no-store'"}
    if status in (429, 503):
        headers["Retry-After"] = "'5'"
    return {
        "statusCode": status,
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
        "responseTemplates": {"application/json": problem(title, status, code, detail, "$context.requestId")},
    }
