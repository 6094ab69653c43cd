"""What SES refuses of a mail and the emulators take. Knows nothing of either, so that tests use it too.

From the SES API reference, `SendEmail`: SES doesn't know SMTPUTF8, so addresses are 7-bit ASCII, and a name beside one is
an encoded word (RFC 2047); from the developer guide, "Sending raw email": header lines of at most 998 characters, all ASCII.
"""

import base64
from collections.abc import Iterator
from typing import Any

_LINE_MOST = 998

Json = dict[str, Any]


def refused(sent: Json) -> str:
    """Why SES refuses this `SendEmail` request of its API version 2; empty where it takes it."""
    if not all(text.isascii() for text in _addresses(sent)):
        return "Local address contains control or whitespace"
    raw = sent.get("Content", {}).get("Raw", {}).get("Data")
    return _refused_header(base64.b64decode(raw)) if raw else ""


def _addresses(sent: Json) -> Iterator[str]:
    yield str(sent.get("FromEmailAddress", ""))
    for listed in (*sent.get("Destination", {}).values(), sent.get("ReplyToAddresses", [])):
        yield from map(str, listed or [])


def _refused_header(raw: bytes) -> str:
    head = raw.partition(b"\r\n\r\n")[0]
    if not head.isascii():
        return "Non-ASCII characters in a header of the raw message"
    if any(len(line) > _LINE_MOST for line in head.split(b"\r\n")):
        return "A header line of the raw message is longer than 998 characters"
    return ""
