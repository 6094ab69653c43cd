"""Searching messages: what a search asks for, and which messages answer it.

A word is a run of letters and digits. A message is found if each word of the search stands at the beginning of one of its
words, whatever the case and the accents. Scripts that put no spaces between words begin one anywhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from . import errors
from .messages import Message, MessageKind, Reaction

SHORTEST, LONGEST = 2, 100
SEARCHES, SEARCHES_WITHIN = 60, 60
"""How many searches a person may make in how many seconds."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\uff07", "'"))
_UNSPACED = (
    r"\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_BEGINS = rf"(?:(?<![^\W_])|(?=[{_UNSPACED}])|(?<=[{_UNSPACED}]))"
_WORDS = re.compile(r"[^\W_]+")
_LINK = re.compile(r"(?<![A-Za-z0-9])(?:https?://|mailto:)\S", re.IGNORECASE)


class Has(StrEnum):
    """What a message must have beside its words."""

    FILE = "file"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a person looks for. `words` are folded, None for any text; `since` is the first moment that counts and `until` the first
    that doesn't.
    """

    words: tuple[str, ...] | None
    author_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    has: Has | None = None

    def is_met_by(self, message: Message) -> bool:
        """Judged by the text as it stands; what was deleted has none."""
        return (
            message.kind is MessageKind.TEXT
            and message.deleted_at is None
            and (not self.author_id or (message.author is not None and message.author.account_id == self.author_id))
            and (self.since is None or message.created_at >= self.since)
            and (self.until is None or message.created_at < self.until)
            and (self.has is not Has.LINK or bool(_LINK.search(message.text)))
            and (self.has is not Has.FILE or bool(message.files))
            and (self.words is None or holds(fold(searched(message)), self.words))
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one query found, the newest first, and the `seq` down to which it read."""

    messages: tuple[Message, ...]
    reactions: tuple[Reaction, ...]
    reached: int


def criteria(
    text: str, author_id: str = "", before: date | None = None, after: date | None = None, has: Has | None = None
) -> Criteria:
    """From what was typed and chosen. Both days, in UTC, are themselves left out."""
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise errors.wrong_field("q", "how_long", "Type {least} to {most} characters.", least=SHORTEST, most=LONGEST)
    return Criteria(
        words=words_of(text),
        author_id=author_id,
        since=_midnight(after) + timedelta(days=1) if after and after < date.max else None,
        until=_midnight(before) if before else None,
        has=has,
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search. One that has none, only emoji say, is looked for as it was typed."""
    folded = fold(text)
    return tuple(dict.fromkeys(_WORDS.findall(folded) or folded.split()))


def searched(message: Message) -> str:
    """What a search looks through: the words, and the names of the files."""
    return "\n".join([message.text, *(file.name for file in message.files)])


def fold(text: str) -> str:
    """Without case, accents (Unicode NFKD without marks) and invisible signs; `ß` is `ss`, a curly apostrophe a plain one."""
    return _bare(_bare(text.translate(_APOSTROPHES)).casefold())


def holds(folded: str, words: tuple[str, ...]) -> bool:
    """Whether each of these words begins a word of the folded text; one without letters and digits may stand anywhere."""
    return bool(words) and all(
        word in folded and (not _WORDS.match(word) or re.search(_BEGINS + re.escape(word), folded)) for word in words
    )


def _bare(text: str) -> str:
    if text.isascii():
        return text
    kept = unicodedata.normalize("NFKD", text)
    return "".join(character for character in kept if not _is_passed_over(unicodedata.category(character)))


def _is_passed_over(category: str) -> bool:
    return category.startswith("M") or category == "Cf"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
