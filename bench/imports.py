"""What importing costs, package by package, as Python's own `-X importtime` counts it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.table import Row, Table

_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)
_SHOWN = 12
_LIBRARIES = re.compile(r"(slack_sdk|msal|jwt)(\.|$)")
_THEIRS = re.compile(r"chalicelib\..*(slack|teams|microsoft|jwts|oauth|colleagues|identit|outside|relay|translation)")
_OF_FILES = re.compile(r"chalicelib\.(\w+\.)*((chat_|received_|relay_|mail_)?files|pictures|downloads)$|PIL(\.|$)")


@dataclass(frozen=True, slots=True)
class Cost:
    """A top-level package: how many of its modules were imported, and the seconds they took by themselves."""

    package: str
    modules: int
    seconds: float


def costs(written: str) -> list[Cost]:
    """From what `-X importtime` wrote, the dearest first."""
    modules: Counter[str] = Counter()
    microseconds: Counter[str] = Counter()
    for took, module in _LINE.findall(written):
        package = module.partition(".")[0]
        modules[package] += 1
        microseconds[package] += int(took)
    return [Cost(name, modules[name], took / 1e6) for name, took in microseconds.most_common()]


def table(title: str, costs: Sequence[Cost]) -> Table:
    whole = sum(cost.seconds for cost in costs)
    rows = [Row(cost.package, (f"{cost.modules}", f"{cost.seconds / whole:.0%}")) for cost in costs[:_SHOWN]]
    rest = costs[_SHOWN:]
    modules, seconds = sum(cost.modules for cost in rest), sum(cost.seconds for cost in rest)
    return Table(
        title, ("modules", "share"), [*rows, Row(f"{len(rest)} others", (f"{modules}", f"{seconds / whole:.0%}"))]
    )


def providers(written: Sequence[str], at_most: float) -> Table:
    """What Slack and Microsoft add to the imports of a first answer that has nothing to do with them; of several starts."""
    results = [[(module, int(took)) for took, module in _LINE.findall(item)] for item in written]
    growth = median(
        _growth(item, lambda module: bool(_THEIRS.match(module) or _LIBRARIES.match(module))) for item in results
    )
    theirs = sum(1 for module, _ in results[0] if _THEIRS.match(module))
    libraries = sum(1 for module, _ in results[0] if _LIBRARIES.match(module))
    rows = [
        Row("modules of ours that are for them alone", (f"{theirs}", f"{growth:.1%}"), growth, at_most),
        Row("modules of slack_sdk, msal and PyJWT", (f"{libraries}", ""), libraries, 0),
    ]
    return Table(
        "What sign-in and relay with Slack and Microsoft add to a start", ("imported", "time to the rest"), rows
    )


def files(written: Sequence[str], at_most: float) -> Table:
    """What files and pictures add to the imports of a first answer that has nothing to do with them; of several starts."""
    results = [[(module, int(took)) for took, module in _LINE.findall(item)] for item in written]
    growth = median(_growth(item, lambda module: bool(_OF_FILES.match(module))) for item in results)
    count = sum(1 for module, _ in results[0] if _OF_FILES.match(module))
    row = Row("modules that are for files alone", (f"{count}", f"{growth:.1%}"), growth, at_most)
    return Table("What files add to a start", ("imported", "time to the rest"), [row])


def _growth(modules: Sequence[tuple[str, int]], is_meant: Callable[[str], bool]) -> float:
    meant = sum(took for module, took in modules if is_meant(module))
    return meant / (sum(took for _, took in modules) - meant)
