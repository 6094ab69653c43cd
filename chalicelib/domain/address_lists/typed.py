"""A typed or pasted list, taken apart: `a@b.example; Doe, Jane <jane@b.example>、mailto:c@d.example`. No address is judged here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from ..addresses import bare

_HARD, _SOFT = ";；\n\r\v\f\x85\u2028\u2029", ",，、\t"  # those of input methods too
_LINES = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")  # each counts, as an editor counts
_BETWEEN = re.compile(f"[{_HARD}{_SOFT}]|:::")
_AROUND = "<>()[]{}\"'“”„«»‹›‚‘’`:."  # what stands around an address, not in it
_LONGEST_NAME = 200
QUOTED = re.compile(r"""(?:"[^"]*"|“[^“”]*”|(?<![^\s(<])'[^']*')[@＠][^\s,;|"]*""")
"""An address whose first part is quoted (RFC 5322). None of ours is written so, but what stands in the quotes is no address
of its own: who reads `"a b"@x.example` as `b@x.example` writes to somebody else."""
_LINKING = frozenset({"&", "+", "and", "cc", "e", "et", "o", "oder", "or", "ou", "u", "und", "y"})
"""What stands between two addresses and is no name of the second."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: the address as written, and the name beside it if there was one. `line` counts from 1."""

    text: str
    name: str = ""
    line: int = 1

    @property
    def may_be_address(self) -> bool:
        return "@" in self.text or "＠" in self.text  # as some input methods write it


def entries(text: str) -> list[Entry]:
    """Each entry in order. Names keep the form in which they were written: `Doe, Jane` stays so."""
    return [entry for line, part in enumerate(_LINES.split(text), 1) for entry in _of_line(part, line)]


def _of_line(text: str, line: int) -> Iterator[Entry]:
    """What stands in angle brackets is an address with a name before it; all else is a list of bare ones."""
    at = 0
    while (start := text.find("<", at)) >= 0 and (end := text.find(">", start)) >= 0:
        inside = text[start + 1 : end].strip()
        before, name = _split_name(text[at:start])
        yield from _bare(before, line)
        if inside:
            yield Entry(bare_address(inside), name, line)
        at = end + 1
    yield from _bare(text[at:], line)


def _split_name(before: str) -> tuple[str, str]:
    """The bare addresses that came before, and the name that belongs to the brackets behind it."""
    trimmed = before.rstrip()
    if len(trimmed) > 1 and trimmed[-1] in "\"'":
        opening = trimmed.rfind(trimmed[-1], 0, -1)
        if opening >= 0:
            return trimmed[:opening], _name(trimmed[opening + 1 : -1])
    hard = max(before.rfind(sign) for sign in ";；")
    mine = before[hard + 1 :]
    cut = max(mine.rfind("@"), mine.rfind("＠"))
    if cut >= 0:  # a bare address stands before the name; the name begins behind the separator that ends it
        ends = _BETWEEN.search(mine, cut)
        cut = ends.end() if ends else len(mine)
    own_begins = hard + 1 + max(cut, 0)
    return before[:own_begins], _name(before[own_begins:])


def _bare(text: str, line: int) -> Iterator[Entry]:
    at = 0
    for quoted in QUOTED.finditer(text):
        yield from _unquoted(text[at : quoted.start()], line)
        yield Entry(quoted[0], "", line)
        at = quoted.end()
    yield from _unquoted(text[at:], line)


def _unquoted(text: str, line: int) -> Iterator[Entry]:
    for part in _BETWEEN.split(text):
        before: list[str] = []
        for word in part.split():
            if "@" in word or "＠" in word:
                yield Entry(bare_address(word), _name(" ".join(before)), line)
                before = []
            elif bare(word).strip(_AROUND) and not (word.lower() in _LINKING and not before):
                before.append(word)
        if before:
            yield Entry(" ".join(before), "", line)


def bare_address(text: str) -> str:
    """Without what mail programs put around it: brackets, quotes, `mailto:` with its question, a full stop at the end. The at
    sign of input methods becomes the one of addresses."""
    if quoted := QUOTED.search(text):
        return quoted[0]
    text = bare(bare(text).strip(_AROUND)).replace("＠", "@")
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:].partition("?")[0])
    return bare(text.strip(_AROUND))


def _name(text: str) -> str:
    return text.strip().strip("\"'“”„ ,;:-").strip()[:_LONGEST_NAME]
