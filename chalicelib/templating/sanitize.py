"""What people typed, made fit for a mail: short, on one line, no link, address, markup or change of direction."""

import re
import unicodedata

from ..domain.addresses import NotAnAddress, canonical
from ..domain.characters import visible
from ..domain.names import for_mail
from . import marks

LONGEST = 48
_EXCERPT, _ENDING = 140, 10
# Mail readers make links of what has a dot of any script between two letters, or a scheme, where `for_mail` sees none.
_DOTS = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61\u2024](?=\w)")
_SCHEME = re.compile(r":(?=\S)|//+|[@\uff20\ufe6b]")
_LINK = re.compile(r"\b[a-z][a-z+.-]{0,30}://\S*", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def sanitize(text: str, longest: int = LONGEST) -> str:
    """A name or title, at most `longest` long. Right-to-left words are fenced in: they can't reorder a sentence."""
    return _fenced(_cut(_harmless(for_mail(text)), longest))


def excerpt(text: str) -> str:
    """The beginning of a message, as words."""
    words = " ".join(
        _harmless(for_mail(word)) for word in _LINK.sub("[…]", marks.to_plain(text[:4_000])).split()[:_EXCERPT]
    )
    return _fenced(_cut(_SPACE.sub(" ", words).strip(), _EXCERPT))


def first_name(name: str) -> str:
    """The first word; the whole name where that is a title or an initial."""
    first = _harmless(for_mail(name)).partition(" ")[0]
    return sanitize(first if len(first) > 1 and not first.endswith(".") else name)


def file_name(text: str) -> str:
    """As it is called, with its dots, for whoever reads the chat itself; one that is too long loses its middle, not its ending."""
    name = _SPACE.sub(" ", visible(text)).strip()
    return _fenced(name if len(name) <= LONGEST else f"{name[: LONGEST - _ENDING - 1].rstrip()}…{name[-_ENDING:]}")


def address(text: str) -> str:
    """An address as it is shown or answered to; what isn't exactly one is shown as a name is."""
    try:
        return canonical(text)
    except NotAnAddress:
        return sanitize(text)


def reply_to(text: str) -> str:
    """An address that answers go to, or nothing."""
    try:
        return canonical(text)
    except NotAnAddress:
        return ""


def _harmless(text: str) -> str:
    return _SPACE.sub(" ", _SCHEME.sub(" ", _DOTS.sub(" ", text))).strip()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _fenced(text: str) -> str:
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"\u2068{text}\u2069"
    return text
