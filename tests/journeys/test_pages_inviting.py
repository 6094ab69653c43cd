"""Inviting in a browser: a file, contacts by keyboard, what is seen of the past, a check; with and without a script."""

from pathlib import Path
from secrets import token_hex

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.browsers import DESKTOP, PHONE, Room, Windows, connected, room, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
LISTS = Path(__file__).parents[1] / "domain" / "lists"


@pytest.fixture
def place(windows: Windows) -> Room:
    site = f"{token_hex(4)}.example"
    return room(windows.system, f"Quay {site}", {f"dana@{site}": "Dana Quayle"}, (f"olaf@{site}",))


@pytest.mark.parametrize(("size", "script"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False), (PHONE, False)])
def test_a_file_becomes_the_list_and_is_checked_before_anything_is_sent(
    windows: Windows, place: Room, size: tuple[int, int], script: bool
) -> None:
    page = windows.open("/chats/new", place.owner, size=size, script=script)
    page.get_by_label("Or a file with addresses").set_input_files(LISTS / "bad-rows.csv")
    if not script:
        page.get_by_role("button", name="Add from the file").click()
    expect(page.locator(".invitee .address")).to_have_text(["jane@acme.example"])
    for words in ("Row 3: Bob;bob at acme.example", "Row 4", "Row 5"):
        expect(page.locator("#file-said")).to_contain_text(words)
    page.get_by_text("What they see, for all").click()
    page.locator("#all-history").select_option("last")
    page.locator("#all-history-last").fill("7")
    page.get_by_role("button", name="Use for all").click()
    expect(page.locator("[data-says=history]")).to_have_text("sees the last 7 messages")
    page.get_by_role("button", name="Check the list first").click()
    expect(page.get_by_role("status").filter(has_text="This would send 1 mail.")).to_be_visible()
    expect(page.locator(".invitee .checked")).to_have_text("gets an invitation mail")
    assert sideways(page) == 0


def test_contacts_are_chosen_by_keyboard_and_stand_in_the_list_at_once(windows: Windows, place: Room) -> None:
    page = windows.open("/chats/new", place.owner)
    email = str(place.invitations[1]["email"])
    field = page.get_by_role("textbox", name="E-mail address")
    field.press_sequentially(email[:12])
    options = page.locator(".contacts:not([hidden]) [role=option]")
    expect(options).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 contact fits.")).to_be_attached()
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially(email[12:14])
    expect(options).to_have_count(1)
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    _accessible(page)
    field.press("Enter")
    expect(page.locator(".invitee .address")).to_have_text([email])
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_the_rows_say_what_is_chosen_for_each(windows: Windows, place: Room) -> None:
    page = windows.open("/chats/new", place.owner, locale="en-GB")
    page.get_by_role("textbox", name="E-mail address").fill("ida@fjord.example")
    page.get_by_role("textbox", name="E-mail address").press("Enter")
    row = page.locator(".invitee")
    row.locator("details.fold summary").click()
    expect(row.get_by_label("How many messages")).to_be_hidden()
    row.get_by_label("What they see").select_option("last")
    row.get_by_label("How many messages").fill("1")
    expect(row.locator("[data-says=history]")).to_have_text("sees the last message")
    row.get_by_label("What they see").select_option("since")
    expect(row.locator("[data-says=history]")).to_have_text("sees what you choose here")
    row.get_by_label("Since which day").fill("2026-01-31")
    expect(row.locator("[data-says=history]")).to_contain_text("sees what was written since")
    _accessible(page)


@pytest.mark.parametrize(("size", "script"), [(DESKTOP, True), (PHONE, False)])
def test_the_panel_shows_what_they_will_see_and_checks(
    windows: Windows, place: Room, size: tuple[int, int], script: bool
) -> None:
    place.write("An old word", "A new word")
    page = windows.open(f"{place.path}?people=1", place.owner, size=size, script=script)
    if script:
        connected(page)
    panel = page.locator("#people details.invite")
    panel.locator("summary").first.click()
    panel.get_by_role("textbox", name="E-mail address").fill("ida@fjord.example")
    panel.get_by_label("What they see").select_option("last")
    panel.get_by_label("How many messages").fill("1")
    with page.context.expect_page() as opened:
        panel.get_by_role("button", name="What they will see").click()
    preview = opened.value
    expect(preview.locator("#messages .message .text")).to_have_text(["A new word"])
    assert sideways(preview) == 0
    _accessible(preview) if script else None
    preview.close()
    panel.get_by_role("button", name="Check the list first").click()
    expect(page.locator("#people .notice li")).to_contain_text(["ida@fjord.example gets an invitation mail"])
    assert sideways(page) == 0


def _accessible(page: Page) -> None:
    result = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{item['id']}: {node['html']}" for item in result for node in item["nodes"]] == []
