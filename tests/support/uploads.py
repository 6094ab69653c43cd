"""Bytes to a real store, in the form that a browser sends; and from it."""

import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any


def post(upload: Mapping[str, Any], content: bytes, **changed: str) -> int:
    """The status that the store answers."""
    fields = {**upload["fields"], **{name.replace("_", "-"): value for name, value in changed.items()}}
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts.append(_part(boundary, 'name="file"; filename="x"', content))
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    return _answer(urllib.request.Request(upload["url"], body, {"Content-Type": kind}))[0]


def get(url: str) -> tuple[int, Mapping[str, str], bytes]:
    return _answer(urllib.request.Request(url))


def _part(boundary: str, about: str, content: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"


def _answer(request: urllib.request.Request) -> tuple[int, Mapping[str, str], bytes]:
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
