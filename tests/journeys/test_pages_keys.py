"""The sheet of keys, shortcuts that stay silent while somebody types, help from empty pages, and drafts in the lists."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import FREE, PHONE, PRO, Windows, composer, connected, room, sideways, violations
from tests.support.working_day import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_the_sheet_of_keys(windows: Windows) -> None:
    page = windows.open("/chats", sign_in(windows.system, PRO))
    sheet = page.get_by_role("dialog", name="Keys")
    field = page.get_by_role("searchbox", name="Search")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("what?/")
    expect(field).to_have_value("what?/")
    expect(sheet).to_be_hidden()
    _switch_single_keys(page, off=True)
    for key in ("/", "?"):
        page.keyboard.press(key)
    expect(field).not_to_be_focused()
    expect(sheet).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.reload()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    _switch_single_keys(page, off=False)
    page.keyboard.press("?")
    expect(sheet).to_be_visible()


@pytest.mark.parametrize("path", ["/settings", "/settings/account"])
def test_pages_without_a_side_bar_lead_to_search_and_help(windows: Windows, path: str) -> None:
    """Neither key did anything there."""
    page = windows.open(path, sign_in(windows.system, PRO))
    for key in ("/", "Control+k"):
        page.locator("html.scripted").wait_for(state="attached")
        page.keyboard.press(key)
        page.wait_for_url("**/search")
        expect(page.get_by_role("main").get_by_role("searchbox")).to_be_focused()
        page.goto(path)
    page.locator("html.scripted").wait_for(state="attached")
    page.keyboard.press("?")
    page.wait_for_url("**/help#keys")


def _switch_single_keys(page: Page, off: bool) -> None:
    """By the menu, which leads to the sheet in any case; the focus goes back to it."""
    menu = page.locator(".side-foot details.menu summary")
    menu.click()
    page.locator(".side-foot [data-opens-keys]").click()
    switch = page.get_by_role("checkbox", name="Single keys work")
    (switch.uncheck if off else switch.check)()
    page.keyboard.press("Escape")
    page.locator("h1").first.click()


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (PHONE, False)])
def test_help_is_found_from_an_empty_page_and_leads_to_its_topic(
    windows: Windows, size: tuple[int, int], script: bool
) -> None:
    page = windows.open("/chats?view=inbox", sign_in(windows.system, FREE), size=size, script=script, lang="de")
    page.get_by_role("link", name="So funktioniert der Posteingang").click()
    expect(page).to_have_url(re.compile("/help#inbox$"))
    expect(page.get_by_role("heading", name="Posteingang und Erwähnungen")).to_be_in_viewport()
    assert sideways(page) == 0


def test_a_draft_stands_in_the_lists_until_it_is_sent(windows: Windows) -> None:
    made = room(windows.system, "Drafty", {f"dana@{token_hex(4)}.example": "Dana"})
    page = connected(windows.open(made.path, made.owner))
    composer(page).fill("Not yet\nfinished")
    page.get_by_role("link", name="Inbox").click()
    expect(page.locator(f"#side-chats [data-chat='{made.id}'] .draft")).to_have_text("draft")
    page.locator("#side-inbox").page.get_by_role("link", name="Chats", exact=True).click()
    row = page.locator(f".rows [data-chat='{made.id}'] .what")
    expect(row).to_have_text("Draft: Not yet finished")
    assert violations(page) == []
    row.click(force=True)
    expect(composer(page)).to_have_value("Not yet\nfinished")
    composer(page).press("Enter")
    expect(page.locator("#messages .message[id^=m-]")).to_have_count(1)
    page.goto("/chats")
    expect(row).not_to_contain_text("Draft")
    expect(page.locator(".draft")).to_have_count(0)
