"""Reads paragraphs, lists, quotes and fenced code, line by line, as our own pages do (CommonMark without the rest of it).

Lists nest up to five deep; what is deeper is the text of its paragraph.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..marks import QUOTE, QUOTED, goes_on
from .notation import Block, Fence, Listing, Paragraph, Quote, Run

_DEEPEST = 5
_SPACES = " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a notation lays out its blocks. `is_lazy`: an item's paragraph goes on in a line that isn't indented. `quote` is what the
    first line of one begins with, `quoted` each further one.
    """

    bullets: str = "-+*"
    has_fences: bool = True
    is_lazy: bool = True
    quote: re.Pattern[str] = QUOTE
    quoted: re.Pattern[str] = QUOTED

    @property
    def lead(self) -> re.Pattern[str]:
        """The spaces and markers that a line begins with."""
        return re.compile(rf"[ \t]*(?:(?:[{re.escape(self.bullets)}]|[0-9]{{1,9}}[.)])[ \t]+)*")

    @property
    def marker(self) -> re.Pattern[str]:
        bullet, number = rf"(?P<bullet>[{re.escape(self.bullets)}])", r"(?P<number>[0-9]{1,9})(?P<stop>[.)])"
        return re.compile(rf"(?:{bullet}|{number})(?=[ \t]|$)")


OURS = Manner()


def read_blocks(text: str, spans: Callable[[str], Iterable[Run]], manner: Manner = OURS) -> tuple[Block, ...]:
    """`spans` reads the marks inside a paragraph."""
    return tuple(_Reader(text, spans, manner).blocks())


