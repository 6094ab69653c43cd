"""Creating a chat, joining it and writing in it, by keyboard alone, with the focus in sight at each step."""

import re

import pytest
from playwright.sync_api import expect

from local.seeds import PASSWORD
from tests.support.browsers import PRO, Windows, room, said, tab_to, token

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_create_by_keyboard(windows: Windows) -> None:
    page = windows.open("/sign-in")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(PRO)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chats")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Create a new chat").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chats/new")
    address = page.get_by_label("E-mail address")
    expect(address).to_be_focused()
    for email in ("ida@keys.example", "mistake@keys.example", "ole@keys.example"):
        page.keyboard.type(email)
        page.keyboard.press("Enter")
        expect(address).to_have_value("")
        expect(address).to_be_focused()
    menu = page.get_by_label("More about mistake@keys.example")
    tab_to(page, menu)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Correct the address")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("mistake@keys.example")).to_have_count(0)
    tab_to(page, page.get_by_label("Name of the chat"))
    page.keyboard.type("By keys")
    tab_to(page, page.get_by_role("button", name="Create", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}$"))
    expect(page.get_by_role("heading", name="By keys", level=1)).to_be_attached()


def test_join_by_keyboard(windows: Windows) -> None:
    room(windows.system, "Keys", {}, ("uma@keys.example", "una@keys.example"))
    page = windows.open(f"/join/{token(windows.system, 'uma@keys.example')}")
    tab_to(page, page.get_by_role("link", name=re.compile("^Create an account")))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.type("Uma")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keys", level=1)).to_be_attached()


def test_chat_by_keyboard(windows: Windows) -> None:
    made = room(windows.system, "Keyboard", {"dana@keys.example": "Dana Smith"}, ("olaf@keys.example",))
    page = windows.open(made.path, made.owner)
    field = page.get_by_role("textbox", name="Write to Keyboard")
    expect(field).to_be_focused()
    page.keyboard.type("Hello @da")
    expect(page.get_by_role("option", name="Dana Smith")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Hello @Dana Smith ")
    page.keyboard.press("Enter")
    message = said(page, "Hello @Dana Smith")
    expect(message).to_be_visible()
    tab_to(page, message.get_by_role("link", name="React"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="👍")).to_be_focused()
    page.keyboard.press("Escape")
    expect(message.get_by_role("link", name="React")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(message.get_by_role("button", name="❤️ 1")).to_be_visible()
    field.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("You edit your message")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("You edit your message")).to_be_hidden()
    menu = page.get_by_label("More about olaf@keys.example")
    tab_to(page, menu)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Revoke")).to_be_focused()
    page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog", name="Take back the invitation of olaf@keys.example?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Revoke")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Revoke")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Ended, 1")).to_contain_text("olaf@keys.example")


def test_after_a_button_of_the_panel_the_next_key_writes_to_nobody(windows: Windows) -> None:
    made = room(windows.system, "Panel", {}, ("olaf@panel.example", "uma@panel.example"))
    page = windows.open(f"{made.path}?people=1", made.owner)
    expect(page.get_by_role("textbox", name="Write to Panel")).not_to_be_focused()
    page.get_by_label("More about olaf@panel.example").click()
    page.get_by_role("button", name="Revoke").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    page.wait_for_url("**done=revoked**")
    expect(page.locator("#people").get_by_role("status")).to_contain_text("olaf@panel.example was revoked")
    expect(page.locator(".invitation", has_text="olaf@panel.example")).to_be_focused()
    page.keyboard.type("x")
    expect(page.get_by_role("textbox", name="Write to Panel")).to_have_value("")
