"""A week in twenty chats, files among them, with an outage a day on each side: what is lost, doubled, out of order or untrue.

See `tests/support/relay_week.py` for what is real in it and what is played.
"""

import sys
import tempfile
from pathlib import Path

from bench.table import Row, Table
from local.fake_provider import state
from tests.support.relay_week import Size, Verdict, Week, judged, week

_SHOWN = 20


def run(size: Size | None = None) -> list[Table]:
    size = size or Size()
    pause, state._PAUSE = state._PAUSE, 3_600.0  # noqa: SLF001  # nobody needs the played sides' files here
    try:
        with tempfile.TemporaryDirectory() as folder, week(size, Path(folder)) as played:
            played.play()
            verdict = judged(played)
            for name in ("lost", "doubled", "reordered", "untrue"):
                for each in getattr(verdict, name)[:_SHOWN]:
                    sys.stdout.write(f"{name}: {each}\n")
            return [_table(size, played, verdict), _calls(played)]
    finally:
        state._PAUSE = pause  # noqa: SLF001


def _table(size: Size, played: Week, verdict: Verdict) -> Table:
    promised = [
        Row(name, (str(len(each)),), len(each), 0)
        for name, each in (
            ("lost", verdict.lost),
            ("doubled", verdict.doubled),
            ("out of order", verdict.reordered),
            ("not in the state that is shown", verdict.untrue),
        )
    ]
    outages = f"of {size.shortest / 60:.0f} minutes to {size.longest / 3600:.0f} hours"
    return Table(
        f"{size.days} days, {size.chats} chats, an outage a day {outages} on each side",
        ("messages",),
        [
            *(Row(what, (str(count),)) for what, count in sorted(played.done.items())),
            Row("places where one should stand", (str(verdict.places),)),
            *promised,
        ],
    )


def _calls(played: Week) -> Table:
    return Table(
        "Calls, and how many were beyond a limit",
        ("calls", "429"),
        [Row(method, (str(count), str(played.refused[method]))) for method, count in sorted(played.calls.items())],
    )


if __name__ == "__main__":
    tables = run(Size(*(int(each) for each in sys.argv[1:])))
    for table in tables:
        table.show()
    if broken := [line for table in tables for line in table.broken()]:
        raise SystemExit("\n".join(broken))
