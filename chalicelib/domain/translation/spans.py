"""Reads the marks inside a paragraph of ours, exactly as our pages do: escapes, code, bold, italic, links, addresses."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from .notation import Run

_TOKEN = re.compile(r"\\(?:\n[ \t]*|[!-/:-@\[-`{-~])|`+|\*+|_+|\[|\]|\n[ \t]*|[^\\`*_\[\]\n]+|\\")
_TICKS = re.compile("`+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SCHEMES = ("http://", "https://", "mailto:")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"]+", re.IGNORECASE)
_GAP = re.compile(r"[ \t\n]*")
_POINTED = re.compile(r"<((?:[^<>\\\n]|\\.)*)>", re.DOTALL)
_TITLE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)""", re.DOTALL)
_MOST_BRACKETS = 32


@dataclass(slots=True)
class _Node:
    """A piece of the text; `bold` and `italic` say by how much the marks it was change what follows."""

    text: str
    kind: str = "text"
    href: str = ""
    bold: int = 0
    italic: int = 0


@dataclass(slots=True)
class _Marks:
    """Marks of one kind side by side. `left` of them are unused, the first of these at node `first`."""

    mark: str
    first: int
    length: int
    opens: bool
    closes: bool
    left: int = 0


@dataclass(slots=True)
class _Bracket:
    node: int
    marks: int
    may_link: bool = True


@dataclass(slots=True)
class _Reading:
    text: str
    nodes: list[_Node] = field(default_factory=list)
    marks: list[_Marks] = field(default_factory=list)
    brackets: list[_Bracket] = field(default_factory=list)
    ticks: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def read_spans(text: str) -> list[Run]:
    reading = _Reading(text)
    for found in _TICKS.finditer(text):
        reading.ticks[len(found[0])].append(found.start())
    at = 0
    while found_token := _TOKEN.match(text, at):
        at = _read(reading, found_token)
    _pair(reading, 0)
    return list(_runs(reading.nodes))


def _read(reading: _Reading, found: re.Match[str]) -> int:
    text, end = found[0], found.end()
    if text[0] == "`":
        return _code(reading, text, end)
    if text == "]":
        return _link(reading, end)
    if text[0] in "*_":
        _mark(reading, text, found.start())
    elif text == "[":
        reading.brackets.append(_Bracket(len(reading.nodes), len(reading.marks)))
        reading.nodes.append(_Node(text))
    elif text.lstrip("\\")[:1] == "\n":
        _break(reading)
    else:
        reading.nodes.append(_Node(text[1:] if text[0] == "\\" and len(text) > 1 else text))
    return end


def _break(reading: _Reading) -> None:
    if reading.nodes and reading.nodes[-1].kind == "text":
        reading.nodes[-1].text = reading.nodes[-1].text.rstrip(" ")
    reading.nodes.append(_Node("\n", "break"))


def _code(reading: _Reading, ticks: str, end: int) -> int:
    starts = reading.ticks[len(ticks)]
    at = bisect_left(starts, end)
    if at == len(starts):
        reading.nodes.append(_Node(ticks))
        return end
    code = reading.text[end : starts[at]].replace("\n", " ")
    if code[:1] == code[-1:] == " " and code.strip(" "):
        code = code[1:-1]
    reading.nodes.append(_Node(code, "code"))
    return starts[at] + len(ticks)


def _mark(reading: _Reading, token: str, start: int) -> None:
    before = reading.text[start - 1] if start else " "
    after = reading.text[start + len(token)] if start + len(token) < len(reading.text) else " "
    left = not _is_space(after) and (not _is_sign(after) or _is_space(before) or _is_sign(before))
    right = not _is_space(before) and (not _is_sign(before) or _is_space(after) or _is_sign(after))
    opens = left and (token[0] == "*" or not right or _is_sign(before))
    closes = right and (token[0] == "*" or not left or _is_sign(after))
    reading.marks.append(_Marks(token[0], len(reading.nodes), len(token), opens, closes, len(token)))
    reading.nodes += [_Node(mark) for mark in token]


def _is_space(character: str) -> bool:
    return character in "\t\n\v\f\r" or unicodedata.category(character) == "Zs"


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _link(reading: _Reading, end: int) -> int:
    bracket = reading.brackets.pop() if reading.brackets else None
    tail = _tail(reading.text, end) if bracket and bracket.may_link else None
    if not bracket or not tail:
        reading.nodes.append(_Node("]"))
        return end
    _pair(reading, bracket.marks)
    reading.nodes[bracket.node] = _Node("", "link")
    for node in reading.nodes[bracket.node + 1 :]:
        node.href = tail[0]
    reading.nodes.append(_Node("", "link"))
    for outer in reading.brackets:
        outer.may_link = False
    return tail[1]


