"""Slack's names of emoji, from the package `emoji-datasource`, whose names are Slack's own.

npm pack emoji-datasource@16.0.0
python -m cloud.emoji_names emoji-datasource-16.0.0.tgz
"""

import json
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).parent.parent / "chalicelib" / "providers" / "slack" / "emoji_names.txt"
_TONES = ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF")
_HEAD = """\
# Slack's names of emoji: code points, names (Slack's own first), and how tones are put into it: T the first, U the second.
# Written by `python -m cloud.emoji_names` from the npm package {package}, (c) Cal Henderson, MIT licence.
"""


def table(records: Sequence[Mapping[str, Any]], package: str) -> str:
    """`records` are those of the package's `emoji.json`. Raises ValueError where tones don't follow one pattern."""
    return _HEAD.format(package=package) + "".join(f"{' '.join(_fields(record))}\n" for record in records)


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    names = [record["short_name"], *(name for name in record["short_names"] if name != record["short_name"])]
    yield record["unified"]
    yield ",".join(names)
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
    _TABLE.write_text(table(records, f"{about['name']}@{about['version']}"), encoding="utf-8")


def _content(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise ValueError(f"{name} isn't in the package")
    return member.read()


if __name__ == "__main__":
    main(sys.argv[1])
