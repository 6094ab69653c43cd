"""The article's walk in a browser without JavaScript, by what a person sees: on a desktop and on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from local.seeds import PASSWORD
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
SIZES = {"desktop": (1440, 900), "phone": (360, 740)}


@pytest.fixture(params=SIZES)
def contexts(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[tuple[str, BrowserContext, BrowserContext]]:
    """A size, and two browsers of it: the inviter's and the invited person's."""
    width, height = SIZES[request.param]
    both = [
        chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=False) for _ in range(2)
    ]
    yield request.param, both[0], both[1]
    for browser_context in both:
        browser_context.close()


def test_the_walk_of_the_article(system: System, contexts: tuple[str, BrowserContext, BrowserContext]) -> None:
    size, inviters, guests = contexts
    dana, olaf = f"dana@{size}.example", f"olaf@{size}.example"
    page = inviters.new_page()
    _sign_in(page, system)
    _create_chat(page, system, [dana, olaf], f"Walk {size}")
    chat = page.url

    guest = guests.new_page()
    guest.goto(_link(system, dana))
    expect(guest.get_by_text(dana).first).to_be_visible()
    expect(guest.get_by_role("heading", name=re.compile("Paula Prowse"))).to_be_visible()
    _fits(guest)
    guest.get_by_role("link", name=re.compile("Create an account")).click()
    guest.get_by_label("Your name").fill("Dana Smith")
    guest.locator("input[name=password]").fill("plum kettle orbit 42")
    guest.get_by_role("button", name=re.compile("Create the account and join")).click()
    assert guest.url.startswith(chat.partition("?")[0])
    _write(guest, "Hello from outside")

    page.goto(chat)
    expect(page.get_by_text("Hello from outside").first).to_be_visible()
    _write(page, "Welcome in")
    guest.reload()
    expect(guest.get_by_text("Welcome in").first).to_be_visible()
    for item in (page, guest):
        _fits(item)


def test_no_thank_you(system: System, contexts: tuple[str, BrowserContext, BrowserContext]) -> None:
    size, inviters, guests = contexts
    page = inviters.new_page()
    _sign_in(page, system)
    _create_chat(page, system, [f"no@{size}.example"], "")
    guest = guests.new_page()
    guest.goto(_link(system, f"no@{size}.example"))
    guest.get_by_role("link", name=re.compile("No, thank you")).first.click()
    _fits(guest)
    guest.get_by_role("button", name=re.compile("Decline")).click()
    guest.goto(_link(system, f"no@{size}.example"))
    expect(guest.get_by_role("heading", name=re.compile("declined"))).to_be_visible()


def _sign_in(page: Page, system: System) -> None:
    page.goto(f"{system.app}/sign-in")
    page.get_by_label("E-mail address").fill("owner@pro.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/chats")
    _fits(page)


def _create_chat(page: Page, system: System, emails: list[str], name: str) -> None:
    page.goto(f"{system.app}/chats/new")
    for email in emails:
        page.get_by_label(re.compile("address", re.IGNORECASE)).first.fill(email)
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_text(email).first).to_be_visible()
    if name:
        page.get_by_label("Name of the chat").fill(name)
    _fits(page)
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url(re.compile(r"/chats/[a-z2-7]{16}"))


def _write(page: Page, text: str) -> None:
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(text).first).to_be_visible()


def _fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= (page.viewport_size or {"width": 0})["width"]


def _link(system: System, email: str) -> str:
    match = re.search(re.escape(system.app) + r"/join/[\w-]+", system.mail(email)["text"])
    assert match
    return match[0]
