"""The emoji that Slack knows, by its own names."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LIST = Path(__file__).parents[2] / "chalicelib" / "providers" / "slack" / "emoji_names.txt"
_TONED = re.compile("(?P<name>[^:]+)::skin-tone-(?P<first>[2-6])(?:-(?P<second>[2-6]))?")


@dataclass(frozen=True, slots=True)
class _Emoji:
    """`tones`: how many tones it takes at most."""

    name: str
    characters: str
    tones: int


def canonical(name: str) -> str | None:
    """The name that Slack stores, `+1` for `thumbsup`; None for what it has no emoji for, in that tone or at all."""
    bare = name.strip().strip(":")
    match = _TONED.fullmatch(bare)
    known = _known().get(match["name"] if match else bare)
    if known is None or match is None:
        return known.name if known else None
    wanted = 2 if match["second"] else 1
    return bare.replace(match["name"], known.name, 1) if wanted <= known.tones else None


def shown(name: str) -> str:
    """The character, without its tone; `:name:` for what isn't known."""
    known = _known().get(name.strip(":").partition("::")[0])
    return known.characters if known else f":{name}:"


@cache
def _known() -> dict[str, _Emoji]:
    results: dict[str, _Emoji] = {}
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            points, names, *patterns = line.split(" ")
            characters = "".join(chr(int(point, 16)) for point in points.split("-"))
            tones = 2 if "U" in "".join(patterns) else len(patterns)
            emoji = _Emoji(names.split(",")[0], characters, tones)
            results |= dict.fromkeys(names.split(","), emoji)
    return results
