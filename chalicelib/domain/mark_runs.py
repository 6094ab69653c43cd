"""Which marks of a paragraph open and close something, by the rules that `marks.py` states."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from . import bare_links

STRIKES = 2
"""So many `~` side by side strike through."""
_BACKSLASHES = re.compile(r"\\+")
_MARKS = re.compile(r"(?<!\\)(?:(?:\\*\*)+|(?:\\*_)+|(?:\\*~)+|\\*`+)")
_BRACKETS = re.compile(r"!(?=\[)|[\[\]]")
_LINE_START = re.compile(
    r"^[ \t]*(?:\\+(?=[-+*](?:[ \t]|$)|> |~~~|```)|[0-9]{1,9}\\+(?=[.)](?:[ \t]|$)))", re.MULTILINE
)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_NEVER_OPENED = ".,;:!?)]}"
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class MarkRun:
    """Marks of one kind side by side, backslashes among them or not: text from `start` to `end`."""

    mark: str
    start: int
    end: int
    opens: bool
    closes: bool
    is_parted: bool = False
    is_in_word: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """`runs` by the place of each of their marks; `escapable` are the places where a backslash before has a meaning; `links` those
    where something that looks like an address begins, in order.
    """

    runs: dict[int, MarkRun]
    escapable: frozenset[int]
    links: tuple[int, ...]


@lru_cache(maxsize=16)
def reading(text: str) -> Reading:
    runs = _paired_in_words(text, [_run(text, match) for match in _MARKS.finditer(text)])
    run_at = {at: run for run in runs for at in range(run.start, run.end) if text[at] == run.mark}
    first_openers = {run.mark: run.start for run in reversed(runs) if run.opens}
    last_closers = {run.mark: run.start for run in runs if run.closes}
    paired = {at for at, run in run_at.items() if _has_partner(run, first_openers, last_closers)}
    at_line_start = {match.end() for match in _LINE_START.finditer(text)}
    links = tuple(link.start for link in bare_links.links_in(text))
    return Reading(run_at, frozenset(paired | at_line_start | _linking(text)), links)


def _run(text: str, match: re.Match[str]) -> MarkRun:
    mark, (start, end) = match[0][-1], match.span()
    if mark == "`":
        return MarkRun(mark, start, end, opens=True, closes=True)
    before, after = text[start - 1] if start else " ", _first_but_backslashes(text, end)
    left = not _is_space(after) and (not _is_sign(after) or _is_space(before) or _is_sign(before))
    right = not _is_space(before) and (not _is_sign(before) or _is_space(after) or _is_sign(after))
    count, is_parted = match[0].count(mark), "\\" in match[0].lstrip("\\")
    is_text = "__" in match[0].replace("\\", "") or (mark == "~" and count != STRIKES)
    if is_text or (mark == "*" and count == 1 and "/" in (before, after)):
        return MarkRun(mark, start, end, opens=False, closes=False)
    left, right = left and after != "/", right and before != "/"
    if mark != "_" and _parts_words(before, after, count):
        return MarkRun(mark, start, end, left, right, is_parted, is_in_word=before.isalpha() and after.isalpha())
    opens = left and (not right or _is_sign(before)) and not (mark == "*" and count == 1 and after in _NEVER_OPENED)
    return MarkRun(mark, start, end, opens, right and (not left or _is_sign(after)), is_parted)


def _paired_in_words(text: str, runs: list[MarkRun]) -> list[MarkRun]:
    """Two marks inside two words are no pair: `f**k that s**t`."""
    unpaired: set[int] = set()
    in_words = [run for run in runs if run.is_in_word and not _UNSPACED.match(text[run.start - 1])]
    for first, second in pairwise(in_words):
        if _SPACE.search(text, first.end, second.start):
            unpaired |= {first.end, second.start}
    return [
        replace(run, opens=run.opens and run.end not in unpaired, closes=run.closes and run.start not in unpaired)
        for run in runs
    ]


def _first_but_backslashes(text: str, at: int) -> str:
    match = _BACKSLASHES.match(text, at)
    at = match.end() if match else at
    return text[at] if at < len(text) else " "


def _parts_words(before: str, after: str, count: int) -> bool:
    is_unspaced = _UNSPACED.match(before) or _UNSPACED.match(after)
    return bool(is_unspaced) or (count > 1 and not before.isdigit() and not after.isdigit())


def _has_partner(run: MarkRun, openers: dict[str, int], closers: dict[str, int]) -> bool:
    """Whether some run of the same mark could end what this one begins, or the reverse; one with a backslash within, itself."""
    if run.opens and run.closes and run.is_parted:
        return True
    closed = run.opens and closers.get(run.mark, -1) > run.start
    return closed or (run.closes and openers.get(run.mark, run.start) < run.start)


def _linking(text: str) -> set[int]:
    """The brackets between the first `[` and the last `](`, which may be those of links."""
    first, last = text.find("["), text.rfind("](")
    return (
        {match.start() for match in _BRACKETS.finditer(text, max(first - 1, 0), last + 1)}
        if 0 <= first < last
        else set()
    )


def _is_space(character: str) -> bool:
    return character in "\t\n\v\f\r" or unicodedata.category(character) == "Zs"


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
