"""What Teams sends becomes ours: plain text, Markdown, or the HTML of its clients.

Table cells are shown between |.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape

from ...domain.characters import visible as clean
from ...domain.characters import with_line_feeds
from ...domain.translation import ours
from ...domain.translation.blocks import read_blocks
from ...domain.translation.html_reading import read_page
from ...domain.translation.notation import Block, Paragraph, Run, changed
from ...domain.translation.safety import GUARD
from ...domain.translation.spans import read_commonmark
from ...domain.translation.translated import LONGEST_READ, Notes, Tagged, Translated, safe

_AT = re.compile(
    r"<at(?:\s[^<>]*)?>([^<>]{0,300})</at>"
    r"|<span\s[^<>]*schema\.skype\.com/Mention[^<>]*>([^<>]{0,300})</span>",
    re.IGNORECASE,
)
_OWN = re.compile(f"[\ufdd0-\ufdef]|(?<!:){GUARD}")
_HELD = re.compile("\ufdd0([0-9]{1,6})\ufdd1")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PAGE = re.compile(r"<(?:p|div|ul|ol|blockquote|pre|codeblock|h[1-6]|table|attachment|span|at)\b[^<>]*>", re.IGNORECASE)
_ANSWERED = re.compile(r"schema\.skype\.com/Reply", re.IGNORECASE)
_STRANGER = "Somebody who isn't in this chat is mentioned."


def from_teams(text: str, text_format: str | None, mentions: Sequence[Tagged] = ()) -> Translated:
    """`text_format` is the activity's; `html` is for the text of its attachment `text/html`."""
    notes = Notes()
    called = _Called(mentions, notes)
    text = called.held(_OWN.sub("", with_line_feeds(text[:LONGEST_READ])))
    blocks = changed(_blocks(text, text_format or "markdown", notes), lambda line: _readable(line, called, notes))
    written, lost = ours.write(blocks)
    notes.lost += lost
    return notes.translated(written)


def read_line(line: str) -> Iterator[Run]:
    """A line of Markdown as Teams shows it."""
    called = _Called((), Notes())
    yield from called.named(_spans(called.held(_OWN.sub("", line))))


def _readable(line: Sequence[Run], called: "_Called", notes: Notes) -> Iterable[Run]:
    unguarded = (replace(run, text=run.text.replace(GUARD, "")) for run in called.named(line))
    return ours.addressed(list(safe(unguarded, notes)))


def _blocks(text: str, text_format: str, notes: Notes) -> Iterable[Block]:
    if text_format in ("xml", "html") or (_PAGE.match(text.lstrip()) and text.rstrip().endswith(">")):
        return read_page(text, notes, answered=_ANSWERED)
    text = _BREAK.sub("\n", text)
    if text_format == "plain":
        return [Paragraph((Run(_decoded(piece)),)) for piece in re.split(r"\n[ \t]*\n", text)]
    return read_blocks(text, _spans)


def _spans(text: str) -> Iterator[Run]:
    for run in read_commonmark(text):
        is_bare = run.text == run.href  # the address of any other link is read as one already
        href = _decoded(run.href) if is_bare else run.href
        yield run if run.code else replace(run, text=_decoded(run.text), href=href)


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda match: unescape(match[0]), text).replace("\u00a0", " ")


class _Called:
    """Those whom a text mentions. Their names are held out of it while its marks are read."""

    def __init__(self, mentions: Sequence[Tagged], notes: Notes) -> None:
        self.notes = notes
        self.known: dict[str, list[Tagged]] = {}
        self.tags: list[Tagged] = []
        for tagged in mentions:
            match = _AT.fullmatch(tagged.text)
            self.known.setdefault(_decoded(match[1] or match[2] if match else tagged.text), []).append(tagged)

    def held(self, text: str) -> str:
        return _AT.sub(self._hold, text)

    def _hold(self, match: re.Match[str]) -> str:
        name = _decoded(match[1] or match[2] or "")
        taggeds = self.known.get(name, [])
        self.tags.append(taggeds.pop(0) if len(taggeds) > 1 else taggeds[0] if taggeds else Tagged(name, "", None))
        return f"\ufdd0{len(self.tags) - 1}\ufdd1"

    def named(self, runs: Iterable[Run]) -> Iterator[Run]:
        for run in runs:
            end = 0
            for match in _HELD.finditer(run.text):
                yield replace(run, text=run.text[end : match.start()])
                yield self._name(run, self.tags[int(match[1])], run.text[match.end() :][:1])
                end = match.end()
            yield replace(run, text=run.text[end:])

    def _name(self, run: Run, tagged: Tagged, following: str) -> Run:
        if tagged.name is None:
            self.notes.add(_STRANGER)
            return replace(run, text=f"@{clean(tagged.text).removeprefix('@') or 'somebody'}")
        space = " " if following.isalnum() else ""
        if not tagged.name or not run.is_plain:
            return replace(run, text=tagged.name and f"@{tagged.name}{space}")
        self.notes.mentioned.append(tagged.user_id)
        return replace(run, text=f"@{tagged.name}{space}", user=tagged.user_id)
