"""Writes blocks in a Markdown: ours, or that of Teams, which differs in what it escapes and how it breaks lines.

Each line is read again before it counts as written; if it would say something else, it is written plainer and that
is reported. So no mark is ever pretended.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..bare_links import href_of
from ..characters import visible as clean
from .notation import Block, Edge, Fence, Line, Listing, Paragraph, Quote, Run, edged, lines, tidy
from .safety import encoded, is_address

PLAINER = "Some bold, italic or struck-through text is shown plain."
_TICKS = re.compile("`+")
_WAYS = ("**", "__", "*_")
_MARKER = re.compile(r"[-+*](?=\s|$)|[0-9]{1,9}[.)](?=\s|$)|>(?= )|~~~")
_BARE = re.compile(r"[^\s<>\"*`\\\[\]^{|}]+")

StyledRuns: TypeAlias = list[tuple[str, bool, bool, bool, bool, str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """`text` escapes words (inside a link's text or not), `href` an address, `mention` writes somebody's name.

    `settle` ends a paragraph: what `text` and `start` left open until its other marks are known.
    """

    text: Callable[[str, bool], str]
    href: Callable[[str], str]
    mention: Callable[[Run], str]
    code: Callable[[str], str]
    start: Callable[[str], str]
    read: Callable[[str], Iterable[Run]]
    line_break: str = "\n"
    may_be_bare: bool = True
    settle: Callable[[str], str] = str


@dataclass(slots=True)
class Writer:
    dialect: Dialect
    is_plainer: bool = False

    def blocks(self, blocks: Sequence[Block]) -> str:
        written = ""
        last, bullet = None, ""
        for block in blocks:
            marker = self._bullet(block, last, bullet)
            text = self._block(block, marker)
            if text:
                written += (self._gap(last, text) if written else "") + text
                last, bullet = block, marker
        return written

    def _bullet(self, block: Block, last: Block | None, before: str) -> str:
        """Another marker than the list before, so that they stay two lists."""
        if not isinstance(block, Listing):
            return ""
        item, other = ("-", "*") if block.start is None else (".", ")")
        follows = isinstance(last, Listing) and before == item
        return other if follows else item

    def _gap(self, last: Block | None, text: str) -> str:
        """A list or a quote may follow its paragraph at once; everything else needs an empty line."""
        return "\n" if isinstance(last, Paragraph) and re.match(r"(?:-|1\.|>) \S", text) else "\n\n"

    def _block(self, block: Block, bullet: str) -> str:
        if isinstance(block, Paragraph):
            return self.dialect.settle(paragraphed(map(self._line, lines(block.runs)), self.dialect.line_break))
        if isinstance(block, Fence):
            ticks = "`" * max(3, 1 + _longest_ticks(block.text))
            return f"{ticks}\n{self.dialect.code(block.text)}\n{ticks}"
        if isinstance(block, Quote):
            return "\n".join(f"> {line}" if line else ">" for line in self.blocks(block.blocks).split("\n"))
        return "\n".join(self._items(block, bullet))

    def _items(self, block: Listing, bullet: str) -> Iterator[str]:
        for number, item in enumerate(block.items, block.start or 0):
            marker = bullet if block.start is None else f"{min(number, 999_999_999)}{bullet}"
            text = self.blocks(item)
            if item and isinstance(item[0], Listing):
                text = "\n" + text
            yield re.sub(r"\n(?!\n)", "\n" + " " * (len(marker) + 1), f"{marker} {text}").rstrip()

    def _line(self, line: Line) -> str:
        line = tidy(line)
        answers = saying(line)
        for way in self._ways(line):
            written = self.dialect.start(self._marked(line, *way))
            if saying(tidy(list(self.dialect.read(self.dialect.settle(written))))) == answers:
                return written
        return self._plainer(line)

    def _ways(self, line: Line) -> Iterator[tuple[str, bool]]:
        has_links = any(run.href for run in line) and self.dialect.may_be_bare
        has_italics = any(run.italic for run in line)
        for is_bare in (True, False) if has_links else (False,):
            for italics in _WAYS if has_italics else _WAYS[:1]:
                yield italics, is_bare

    def _plainer(self, line: Line) -> str:
        for style in ("italic", "bold", "struck"):
            if any(getattr(run, style) for run in line):
                self.is_plainer = True
                return self._line([run.styled(style, is_on=False) for run in line])
        return self.dialect.start(self._marked(line, "*", is_bare=False))

    def _marked(self, line: Line, italics: str, is_bare: bool) -> str:
        written, opened = "", []
        for piece in edged(line):
            if isinstance(piece, Run):
                written += self._run(piece, is_bare)
            elif piece.opens:
                opened.append(self._mark(piece, written, italics))
                written += opened[-1]
            else:
                written += opened.pop()
        return written

    def _mark(self, edge: Edge, written: str, italics: str) -> str:
        if edge.style != "italic":
            return "**" if edge.style == "bold" else "~~"
        return "_" if italics == "__" or (italics == "*_" and written.endswith("*")) else "*"

    def _run(self, run: Run, is_bare: bool) -> str:
        if run.user:
            return self.dialect.mention(run)
        text = self._code(run.text) if run.code else self.dialect.text(run.text, bool(run.href))
        if not run.href:
            return text
        if is_bare and run.href == href_of(run.text) and _BARE.fullmatch(run.text):
            return run.text
        return f"[{text}]({self.dialect.href(run.href)})"

    def _code(self, text: str) -> str:
        lengths = {len(ticks) for ticks in _TICKS.findall(text)}
        ticks = "`" * next(length for length in range(1, len(lengths) + 2) if length not in lengths)
        needs_space = text[:1] == "`" or text[-1:] == "`" or (text[:1] == text[-1:] == " " and text.strip(" "))
        code = f" {text} " if needs_space else text
        return ticks + self.dialect.code(code) + ticks


def _longest_ticks(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)


def saying(line: Line) -> StyledRuns:
    """What the line says: each character with its style; spaces have none."""
    answers: StyledRuns = []
    for run in line:
        href = encoded(run.href) if is_address(encoded(run.href)) else ""
        for character in clean(run.text):
            if not character.isspace():
                answers.append((character, run.bold, run.italic, run.struck, run.code, href))
            elif not (answers and answers[-1][0] == " "):
                answers.append((" ", False, False, False, False, ""))
    return answers


def paragraphed(written: Iterable[str], line_break: str) -> str:
    """The lines one below the other; an empty one parts paragraphs."""
    text = "\n".join(line and line + line_break.removesuffix("\n") for line in written)
    return re.sub(r"\n{2,}", "\n\n", text).strip("\n")


def escaped_start(line: str, escape: str = "\\") -> str:
    """The line so that it doesn't begin a list, a quote or a fence."""
    if line.startswith("~~~"):
        return escape + line
    match = _MARKER.match(line)
    return f"{line[: match.end() - 1]}{escape}{line[match.end() - 1 :]}" if match else line
