"""Names and titles that people type: one line, a length, and no character that hides, turns or breaks text."""

import re
import unicodedata
from zlib import crc32

from .characters import is_blank, visible
from .errors import wrong_field

PERSON, TITLE = 60, 80
TINTS = 6
_SPACE = re.compile(r"\s+")
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_WORD = re.compile(r"\S+")
# Of fixed length each: looking for them takes as long as the text is, whatever somebody typed.
_LOOKS_LIKE_LINK = re.compile(r"https?:|\w://|www\.|[\w-]\.[^\W\d_]{2}", re.IGNORECASE)
_OF_A_LINK = str.maketrans(".:/", "   ")
_MAIL_READ, _MAIL_LONGEST = 1_000, 48


def clean(text: str, field: str, longest: int = PERSON) -> str:
    """The name as it is kept; refuses what is empty or too long."""
    text = tidy(text)
    if is_blank(text):
        raise wrong_field(field, "empty", "Type a name.")
    if len(text) > longest:
        raise wrong_field(field, "too_long", "Use at most {most} characters.", most=longest)
    return text


def tidy(text: str) -> str:
    """One line without anything that hides, turns or breaks text; may be empty."""
    # Composed last: what was hidden may have stood between a letter and its accent.
    text = unicodedata.normalize("NFC", _PRIVATE.sub("", visible(text)))
    return _SPACE.sub(" ", text).strip()


def for_mail(text: str) -> str:
    """A name in a mail to a stranger: short, on one line, nothing that a mail reader would turn into a link or an address."""
    text = _PRIVATE.sub("", visible(_CONTROLS.sub(" ", text[:_MAIL_READ])))
    text = _WORD.sub(lambda word: word[0].translate(_OF_A_LINK) if _LOOKS_LIKE_LINK.search(word[0]) else word[0], text)
    text = text.replace("@", " ").replace("<", " ").replace(">", " ")
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= _MAIL_LONGEST else text[: _MAIL_LONGEST - 1].rstrip() + "…"


def initials(name: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in name.split() if word[:1].isalnum()] or [name]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def tint(account_id: str) -> int:
    """0 to 5, for good: the colour of an account's avatar."""
    return crc32(account_id.encode()) % TINTS
