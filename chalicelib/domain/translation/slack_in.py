"""Slack's mrkdwn becomes ours.

Struck-through text keeps its ~; quotes keep their >; both are text here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from . import ours
from .blocks import Manner, read_blocks
from .emojis import reaction_from_slack
from .notation import Block, Fence, Paragraph, Run, changed, joined
from .safety import GUARD, SEAM, clean
from .spans import addresses
from .translated import Notes, Translated, safe

_MANNER = Manner(bullets="•◦▪‣*-", has_fences=False, is_lazy=False)
_TOKEN = re.compile(
    r"<(?P<control>[^<>\n]{1,3000})>|`(?P<code>[^`\n]+)`|:(?P<emoji>[\w+'’&.-]{1,100}(?:::skin-tone-[2-6])?):"
    rf"|(?P<mark>[*_~])|(?P<hidden>[{GUARD}{SEAM}])|(?P<text>[^<`:*_~{GUARD}{SEAM}]+|.)",
)
_CONTROL = re.compile(r"(?P<sign>[@#!]?)(?P<what>[^|]*)(?:\|(?P<label>.*))?")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("&(?:amp|lt|gt);")
_HIDDEN = re.compile(f"[{GUARD}{SEAM}]")
_MASS = re.compile("here|channel|everyone|group|subteam")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_STRUCK = "Struck-through text is shown between ~ marks."
_STRANGER = "Somebody who isn't in this chat is mentioned."


@dataclass(slots=True)
class _Node:
    """A piece of a line. `mark` is one that may open or close, `shape` what its neighbours take it for."""

    run: Run
    mark: str = ""
    shape: str = "x"
    opens: bool = False
    closes: bool = False


def from_slack(text: str, people: Mapping[str, str]) -> Translated:
    """`people` are the names here of Slack's users; an empty name is left out, as the app's own should be."""
    notes = Notes()
    blocks = changed(_Reader(people, notes).blocks(text), lambda line: safe(_addressed(line), notes))
    written, lost = ours.write(blocks)
    notes.lost += lost
    return notes.translated(written)


def _addressed(line: "list[Run] | tuple[Run, ...] | object") -> Iterator[Run]:
    raise NotImplementedError


@dataclass(slots=True)
class _Reader:
    people: Mapping[str, str]
    notes: Notes

    def blocks(self, text: str) -> Iterator[Block]:
        """Fences may begin and end anywhere; what lies between them are paragraphs and lists."""
        pieces = text.replace("\r\n", "\n").split("```")
        if len(pieces) % 2 == 0:
            pieces[-2:] = ["```".join(pieces[-2:])]
        for number, piece in enumerate(pieces):
            if number % 2:
                yield Fence(clean(self._code(piece.removeprefix("\n").removesuffix("\n"))))
            else:
                yield from read_blocks(piece, self._spans, _MANNER)

    def _code(self, text: str) -> str:
        shown = re.sub(r"<([^<>\n|]*)(?:\|([^<>\n]*))?>", lambda found: found[2] or found[1], text)
        return _decoded(_HIDDEN.sub("", shown))

    def _spans(self, text: str) -> Iterator[Run]:
        return joined(self._line(line.strip(" ")) for line in text.split("\n"))

    def _line(self, line: str) -> Iterator[Run]:
        nodes = [node for found in _TOKEN.finditer(line) for node in self._nodes(found)]
        _look_around(nodes)
        yield from self._styled(nodes, Run(""))

    def _nodes(self, found: re.Match[str]) -> Iterator[_Node]:
        kind, text = found.lastgroup, found[0]
        if kind == "control":
            yield _Node(self._control(found["control"], found.string[found.end() : found.end() + 1]))
        elif kind == "code":
            yield _Node(Run(self._code(found["code"]), code=True), shape="`")
        elif kind == "emoji":
            yield _Node(Run(self._emoji(found)))
        elif kind == "mark":
            yield _Node(Run(text), mark=text, shape=text)
        elif kind == "hidden":
            yield _Node(Run(""), shape=text)
        else:
            yield _Node(Run(_decoded(text)), shape=text)
