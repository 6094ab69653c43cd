"""The light marks of messages as our pages read them: markdown-it with everything else switched off, and rules of ours.

- An address is found before marks, so `https://host/a/__init__.py` stays whole.
- A quote is made of the lines that begin with `> `, outside of lists; a line without it is none. `>` without a space is text, as
  in `>5` or `>:(`, and so is a second one inside a quote.
- `~~` strikes through; `~` alone is text, as in `~/files`. `![text](address)` is a link, for no picture is fetched from elsewhere.
- Marks need a word's edge: `2*3*4` and `snake_case` are text. `**` may part a word of letters, but `f**k that s**t` has no
  bold; where a script writes no spaces any place is an edge.
- Names stay whole: `__init__` and `src/**/*.py` have no marks. Two underscores are none, and none opens or closes at a slash.
- Each item of a list keeps the number that was typed: `3. Anna` is the third, whatever comes before it.
- A backslash is text unless it stands before what would be a mark without it: `C:\\Users\\*.txt` keeps its own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from . import bare_links
from .mark_runs import STRIKES, reading

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_INLINE = ("backticks", "emphasis", "escape", "link", "newline", "strikethrough")
_SCHEMES = ("http://", "https://", "mailto:")
DEEPEST = 40
_MOST_MARKS = 1_000
_MARK = re.compile(r"[*_`~\[]")
_BACKSLASHES = re.compile(r"\\+")
QUOTE, QUOTED = re.compile(r" {0,3}> (?=.*\S)"), re.compile(r" {0,3}>(?: |$)")
"""What the first line of a quote begins with, and each further one."""


@cache
def page_reader() -> "MarkdownIt":
    """Reads a whole message; addresses of links come as browsers want them."""
    reader = _ours(_reader((*_INLINE, "fence", "list")))
    reader.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    reader.block.ruler.before("list", "quote", _quote, {"alt": ["paragraph", "list"]})
    return reader


@cache
def inline_reader() -> "MarkdownIt":
    """Reads a paragraph; addresses of links come as they were typed."""
    return _as_typed(_ours(_reader(_INLINE)))


@cache
def commonmark_reader() -> "MarkdownIt":
    """Reads a paragraph by CommonMark's own rules for marks and escapes, as Teams does; addresses as they were typed."""
    return _as_typed(_reader(_INLINE))


def tokens(text: str) -> "list[Token] | None":
    """What a message shows; None where it has too many marks, or lists so deep that the reader would leave out what is in them."""
    if len(_MARK.findall(text)) > _MOST_MARKS:
        return None
    results = page_reader().parse(text)
    return None if any(token.level >= DEEPEST - 2 for token in results) else list(_numbered(results))


def goes_on(number: int, last: int) -> bool:
    """Whether an item of this number belongs to the list whose last one is `last`: the next one, or 1 again as in `1. 1. 1.`."""
    return number == last + 1 or number == last == 1


def _reader(rules: tuple[str, ...]) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero", {"breaks": True, "html": False, "maxNesting": DEEPEST}).enable(rules)
    reader.validateLink = _is_allowed  # type: ignore[method-assign,assignment]
    reader.inline.ruler.at("text", _text)
    reader.inline.ruler.after("text", "address", _address)
    reader.inline.ruler.at("link", _link)
    reader.inline.ruler.before("link", "picture", _picture)
    return reader


def _ours(reader: "MarkdownIt") -> "MarkdownIt":
    reader.inline.ruler.at("escape", _escape)
    reader.inline.ruler.at("emphasis", _emphasis)
    reader.inline.ruler.at("strikethrough", _strike)
    return reader


def _as_typed(reader: "MarkdownIt") -> "MarkdownIt":
    reader.normalizeLink = str  # type: ignore[method-assign,assignment]
    return reader


def _numbered(tokens: "Iterable[Token]") -> "Iterator[Token]":
    """A list ends where the number of an item doesn't go on with it, and another begins with that number."""
    from markdown_it.token import Token

    lasts: list[int | None] = []
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lasts.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lasts.pop()
        elif token.type == "list_item_open" and token.info:
            number, last = int(token.info), lasts[-1]
            if last is not None and not goes_on(number, last):
                yield Token("ordered_list_close", "ol", -1, markup=token.markup, block=True)
                yield Token("ordered_list_open", "ol", 1, {"start": number}, markup=token.markup, block=True)
            lasts[-1] = number
        yield token


def _is_allowed(address: str) -> bool:
    return address.lower().startswith(_SCHEMES)


