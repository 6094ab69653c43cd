"""The function's door. It reads and writes nothing but signed addresses of the one store that it is told of.

In: `{"source": address, "small": {"to": address, "box": px, "format": "WEBP" | "JPEG", "most": bytes, "square": bool},
"upright": address or ""}`. Out: `{"width", "height", "small": bytes, "upright": bytes or 0}`, or `{"refused": why}` for what is no
picture that can be decoded. What else goes wrong is raised.
"""

import os
import urllib.request
from typing import Any

from pictures.making import Made, NoPicture, Wanted, size, small, upright

MOST_BYTES = 40 * 1024 * 1024
_PATIENCE = 10
_TYPE = "application/octet-stream"
Json = dict[str, Any]


def picture_maker(event: Json, context: object) -> Json:
    return answer(event, _Store(os.environ["FILES_URL"]))


class _Store:
    """Addresses below one origin, and no other: whatever the event says, this is no way to anywhere else."""

    def __init__(self, origin: str) -> None:
        self._below = f"{origin.rstrip('/')}/"

    def read(self, address: str) -> bytes:
        with urllib.request.urlopen(self._request(address), timeout=_PATIENCE) as given:  # noqa: S310  # by _request
            content: bytes = given.read(MOST_BYTES + 1)
        return content

    def write(self, address: str, content: bytes) -> None:
        request = self._request(address, content)
        request.method = "PUT"
        request.add_header("Content-Type", _TYPE)
        with urllib.request.urlopen(request, timeout=_PATIENCE):  # noqa: S310  # by _request
            pass

    def _request(self, address: str, content: bytes | None = None) -> urllib.request.Request:
        if not address.startswith(self._below) or not address.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("This address isn't one of the store.")
        return urllib.request.Request(address, content)  # noqa: S310  # checked above


def answer(event: Json, store: Any) -> Json:
    """What an event comes to; `store` reads and writes addresses."""
    content = store.read(event["source"])
    if len(content) > MOST_BYTES:
        return {"refused": "too many bytes"}
    wanted = dict(event["small"])
    to = wanted.pop("to")
    try:
        made, turned = small(content, Wanted(**wanted)), upright(content) if event.get("upright") else None
        width, height = size(content)
    except NoPicture as reason:
        return {"refused": str(reason)}
    store.write(to, made.content)
    if turned is not None:
        store.write(event["upright"], turned.content)
    return {"width": width, "height": height, "small": len(made.content), "upright": _length(turned)}


def _length(made: Made | None) -> int:
    return len(made.content) if made else 0
