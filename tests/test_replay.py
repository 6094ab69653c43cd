"""What failed and is played once more, by pytest itself."""

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.fixture(scope="session")
def system():
    yield []

@pytest.fixture(scope="module")
def room(system):
    system.append("room")
    return system

def test_it_fails_at_first(room, seen=[]):
    assert room == ["room"]
    room.append("joined")
    seen.append(room)
    assert len(seen) == 2

def test_the_next_one_has_the_same_as_the_one_before(room):
    assert room == ["room", "joined"]
"""


def test_the_second_run_has_everything_anew_and_the_first_ones_failure_is_printed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    told = pytester.runpytest_inprocess(
        "-p", "tests.support.replay", "-p", "no:cacheprovider", "--reruns=1", "-rR", "--rerun-show-tracebacks"
    )
    told.assert_outcomes(passed=2)
    told.stdout.fnmatch_lines(["*RERUN*", "*assert 1 == 2*", "*2 passed, 1 rerun*"])


def test_without_it_the_second_run_meets_what_the_first_one_left(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "--reruns=1").assert_outcomes(passed=1, failed=1)
