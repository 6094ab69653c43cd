"""Long texts in parts that each fit into a message of ours."""

import re
import unicodedata
from collections.abc import Iterator

from ..messages import LONGEST

_FENCE = re.compile(r"^ *(`{3,}|~{3,})", re.MULTILINE)
_RESERVE, _FARTHEST_BACK = 200, 64
_JOINERS = "\u200d\ufe0f\u20e3"


def parts(text: str) -> tuple[str, ...]:
    """The text in parts of at most 4,000 characters, cut between paragraphs, else lines, else words.

    A block of code that is cut ends in its part and begins anew in the next.
    """
    return tuple(part for part in _parts(text.strip("\n ")) if part.strip())


def _parts(text: str) -> Iterator[str]:
    at, opening = 0, ""
    while len(text) - at + len(opening) > LONGEST:
        end = _cut(text, at, at + LONGEST - _RESERVE)
        part = opening + text[at:end].rstrip("\n ")
        fence = _open_fence(part)
        yield f"{part}\n{fence}" if fence else part.strip("\n ")
        opening = f"{fence}\n" if fence else ""
        at = end + len(text[end : end + LONGEST]) - len(text[end : end + LONGEST].lstrip("\n" if fence else "\n "))
    yield opening + text[at:]


def _cut(text: str, start: int, end: int) -> int:
    for boundary in ("\n\n", "\n", " "):
        at = text.rfind(boundary, start + (end - start) // 2, end + 1)
        if at > 0:
            return at
    for at in range(end, end - _FARTHEST_BACK, -1):
        if not _belongs(text[at]) and text[at - 1] not in "\\\u200d":
            return at
    return end


def _belongs(character: str) -> bool:
    """Whether a character changes the one before it, which it mustn't be parted from."""
    return character in _JOINERS or unicodedata.category(character) in ("Mn", "Me", "Mc", "Sk")


def _open_fence(text: str) -> str:
    fence = ""
    for match in _FENCE.finditer(text):
        if not fence:
            fence = match[1]
        elif match[1].startswith(fence):
            fence = ""
    return fence[: _RESERVE // 2]
