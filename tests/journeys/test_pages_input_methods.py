"""Input methods, played by Chromium's own protocol: the key that confirms a candidate does nothing else on the page.

Chromium sends that key before the composition ends, WebKit after it, marked by its code alone; both orders are played.
"""

from secrets import token_hex

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.support.browsers import Windows, composer, connected, room, said

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_OF_THE_INPUT_METHOD = 229
ORDERS = pytest.mark.parametrize("key_first", [True, False], ids=["key before the end", "end before the key"])


class InputMethod:
    """Composes in whatever has the focus."""

    def __init__(self, page: Page, key_first: bool) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._key_first = key_first

    def composes(self, text: str, then: str = "Enter") -> None:
        """Types towards `text`, which `then` confirms."""
        for end in range(1, len(text) + 1):
            self._session.send(
                "Input.imeSetComposition", {"text": text[:end], "selectionStart": end, "selectionEnd": end}
            )
        if self._key_first:
            self.presses(then)
        self._session.send("Input.insertText", {"text": text})
        if not self._key_first:
            self.presses(then)

    def presses(self, key: str) -> None:
        """A key that the input method takes."""
        stroke = {"key": key, "code": key, "windowsVirtualKeyCode": _OF_THE_INPUT_METHOD}
        self._session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **stroke})
        self._session.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})


@ORDERS
def test_a_candidate_is_confirmed_in_the_composer_and_nothing_else_happens(windows: Windows, key_first: bool) -> None:
    """P8: Enter completed a mention; Tab and the arrows were taken, too."""
    dana, dan = (f"{name}@{token_hex(4)}.example" for name in ("dana", "dan"))
    chat = room(windows.system, "Composing", {dana: "Dana Smith", dan: "Dan Brown"})
    page = connected(windows.open(chat.path, chat.owner))
    field, candidates = composer(page), InputMethod(page, key_first)
    field.focus()
    for key in ("ArrowDown", "Tab", "Enter"):
        field.fill("Hello @")
        candidates.composes("da", then=key)
        expect(field).to_have_value("Hello @da")
        expect(field).to_be_focused()
        expect(page.get_by_role("option", name="Dana Smith")).to_be_visible()
    candidates.presses("Escape")
    expect(page.get_by_role("option", name="Dana Smith")).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("Hello @Dana Smith ")
    candidates.composes("こんにちは")
    expect(field).to_have_value("Hello @Dana Smith こんにちは")
    expect(page.locator("#messages .message")).to_have_count(0)
    field.press("Enter")
    expect(said(page, "Hello @Dana Smith こんにちは")).to_be_visible()


@ORDERS
def test_a_candidate_is_confirmed_in_other_fields_and_menus_stay_open(windows: Windows, key_first: bool) -> None:
    olaf, uma = (f"{name}@{token_hex(4)}.example" for name in ("olaf", "uma"))
    chat = room(windows.system, "Renaming", {}, (olaf, uma))
    page = windows.open("/chats/new", chat.owner)
    address, candidates = page.get_by_label("E-mail address"), InputMethod(page, key_first)
    address.focus()
    candidates.composes("jonas@kessel.example")
    expect(address).to_have_value("jonas@kessel.example")
    expect(page.locator("#invitees > *")).to_have_count(0)
    address.press("Enter")
    expect(page.locator("#invitees > *")).to_have_count(1)
    page.goto(chat.path)
    page.get_by_label("About this chat").click()
    page.get_by_text("Rename…").click()
    name = page.get_by_label("Name of the chat")
    name.fill("")
    candidates.composes("改名", then="Escape")
    expect(name).to_have_value("改名")
    expect(name).to_be_visible()
    page.keyboard.press("Escape")
    expect(name).to_be_hidden()
