"""Slack's mrkdwn becomes ours."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...domain.characters import visible as clean
from ...domain.characters import with_line_feeds
from ...domain.translation import ours
from ...domain.translation.blocks import Manner, read_blocks
from ...domain.translation.notation import Block, Fence, Run, changed, joined
from ...domain.translation.safety import GUARD, SEAM
from ...domain.translation.translated import LONGEST_READ, Notes, Translated, safe
from .emojis import reaction_from_slack

_MANNER = Manner(
    bullets="•◦▪‣*-",
    has_fences=False,
    is_lazy=False,
    quote=re.compile(r" {0,3}&gt; ?(?=.*\S)"),
    quoted=re.compile(" {0,3}&gt; ?"),
)
_LONG_QUOTE, _LINE_BREAK = re.compile("^&gt;&gt;&gt; ?", re.MULTILINE), re.compile("^", re.MULTILINE)
_MARKS = {"*": "bold", "_": "italic", "~": "struck"}
_TOKEN = re.compile(
    r"<(?P<control>[^<>\n]{1,3000})>|`(?P<code>[^`\n]+)`|(?<![0-9]):(?P<emoji>[\w+'’&.-]{1,100}(?:::skin-tone-[2-6](?:-[2-6])?){0,2}):"
    rf"|(?P<mark>[*_~])|(?P<hidden>[{GUARD}{SEAM}])|(?P<text>[^<`:*_~{GUARD}{SEAM}]+|.)",
)
_CONTROL = re.compile(r"(?P<sign>[@#!]?)(?P<what>[^|]*)(?:\|(?P<label>.*))?")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("&(?:amp|lt|gt);")
_HIDDEN = re.compile(f"[{GUARD}{SEAM}]")
_MASS = re.compile("here|channel|everyone|group|subteam")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}:", re.IGNORECASE)
_CHANNEL = "A channel is named that isn't known here."
_STRANGER = "Somebody who isn't in this chat is mentioned."


@dataclass(slots=True)
class _Node:
    """A piece of a line. `mark` is one that may open or close, `shape` what its neighbours take it for."""

    run: Run
    mark: str = ""
    shape: str = ")"
    opens: bool = False
    closed_at: int = 0


def from_slack(text: str, people: Mapping[str, str], others: Mapping[str, str] | None = None) -> Translated:
    """`people` are the names here of Slack's users; an empty name is left out. `others` are what stands for users who aren't in
    the chat."""
    notes = Notes()
    blocks = changed(
        _Reader(people, others or {}, notes).blocks(text[:LONGEST_READ]),
        lambda line: ours.addressed(list(safe(line, notes))),
    )
    written, lost = ours.write(blocks)
    notes.lost += lost
    return notes.translated(written)


@dataclass(slots=True)
class _Reader:
    people: Mapping[str, str]
    others: Mapping[str, str]
    notes: Notes

    def blocks(self, text: str) -> Iterator[Block]:
        """Fences may begin and end anywhere; what lies between them are paragraphs and lists."""
        pieces = with_line_feeds(text).replace("▪\ufe0e", "▪").split("```")
        if len(pieces) % 2 == 0:
            pieces[-2:] = ["```".join(pieces[-2:])]
        for number, piece in enumerate(pieces):
            if number % 2:
                yield Fence(clean(self._code(piece.removeprefix("\n").removesuffix("\n"))))
            else:
                yield from read_blocks(_each_quoted(piece), self._spans, _MANNER)

    def _code(self, text: str) -> str:
        shown = re.sub(r"<([^<>\n|]*)(?:\|([^<>\n]*))?>", lambda match: match[2] or match[1], text)
        return _decoded(_HIDDEN.sub("", shown))

    def _spans(self, text: str) -> Iterator[Run]:
        return joined(self._line(line.strip(" ")) for line in text.split("\n"))

    def _line(self, line: str) -> Iterator[Run]:
        nodes = [node for match in _TOKEN.finditer(line) for node in self._nodes(match)]
        _neighbours(nodes)
        yield from self._styled(nodes, (0, len(nodes)), Run(""))

    def _styled(self, nodes: list[_Node], span: tuple[int, int], like: Run) -> Iterator[Run]:
        """What lies between marks takes their style; a mark without its partner is text."""
        at, end = span
        while at < end:
            node = nodes[at]
            if not node.opens or node.closed_at >= end or _has(like, node.mark):
                yield replace(node.run, bold=like.bold, italic=like.italic, struck=like.struck)
                at += 1
                continue
            yield from self._styled(nodes, (at + 1, node.closed_at), like.styled(_MARKS[node.mark], is_on=True))
            at = node.closed_at + 1

    def _nodes(self, match: re.Match[str]) -> Iterator[_Node]:
        kind, text = match.lastgroup, match[0]
        if kind == "control":
            yield _Node(self._control(match["control"], match.string[match.end() : match.end() + 1]))
        elif kind == "code":
            yield _Node(Run(self._code(match["code"]), code=True), shape="`")
        elif kind == "emoji":
            yield _Node(Run(self._emoji(match)))
        elif kind == "mark":
            yield _Node(Run(text), mark=text, shape=text)
        elif kind == "hidden":
            yield _Node(Run(""), shape=text)
        else:
            yield _Node(Run(_decoded(text)), shape=text)

    def _emoji(self, match: re.Match[str]) -> str:
        emoji = reaction_from_slack(match["emoji"])
        if emoji:
            return emoji
        start, end = match.span()
        before, after = match.string[max(0, start - 1) : start], match.string[end : end + 1]
        if re.search(r"[^\W\d_]", match["emoji"]) and not before.isalnum() and not after.isalnum():
            self.notes.add(f"The custom emoji {clean(match[0])} isn't known here.")
        return match[0]

    def _control(self, control: str, following: str) -> Run:
        match = _CONTROL.fullmatch(control)
        sign, what, label = (match["sign"], match["what"], _plain(match["label"])) if match else ("", control, "")
        if sign == "@":
            return self._mention(what, label, following)
        if sign == "#":
            return self._channel(label)
        if sign == "!":
            return self._command(what, label)
        href = _decoded(what)
        return (
            Run(label or re.sub("^(?:mailto|tel):", "", href), href=href)
            if _SCHEME.match(href)
            else Run(f"<{control}>")
        )

    def _channel(self, label: str) -> Run:
        """Slack names it by its id alone where the app may not see it."""
        if not label:
            self.notes.add(_CHANNEL)
        return Run(f"#{label or 'channel'}")

    def _mention(self, user: str, label: str, following: str) -> Run:
        name = self.people.get(user)
        if name is None:
            self.notes.add(_STRANGER)
            return Run(self.others.get(user) or f"@{label.removeprefix('@') or 'somebody'}")
        if not name:
            return Run("")
        self.notes.mentioned.append(user)
        return Run(f"@{name} " if following.isalnum() else f"@{name}", user=user)

    def _command(self, what: str, label: str) -> Run:
        name = what.partition("^")[0]
        if not _MASS.fullmatch(name):
            return Run(label or f"<!{_plain(what)}>")
        called = "@" + clean(label.removeprefix("@") or name)
        self.notes.add(f"{called} is shown, but notifies nobody here.")
        return Run(called)


def _neighbours(nodes: list[_Node]) -> None:
    """Finds out which marks open, and where each would be closed."""
    nearest: dict[str, int] = {}
    for at in range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        before = nodes[at - 1].shape[-1:] if at else " "
        after = nodes[at + 1].shape[:1] if at + 1 < len(nodes) else " "
        if not node.mark or GUARD in (before, after) or node.mark in (before, after):
            continue
        node.closed_at = nearest.get(node.mark, len(nodes))
        node.opens = not before.isalnum() and not after.isspace() and after != SEAM
        if not after.isalnum() and not before.isspace() and before != SEAM:
            nearest[node.mark] = at


def _has(run: Run, mark: str) -> bool:
    return bool(getattr(run, _MARKS[mark]))


def _each_quoted(text: str) -> str:
    """`>>>` begins a quote that goes to the end."""
    match = _LONG_QUOTE.search(text)
    return text[: match.start()] + _LINE_BREAK.sub("&gt; ", text[match.end() :]) if match else text


def _plain(text: str | None) -> str:
    return _decoded(_HIDDEN.sub("", text or ""))


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)
