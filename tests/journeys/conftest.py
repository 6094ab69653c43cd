"""Journeys visit the running system; all of them share one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import browsers
from tests.support.system import System, running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, as `make run` starts it."""
    with running(tmp_path_factory.mktemp("system") / "data") as system:
        yield system


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One that no other module's tests have been to, or will be hindered by."""
    with running(tmp_path_factory.mktemp("own") / "data") as system:
        yield system


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty folder for a system of one's own."""
    return tmp_path / "data"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as started:
        yield started


@pytest.fixture
def windows(chromium: Browser, system: System) -> Iterator[browsers.Windows]:
    """Windows on the running system, which must have had no complaint by the end."""
    opened = browsers.Windows(chromium, system)
    yield opened
    opened.close()
