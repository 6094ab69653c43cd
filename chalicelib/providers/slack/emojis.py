"""Emoji by Slack's own names, and back. `emoji_names.txt` has them all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...domain.emojis import is_custom, normal

_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_TONE = re.compile(f"[{_TONES}]")
_NAME = re.compile(r"([\w+'’&.-]{1,100})((?:::skin-tone-[2-6](?:-[2-6])?){0,2})")
_OLD = {"simple_smile": "slightly_smiling_face"}
"""Names that Slack still takes, and its table doesn't have."""


@dataclass(frozen=True, slots=True)
class _Named:
    """`toned` are patterns in which T and U stand for tones; a pattern with both has two people."""

    emoji: str
    toned: tuple[str, ...]

    def with_tones(self, first: str, second: str) -> str:
        """Empty where this emoji has no such tones. Where it takes two, one alone is both people's."""
        for pattern in self.toned:
            if ("U" in pattern) == (first != second):
                return pattern.replace("T", first).replace("U", second)
        pair = next((pattern for pattern in self.toned if "U" in pattern), "") if first == second else ""
        return pair.replace("T", first).replace("U", second)


def reaction_from_slack(name: str) -> str | None:
    """The emoji of a name such as `+1::skin-tone-3`, in its normal form; None for custom ones.

    Two tones are written `::skin-tone-2-3`, and by some clients `::skin-tone-2::skin-tone-3`.
    """
    match = _NAME.fullmatch(name.strip(":"))
    named = _by_name().get(_OLD.get(match[1].lower(), match[1].lower())) if match else None
    if not match or not named:
        return None
    tones = [_TONES[int(number) - 2] for number in re.findall("[2-6]", match[2])]
    toned = named.with_tones(tones[0], tones[1] if len(tones) > 1 else tones[0]) if tones else ""
    return normal(toned or named.emoji) or None


def slack_reaction(name: str) -> str:
    """What a reaction in Slack is here: an emoji, or `:name:` for a workspace's own; empty for what is no name."""
    custom = f":{name.strip(':')}:"
    return reaction_from_slack(name) or (custom if is_custom(custom) else "")


def reaction_to_slack(emoji: str) -> str | None:
    """The name by which Slack knows an emoji; without its tones where it has none with them."""
    return _names().get(_bare(emoji)) or _names().get(_bare(_TONE.sub("", emoji)))


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")


@cache
def _by_name() -> dict[str, _Named]:
    return {name: named for names, named in _table() for name in names}


@cache
def _names() -> dict[str, str]:
    """Slack's name of each emoji, in each tone."""
    results: dict[str, str] = {}
    for names, named in _table():
        results[_bare(named.emoji)] = names[0]
        for number, first in enumerate(_TONES if named.toned else "", 2):
            for other, second in enumerate(_TONES, 2):
                suffix = f"{number}" if first == second else f"{number}-{other}"
                if toned := named.with_tones(first, second):
                    results[_bare(toned)] = f"{names[0]}::skin-tone-{suffix}"
    return results


def _table() -> Iterator[tuple[list[str], _Named]]:
    for line in (Path(__file__).parent / "emoji_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            points, names, *toned = line.split(" ")
            yield names.split(","), _Named(_characters(points), tuple(map(_characters, toned)))


def _characters(points: str) -> str:
    """`1F44B-T` is 👋 and the letter T."""
    return "".join(point if point in ("T", "U") else chr(int(point, 16)) for point in points.split("-"))
