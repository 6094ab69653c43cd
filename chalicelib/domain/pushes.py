"""Pushes: which browsers want them, which services may be asked to bring them, and of what a person is told."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from . import errors
from .chats import Chat, ChatKind, Level, Membership
from .links import ID_BYTES, id_text
from .messages import Message, MessageKind
from .providers import Via

MOST_SUBSCRIPTIONS = 8
"""Browsers of one person that get pushes; a ninth takes the place of the one that was added first."""

LIFE = timedelta(days=7)
"""How long a push service keeps what it can't bring yet."""

LOOKING = timedelta(seconds=30)
"""For so long a page that said that it is looked at is taken to be."""

_LONGEST_ENDPOINT, _POINT, _AUTH = 2048, 65, 16
# The curve P-256, y² = x³ - 3x + b over the numbers below p (FIPS 186-4, D.1.2.3).
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSubscription:
    """One browser that gets pushes, as long as the session holds in which it was added. The endpoint is a secret.

    `p256dh` and `auth` are the browser's key and secret in base64url. `waits_until`: the push service asked for a pause.
    """

    id: str
    endpoint: str
    p256dh: str
    auth: str
    session_hash: str
    added_at: datetime
    waits_until: datetime | None = None


class PushOutcome(StrEnum):
    """What a push service answered: it will bring it; the subscription is over; not now; never this one."""

    TAKEN = "taken"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PushResult:
    """`seconds`: the pause that the service asked for, 0 if it named none."""

    outcome: PushOutcome
    seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PushNote:
    """What a push says, before it is put into words: the newest message, and how many of its chat nobody read yet.

    Where `author` is empty it sums up `count` messages in `chats` chats.
    """

    account_id: str
    chat_id: str
    locale: str
    title: str = ""
    author: str = ""
    text: str = ""
    is_group: bool = False
    shows_text: bool = True
    count: int = 1
    chats: int = 1
    seq: int = 0


def id_of(endpoint: str) -> str:
    """The same endpoint is the same subscription; whoever knows the id doesn't know the endpoint."""
    return id_text(sha256(endpoint.encode()).digest()[:ID_BYTES])


def refuse_unknown_service(endpoint: str, hosts: Sequence[str], plain_http: bool) -> None:
    """Only to services that the settings name does a push go, whatever a browser says; `plain_http` is for one machine.

    An entry is `host`, `host:port` or `*.host`; http needs one with its port.
    """
    address = _split(endpoint)
    if address is None or not any(_is_meant(address, entry, plain_http) for entry in hosts):
        raise errors.unfit(
            "endpoint", "unknown_push_service", "This browser’s notification service isn’t supported here."
        )


def refuse_wrong_keys(p256dh: str, auth: str) -> None:
    """RFC 8291 takes a point of P-256, uncompressed, and a secret of 16 bytes."""
    if not _is_point(_bytes(p256dh)):
        raise errors.wrong_field("keys.p256dh", "bad_key", "This is not a browser’s key. Subscribe again.")
    if len(_bytes(auth)) != _AUTH:
        raise errors.wrong_field("keys.auth", "bad_key", "This is not a browser’s secret. Subscribe again.")


def is_wanted(message: Message, chat: Chat, membership: Membership, replied: Message | None) -> bool:
    """Whether this person wants to be told of this message now: it is theirs to see, and unread.

    `mentions` means direct chats, mentions, and answers to oneself. Whoever reads in Slack or Teams is told there.
    """
    mine = message.author is not None and message.author.account_id == membership.account_id
    if message.kind is not MessageKind.TEXT or message.deleted_at or mine or membership.via is not Via.WEBTOP:
        return False
    if not membership.may_see(message.seq) or membership.read_to >= message.seq:
        return False
    return membership.level is Level.ALL or (
        membership.level is Level.MENTIONS and is_personal(message, chat, membership.account_id, replied)
    )


def is_personal(message: Message, chat: Chat, account_id: str, replied: Message | None) -> bool:
    """Said to this person: in a chat of two, with their name, or in answer to them."""
    answers = replied is not None and replied.author is not None and replied.author.account_id == account_id
    mentions = any(mention.account_id == account_id for mention in message.mentions)
    return chat.kind is ChatKind.DIRECT or mentions or answers


def _split(endpoint: str) -> SplitResult | None:
    """None for what is no plain address of a host by its name."""
    try:
        address = urlsplit(endpoint)
        port = address.port
    except ValueError:
        return None
    odd = "@" in address.netloc or address.fragment or not endpoint.isascii() or not endpoint.isprintable()
    fits = address.hostname and port != 0 and len(endpoint) <= _LONGEST_ENDPOINT and " " not in endpoint
    return address if fits and not odd and address.scheme in ("https", "http") else None


def _is_meant(address: SplitResult, entry: str, plain_http: bool) -> bool:
    host, _, port = entry.lower().partition(":")
    name = (address.hostname or "").lower()
    if address.scheme == "http" and not (plain_http and port):
        return False
    if str(address.port or "") != port:
        return False
    if host.startswith("*."):
        return name.endswith(host[1:]) and len(name) > len(host[1:]) and not _is_number(name)
    return name == host


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _bytes(text: str) -> bytes:
    """Base64url, with or without padding; nothing for what is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _is_point(key: bytes) -> bool:
    if len(key) != _POINT or key[0] != 4:
        return False
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    return x < _P and y < _P and (y * y - x * x * x + 3 * x - _B) % _P == 0
