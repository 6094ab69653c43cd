"""The help article, step by step, by what a person sees: on a desktop, and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from local.seeds import PASSWORD
from tests.support.browsers import DESKTOP, PHONE, PRO, Windows, sideways, token

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_the_desktop_flow(windows: Windows) -> None:
    page = _signed_in(windows, DESKTOP)
    page.get_by_role("link", name="Chats", exact=True).click()
    page.get_by_role("link", name="Create a new chat").first.click()
    _invite(page, "ida@desktop.example")
    expect(page.get_by_label("Name of the chat")).to_be_hidden()
    _invite(page, "ole@desktop.example")
    _invite(page, "mistake@desktop.example")
    _remove(page, "mistake@desktop.example")
    page.get_by_label("Name of the chat").fill("Fjord")
    _create(page, "Fjord")
    expect(page.get_by_role("region", name="Invitations, 2 open").get_by_role("listitem")).to_have_count(2)
    assert windows.system.mails("mistake@desktop.example") == []
    _accept(windows, "ida@desktop.example", "Ida", DESKTOP)


def test_the_mobile_flow(windows: Windows) -> None:
    page = _signed_in(windows, PHONE)
    page.get_by_role("button", name="Expand menu").tap()
    page.get_by_role("link", name=re.compile("^Chats")).tap()
    page.get_by_role("link", name="Add a new chat").tap()
    _invite(page, "ida@phone.example")
    _invite(page, "ole@phone.example")
    _invite(page, "mistake@phone.example")
    _remove(page, "mistake@phone.example")
    page.get_by_label("Name of the chat").fill("Sund")
    assert sideways(page) == 0
    _create(page, "Sund")
    page.get_by_role("link", name="People", exact=True).tap()
    expect(page.get_by_role("region", name="Invitations, 2 open")).to_contain_text("ole@phone.example")
    assert sideways(page) == 0
    _accept(windows, "ida@phone.example", "Ida", PHONE)


def test_one_person_makes_a_direct_chat_without_a_name(windows: Windows) -> None:
    page = _signed_in(windows, DESKTOP)
    page.goto("/chats/new")
    _invite(page, "una@desktop.example")
    expect(page.get_by_label("Name of the chat")).to_be_hidden()
    _create(page, "una@desktop.example")


def test_a_pasted_list_fills_the_invitation_list_and_says_what_it_left(windows: Windows) -> None:
    page = _signed_in(windows, DESKTOP)
    page.goto("/chats/new")
    _invite(page, "Ida Berg <ida@pasted.example>; ole@pasted.example, tom@@pasted, ida@pasted.example, una@@pasted")
    for notice in (
        "“tom@@pasted” is not an e-mail address.",
        "“ida@pasted.example” is in the list already.",
        "“una@@pasted” is not an e-mail address. The other 2 are in the list.",
    ):
        expect(page.get_by_text(notice)).to_be_visible()
    expect(page.get_by_role("region", name="Invitation list").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_label("E-mail address")).to_have_value("tom@@pasted, una@@pasted")


def test_an_address_is_judged_by_the_server_and_what_create_refuses_is_said_and_mended(windows: Windows) -> None:
    """The same with a script as without: no rule of the page's own lets an address through or keeps one out."""
    page, system = _signed_in(windows, PHONE), windows.system
    page.goto("/chats/new")
    _invite(page, "gone@mended.example")
    _create(page, "gone@mended.example")
    system.notify(system.mail("gone@mended.example"), "bounce")
    page.get_by_role("link", name="People", exact=True).tap()
    expect(page.get_by_text("Bounced:", exact=True)).to_be_visible()
    page.goto("/chats/new")
    page.get_by_label("E-mail address").fill("\u200bida@mended.example")
    page.keyboard.press("Enter")
    page.keyboard.type("jörg@mended.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“jörg@mended.example” is not an e-mail address.")).to_be_visible()
    rows = page.get_by_role("region", name="Invitation list").get_by_role("listitem")
    expect(rows).to_have_count(1)
    page.get_by_label("E-mail address").fill("gone@mended.example")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url(re.compile(r"people=1&refused="))
    told = page.get_by_role("alert").filter(has_text="1 invited.")
    expect(told).to_contain_text("gone@mended.example")
    field = page.get_by_label("E-mail address")
    expect(field).to_have_value("gone@mended.example")
    assert sideways(page) == 0
    field.fill("here@mended.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("region", name="Invitations, 2 open")).to_contain_text("here@mended.example")
    assert system.mails("jörg@mended.example") == []


def _signed_in(windows: Windows, size: tuple[int, int]) -> Page:
    page = windows.open("/", size=size)
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("E-mail address").fill(PRO)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/chats")
    return page


def _invite(page: Page, text: str) -> None:
    page.get_by_label("E-mail address").fill(text)
    page.get_by_role("button", name="Invite", exact=True).click()


def _remove(page: Page, email: str) -> None:
    page.get_by_label(f"More about {email}").click()
    page.get_by_role("listitem").filter(has_text=email).get_by_role("button", name="Remove").click()
    expect(page.get_by_text(email)).to_have_count(0)


def _create(page: Page, title: str) -> None:
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}$"))
    expect(page).to_have_title(f"{title} · Webtop")


def _accept(windows: Windows, email: str, name: str, size: tuple[int, int]) -> None:
    """The invitee's side: the mail's link, an account, and into the chat."""
    page = windows.open(f"/join/{token(windows.system, email)}", size=size)
    expect(page.get_by_role("heading", name=re.compile("^Paula Prowse invites you to"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Create an account")).click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account and join").click()
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?joined=1$"))
    expect(page.get_by_role("region", name="Messages")).to_contain_text(f"{name} joined")
    assert sideways(page) == 0
