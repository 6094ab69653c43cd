"""What Lighthouse says of the page that strangers see first, and of the chat: the points that are missing to 100."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import npm
from bench.table import Row, Table
from tests.support.browsers import Room, room, token
from tests.support.system import System, running
from tests.support.working_day import choose_picture

RUNS, MOST_MISSING = 3, 5
PINNED = Path(__file__).parent / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
WAYS = {"phone": (), "desktop": ("--preset=desktop",)}
_INVITED = "ida@lighthouse.example"


def run() -> Iterator[Table]:
    """Medians of runs on the whole system, as `make run` starts it."""
    if not npm.is_there():
        sys.exit("Lighthouse comes from npm. Install Node.js 20 or later.")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as system:
        room = _filled(system)
        pages = {
            "joining": (f"/join/{token(system, _INVITED)}", ""),
            "chat": (room.path, room.owner.token),
        }
        rows = []
        for name, (path, session) in pages.items():
            for way, options in WAYS.items():
                scores = [_scores(f"{system.app}{path}", session, options, Path(folder)) for _ in range(RUNS)]
                rows += [
                    _row(f"{name}, {way}: {category}", [score[category] for score in scores]) for category in CATEGORIES
                ]
    yield Table("Lighthouse, points of 100", ("median", "runs"), rows)


def _filled(system: System) -> Room:
    own_room = room(system, "Spring launch", {"dana@lighthouse.example": "Dana Smith"}, (_INVITED,))
    for person in (own_room.owner, *own_room.guests):
        choose_picture(system, person, 256)
    for number in range(20):
        own_room.write(f"Question {number}: is the **poster** ready?", by=own_room.owner)
        own_room.write(f"Answer {number}: [look here](https://example.org/{number}).", by=own_room.guests[0])
    return own_room


def _row(name: str, scores: Sequence[int]) -> Row:
    median = statistics.median(scores)
    return Row(name, (f"{median:.0f}", " ".join(map(str, scores))), 100 - median, MOST_MISSING)


def _scores(url: str, session: str, options: Sequence[str], folder: Path) -> dict[str, int]:
    report = folder / "report.json"
    command = [
        str(npm.installed(PINNED) / "node_modules" / ".bin" / "lighthouse"),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        *options,
    ]
    if session:
        command.append(f"--extra-headers={json.dumps({'Cookie': f'session={session}'})}")
    chromium = {"CHROME_PATH": shutil.which("chromium") or ""}
    subprocess.run(command, check=True, env={**os.environ, **chromium}, timeout=180)
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CATEGORIES}
