"""One playground for all these tests, as new for each of them."""

import os
from collections.abc import Iterator

import pytest

from tests.support.fake_providers import FakeProviders, playing


@pytest.fixture(scope="session")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeProviders]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
    with playing(tmp_path_factory.mktemp("far")) as fakes:
        yield fakes


@pytest.fixture
def fakes(playground: FakeProviders) -> FakeProviders:
    """The playground, with nothing in it but its first people."""
    playground.post("/slack/reset")
    playground.post("/microsoft/reset")
    for provider in ("slack", "microsoft"):
        playground.http.delete(f"{playground.place.playground}/{provider}/calls.json")
    playground.quiet()
    playground.app.requests.clear()
    playground.app.status, playground.app.delay = 200, 0
    return playground
