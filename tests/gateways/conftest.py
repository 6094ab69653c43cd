"""One loopback server for all these tests, a provider of its own for each."""

import os
from collections.abc import Iterator

import pytest

from tests.support.fake_providers import FakeProviders, playing
from tests.support.id_tokens import Provider, Server, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
    with serving() as server:
        yield server


@pytest.fixture
def provider(server: Server) -> Provider:
    return server.provider()


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeProviders]:
    """The playground's Slack and Microsoft, of each module its own."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patched.delenv(name, raising=False)
        with playing(tmp_path_factory.mktemp("playground")) as fakes:
            yield fakes
