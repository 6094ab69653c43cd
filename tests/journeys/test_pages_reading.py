"""Reading a chat: long messages fold, code is copied, one sees who reacted, and arrows go through the messages."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import PHONE, Room, Windows, composer, connected, room, said, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]

LONG = "\n\n".join(f"Paragraph {number} " + "word " * 40 for number in range(18))
CODE = "for x in y:\n    print(x)"


def _room(windows: Windows) -> Room:
    name = uuid4().hex[:6]
    return room(windows.system, f"Read {name}", {f"dana-{name}@read.example": "Dana Smith"})


def test_a_long_message_folds_and_opens(windows: Windows) -> None:
    """M30: 4,000 characters filled three screens."""
    made = _room(windows)
    made.write(*(f"Short {number}." for number in range(20)), LONG)
    page = connected(windows.open(made.path, made.owner))
    message = page.locator("#messages .message", has_text="Paragraph 0")
    more = message.get_by_role("button", name="Show more")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Show more")).to_have_count(1)
    folded = message.bounding_box()
    assert folded
    assert folded["height"] < 450
    assert violations(page) == []
    more.click()
    less = message.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    expect(less).to_be_focused()
    opened = message.bounding_box()
    assert opened
    assert opened["height"] > 800
    assert abs(opened["y"] - folded["y"]) < 3
    made.guests[0].ask("PUT", f"{made.path}/messages/{message.get_attribute('data-id')}/reactions/%F0%9F%91%8D")
    expect(message.locator(".reaction")).to_have_count(1)
    expect(less).to_be_visible()
    less.press("Enter")
    expect(message.get_by_role("button", name="Show more")).to_be_focused()


def test_a_long_message_is_whole_without_a_script(windows: Windows) -> None:
    made = _room(windows)
    made.write(LONG)
    page = windows.open(made.path, made.owner, script=False)
    expect(page.locator("#messages").get_by_text("Paragraph 17")).to_be_visible()
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_code_is_copied(windows: Windows) -> None:
    made = _room(windows)
    made.write(f"Run\n```\n{CODE}\n```")
    page = connected(windows.open(made.path, made.owner, permissions=["clipboard-read", "clipboard-write"]))
    copy = page.get_by_role("button", name="Copy the code")
    copy.click()
    expect(page.locator("#announce")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == CODE
    made.write("> When?\n\n~~Ten~~ nine, www.a.example", by=made.guests[0])
    last = page.locator("#messages .message").last
    expect(last.locator("blockquote")).to_have_text("When?")
    expect(last.locator("s")).to_have_text("Ten")
    expect(last.get_by_role("link", name="www.a.example")).to_have_attribute("href", "https://www.a.example")


def test_who_reacted_is_told_by_pointer_by_keyboard_and_to_screen_readers(windows: Windows) -> None:
    """M18: there was no way to see who."""
    made = _room(windows)
    (message,) = made.write("Ship it?")
    made.guests[0].ask("PUT", f"{made.path}/messages/{message['id']}/reactions/%F0%9F%91%8D")
    page = connected(windows.open(made.path, made.owner))
    reaction = page.get_by_role("button", name="👍 1 Dana Smith")
    expect(reaction).to_have_attribute("aria-pressed", "false")
    reaction.click()
    reaction = page.get_by_role("button", name="👍 2 You, Dana Smith")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    names = reaction.locator(".reactors")
    composer(page).hover()
    _expect_shown(page, shown=False)
    reaction.hover()
    _expect_shown(page, shown=True)
    expect(names).to_have_text("You, Dana Smith")
    composer(page).hover()
    _expect_shown(page, shown=False)
    page.keyboard.press("Tab")
    reaction.focus()
    _expect_shown(page, shown=True)


def test_a_long_press_tells_who_reacted_and_reacts_to_nothing(windows: Windows) -> None:
    made = _room(windows)
    (message,) = made.write("Ship it?")
    made.guests[0].ask("PUT", f"{made.path}/messages/{message['id']}/reactions/%F0%9F%91%8D")
    page = connected(windows.open(made.path, made.owner, size=PHONE))
    reaction = page.locator("button.reaction")
    touch = {"pointerType": "touch", "isPrimary": True, "bubbles": True}
    reaction.dispatch_event("pointerdown", touch)
    expect(reaction).to_have_class(re.compile(r"\btold\b"))
    reaction.dispatch_event("pointerup", touch)
    reaction.dispatch_event("click")
    _expect_shown(page, shown=True)
    expect(reaction).to_have_attribute("aria-pressed", "false")
    assert sideways(page) == 0
    page.locator("#messages .text").first.dispatch_event("pointerdown", touch)
    _expect_shown(page, shown=False)


def _expect_shown(page: Page, shown: bool) -> None:
    expect(page.locator(".reactors").first).to_have_css("clip-path", "none" if shown else "inset(50%)")


def test_arrows_go_through_the_messages_and_tab_past_them(windows: Windows) -> None:
    """M17: 50 messages were 222 stops of Tab."""
    made = _room(windows)
    made.write(*(f"Number {number}, https://a.example/{number}" for number in range(12)))
    page = connected(windows.open(made.path, made.owner))
    expect(page.locator("#messages .message[tabindex='0']")).to_have_count(1)
    stops = "#messages :is(a, button, summary, input):not([tabindex='-1']), #messages li[tabindex='0']"
    assert page.locator(stops).filter(visible=True).count() <= 5
    page.locator("#messages .message").last.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(said(page, "Number 9, https://a.example/9")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="https://a.example/9")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(said(page, "Number 10, https://a.example/10")).to_be_focused()
    made.write("Meanwhile", by=made.guests[0])
    expect(said(page, "Meanwhile")).to_be_visible()
    expect(said(page, "Number 10, https://a.example/10")).to_be_focused()
    assert page.locator(stops).filter(visible=True).count() <= 5
    page.keyboard.press("End")
    expect(said(page, "Meanwhile")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator("#messages > [data-seq]").first).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("c")
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_have_value("")
    page.keyboard.press("c")
    expect(composer(page)).to_have_value("c")
    composer(page).fill("")
    page.locator("#messages .message").last.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Go from message to message")
    page.keyboard.press("c")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
