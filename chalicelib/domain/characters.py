"""Which characters of what people type may stay, and whether anything of it can be seen.

Only what hides or turns text is taken out. What these tables don't know, such as next year's emoji, stays.
"""

import re
import unicodedata

_LINES = re.compile("\r\n?|[\x0b\x0c\u2028\u2029\u0085]")
"""Word processors and Excel end a line within a paragraph or a cell with U+000B."""
INVISIBLE = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0080-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d]+")
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]+")
_BLANK = "\u2800"
_VIRAMA = 9


def with_line_feeds(text: str) -> str:
    """The text with each of its lines ended by a line feed, whatever ends them."""
    return _LINES.sub("\n", text)


def visible(text: str) -> str:
    """The text without what nobody can see: overrides of direction, zero widths, controls, lone surrogates.

    Joiners stay where scripts and emoji need them, tags in flags. Lines end with a line feed.
    """
    text = INVISIBLE.sub("", with_line_feeds(text))
    text = _TAGS.sub(lambda match: match[1] or "", text)
    return _JOINERS.sub(lambda match: match[0][0] if _joins(text, *match.span()) else "", text)


def is_blank(text: str) -> bool:
    """Whether nothing of the text is to be seen: no letter, digit, sign or emoji."""
    return not any(character != _BLANK and unicodedata.category(character)[0] in "LNPSC" for character in _solid(text))


def isolated(text: str) -> str:
    """The text so that it turns nothing around it: within isolates, if any letter of it runs from right to left; once."""
    turns = not text.startswith("\u2068") and any(
        unicodedata.bidirectional(character) in ("R", "AL") for character in text
    )
    return f"\u2068{text}\u2069" if turns else text


def _solid(text: str) -> str:
    return "".join(visible(text).split())


def _joins(text: str, start: int, end: int) -> bool:
    """Joiners belong into pictographs and into scripts whose letters join; elsewhere they only hide."""
    if start == 0:
        return False
    if end < len(text) and _is_joinable(text[start - 1]) and _is_joinable(text[end]):
        return True
    return unicodedata.combining(text[start - 1]) == _VIRAMA


def _is_joinable(character: str) -> bool:
    category = unicodedata.category(character)
    return not character.isascii() and (category[0] in "LMS" or category == "Cn")
