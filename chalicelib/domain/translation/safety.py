"""What must not cross over: invisible characters, links that aren't what they say, words that ping or link by themselves.

`GUARD` between two characters keeps the other side from reading them as anything but text; it is a soft hyphen, which
none of them shows. `SEAM` lets Slack see a mark inside a word. Both are taken out of whatever people type.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

GUARD, SEAM = "\u00ad", "\u200b"
SCHEMES = ("http", "https", "mailto")
_LINES = re.compile("\r\n?|[\u2028\u2029\u0085]")
_INVISIBLE = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0080-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d]+")
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]+")
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-fA-F:.]{2,45}")
_MASS = re.compile(r"@(?=(?:channel|here|everyone|group)(?![^\W_]))", re.IGNORECASE)
_LINKABLE = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2})|:(?=//)|(?<=\w)@(?=[\w-]+\.)")
_NAMED = re.compile(
    r"(?<![\w.-])(?:https?://\S+|www\.\S+|[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?!\w))", re.IGNORECASE
)


def clean(text: str) -> str:
    """The text without what nobody can see: overrides of direction, zero widths, controls, lone surrogates."""
    text = _INVISIBLE.sub("", _LINES.sub("\n", text))
    text = _TAGS.sub(lambda found: found[1] or "", text)
    return _JOINERS.sub(lambda found: found[0][0] if _joins(text, *found.span()) else "", text)


def _joins(text: str, start: int, end: int) -> bool:
    """Joiners belong into pictographs and into scripts whose letters join; elsewhere they only hide."""
    return start > 0 and end < len(text) and all(_is_joinable(text[at]) for at in (start - 1, end))


def _is_joinable(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character)[0] in "LMS"


def is_address(href: str) -> bool:
    """Whether this is a link that may be shown as one."""
    try:
        parts = urlsplit(href)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or re.search(r"[\s\0-\x1f]", href):
        return False
    return bool(parts.path if parts.scheme == "mailto" else _HOST.fullmatch(host) and port != 0)


def encoded(href: str) -> str:
    """The address with everything that could end it, or hide in it, written as %XX."""
    return re.sub(r'[\s<>"|`\\^{}\0-\x1f\x7f-\x9f]', _percent, _hidden(href))


def _hidden(href: str) -> str:
    kept = _INVISIBLE.sub(_percent, href)
    return re.sub("[\u200c\u200d\u2028\u2029\U000e0000-\U000e007f]", _percent, kept)


def _percent(found: re.Match[str]) -> str:
    return quote(found[0], safe="", errors="replace")


def misleads(text: str, href: str) -> bool:
    """Whether a link's text reads like an address other than the one it leads to."""
    text = clean(text).strip()
    if text in (href, href.removeprefix("mailto:")) or not _NAMED.search(text):
        return False
    return not all(_is_of(found[0], href) for found in _NAMED.finditer(text))


def _is_of(named: str, href: str) -> bool:
    try:
        host = urlsplit(href).hostname or href.rpartition("@")[2]
        claimed = urlsplit(named if "://" in named else f"https://{named}").hostname or ""
    except ValueError:
        return False
    return bool(host) and host.removeprefix("www.") == claimed.lower().removeprefix("www.")


def unpinged(text: str) -> str:
    """No word that would call everybody."""
    return _MASS.sub(f"@{GUARD}", text)


def unlinked(text: str) -> str:
    """Nothing that the other side would make a link of by itself."""
    return _LINKABLE.sub(lambda found: found[0] + GUARD, text)
