"""Addresses in a text that are links by themselves: of the web, with or without `https://`, and of mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .translation.safety import encoded, is_address

_STOPS = ".,;:!?'*_~»«›‹”“’‘…"
_WIDE_STOPS = "。，、；：！？「」『』（）【】《》\u3000"
_REST = rf"[^\s<>\"`\\{_WIDE_STOPS}]+"
_WEB = rf"(?<![A-Za-z0-9])https?://[\w.@:%+-]+(?:[/?#](?:{_REST})?)?"
_HOST = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
_WWW = rf"(?<![\w.@/:-])www\.{_HOST}(?::[0-9]{{1,5}})?(?:[/?#](?:{_REST})?)?"
_LOCAL_PART = r"(?<![A-Za-z0-9\u00c0-\u024f.%+@-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_-])?"
_MAIL = rf"{_LOCAL_PART}@(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,8}}[A-Za-z]{{2,24}}(?![\w@-])"
_LINK = re.compile(f"(?:(?P<web>{_WEB})|(?P<www>{_WWW})|(?P<mail>{_MAIL}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BareLink:
    """Where it begins, what is shown, and where it leads."""

    start: int
    text: str
    href: str


def links_in(text: str) -> Iterator[BareLink]:
    """Without the punctuation that follows them."""
    for match in _LINK.finditer(text):
        if link := _link(match):
            yield link


def link_at(text: str, start: int, end: int) -> BareLink | None:
    """The one that begins at `start`, and has ended by `end`."""
    match = _LINK.match(text, start, end)
    return _link(match) if match else None


def href_of(text: str) -> str:
    """Where a text leads that is nothing but such an address; empty if it isn't."""
    link = link_at(text, 0, len(text))
    return link.href if link and link.text == text else ""


def _link(match: re.Match[str]) -> BareLink | None:
    scheme = "mailto:" if match["mail"] else "https://" if match["www"] else ""
    text = match[0] if match["mail"] else _ended(match[0], match.string[: match.start()])
    href = scheme + text
    return BareLink(match.start(), text, href) if is_address(encoded(href)) else None


def _ended(address: str, before: str) -> str:
    """Without punctuation that belongs to the sentence; a mark belongs to it if one like it stands before the address."""
    while address:
        last = address[-1]
        is_mark, closes = last in "*_~", {")": "(", "]": "["}.get(last)
        unpaired = closes and address.count(closes) < address.count(last)
        if not unpaired and (last not in _STOPS or (is_mark and last not in before)):
            break
        address = address[:-1]
    return address
