"""Cold start: from starting the process to the API handler's first answer, as packaged and as `chalice package` has it.

Both run the same source under AWS's own runtime client, in turns, against one embedded DynamoDB.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from bench import builds, events, imports
from bench.builds import Build
from bench.embedded_table import table_in_embedded_aws
from bench.runtime import Failed, FirstAnswer, Function, first_answer
from bench.table import Row, Table

AT_MOST = 0.5
"""Of stock's time, for every route."""

SLACKS_PATIENCE = 3.0
"""Seconds in which Slack wants its events answered."""

GROWTH = 0.1
"""Of the other imports, for Slack and Microsoft together."""

GROWTH_BY_FILES = 0.03
"""Of the other imports."""

PROVIDERS = {
    "SLACK_CLIENT_ID": "1.1",
    "SLACK_CLIENT_SECRET": "secret",
    "SLACK_SIGNING_SECRET": "secret",
    "MICROSOFT_CLIENT_ID": "00000000-0000-0000-0000-000000000001",
    "MICROSOFT_CLIENT_SECRET": "secret",
    "TEAMS_APP_ID": "00000000-0000-0000-0000-000000000002",
    "TEAMS_BOT_ID": "00000000-0000-0000-0000-000000000003",
    "TEAMS_BOT_SECRET": "secret",
}

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "11"))
_HANDLER = "app.app"


@dataclass(frozen=True, slots=True)
class Probe:
    """A first request, and the status that shows it got where it should."""

    name: str
    event: Mapping[str, Any]
    status: int


_TOKEN = events.GARBAGE_TOKEN
PROBES = (
    Probe("GET /api/v1/health, no read", events.get("/api/v1/health", "/api/v1/health"), 200),
    Probe(
        "GET /api/v1/me, one read",
        events.get("/api/v1/me", "/api/v1/me", {"authorization": "Bearer nobody"}),
        401,
    ),
    Probe(
        "GET /api/v1/join/{token}, one read",
        events.get(f"/api/v1/join/{_TOKEN}", "/api/v1/join/{token}", token=_TOKEN),
        404,
    ),
    Probe("GET /join/{token}, one read, a page", events.get(f"/join/{_TOKEN}", "/join/{token}", token=_TOKEN), 404),
)


def run() -> Iterator[Table]:
    packaged, stock, client = builds.ours(), builds.stock(), builds.runtime()
    with table_in_embedded_aws() as environment:
        functions = [Function(_HANDLER, (build.folder, client), environment) for build in (packaged, stock)]
        bare = Function("bare.handler", (client,), environment)
        yield _times([*functions, bare])
        yield _slacks(functions[0])
        first = [first_answer(function, PROBES[1].event, ("-X", "importtime")) for function in functions]
        configured = replace(functions[0], environment={**environment, **PROVIDERS})
        starts = [first_answer(configured, PROBES[3].event, ("-X", "importtime")).stderr for _ in range(ROUNDS)]
    yield imports.providers(starts, GROWTH)
    yield imports.files(starts, GROWTH_BY_FILES)
    costs = [imports.costs(answer.stderr) for answer in first]
    yield _sizes(packaged, stock, [sum(cost.modules for cost in side) for side in costs])
    yield imports.table("Where the packaged start goes: imports", costs[0])


def _times(functions: Sequence[Function]) -> Table:
    rows = []
    for probe in PROBES:
        packaged, stock, bare = in_turns(functions, probe)
        of_time = _ratio(packaged, stock, lambda answer: answer.seconds)
        of_cpu = _ratio(packaged, stock, lambda answer: answer.cpu_seconds)
        to_bare = [_ratio(side, bare, lambda answer: answer.seconds) for side in (packaged, stock)]
        cells = (f"{of_time:.2f}", f"{of_cpu:.2f}", *(f"{figure:.0f}" for figure in to_bare))
        rows.append(Row(probe.name, cells, of_time, AT_MOST))
    columns = ("packaged / stock", "the same in CPU time", "packaged / empty handler", "stock / empty handler")
    return Table(f"Process start to first answer, medians of {ROUNDS} in turns", columns, rows)


def _slacks(function: Function) -> Table:
    """Slack gives up after three seconds. The event is verified, and is in the queue when it is answered."""
    answers = [first_answer(function, events.from_slack()) for _ in range(ROUNDS + 1)][1:]
    if wrong := [answer.body for answer in answers if answer.body["statusCode"] != 200]:
        raise Failed(f"POST /slack/events answered {wrong[0]}")
    seconds = [answer.seconds for answer in answers]
    cells = (f"{median(seconds):.2f}", f"{max(seconds):.2f}")
    row = Row("POST /slack/events, one message into the queue", cells, max(seconds), SLACKS_PATIENCE)
    return Table(f"Process start to Slack's answer, in seconds, of {ROUNDS}", ("median", "slowest"), [row])


def _ratio(above: Sequence[FirstAnswer], below: Sequence[FirstAnswer], figure: Callable[[FirstAnswer], float]) -> float:
    return median(map(figure, above)) / median(map(figure, below))


def in_turns(functions: Sequence[Function], probe: Probe) -> list[list[FirstAnswer]]:
    """Each function's first answers; one start of each before it counts, to warm the machine's disk cache."""
    answers: list[list[FirstAnswer]] = [[] for _ in functions]
    for round_ in range(ROUNDS + 1):
        for function, mine in zip(functions, answers, strict=True):
            answer = first_answer(function, probe.event)
            if function.handler == _HANDLER and answer.body["statusCode"] != probe.status:
                raise Failed(f"{probe.name} answered {answer.body}")
            if round_:
                mine.append(answer)
    return answers


def _sizes(packaged: Build, stock: Build, modules: Sequence[int]) -> Table:
    rows = [
        _size("Zip, kB", packaged.zip.stat().st_size // 1000, stock.zip.stat().st_size // 1000),
        _size("Unpacked, kB", _bytes(packaged.folder) // 1000, _bytes(stock.folder) // 1000),
        _size("Files", len(_files(packaged.folder)), len(_files(stock.folder))),
        _size("Modules imported for GET /api/v1/me", *modules),
    ]
    return Table("What is shipped", ("packaged", "stock", "ratio"), rows)


def _size(name: str, packaged: int, stock: int) -> Row:
    return Row(name, (f"{packaged:,}", f"{stock:,}", f"{packaged / stock:.2f}"))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