def _tail(text: str, at: int) -> tuple[str, int] | None:
    """Address and end of `(address "title")`."""
    if text[at : at + 1] != "(":
        return None
    at = _gap(text, at + 1)
    href, end = _target(text, at)
    if href.lower().startswith(_SCHEMES):
        at = _gap(text, end)
        title = _TITLE.match(text, at) if at > end else None
        at = _gap(text, title.end()) if title else at
    else:
        href = ""
    return (href, at + 1) if text[at : at + 1] == ")" else None


def _gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found else at


def _target(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == "<":
        pointed = _POINTED.match(text, at)
        return (_plain(pointed[1]), pointed.end()) if pointed else ("", at)
    end, depth = at, 0
    while end < len(text) and text[end] > " " and text[end] != "\x7f":
        if text[end] == "\\" and text[end + 1 : end + 2] not in ("", " "):
            end += 1
        elif text[end] == "\\" and text[end + 1 : end + 2] == " ":
            break
        else:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth < 0 or depth > _MOST_BRACKETS:
            break
        end += 1
    return (_plain(text[at:end]), end) if depth in (0, -1) else ("", at)


def _plain(href: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or unescape(found[0]), href)


def _pair(reading: _Reading, bottom: int) -> None:
    """Finds for each closing mark the nearest opening one, as CommonMark says, and forgets these marks."""
    opened: list[_Marks] = []
    floors: dict[tuple[str, bool, int], int] = {}
    for closer in reading.marks[bottom:]:
        key = (closer.mark, closer.opens, closer.length % 3)
        while closer.closes and closer.left:
            at = _opener(opened, closer, floors.get(key, 0))
            if at < 0:
                floors[key] = len(opened)
                break
            _style(reading.nodes, opened[at], closer)
            del opened[at + (opened[at].left > 0) :]
            floors = {one: min(floor, len(opened)) for one, floor in floors.items()}
        if closer.opens and closer.left:
            opened.append(closer)
    del reading.marks[bottom:]


def _opener(opened: list[_Marks], closer: _Marks, floor: int) -> int:
    for at in range(len(opened) - 1, floor - 1, -1):
        opener = opened[at]
        is_odd = (opener.closes or closer.opens) and closer.length % 3 and (opener.length + closer.length) % 3 == 0
        if opener.mark == closer.mark and not is_odd:
            return at
    return -1


def _style(nodes: list[_Node], opener: _Marks, closer: _Marks) -> None:
    used = 2 if opener.left >= 2 and closer.left >= 2 else 1
    opener.left -= used
    closer.left -= used
    inner, outer = opener.first + opener.left, closer.first
    closer.first += used
    for at in (*range(inner, inner + used), *range(outer, outer + used)):
        nodes[at] = _Node("", "mark", nodes[at].href)
    for at, by in ((inner, 1), (outer, -1)):
        nodes[at].bold, nodes[at].italic = (by, 0) if used == 2 else (0, by)


def _runs(nodes: list[_Node]) -> Iterator[Run]:
    bold = italic = 0
    text, href = "", ""
    for node in [*nodes, _Node("", "end")]:
        if node.kind == "text" and node.href == href:
            text += node.text
            continue
        yield from _worded(text, Run("", bold > 0, italic > 0, href=href))
        text, href = (node.text, node.href) if node.kind == "text" else ("", node.href)
        bold, italic = bold + node.bold, italic + node.italic
        if node.kind in ("code", "break"):
            yield Run(node.text, bold > 0, italic > 0, code=node.kind == "code", href=node.href)


def _worded(text: str, like: Run) -> Iterator[Run]:
    """Plain words; a bare web address among them is a link to itself."""
    end = 0
    for start, address in () if like.href else addresses(text):
        yield Run(text[end:start], like.bold, like.italic)
        yield Run(address, like.bold, like.italic, href=address)
        end = start + len(address)
    yield Run(text[end:], like.bold, like.italic, href=like.href)


def addresses(text: str) -> Iterator[tuple[int, str]]:
    for found in _ADDRESS.finditer(text):
        address, unpaired = found[0].rstrip(".,;:!?'*_"), found[0].count(")") - found[0].count("(")
        unpaired -= found[0][len(address) :].count(")")
        while unpaired > 0 and address.endswith(")"):
            address, unpaired = address[:-1].rstrip(".,;:!?'*_"), unpaired - 1
        if len(address) > len("https://"):
            yield found.start(), address
