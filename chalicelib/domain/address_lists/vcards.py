"""vCards, as Apple's and Google's address books write them: of each card the name and the addresses (RFC 6350, 2426)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"^(?:[\w-]+\.)?([A-Za-z-]+)(?:;[^:\n]*)?:(.*)$")
_ESCAPED = re.compile(r"\\([\\,;:nN])")


@dataclass(frozen=True, slots=True)
class Card:
    """`line` is where the card begins in the file, counted from 1."""

    line: int
    name: str
    emails: tuple[str, ...]


def is_vcard(text: str) -> bool:
    return text.lstrip()[:11].upper() == "BEGIN:VCARD"


def cards(text: str) -> Iterator[Card]:
    line = 1
    for part in re.split(r"(?im)^END:VCARD[ \t]*\r?$", text):
        if "BEGIN:VCARD" in part.upper():
            lead = len(part) - len(part.lstrip())
            yield _card(part, line + part.count("\n", 0, lead))
        line += part.count("\n")


def _card(text: str, line: int) -> Card:
    fields = [
        (match[1].upper(), _plain(match[2])) for match in map(_LINE.match, _FOLD.sub("", text).splitlines()) if match
    ]
    name = next((value for key, value in fields if key == "FN"), "")
    return Card(line, name, tuple(value for key, value in fields if key == "EMAIL" and value))


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value).strip()
