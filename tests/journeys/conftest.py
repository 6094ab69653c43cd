"""Journeys visit the running system; all of them share one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.system import System, running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, as `make run` starts it."""
    with running(tmp_path_factory.mktemp("system") / "data") as system:
        yield system


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty folder for a system of one's own."""
    return tmp_path / "data"
