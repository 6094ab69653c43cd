"""Page cursors: opaque, and good only for the list and the person they were made for."""

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

from ..domain import errors
from ..ports import Ports

_PROOF_BYTES = 12
Item = TypeVar("Item")


def make(ports: Ports, account_id: str, path: str, position: str) -> str:
    raw = position.encode()
    return base64.urlsafe_b64encode(_proof(ports, account_id, path, raw) + raw).rstrip(b"=").decode()


def read(ports: Ports, account_id: str, path: str, cursor: str) -> str:
    """The position; empty for no cursor. Anything that wasn't made here for this list is refused."""
    if not cursor:
        return ""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")
    except (ValueError, UnicodeError, binascii.Error):
        raw = b""
    position = raw[_PROOF_BYTES:].decode("utf-8", "replace")
    ours = make(ports, account_id, path, position)
    if not hmac.compare_digest(ours.encode(), cursor.encode("utf-8", "replace")):
        raise errors.wrong_field("cursor", "bad_cursor", "Use the cursor that this list gave you, or none.")
    return position


def slice_of(items: list[Item], keys: list[str], after: str, limit: int) -> tuple[list[Item], str]:
    """A page of a whole list, and the key that the next page starts behind; a key that is gone starts anew."""
    start = keys.index(after) + 1 if after in keys else 0
    page = items[start : start + limit]
    more = start + limit < len(items)
    return page, keys[start + limit - 1] if more else ""


def _proof(ports: Ports, account_id: str, path: str, raw: bytes) -> bytes:
    text = f"cursor\n{account_id}\n{path}\n".encode() + raw
    return hmac.new(ports.link_keys[0].encode(), text, hashlib.sha256).digest()[:_PROOF_BYTES]
