"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from tests.scenes import Scene, played
from tests.world import World, built


@pytest.fixture
def world() -> Iterator[World]:
    """The whole system in memory, empty, at 9:00 on 23 November 2026."""
    with built() as one:
        yield one


@pytest.fixture
def scene() -> Iterator[Scene]:
    """The usual town, fresh."""
    with played() as one:
        yield one


@pytest.fixture(scope="module")
def town() -> Iterator[Scene]:
    """The usual town, shared by a module whose tests change nothing that another one looks at."""
    with played() as one:
        yield one
