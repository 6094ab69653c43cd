"""What a message's HTML means to its reader: paragraphs of lines of styled characters, lists, quotes, code.

Left out is what nobody sees: spaces at the edges, how often a space is repeated, whether it is bold, invisible
characters; and two lists with bullets that touch are one.
"""

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from chalicelib.domain.characters import visible as clean
from chalicelib.templating.marks import to_html

STYLES = {"strong": "bold", "em": "italic", "s": "struck", "code": "code", "span": "mention"}


def meaning(text: str, mentions: Sequence[str] = ()) -> Any:
    return meaning_of(to_html(text, mentions))


def meaning_of(html: str) -> Any:
    page = _Page()
    page.feed(html)
    page.close()
    page.flush()
    return merged(page.stack[0])


def flowing(blocks: list[Any]) -> list[Any]:
    """The same where each line is a paragraph, as in Teams."""
    results: list[Any] = []
    for block in blocks:
        if block[0] == "p":
            results += [("p", [line]) for line in block[1]]
        elif block[0] in ("ul", "ol"):
            results.append([*block[:2], *(["li", *flowing(item[1:])] for item in block[2:])])
        elif block[0] == "blockquote":
            results.append(["blockquote", *flowing(block[1:])])
        else:
            results.append(block)
    return results


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[list[Any]] = [[]]
        self.styles: list[str] = []
        self.href = ""
        self.line: list[Any] = []
        self.lines: list[list[Any]] = []
        self.pre: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in STYLES:
            self.styles.append(STYLES[tag])
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag == "br":
            self.lines.append(self.line)
            self.line = []
        else:
            self.flush()
            self.open(tag, dict(attrs))

    def open(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "pre":
            self.pre = ""
        elif tag in ("ul", "ol"):
            self.stack[-1].append(entry := [tag, int(attributes.get("start") or 1)])
            self.stack.append(entry)
        elif tag in ("li", "blockquote"):
            self.stack[-1].append(item := [tag])
            self.stack.append(item)

    def handle_endtag(self, tag: str) -> None:
        if tag in STYLES:
            self.styles.pop()
        elif tag == "a":
            self.href = ""
        elif tag == "pre":
            self.stack[-1].append(("pre", clean(self.pre or "").expandtabs(4).strip("\n")))
            self.pre = None
        elif tag != "br":
            self.flush()
            if tag in ("ul", "ol", "li", "blockquote"):
                self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.pre is not None:
            self.pre += data
            return
        for character in clean(data):
            self.line.append(" " if character.isspace() else (character, tuple(sorted(set(self.styles))), self.href))

    def flush(self) -> None:
        paragraph: list[Any] = []
        for line in [*self.lines, self.line, []]:
            if shown := squeezed(line):
                paragraph.append(shown)
            elif paragraph:
                self.stack[-1].append(("p", paragraph))
                paragraph = []
        self.lines, self.line = [], []


def squeezed(line: list[Any]) -> list[Any]:
    shown: list[Any] = []
    for item in line:
        if item != " " or (shown and shown[-1] != " "):
            shown.append(item)
    return shown[:-1] if shown and shown[-1] == " " else shown


def merged(blocks: list[Any]) -> list[Any]:
    results: list[Any] = []
    for block in blocks:
        item = [block[0], *block[1:2], *map(merged_item, block[2:])] if block[0] in ("ul", "ol") else block
        item = ["blockquote", *merged(block[1:])] if block[0] == "blockquote" else item
        if item[0] == "ul" and results and results[-1][0] == "ul":
            results[-1] += item[2:]
        else:
            results.append(item)
    return results


def merged_item(item: list[Any]) -> list[Any]:
    return ["li", *merged(item[1:])]
