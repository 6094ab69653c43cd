"""Emoji by name while somebody types, and the sheet of all: by pointer, by keys, loaded when it is asked for (M15)."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.browsers import PHONE, Room, Windows, composer, connected, room, said, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def _room(windows: Windows) -> Room:
    name = uuid4().hex[:6]
    return room(windows.system, f"Emoji {name}", {f"dana-{name}@emoji.example": "Dana Smith"})


def test_a_name_becomes_its_emoji(windows: Windows) -> None:
    made = _room(windows)
    page = connected(windows.open(made.path, made.owner))
    field = composer(page)
    field.click()
    page.keyboard.type("Done :tad")
    option = page.get_by_role("option", name="🎉 :tada:")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "suggest-named-0")
    assert violations(page) == []
    page.keyboard.type("a:")
    expect(field).to_have_value("Done 🎉")
    expect(option).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(field).to_have_value("Done :tada:")
    page.keyboard.press("End")
    page.keyboard.type(" at 10:30:45 `:tada:` :nothing-like-it:")
    expect(field).to_have_value("Done :tada: at 10:30:45 `:tada:` :nothing-like-it:")
    field.fill("")
    page.keyboard.type(":thumbs")
    expect(page.get_by_role("option", name="👍 :+1:")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="👎 :-1:")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("👎")
    page.keyboard.type(" :wa")
    expect(page.locator("#suggest-named [role=option]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggest-named")).to_be_hidden()
    expect(field).to_have_value("👎 :wa")
    page.keyboard.press("Enter")
    expect(said(page, "👎 :wa")).to_be_visible()


def test_the_sheet_has_all_of_them_and_covers_nothing_that_is_typed(windows: Windows) -> None:
    made = _room(windows)
    page = connected(windows.open(made.path, made.owner))
    field = composer(page)
    field.fill("Well done")
    page.get_by_label("Emoji").click()
    search = page.get_by_label("Search by name")
    expect(search).to_be_focused()
    sheet = page.locator("#emojis")
    expect(sheet.get_by_text("Animals and nature")).to_be_attached()
    assert sheet.locator("button").count() > 1_800
    above, below = sheet.bounding_box(), field.bounding_box()
    assert above
    assert below
    assert above["y"] >= 0
    assert above["y"] + above["height"] <= below["y"]
    assert violations(page) == []
    page.keyboard.type("rocket")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Well done🚀")
    expect(field).to_be_focused()
    expect(sheet).to_be_hidden()


def test_the_sheet_by_keys(windows: Windows) -> None:
    made = _room(windows)
    page = connected(windows.open(made.path, made.owner))
    field = composer(page)
    page.get_by_label("Emoji").press("Enter")
    search = page.get_by_label("Search by name")
    expect(search).to_be_focused()
    page.keyboard.type("no such thing")
    expect(page.get_by_text("No emoji has this name.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
    search.fill("")
    expect(page.get_by_text("No emoji has this name.")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    buttons = page.locator("#emoji-shown button")
    expect(buttons.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(buttons.nth(9)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("Tab")
    expect(buttons.nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#emojis")).to_be_hidden()
    page.get_by_label("Emoji").press("Enter")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Emoji")).to_be_focused()
    expect(field).to_have_value("")


def test_nothing_of_it_is_loaded_before_it_is_asked_for(windows: Windows) -> None:
    made = _room(windows)
    asked: list[str] = []

    def note(page: Page) -> None:
        page.on("request", _noted)

    def _noted(request: Request) -> None:
        if "emoji" in request.url:
            asked.append(request.url.rsplit("/", 1)[-1])

    page = connected(windows.open(made.path, made.owner, size=PHONE, prepare=note))
    field = composer(page)
    field.fill("At 10:00, nothing of it")
    assert asked == []
    field.fill("So :ok_h")
    expect(page.get_by_role("option", name="👌 :ok_hand:")).to_be_visible()
    assert sorted(asked) == ["chat_emojis.js", "emoji_table.js"]
    page.get_by_role("option", name="👌 :ok_hand:").click()
    expect(field).to_have_value("So 👌")
    page.get_by_label("Emoji").tap()
    expect(page.get_by_label("Search by name")).to_be_visible()
    assert sideways(page) == 0
    box = page.locator("#emojis").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
