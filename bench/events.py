"""Requests as API Gateway hands them to the handler."""

from typing import Any

GARBAGE_TOKEN = "A" * 54
"""Has the shape of an invitation's link, so that only a look into the table tells that it is none."""


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
