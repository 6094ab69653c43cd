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

from local import child_process
from local.config import HOST, LocalConfig, of
from local.http import Answer, Refused, Request, Server, not_found
from local.playground import answers, clock, functions, mailbox, pages, personas

Json = dict[str, Any]
Route = Callable[[LocalConfig, Request, tuple[str, ...]], Answer]

_FOLDER = Path(__file__).parent
_FILES = {"playground.css": "text/css; charset=utf-8", "playground.js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self' http://*.localhost:{port}"
)
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def _home(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _POLICY.format(port=config.port)),
    ]
    return Answer(200, headers, pages.home(config, _query(request, "mail"), _query(request, "q") or "").encode())


def _file(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return Answer(200, [("Content-Type", _FILES[parts[0]])], (_FOLDER / parts[0]).read_bytes())


def _mails(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    results = mailbox.mails(config, to=_query(request, "to"), after=_query(request, "after"))
    return _json({"items": results})


def _empty(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    mailbox.empty(config)
    return Answer(204, [])


def _mail_html(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    """The mail as its reader sees it, in a sandbox where nothing runs; its links open in new windows."""
    for mail in mailbox.mails(config):
        if mail["id"] == parts[0]:
            headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _MAIL_POLICY)]
            return Answer(200, headers, ('<base target="_blank">' + mail["html"]).encode())
    raise not_found()


def _notify(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(mailbox.notify(config, parts[0], parts[1], _body(request)))


def _reply(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    """From a script as JSON, whatever it calls that; from the page as its form, which comes back to the mail."""
    if request.body and not request.body.lstrip().startswith(b"{"):
        answers.reply(config, parts[0], answers.of_form(request.body))
        return Answer(303, [("Location", f"/?mail={parts[0]}")])
    return _json(answers.reply(config, parts[0], _body(request)))


def _inbound(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    """Raw mail, as another mail server would bring it."""
    to, sender, verdicts = (_query(request, name) for name in ("to", "from", "verdicts"))
    return _json(answers.inbound(config, request.body, to, sender, verdicts or ""))


def _refuse_next(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(mailbox.refuse_next(config, _body(request)))


def _clock(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(clock.read(config))


def _advance(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(clock.advance(config, _body(request)))


def _events(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json({"items": functions.lately(config)})


def _personas(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json({"items": personas.all_of(config)})


def _open_as(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    """A form of the page, in a new window."""
    email = parse_qs(request.body.decode(errors="replace")).get("email", [""])[-1]
    return Answer(303, [("Location", personas.open_as(config, email))])


def _functions(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json({"items": functions.names(config)})


def _invoke(config: LocalConfig, request: Request, parts: tuple[str, ...]) -> Answer:
    return _json(functions.invoke(config, parts[0], _body(request)))


_ROUTES: list[tuple[str, str, Route]] = [
    ("GET", r"/", _home),
    ("GET", r"/(playground\.(?:css|js))", _file),
    ("GET", r"/mail", _mails),
    ("DELETE", r"/mail", _empty),
    ("GET", r"/mail/([^/]+)/html", _mail_html),
    ("POST", r"/mail/faults", _refuse_next),
    ("POST", r"/mail/inbound", _inbound),
    ("POST", r"/mail/([^/]+)/reply", _reply),
    ("POST", r"/mail/([^/]+)/(bounce|complaint|delivery|reject|delay)", _notify),
    ("GET", r"/clock", _clock),
    ("POST", r"/clock", _advance),
    ("GET", r"/events", _events),
    ("GET", r"/personas", _personas),
    ("POST", r"/personas", _open_as),
    ("GET", r"/invoke", _functions),
    ("POST", r"/invoke/([^/]+)", _invoke),
]


def answer(config: LocalConfig, request: Request) -> Answer:
    """The playground's answer to a request; pages of other sites may not use it."""
    headers = dict(request.headers)
    mine = {f"{host}:{config.playground_port}" for host in (HOST, "localhost")}
    origin = headers.get("origin")
    if headers.get("host") not in mine or (origin and origin.partition("//")[2] not in mine):
        raise Refused(403, "forbidden", "The playground is for this machine only.")
    path = urlsplit(request.target).path
    if played := re.match(r"/(slack|microsoft|push)(?=/|$)", path):
        routes = importlib.import_module(f"local.{played[1]}.routes")  # only who plays pays for the import
        found_there: Answer = routes.answer(config, request)
        return found_there
    for method, pattern, route in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == request.method.replace("HEAD", "GET"):
            return route(config, request, tuple(unquote(part) for part in match.groups()))
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
    child_process.obey()
    config = of(os.environ)
    server = Server((HOST, config.playground_port), lambda request: answer(config, request), answers.LARGEST)
    server.serve_forever(poll_interval=3600)


if __name__ == "__main__":
    main()
