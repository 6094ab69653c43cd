"""Passwords: argon2id at OWASP's cost, and a judge of how easily one is guessed. Both are loaded when first needed."""

import functools
from collections.abc import Sequence

# 19 MiB, 2 passes, 1 lane: ASVS 5.0 appendix C, argon2id.
_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_EASY_BELOW = 10**6
_JUDGED_LENGTH = 72


class Argon2:
    def hash(self, password: str) -> str:
        hashed: str = _hasher().hash(_storable(password))
        return hashed

    def matches(self, password_hash: str, password: str) -> bool:
        """Takes the same time for no hash at all, so that nobody learns whether an account exists."""
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        nothing = _hash_of_nothing()  # made the first time, whoever it is that comes first
        try:
            _hasher().verify(password_hash or nothing, _storable(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
        return bool(password_hash)

    def is_easy(self, password: str, context: Sequence[str]) -> bool:
        """Whether fewer than a million guesses find it, by zxcvbn's count; words of the context count as known."""
        from zxcvbn import zxcvbn

        words = [
            part
            for text in (*context, "webtop")
            for part in (text, *text.replace("@", " ").replace(".", " ").split())
            if len(part) > 2
        ]
        return int(zxcvbn(password[:_JUDGED_LENGTH], user_inputs=words)["guesses"]) < _EASY_BELOW


@functools.cache
def _hasher():  # type: ignore[no-untyped-def]
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


@functools.cache
def _hash_of_nothing() -> str:
    hashed: str = _hasher().hash("nobody has this password")
    return hashed


def _storable(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
