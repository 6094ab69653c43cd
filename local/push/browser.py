"""A browser's side of Web Push: its keys, and how it opens what the push service brought (RFC 8291, RFC 8188).

Written from the RFCs, apart from the application's own sending, so that each checks the other.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_SALT, _SIZE, _KEY_LENGTH, _TAG = 16, 4, 65, 16
_LEAST_RECORD = 18


class Unreadable(Exception):
    """A browser drops what it can't open; the message says what is wrong with it."""


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Base64url without padding, as the RFCs write it; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_keys() -> tuple[str, str, str]:
    """The private scalar, which stays in the browser; `p256dh` and `auth`, which the application gets."""
    key = ec.generate_private_key(ec.SECP256R1())
    return encoded(key.private_numbers().private_value.to_bytes(32)), encoded(_point(key)), encoded(token_bytes(16))


def opened(body: bytes, private: str, auth: str) -> str:
    """The text of the one record that a push may have."""
    salt, size = body[:_SALT], int.from_bytes(body[_SALT : _SALT + _SIZE])
    start = _SALT + _SIZE + 1
    if len(body) < start + _KEY_LENGTH + _TAG + 1 or body[start - 1] != _KEY_LENGTH:
        raise Unreadable("the header isn't that of RFC 8188 with a P-256 key")
    sender, record = body[start : start + _KEY_LENGTH], body[start + _KEY_LENGTH :]
    if size < _LEAST_RECORD or len(record) > size:
        raise Unreadable("a push is one record, not longer than the record size it names")
    key, nonce = _derived(salt, sender, private, auth)
    try:
        plain = AESGCM(key).decrypt(nonce, record, None)
    except InvalidTag:
        raise Unreadable("it isn't encrypted for this browser") from None
    text, delimiter, padding = plain.rpartition(b"\2")
    if not delimiter or padding.strip(b"\0"):
        raise Unreadable("the last record ends with 2 and zeros")
    return text.decode()


def _derived(salt: bytes, sender: bytes, private: str, auth: str) -> tuple[bytes, bytes]:
    own = ec.derive_private_key(int.from_bytes(decoded(private)), ec.SECP256R1())
    try:
        shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    except ValueError:
        raise Unreadable("the sender's key is no point of P-256") from None
    info = b"WebPush: info\0" + _point(own) + sender
    secret = HKDF(SHA256(), 32, decoded(auth), info).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    return key, HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
