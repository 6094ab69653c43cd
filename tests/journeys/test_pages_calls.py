"""A call in two windows: begun, joined from, ended and missed, live and in another language."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from tests.support.browsers import PHONE, Windows, connected, room, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_a_call_begins_and_ends_in_open_windows(windows: Windows) -> None:
    guest = f"dana@{token_hex(4)}.example"
    here = room(windows.system, "Harbour call", {guest: "Dana Smith"}, owner="owner@enterprise.example", locale="de")
    workspace = here.owner.ask("GET", "/me")["workspaces"][0]["id"]
    calls = {"kind": "jitsi", "url": "https://meet.example.org"}
    here.owner.ask("PATCH", f"/workspaces/{workspace}", {"calls": calls})
    dana = connected(windows.open(here.path, here.guests[0], size=PHONE))
    mine = connected(windows.open(here.path, here.owner))
    mine.get_by_role("button", name="Start a call").click()
    end = mine.get_by_role("button", name="End the call")
    expect(end).to_be_visible()
    assert violations(mine) == []
    line = dana.locator("#messages .event", has_text="hat einen Anruf gestartet")
    expect(line.get_by_role("link", name="Beitreten")).to_have_attribute("href", re.compile("^/calls/"))
    expect(dana.get_by_role("button", name="Anruf beenden")).to_have_count(0)
    assert sideways(dana) == 0
    end.click()
    expect(line).to_contain_text("er dauerte eine Minute")
    expect(line.get_by_role("link")).to_have_count(0)
    expect(mine.locator("#messages .event", has_text="it took a minute")).to_be_visible()
    expect(end).to_have_count(0)
