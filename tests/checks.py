"""The checks, part by part: `check` at the desk, `test` as CI runs it, `long` with everything the large tests have.

What needs one core runs beside the tests and is printed whole once these are done. At the end stands what each part took,
in seconds by the clock and in seconds of CPU, and the closing line of each run of pytest. Any failure fails the whole.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

BIN = Path(sys.executable).parent
CORES = os.cpu_count() or 2
WORKERS, SYSTEMS = max(2, min(CORES, 8)), max(2, min(CORES // 2, 4))
SYSTEM = "browser or embedded"
AGAIN = ("--reruns=1", "-rR", "--rerun-show-tracebacks")
"""A test with a browser and a whole system in it that fails is played once more, on a system of its own (`support/replay.py`).
The closing line counts it: whoever sees `1 rerun` there has a race to look for, and finds above it how the first run failed."""
NO_TESTS = 5
"""How pytest ends where the paths that were given hold no test of this part."""


@dataclass
class Part:
    """One command. `took` and `cpu` are seconds, with those of every process that it started and waited for.

    `fine` are the codes with which it may end; the last line of one that `closes` is said again at the very end.
    """

    name: str
    command: Sequence[str | Path]
    fine: tuple[int, ...] = (0,)
    closes: bool = False
    code: int | None = None
    took: float = 0
    cpu: float = 0
    tail: bytes = field(default=b"", repr=False)

    def run(self, out: IO[bytes], env: dict[str, str]) -> None:
        begun = time.monotonic()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        assert process.stdout
        while piece := os.read(process.stdout.fileno(), 65536):
            out.write(piece)
            out.flush()
            self.tail = (self.tail + piece)[-4000:]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        self.took, self.cpu = time.monotonic() - begun, used.ru_utime + used.ru_stime

    @property
    def failed(self) -> bool:
        return self.code not in self.fine

    @property
    def closing(self) -> str:
        """The last line that it printed."""
        lines = [line for line in self.tail.decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else ""


def still() -> list[Part]:
    """What looks at the code without running it, and the tests of the pages' scripts, which take a second."""
    return [
        Part("lint", [BIN / "ruff", "check", "."]),
        Part("format", [BIN / "ruff", "format", "--check", "."]),
        Part("contracts", [BIN / "lint-imports"]),
        Part("types", [BIN / "mypy"]),
        Part("js lint", [BIN / "node", "node_modules/eslint/bin/eslint.js", "--max-warnings=0", "."]),
        Part("js types", [BIN / "node", "node_modules/typescript/bin/tsc", "--project", "."]),
        Part("js tests", [BIN / "node", "--test", "--test-reporter=dot", "tests/javascript/*.test.js"]),
    ]


def pytest(name: str, marks: str, *options: str, paths: Sequence[str] = ()) -> Part:
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    command = [str(BIN / "pytest"), "-m", marks, *colour, *options, *paths]
    return Part(name, command, fine=(0, NO_TESTS), closes=True)


def played(kind: str, paths: Sequence[str]) -> list[Part]:
    spread = ["-n", str(WORKERS), "--dist=worksteal"]
    if kind == "check":
        return [
            pytest("tests", f"not ({SYSTEM} or slow or faults)", *spread, "-q", "--ignore=tests/packaging", paths=paths)
        ]
    seed = [f"--hypothesis-seed={_seed()}"] if kind == "long" else []
    # Each worker has a running system of its own, and plays whole files on it.
    together = ["-n", str(SYSTEMS), "--dist=loadfile", "--no-loadscope-reorder"]
    return [
        pytest("tests", f"not ({SYSTEM})", *spread, "--durations=15", *seed, paths=paths),
        pytest("system", SYSTEM, *together, *AGAIN, "--durations=15", *seed, paths=paths),
    ]


def _seed() -> str:
    """A new one, or SEED, which plays a former run once more."""
    seed = os.environ.get("SEED") or str(time.time_ns() % 10**9)
    print(f"make test-long SEED={seed} plays the same once more.", flush=True)
    return seed


def run(kind: str, paths: Sequence[str]) -> int:
    env = os.environ | ({"TEST_LONG": "1"} if kind == "long" else {})
    beside, before = still(), played(kind, paths)
    with tempfile.TemporaryFile() as kept:
        quiet = Thread(target=_one_by_one, args=(beside, kept, env))
        quiet.start()
        before[0].run(sys.stdout.buffer, env)
        quiet.join()
        kept.seek(0)
        sys.stdout.buffer.write(b"\n" + kept.read())
    _one_by_one(before[1:], sys.stdout.buffer, env)
    return report([*beside, *before])


def _one_by_one(parts: Sequence[Part], out: IO[bytes], env: dict[str, str]) -> None:
    for part in parts:
        part.run(out, env)


def report(parts: Sequence[Part]) -> int:
    failed = [part for part in parts if part.failed]
    rows = [
        f"{part.name:12}{part.took:8.0f} s{part.cpu:8.0f} s CPU  {'failed' if part.failed else 'ok'}" for part in parts
    ]
    sentences = [part.closing for part in parts if part.closes]
    verdict = [f"Failed: {', '.join(part.name for part in failed)}"] if failed else []
    print("", *rows, *verdict, *sentences, sep="\n", flush=True)
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    kind, *paths = arguments or ["test"]
    return run(kind, paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
