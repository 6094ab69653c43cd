"""What translating takes and gives."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, repeat
from urllib.parse import unquote

from ..characters import visible as clean
from ..mentions import names_called
from .notation import Run
from .safety import encoded, is_address, misleads

LONGEST_READ = 100_000
"""Characters of a text from outside that are looked at. Slack lets a message have 40,000, Teams fewer."""
_INVISIBLE = "Invisible characters were left out."
_MISLEADING = "A link's text looked like another address, so the true address is shown beside it."
_NO_LINK = "A link that leads to neither a web page nor a mail address is shown as text."


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody a message mentions; `user_id` is theirs on the platform, empty if they aren't there."""

    account_id: str
    name: str
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention as Teams describes it: the text it stands for (`<at>Ada</at>`), who it is there, their name here.

    Without a name it is left out of the text, as that of the app itself should be; None is somebody unknown here.
    """

    text: str
    user_id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Translated:
    """`lost` says in sentences what couldn't be shown; `mentioned` are the platform's ids of those truly mentioned."""

    text: str
    lost: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


@dataclass(slots=True)
class Notes:
    """What a translation collects on its way."""

    lost: list[str] = field(default_factory=list)
    mentioned: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.lost.append(sentence)

    def translated(self, text: str) -> Translated:
        return Translated(text, tuple(dict.fromkeys(self.lost)), tuple(dict.fromkeys(self.mentioned)))


def users(mentions: Sequence[Reached], text: str, notes: Notes) -> dict[str, Iterator[str]]:
    """The ids over there by name, one for each time that the name stands in the text.

    A name of two people means them in the order of `mentions`; where it stands more or less often than that, neither.
    """
    meant: dict[str, list[Reached]] = {}
    for reached in mentions:
        meant.setdefault(reached.name.casefold(), []).append(reached)
    often = Counter(names_called(text, meant))
    results: dict[str, Iterator[str]] = {}
    for name, people in meant.items():
        if len({person.account_id for person in people}) == 1:
            results[people[0].name] = repeat(people[0].user_id)
        elif often[name] == len(people):
            results[people[0].name] = iter([person.user_id for person in people])
        else:
            notes.add(f"Several people are called {people[0].name}, so the mention notifies nobody.")
    return results


def safe(line: Iterable[Run], notes: Notes) -> Iterator[Run]:
    """The line without what nobody can see, and with links that say where they lead."""
    for href, group in groupby((_clean(run, notes) for run in line), key=lambda run: run.href):
        runs = list(group)
        yield from _linked(runs, href, notes) if href else runs


def _clean(run: Run, notes: Notes) -> Run:
    text = clean(run.text)
    if text != run.text:
        notes.add(_INVISIBLE)
    return replace(run, text=text.replace("\n", " "), href=encoded(run.href))


def _linked(runs: list[Run], href: str, notes: Notes) -> Iterable[Run]:
    label = "".join(run.text for run in runs)
    unlinked = [replace(run, href="") for run in runs]
    if href.startswith("tel:"):
        return [*unlinked, *_number(label, href)]
    if not is_address(href):
        notes.add(_NO_LINK)
        return unlinked
    if encoded(label) == href:
        return [replace(runs[0], text=label, code=False, href=href)] if len(runs) > 1 else runs
    if not label.strip() or not misleads(label, href):
        return runs
    notes.add(_MISLEADING)
    return [*unlinked, Run(" ("), Run(href.removeprefix("mailto:"), href=href), Run(")")]


def _number(label: str, href: str) -> Iterator[Run]:
    """A telephone number is text here; it stands behind words that don't say it."""
    number = unquote(href.removeprefix("tel:").partition(";")[0])
    if re.sub(r"\D", "", number) not in re.sub(r"\D", "", label):
        yield Run(f" ({number})" if label.strip() else number)


def within(text: str, fits: Callable[[str], bool], write: Callable[[str], Translated], too_long: str) -> Translated:
    """The translation, of a shorter text if it would become too long over there."""
    translated, keep = write(text), len(text)
    while keep and not fits(translated.text):
        keep = keep * 3 // 4
        translated = write(text[:keep])
        translated = replace(translated, lost=(*translated.lost, too_long))
    return translated
