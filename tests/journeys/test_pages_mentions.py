"""Who is mentioned is who was picked from the list, though two people have one name."""

from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import Room, Windows, composer, connected, room, said

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
NAME = "Dana Smith"


@pytest.fixture
def shared_name(windows: Windows) -> Room:
    """A chat with two guests of one name, the first on the list first."""
    guests = {f"dana{number}@{token_hex(4)}.example": NAME for number in range(2)}
    return room(windows.system, "Two of one name", guests)


def _picks(page: Page, account_id: str) -> None:
    composer(page).press_sequentially("@da")
    options = page.get_by_role("option", name=NAME)
    expect(options).to_have_count(2)
    assert len(set(options.all_inner_texts())) == 2, "the list tells them apart"
    page.locator(f'#suggest [data-id="{account_id}"]').click()


def _mentioned(chat: Room, text: str) -> list[str]:
    items = chat.owner.ask("GET", f"{chat.path}/messages?limit=10")["items"]
    return next(item.get("mentions", []) for item in items if item.get("text") == text)


def test_the_second_of_two_people_of_one_name_is_mentioned_when_picked(windows: Windows, shared_name: Room) -> None:
    """P7: the page sent the name alone, so that it mentioned nobody."""
    first, second = (guest.ask("GET", "/me")["account"]["id"] for guest in shared_name.guests)
    page = connected(windows.open(shared_name.path, shared_name.owner))
    _picks(page, second)
    composer(page).press_sequentially("and ")
    _picks(page, first)
    expect(composer(page)).to_have_value(f"@{NAME} and @{NAME} ")
    page.reload()
    connected(page)
    expect(composer(page)).to_have_value(f"@{NAME} and @{NAME} ")
    composer(page).press("Home")
    composer(page).press_sequentially("Well, ")
    composer(page).press("Enter")
    text = f"Well, @{NAME} and @{NAME}"
    expect(said(page, text)).to_be_visible()
    expect(page.locator("#messages .pending")).to_have_count(0)
    assert _mentioned(shared_name, text) == [second, first]


def test_an_edit_keeps_who_was_meant_and_may_add_the_other(windows: Windows, shared_name: Room) -> None:
    first, second = (guest.ask("GET", "/me")["account"]["id"] for guest in shared_name.guests)
    page = connected(windows.open(shared_name.path, shared_name.owner))
    _picks(page, second)
    composer(page).press("Enter")
    expect(said(page, f"@{NAME}")).to_be_visible()
    expect(page.locator("#messages .pending")).to_have_count(0)
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value(f"@{NAME}")
    composer(page).press("Home")
    _picks(page, first)
    composer(page).press("Enter")
    text = f"@{NAME} @{NAME}"
    expect(said(page, text)).to_be_visible()
    expect(composer(page)).to_have_value("")
    assert _mentioned(shared_name, text) == [first, second]
