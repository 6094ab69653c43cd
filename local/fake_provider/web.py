"""Requests and answers of the played providers: forms, JSON, pages, redirects."""

import base64
import json
from collections.abc import Mapping, Sequence
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from local.http import Answer, Refused, Request

Json = dict[str, Any]
_FORM, _FORM_WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"
_HERE = Path(__file__).parent
_FILES = {"far.css": "text/css; charset=utf-8", "far.js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data: http: https:"
)

templates = Environment(
    loader=FileSystemLoader([_HERE, _HERE.parent / "slack", _HERE.parent / "microsoft"]),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def path(request: Request) -> str:
    return urlsplit(request.target).path


def query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))


def content_type(request: Request) -> str:
    return dict(request.headers).get("content-type", "").partition(";")[0].strip().lower()


def form(request: Request) -> dict[str, str]:
    if content_type(request) != _FORM:
        return {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def is_form(request: Request) -> bool:
    """Sent by a page, which then wants to be shown a page."""
    return content_type(request) in (_FORM, _FORM_WITH_FILES)


def body(request: Request) -> Json:
    """What was sent, by a page's form or by a script as JSON. Files are lists of `{name, type, base64}`."""
    if content_type(request) == _FORM_WITH_FILES:
        return _with_files(request)
    if is_form(request):
        return dict(form(request))
    try:
        result = json.loads(request.body or b"{}")
    except ValueError:
        raise Refused(400, "malformed", "The body is not JSON.") from None
    if not isinstance(result, dict):
        raise Refused(400, "malformed", "The body must be a JSON object.")
    return result


def _with_files(request: Request) -> Json:
    head = f"Content-Type: {dict(request.headers)['content-type']}\r\n\r\n".encode()
    given: Json = {}
    for part in BytesParser(policy=policy.HTTP).parsebytes(head + request.body).iter_parts():
        name, file = str(part.get_param("name", header="content-disposition")), part.get_filename()
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if file is None:
            given[name] = content.decode("utf-8", "replace")
        elif file:  # empty where none was chosen
            item = {"name": file, "type": part.get_content_type(), "base64": base64.b64encode(content).decode()}
            given.setdefault(name, []).append(item)
    return given


def text(given: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A field that must be text; refused when it's missing and has no default."""
    value = given.get(name, default)
    if not isinstance(value, str):
        raise Refused(422, "invalid", f"{name} must be text.")
    return value


def answer(body: Any, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Answer:
    """JSON."""
    mine = [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")]
    return Answer(status, [*mine, *headers], json.dumps(body, ensure_ascii=False).encode())


def page(template: str, status: int = 200, leads_to: str = "", **values: Any) -> Answer:
    """A page; `leads_to` is the address that its forms may end up at, besides the playground's own."""
    parts = urlsplit(leads_to)
    elsewhere = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", f"{_POLICY}; form-action 'self'{elsewhere}"),
    ]
    return Answer(status, headers, templates.get_template(template).render(**values).encode())


def back(request: Request, default: str) -> str:
    """The playground's own page that a form was sent from."""
    referer = urlsplit(dict(request.headers).get("referer", ""))
    return referer.path if referer.path.startswith(default) else default


def redirect(location: str, **parameters: str | None) -> Answer:
    """See there; parameters are added to what the address already has."""
    added = urlencode({name: value for name, value in parameters.items() if value is not None})
    joint = "" if not added else "&" if urlsplit(location).query else "?"
    return Answer(303, [("Location", location + joint + added), ("Cache-Control", "no-store")])


def file(name: str) -> Answer:
    """One of the files that all pages use."""
    return Answer(200, [("Content-Type", _FILES[name])], (_HERE / name).read_bytes())
