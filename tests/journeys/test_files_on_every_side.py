"""Files between the page, on a desk and a phone, and Slack's and Teams' windows: seen live, without a place, never malware."""

import base64
import io
import re
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.pictures.test_making import noted, picture
from tests.support import browsers, provider_pages, uploads
from tests.support.browsers import DESKTOP, PHONE, Room, Windows, composer, connected, sideways
from tests.support.files import EICAR
from tests.support.system import System
from tests.support.working_day import Person, link_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A26", "A42")]
SLOW = 90_000
"""Milliseconds for functions that run for the first time, and for a file's way through the check and the relay."""
OSCAR, NED = "UACMEOSCAR", "7b2e4c90-1d3f-4a6b-8c5d-000000000006"
PDF = b"%PDF-1.7\n..."


def payload(name: str, media: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": media, "buffer": content}


def chosen_by(who: str) -> list[FilePayload]:
    """Three pictures, of which one notes where it was taken, and a PDF."""
    photo = picture("JPEG", 300, 200, exif=noted(1))
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825), "or nothing is lost"
    return [
        payload(f"{who}-photo.jpg", "image/jpeg", photo),
        payload(f"{who}-a.png", "image/png", picture("PNG", 60, 40)),
        payload(f"{who}-b.webp", "image/webp", picture("WEBP", 60, 40)),
        payload(f"{who}-plan.pdf", "application/pdf", PDF),
    ]


def sends(page: Page, files: list[FilePayload], text: str) -> None:
    page.set_input_files("#files", files)
    chosen = page.locator("#chosen-files > li[data-state=sent]")
    expect(chosen).to_have_count(len(files), timeout=SLOW)
    if len(files) > 1:
        page.get_by_label("Description of the picture").first.fill(f"The harbour, {text}")
    composer(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def named(page: Page, name: str) -> Locator:
    return page.locator("#messages .files > li").filter(has_text=name)


def came_in(system: System, provider: str, email: str, user: str, number: int) -> Person:
    join = link_in(system.mail(email, number=number))
    person = Person(system, provider_pages.come_in(system, provider, join, user))
    person.ask("POST", f"/join/{join}")
    return person


def bytes_of(person: Person, file_id: str) -> bytes:
    """What a reader is given."""
    headers = {"Authorization": f"Bearer {person.token}"}
    given = httpx.get(
        f"{person.system.app}/api/v1/files/{file_id}", headers=headers, follow_redirects=False, timeout=30
    )
    assert given.status_code == 303, given.text
    return httpx.get(given.headers["location"], timeout=30).raise_for_status().content


def place_in(content: bytes) -> dict[int, Any]:
    return dict(Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825))


@dataclass(frozen=True)
class Everybody:
    """One chat in four windows."""

    room: Room
    who: str
    desk: Page
    phone: Page
    slack: Page
    teams: Page

    def all_see(self, names: list[str]) -> None:
        for name in names:
            for reader in (self.desk, self.phone):
                expect(named(reader, name)).to_have_attribute("data-state", "ready", timeout=SLOW)
                assert sideways(reader) == 0
            expect(self.slack.locator(".file").filter(has_text=name)).to_be_visible(timeout=SLOW)


@pytest.fixture
def everybody(windows: Windows) -> Everybody:
    """Oscar and Ned are in no other chat, so that what Ned writes in Teams is for this one."""
    system, who = windows.system, token_hex(3)
    windows.expected = "status of 409"  # who sends before the store has told of a file is told to wait, and waits
    emails = ("oscar@acme.example", "ned@northwind.example")
    before = [len(system.mails(email)) for email in emails]
    room = browsers.room(system, f"Files {who}", {f"dana@{who}.example": "Dana Smith"}, emails)
    oscar = came_in(system, provider_pages.SLACK, emails[0], OSCAR, before[0] + 1)
    provider_pages.add_to_slack(system, oscar.token, OSCAR)
    came_in(system, provider_pages.MICROSOFT, emails[1], NED, before[1] + 1)
    if not system.call("GET", f"/microsoft/teams/chat/{NED}.json")["person"]["has_app"]:
        provider_pages.play(system, f"/microsoft/teams/chat/{NED}/install")
    desk = connected(windows.open(room.path, room.owner, DESKTOP))
    phone = connected(windows.open(room.path, room.guests[0], PHONE))
    slack = windows.open(f"{system.playground}/slack/dm/{OSCAR}")
    teams = windows.open(f"{system.playground}/microsoft/teams/chat/{NED}")
    return Everybody(room, who, desk, phone, slack, teams)


