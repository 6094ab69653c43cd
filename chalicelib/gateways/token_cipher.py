"""Tokens of others, sealed before they are stored: by KMS in the cloud, by a key of this machine on one machine."""

import base64
import hashlib
from collections.abc import Callable

from .aws import client

_LOCAL = "local:"


def token_cipher(token_key: str, link_key: str, region: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """(seal, unseal). `token_key` names a KMS key; empty on one machine."""
    return _kms(token_key, region) if token_key else _local(link_key)


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
