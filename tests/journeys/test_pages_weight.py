"""What the first page that strangers see costs them, and what it needs."""

import re

import pytest
from playwright.sync_api import Page

from tests.support.browsers import PHONE, Windows, room, token
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_MOST = 60_000


@pytest.fixture(scope="module")
def link(system: System) -> str:
    room(system, "Light", {}, ("ida@light.example", "ole@light.example"))
    return f"/join/{token(system, 'ida@light.example')}"


def test_a_cold_joining_page_is_light(windows: Windows, link: str) -> None:
    parts: dict[str, int] = {}

    def weigh(page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        names: dict[str, str] = {}
        session.on(
            "Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda event: parts.update({names[event["requestId"]]: int(event["encodedDataLength"])}),
        )

    page = windows.open(link, size=PHONE, prepare=weigh)
    page.wait_for_load_state("networkidle")
    assert any(url.endswith("card.css") for url in parts)
    assert sum(parts.values()) < _MOST, parts


def test_a_joining_page_is_complete_without_a_script(windows: Windows, link: str) -> None:
    with_script, without = windows.open(link), windows.open(link, script=False)
    assert _read(with_script) == _read(without)
    for page in (with_script, without):
        assert page.get_by_role("main").get_by_role("link").count() == 7


def _read(page: Page) -> str:
    """The text, but for times, which a script moves into the reader's own zone."""
    return re.sub(r"\d\d:\d\d( UTC)?", "", page.locator("body").inner_text())
