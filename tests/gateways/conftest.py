"""One loopback server for all these tests, a provider of its own for each."""

from collections.abc import Iterator

import pytest

from tests.gateways.forger import Provider, Server, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def provider(server: Server, monkeypatch: pytest.MonkeyPatch) -> Provider:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    return server.provider()
