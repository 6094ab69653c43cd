"""`BENCH_AGAINST=<commit> python -m bench against`: cold starts of `api` as packaged now and as packaged at a commit, in turns.

For whoever wants to know what a change costs: both are made by their own packaging, and start on the same machine against the
same table, one after the other. With two commits, `<before> <after>`, these are held against each other.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from statistics import median

from bench import builds, coldstart
from bench.embedded_table import table_in_embedded_aws
from bench.runtime import FirstAnswer, Function
from bench.table import Row, Table
from cloud.package import ROOT

AT_MOST = 1.03
"""Of the time at the other commit, for all of these starts together: one alone is within a busy machine's noise."""
_COMMITS = os.environ.get("BENCH_AGAINST", "HEAD").split()
_HANDLER = "app.app"


def run() -> Iterator[Table]:
    before, *others = (_at(commit) for commit in _COMMITS)
    now, client = others[0] if others else builds.ours(), builds.runtime()
    with table_in_embedded_aws() as environment:
        functions = [Function(_HANDLER, (build.folder, client), environment) for build in (now, before)]
        answers = [coldstart.in_turns(functions, probe) for probe in coldstart.PROBES]
    rows = [_row(probe.name, [turns]) for probe, turns in zip(coldstart.PROBES, answers, strict=True)]
    rows.append(replace(_row("all of them", answers), at_most=AT_MOST))
    title = f"Cold start of api, medians of {coldstart.ROUNDS} in turns"
    yield Table(title, ("time, after / before", "CPU time"), rows)
    sizes = tuple(f"{build.zip.stat().st_size // 1000:,}" for build in (before, now))
    yield Table("What is shipped, kB", ("before", "after"), [Row("Zip", sizes)])


def _row(name: str, answers: list[list[list[FirstAnswer]]]) -> Row:
    """Of each in turns, now and before. Judged by processor time: what else the machine does isn't in it."""
    time, cpu = (
        sum(median(map(figure, now)) for now, _ in answers) / sum(median(map(figure, before)) for _, before in answers)
        for figure in (attrgetter("seconds"), attrgetter("cpu_seconds"))
    )
    return Row(name, (f"{time:.3f}", f"{cpu:.3f}"), cpu)


def _at(commit: str) -> builds.Build:
    """As that commit packages itself, in a work tree of its own."""
    sha = subprocess.run(
        ["git", "rev-parse", "--verify", f"{commit}^{{commit}}"], check=True, cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    tree = builds.WORK / f"at-{sha[:12]}"
    if not tree.exists():
        subprocess.run(
            ["git", "worktree", "add", "--detach", str(tree), sha], check=True, cwd=ROOT, capture_output=True
        )
    make = "from bench.builds import ours; print(ours().zip)"
    made = subprocess.run([sys.executable, "-c", make], check=True, cwd=tree, capture_output=True, text=True)
    return builds.unpacked(f"packaged-{sha[:12]}", Path(made.stdout.strip().splitlines()[-1]))
