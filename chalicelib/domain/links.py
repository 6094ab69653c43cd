"""Invitation links: derived, not stored, so that the same link can be sent again and a leaked table opens nothing.

    token = base64url( chat id | invitation id | HMAC-SHA256(key, purpose, chat, invitation, generation)[:20] )

The two ids find the invitation; 160 bits of HMAC prove the link. Fixing an address raises the generation and so kills the links
made before. The newest of LINK_KEYS makes links; each listed one still opens them.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

ID_BYTES, _PROOF_BYTES, _REPLY_PROOF_BYTES = 10, 20, 18
_LENGTH = 2 * ID_BYTES + _PROOF_BYTES
_LENGTHS, _MOST_TAIL = (43, 54), 4  # of one-time secrets and of invitation links
_TAILED = re.compile(r"([A-Za-z0-9_-]+)(?:%[0-9A-Fa-f]{2}|&(?:gt|lt|quot|amp|#39);?|[^A-Za-z0-9=%&\0])*")


class Purpose(StrEnum):
    """A link made for one purpose is worthless for any other."""

    MAILED = "mailed"
    COPIED = "copied"
    UNSUBSCRIBE = "unsubscribe"
    STOP_MISSED = "stop_missed"
    PROVED = "proved"
    MAILBOX = "mailbox"
    CODE = "code"
    WORDS = "words"
    CHECK = "check"
    ERASED = "erased"
    ACCOUNT = "account"
    RECEIPT = "receipt"
    EXPORT = "export"
    REPLY = "reply"
    BY_MAIL = "by_mail"


@dataclass(frozen=True, slots=True)
class Link:
    """A token taken apart; not yet believed."""

    chat_id: str
    invitation_id: str
    proof: bytes


def make(key: str, purpose: Purpose, chat_id: str, invitation_id: str, generation: int) -> str:
    return _encode(
        id_bytes(chat_id) + id_bytes(invitation_id) + _proof(key, purpose, chat_id, invitation_id, generation)
    )


def make_reply(key: str, chat_id: str, invitation_id: str, generation: int) -> str:
    """The token of an address to answer to: as an invitation's link, but lower-case base32, which mail may change the case of.

    Its proof is shorter (144 bits), so that with what stands before it the local part keeps RFC 5321's 64 characters.
    """
    proof = _proof(key, Purpose.REPLY, chat_id, invitation_id, generation)[:_REPLY_PROOF_BYTES]
    return id_text(id_bytes(chat_id) + id_bytes(invitation_id) + proof).rstrip("=")


def parse_reply(token: str) -> Link | None:
    """None for anything that can't be the token of an address to answer to; its case doesn't matter."""
    token = token.lower()
    try:
        raw = id_bytes(token + "=" * (-len(token) % 8))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 2 * ID_BYTES + _REPLY_PROOF_BYTES or id_text(raw).rstrip("=") != token:
        return None
    return Link(id_text(raw[:ID_BYTES]), id_text(raw[ID_BYTES : 2 * ID_BYTES]), raw[2 * ID_BYTES :])


def is_reply(link: Link, keys: Sequence[str], generation: int) -> bool:
    """Whether one of our keys made this token. Takes constant time a key."""
    good = [
        hmac.compare_digest(
            link.proof,
            _proof(key, Purpose.REPLY, link.chat_id, link.invitation_id, generation)[:_REPLY_PROOF_BYTES],
        )
        for key in keys
    ]
    return any(good)


def parse(token: str) -> Link | None:
    """None for anything that can't be a link."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
    except (ValueError, UnicodeError, binascii.Error):
        return None
    if len(raw) != _LENGTH or _encode(raw) != token:
        return None
    return Link(id_text(raw[:ID_BYTES]), id_text(raw[ID_BYTES : 2 * ID_BYTES]), raw[2 * ID_BYTES :])


def untailed(token: str) -> str:
    """The token without what a mail program or a hurried hand put behind it: `.`, `)`, a space."""
    match = _TAILED.fullmatch(token)
    token = match[1] if match else token
    for length in _LENGTHS:
        if 0 < len(token) - length <= _MOST_TAIL and not token[length:].strip("-_"):
            return token[:length]
    return token


def _shorter(token: str) -> Iterator[str]:
    """The token, and without signs of its own alphabet that may have stood behind it as punctuation."""
    yield token
    for _ in range(_MOST_TAIL):
        if token[-1:] not in ("-", "_"):
            return
        token = token[:-1]
        yield token


def purpose_of(link: Link, keys: Sequence[str], generation: int, *candidates: Purpose) -> Purpose | None:
    """For which of `candidates` this link was made with one of our keys; None if for none of them. Takes constant time a key."""
    result = None
    for key in keys:
        for purpose in candidates:
            if hmac.compare_digest(link.proof, _proof(key, purpose, link.chat_id, link.invitation_id, generation)):
                result = purpose
    return result


def sign_text(key: str, purpose: Purpose, text: str) -> str:
    """A token that carries `text`, readable but not forgeable: for a mailbox, a proof, a choice."""
    return _encode(_proof(key, purpose, "", text, 0) + text.encode())


def verify_text(token: str, keys: Sequence[str], purpose: Purpose) -> str:
    """The text of a token made by `seal`; empty where it wasn't made by us for this purpose."""
    return next((text for text in (_unsealed(item, keys, purpose) for item in _shorter(token)) if text), "")


def _unsealed(token: str, keys: Sequence[str], purpose: Purpose) -> str:
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
        text = raw[_PROOF_BYTES:].decode()
    except (ValueError, UnicodeError, binascii.Error):
        return ""
    good = [hmac.compare_digest(raw[:_PROOF_BYTES], _proof(key, purpose, "", text, 0)) for key in keys]
    return text if any(good) else ""


def keyed(key: str, purpose: Purpose, text: str) -> bytes:
    """Twenty bytes that only we can derive from `text`."""
    return _proof(key, purpose, "", text, 0)


def origin_of(url: str) -> str:
    """As browsers write it in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def id_text(raw: bytes) -> str:
    """An id as it is shown: 16 characters of lower-case base32 for 10 bytes."""
    return base64.b32encode(raw).decode("ascii").lower()


def id_bytes(text: str) -> bytes:
    return base64.b32decode(text.upper())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _proof(key: str, purpose: Purpose, chat_id: str, invitation_id: str, generation: int) -> bytes:
    text = f"{purpose}\n{chat_id}\n{invitation_id}\n{generation}".encode()
    return hmac.new(key.encode(), text, hashlib.sha256).digest()[:_PROOF_BYTES]
