"""What a message says, whichever notation it is written in: blocks of runs, each run with its style.

Every notation is read into this and written from it; nothing here knows any of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

_SPACE = re.compile(r"(\s+)")
STYLES = ("bold", "italic", "struck")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one style. `user` is the id over there of whom a mention reaches; `text` may hold line breaks."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""
    user: str = ""
    struck: bool = False

    @property
    def style(self) -> tuple[bool, bool, bool, bool, str, str]:
        """All but the words."""
        return (self.bold, self.italic, self.struck, self.code, self.href, self.user)

    def styled(self, style: str, is_on: bool) -> "Run":
        """With one of the `STYLES`, or without it."""
        if style == "bold":
            return replace(self, bold=is_on)
        return replace(self, italic=is_on) if style == "italic" else replace(self, struck=is_on)

    @property
    def is_plain(self) -> bool:
        return not (self.code or self.href or self.user)


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `start` is its first number, or None for one with bullets."""

    start: int | None
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said; there is no quote in a quote, and none in a list."""

    blocks: tuple["Block", ...]


Block: TypeAlias = Paragraph | Fence | Listing | Quote
Line: TypeAlias = Sequence[Run]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where bold, italic or struck-through words begin or end."""

    style: str
    opens: bool


def changed(blocks: Iterable[Block], change: Callable[[Line], Iterable[Run]]) -> tuple[Block, ...]:
    """The same blocks with the runs of each line changed."""
    return tuple(_changed(block, change) for block in blocks)


def _changed(block: Block, change: Callable[[Line], Iterable[Run]]) -> Block:
    if isinstance(block, Listing):
        return Listing(block.start, tuple(changed(item, change) for item in block.items))
    if isinstance(block, Quote):
        return Quote(changed(block.blocks, change))
    if isinstance(block, Paragraph):
        return Paragraph(tuple(joined(list(change(line)) for line in lines(block.runs))))
    return block


def lines(runs: Iterable[Run]) -> list[list[Run]]:
    """The runs of each line; styles go on from line to line."""
    results: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        results[-1] += [replace(run, text=first)] if first else []
        results += [[replace(run, text=text)] if text else [] for text in others]
    return results


def joined(parts: Iterable[Iterable[Run]]) -> Iterator[Run]:
    for number, part in enumerate(parts):
        if number:
            yield Run("\n")
        yield from part


def tidy(line: Line) -> list[Run]:
    """Runs that any notation can write: no space at a style's edges or at the line's, no two alike side by side."""
    pieces = [piece for run in line for piece in _split(run)]
    after: list[Run | None] = [None] * len(pieces)
    for at in range(len(pieces) - 2, -1, -1):
        after[at] = after[at + 1] if _is_space(pieces[at + 1]) else pieces[at + 1]
    before: Run | None = None
    merged: list[Run] = []
    for piece, following in zip(pieces, after, strict=True):
        if not _is_space(piece):
            before = piece
            _add(merged, piece)
        elif before and following:
            _add(merged, _between(piece, before, following))
    return merged


def _split(run: Run) -> Iterator[Run]:
    if not run.is_plain:
        yield run
        return
    for text in _SPACE.split(run.text):
        if text:
            yield replace(run, text=text)


def _is_space(run: Run) -> bool:
    return run.is_plain and run.text.isspace()


def _between(space: Run, before: Run, after: Run) -> Run:
    return replace(
        space,
        bold=before.bold and after.bold,
        italic=before.italic and after.italic,
        struck=before.struck and after.struck,
    )


def _add(merged: list[Run], run: Run) -> None:
    if merged and not run.user and merged[-1].style == run.style:
        merged[-1] = replace(run, text=merged[-1].text + run.text)
    else:
        merged.append(run)


def edged(line: Line) -> Iterator[Run | Edge]:
    """The runs with the edges of their styles between them, rightly nested: what lasts longest is outside."""
    inside: list[str] = []
    for at, run in enumerate(line):
        wanted = [style for style in STYLES if getattr(run, style)]
        while any(style not in wanted for style in inside):
            yield Edge(inside.pop(), opens=False)
        missing = [style for style in wanted if style not in inside]
        missing.sort(key=lambda style: -_lasts(line, at, style))
        inside += missing
        yield from (Edge(style, opens=True) for style in missing)
        yield run
    yield from (Edge(style, opens=False) for style in reversed(inside))


def _lasts(line: Line, at: int, style: str) -> int:
    end = at
    while end < len(line) and getattr(line[end], style):
        end += 1
    return end
