"""The application at PORT: Chalice's local gateway behind a careful server, with the deployed function's settings."""

import base64
import os
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    CustomLocalChalice,
    LambdaEventConverter,
    LocalChalice,
    LocalGateway,
    MatchResult,
    RouteMatcher,
)

from chalicelib.web.pages.unknown import EVERYTHING
from local import child_process
from local.config import HOST
from local.http import Answer, Refused, Request, Server, not_found
from local.people import as_public

_TIMEOUT = 28
_MEMORY = 1024
_ROOT = Path(__file__).resolve().parent.parent


class Gateway(LocalGateway):
    """Chalice's gateway, with what the emulation leaves out: source address, request id, repeated headers, unknown methods."""

    def __init__(self, app: Chalice) -> None:
        config = Config("local", "api_handler", {"lambda_timeout": _TIMEOUT, "lambda_memory_size": _MEMORY})
        super().__init__(app, config)
        self.event_converter = LambdaEventConverter(_Routes(list(app.routes)), app.api.binary_types)

    def answer(self, request: Request) -> Answer:
        """The application's answer to a request."""
        event = self._event(_as_public(request))
        response = self._app_object(event, self._generate_lambda_context())
        return _answer(response)

    def _event(self, request: Request) -> dict[str, Any]:
        try:
            event: dict[str, Any] = self.event_converter.create_lambda_event(
                request.method, request.target, _joined(request), request.body
            )
        except ValueError:  # what Chalice says for a path without a route
            raise not_found() from None
        route = event["requestContext"]["resourcePath"]
        allowed = sorted(self._app_object.routes[route])
        if request.method not in allowed:
            raise not_found() if route == EVERYTHING else _not_allowed(allowed)
        event["requestContext"]["identity"]["sourceIp"] = request.source
        event["requestContext"]["requestId"] = str(uuid.uuid4())
        event["multiValueHeaders"] = _all(request)
        return event


def _as_public(request: Request) -> Request:
    """From the window of a persona as from any other."""
    own = f"http://{dict(request.headers).get('host', '')}"
    changed = [
        (name, as_public(value) if (name, value) == ("origin", own) else value) for name, value in request.headers
    ]
    return replace(request, headers=changed)


class _Routes(RouteMatcher):
    """With API Gateway's greedy path: what no other route fits, however long it is."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__([route for route in routes if route != EVERYTHING])

    def match_route(self, url: str) -> MatchResult:
        try:
            return super().match_route(url)
        except ValueError:
            path, _, query = url.partition("?")
            return MatchResult(EVERYTHING, {"proxy": path.strip("/")}, parse_qs(query, keep_blank_values=True))


def _not_allowed(methods: list[str]) -> Refused:
    allow = ", ".join(methods)
    return Refused(405, "method_not_allowed", f"This address takes {allow}.", (("Allow", allow),))


def _joined(request: Request) -> dict[str, str]:
    """One value for each header, the last one as API Gateway has it; cookies are one header in several lines."""
    cookies = [value for name, value in request.headers if name == "cookie"]
    return dict(request.headers) | ({"cookie": "; ".join(cookies)} if cookies else {})


def _all(request: Request) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in request.headers:
        values.setdefault(name, []).append(value)
    return values


def _answer(response: dict[str, Any]) -> Answer:
    headers = [(name, str(value)) for name, value in response.get("headers", {}).items()]
    several = response.get("multiValueHeaders") or {}
    headers += [(name, str(value)) for name, values in several.items() for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = response.get("body") or ""
    if response.get("isBase64Encoded"):
        return Answer(response["statusCode"], headers, base64.b64decode(body))
    return Answer(response["statusCode"], headers, body if isinstance(body, bytes) else body.encode())


def application() -> Chalice:
    """The application, made safe for threads in the way of `chalice local`."""
    sys.path.insert(0, str(_ROOT))
    from app import app

    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    return app


def main() -> None:
    child_process.obey()
    server = Server((HOST, int(os.environ["PORT"])), Gateway(application()).answer)
    server.serve_forever(poll_interval=3600)


if __name__ == "__main__":
    main()
