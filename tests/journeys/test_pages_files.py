"""Files in a browser: chosen, dropped and cancelled, several at once, seen by the others live; pictures large by keys."""

import re
import struct
import zlib
from secrets import token_hex

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.support.browsers import DESKTOP, PHONE, Room, Windows, composer, connected, room, said, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
SLOW = 60_000
"""Milliseconds for functions that run for the first time."""


def picture(name: str, red: int) -> FilePayload:
    """A PNG of 40 by 30, in one colour."""
    rows = b"".join(b"\0" + bytes((red, 90, 160)) * 40 for _ in range(30))
    header = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    parts = b"".join(
        _part(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
    return {"name": name, "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + parts}


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PDF: FilePayload = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n..."}


@pytest.fixture
def shared_room(windows: Windows) -> Room:
    return room(windows.system, "Files", {f"dana@{token_hex(4)}.example": "Dana Smith"})


def files(page: Page) -> Locator:
    return page.locator("#messages .message .files > li")


def chosen(page: Page) -> Locator:
    return page.locator("#chosen-files > li")


@pytest.fixture(autouse=True)
def early(windows: Windows) -> None:
    """Who sends before the store has told of a file is told to wait, and waits."""
    windows.expected = "status of 409"


def choose(page: Page, *payloads: FilePayload) -> None:
    page.set_input_files("#files", list(payloads))


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_three_pictures_and_a_pdf_at_once_are_seen_live(
    windows: Windows, shared_room: Room, size: tuple[int, int]
) -> None:
    people = (shared_room.owner, shared_room.guests[0])
    mine, other = (connected(windows.open(shared_room.path, person, size)) for person in people)
    choose(mine, picture("a.png", 10), picture("b.png", 120), picture("c.png", 240), PDF)
    expect(mine.locator("#chosen-files > li[data-state=sent]")).to_have_count(4, timeout=SLOW)
    composer(mine).fill("The plan")
    press_send(mine)
    for page in (mine, other):
        expect(files(page)).to_have_count(4, timeout=SLOW)
        expect(page.locator("#messages .files .picture img")).to_have_count(3, timeout=SLOW)
        expect(page.get_by_role("link", name="plan.pdf")).to_have_attribute(
            "href", re.compile("^/files/"), timeout=SLOW
        )
        assert sideways(page) == 0
    expect(chosen(mine)).to_have_count(0)
    for image in other.locator("#messages .picture img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalWidth", 40)


def test_a_picture_is_large_by_keys(windows: Windows, shared_room: Room) -> None:
    page = connected(windows.open(shared_room.path, shared_room.owner))
    choose(page, picture("a.png", 10), picture("b.png", 120))
    press_send(page)  # it goes once they are in the store
    expect(page.locator("#messages .files .picture")).to_have_count(2, timeout=SLOW)
    page.locator("#messages .files .picture").first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("img")).to_have_attribute("alt", "a.png")
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img")).to_have_attribute("alt", "b.png")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(page.locator("#messages .files .picture").last).to_be_focused()


def test_what_failed_is_tried_again(windows: Windows, shared_room: Room) -> None:
    windows.expected += "|net::ERR_FAILED"
    page = connected(windows.open(shared_room.path, shared_room.owner))
    page.route(f"{windows.system.place.aws}/**", lambda route: route.abort(), times=1)
    choose(page, PDF)
    chosen(page).get_by_role("button", name="Try again").click()
    expect(page.locator("#chosen-files > li[data-state=sent]")).to_have_count(1, timeout=SLOW)
    press_send(page)
    expect(page.get_by_role("link", name="plan.pdf")).to_have_attribute("href", re.compile("^/files/"), timeout=SLOW)
    expect(files(page)).to_have_count(1)


def test_what_is_cancelled_is_not_sent(windows: Windows, shared_room: Room) -> None:
    windows.expected += "|net::ERR_"
    page = connected(windows.open(shared_room.path, shared_room.owner))
    held: list[Route] = []
    page.route(f"{windows.system.place.aws}/**", lambda route: held.append(route))  # noqa: PLW0108  # no attribute of a method can be set
    choose(page, PDF)
    expect(page.locator("#chosen-files > li[data-state=sending]")).to_have_count(1)
    chosen(page).get_by_role("button", name="Remove this file").click()
    expect(chosen(page)).to_have_count(0)
    composer(page).fill("Only words")
    press_send(page)
    expect(said(page, "Only words")).to_be_visible()
    expect(files(page)).to_have_count(0)


def test_dropped_and_pasted_files_are_chosen(windows: Windows, shared_room: Room) -> None:
    page = connected(windows.open(shared_room.path, shared_room.owner))
    for kind, place in (("drop", "#thread"), ("paste", "#text")):
        page.evaluate(_GIVES, [kind, place])
    expect(chosen(page).locator(".name")).to_have_text(["drop.txt", "paste.txt"])
    expect(page.locator("#chosen-files > li[data-state=sent]")).to_have_count(2, timeout=SLOW)


_GIVES = """([kind, place]) => {
    const data = new DataTransfer();
    data.items.add(new File(['some bytes'], `${kind}.txt`, { type: 'text/plain' }));
    const how = { bubbles: true, cancelable: true };
    const event = kind === 'drop' ? new DragEvent('drop', { ...how, dataTransfer: data })
        : new ClipboardEvent('paste', { ...how, clipboardData: data });
    document.querySelector(place).dispatchEvent(event);
}"""
