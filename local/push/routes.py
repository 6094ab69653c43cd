"""The played push service's addresses, below /push: the endpoints themselves, and what a person and a test ask for."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.config import LocalConfig
from local.http import Answer, Refused, Request, not_found
from local.push.endpoints import PushRefused, PushService, of

Json = dict[str, Any]
Route = Callable[[PushService, Request, tuple[str, ...]], Answer]


def answer(config: LocalConfig, request: Request) -> Answer:
    path = urlsplit(request.target).path
    for method, pattern, route in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == request.method.replace("HEAD", "GET"):
            return route(of(config), request, tuple(unquote(part) for part in match.groups()))
    raise not_found()


def _push(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    """RFC 8030, section 5: 201, where the message can be found, and for how long it is kept."""
    try:
        message = service.take(parts[0], dict(request.headers), request.body)
    except PushRefused as refused:
        wait = [("Retry-After", str(refused.retry_after))] if refused.retry_after else []
        return Answer(refused.status, [("Content-Type", "text/plain"), *wait], refused.reason.encode())
    headers = [("Location", f"{service.origin}/push/m/{message['id']}"), ("TTL", str(message["ttl"]))]
    return Answer(HTTPStatus.CREATED, headers)


def _subscribe(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(service.subscribe(str(_body(request).get("applicationServerKey", ""))), HTTPStatus.CREATED)


def _unsubscribe(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    if not service.unsubscribe(parts[0]):
        raise not_found()
    return Answer(HTTPStatus.NO_CONTENT, [])


def _messages(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    wanted = parse_qs(urlsplit(request.target).query).get("subscription", [""])[-1]
    return _json({"items": service.messages(wanted)})


def _state(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    with service.store.lock:
        return _json({"fault": dict(service.store.data["fault"])})


def _fault(service: PushService, request: Request, parts: tuple[str, ...]) -> Answer:
    body = _body(request)
    numbers = [body.get("status"), body.get("times", 1), body.get("retry_after", 0)]
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise Refused(422, "invalid", "status, times and retry_after are numbers.")
    status, times, retry_after = (int(number or 0) for number in numbers)
    service.play(status, times, retry_after)
    return Answer(HTTPStatus.NO_CONTENT, [])


ROUTES: list[tuple[str, str, Route]] = [
    ("POST", r"/push/s/([^/]+)", _push),
    ("POST", r"/push/subscriptions", _subscribe),
    ("DELETE", r"/push/subscriptions/([^/]+)", _unsubscribe),
    ("GET", r"/push/messages\.json", _messages),
    ("POST", r"/push/faults", _fault),
    ("GET", r"/push/state\.json", _state),
]


def _body(request: Request) -> Json:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise Refused(400, "malformed", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "malformed", "The body must be a JSON object.")
    return body


def _json(body: Any, status: int = HTTPStatus.OK) -> Answer:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Answer(status, headers, json.dumps(body, ensure_ascii=False).encode())
