"""Taking part by mail, seen from both sides: the host's chat in Chromium, the guest's mailbox at the playground."""

import base64
import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import Room, Windows, connected, room, said, send, stored, texts
from tests.support.picture_samples import png

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A43")]
QUOTE = "\n\nOn Mon, 23 Nov 2026 at 10:00, Webtop <x@chat.example> wrote:\n> Whatever was said\n"
Json = dict[str, Any]


def told(place: Room, email: str, text: str) -> Json:
    """The mail that tells of it, once it is stored and two minutes were quiet."""
    system = place.owner.system
    system.until(lambda: text in stored(place), text)
    system.advance(130)

    def mails() -> list[Json]:
        system.invoke("minutely")
        return [item for item in system.mails(email) if text in item["text"]]

    return system.until(mails, f"a mail with {text}")[-1]


def is_ready(place: Room, text: str) -> bool:
    """Whether the file of this message may be given out, and so attached."""
    items = place.owner.ask("GET", f"{place.path}/messages")["items"]
    return any(file["state"] == "ready" for item in items if item["text"] == text for file in item["files"])


def replies(windows: Windows, mail: Json, text: str) -> None:
    """With the playground's own form."""
    page = windows.open(f"{windows.system.playground}/?mail={mail['id']}")
    page.locator("details.reply > summary").click()
    page.get_by_label(re.compile("by e-mail$")).fill(text + QUOTE)
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator("details.reply[open]")).to_have_count(0)
    page.close()


def picture(name: str, content: bytes) -> Json:
    return {"name": name, "type": "image/png", "base64": base64.b64encode(content).decode()}


@pytest.fixture
def email() -> str:
    return f"dana@{uuid4().hex[:6]}.example"


@pytest.fixture
def place(windows: Windows, email: str) -> Room:
    return room(windows.system, "Harbour house", {}, (email,))


def let_in(page: Page) -> None:
    """The host lets in whoever answered, with the button beside what they wrote."""
    page.get_by_role("button", name="Allow").first.click()
    expect(page.get_by_role("button", name="Allow")).to_have_count(0)


def test_a_conversation_by_mail_goes_on_in_the_browser(windows: Windows, place: Room, email: str) -> None:
    system, windows.expected = (
        windows.system,
        "status of 409",
    )  # a file that isn't looked through yet waits, and is sent again
    replies(windows, system.mail(email), "One, by mail.")
    system.until(lambda: place.owner.ask("GET", f"{place.path}/invitations")["items"][0]["asks"], "held answer")
    host = windows.open(f"{place.path}?people=1", place.owner)
    expect(host.get_by_text("One, by mail.").first).to_be_visible()
    let_in(host)
    host.close()
    host = connected(windows.open(f"{place.path}?people=0", place.owner))
    expect(said(host, "One, by mail.")).to_be_visible()
    send(host, "Two, from the host.")
    mail = told(place, email, "Two, from the host.")
    answer = {"text": f"Three, with a picture.{QUOTE}", "attachments": [picture("site.png", png(40, 30))]}
    system.call("POST", f"/mail/{mail['id']}/reply", answer)
    expect(said(host, "Three, with a picture.").locator(".files a.picture")).to_be_visible()
    host.set_input_files("#files", {"name": "plan.png", "mimeType": "image/png", "buffer": png(60, 30)})
    expect(host.locator("#chosen-files > li")).to_have_count(1)
    send(host, "Four, with another.")
    system.until(lambda: is_ready(place, "Four, with another."), "looked through")
    mail = told(place, email, "Four, with another.")
    assert [item["name"] for item in mail["attachments"]] == ["plan.png"]
    replies(windows, mail, "Five, by mail again.")
    expect(said(host, "Five, by mail again.")).to_be_visible()
    five = said(host, "Five, by mail again.")
    expect(five.get_by_role("link", name="Show the whole e-mail")).to_be_visible()
    two = next(item for item in place.owner.ask("GET", f"{place.path}/messages")["items"] if "Two" in item["text"])
    place.owner.ask("PATCH", f"{place.path}/messages/{two['id']}", {"text": "Two, as it is meant."})
    send(host, "Six, the last.")
    mail = told(place, email, "Six, the last.")
    assert "corrected" in told(place, email, "Two, as it is meant.")["text"]
    whole = [
        "One, by mail.",
        "Two, as it is meant.",
        "Three, with a picture.",
        "Four, with another.",
        "Five, by mail again.",
        "Six, the last.",
    ]
    assert texts(host) == whole
    five.get_by_role("link", name="Show the whole e-mail").click()
    expect(host.get_by_text("> Whatever was said")).to_be_visible()
    _goes_on_in_the_browser(windows, email, mail, whole)


def opened(windows: Windows, mail: dict[str, Any]) -> Page:
    """The page that the mail leads to."""
    return windows.open(f"/by-mail/{mail['text'].partition('/by-mail/')[2].split()[0].partition('/')[0]}")


def signs_in_by_link(windows: Windows, guest: Page, email: str) -> None:
    """With the link that was mailed last."""
    system = windows.system
    mails = system.until(lambda: [item for item in system.mails(email) if "/enter/" in item["text"]], "link to sign in")
    guest.goto(f"/enter/{mails[-1]['text'].partition('/enter/')[2].split()[0]}")
    guest.get_by_role("button", name="Sign in").click()


def _goes_on_in_the_browser(windows: Windows, email: str, mail: Json, whole: list[str]) -> None:
    """By the link in the mail, and the one to sign in that comes then; the chat is the same."""
    guest = opened(windows, mail)
    guest.get_by_role("button", name="Read it in the browser instead").click()
    expect(guest.get_by_role("status")).to_contain_text("in the browser from now on")
    signs_in_by_link(windows, guest, email)
    expect(connected(guest).locator("#messages .message")).to_have_count(len(whole))
    assert texts(guest) == whole
    expect(said(guest, "One, by mail.").locator(".author")).to_have_text("You")
