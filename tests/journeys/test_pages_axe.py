"""No page breaks a rule that a machine can check (axe-core, WCAG 2.2 AA), in light and dark, on a desktop and a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.browsers import DESKTOP, FREE, PHONE, Room, Windows, room, sideways, token, unseen_stops
from tests.support.system import System
from tests.support.working_day import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_MORE_OF_THE_SAME = [[".docs main > :nth-child(n + 8)"], [".docs-nav li:nth-child(n + 8)"]]
_LINK = "/join/{token}"
_STRANGERS = {
    "home": "/",
    "sign-up": "/sign-up",
    "sign-in": "/sign-in?next=/chats",
    "password-reset": "/password-reset",
    "docs": "/docs",
    "help": "/help",
    "help-in-french": "/help?lang=fr",
    "check": "/check",
    "your-invitations": "/invitations",
    "join": _LINK,
    "join-in-german": f"{_LINK}?lang=de",
    "join-account": f"{_LINK}?step=account",
    "join-new-account": f"{_LINK}?step=new_account",
    "join-decline": f"{_LINK}?step=decline",
    "join-unknown": "/join/nothing",
    "link-over": "/enter/nothing",
}
_MEMBERS = {
    "chats": "/chats",
    "inbox": "/chats?view=inbox",
    "new-chat": "/chats/new",
    "chat": "{chat}",
    "chat-people": "{chat}?people=1",
    "chat-react": "{chat}?react={message}",
    "chat-edit": "{chat}?edit={message}",
    "invitation-link": "{chat}/invitations/{invitation}/link",
    "join-mismatch": _LINK,
    "settings": "/settings",
    "own-account": "/settings/account",
    "overview": "/overview",
    "unknown-chat": "/chats/aaaaaaaaaaaaaaaa",
}

_ADMINS = {"guests": "/outside", "audit-log": "/audit", "search": "/search?q=one", "guest-preview": "{chat}/preview"}


RICH = "> When?\n\n~~Ten~~ nine.\n```\nmake ci\n```\n" + "And then again. " * 120
"""Every mark, and too long to be shown whole."""


@pytest.fixture(scope="module")
def spring(system: System) -> tuple[Room, dict[str, str]]:
    """A chat that shows much, and its names."""
    made = room(system, "Spring launch", {"dana@axe.example": "Dana Smith"}, ("olaf@axe.example", "una@axe.example"))
    first = made.write("Morning all. **Last corrections** by `17:00`.", "- one\n- two, https://example.org", RICH)[0]
    made.guests[0].ask("PUT", f"{made.path}/messages/{first['id']}/reactions/%F0%9F%91%8D")
    answer = {"text": "Would 18:00 work, @Paula Prowse?", "reply_to": first["id"]}
    made.guests[0].ask("POST", f"{made.path}/messages", answer)
    system.notify(system.mail("una@axe.example"), "bounce")
    return made, {
        "chat": made.path,
        "message": first["id"],
        "invitation": made.invitations[1]["id"],
        "token": token(system, "olaf@axe.example"),
    }


@pytest.mark.parametrize("name", _STRANGERS)
def test_pages_for_strangers(windows: Windows, spring: tuple[Room, dict[str, str]], name: str) -> None:
    _check(windows, windows.open(_STRANGERS[name].format(**spring[1])))


@pytest.mark.parametrize("name", _MEMBERS)
def test_pages_for_members(windows: Windows, spring: tuple[Room, dict[str, str]], name: str) -> None:
    _check(windows, windows.open(_MEMBERS[name].format(**spring[1]), spring[0].owner))


@pytest.mark.parametrize("pages", [_STRANGERS, _MEMBERS | _ADMINS], ids=["strangers", "members"])
def test_every_page_in_german_by_axe_and_by_keyboard(
    windows: Windows, spring: tuple[Room, dict[str, str]], pages: dict[str, str]
) -> None:
    """Longer words, on a phone; and Tab through each page: wherever it stops, one sees where that is."""
    person = None if pages is _STRANGERS else spring[0].owner
    page = windows.open("/help", person, lang="de")
    wrong: list[str] = []
    for name, path in pages.items():
        if "lang=" in path:
            continue
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        page.goto(path.format(**spring[1]))
        assert page.locator("html").get_attribute("lang") == ("en" if name == "docs" else "de"), name
        wrong += [f"{name}: {fault}" for fault in unseen_stops(page)]
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        wrong += [f"{name}: {fault}" for fault in _violations(page)]
        wrong += [f"{name}: scrolls sideways"] if sideways(page) else []
    windows.forgive("status of 4")
    assert wrong == []


def test_empty_pages(windows: Windows) -> None:
    page = windows.open("/chats", sign_in(windows.system, FREE))
    _check(windows, page)


def test_menus_that_are_open(windows: Windows, spring: tuple[Room, dict[str, str]]) -> None:
    page = windows.open(spring[0].path, spring[0].owner)
    for label in ("About this chat", "Emoji", "More about olaf@axe.example"):
        page.get_by_label(label).first.click()
        # What an open menu lies upon isn't pressed.
        assert [fault for fault in _violations(page) if not fault.startswith("target-size")] == [], label
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("button", name="Expand menu").click()
    assert _violations(page) == []


def _check(windows: Windows, page: Page) -> None:
    """All rules on a light desktop and a dark phone; what changes with the colours on a dark desktop too."""
    assert sideways(page) == 0
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert _violations(page, {"type": "rule", "values": ["color-contrast"]}) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert sideways(page) == 0
    assert _violations(page) == []
    windows.forgive("status of 4")  # of the page itself


def _violations(page: Page, only: Any = _RULES) -> list[str]:
    options = {"runOnly": only, "resultTypes": ["violations"]}
    result = Axe().run(page, {"exclude": _MORE_OF_THE_SAME}, options).response["violations"]
    return [f"{item['id']}: {node['html'][:200]}" for item in result for node in item["nodes"]]
