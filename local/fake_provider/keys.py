"""RSA keys that sign tokens, kept between runs, and how others see them."""

from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Json = dict[str, Any]


class Signer:
    """One key pair and its id."""

    def __init__(self, path: Path) -> None:
        self._key = _key(path)
        self._public: Json = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.id = str(self._public["n"])[:20]

    def public(self, **more: Any) -> Json:
        """The key as a key set lists it."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": self._public["n"],
            "e": self._public["e"],
            **more,
        }

    def sign(self, claims: Json) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.id})

    def read(self, token: str, audience: str) -> Json:
        """The claims of a token that this key signed for this audience; raises PyJWT's errors."""
        claims: Json = jwt.decode(token, self._key.public_key(), algorithms=["RS256"], audience=audience)
        return claims


def _key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        kept = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(kept, rsa.RSAPrivateKey):
            return kept
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return key
