"""A provider, a mail, a live event and a kind of due work are each added by a module of their own and a line in a registry.

The system is copied, the addition put into it, and a scenario played there through all layers.
"""

import filecmp
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDITIONS = Path(__file__).parent / "additions"


@dataclass(frozen=True)
class Addition:
    """`modules`: what is new, by its place below chalicelib. `lines`: (registry, the line above, what is put in below it)."""

    name: str
    modules: dict[str, str]
    lines: tuple[tuple[str, str, str], ...]


PIGEON = """    ProviderNames(
        provider=Provider.PIGEON,
        via=Via.PIGEON,
        option=Option.PIGEON,
        company="Pigeon",
        application="Pigeon Post",
        short="Pigeon",
        joining=sentence("Tie a letter to a leg"),
    ),
"""
EACH = (
    Addition(
        "provider",
        {"specification.py": "providers/pigeon/specification.py"},
        (
            ("domain/providers.py", '    MICROSOFT = "microsoft"\n', '    PIGEON = "pigeon"\n'),
            ("domain/providers.py", '    WEBTOP = "webtop"\n', '    PIGEON = "pigeon"\n'),
            ("domain/providers.py", '    NEW_ACCOUNT = "new_account"\n', '    PIGEON = "pigeon"\n'),
            ("domain/providers.py", "PROVIDERS = (\n", PIGEON),
        ),
    ),
    Addition(
        "mail",
        {
            "anniversary_mails.py": "usecases/anniversary_mails.py",
            **{part: f"templating/mail/anniversary/{part}" for part in ("subject.txt", "body.txt", "body.html")},
        },
        (
            ("domain/notifications.py", '    MISSED = "missed"\n', '    ANNIVERSARY = "anniversary"\n'),
            (
                "usecases/notification_mails.py",
                "from .account_mails import address_changed, code, leaving, new_address, with_link\n",
                "from .anniversary_mails import anniversary\n",
            ),
            (
                "usecases/notification_mails.py",
                "    NotificationKind.MISSED: missed,\n",
                "    NotificationKind.ANNIVERSARY: anniversary,\n",
            ),
        ),
    ),
    Addition(
        "live_event",
        {"waves.py": "schemas/waves.py"},
        (
            ("schemas/events.py", "from .live_event import LiveEvent\n", "from .waves import WAVED\n"),
            ("schemas/events.py", "KINDS = (*chat_events.KINDS,", " WAVED"),
        ),
    ),
    Addition(
        "due_work",
        {"birthdays.py": "usecases/birthdays.py"},
        (
            ("domain/schedule.py", '    COMPARE = "compare"\n', '    BIRTHDAY = "birthday"\n'),
            ("usecases/due_work.py", "from ..ports import Ports\n", "from .birthdays import congratulate\n"),
            (
                "usecases/due_work.py",
                "    TaskKind.MISSED: missed,\n",
                "    TaskKind.BIRTHDAY: congratulate,\n",
            ),
        ),
    ),
)


@pytest.mark.parametrize("addition", EACH, ids=[addition.name for addition in EACH])
def test_an_addition_works_through_all_layers_and_touches_its_module_and_the_registry(
    tmp_path: Path, addition: Addition
) -> None:
    grown = grow(tmp_path, addition)
    scenario = grown / "scenarios" / f"test_{addition.name}.py"
    scenario.parent.mkdir()
    scenario.write_text((ADDITIONS / addition.name / "scenario.py.txt").read_text())
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    played = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(scenario)],
        cwd=grown,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-4000:] + played.stderr[-2000:]
    assert changed(grown) == {registry for registry, _, _ in addition.lines}


def grow(folder: Path, addition: Addition) -> Path:
    """A copy of the system with the addition in it; what it isn't in stands there as it is."""
    for path in ROOT.iterdir():
        if path.name != "chalicelib" and not path.name.startswith((".git", ".venv", ".local", "build")):
            (folder / path.name).symlink_to(path)
    shipped = shutil.copytree(
        ROOT / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__", "compiled")
    )
    for source, place in addition.modules.items():
        (shipped / place).parent.mkdir(exist_ok=True)
        kept = ADDITIONS / addition.name / source
        shutil.copy(kept if kept.exists() else kept.with_name(f"{source}.txt"), shipped / place)
    for registry, above, line in addition.lines:
        text = (shipped / registry).read_text()
        assert text.count(above) == 1, f"{registry}: {above}"
        (shipped / registry).write_text(text.replace(above, above + line))
    return folder


def changed(grown: Path) -> set[str]:
    """Which of the modules that were there aren't as they were."""
    here, copied = ROOT / "chalicelib", grown / "chalicelib"
    names = [str(path.relative_to(here)) for path in here.rglob("*") if path.suffix in (".py", ".html", ".txt", ".js")]
    _, differing, missing = filecmp.cmpfiles(here, copied, names, shallow=False)
    return set(differing) | {name for name in missing if "compiled" not in name}
