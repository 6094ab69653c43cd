"""The playground as a person uses it: somebody else's window beside one's own, and what the functions did."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browsers import Windows, room, said, send, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_two_people_are_open_beside_each_other_in_one_browser(windows: Windows) -> None:
    """H: to be Dana, one needed a private window. Her window has cookies of its own, writes, and is told live."""
    place = room(windows.system, "Side by side", {"una@side.example": "Una Side"})
    mine = windows.open(place.path, place.owner)
    mine.locator(".chat[data-live=socket]").wait_for()
    playground = windows.tab(mine, windows.system.playground)
    with playground.expect_popup() as opened:
        playground.get_by_role("button", name="Una Side").click()
    hers = opened.value
    hers.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(hers).to_have_url(re.compile(r"^http://una-side-example\.localhost:\d+/chats$"))
    hers.goto(hers.url.removesuffix("/chats") + place.path)
    hers.locator(".chat[data-live=socket]").wait_for()
    send(hers, "Hello from my own window")
    expect(said(mine, "Hello from my own window")).to_be_visible()
    send(mine, "And from mine")
    expect(said(hers, "And from mine")).to_be_visible()
    windows.forgive("Frame|Slack|fonts")


def test_what_the_functions_did_is_told(windows: Windows) -> None:
    """H: nothing told which function ran, how it went, and how often it was tried."""
    system = windows.system
    system.invoke("hourly")
    page = windows.open(system.playground)
    row = page.get_by_role("row").filter(has_text="hourly").first
    expect(row).to_contain_text("schedule")
    expect(row.get_by_role("cell").nth(3)).to_have_text("ok")
    noted = next(item for item in system.call("GET", "/events")["items"] if item["function"] == "hourly")
    assert noted["ms"] > 0
    assert noted["tries"] == 1
    assert not sideways(page)


def test_whoever_is_not_there_cannot_be_played(windows: Windows) -> None:
    names = [person["name"] for person in windows.system.call("GET", "/personas")["items"]]
    assert {"Paula Prowse", "Max Member"} <= set(names)
    page = windows.open(windows.system.playground)
    answer = page.request.post(f"{windows.system.playground}/personas", form={"email": "nobody@nowhere.example"})
    assert answer.status == 404
