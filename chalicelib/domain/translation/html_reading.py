"""Reads HTML as people's clients write it (Teams, mail programs), whatever its state.

Tags it doesn't know are left out, their text isn't.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ..characters import visible as clean
from .notation import Block, Fence, Listing, Paragraph, Quote, Run, joined, lines
from .translated import Notes

_STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("s", "strike", "del"), "struck"),
    "code": "code",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PARAGRAPHS = {"p", "div", "blockquote", "table", "tr", "hr"} | _HEADINGS
_UNSEEN, _CODE = {"script", "style", "title"}, {"pre", "codeblock"}
_DEEPEST = 5
_ATTACHED = "Something attached isn't shown here."
_PICTURE = "A picture isn't shown here."
_TABLE = "A table is shown as text."


_DECLARED, _UNENDED = re.compile("<[!?][^<>]*>"), re.compile("<(?![^<>]*>)|<(?=[!?])")
"""Comments and declarations are left out, and what never ends is text: the parser looks for ends again and again."""
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read_page(
    text: str, notes: Notes, line_tags: frozenset[str] = frozenset(), answered: re.Pattern[str] | None = None
) -> list[Block]:
    """`line_tags`: those that begin a line and no paragraph, as `div` does in mail programs. `answered`: the `itemtype` of a quote
    with an `itemid`, of what is known to be answered; it is no part of the text.
    """
    page = _Page(notes, line_tags)
    parser = _Parser(page, answered)
    parser.feed(_UNENDED.sub("&lt;", _DECLARED.sub("", text)))
    parser.close()
    return page.finished()


class _Parser(HTMLParser):
    """Hands everything to the page but what stands within an answered quote, which `_depth` counts."""

    def __init__(self, page: "_Page", answered: re.Pattern[str] | None) -> None:
        super().__init__(convert_charrefs=True)
        self._page, self._answered, self._depth = page, answered, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if tag == "blockquote" and (self._depth or self._is_answered(attributes)):
            self._depth += 1
        elif not self._depth:
            self._page.tag(tag, False, attributes)

    def handle_endtag(self, tag: str) -> None:
        if not self._depth:
            self._page.tag(tag, True, {})
        elif tag == "blockquote":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self._page.words(data)

    def _is_answered(self, attributes: Mapping[str, str]) -> bool:
        kind = attributes.get("itemtype", "")
        return self._answered is not None and "itemid" in attributes and self._answered.search(kind) is not None


@dataclass(slots=True)
class _List:
    start: int | None
    items: list[list[Block]] = field(default_factory=list)


@dataclass(slots=True)
class _Page:
    """`open` counts the tags that are open, `runs` is the paragraph so far, `code` the block of code, if in one, `quoted` what the
    quote says, if in one outside of lists.
    """

    notes: Notes
    line_tags: frozenset[str] = frozenset()
    blocks: list[Block] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    code: list[str] | None = None
    quoted: list[Block] | None = None
    href: str = ""

    def words(self, text: str) -> None:
        if self.open["unseen"]:
            return
        if self.code is not None:
            self.code.append(text.replace("\u00a0", " "))
            return
        text = _SPACES.sub(" ", text).replace("\u00a0", " ")
        bold, italic, code, struck = (self.open[style] > 0 for style in ("bold", "italic", "code", "struck"))
        self.runs.append(Run(clean(text) if code else text, bold, italic, code, self.href, struck=struck))

    def tag(self, tag: str, closes: bool, attributes: Mapping[str, str]) -> None:
        if tag in _STYLES:
            self._count(_STYLES[tag], closes)
        elif tag in _UNSEEN:
            self._count("unseen", closes)
        elif tag in _CODE:
            self._pre(closes)
        elif tag in self.line_tags and self.code is None:
            self._line()
        elif tag in _PARAGRAPHS:
            self._paragraph(tag, closes)
        elif tag in ("ul", "ol", "li"):
            self._list(tag, closes, attributes)
        else:
            self._inline(tag, closes, attributes)

    def _count(self, what: str, closes: bool) -> None:
        self.open[what] = max(0, self.open[what] + (-1 if closes else 1))

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
            self._quote(closes)
        elif tag in _HEADINGS:
            self._count("bold", closes)
        elif tag == "table" and not closes:
            self.notes.add(_TABLE)

    def _quote(self, closes: bool) -> None:
        """A quote in a quote is one with it; one in a list is text."""
        self._count("quote", closes)
        if self.quoted is None and not closes and not self.lists:
            self.quoted = []
        elif self.quoted is not None and not self.open["quote"]:
            self._end_quote()

    def _end_quote(self) -> None:
        while self.lists:
            self._end_list()
        said, self.quoted = self.quoted, None
        if said:
            self.blocks.append(Quote(tuple(said)))

    def _inline(self, tag: str, closes: bool, attributes: Mapping[str, str]) -> None:
        if tag == "a":
            self.href = "" if closes else attributes.get("href", "")
        elif closes:
            self.words(" | " if tag in ("td", "th") else "")
        elif tag == "br":
            self._break()
        elif tag in ("img", "emoji"):
            self._picture(tag, attributes)
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

    def _picture(self, tag: str, attributes: Mapping[str, str]) -> None:
        is_emoji = tag == "emoji" or "emoji" in (attributes.get("itemtype", "") + attributes.get("class", "")).lower()
        if is_emoji and attributes.get("alt"):
            self.runs.append(Run(attributes["alt"]))
        else:
            self.notes.add(_PICTURE)

    def _list(self, tag: str, closes: bool, attributes: Mapping[str, str]) -> None:
        self._flush()
        if tag == "li":
            if not closes and self.lists:
                self.lists[-1].items.append([])
        elif closes:
            self._count("deeper", True) if self.open["deeper"] else self._end_list()
        elif len(self.lists) >= _DEEPEST:
            self._count("deeper", False)
        else:
            start = attributes.get("start", "1")
            number = int(start) if re.fullmatch("[0-9]{1,9}", start) else 1
            self.lists.append(_List(number if tag == "ol" else None))

    def _end_list(self) -> None:
        if self.lists:
            ended = self.lists.pop()
            self._add(Listing(ended.start, tuple(map(tuple, ended.items))))

    def _flush(self) -> None:
        runs, self.runs = self.runs, []
        if any(run.text.strip() for run in runs):
            is_text = self.open["quote"] and self.quoted is None
            self._add(Paragraph(tuple(_quoted(runs) if is_text else runs)))

    def _add(self, block: Block) -> None:
        if not self.lists:
            (self.blocks if self.quoted is None else self.quoted).append(block)
        elif isinstance(block, Listing) and not block.items:
            return
        else:
            items = self.lists[-1].items
            if not items:
                items.append([])
            items[-1].append(block)

    def finished(self) -> list[Block]:
        self._pre(closes=True)
        self._end_quote()
        return self.blocks


def _quoted(runs: list[Run]) -> Iterator[Run]:
    return joined([Run("> "), *line] for line in lines(runs) if any(run.text.strip() for run in line))
