"""The application on a Home Screen: it can be installed, and without a network it shows what one's own browser kept."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browsers
from tests.support.browsers import PHONE, Room, Windows, composer, connected, said
from tests.support.system import System
from tests.support.working_day import Person

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


@pytest.fixture
def windows(chromium: Browser, system: System) -> Iterator[Windows]:
    opened = Windows(chromium, system, expected="ERR_INTERNET_DISCONNECTED|WebSocket connection")
    yield opened
    opened.close()


@pytest.fixture
def room(system: System, request: pytest.FixtureRequest) -> Room:
    host = f"{request.node.name.replace('_', '-')[:40]}.example"
    return browsers.room(system, "Harbour house", {f"dana@{host}": "Dana", f"eve@{host}": "Eve"})


def with_worker(windows: Windows, path: str, person: Person, size: tuple[int, int] = browsers.DESKTOP) -> Page:
    """A page with its service worker, which is ready."""
    page = windows.open(path, person, size, service_workers="allow")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def without_network(page: Page, path: str) -> Page:
    page.context.set_offline(True)
    page.goto(path)
    expect(page.get_by_role("heading", name="You’re offline")).to_be_visible()
    return page


def test_it_can_be_installed(windows: Windows, room: Room) -> None:
    page = with_worker(windows, "/chats", room.guests[0])
    devtools = page.context.new_cdp_session(page)
    wrong = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [
        error["errorId"] for error in wrong if error["errorId"] != "in-incognito"
    ] == []  # as every test's window is
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["manifest"]["display"] in ("kStandalone", "standalone")


@pytest.mark.requirement("A44")
def test_without_a_network_the_last_messages_and_the_draft_are_there_to_read(windows: Windows, room: Room) -> None:
    room.write("The key is under the mat", "See you **there**")
    page = connected(with_worker(windows, room.path, room.guests[0], PHONE))
    composer(page).fill("I will be late")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(said(page, "I will be late")).to_be_visible()
    composer(page).fill("And I bring")
    without_network(page, room.path)
    kept = page.get_by_role("group").filter(has_text="Harbour house")
    expect(kept).to_contain_text("The key is under the mat")
    expect(kept).to_contain_text("See you there")
    expect(kept).to_contain_text("I will be late")
    expect(kept).to_contain_text("And I bring")
    assert page.get_by_role("textbox").count() == 0
    assert page.locator("form, button").count() == 0
    assert browsers.sideways(page) == 0


def test_back_online_the_page_comes_by_itself(windows: Windows, room: Room) -> None:
    page = without_network(connected(with_worker(windows, room.path, room.guests[0])), room.path)
    page.context.set_offline(False)
    expect(composer(page)).to_be_visible()


@pytest.mark.requirement("A44")
def test_another_account_sees_nothing_of_it(windows: Windows, room: Room) -> None:
    room.write("For Dana's eyes")
    page = connected(with_worker(windows, room.path, room.guests[0]))
    composer(page).fill("Dana's secret draft")
    page.goto("/chats")
    stranger = browsers.room(windows.system, "Elsewhere", {"ole@nothing-of-it.example": "Ole"}).guests[0]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": stranger.token, "url": windows.system.app}])
    page.goto("/chats")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    without_network(page, room.path)
    expect(page.get_by_text("Nothing is kept in this browser.")).to_be_visible()
    assert not re.search(r"Dana|Harbour|secret", page.locator("body").inner_text())


@pytest.mark.requirement("A44")
def test_after_signing_out_nothing_stays(windows: Windows, room: Room) -> None:
    room.write("Until the sign-out")
    page = connected(with_worker(windows, room.path, room.guests[0]))
    page.goto("/settings")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile("/settings"))
    assert page.evaluate("JSON.stringify(localStorage)").find("sign-out") < 0
    assert page.evaluate("caches.keys()") == []


def test_the_worker_keeps_nothing_but_the_shell(windows: Windows, room: Room) -> None:
    room.write("Not in a cache")
    page = connected(with_worker(windows, room.path, room.guests[0]))
    page.goto("/chats")
    page.goto(room.path)
    script = """async () => {
        const found = [];
        for (const name of await caches.keys())
            for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
        return found;
    }"""
    paths = page.evaluate(script)
    assert "/offline" in paths
    assert [path for path in paths if path != "/offline" and not path.startswith("/static/")] == []