class _Reader:
    """`column` says where each line's content begins; an item moves that of its first line behind its marker."""

    def __init__(
        self, text: str, spans: Callable[[str], Iterable[Run]], manner: Manner, is_quoted: bool = False
    ) -> None:
        self.raw = re.sub(r"\n[ \t]*\Z", "", text).split("\n")
        self.lines = [_spaced(line, manner.lead) for line in self.raw]
        self.column = [len(line) - len(line.lstrip(" ")) for line in self.lines]
        self.spans, self.manner, self.marker = spans, manner, manner.marker
        self.is_quoted = is_quoted
        self.at = self.indent = self.depth = 0
        self.list_indent = -1

    def blocks(self) -> list[Block]:
        results = []
        while self._skip_blank() and self.column[self.at] >= self.indent:
            results.append(self._fence() or self._listing() or self._quote() or self._paragraph())
        return results

    def _skip_blank(self) -> bool:
        while self.at < len(self.lines) and self._is_blank(self.at):
            self.at += 1
        return self.at < len(self.lines)

    def _is_blank(self, at: int) -> bool:
        return at >= len(self.lines) or self.column[at] >= len(self.lines[at])

    def _fence(self) -> Fence | None:
        opened = self._fence_at(self.at)
        if not opened:
            return None
        width, first = self.column[self.at], self.at + 1
        self.at = first
        while self.at < len(self.lines) and not self._leaves(self.at) and not self._closes(self.at, opened[0]):
            self.at += 1
        code = "\n".join(_cut(line, width) for line in self.raw[first : self.at])
        if not code.strip():
            code = self.lines[first - 1][opened.end() :].strip()
        self.at += self.at < len(self.lines) and not self._leaves(self.at)
        return Fence(code)

    def _fence_at(self, at: int) -> re.Match[str] | None:
        return _FENCE.match(self.lines[at], self.column[at]) if self.manner.has_fences else None

    def _leaves(self, at: int) -> bool:
        return not self._is_blank(at) and self.column[at] < self.indent

    def _closes(self, at: int, opened: str) -> bool:
        rest = self.lines[at][self.column[at] :].rstrip(" \t")
        return len(rest) >= len(opened) and not rest.strip(opened[0])

    def _listing(self) -> Listing | None:
        first = self._marked(self.at)
        if not first or self.depth >= _DEEPEST:
            return None
        kind, match, items = self._kind(first), first, []
        while True:
            items.append(tuple(self._item(match)))
            if self.at >= len(self.lines) or self.column[self.at] < self.indent or self._fence_at(self.at):
                break
            following = self._marked(self.at)
            if not following or self._kind(following) != kind or not self._goes_on_from(match, following):
                break
            match = following
        return Listing(int(first["number"]) if first["number"] else None, tuple(items))

    def _goes_on_from(self, match: re.Match[str], following: re.Match[str]) -> bool:
        return not match["number"] or goes_on(int(following["number"]), int(match["number"]))

    def _marked(self, at: int) -> re.Match[str] | None:
        return self.marker.match(self.lines[at], self.column[at])

    def _kind(self, match: re.Match[str]) -> str:
        return str(match["stop"] or (match["bullet"] if self.manner.is_lazy else "-"))

    def _item(self, match: re.Match[str]) -> list[Block]:
        at, line, end = self.at, match.string, match.end()
        content = end + len(line[end:]) - len(line[end:].lstrip(" \t"))
        is_empty = content >= len(line)
        width = content - end if not is_empty and content - end <= 4 else 1
        if is_empty and self._is_blank(at + 1):
            self.at = min(at + 2, len(self.lines))
            return []
        saved = self.column[at], self.list_indent, self.indent
        self.column[at], self.list_indent, self.indent = content, self.indent, end + width
        self.depth += 1
        blocks = self.blocks()
        self.depth -= 1
        self.column[at], self.list_indent, self.indent = saved
        return blocks

    def _quote(self) -> Quote | None:
        """What it says is read by itself."""
        if self.depth or not self._quotes(self.at):
            return None
        said = []
        while self.at < len(self.raw) and (match := self.manner.quoted.match(self.raw[self.at])):
            said.append(match.string[match.end() :])
            self.at += 1
        return Quote(tuple(_Reader("\n".join(said), self.spans, self.manner, is_quoted=True).blocks()))

    def _quotes(self, at: int) -> bool:
        """Whether a quote begins here; inside the item of a list none does."""
        is_outside = not self.depth or self.column[at] < self.indent
        return is_outside and not self.is_quoted and self.manner.quote.match(self.raw[at]) is not None

    def _paragraph(self) -> Paragraph:
        first, self.at = self.at, self.at + 1
        while not self._is_blank(self.at) and self._goes_on(self.at):
            self.at += 1
        text = "\n".join(self.lines[at][min(self.column[at], self.indent) :] for at in range(first, self.at))
        return Paragraph(tuple(self.spans(text.strip(_SPACES))))

    def _goes_on(self, at: int) -> bool:
        if self.manner.is_lazy and self.column[at] - self.indent > 3:
            return True
        if not self.manner.is_lazy and self.column[at] < self.indent:
            return False
        return not self._fence_at(at) and not self._interrupts(at) and not self._quotes(at)

    def _interrupts(self, at: int) -> bool:
        """Whether a list begins here, in the middle of a paragraph."""
        column, match = self.column[at], self._marked(at)
        if not match or (0 <= self.list_indent <= column - 4 and column < self.indent):
            return False
        if column < self.indent:
            return True
        return int(match["number"] or 1) == 1 and bool(self.lines[at][match.end() :].strip(" \t"))


def _spaced(line: str, lead: re.Pattern[str]) -> str:
    """The line with its leading tabs as spaces, those after list markers too."""
    match = lead.match(line)
    return line[: match.end()].expandtabs(4) + line[match.end() :] if match and "\t" in match[0] else line


def _cut(line: str, width: int) -> str:
    """The line without its first columns, as far as they are empty."""
    column = at = 0
    while column < width and at < len(line) and line[at] in " \t":
        column += 4 - column % 4 if line[at] == "\t" else 1
        at += 1
    return " " * (column - width) + line[at:]
