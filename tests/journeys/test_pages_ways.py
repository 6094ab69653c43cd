"""One guest goes from mail to Slack and back, seen from all sides: the host's chat, the mailbox, and the window in Slack."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_pages_by_mail import opened, replies, signs_in_by_link, told
from tests.support import provider_pages
from tests.support.browsers import Room, Windows, allow, connected, room, said, send, texts, token
from tests.support.system import System

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A43")]
PATIENCE = 90_000
WHOLE = ["One, by mail.", "Two, from the mailbox.", "Three, in Slack.", "Four, from Slack.", "Five, by mail.", "Six."]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def system(own_system: System) -> System:
    """In which Dana's Slack belongs to nobody yet."""
    return own_system


def test_from_mail_to_slack_and_back_it_is_one_conversation(windows: Windows) -> None:
    email = f"dana@{uuid4().hex[:6]}.example"
    place = room(windows.system, "By any way", {}, (email,))
    joining = windows.open(f"/join/{token(windows.system, email)}")
    joining.get_by_role("button", name=re.compile("^Just by e-mail")).click()
    expect(joining.get_by_role("heading", name="You take part by e-mail")).to_be_visible()
    host = connected(windows.open(f"{place.path}?people=0", place.owner))
    send(host, WHOLE[0])
    mail = told(place, email, WHOLE[0])
    replies(windows, mail, WHOLE[1])
    expect(said(host, WHOLE[1])).to_be_visible()
    guest = _to_slack(windows, email, mail)
    slack = windows.open(f"{windows.system.playground}/slack/dm/{provider_pages.DANA}")
    for text in WHOLE[:2]:
        expect(slack.get_by_text(text).first).to_be_visible(timeout=PATIENCE)
    send(host, WHOLE[2])
    expect(slack.get_by_text(WHOLE[2]).first).to_be_visible(timeout=PATIENCE)
    thread = slack.locator("section.thread").filter(has_text=WHOLE[2]).last
    thread.get_by_placeholder("Reply as Dana").fill(WHOLE[3])
    thread.get_by_role("button", name="Reply").last.click()
    expect(said(host, WHOLE[3])).to_be_visible(timeout=PATIENCE)
    _to_mail(guest)
    send(host, WHOLE[4])
    mail = told(place, email, WHOLE[4])
    replies(windows, mail, WHOLE[5])
    expect(said(host, WHOLE[5])).to_be_visible()
    assert texts(host) == WHOLE
    assert _mails_with(place, email) == [1, 0, 0, 0, 1, 0]
    slack.reload()
    assert [slack.locator("section.thread").get_by_text(text).count() for text in WHOLE] == [1, 1, 1, 1, 0, 0]


def _to_slack(windows: Windows, email: str, mail: Json) -> Page:
    """From the page that the mail leads to, through the link that comes then and Slack's own pages."""
    guest = opened(windows, mail)
    guest.get_by_role("button", name="Read it in Slack instead").click()
    expect(guest.get_by_role("status")).to_contain_text("We’ve sent a link to")
    signs_in_by_link(windows, guest, email)
    guest.get_by_role("link", name="Sign in with Slack").click()
    guest.get_by_role("link", name="Acme", exact=True).click()
    allow(guest, "Dana Smith")
    expect(guest.get_by_text("Slack is linked.")).to_be_visible()
    guest.get_by_role("button", name="Read it in Slack").click()
    expect(guest.get_by_text("You read this chat in Slack from now on.")).to_be_visible()
    guest.get_by_role("link", name="Add to Slack").click()
    allow(guest, "Dana Smith")
    guest.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?notice=installed"))
    return guest


def _to_mail(guest: Page) -> None:
    """From the chat's own menu."""
    guest.get_by_label("About this chat").click()
    guest.get_by_role("link", name="Where you read this chat").click()
    guest.get_by_role("button", name="Get it by e-mail").click()
    expect(guest.get_by_text("This chat comes to you by e-mail from now on.")).to_be_visible()


def _mails_with(place: Room, email: str) -> list[int]:
    """How many of the mails about messages tell of each; a quote would tell of it again."""
    bodies = [item["text"] for item in place.owner.system.mails(email) if "/by-mail/" in item["text"]]
    return [sum(text in body for body in bodies) for text in WHOLE]
