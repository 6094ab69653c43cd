"""Slack's names of emoji, from the package `emoji-datasource`, whose names are Slack's own: for the relay a table of all with their
tones, for the pages a script of all by groups, as they are chosen from.

npm pack emoji-datasource@16.0.0
python -m cloud.emoji_names emoji-datasource-16.0.0.tgz
"""

import json
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent.parent / "chalicelib"
_TABLE = _PACKAGE / "providers" / "slack" / "emoji_names.txt"
_SCRIPT = _PACKAGE / "web" / "static" / "emoji_table.js"
_GROUPS = {
    "smileys": "Smileys & Emotion",
    "people": "People & Body",
    "nature": "Animals & Nature",
    "food": "Food & Drink",
    "travel": "Travel & Places",
    "activities": "Activities",
    "objects": "Objects",
    "symbols": "Symbols",
    "flags": "Flags",
}
_TONES = ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF")
_HEAD = """\
# Slack's names of emoji: code points, names (Slack's own first), and how tones are put into it: T the first, U the second.
# Written by `python -m cloud.emoji_names` from the npm package {package}, (c) Cal Henderson, MIT licence.
"""


def table(records: Sequence[Mapping[str, Any]], package: str) -> str:
    """`records` are those of the package's `emoji.json`. Raises ValueError where tones don't follow one pattern."""
    return _HEAD.format(package=package) + "".join(f"{' '.join(_fields(record))}\n" for record in records)


_SCRIPT_HEAD = """\
// Emoji by groups, each with Slack's names of it: "👍 +1,thumbsup|👎 -1,thumbsdown|…". Loaded when somebody asks for emoji.
// Written by `python -m cloud.emoji_names` from the npm package {package}, (c) Cal Henderson, MIT licence.

/** @type {{Record<string, string>}} */
export const EMOJI_GROUPS = {{
"""


def script(records: Sequence[Mapping[str, Any]], package: str) -> str:
    """The groups in the order in which keyboards show them."""
    lines = (f"  {group}: '{_group(records, category)}',\n" for group, category in _GROUPS.items())
    return _SCRIPT_HEAD.format(package=package) + "".join(lines) + "};\n"


def _group(records: Sequence[Mapping[str, Any]], category: str) -> str:
    own = sorted((each for each in records if each["category"] == category), key=lambda each: int(each["sort_order"]))
    return "|".join(f"{_characters(each['unified'])} {','.join(_names(each))}" for each in own).replace("'", "\\'")


def _characters(points: str) -> str:
    return "".join(chr(int(point, 16)) for point in points.split("-"))


def _names(record: Mapping[str, Any]) -> list[str]:
    return [record["short_name"], *(name for name in record["short_names"] if name != record["short_name"])]


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    yield record["unified"]
    yield ",".join(_names(record))
    yield from sorted({_pattern(key, toned["unified"]) for key, toned in record.get("skin_variations", {}).items()})


def _pattern(key: str, unified: str) -> str:
    """`1F44B-1F3FB`, with the key `1F3FB`, is `1F44B-T`."""
    points, wanted = unified.split("-"), key.split("-")
    tones = [point for point in points if point in _TONES]
    if tones != wanted and set(tones) != set(wanted):
        raise ValueError(f"{unified} isn't what {key} says")
    letters = iter("TU")
    return "-".join(("T" if len(wanted) == 1 else next(letters)) if point in _TONES else point for point in points)


def main(archive: str) -> None:
    with tarfile.open(archive) as package:
        about, records = (json.loads(_content(package, name)) for name in ("package.json", "emoji.json"))
    name = f"{about['name']}@{about['version']}"
    _TABLE.write_text(table(records, name), encoding="utf-8")
    _SCRIPT.write_text(script(records, name), encoding="utf-8")


def _content(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise ValueError(f"{name} isn't in the package")
    return member.read()


if __name__ == "__main__":
    main(sys.argv[1])
