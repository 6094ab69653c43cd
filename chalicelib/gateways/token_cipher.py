"""Tokens of others, sealed before they are stored: by KMS in the cloud, by a key of this machine on one machine."""

import base64
import hashlib
import time
from collections.abc import Callable

from .aws import client

_LOCAL = "local:"
_KEPT_SECONDS, _MOST_KEPT = 300, 200


def token_cipher(token_key: str, link_key: str, region: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """(seal, unseal). `token_key` names a KMS key; empty on one machine."""
    if not token_key:
        return _local(link_key)
    seal, unseal = _kms(token_key, region)
    return seal, kept_for_a_while(unseal, time.monotonic)


def kept_for_a_while(unseal: Callable[[str], str], now: Callable[[], float]) -> Callable[[str], str]:
    """Opened once in some minutes, by what is sealed: a token that was replaced or taken back is found by no other."""
    opened: dict[str, tuple[float, str]] = {}

    def unsealed(encrypted: str) -> str:
        at, text = opened.get(encrypted, (0.0, ""))
        if text and now() - at < _KEPT_SECONDS:
            return text
        text = unseal(encrypted)
        while len(opened) >= _MOST_KEPT:
            opened.pop(next(iter(opened)))
        opened.pop(encrypted, None)
        opened[encrypted] = now(), text
        return text

    return unsealed


def _kms(key_id: str, region: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    def seal(text: str) -> str:
        answer = client("kms", region).encrypt(KeyId=key_id, Plaintext=text.encode())
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def unseal(encrypted: str) -> str:
        answer = client("kms", region).decrypt(KeyId=key_id, CiphertextBlob=base64.b64decode(encrypted))
        return str(answer["Plaintext"].decode())

    return seal, unseal


def _local(link_key: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    key = base64.urlsafe_b64encode(hashlib.sha256(f"tokens\n{link_key}".encode()).digest())

    def seal(text: str) -> str:
        from cryptography.fernet import Fernet

        return _LOCAL + Fernet(key).encrypt(text.encode()).decode()

    def unseal(encrypted: str) -> str:
        from cryptography.fernet import Fernet

        return Fernet(key).decrypt(encrypted.removeprefix(_LOCAL)).decode()

    return seal, unseal
