"""Whatever people call themselves, their chats and workspaces, and whatever they write: pages stay whole and run nothing."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from local.seeds import PASSWORD
from tests.support.browsers import DESKTOP, PHONE, Room, Windows, join, sideways, token
from tests.support.system import System
from tests.support.working_day import Person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_FAMILY = "👨‍👩‍👧‍👦"
NAMES = {
    "markup": '<img src=x onerror=alert(1)>"><script>alert(2)</script>',
    "direction": "\u202egnp.exe \u2067اهلا\u2066 abc",
    "unbroken": "W" * 60,
    "families": _FAMILY * 8,
    "marks": "**bold** `code` [x](javascript:alert(3)) {{7*7}}",
}
TEXTS = (
    '<script>alert(1)</script><img src=x onerror="alert(2)"><svg onload=alert(3)>',
    "[click](javascript:alert(4)) <javascript:alert(5)> https://example.org/" + "a" * 500,
    "\u202e\u2067 reversed \u2066 text \u200b\u200d\ufeff",
    "W" * 4000,
    _FAMILY * 300,
    "```\n" + "x" * 2000 + "\n```",
    "> " * 50 + "deep\n" + "- " * 50 + "list",
    "Z" + "\u0300\u0301\u0302\u0303" * 200,
)


@pytest.fixture(scope="module")
def evil(system: System) -> Room:
    """A workspace, people, a chat and messages of nothing else."""
    owner = _signed_up(system, "mallory@evil.example", NAMES["markup"][:60], NAMES["unbroken"])
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    invited = {f"{name}@evil.example": {"name": text[:60]} for name, text in NAMES.items()}
    invited[f"{'l' * 60}@{'d' * 60}.{'e' * 60}.example"] = {}
    invitees = [{"email": email, **more} for email, more in invited.items()]
    made = owner.ask("POST", "/chats", {"workspace_id": workspace, "name": NAMES["markup"][:80], "invitees": invitees})
    guests = tuple(
        join(system, f"{name}@evil.example", NAMES[name][:60]) for name in ("unbroken", "direction", "families")
    )
    evil = Room(made["chat"]["id"], owner, guests, tuple(made["invitations"]))
    for number, text in enumerate(TEXTS):
        message = evil.write(text, by=(owner, *guests)[number % 4])[0]
        answer = {"text": "@" + NAMES["unbroken"], "reply_to": message["id"]}
        owner.ask("POST", f"{evil.path}/messages", answer)
    return evil


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_stay_whole(windows: Windows, evil: Room, size: tuple[int, int]) -> None:
    page = windows.open("/chats", evil.owner, size)
    link = f"/join/{token(windows.system, 'marks@evil.example')}"
    paths = [
        "/chats",
        "/chats?view=inbox",
        "/chats/new",
        evil.path,
        f"{evil.path}?people=1",
        "/settings",
        "/overview",
        link,
    ]
    paths += [f"{evil.path}/invitations/{evil.invitations[-1]['id']}/link"]
    for path in paths:
        page.goto(path)
        assert sideways(page) == 0, path
        _nothing_is_wider_than_its_page(page)
    stranger = windows.open(link, size=size)
    for step in ("", "?step=account", "?step=new_account", "?step=decline"):
        stranger.goto(link + step)
        assert sideways(stranger) == 0, step
        _nothing_is_wider_than_its_page(stranger)


def test_hostile_messages_arrive_live_as_text(windows: Windows, evil: Room) -> None:
    page = windows.open(evil.path, evil.guests[0])
    page.locator(".chat[data-live=socket]").wait_for()
    before = page.locator("#messages .message").count()
    evil.write(*TEXTS)
    expect(page.locator("#messages .message")).to_have_count(before + len(TEXTS))
    assert page.locator("#messages :is(script, img, svg:not(.icon), iframe, [onerror], [onload])").count() == 0
    assert page.locator("#messages a[href^='javascript:' i]").count() == 0
    assert sideways(page) == 0


def test_a_hostile_list_of_addresses_is_text(windows: Windows, evil: Room) -> None:
    page = windows.open("/chats/new", evil.owner)
    field = page.get_by_label("E-mail address")
    for text in (*NAMES.values(), f"{'a' * 300}@b.example", '"<script>alert(1)</script>" <x@list.example>'):
        field.fill(text)
        page.get_by_role("button", name="Invite", exact=True).click()
        assert sideways(page) == 0
    expect(page.get_by_role("region", name="Invitation list").get_by_role("listitem")).to_have_count(1)


def _signed_up(system: System, email: str, name: str, workspace: str) -> Person:
    body = {"email": email, "name": name, "password": PASSWORD, "workspace": workspace}
    Person(system, "").ask("POST", "/accounts", body)
    link = re.search(r"http\S+", system.mail(email)["text"])
    assert link
    assert httpx.post(link[0], headers={"Origin": system.app}).status_code == 303
    return sign_in(system, email)


def _nothing_is_wider_than_its_page(page: Page) -> None:
    """Nothing sticks out of the window, but for what scrolls within itself."""
    out = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((node) => {
            const box = node.getBoundingClientRect();
            if (!box.width || !box.height || box.right <= innerWidth + 1 && box.left >= -1) return false;
            if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
            for (let one = node; one !== document.body; one = one.parentElement) {
                const style = getComputedStyle(one);
                if (style.overflowX !== 'visible' || style.clipPath !== 'none' || style.position === 'fixed') return false;
            }
            return true;
        }).map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert out == []
