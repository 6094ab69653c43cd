"""Reads HTML as people's clients write it (Teams, mail programs), whatever its state.

Tags it doesn't know are left out, their text isn't.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from ..characters import visible as clean
from .notation import Block, Fence, Listing, Paragraph, Run, joined, lines
from .translated import Notes

_TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,40})(?P<rest>[^<>]*)>|<![^<>]*>|(?P<text>[^<]+|<)")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "code"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PARAGRAPHS = {"p", "div", "blockquote", "table", "tr", "hr"} | _HEADINGS
_STRUCK, _UNSEEN, _CODE = {"s", "strike", "del"}, {"script", "style", "title"}, {"pre", "codeblock"}
_DEEPEST = 5
_STRIKES = "Struck-through text is shown between ~ marks."
_ATTACHED = "Something attached isn't shown here."
_PICTURE = "A picture isn't shown here."
_TABLE = "A table is shown as text."


def read_page(text: str, notes: Notes, line_tags: frozenset[str] = frozenset()) -> list[Block]:
    """`line_tags`: those that begin a line and no paragraph, as `div` does in mail programs."""
    page = _Page(notes, line_tags)
    for match in _TOKEN.finditer(text):
        if match["tag"]:
            page.tag(match["tag"].lower(), bool(match["close"]), match["rest"])
        elif match["text"]:
            page.words(match["text"])
    return page.finished()


@dataclass(slots=True)
class _List:
    start: int | None
    items: list[list[Block]] = field(default_factory=list)


@dataclass(slots=True)
class _Page:
    """`open` counts the tags that are open, `runs` is the paragraph so far, `code` the block of code, if in one."""

    notes: Notes
    line_tags: frozenset[str] = frozenset()
    blocks: list[Block] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    code: list[str] | None = None
    href: str = ""

    def words(self, text: str) -> None:
        if self.open["unseen"]:
            return
        if self.code is not None:
            self.code.append(unescape(text).replace("\u00a0", " "))
            return
        text = unescape(re.sub(r"\s+", " ", text)).replace("\u00a0", " ")
        bold, italic, code = (self.open[style] > 0 for style in ("bold", "italic", "code"))
        self.runs.append(Run(clean(text) if code else text, bold, italic, code, self.href))

    def tag(self, tag: str, closes: bool, rest: str) -> None:
        if tag in _STYLES:
            self._count(_STYLES[tag], closes)
        elif tag in _UNSEEN:
            self._count("unseen", closes)
        elif tag in _STRUCK:
            self._strike()
        elif tag in _CODE:
            self._pre(closes)
        elif tag in self.line_tags and self.code is None:
            self._line()
        elif tag in _PARAGRAPHS:
            self._paragraph(tag, closes)
        elif tag in ("ul", "ol", "li"):
            self._list(tag, closes, rest)
        else:
            self._inline(tag, closes, rest)

    def _count(self, what: str, closes: bool) -> None:
        self.open[what] = max(0, self.open[what] + (-1 if closes else 1))

    def _strike(self) -> None:
        self.notes.add(_STRIKES)
        self.words("~")

    def _pre(self, closes: bool) -> None:
        self._flush()
        if closes and self.code is not None:
            self._add(Fence(clean("".join(self.code)).strip("\n")))
        self.code = None if closes else self.code or []

    def _paragraph(self, tag: str, closes: bool) -> None:
        if self.code is not None:
            self.code += ["\n"] if closes else []
            return
        self._flush()
        if tag == "blockquote":
            self._count("quote", closes)
        elif tag in _HEADINGS:
            self._count("bold", closes)
        elif tag == "table" and not closes:
            self.notes.add(_TABLE)

    def _inline(self, tag: str, closes: bool, rest: str) -> None:
        if tag == "a":
            self.href = "" if closes else _attributes(rest).get("href", "")
        elif closes:
            self.words(" | " if tag in ("td", "th") else "")
        elif tag == "br":
            self._break()
        elif tag in ("img", "emoji"):
            self._picture(tag, _attributes(rest))
        elif tag == "attachment":
            self.notes.add(_ATTACHED)

    def _break(self) -> None:
        if self.code is not None:
            self.code.append("\n")
        else:
            self.runs.append(Run("\n"))

    def _line(self) -> None:
        """What follows begins a line, if it doesn't already."""
        if self.runs and not self.runs[-1].text.endswith("\n"):
            self.runs.append(Run("\n"))

    def _picture(self, tag: str, attributes: dict[str, str]) -> None:
        is_emoji = tag == "emoji" or "emoji" in (attributes.get("itemtype", "") + attributes.get("class", "")).lower()
        if is_emoji and attributes.get("alt"):
            self.runs.append(Run(attributes["alt"]))
        else:
            self.notes.add(_PICTURE)

    def _list(self, tag: str, closes: bool, rest: str) -> None:
        self._flush()
        if tag == "li":
            if not closes and self.lists:
                self.lists[-1].items.append([])
        elif closes:
            self._count("deeper", True) if self.open["deeper"] else self._end_list()
        elif len(self.lists) >= _DEEPEST:
            self._count("deeper", False)
        else:
            start = _attributes(rest).get("start", "1")
            number = int(start) if re.fullmatch("[0-9]{1,9}", start) else 1
            self.lists.append(_List(number if tag == "ol" else None))

    def _end_list(self) -> None:
        if self.lists:
            ended = self.lists.pop()
            self._add(Listing(ended.start, tuple(map(tuple, ended.items))))

    def _flush(self) -> None:
        runs, self.runs = self.runs, []
        if any(run.text.strip() for run in runs):
            self._add(Paragraph(tuple(_quoted(runs) if self.open["quote"] else runs)))

    def _add(self, block: Block) -> None:
        if not self.lists:
            self.blocks.append(block)
        elif isinstance(block, Listing) and not block.items:
            return
        else:
            items = self.lists[-1].items
            if not items:
                items.append([])
            items[-1].append(block)

    def finished(self) -> list[Block]:
        self._pre(closes=True)
        while self.lists:
            self._end_list()
        return self.blocks


def _quoted(runs: list[Run]) -> Iterator[Run]:
    return joined([Run("> "), *line] for line in lines(runs) if any(run.text.strip() for run in line))


def _attributes(rest: str) -> dict[str, str]:
    return {match[1].lower(): unescape(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(rest)}
