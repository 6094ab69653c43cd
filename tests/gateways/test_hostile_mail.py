"""What nobody should write is read in bounded memory and steps, measured in a process of its own, and ends in a refusal or text."""

import pytest

from tests.mails.hostile import KINDS, MOST_CALLS, measured

pytestmark = [pytest.mark.slow, pytest.mark.requirement("A43")]


@pytest.mark.parametrize("name", KINDS)
def test_it_costs_bounded_memory_and_steps(name: str) -> None:
    cost = measured(name)
    assert cost.is_refused is KINDS[name].is_refused
    assert cost.memory <= cost.most_memory
    assert cost.calls <= MOST_CALLS
