"""What must not cross over: invisible characters, links that aren't what they say, words that ping or link by themselves.

`GUARD` between two characters keeps the other side from reading them as anything but text; it is a soft hyphen, which
none of them shows. `SEAM` lets Slack see a mark inside a word. Both are taken out of whatever people type.
"""

import re
from urllib.parse import quote, urlsplit

from ..characters import INVISIBLE
from ..characters import visible as clean

GUARD, SEAM = "\u00ad", "\u200b"
SCHEMES = ("http", "https", "mailto")
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-fA-F:.]{2,45}")
_MASS = re.compile(r"@(?=(?:channel|here|everyone|group)(?![^\W_]))", re.IGNORECASE)
_LINKABLE = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2})|:(?=//)|(?<=\w)@(?=[\w-]+\.)")
_NAMED = re.compile(
    r"(?<![\w.-])(?:https?://\S+|www\.\S+|[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?!\w))", re.IGNORECASE
)


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
    kept = INVISIBLE.sub(_percent, href)
    return re.sub("[\u200c\u200d\u2028\u2029\U000e0000-\U000e007f]", _percent, kept)


def _percent(match: re.Match[str]) -> str:
    return quote(match[0], safe="", errors="replace")


def misleads(text: str, href: str) -> bool:
    """Whether a link's text reads like an address other than the one it leads to."""
    text = clean(text).strip()
    if text in (href, href.removeprefix("mailto:")) or not _NAMED.search(text):
        return False
    return not all(_is_of(match[0], href) for match in _NAMED.finditer(text))


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
    return _LINKABLE.sub(lambda match: match[0] + GUARD, text)
