"""`python -m tests.checks`: any part that fails fails the whole, and pytest's closing lines stand last."""

import io
import os
import sys

import pytest

from tests.checks import NO_TESTS, Part, played, report, still


def ran(name: str, program: str, **more: object) -> Part:
    part = Part(name, [sys.executable, "-c", program], **more)  # type: ignore[arg-type]
    part.run(io.BytesIO(), dict(os.environ))
    return part


def test_what_a_part_prints_comes_out_whole_with_its_time() -> None:
    out = io.BytesIO()
    part = Part(
        "some", [sys.executable, "-c", "import sys; print('one'); print('two', file=sys.stderr); sum(range(10**6))"]
    )
    part.run(out, dict(os.environ))
    assert sorted(out.getvalue().split()) == [b"one", b"two"]
    assert not part.failed
    assert part.took > 0
    assert part.cpu > 0


def test_any_failure_fails_the_whole_and_the_closing_lines_stand_last(capsys: pytest.CaptureFixture[str]) -> None:
    good = ran("tests", "print('dots'); print('== 3 passed in 1 s ==')", closes=True)
    bad = ran("lint", "raise SystemExit(3)")
    last = ran("system", "print('== 2 passed in 1 s ==')", closes=True)
    assert report([good, last]) == 0
    assert report([bad, good, last]) == 1
    *_, verdict, first, second = capsys.readouterr().out.splitlines()
    assert verdict == "Failed: lint"
    assert (first, second) == ("== 3 passed in 1 s ==", "== 2 passed in 1 s ==")


def test_a_part_without_tests_is_fine_and_a_broken_one_is_not() -> None:
    codes = {code: ran("tests", f"raise SystemExit({code})", fine=(0, NO_TESTS)).failed for code in (0, 1, 2, NO_TESTS)}
    assert codes == {0: False, 1: True, 2: True, NO_TESTS: False}
    killed = ran("tests", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", fine=(0, NO_TESTS))
    assert killed.failed


def test_every_test_is_played_by_one_half() -> None:
    """The marks of the halves are each other's opposite; `make check` leaves out what is slow, too."""
    first, second = (part.command[part.command.index("-m") + 1] for part in played("test", []))
    assert first == f"not ({second})"
    (quick,) = played("check", [])
    assert str(quick.command[quick.command.index("-m") + 1]).startswith(f"not ({second} or ")
    python = ["lint", "format", "contracts", "types"]
    assert [part.name for part in still()] == [*python, "js lint", "js types", "js tests"]
