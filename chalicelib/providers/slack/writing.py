"""Ours becomes Slack's mrkdwn.

Slack has no escapes but for & < >. What would be a mark there and is none here becomes the fallback of an impossible
date, which Slack shows as it stands; in a link's text, where dates don't work, it gets guards.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from ...domain.characters import visible as clean
from ...domain.marks import goes_on
from ...domain.translation import ours
from ...domain.translation.notation import (
    Block,
    Edge,
    Fence,
    Line,
    Listing,
    Paragraph,
    Quote,
    Run,
    changed,
    edged,
    lines,
    tidy,
)
from ...domain.translation.safety import GUARD, SEAM, unlinked, unpinged
from ...domain.translation.splitting import parts
from ...domain.translation.translated import Notes, Reached, Translated, safe, users, within
from ...domain.translation.writing import paragraphed

LONGEST, LONGEST_UPDATE = 40_000, 4_000
_TICKED = "Code with a backtick in it is shown as plain text."
_LINKED_CODE = "Code inside a link is shown as plain text."
_HOISTED = "A code block inside a list is shown outside of it."
_UNQUOTED = "A code block inside a quote is shown outside of it."
_TOO_LONG = "The message is too long for Slack, so its end is missing."
_USER = re.compile("[UW][A-Z0-9]{1,20}")
_MARKS = {"bold": "*", "italic": "_", "struck": "~"}
_BULLETS = ("•", "◦", "▪", "▪", "▪", "▪")
_STYLED = re.compile("[*_~`]+")
_EMOJI = re.compile(r":(?=[\w+'’&.-]{1,100}:)")
_FENCED = re.compile(r"(```\n.*?\n```)", re.DOTALL)
_LINE_BREAK = re.compile("^", re.MULTILINE)
_QUOTE = "&gt; "
_AT_ONCE = re.compile(rf"(?:[•◦▪]|1\.|{_QUOTE.strip()}) \S")
_START = re.compile(r"&gt;|>|＞|[•◦▪*-](?=\s|$)|[0-9]{1,9}[.)](?=\s|$)")


def to_slack(text: str, mentions: Sequence[Reached] = ()) -> Translated:
    """For `chat.postMessage` with mrkdwn, `parse` none and `link_names` off; at most 40,000 characters."""
    careful = _translated(mentions, True, text)
    if len(careful.text) <= LONGEST:
        return careful
    return within(text, lambda written: len(written) <= LONGEST, partial(_translated, mentions, False), _TOO_LONG)


@lru_cache(maxsize=16)
def slack_parts(text: str, mentions: tuple[Reached, ...], longest: int) -> tuple[Translated, ...]:
    """As `to_slack`, in as many messages as `chat.update` needs: it takes 4,000 characters, escapes among them."""
    fits = partial(_fits, mentions=mentions, longest=longest)
    return tuple(to_slack(part, mentions) for part in parts(text, fits)) or (to_slack(text, mentions),)


def _fits(part: str, mentions: tuple[Reached, ...], longest: int) -> bool:
    return len(part) <= longest and len(_translated(mentions, True, part).text) <= longest


def _translated(mentions: Sequence[Reached], has_dates: bool, text: str) -> Translated:
    notes = Notes()
    reacheds = [
        replace(reached, user_id=reached.user_id if _USER.fullmatch(reached.user_id) else "") for reached in mentions
    ]
    existing = users(reacheds, text, notes)
    blocks = changed(ours.read(text), lambda line: safe(ours.shown(ours.named(line, existing)), notes))
    return notes.translated(_Writer(notes, has_dates).blocks(blocks, 0).strip("\n"))


def _merges(last: Block | None, block: Block) -> bool:
    """Whether the numbers of a list go on with those of the list before, so that both would be read as one."""
    if not isinstance(last, Listing) or not isinstance(block, Listing) or last.start is None or block.start is None:
        return False
    return goes_on(block.start, last.start + len(last.items) - 1)


class _Writer:
    def __init__(self, notes: Notes, has_dates: bool) -> None:
        self.notes, self.has_dates = notes, has_dates

    def blocks(self, blocks: Sequence[Block], indent: int, depth: int = 0) -> str:
        written, last = "", None
        stop = "."
        for block in blocks:
            following = ")" if stop == "." and _merges(last, block) else "."
            text = self._block(block, indent, depth, following)
            if text:
                written += (self._gap(last, text) if written else "") + text
                last, stop = block, following
        return written

    def _gap(self, last: Block | None, text: str) -> str:
        follows = isinstance(last, Paragraph) and _AT_ONCE.match(text.lstrip(" "))
        return "\n" if follows or (isinstance(last, Quote) and not text.startswith(_QUOTE)) else "\n\n"

    def _block(self, block: Block, indent: int, depth: int, stop: str) -> str:
        if isinstance(block, Paragraph):
            text = paragraphed(map(self._line, lines(block.runs)), "\n")
            return re.sub("^(?=.)", " " * indent, text, flags=re.MULTILINE)
        if isinstance(block, Fence):
            if depth:
                self.notes.add(_HOISTED)
            code = unpinged(clean(block.text)).replace("``", f"`{GUARD}`")
            return f"```\n{_escaped(code)}\n```"
        return self._quote(block) if isinstance(block, Quote) else "\n".join(self._items(block, indent, depth, stop))

    def _quote(self, block: Quote) -> str:
        """Slack reads no block of code inside a quote."""
        said, *others = _FENCED.split(self.blocks(block.blocks, 0))
        if others:
            self.notes.add(_UNQUOTED)
        pieces = (
            piece if number % 2 else _LINE_BREAK.sub(_QUOTE, piece.strip("\n"))
            for number, piece in enumerate([said, *others])
        )
        return "\n".join(piece for piece in pieces if piece != _QUOTE)

    def _items(self, block: Listing, indent: int, depth: int, stop: str) -> Iterator[str]:
        for number, item in enumerate(block.items, block.start or 0):
            marker = _BULLETS[depth] if block.start is None else f"{min(number, 999_999_999)}{stop}"
            width = max(4, len(marker) + 1)
            text = self.blocks(item, indent + width, depth + 1)
            is_own_line = not item or not isinstance(item[0], Paragraph) or not text
            rest = "\n" + text if is_own_line and text else text.lstrip(" ")
            yield f"{' ' * indent}{marker}{'' if is_own_line else ' '}{rest}"

    def _line(self, line: Line) -> str:
        written, before = "", _NOTHING
        for piece in edged(tidy([self._leaf(run) for run in line])):
            piece_written = self._piece(piece)
            written += (SEAM if before.wants_seam(piece_written) else "") + piece_written.text
            before = piece_written
        match = _START.match(written)
        return GUARD + written if match else written

    def _leaf(self, run: Run) -> Run:
        """Code that Slack can't show as code becomes text."""
        if not run.code:
            return run
        if "`" in run.text:
            self.notes.add(_TICKED)
        elif run.href:
            self.notes.add(_LINKED_CODE)
        elif run.text.strip():
            return run
        return replace(run, code=False)

    def _piece(self, piece: Run | Edge) -> "_Piece":
        if isinstance(piece, Edge):
            return _Piece(_MARKS[piece.style], begins=piece.opens, ends=not piece.opens)
        if piece.user:
            self.notes.mentioned.append(piece.user)
            return _Piece(f"<@{piece.user}>")
        if piece.href:
            label = "" if piece.text == piece.href else "|" + _plain(piece.text, _guarded)
            return _Piece(f"<{_escaped(piece.href)}{label}>")
        if piece.code:
            return _Piece(f"`{_escaped(unpinged(piece.text))}`", begins=True, ends=True)
        return _Piece(_plain(unlinked(piece.text), _dated if self.has_dates else _guarded))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is written, and whether it begins or ends a mark at that side; a mark inside a word wants a seam."""

    text: str
    begins: bool = False
    ends: bool = False

    def wants_seam(self, after: "_Piece") -> bool:
        if after.begins:
            return self.ends or not (self.begins or self.text[-1:].isspace() or not self.text)
        return self.ends and not after.ends and not after.text[:1].isspace()


_NOTHING = _Piece("")


def _plain(text: str, inactive: Callable[[str], str]) -> str:
    text = _escaped(_EMOJI.sub(f":{GUARD}", unpinged(text)))
    return _STYLED.sub(lambda match: inactive(match[0]) if _is_active(match) else match[0], text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_active(match: re.Match[str]) -> bool:
    """Whether Slack might read these as marks: not in the middle of a word, and not between spaces."""
    start, end = match.span()
    before, after = match.string[max(0, start - 1) : start], match.string[end : end + 1]
    is_inside = (before.isalnum() and after.isalnum()) or (before.isspace() and after.isspace())
    return "`" in match[0] or len(set(match[0])) > 1 or not is_inside


def _dated(marks: str) -> str:
    return f"<!date^00000000^{{_}}|{marks.replace('`', f'`{GUARD}')}>"


def _guarded(marks: str) -> str:
    return GUARD.join(["", *marks, ""])
