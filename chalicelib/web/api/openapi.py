"""The OpenAPI 3.1 document, made from the routes and the very shapes that parse the requests."""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...schemas import bodies as s
from ...schemas import meanings
from .. import errors
from ..routing import KEY, MOST_OF_KEY, PREFIX, RequestContext, Route, Routes

routes = Routes(__name__)
_REF = "#/components/schemas/{name}"
NOUNS = {
    "accounts": "Accounts and sessions",
    "own_account": "Your own account",
    "profile_pictures": "Your own account",
    "workspaces": "Workspaces",
    "chats": "Chats",
    "invitations": "Invitations",
    "address_lists": "Invitations",
    "joining": "Joining",
    "messages": "Messages",
    "searching": "Search",
    "calls": "Calls",
    "outside": "Guests",
    "audit": "Guests",
    "receipts": "Guests",
    "files": "Files",
    "live": "Live events",
    "pushes": "Pushes",
    "colleagues": "Colleagues",
    "openapi": "About this API",
}
"""What each module of routes is called in the document, in its order."""
_ANYWHERE = {
    400: "Malformed.",
    414: "The address is too long.",
    422: "A field is wrong.",
    429: "Too many; Retry-After says when.",
    431: "The headers are too large.",
    503: "Busy; Retry-After says when.",
}
_ITS_OWN = {409: "A conflict.", 502: "A provider failed."}
_SIGNED_IN = {
    401: "Not signed in.",
    403: "You may not: plan, Communicate, role or origin.",
    404: "Unknown, or not yours.",
}
_BY_LINK = {
    401: "Not signed in.",
    403: "You may not.",
    404: "Unknown.",
    410: "An invitation that can't be used any more.",
}
_WITH_BODY = {409: "A conflict.", 413: "Too large.", 415: "Not JSON."}
_PARAMETER = re.compile(r"{(\w+)}")


@routes.json("GET", "/openapi.json", "This document.", answers=dict[str, Any], signed_in=False)
def get_openapi(request: RequestContext) -> dict[str, Any]:
    return document()


@functools.cache
def document() -> dict[str, Any]:
    table = [route for routes in _by_noun().values() for route in routes]
    types = {
        item
        for route in table
        for item in (route.takes, route.answers, route.query, *route.or_answers.values())
        if isinstance(item, type) and item is not dict
    }
    _, shapes = msgspec.json.schema_components(
        [*sorted(types, key=lambda item: item.__name__), errors.Problem], ref_template=_REF
    )
    from ...schemas import events  # only the document needs their shapes

    paths = _paths(_by_noun(), shapes)
    union, of_events = events.schema(_REF)
    shapes = {**shapes, **of_events, "LiveEvent": union}
    meanings.explain(shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Webtop Chat",
            "version": "1",
            "description": "Guests in your chats, by e-mail address alone.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": noun} for noun in _by_noun()],
        "paths": paths,
        "components": {"schemas": shapes, "securitySchemes": _security()},
    }


@functools.cache
def _by_noun() -> dict[str, list[Route]]:
    """The routes under the names that the document gives their modules."""
    from . import ALL

    nouns: dict[str, list[Route]] = {}
    for part in ALL:
        nouns.setdefault(NOUNS[part.noun], []).extend(part.table)
    return nouns


def _paths(nouns: Mapping[str, Iterable[Route]], shapes: dict[str, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for noun, table in nouns.items():
        for route in table:
            paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, noun, shapes)
    return paths


def _operation(route: Route, noun: str, shapes: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [noun],
        "parameters": [*_path_parameters(route), *_query_parameters(route, shapes)],
        "responses": _responses(route),
        "security": [{"bearer": []}, {"cookie": []}] if route.signed_in else [],
        "x-plan": "any",
    }
    if route.method == "POST":
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": meanings.of_parameter("", "Idempotency-Key"),
                "schema": {"type": "string", "minLength": 1, "maxLength": MOST_OF_KEY, "pattern": f"^{KEY}$"},
            }
        )
    if route.takes:
        needed = bool(shapes[route.takes.__name__].get("required"))
        operation["requestBody"] = {"required": needed, "content": {"application/json": {"schema": _ref(route.takes)}}}
    if route.takes_file:
        file = {media: {"schema": {"type": "string", "format": "binary"}} for media in route.takes_file}
        operation["requestBody"] = {"required": True, "content": file}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if route.answers is bytes:
        good["content"] = {route.media: {"schema": {"type": "string", "format": "binary"}}}
    elif route.answers is not None:
        schema = {"type": "object"} if not hasattr(route.answers, "__struct_fields__") else _ref(route.answers)
        good["content"] = {"application/json": {"schema": schema}}
    refusals = _ANYWHERE | (_WITH_BODY if route.method != "GET" else {}) | _guarded(route)
    refusals |= {status: _ITS_OWN[status] for status in route.refusals if status in _ITS_OWN}
    answers = {str(route.status): good} | {str(status): _refusal(text) for status, text in sorted(refusals.items())}
    for status, shape in route.or_answers.items():
        answers[str(status)] = {
            "description": "Done.",
            "content": {"application/json": {"schema": _ref(shape)}},
        }
    if 202 in route.refusals:
        answers["202"] = {
            "description": "A mail is on its way.",
            "content": {"application/json": {"schema": _ref(s.Accepted)}},
        }
    return answers


def _guarded(route: Route) -> dict[int, str]:
    if route.path.startswith("/join/"):
        return _BY_LINK
    over = {410: "An invitation that can't be used any more."} if "/invitations/" in route.path else {}
    if route.signed_in:
        return _SIGNED_IN | over
    by_token = {404: "Unknown."} if "{token}" in route.path else {}
    return {401: "Not signed in.", 403: "Another origin."} | by_token


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {errors.MEDIA: {"schema": _ref(errors.Problem)}}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meanings.of_parameter("", name),
            "schema": {"type": "string", "minLength": 1},
        }
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route, shapes: dict[str, Any]) -> list[dict[str, Any]]:
    if not route.query:
        return []
    properties = shapes.pop(route.query.__name__, None) or _schema_of(route.query)
    needed = properties.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "description": meanings.of_parameter(route.query.__name__, name),
            "schema": _plain(schema),
        }
        | ({"required": True} if name in needed else {})
        for name, schema in properties["properties"].items()
    ]


def _schema_of(query: type) -> dict[str, Any]:
    _, shapes = msgspec.json.schema_components([query], ref_template=_REF)
    results: dict[str, Any] = shapes[query.__name__]
    return results


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Query parameters are there or not; they are never null."""
    options = [item for item in schema.get("anyOf", []) if item.get("type") != "null"]
    return options[0] if options else {name: value for name, value in schema.items() if name != "default"}


def _ref(shape: Any) -> dict[str, Any]:
    return {"$ref": _REF.format(name=shape.__name__)}


def _security() -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
    }
