"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from tests.world import World, built


@pytest.fixture
def world() -> Iterator[World]:
    """The whole system in memory, empty, at 9:00 on 23 November 2026."""
    with built() as one:
        yield one
