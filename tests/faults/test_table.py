"""At every call to AWS of create, accept, resend and the hourly job, five faults: the rest is finished without a person."""

import pytest

from tests.faults.table import STORIES, Story, rows
from tests.support.effort import LONG

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.requirement("A05", "A06", "A12", "A35", "A36")]
EVERY = 1 if LONG else 6  # `python -m tests.faults` prints the whole table
LEAST = {"create a chat": 50, "accept": 25, "resend": 30, "the hourly job": 100}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_call_may_fail_in_five_ways(story: Story) -> None:
    tried = 0
    every = EVERY if LONG or story.name != "the hourly job" else 2 * EVERY - 1  # its queries are many, and alike
    for row in rows(story, every):
        assert row.failed == (), f"{row.fault}: {row.survived} of {row.tried} survived"
        tried += row.tried
    assert tried >= LEAST[story.name]
