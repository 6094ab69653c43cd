"""Fixtures that every kind of test may use."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.app import World, built
from tests.support.sample_chat import Scene, played

pytest_plugins = ["tests.support.replay"]

settings.register_profile("patient", deadline=None)  # a busy machine fails nobody
settings.load_profile("patient")

gc.set_threshold(20_000, 20, 50)  # moto copies much and holds little in circles


@pytest.fixture
def world() -> Iterator[World]:
    """The whole system in memory, empty, at 9:00 on 23 November 2026."""
    with built() as world:
        yield world


@pytest.fixture
def scene() -> Iterator[Scene]:
    """The usual town, fresh."""
    with played() as scene:
        yield scene


@pytest.fixture(scope="module")
def shared_scene() -> Iterator[Scene]:
    """The usual town, shared by a module whose tests change nothing that another one looks at."""
    with played() as scene:
        yield scene
