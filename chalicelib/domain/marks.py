"""The light marks of messages as our pages read them: markdown-it with everything else switched off, and three rules of ours.

- An address is found before marks, so `https://host/a/__init__.py` stays whole.
- Marks need a word's edge: `2*3*4` and `snake_case` are text. `**` may part a word of letters, but `f**k that s**t` has no
  bold; where a script writes no spaces any place is an edge.
- Names stay whole: `__init__` and `src/**/*.py` have no marks. Two underscores are none, and none opens or closes at a slash.
- Each item of a list keeps the number that was typed: `3. Anna` is the third, whatever comes before it.
- A backslash is text unless it stands before what would be a mark without it: `C:\\Users\\*.txt` keeps its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_INLINE = ("backticks", "emphasis", "escape", "link", "newline")
_SCHEMES = ("http://", "https://", "mailto:")
DEEPEST = 40
_MOST_MARKS = 1_000
_MARK = re.compile(r"[*_`\[]")
_STOPS = ".,;:!?'*_»«›‹”“’‘…"
_WIDE_STOPS = "。，、；：！？「」『』（）【】《》\u3000"
_ADDRESS = re.compile(rf"(?<![A-Za-z0-9])https?://[^\s<>\"`\\{_WIDE_STOPS}]+", re.IGNORECASE)
_BACKSLASHES = re.compile(r"\\+")
_MARKS = re.compile(r"(?<!\\)(?:(?:\\*\*)+|(?:\\*_)+|\\*`+)")
_BRACKETS = re.compile(r"[\[\]]")
_LINE_START = re.compile(r"^[ \t]*(?:\\+(?=[-+*](?:[ \t]|$)|~~~|```)|[0-9]{1,9}\\+(?=[.)](?:[ \t]|$)))", re.MULTILINE)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_NEVER_OPENED = ".,;:!?)]}"
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class _Run:
    """Marks of one kind side by side, backslashes among them or not: text from `start` to `end`."""

    mark: str
    start: int
    end: int
    opens: bool
    closes: bool
    is_parted: bool = False
    is_in_word: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """`runs` by the place of each of their marks; `escapable` are the places where a backslash before has a meaning."""

    runs: dict[int, _Run]
    escapable: frozenset[int]


@cache
def page_reader() -> "MarkdownIt":
    """Reads a whole message; addresses of links come as browsers want them."""
    return _ours(_reader((*_INLINE, "fence", "list")))


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


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Where each bare web address begins, and the address without the punctuation that follows it."""
    for match in _ADDRESS.finditer(text):
        address = _ended(match[0], text[: match.start()])
        if len(address) > len("https://"):
            yield match.start(), address


def escapable(text: str) -> frozenset[int]:
    """The places in a paragraph of what would be a mark if no backslash stood before it."""
    return _read(text).escapable


def _reader(rules: tuple[str, ...]) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero", {"breaks": True, "html": False, "maxNesting": DEEPEST}).enable(rules)
    reader.validateLink = _is_allowed  # type: ignore[method-assign,assignment]
    reader.inline.ruler.before("escape", "address", _address)
    reader.inline.ruler.enable("address")
    return reader


def _ours(reader: "MarkdownIt") -> "MarkdownIt":
    reader.inline.ruler.at("escape", _escape)
    reader.inline.ruler.at("emphasis", _emphasis)
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


def _address(state: "StateInline", silent: bool) -> bool:
    """At the colon of a web address, whose scheme waits among the words already read."""
    start = state.pos - next((len(item) for item in ("https", "http") if _waits(state, item)), 0)
    if silent or start == state.pos:
        return False
    match = _ADDRESS.match(state.src, start, state.posMax)
    address = _ended(match[0], state.src[:start]) if match else ""
    if len(address) <= len("https://"):
        return False
    state.pending = state.pending[: start - state.pos]
    if state.linkLevel:
        state.pending += address
    else:
        opened = state.push("link_open", "a", 1)
        opened.attrs, opened.info = {"href": state.md.normalizeLink(address)}, "auto"
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _waits(state: "StateInline", scheme: str) -> bool:
    is_colon = state.src.startswith("://", state.pos)
    return is_colon and state.pending[-len(scheme) :].lower() == scheme


def _ended(address: str, before: str) -> str:
    """Without punctuation that belongs to the sentence; a mark belongs to it if one like it stands before the address."""
    while address:
        last = address[-1]
        is_mark, closes = last in "*_", {")": "(", "]": "["}.get(last)
        unpaired = closes and address.count(closes) < address.count(last)
        if not unpaired and (last not in _STOPS or (is_mark and last not in before)):
            break
        address = address[:-1]
    return address