def _quote(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """Lines behind `> `, outside of lists: within an item (`blkIndent`) they are its text. What they say is read by itself."""
    is_item = state.blkIndent and (not silent or state.sCount[start] >= state.blkIndent)
    if is_item or "quoted" in state.env or not QUOTE.match(_line(state, start)):
        return False
    if silent:
        return True
    at, said = start, []
    while at < end and (match := QUOTED.match(_line(state, at))):
        said.append(match.string[match.end() :])
        at += 1
    state.push("blockquote_open", "blockquote", 1)
    inner: list[Token] = []
    state.md.block.parse("\n".join(said), state.md, {**state.env, "quoted": True}, inner)
    state.tokens += [token.copy(level=token.level + state.level) for token in inner]
    state.push("blockquote_close", "blockquote", -1)
    state.line = at
    return True


def _fence(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """One that holds nothing shows what stands behind its mark, which else would be the name of a language."""
    from markdown_it.rules_block.fence import fence

    is_one = fence(state, start, end, silent)
    if is_one and not silent and not state.tokens[-1].content.strip():
        state.tokens[-1].content = f"{state.tokens[-1].info.strip()}\n"
    return is_one


def _line(state: "StateBlock", at: int) -> str:
    return state.src[state.bMarks[at] : state.eMarks[at]]


def _text(state: "StateInline", silent: bool) -> bool:
    """Words up to what may be a mark or a link."""
    links = reading(state.src).links
    following = bisect_right(links, state.pos)
    if not silent and following and links[following - 1] == state.pos:
        return False
    match = state.md.inline.terminator_re.search(state.src, state.pos, state.posMax)
    end = min(match.start() if match else state.posMax, *links[following : following + 1], state.posMax)
    if end == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _address(state: "StateInline", silent: bool) -> bool:
    link = None if silent else bare_links.link_at(state.src, state.pos, state.posMax)
    if not link:
        return False
    if state.linkLevel:
        state.append_pending(link.text)
    else:
        opened = state.push("link_open", "a", 1)
        opened.attrs, opened.info = {"href": state.md.normalizeLink(link.href)}, "auto"
        state.push("text", "", 0).content = link.text
        state.push("link_close", "a", -1)
    state.pos += len(link.text)
    return True


def _link(state: "StateInline", silent: bool) -> bool:
    """A link without a text shows its address."""
    from markdown_it.rules_inline.link import link
    from markdown_it.token import Token

    if not link(state, silent):
        return False
    if not silent and [token.type for token in state.tokens[-2:]] == ["link_open", "link_close"]:
        href = str(state.tokens[-2].attrGet("href")).removeprefix("mailto:")
        state.tokens.insert(-1, Token("text", "", 0, content=href, level=state.level + 1))
        state.tokens_meta.insert(-1, None)
    return True


def _picture(state: "StateInline", silent: bool) -> bool:
    """The `!` before a link would show what it leads to. In the text of a link only its own text is left."""
    if not state.src.startswith("![", state.pos):
        return False
    first = len(state.tokens)
    state.pos += 1
    if not _link(state, silent):
        state.pos -= 1
        return False
    if state.linkLevel:
        for token in state.tokens[first:]:
            if token.tag == "a":
                token.type, token.tag, token.nesting = "text", "", 0
    return True


def _escape(state: "StateInline", silent: bool) -> bool:
    """Before a mark a pair of backslashes is one, and an odd one makes the mark text; all others are text."""
    match = _BACKSLASHES.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    shown, state.pos = match[0], match.end()
    if match.end() < state.posMax and match.end() in reading(state.src).escapable:
        shown = "\\" * (len(shown) // 2)
        if len(match[0]) % 2:
            shown, state.pos = shown + state.src[match.end()], match.end() + 1
    if not silent:
        state.append_pending(shown)
    return True


def _emphasis(state: "StateInline", silent: bool) -> bool:
    from markdown_it.rules_inline.state_inline import Delimiter

    run = reading(state.src).runs.get(state.pos)
    if silent or run is None or run.mark in "`~":
        return False
    length = _length(state.src, state.pos, state.posMax)
    for _ in range(length):
        state.push("text", "", 0).content = run.mark
        token = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(run.mark), length, token, -1, run.opens, run.closes))
    state.pos += length
    return True


def _strike(state: "StateInline", silent: bool) -> bool:
    from markdown_it.rules_inline.state_inline import Delimiter

    run = reading(state.src).runs.get(state.pos)
    if silent or run is None or run.mark != "~":
        return False
    length = _length(state.src, state.pos, state.posMax)
    if length == STRIKES:
        state.push("text", "", 0).content = "~~"
        state.delimiters.append(Delimiter(ord("~"), 0, len(state.tokens) - 1, -1, run.opens, run.closes))
    else:
        state.append_pending("~" * length)
    state.pos += length
    return True


def _length(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] == text[start]:
        at += 1
    return at - start
