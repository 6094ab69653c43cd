"""Nobody outlives the host, in a browser: an admin who is in no chat ends a person's place, and both sides check the same receipt;
an end date passes while the person has the chat open."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import DESKTOP, PHONE, Windows, connected, room, sideways, violations
from tests.support.system import System
from tests.support.working_day import Person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
ADMIN = "member@pro.example"
OURS, NOT_OURS = "It says exactly what we signed.", "This is not what we signed."


@pytest.fixture
def own_windows(chromium: Browser, own_system: System) -> Iterator[Windows]:
    opened = Windows(chromium, own_system)
    yield opened
    opened.close()


def admin_in_no_chat(owner: Person) -> Person:
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    members = owner.ask("GET", f"/workspaces/{workspace}/members")["items"]
    account = next(member["account_id"] for member in members if member["email"] == ADMIN)
    owner.ask("PATCH", f"/workspaces/{workspace}/members/{account}", {"role": "admin"})
    return sign_in(owner.system, ADMIN)


@pytest.mark.requirement("A08", "A45", "A46")
@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"])
def test_an_admin_in_no_chat_ends_a_place_and_both_receipts_are_checked(
    own_windows: Windows, size: tuple[int, int], dark: bool
) -> None:
    system, host = own_windows.system, f"register{size[0]}.example"
    guest, name = f"dana@{host}", f"Dana {size[0]}"
    place = room(system, f"Quay {size[0]}", {guest: name}, (f"olaf@{host}",))
    own_windows.expected = "404"
    theirs = connected(own_windows.open(place.path, place.guests[0]))
    page = own_windows.open("/outside", admin_in_no_chat(place.owner), size=size, dark=dark)
    page.get_by_label("Name or address").fill(name)
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".register > li")).to_have_count(1)
    _fits(page)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=f"Quay {size[0]}")).to_be_visible()
    _fits(page)
    page.get_by_role("button", name="Remove from this chat").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("Removed.")
    expect(theirs.get_by_text("You are no longer in this chat.")).to_be_visible()
    copies = [_checked(own_windows, page, size, dark)]
    for address in (guest, place.owner.ask("GET", "/me")["account"]["email"]):
        mails = _receipts(system, address, name, guest)
        link = re.search(r"(/receipts/[\w-]+)", mails[-1]["text"])
        assert link
        copies.append(_copy(own_windows.open(link[1], size=size, dark=dark)))
    assert len(set(copies)) == 1


def _receipts(system: System, to: str, name: str, guest: str) -> list[dict[str, str]]:
    """Waited for; the owner's are those that name the person."""

    def those() -> list[dict[str, str]]:
        mails = [mail for mail in system.mails(to) if "/receipts/" in mail["text"]]
        return [mail for mail in mails if to == guest or name in mail["subject"]]

    return system.until(those, f"receipt to {to}")


def _checked(windows: Windows, page: Page, size: tuple[int, int], dark: bool) -> str:
    """The receipt that the removal's own notice leads to; its data are what was signed, and with a letter changed not."""
    page.get_by_role("link", name="See the receipt").click()
    expect(page.get_by_text("This receipt is signed by us.")).to_be_visible()
    copy = _copy(page)
    _fits(page)
    for text, answer in (
        (copy, "It says exactly what we signed."),
        (copy.replace("removed", "remoued"), "This is not what we signed."),
    ):
        check = windows.open("/receipts/check", size=size, dark=dark)
        check.get_by_label("Receipt as data").fill(text)
        check.get_by_role("button", name="Check").click()
        expect(check.get_by_role("status")).to_contain_text(answer)
        _fits(check)
    return copy


def _copy(page: Page) -> str:
    if not page.locator("pre.copy").is_visible():
        page.get_by_text("The receipt as data, to keep and to check").click()
    return page.locator("pre.copy").inner_text()


def _fits(page: Page) -> None:
    assert sideways(page) == 0
    assert violations(page) == []


@pytest.mark.requirement("A08", "A37")
def test_an_end_date_passes_while_the_person_has_the_chat_open(own_windows: Windows) -> None:
    system = own_windows.system
    place = room(system, "Pier 9", {"ida@ends.example": "Ida Nord"}, ("ole@ends.example",))
    account = place.guests[0].ask("GET", "/me")["account"]["id"]
    path = f"{place.path}/participants/{account}/end"
    page = own_windows.open(path, place.owner)
    last_day = system.advance(0)["now"][:10]
    page.get_by_label("Last day").fill(last_day)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    _fits(page)
    own_windows.expected = "40[14]"
    theirs = connected(own_windows.open(place.path, place.guests[0]))
    system.advance(timedelta(days=1).total_seconds())
    system.invoke("hourly")
    expect(theirs.get_by_text("You are no longer in this chat.")).to_be_visible()
    mail = system.until(
        lambda: [mail for mail in system.mails("ida@ends.example") if "/receipts/" in mail["text"]], "receipt"
    )
    assert "ended by its end date" in mail[-1]["text"]
    owner = sign_in(system, "owner@pro.example")
    lines = [item["text"] for item in owner.ask("GET", f"{place.path}/messages")["items"]]
    assert "The end date of Ida Nord came" in lines
    log = own_windows.open("/audit?kind=participant.ended", owner)
    expect(log.locator(".audit-list > li").first).to_contain_text("Ida Nord")
    _fits(log)