def test_files_are_on_every_side_and_malware_on_none(everybody: Everybody) -> None:
    """One journey: whoever writes in Teams must be in one chat alone."""
    for page, size in ((everybody.desk, "desk"), (everybody.phone, "phone")):
        _from_a_page(everybody, page, f"{size}{everybody.who}")
    _without_a_place(everybody)
    _from_teams(everybody)
    _malware_of_ours(everybody)


def _from_a_page(everybody: Everybody, page: Page, sender: str) -> None:
    files = chosen_by(sender)
    sends(page, files, f"from {sender}")
    everybody.all_see([file["name"] for file in files])
    for file in files:
        link = everybody.teams.get_by_role("link", name=f"📎 {file['name']}")
        expect(link).to_be_visible(timeout=SLOW)
        expect(link).to_have_attribute("href", re.compile("/files/[a-z2-7]{16}$"))
    described = f"The harbour, from {sender}"
    expect(everybody.desk.get_by_role("img", name=described)).to_have_count(1)
    expect(everybody.slack.get_by_role("img", name=described)).to_have_count(1)
    expect(everybody.teams.get_by_text(described)).to_have_count(1)


def _without_a_place(everybody: Everybody) -> None:
    """For the readers here and in Slack."""
    photo, system = f"desk{everybody.who}-photo.jpg", everybody.room.owner.system
    here = named(everybody.desk, photo).get_attribute("data-file") or ""
    assert place_in(bytes_of(everybody.room.guests[0], here)) == {}
    slack_id = everybody.slack.locator(".file").filter(has_text=photo).get_attribute("data-file")
    shown = httpx.get(f"{system.playground}/slack/shown/{slack_id}", timeout=30).raise_for_status().content
    assert place_in(shown) == {}


def _from_teams(everybody: Everybody) -> None:
    who, bad = everybody.who, f"teams-bad{everybody.who}.txt"
    body = {
        "text": f"From Teams {who}",
        "pasted": [{"type": "image/png", "base64": _base64(picture("PNG", 60, 40))}],
        "files": [{"name": f"teams{who}.pdf", "base64": _base64(PDF)}, {"name": bad, "base64": _base64(EICAR)}],
    }
    provider_pages.play(everybody.room.owner.system, f"/microsoft/teams/chat/{NED}/messages", body)
    everybody.all_see([f"teams{who}.pdf", "picture.png"])
    for reader in (everybody.desk, everybody.phone):
        expect(named(reader, bad)).to_have_attribute("data-state", "blocked", timeout=SLOW)
        expect(named(reader, bad).get_by_role("link")).to_have_count(0)
    expect(everybody.slack.locator(".file").filter(has_text=bad)).to_have_count(0)


def _malware_of_ours(everybody: Everybody) -> None:
    """It is found before its message is sent, or after; no window has it."""
    bad, room = f"bad{everybody.who}.txt", everybody.room
    declared = room.owner.ask("POST", f"{room.path}/files", {"name": bad, "size": len(EICAR), "type": "text/plain"})
    assert uploads.post(declared["upload"], EICAR) == 201
    answers: list[httpx.Response] = []

    def is_known() -> bool:
        headers = {"Authorization": f"Bearer {room.owner.token}"}
        address = f"{room.owner.system.app}/api/v1{room.path}/messages"
        answers.append(httpx.post(address, json={"files": [declared["file"]["id"]]}, headers=headers, timeout=30))
        return answers[-1].is_success or answers[-1].json()["code"] != "file_waiting"

    room.owner.system.until(is_known, "upload", 90)
    if answers[-1].is_success:
        for reader in (everybody.desk, everybody.phone):
            expect(named(reader, bad)).to_have_attribute("data-state", "blocked", timeout=SLOW)
    else:
        assert answers[-1].json()["code"] == "file_blocked"
    expect(everybody.slack.locator(".file").filter(has_text=bad)).to_have_count(0)
    expect(everybody.teams.locator(".attached").filter(has_text=bad)).to_have_count(0)


def _base64(content: bytes) -> str:

    return base64.b64encode(content).decode()
