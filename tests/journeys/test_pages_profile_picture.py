"""One's picture in a browser: chosen with and without a script, seen by the others, taken away."""

import io
import json
from secrets import token_hex

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from chalicelib.domain.profile_pictures import MOST_BYTES
from tests.support.browsers import DESKTOP, PHONE, Room, Windows, room, sideways
from tests.support.working_day import Person, choose_picture

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
SLOW = 60_000
"""Milliseconds for a function that runs for the first time."""
LOADED = "selector => document.querySelector(selector)?.naturalWidth === 256"
MINE = "#picture .avatar img"


@pytest.fixture
def place(windows: Windows) -> Room:
    return room(windows.system, "Seen", {f"dana@{token_hex(4)}.example": "Dana Smith"})


def photo(size: tuple[int, int]) -> FilePayload:
    """Of a crowd: a PNG can't make it any smaller."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": out.getvalue()}


def uses(page: Page, chosen: FilePayload) -> None:
    page.get_by_label("Your picture").set_input_files(chosen)
    if page.locator("html.scripted").count():
        page.locator(MINE).wait_for()
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible(timeout=SLOW)


def without_pictures(page: Page) -> None:
    page.route("**/pictures/**", lambda route: route.abort())


def seen_by(windows: Windows, place: Room, person: Person) -> Page:
    """The chat, once the picture has come to its people."""
    told = lambda: "picture_url" in json.dumps(place.owner.ask("GET", place.path)["participants"])  # noqa: E731
    windows.system.until(told, "picture among the people")
    page = windows.open(place.path, person)
    page.wait_for_function(LOADED, arg="#messages .message .avatar img")
    return page


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_photo_that_is_too_large_is_made_small_here_and_seen_by_the_others(
    windows: Windows, place: Room, size: tuple[int, int]
) -> None:
    (dana,) = place.guests
    place.write("Here I am.", by=dana)
    large = photo((2400, 1600))
    assert len(large["buffer"]) > MOST_BYTES
    page = windows.open("/settings", dana, size)
    page.locator("html.scripted").wait_for(state="attached")
    assert sideways(page) == 0
    uses(page, large)
    page.wait_for_function(LOADED, arg=MINE)
    seen_by(windows, place, place.owner)
    page.get_by_role("button", name="Remove the picture").click()
    expect(page.locator(MINE)).to_have_count(0)


def test_without_a_script_the_form_takes_it_and_says_what_is_wrong(windows: Windows, place: Room) -> None:
    (dana,) = place.guests
    place.write("Here I am.", by=dana)
    windows.expected = "status of 422"
    page = windows.open("/settings", dana, script=False)
    page.get_by_label("Your picture").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": b"<svg onload='alert(1)'/>"}
    )
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("This isn’t a picture that we can read.")).to_be_visible()
    uses(page, photo((600, 400)))
    seen_by(windows, place, dana)


def test_where_a_picture_does_not_come_the_initials_stand(windows: Windows, place: Room) -> None:
    """As for whoever has no right to it by now."""
    (dana,) = place.guests
    place.write("Here I am.", by=dana)
    choose_picture(windows.system, dana, 300)
    seen_by(windows, place, place.owner)
    windows.expected = "ERR_FAILED"
    page = windows.open(place.path, place.owner, prepare=without_pictures)
    page.locator("html.scripted").wait_for(state="attached")
    avatar = page.locator("#messages .message .avatar").first
    page.wait_for_function("() => [...document.images].some((image) => image.complete && !image.naturalWidth)")
    broken = avatar.screenshot()
    avatar.locator("img").evaluate("image => image.remove()")
    assert avatar.screenshot() == broken
