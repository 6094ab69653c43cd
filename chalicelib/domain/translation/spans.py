"""The marks inside a paragraph as runs: read as our pages do, or as Teams does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..marks import commonmark_reader, inline_reader
from .notation import Run

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def read_spans(text: str) -> list[Run]:
    """A paragraph of ours."""
    return list(_runs(_tokens(inline_reader(), text)))


def read_commonmark(text: str) -> list[Run]:
    """A paragraph by CommonMark's rules."""
    return list(_runs(_tokens(commonmark_reader(), text)))


def _tokens(reader: "MarkdownIt", text: str) -> list["Token"]:
    return [token for paragraph in reader.parseInline(text) for token in paragraph.children or ()]


def _runs(tokens: list["Token"]) -> Iterator[Run]:
    bold = italic = struck = 0
    href = ""
    for token in tokens:
        if token.tag == "strong":
            bold += token.nesting
        elif token.tag == "em":
            italic += token.nesting
        elif token.tag == "s":
            struck += token.nesting
        elif token.tag == "a":
            href = str(token.attrGet("href") or "") if token.nesting > 0 else ""
        else:
            text = "\n" if token.tag == "br" else token.content
            yield Run(text, bold > 0, italic > 0, token.type == "code_inline", href, struck=struck > 0)
