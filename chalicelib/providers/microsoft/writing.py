"""Ours becomes the Markdown of Teams: the same marks, with everything escaped that Teams would read as more."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

from ...domain.characters import visible as clean
from ...domain.translation import ours
from ...domain.translation.notation import Run, changed
from ...domain.translation.safety import GUARD, encoded, unlinked, unpinged
from ...domain.translation.translated import Notes, Reached, Translated, safe, users, within
from ...domain.translation.writing import PLAINER, Dialect, Writer, escaped_start
from .reading import read_line

LONGEST = 28_000
_TOO_LONG = "The message is too long for Teams, so its end is missing."
_ESCAPES = re.compile(r"(?<=\s)(?:\*+|_+)(?=\s)|(?<=[^\W_])_+(?=[^\W_])|(?P<mark>[*_`\[\]]|\\(?=[!-/:-@\[-`{-~]|\Z))")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_START = re.compile(r"#{1,6}(?=\s|$)|=+\s*$|-{2,}\s*$")


def to_teams(text: str, mentions: Sequence[Reached], author: str) -> Translated:
    """For an activity with `textFormat` markdown; at most 28,000 bytes of UTF-16.

    `author` stands before it in bold, as in `**Ada (Webtop):** text`; if empty, nothing does. Each mention wants an
    entity with the text that `tag` gives for its name.
    """
    return within(text, _fits, partial(_translated, mentions, author), _TOO_LONG)


def tag(name: str) -> str:
    """What stands for a mention in the text, and must stand in its entity."""
    return f"<at>{escape(clean(name), quote=False)}</at>"


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) <= LONGEST


def _translated(mentions: Sequence[Reached], author: str, text: str) -> Translated:
    notes = Notes()
    existing = users(mentions, text, notes)

    def readable(line: Sequence[Run]) -> Iterable[Run]:
        return safe(ours.shown(ours.named(line, existing)), notes)

    def mention(run: Run) -> str:
        notes.mentioned.append(run.user)
        return tag(run.text.removeprefix("@"))

    blocks = changed(ours.read(text), readable)
    dialect = Dialect(_words, _target, mention, _code, _start, read_line, line_break="\n\n", may_be_bare=False)
    writer = Writer(dialect)
    written = writer.blocks(blocks)
    notes.lost += [PLAINER] if writer.is_plainer else []
    return notes.translated(_prefixed(written, author))


def _prefixed(text: str, author: str) -> str:
    name = " ".join(clean(author).split())
    if not name:
        return text
    gap = "\n\n" if re.match(r"```|- |[0-9]{1,9}[.)] ", text) else " "
    return f"**{_words(name)}:**{gap}{text}"


def _words(text: str, in_link: bool = False) -> str:
    text = unpinged(text if in_link else unlinked(text))
    text = re.sub(r"[~|]|!\Z", r"\\\g<0>", _escaped(text))
    return escape(text, quote=False)


def _escaped(text: str) -> str:
    """The words with a backslash before what may be a mark there, which needn't be one here."""
    return _ESCAPES.sub(lambda match: f"\\{match[0]}" if match["mark"] else match[0], text)


def _target(href: str) -> str:
    return escape(re.sub(r"[()]", r"\\\g<0>", encoded(href)), quote=False)


def _code(code: str) -> str:
    return _TAG.sub(f"<{GUARD}", unpinged(clean(code)))


def _start(line: str) -> str:
    return "\\" + line if _START.match(line) else escaped_start(line)