def _escape(state: "StateInline", silent: bool) -> bool:
    """Before a mark a pair of backslashes is one, and an odd one makes the mark text; all others are text."""
    match = _BACKSLASHES.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    shown, state.pos = match[0], match.end()
    if match.end() < state.posMax and match.end() in _read(state.src).escapable:
        shown = "\\" * (len(shown) // 2)
        if len(match[0]) % 2:
            shown, state.pos = shown + state.src[match.end()], match.end() + 1
    if not silent:
        state.append_pending(shown)
    return True


def _emphasis(state: "StateInline", silent: bool) -> bool:
    from markdown_it.rules_inline.state_inline import Delimiter

    run = _read(state.src).runs.get(state.pos)
    if silent or run is None or run.mark == "`":
        return False
    length = _length(state.src, state.pos, state.posMax)
    for _ in range(length):
        state.push("text", "", 0).content = run.mark
        token = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(run.mark), length, token, -1, run.opens, run.closes))
    state.pos += length
    return True


def _length(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] == text[start]:
        at += 1
    return at - start


@lru_cache(maxsize=16)
def _read(text: str) -> _Reading:
    runs = _paired_in_words(text, [_run(text, match) for match in _MARKS.finditer(text)])
    run_at = {at: run for run in runs for at in range(run.start, run.end) if text[at] == run.mark}
    first_openers = {run.mark: run.start for run in reversed(runs) if run.opens}
    last_closers = {run.mark: run.start for run in runs if run.closes}
    paired = {at for at, run in run_at.items() if _has_partner(run, first_openers, last_closers)}
    at_line_start = {match.end() for match in _LINE_START.finditer(text)}
    return _Reading(run_at, frozenset(paired | at_line_start | _linking(text)))


def _run(text: str, match: re.Match[str]) -> _Run:
    mark, (start, end) = match[0][-1], match.span()
    if mark == "`":
        return _Run(mark, start, end, opens=True, closes=True)
    before, after = text[start - 1] if start else " ", _first_but_backslashes(text, end)
    left = not _is_space(after) and (not _is_sign(after) or _is_space(before) or _is_sign(before))
    right = not _is_space(before) and (not _is_sign(before) or _is_space(after) or _is_sign(after))
    count, is_parted = match[0].count(mark), "\\" in match[0].lstrip("\\")
    if "__" in match[0].replace("\\", "") or (mark == "*" and count == 1 and "/" in (before, after)):
        return _Run(mark, start, end, opens=False, closes=False)
    left, right = left and after != "/", right and before != "/"
    if mark == "*" and _parts_words(before, after, count):
        return _Run(mark, start, end, left, right, is_parted, is_in_word=before.isalpha() and after.isalpha())
    opens = left and (not right or _is_sign(before)) and not (mark == "*" and count == 1 and after in _NEVER_OPENED)
    return _Run(mark, start, end, opens, right and (not left or _is_sign(after)), is_parted)


def _paired_in_words(text: str, runs: list[_Run]) -> list[_Run]:
    """Two marks inside two words are no pair: `f**k that s**t`."""
    unpaired: set[int] = set()
    in_words = [run for run in runs if run.is_in_word and not _UNSPACED.match(text[run.start - 1])]
    for first, second in pairwise(in_words):
        if _SPACE.search(text, first.end, second.start):
            unpaired |= {first.end, second.start}
    return [
        replace(run, opens=run.opens and run.end not in unpaired, closes=run.closes and run.start not in unpaired)
        for run in runs
    ]


def _first_but_backslashes(text: str, at: int) -> str:
    match = _BACKSLASHES.match(text, at)
    at = match.end() if match else at
    return text[at] if at < len(text) else " "


def _parts_words(before: str, after: str, count: int) -> bool:
    is_unspaced = _UNSPACED.match(before) or _UNSPACED.match(after)
    return bool(is_unspaced) or (count > 1 and not before.isdigit() and not after.isdigit())


def _has_partner(run: _Run, openers: dict[str, int], closers: dict[str, int]) -> bool:
    """Whether some run of the same mark could end what this one begins, or the reverse; one with a backslash within, itself."""
    if run.opens and run.closes and run.is_parted:
        return True
    closed = run.opens and closers.get(run.mark, -1) > run.start
    return closed or (run.closes and openers.get(run.mark, run.start) < run.start)


def _linking(text: str) -> set[int]:
    """The brackets between the first `[` and the last `](`, which may be those of links."""
    first, last = text.find("["), text.rfind("](")
    return (
        {match.start() for match in _BRACKETS.finditer(text, max(first, 0), last + 1)} if 0 <= first < last else set()
    )


def _is_space(character: str) -> bool:
    return character in "\t\n\v\f\r" or unicodedata.category(character) == "Zs"


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
