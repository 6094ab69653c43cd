"""Answers as people's mail programs write them, made here after their formats; beside each what is new in it."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from chalicelib.domain.mail_text import newly_written
from chalicelib.gateways import incoming_mail

CORPUS = Path(__file__).parent / "corpus"


class Judgement(StrEnum):
    RIGHT = "right"
    TOO_MUCH = "kept too much"
    LOST = "lost"


def judged() -> Iterator[tuple[str, Judgement]]:
    """Each mail by its name, and how what was found compares with what is new in it."""
    for path in sorted(CORPUS.glob("*.eml")):
        existing = newly_written(incoming_mail.read(path.read_bytes()).text)
        yield path.stem, judge(existing, path.with_suffix(".txt").read_text().strip())


def judge(existing: str, wanted: str) -> Judgement:
    """Lost is whatever line of what is new isn't there any more."""
    if existing == wanted:
        return Judgement.RIGHT
    lines = {line.strip() for line in existing.split("\n")}
    is_whole = all(line.strip() in lines for line in wanted.split("\n") if line.strip())
    return Judgement.TOO_MUCH if is_whole else Judgement.LOST
