"""Ids: 80 random bits, shown as 16 letters; or, for a request that may be repeated, always the same ones."""

import hashlib
from collections.abc import Callable

from .links import ID_BYTES, id_text


class Ids:
    """Gives one id after the other. With a seed the same ones each time, so that a repeated request finds what it made before."""

    def __init__(self, random_bytes: Callable[[int], bytes], seed: str = "") -> None:
        self.may_repeat = bool(seed)
        self._random_bytes, self._seed, self._count = random_bytes, seed, 0

    def __call__(self) -> str:
        if not self._seed:
            return id_text(self._random_bytes(ID_BYTES))
        self._count += 1
        return id_text(hashlib.sha256(f"{self._seed}\n{self._count}".encode()).digest()[:ID_BYTES])
