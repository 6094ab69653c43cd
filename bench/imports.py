"""What importing costs, package by package, as Python's own `-X importtime` counts it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.table import Row, Table

_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)
_SHOWN = 12


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


def table(title: str, found: Sequence[Cost]) -> Table:
    whole = sum(cost.seconds for cost in found)
    rows = [Row(cost.package, (f"{cost.modules}", f"{cost.seconds / whole:.0%}")) for cost in found[:_SHOWN]]
    rest = found[_SHOWN:]
    modules, seconds = sum(cost.modules for cost in rest), sum(cost.seconds for cost in rest)
    return Table(
        title, ("modules", "share"), [*rows, Row(f"{len(rest)} others", (f"{modules}", f"{seconds / whole:.0%}"))]
    )
