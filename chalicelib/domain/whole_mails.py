"""A mail that became a message, as it stood before quotes and signature were cut: what *Show the whole mail* shows.

Text alone, never its HTML. It is kept for a while, and no longer than what stands in it: it goes with the message, with an edit
of it, with whatever it quotes that is taken back or corrected, and with the account of whoever it names.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .addresses import masked
from .characters import visible
from .chats import Membership
from .messages import Message

LONGEST, KEPT = 32_000, timedelta(days=90)
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeMail:
    """`id` is that of the answer, `reads_from` where its author's history in the chat begins. `is_cut`: the mail went on."""

    id: str
    chat_id: str
    author_id: str
    text: str
    created_at: datetime
    reads_from: int = 1
    is_cut: bool = False

    def is_over_at(self, now: datetime) -> bool:
        return now >= self.created_at + KEPT

    def quotes(self, message: Message) -> bool:
        """Whether the words of an older message stand in it, however a mail program wrapped and marked them."""
        words = _letters(message.text)
        return bool(words) and message.created_at <= self.created_at and words in _letters(self.text)

    def names(self, *called: str) -> bool:
        text = self.text.casefold()
        return any(name and name.casefold() in text for name in called)

    def may_be_read_by(self, reader: Membership) -> bool:
        """It quotes what its author had, so it is for those whose history begins no later."""
        return reader.reads_from <= self.reads_from

    def shown_to(self, reader: Membership) -> str:
        """Members know the addresses of whoever is invited; others don't, and the head of a quote would tell them."""
        return self.text if reader.is_member else _ADDRESS.sub(lambda match: masked(match[0]), self.text)


def kept_text(text: str, written: str) -> str:
    """What is worth keeping of a mail of which `written` became the message: all of it, without the secrets of links, for our own
    mails stand quoted in it. Empty where nothing was cut."""
    if _letters(text) == _letters(written):
        return ""
    return _SECRET.sub(_unless_word, visible(text)).strip()[:LONGEST]


def _unless_word(match: re.Match[str]) -> str:
    """A token has digits, or letters of both cases; a long word or a rule of hyphens has not."""
    word = match[0]
    is_word = word.islower() or word.isupper() or word.istitle() or not word.strip("-_")
    return word if is_word and not any(map(str.isdigit, word)) else "…"


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text).casefold()
