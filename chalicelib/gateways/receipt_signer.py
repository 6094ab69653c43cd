"""Signs receipts with Ed25519 (RFC 8032), by keys of their own. The newest signs; each listed one still checks.

A signature is `key id.signature`, both base64url; the key id is the beginning of the public key's SHA-256.
"""

import base64
import binascii
import functools
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ID_BYTES, _SIGNATURE_BYTES = 6, 64


class Ed25519Signer:
    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are secrets of 32 characters or more, the newest first."""
        self._keys = tuple(keys)

    def sign(self, content: bytes) -> str:
        key = _private(self._keys[0])
        return f"{_key_id(key)}.{_encoded(key.sign(content))}"

    def is_signed(self, content: bytes, signature: str) -> bool:
        """Whether exactly these bytes were signed so, by a key that is or was ours."""
        from cryptography.exceptions import InvalidSignature

        key_id, _, encoded = signature.partition(".")
        raw = _decoded(encoded)
        for key in map(_private, self._keys):
            if raw and _key_id(key) == key_id:
                try:
                    key.public_key().verify(raw, content)
                except InvalidSignature:
                    return False
                return True
        return False


@functools.cache
def _private(secret: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"receipts\n{secret}".encode()).digest())


def _key_id(key: "Ed25519PrivateKey") -> str:
    return _encoded(hashlib.sha256(key.public_key().public_bytes_raw()).digest()[:_ID_BYTES])


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    """Empty for what isn't one signature, written in the one way that it is written."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
    except (ValueError, UnicodeError, binascii.Error):
        return b""
    return raw if len(raw) == _SIGNATURE_BYTES and _encoded(raw) == text else b""
