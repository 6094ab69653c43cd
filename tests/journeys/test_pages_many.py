"""Several chats, people and invitations on one page: what one does with one of them reaches that one, not the first."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browsers import Room, Windows, composer, connected, room, said, send, stored

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_INVITED = 3


@pytest.fixture
def places(windows: Windows) -> tuple[Room, Room, Room]:
    """Three chats of Paula's, each with two people of one name in it and three invited; the newest is the first in the side bar."""
    first, second, third = (_crowded(windows, f"{name} {token_hex(2)}") for name in ("North", "South", "West"))
    return first, second, third


def _crowded(windows: Windows, name: str) -> Room:
    site = f"{token_hex(4)}.example"
    guests = {f"dana{number}@{site}": "Dana Smith" for number in (1, 2)}
    return room(windows.system, name, guests, tuple(f"olaf{number}@{site}" for number in range(_INVITED)))


def test_a_link_is_copied_of_the_invitation_that_it_stands_beside(
    windows: Windows, places: tuple[Room, Room, Room]
) -> None:
    """F1: wherever the chat stands in the side bar."""
    for place in places:
        page = connected(windows.open(place.path, place.owner, permissions=["clipboard-read", "clipboard-write"]))
        copied = 0
        for invitation in reversed(place.invitations[2:]):
            menu = _menu(page, str(invitation["email"]))
            menu.get_by_role("link", name="Copy link").click()
            expect(page.get_by_role("log").get_by_text("Copied")).to_have_count(copied := copied + 1)
            link = place.owner.ask("GET", f"{place.path}/invitations/{invitation['id']}/link")["url"]
            assert page.evaluate("navigator.clipboard.readText()") == link
            page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile(f"{place.path}$"))


def test_copied_twice_the_label_comes_back(windows: Windows, places: tuple[Room, Room, Room]) -> None:
    page = windows.open(
        places[0].path,
        places[0].owner,
        prepare=lambda page: page.clock.install(),
        permissions=["clipboard-read", "clipboard-write"],
    )
    connected(page)
    menu = _menu(page, str(places[0].invitations[3]["email"]))
    copy = menu.locator("[data-copy-link]")
    for pressed in (1, 2):
        copy.click()
        expect(page.get_by_role("log").get_by_text("Copied")).to_have_count(pressed)
    page.clock.run_for(3000)
    expect(copy).to_have_text("Copy link")


def test_an_address_is_fixed_in_its_own_row(windows: Windows, places: tuple[Room, Room, Room]) -> None:
    page = connected(windows.open(places[1].path, places[1].owner))
    for number in (4, 3):
        email = str(places[1].invitations[number]["email"])
        _menu(page, email).get_by_role("link", name="Fix address").click()
        address = _row(page, email).get_by_label("Correct address")
        expect(address).to_be_visible()
        expect(address).to_have_value(email)
        expect(address).to_be_focused()


def test_of_two_people_with_one_name_the_same_keeps_the_focus(
    windows: Windows, places: tuple[Room, Room, Room]
) -> None:
    page = connected(windows.open(places[0].path, places[0].owner))
    menus = page.get_by_role("region", name="People").get_by_label("More about Dana Smith")
    menus.nth(1).focus()
    olaf = str(places[0].invitations[2]["email"])
    windows.system.notify(windows.system.mail(olaf), "delivery")
    expect(_row(page, olaf).get_by_text("Delivered")).to_be_visible()
    expect(menus.nth(1)).to_be_focused()


def test_what_is_unread_is_counted_at_its_own_chat(windows: Windows, places: tuple[Room, Room, Room]) -> None:
    page = connected(windows.open(places[2].path, places[2].owner))
    for number, place in ((2, places[0]), (1, places[1])):
        place.write(*[f"message {n}" for n in range(number)], by=place.guests[1])
        expect(_in_side_bar(page, place).locator(".count")).to_have_text(re.compile(rf"^{number}\b"))
    expect(_in_side_bar(page, places[2]).locator(".count")).to_have_count(0)


