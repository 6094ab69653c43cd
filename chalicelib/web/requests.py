"""What came in, taken apart and judged before anybody uses it: size, encoding, media type, shape."""

import re
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from ipaddress import IPv6Address, IPv6Network, ip_address
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote

import msgspec
from chalice.app import CaseInsensitiveMapping, Request

from ..domain import errors, links

MOST_BYTES, MOST_BYTES_OF_LIST, MOST_BYTES_WITH_FILE = 256 * 1024, 2 * 1024 * 1024, 4 * 1024 * 1024 + 64 * 1024
"""Of any body; of a form with up to 1,000 invitees, or with a list of up to 1 MiB; of a message with a file of up to 4 MiB."""
MOST_BYTES_OF_PHOTO = 10 * 1024 * 1024
"""Of a picture of oneself, as large as API Gateway lets through: what is too large is said of the picture, not of the body."""
_MOST_COOKIES, _MOST_FIELDS = 50, 8000
_JUDGED_LATER = ("message_id", "ask_id")
_ID = re.compile(r"[a-z2-7]{16}")
_PARAMETER = re.compile(r"{(\w+)(\+?)}")
Body = TypeVar("Body")
_Read = tuple[list[tuple[str, str]], dict[str, "UploadedFile"]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """The raw request. `route` is the pattern that `path` fits.

    `source` is the address as the platform gives it, of IPv6 its network; never a header that anybody can write.
    """

    method: str
    route: str
    path: str
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]
    query: dict[str, str]
    source: str
    request_id: str

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that came with a form: its name as the browser tells it, and its bytes. Nobody has looked at either."""

    name: str
    content: bytes
    media: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a posted form, each with its values in order; and the files that were chosen, the last of each field."""

    fields: dict[str, list[str]]
    files: dict[str, UploadedFile]


def incoming(request: Request, most_bytes: int = MOST_BYTES, takes_file: bool = False) -> Incoming:
    context = request.context or {}
    return Incoming(
        method=request.method,
        route=request.path,
        path=_path(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=_body(request, most_bytes, takes_file),
        cookies=_cookies(request.headers.get("cookie", "")),
        query=dict(request.query_params or {}),
        source=_network(str(context.get("identity", {}).get("sourceIp", ""))),
        request_id=str(context.get("requestId", "")),
    )


def accept_anything(request: Request) -> None:
    """Chalice refuses bytes to whoever doesn't name their type. What the answer is doesn't hang on it (RFC 9110, 12.5.1)."""
    request.headers = CaseInsensitiveMapping({**request.headers, "accept": "*/*"})


def json_body(incoming: Incoming, shape: type[Body]) -> Body:
    """The body as `shape`: 413, 415, 400 and 422 where it is none. No body is `{}`."""
    if not incoming.body.strip():
        return convert({}, shape)
    if media_of(incoming) != "application/json":
        raise errors.Refusal(errors.RefusalKind.WRONG_MEDIA, "not_json", "Send the body as application/json.")
    try:
        return _decoded(incoming.body, shape)
    except msgspec.ValidationError as reason:
        with suppress(msgspec.ValidationError):
            _decoded(incoming.body, object)  # what isn't JSON to its end is malformed, whatever stands at its beginning
        raise _wrong_shape(reason) from reason


def media_of(incoming: Incoming) -> str:
    """The media type of the body, in small letters and without parameters."""
    return incoming.header("content-type").partition(";")[0].strip().lower()


def file_body(incoming: Incoming, media: tuple[str, ...]) -> bytes:
    """The raw body of a route that takes a file; 415 for another media type."""
    if media_of(incoming) not in media:
        sentence = f"Send the file as {', '.join(media[:-1])} or {media[-1]}."
        raise errors.Refusal(errors.RefusalKind.WRONG_MEDIA, "wrong_media", sentence)
    return incoming.body


def form_body(incoming: Incoming) -> Form:
    """413, 415 and 400 where it is none."""
    read = _FORMS.get(media_of(incoming))
    if incoming.body.strip() and read is None:
        raise errors.Refusal(
            errors.RefusalKind.WRONG_MEDIA, "not_a_form", "Send the form as application/x-www-form-urlencoded."
        )
    try:
        pairs, files = read(incoming) if read else ([], {})
    except (ValueError, UnicodeDecodeError) as reason:
        raise errors.Refusal(errors.RefusalKind.MALFORMED, "malformed", "The form can't be read.") from reason
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields, files)


def _url_encoded(incoming: Incoming) -> _Read:
    text = incoming.body.decode("utf-8")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"), {}


