"""Web Push: a message encrypted for one browser (RFC 8291, aes128gcm), signed as ours (RFC 8292), handed to its push service.

Written on `cryptography` and PyJWT, which are in the zip anyway (ADR 9); both are imported when first needed.
"""

import functools
import logging
import os
import socket
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr, parsedate_to_datetime
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from ..domain.pushes import LIFE, PushOutcome, PushResult, PushSubscription, refuse_unknown_service
from .unexpected import UNEXPECTED_RESPONSE_ERRORS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

log = logging.getLogger(__name__)
LONGEST = 3993
"""Bytes of a payload: what a service must take (4,096, RFC 8030), less what encryption adds."""

_RECORD, _STEP = 4096, 1024
_TIMEOUT, _AT_ONCE = 5, 8
_TOKEN_LIFE, _TOKEN_KEPT = 12 * 3600, 6 * 3600
_GONE, _LATER = (404, 410), (408, 425, 429)


class NotPublic(OSError):
    """A host's name leads to an address that isn't on the public internet."""


class WebPush:
    def __init__(self, key: str, hosts: Sequence[str], mail_from: str, is_local: bool) -> None:
        self._key, self._hosts, self._is_local = key, hosts, is_local
        self._subject = f"mailto:{parseaddr(mail_from)[1]}"

    @property
    def is_offered(self) -> bool:
        return bool(self._key)

    @property
    def public_key(self) -> str:
        return _encoded(_point(_private_key(self._key)))

    def refuse_unknown(self, endpoint: str) -> None:
        refuse_unknown_service(endpoint, self._hosts, self._is_local)

    def send(self, payload: str, subscriptions: Sequence[PushSubscription], topic: str) -> list[PushResult]:
        """All at once, for each may take its service's five seconds."""
        with ThreadPoolExecutor(max(1, min(_AT_ONCE, len(subscriptions)))) as pool:
            return list(pool.map(lambda each: self._sent(payload, each, topic), subscriptions))

    def _sent(self, payload: str, subscription: PushSubscription, topic: str) -> PushResult:
        address = urlsplit(subscription.endpoint)
        try:
            status, pause = _posted(
                address, self._headers(address, topic), encrypted(payload.encode(), subscription), self._is_local
            )
        except NotPublic:
            log.error("push refused: %s isn't on the public internet", address.hostname)
            return PushResult(PushOutcome.REFUSED)
        except UNEXPECTED_RESPONSE_ERRORS as error:
            log.info("push service not reached: %s, %s", address.hostname, type(error).__name__)
            return PushResult(PushOutcome.LATER)
        return _result(status, pause, address.hostname or "")

    def _headers(self, address: SplitResult, topic: str) -> dict[str, str]:
        origin = f"{address.scheme}://{address.netloc}"
        # By the machine's own clock, as the service judges it; the same token for six hours, so that each lives six more.
        token = _token(self._key, origin, self._subject, int(time.time()) // _TOKEN_KEPT)
        return {
            "TTL": str(int(LIFE.total_seconds())),
            "Urgency": "high",
            "Topic": topic,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": f"vapid t={token}, k={self.public_key}",
        }


def encrypted(payload: bytes, subscription: PushSubscription) -> bytes:
    """The one record of RFC 8291, section 4, filled up to whole kilobytes, so that its length doesn't tell what it says."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return sealed(
        _filled(payload),
        _decoded(subscription.p256dh),
        _decoded(subscription.auth),
        ec.generate_private_key(ec.SECP256R1()),
        os.urandom(16),
    )


def sealed(record: bytes, browser_point: bytes, auth: bytes, own_key: "EllipticCurvePrivateKey", salt: bytes) -> bytes:
    """`record`: the payload, its delimiter 2, and zeros. The names in brackets are those of RFC 8291 and RFC 8188."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    browser_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_point)
    own_point, shared = _point(own_key), own_key.exchange(ec.ECDH(), browser_key)
    key = _derived(shared, auth, b"WebPush: info\0" + browser_point + own_point, 32)  # (IKM)
    content_key = _derived(key, salt, b"Content-Encoding: aes128gcm\0", 16)  # (CEK)
    nonce = _derived(key, salt, b"Content-Encoding: nonce\0", 12)  # (NONCE), of the first record, which is the last too
    head = salt + _RECORD.to_bytes(4) + bytes([len(own_point)]) + own_point
    return head + AESGCM(content_key).encrypt(nonce, record, None)


def _filled(payload: bytes) -> bytes:
    length = min(LONGEST, -(-len(payload) // _STEP) * _STEP)
    return payload + b"\2" + bytes(max(0, length - len(payload)))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, info).derive(secret)


@functools.cache
def _private_key(key: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(_decoded(key)), ec.SECP256R1())


@functools.lru_cache(64)
def _token(key: str, origin: str, subject: str, part_of_day: int) -> str:
    """VAPID: who we are, to this one service; `exp` is at most half a day ahead, where a day is allowed."""
    import jwt

    claims = {"aud": origin, "exp": part_of_day * _TOKEN_KEPT + _TOKEN_LIFE, "sub": subject}
    return jwt.encode(claims, _private_key(key), algorithm="ES256")


def _point(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _posted(address: SplitResult, headers: dict[str, str], body: bytes, is_local: bool) -> tuple[int, str]:
    """The status and `Retry-After`. Redirects aren't followed."""
    connection = _connection(address, is_local)
    try:
        target = f"{address.path or '/'}{'?' + address.query if address.query else ''}"
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Retry-After", "")
    finally:
        connection.close()


def _connection(address: SplitResult, is_local: bool) -> HTTPConnection:
    """To the very address that was looked at, so that a name can't lead elsewhere a moment later."""
    host = address.hostname or ""
    port = address.port or (443 if address.scheme == "https" else 80)
    if address.scheme == "http":  # on one machine alone: the settings allow it nowhere else
        return HTTPConnection(host, port, timeout=_TIMEOUT)
    connection = HTTPSConnection(host, port, timeout=_TIMEOUT, context=_tls())
    chosen = _looked_up(host, port, is_local)
    connection.sock = _tls().wrap_socket(socket.create_connection(chosen, _TIMEOUT), server_hostname=host)
    return connection


def _looked_up(host: str, port: int, is_local: bool) -> tuple[str, int]:
    results = [entry[4] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    public = [(str(result[0]), port) for result in results if is_local or ip_address(str(result[0])).is_global]
    if not public or len(public) < len(results):
        raise NotPublic(host)
    return public[0]


@functools.cache
def _tls() -> Any:
    import ssl

    return ssl.create_default_context()


def _result(status: int, pause: str, host: str) -> PushResult:
    if 200 <= status < 300:
        return PushResult(PushOutcome.TAKEN)
    if status in _GONE:
        return PushResult(PushOutcome.GONE)
    if status in _LATER or status >= 500:
        return PushResult(PushOutcome.LATER, _seconds(pause))
    # Our key, our signature, or a payload that is too long: an operator has to look.
    log.error("push refused: %s answered %s", host, status)
    return PushResult(PushOutcome.REFUSED)


def _seconds(pause: str) -> float:
    """`Retry-After` is a number of seconds or a date."""
    if pause.isdecimal() and len(pause) < 10:
        return float(pause)
    try:
        return max(0.0, parsedate_to_datetime(pause).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