def test_a_draft_and_a_message_that_waits_stay_in_their_chat(windows: Windows, places: tuple[Room, Room, Room]) -> None:
    first, second, _ = places
    page = connected(windows.open(first.path, first.owner))
    composer(page).fill("For the North alone")
    page.goto(second.path)
    connected(page)
    expect(composer(page)).to_have_value("")
    page.context.set_offline(True)
    send(page, "For the South alone")
    expect(page.get_by_role("alert")).to_be_visible()
    page.context.set_offline(False)
    page.goto(first.path)
    connected(page)
    expect(composer(page)).to_have_value("For the North alone")
    send(page, "Now said")
    expect(said(page, "Now said").and_(page.locator(":not(.pending)"))).to_have_count(1)
    assert stored(first) == ["Now said"]
    windows.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED")


def test_each_message_has_its_own_row_of_actions(windows: Windows, places: tuple[Room, Room, Room]) -> None:
    room = places[0]
    room.write("one", "two", "three")
    page = connected(windows.open(room.path, room.owner))
    said(page, "two").hover()
    said(page, "two").get_by_role("link", name="React").click()
    said(page, "two").get_by_role("button", name="🎉").click()
    expect(said(page, "two").get_by_role("button", name="🎉 1")).to_be_visible()
    expect(page.get_by_role("button", name="🎉 1")).to_have_count(1)
    windows.agreed.add("Delete this message for everyone?")
    said(page, "three").hover()
    said(page, "three").get_by_label("More").click()
    said(page, "three").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Message deleted")).to_be_visible()
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("two")  # the last that can be edited, and not the deleted one
    composer(page).fill("two and a half")
    composer(page).press("Enter")
    expect(said(page, "two and a half").get_by_text("edited")).to_be_visible()
    assert stored(room)[:2] == ["one", "two and a half"]


def test_each_invitee_of_a_new_chat_has_a_language_and_a_remove_of_their_own(
    windows: Windows, places: tuple[Room, Room, Room]
) -> None:
    page = windows.open("/chats/new", places[0].owner)
    for name in ("ann", "bob", "cid"):
        page.get_by_label("E-mail address").fill(f"{name}@many.example")
        page.get_by_role("button", name="Invite", exact=True).click()
    bob = page.locator("#invitees > *").filter(has_text="bob@many.example")
    bob.locator("summary").first.click()
    bob.locator("select[name=locale]").select_option("fr")
    expect(bob.locator("[data-says=locale]")).to_have_text("French")
    expect(page.locator("#invitees [data-says=locale]", has_text="French")).to_have_count(1)
    page.get_by_label("More about bob@many.example").click()
    bob.get_by_role("button", name="Remove").click()
    expect(page.locator("#invitees .address")).to_have_text(["ann@many.example", "cid@many.example"])


def test_who_is_removed_while_the_server_reads_the_next_address_stays_removed(
    windows: Windows, places: tuple[Room, Room, Room]
) -> None:
    page = windows.open("/chats/new", places[0].owner)
    field, addresses = page.get_by_label("E-mail address"), page.locator("#invitees .address")
    field.fill("bob@many.example")
    field.press("Enter")
    expect(addresses).to_have_text(["bob@many.example"])
    held: list[Route] = []
    page.route("**/chats/new", lambda route: held.append(route))  # noqa: PLW0108  # Playwright asks for its arguments
    with page.expect_request("**/chats/new"):
        field.fill("cid@many.example")
        field.press("Enter")
    page.get_by_label("More about bob@many.example").click()
    page.get_by_role("button", name="Remove").click()
    expect(addresses).to_have_count(0)
    held[0].continue_()
    expect(addresses).to_have_text(["cid@many.example"])


def _row(page: Page, email: str) -> Locator:
    return page.locator(".invitation").filter(has=page.get_by_text(email, exact=True))


def _menu(page: Page, email: str) -> Locator:
    """The open menu of an invitation."""
    page.get_by_role("region", name="People").get_by_label(f"More about {email}").click()
    return page.locator(".invitation details[open] .sheet")


def _in_side_bar(page: Page, room: Room) -> Locator:
    return page.locator(f"#side-chats [data-chat='{room.id}']")
