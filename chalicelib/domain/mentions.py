"""Who is named with @ in a text. A mention is where our pages show one: neither in code nor in the text of a link."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .chats import Participant
from .marks import tokens
from .messages import Mention

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST = 20


def mentions_in(text: str, people: tuple[Participant, ...], chosen: Sequence[str] = ()) -> tuple[Mention, ...]:
    """Who is mentioned, in the text's order; the longest name wins, so that "@Ann Lee" isn't also "@Ann".

    `chosen` are account ids in the order of the names, those in code too: which of two people of one name is meant. Where
    nothing says so, such a name mentions nobody.
    """
    named: dict[str, dict[str, str]] = {}
    for person in people:
        named.setdefault(person.name.casefold(), {})[person.account_id] = person.name
    waiting, mentions = list(chosen), list[Mention]()
    for name, is_mention in _called(text, named):
        existing = named[name]
        meant = (
            waiting.pop(0) if waiting and waiting[0] in existing else next(iter(existing)) if len(existing) == 1 else ""
        )
        is_new = len(existing) > 1 or meant not in {mention.account_id for mention in mentions}
        if meant and is_mention and is_new:
            mentions.append(Mention(meant, existing[meant]))
    return tuple(mentions)[:MOST]


def names_called(text: str, names: Iterable[str]) -> list[str]:
    """The names, in lower case, that are mentioned, in the text's order, as often as they are."""
    return [name for name, is_mention in _called(text, names) if is_mention]


def calling(names: Iterable[str], flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str] | None:
    """Finds `@Name` of any of the names where the @ isn't an address's; the longest name wins."""
    longest = sorted(filter(None, set(names)), key=lambda name: (-len(name), name))
    pattern = rf"(?<![A-Za-z0-9._%+-])@(?:{'|'.join(map(re.escape, longest))})(?!\w)"
    return re.compile(pattern, flags) if longest else None


def _called(text: str, names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each name behind an @, and whether that is a mention. Names and results are folded, which tells more letters apart than
    `IGNORECASE` does."""
    called = calling(names, re.NOFLAG) if "@" in text else None
    if not called:
        return
    for piece, is_plain in _pieces(text):
        yield from ((match[0][1:], is_plain) for match in called.finditer(piece.casefold()))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text as it is read, piece by piece; plain is what is neither code nor in a link."""
    read = tokens(text)
    if read is None:
        yield text, True
        return
    for token in read:
        if token.type == "fence":
            yield token.content, False
        elif token.type == "inline":
            yield from _inline(token.children or ())


def _inline(children: "Sequence[Token]") -> Iterator[tuple[str, bool]]:
    links = 0
    for token in children:
        links += token.nesting * (token.tag == "a")
        if token.content:
            yield token.content, not links and token.type == "text"
