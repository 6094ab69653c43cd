"""The light marks of messages become HTML: bold, italic, strikethrough, code, quotes, lists, links, line breaks, mentions.
All else is text.

`domain/marks.py` reads them, and nh3 lets nothing but their tags through.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from ..domain import marks
from ..domain.marks import page_reader
from ..domain.mentions import calling
from ..domain.messages import LONGEST

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "s", "span", "strong", "ul"}


def to_html(text: str, mentions: Sequence[str] = ()) -> str:
    """Safe HTML of a message. `mentions` are the names of those mentioned: `@Name` stands out, but not in code.

    Text with more marks than a person types is shown as it stands, so that no text takes long and none is left out.
    """
    import nh3

    tokens = _read(text)
    html = _rendered(tokens, mentions) if tokens is not None else _as_it_stands(text)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        allowed_classes={"span": {"mention"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def to_plain(text: str) -> str:
    """The words without the marks, for mails and previews; those of quotes and of struck-through words stay, for without them the
    text would say something else.
    """
    tokens = _read(text)
    return text if tokens is None else "\n".join(filter(None, _parts(tokens)))


def _parts(tokens: Sequence["Token"]) -> Iterator[str]:
    """Each quote, and what stands between quotes."""
    start = 0
    for at, token in enumerate(tokens):
        if token.tag == "blockquote":
            words = _lines(tokens[start:at])
            yield re.sub("^", "> ", words, flags=re.MULTILINE) if token.nesting < 0 else words
            start = at + 1
    yield _lines(tokens[start:])


def _lines(tokens: Sequence["Token"]) -> str:
    return re.sub(r"\n{2,}", "\n", "".join(_words(tokens))).strip()


def _read(text: str) -> list["Token"] | None:
    """None for what is shown as it stands: too long, or more than a person types."""
    return marks.tokens(text) if len(text) <= LONGEST else None


def _as_it_stands(text: str) -> str:
    return f"<p>{escape(text)}</p>".replace("\n", "<br>")


def _rendered(tokens: list["Token"], mentions: Sequence[str]) -> str:
    reader = page_reader()
    called = calling(mentions)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_with_honest_links_and_mentions(token.children or [], called))
    return str(reader.renderer.render(tokens, reader.options, {}))


def _with_honest_links_and_mentions(tokens: Sequence["Token"], called: re.Pattern[str] | None) -> Iterator["Token"]:
    link: list[Token] = []
    for token in tokens:
        if link or token.type == "link_open":
            link.append(token)
        elif token.type == "text":
            yield from _mentioned(token.content, called)
        else:
            yield token
        if token.type == "link_close":
            yield from _honest(link)
            link = []


def _honest(link: Sequence["Token"]) -> Iterator["Token"]:
    """A link whose text reads like another address says where it leads."""
    from ..domain.translation.safety import misleads

    href = str(link[0].attrGet("href") or "")
    if link[0].info == "auto" or not misleads("".join(_words(link)), href):
        yield from link
        return
    yield from link[1:-1]
    yield _html(f' (<a href="{escape(href)}">{escape(href.removeprefix("mailto:"))}</a>)')


def _mentioned(text: str, called: re.Pattern[str] | None) -> Iterator["Token"]:
    end = 0
    for match in called.finditer(text) if called else ():
        yield _text(text[end : match.start()])
        yield _html(f'<span class="mention">{escape(match[0])}</span>')
        end = match.end()
    yield _text(text[end:])


def _words(tokens: Sequence["Token"]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _words(token.children or [])
        elif token.tag == "s":
            yield token.markup
        elif token.type == "list_item_open":
            yield f"{token.info}{token.markup} "
        elif token.type in ("softbreak", "hardbreak") or (token.type.endswith("_close") and token.block):
            yield "\n"
        elif token.type in ("text", "code_inline", "fence"):
            yield token.content


def _text(content: str) -> "Token":
    from markdown_it.token import Token

    return Token("text", "", 0, content=content)


def _html(content: str) -> "Token":
    from markdown_it.token import Token

    return Token("html_inline", "", 0, content=content)
