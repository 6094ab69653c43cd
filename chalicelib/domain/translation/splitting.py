"""Long texts in parts that each fit into a message of ours."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from ..messages import LONGEST

_FENCE = re.compile(r"^ *(`{3,}|~{3,})", re.MULTILINE)
_RESERVE, _LEAST, _FARTHEST_BACK = 200, 64, 64
_JOINERS = "\u200d\ufe0f\u20e3"


def parts(text: str, fits: Callable[[str], bool] = lambda part: len(part) <= LONGEST) -> tuple[str, ...]:
    """The text in parts that each fit, of at most 4,000 characters, cut between paragraphs, else lines, else words.

    A block of code that is cut ends in its part and begins anew in the next.
    """
    return tuple(part for part in _parts(text.strip("\n "), fits) if part.strip())


def _parts(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    at, opening = 0, ""
    while not fits(opening + text[at:]) and len(text) - at > _LEAST:
        size = min(LONGEST - _RESERVE, len(text) - at - 1)
        end, fence, part = _first(text, at, opening, size)
        while not fits(part) and size > _LEAST:
            size = size * 3 // 4
            end, fence, part = _first(text, at, opening, size)
        yield part
        opening = f"{fence}\n" if fence else ""
        at = end + len(text[end : end + LONGEST]) - len(text[end : end + LONGEST].lstrip("\n" if fence else "\n "))
    yield opening + text[at:]


def _first(text: str, at: int, opening: str, size: int) -> tuple[int, str, str]:
    """Where a part of about this size ends, the fence that is open there, and the part."""
    end = _cut(text, at, at + size)
    part = opening + text[at:end].rstrip("\n ")
    fence = _open_fence(part)
    return end, fence, f"{part}\n{fence}" if fence else part.strip("\n ")


def _cut(text: str, start: int, end: int) -> int:
    for boundary in ("\n\n", "\n", " "):
        at = text.rfind(boundary, start + (end - start) // 2, end + 1)
        if at > start:
            return at
    for at in range(end, max(start, end - _FARTHEST_BACK), -1):
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
