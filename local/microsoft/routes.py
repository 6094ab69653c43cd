"""The played Microsoft's addresses, below /microsoft."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from local.http import Answer, Request, not_found
from local.microsoft import login
from local.microsoft.far import Microsoft, of
from local.place import Place
from local.slack.kit import web
from local.slack.kit.faults import Fault, play

Route = Callable[[Microsoft, Request, tuple[str, ...]], Answer]


def answer(place: Place, request: Request) -> Answer:
    """The played Microsoft's answer to a request."""
    microsoft, path = of(place), web.path(request).removeprefix("/microsoft") or "/"
    method = request.method.replace("HEAD", "GET")
    for wanted, pattern, route in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method in wanted.split():
            return route(microsoft, request, tuple(unquote(part or "") for part in found.groups()))
    raise not_found()


def called(route: Route, name: str) -> Route:
    """A route that programs call: counted, and open to faults."""

    def counted(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
        done = play(microsoft.faults, name, lambda: route(microsoft, request, parts), _fault)
        with microsoft.store.lock:
            microsoft.note_call(name, "", done.status)
        return done

    return counted


def _fault(kind: str, rule: Fault) -> Answer:
    if kind == "invalid_grant":
        return login.LoginError("invalid_grant", 70008, "The provided authorization code has expired.").answer()
    return web.answer({"error": {"code": "ServiceError", "message": "Played fault."}}, int(kind))


def _discovery(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return login.discovery(microsoft, parts[0])


def _keys(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return login.keys(microsoft, parts[0])


def _ask(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.store.lock:
        return login.ask(microsoft, request, parts[0])


def _decide(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.changing():
        return login.decide(microsoft, request, parts[0])


def _token(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.changing():
        return login.token(microsoft, request, parts[0])


_TENANT = r"([A-Za-z0-9.-]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", rf"/{_TENANT}/v2\.0/\.well-known/openid-configuration", called(_discovery, "discovery")),
    ("GET", rf"/{_TENANT}/discovery/v2\.0/keys", called(_keys, "keys")),
    ("GET", rf"/{_TENANT}/oauth2/v2\.0/authorize", _ask),
    ("POST", rf"/{_TENANT}/oauth2/v2\.0/authorize", _decide),
    ("POST", rf"/{_TENANT}/oauth2/v2\.0/token", called(_token, "token")),
]
