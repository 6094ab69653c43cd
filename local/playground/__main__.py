"""The playground's server: addresses to functions, JSON for scripts and a page for people."""

import importlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local import leash
from local.http import Answer, Refused, Request, Server, not_found
from local.place import HOST, Place, of
from local.playground import clock, functions, mailbox, pages

Json = dict[str, Any]
Route = Callable[[Place, Request, tuple[str, ...]], Answer]

_FOLDER = Path(__file__).parent
_FILES = {"playground.css": "text/css; charset=utf-8", "playground.js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'"
)
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def _home(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _POLICY)]
    return Answer(200, headers, pages.home(place, _query(request, "mail")).encode())


def _file(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return Answer(200, [("Content-Type", _FILES[parts[0]])], (_FOLDER / parts[0]).read_bytes())


def _mails(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    found = mailbox.mails(place, to=_query(request, "to"), after=_query(request, "after"))
    return _json({"items": found})


def _empty(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    mailbox.empty(place)
    return Answer(204, [])


def _mail_html(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    """The mail as its reader sees it, in a sandbox where nothing runs; its links open in new windows."""
    for mail in mailbox.mails(place):
        if mail["id"] == parts[0]:
            headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _MAIL_POLICY)]
            return Answer(200, headers, ('<base target="_blank">' + mail["html"]).encode())
    raise not_found()


def _notify(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(mailbox.notify(place, parts[0], parts[1], _body(request)))


def _refuse_next(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(mailbox.refuse_next(place, _body(request)))


def _clock(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(clock.read(place))


def _advance(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(clock.advance(place, _body(request)))


def _functions(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json({"items": functions.names(place)})


def _invoke(place: Place, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(functions.invoke(place, parts[0], _body(request)))


_ROUTES: list[tuple[str, str, Route]] = [
    ("GET", r"/", _home),
    ("GET", r"/(playground\.(?:css|js))", _file),
    ("GET", r"/mail", _mails),
    ("DELETE", r"/mail", _empty),
    ("GET", r"/mail/([^/]+)/html", _mail_html),
    ("POST", r"/mail/faults", _refuse_next),
    ("POST", r"/mail/([^/]+)/(bounce|complaint|delivery|reject|delay)", _notify),
    ("GET", r"/clock", _clock),
    ("POST", r"/clock", _advance),
    ("GET", r"/invoke", _functions),
    ("POST", r"/invoke/([^/]+)", _invoke),
]


def answer(place: Place, request: Request) -> Answer:
    """The playground's answer to a request; pages of other sites may not use it."""
    headers = dict(request.headers)
    own = {f"{host}:{place.playground_port}" for host in (HOST, "localhost")}
    origin = headers.get("origin")
    if headers.get("host") not in own or (origin and origin.partition("//")[2] not in own):
        raise Refused(403, "forbidden", "The playground is for this machine only.")
    path = urlsplit(request.target).path
    if played := re.match(r"/(slack|microsoft)(?=/|$)", path):
        routes = importlib.import_module(f"local.{played[1]}.routes")  # only who plays pays for the import
        found_there: Answer = routes.answer(place, request)
        return found_there
    for method, pattern, route in _ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == request.method.replace("HEAD", "GET"):
            return route(place, request, tuple(unquote(part) for part in found.groups()))
    raise not_found()


def _query(request: Request, name: str) -> str | None:
    values = parse_qs(urlsplit(request.target).query, keep_blank_values=True).get(name)
    return values[-1] if values else None


def _body(request: Request) -> Json:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise Refused(400, "malformed", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "malformed", "The body must be a JSON object.")
    return body


def _json(body: Any) -> Answer:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Answer(HTTPStatus.OK, headers, json.dumps(body, ensure_ascii=False).encode())


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that what Slack and Microsoft know is written
    leash.obey()
    place = of(os.environ)
    server = Server((HOST, place.playground_port), lambda request: answer(place, request))
    server.serve_forever(poll_interval=3600)


if __name__ == "__main__":
    main()