def _multipart(incoming: Incoming) -> _Read:
    """As mail providers send one click on "unsubscribe" (RFC 8058), and browsers a form with a file (RFC 7578).

    A part with a file name is a file, and an empty one is no choice.
    """
    head = f"Content-Type: {incoming.header('content-type')}\r\n\r\n".encode("ascii", "replace")
    form = message_from_bytes(head + incoming.body)
    if not form.is_multipart():
        raise ValueError("no parts")
    fields: list[tuple[str, str]] = []
    files: dict[str, UploadedFile] = {}
    for part in islice(form.walk(), 1, _MOST_FIELDS):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        name, file_name = (part.get_param(what, header="content-disposition") for what in ("name", "filename"))
        if file_name is None:
            fields.append((str(name), content.decode()))
        elif content:
            files[str(name)] = UploadedFile(_file_name(part) or str(file_name), content, part.get_content_type())
    return fields, files


def _file_name(part: Message) -> str:
    """As browsers write it (HTML, multipart/form-data): in UTF-8, which the parser of mails doesn't know, a quote as %22."""
    raw = next((value for name, value in part.raw_items() if name.lower() == "content-disposition"), "")
    text = str(raw).encode("ascii", "surrogateescape").decode("utf-8", "replace")
    match = re.search(r'filename="([^"]*)"', text)
    return match[1].replace("%22", '"') if match else ""


_FORMS = {"application/x-www-form-urlencoded": _url_encoded, "multipart/form-data": _multipart}


def convert(values: Any, shape: type[Body], strict: bool = True) -> Body:
    try:
        return msgspec.convert(values, shape, strict=strict)
    except msgspec.ValidationError as reason:
        raise _wrong_shape(reason) from reason


def checked_path(values: dict[str, str]) -> dict[str, str]:
    """Ids that can't be ours are not there; everything else in a path is judged where it is used."""
    for name, value in values.items():
        if name.endswith("_id") and name not in _JUDGED_LATER and not _ID.fullmatch(value):
            raise errors.unknown()
    # Mail programs take the full stop or bracket behind a link for a part of it.
    return {name: links.untailed(value) if name == "token" else value for name, value in values.items()}


def unquoted(path: dict[str, str]) -> dict[str, str]:
    """API Gateway hands over path parameters as sent, or decoded once, depending on the road; ids have no percent sign."""
    return {name: unquote(value) if "%" in value else value for name, value in path.items()}


def _decoded(raw: bytes, shape: type[Body]) -> Body:
    """Raises ValidationError where it is JSON of another shape."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as reason:
        if "got `float`" not in str(reason):
            raise
        return msgspec.convert(_whole_numbers(msgspec.json.decode(raw)), shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as reason:
        raise errors.Refusal(
            errors.RefusalKind.MALFORMED, "malformed", "The body is not JSON that can be read."
        ) from reason


def _whole_numbers(value: Any) -> Any:
    """JSON knows one kind of number: 8.0 is the whole number 8, as JSON Schema says, and some programs write it so."""
    if isinstance(value, dict):
        return {name: _whole_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _path(request: Request) -> str:
    """The path that was asked for: Chalice knows the route's pattern and what stood in its place."""
    values = unquoted(request.uri_params or {})
    return _PARAMETER.sub(lambda match: quote(values.get(match[1], ""), safe="/" * bool(match[2])), request.path)


def _network(source: str) -> str:
    """One household has 2**64 addresses of IPv6: for what is counted they are one."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    return str(IPv6Network((address.packed, 64), strict=False)) if isinstance(address, IPv6Address) else source


def _body(request: Request, most_bytes: int, takes_file: bool) -> bytes:
    """What is neither a file nor a form with one in it needs no room for one."""
    if not takes_file and "multipart/form-data" not in request.headers.get("content-type", "").lower():
        most_bytes = min(most_bytes, MOST_BYTES_OF_LIST)
    try:
        raw = request.raw_body
    except (ValueError, UnicodeError) as reason:
        raise errors.Refusal(errors.RefusalKind.MALFORMED, "malformed", "The body can't be read.") from reason
    body = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else bytes(raw)
    if len(body) > most_bytes:
        kilobytes = most_bytes // 1024
        raise errors.Refusal(
            errors.RefusalKind.TOO_LARGE, "too_large", f"The body is too large. Send at most {kilobytes} kB."
        )
    return body


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";")[:_MOST_COOKIES])
    return {name: value for name, equals, value in pairs if equals}


def _wrong_shape(reason: msgspec.ValidationError) -> errors.Refusal:
    message, at, path = str(reason).rpartition(" - at `$")
    message, path = (message, path.removesuffix("`").lstrip(".")) if at else (str(reason), "")
    missing = re.match(r"Object (?:missing required|contains unknown) field `(.*)`", message)
    if missing:
        path = ".".join(part for part in (path, missing[1]) if part)
    code = (
        "required"
        if "missing required" in message
        else "unknown_field"
        if "contains unknown" in message
        else "wrong_type"
    )
    return errors.wrong_field(path or "body", code, message + ".")


def prefers(accept: str, media: str) -> bool:
    """Whether this type stands before JSON in the header; its weights are not looked at."""
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")[:20]]
    return next((each for each in accepted if each in (media, "application/json")), "") == media
