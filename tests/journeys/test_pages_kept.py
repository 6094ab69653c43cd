"""What the browser keeps (drafts, messages that aren't sent yet) belongs to one account, and is lost to nobody else's tab."""

import re
from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, Route, expect

from local.seeds import PASSWORD
from tests.support.browsers import PRO, Room, Windows, composer, connected, room, said, send, stored, texts
from tests.support.working_day import Person

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A08")]
_NOT_SENT, _DRAFT = "My salary is 5000", "And please tell nobody"


@pytest.fixture
def place(windows: Windows) -> Room:
    """A chat of Paula's with Dana in it. What doesn't get through is tried to the end of the test."""
    windows.expected = "ERR_FAILED|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|status of (401|409|422|429|5..)"
    return room(windows.system, "Kept", {_dana(): "Dana Smith", f"eva@{token_hex(4)}.example": "Eva"})


def _dana() -> str:
    return f"dana@{token_hex(4)}.example"


def test_nothing_of_one_person_comes_under_the_name_of_the_next(windows: Windows, place: Room) -> None:
    """P1: she signs out, somebody else signs in in the same tab."""
    page = _written_without_a_line(windows, place)
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(
        page.get_by_role("heading", name="Bring anyone into your chat with just their e-mail address")
    ).to_be_visible()
    assert _kept(page) == []
    page.unroute("**/messages")
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(PRO)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/chats")
    page.goto(place.path)
    _is_of_somebody_else(windows, page, place)


def test_nor_when_the_browsers_session_is_another_persons_by_now(windows: Windows, place: Room) -> None:
    """Her page is still open, and knows nothing of it: what she presses there isn't done in his name."""
    page = _written_without_a_line(windows, place)
    _becomes(page, place.owner)
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("body")).not_to_have_attribute("data-account", _id(place.guests[0]))
    _is_of_somebody_else(windows, page, place)


def test_nor_from_a_tab_beside_the_one_in_which_he_signed_in(windows: Windows, place: Room) -> None:
    page = _written_without_a_line(windows, place)
    _becomes(page, place.owner)
    windows.tab(page, "/chats")
    expect(page.locator("body")).to_have_attribute("data-account", _id(place.owner))
    page.unroute("**/messages")
    _is_of_somebody_else(windows, page, place)


def test_nothing_stays_when_the_session_ended_elsewhere(windows: Windows, place: Room) -> None:
    page = _written_without_a_line(windows, place)
    place.guests[0].ask("DELETE", "/sessions/current")
    page.wait_for_url(re.compile(r"/sign-in\?notice=ended&next=%2Fchats%2F"))
    assert _kept(page) == []


def test_a_browser_that_obeys_no_header_forgets_as_well(windows: Windows, place: Room) -> None:
    """Not every browser knows Clear-Site-Data: the next page sees that nobody is signed in."""
    page = _written_without_a_line(windows, place)
    later = windows.tab(page, "about:blank")
    page.close()  # open, it might learn from the server that its session is over, and leave while the next one comes
    later.context.clear_cookies()
    later.goto("/")
    expect(later.locator("html.scripted")).to_be_attached()
    assert _kept(later) == []


def test_a_draft_and_what_is_not_sent_outlive_the_tab(windows: Windows, place: Room) -> None:
    page = _written_without_a_line(windows, place)
    again = windows.tab(page, "/chats")
    page.close()
    again.goto(place.path)
    expect(composer(again)).to_have_value(_DRAFT)
    expect(said(again, _NOT_SENT).and_(again.locator(":not(.pending)"))).to_have_count(1)
    expect(again.get_by_role("alert")).to_have_count(0)
    assert stored(place) == texts(again) == [_NOT_SENT]
    assert [item for item in _kept(again) if "unsent" in item] == []


def test_an_edit_that_is_not_saved_outlives_the_page_and_another_thing_done_first(
    windows: Windows, place: Room
) -> None:
    """It was gone with a reload, and with a press on Reply."""
    page = connected(windows.open(place.path, place.owner))
    send(page, "Come at nine")
    expect(page.locator("#messages .pending")).to_have_count(0)
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("Come at nine")
    composer(page).fill("Come at ten, and bring the keys")
    page.reload()
    connected(page)
    expect(composer(page)).to_have_value("")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("Come at ten, and bring the keys")
    said(page, "Come at nine").hover()
    said(page, "Come at nine").get_by_role("link", name="Reply").click()
    expect(composer(page)).to_have_value("")
    composer(page).press("Escape")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("Come at ten, and bring the keys")
    composer(page).press("Escape")
    expect(composer(page)).to_have_value("")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("Come at nine")
    composer(page).press("Escape")
    assert [item for item in _kept(page) if "edit" in item] == []


def test_that_messages_are_on_their_way_is_said_once_and_late(windows: Windows, place: Room) -> None:
    """M13: each said so after a third of a second, and the rows jumped."""
    page = connected(windows.open(place.path, place.owner))
    page.route("**/messages", _posts(lambda route: None))
    for text in ("one", "two", "three"):
        send(page, text)
    expect(page.locator("#messages .pending")).to_have_count(3)
    expect(page.locator("#messages .sending")).to_have_count(1)
    expect(page.locator("#messages .pending").last.locator(".sending")).to_be_visible()


def test_a_draft_that_one_tab_sends_stands_in_no_other(windows: Windows, place: Room) -> None:
    """It was sent from one tab and stood ready in the other; what was emptied there took along what was written here."""
    first = connected(windows.open(place.path, place.owner))
    composer(first).fill("Shall we?")
    second = connected(windows.tab(first, place.path))
    expect(composer(second)).to_have_value("Shall we?")
    composer(first).press("Enter")
    expect(said(first, "Shall we?")).to_be_visible()
    expect(composer(second)).to_have_value("")
    composer(first).fill("A long thought")
    composer(second).fill("x")
    composer(first).fill("A long thought, and more of it")
    composer(second).fill("")
    first.reload()
    expect(composer(connected(first))).to_have_value("A long thought, and more of it")


def test_two_tabs_send_what_is_not_sent_once(windows: Windows, place: Room) -> None:
    first = _written_without_a_line(windows, place)
    first.goto("/chats")
    first.unroute("**/messages")
    asked: list[Route] = []
    context = first.context
    context.route("**/messages", _posts(asked.append))
    second = windows.tab(first, place.path)
    expect(second.locator("#messages .pending")).to_have_count(1)
    first.goto(place.path)
    expect(first.locator("#messages .pending")).to_have_count(1)
    windows.system.until(lambda: first.evaluate("1") and asked, "a message on its way")
    assert len(asked) == 1
    asked[0].continue_()
    for page in (first, second):
        expect(page.locator("#messages .message:not(.pending)")).to_have_count(1)
        expect(page.locator("#messages .pending")).to_have_count(0)
        assert texts(page) == [_NOT_SENT]
    assert len(asked) == 1
    assert stored(place) == [_NOT_SENT]


def test_what_one_tab_deletes_no_other_sends(windows: Windows, place: Room) -> None:
    first = _written_without_a_line(windows, place)
    first.context.route("**/messages", _posts(lambda route: route.abort()))
    second = windows.tab(first, place.path)
    second.get_by_role("button", name="Try again").wait_for()
    first.locator("#messages .pending").get_by_role("button", name="Delete").click()
    expect(second.locator("#messages .pending")).to_have_count(0)
    assert [item for item in _kept(second) if "unsent" in item] == []


def test_what_is_kept_has_a_bound_that_costs_no_message(windows: Windows, place: Room) -> None:
    """Old drafts make room, messages that aren't sent don't; and the browser's own limit is no error."""
    page = connected(windows.open(place.path, place.guests[0]))
    kept = page.evaluate(
        """async (url) => {
            const { AccountStorage } = await import(url);
            const storage = new AccountStorage({ account: document.body.dataset.account, store: () => localStorage });
            const done = [storage.keep('unsent:elsewhere:1', 'x'.repeat(100_000))];
            for (let n = 0; n < 30; n += 1) done.push(storage.keep(`draft:${n}`, 'x'.repeat(100_000)));
            const large = storage.keep('unsent:elsewhere:2', 'x'.repeat(3_000_000));
            const size = Object.entries(localStorage).flat().join('').length;
            return { done: done.every(Boolean), large, size, names: storage.names('') };
        }""",
        page.evaluate(
            "document.querySelector('script[src$=\"/chat.js\"]').src.replace(/chat.js$/, 'account_storage.js')"
        ),
    )
    assert kept["done"]
    assert kept["large"] is False
    assert kept["size"] < 2_100_000
    assert "unsent:elsewhere:1" in kept["names"]


def _written_without_a_line(windows: Windows, room: Room) -> Page:
    """Dana's page, with a message that couldn't be sent and another half written."""
    page = connected(windows.open(room.path, room.guests[0]))
    page.route("**/messages", _posts(lambda route: route.abort()))
    send(page, _NOT_SENT)
    expect(page.get_by_role("alert")).to_contain_text("Couldn’t send.")
    composer(page).fill(_DRAFT)
    return page


def _is_of_somebody_else(windows: Windows, page: Page, room: Room) -> None:
    connected(page)
    expect(composer(page)).to_have_value("")
    send(page, "Hello, this is Paula")
    expect(said(page, "Hello, this is Paula").and_(page.locator(":not(.pending)"))).to_have_count(1)
    assert stored(room) == texts(page) == ["Hello, this is Paula"]
    assert not [item for item in _kept(page) if _NOT_SENT in item or _DRAFT in item]


def _becomes(page: Page, person: Person) -> None:
    """Somebody else signs in in this browser, somewhere else than on this page."""
    page.context.add_cookies([{"name": "session", "value": person.token, "url": person.system.app}])


def _posts(then: Callable[[Route], object]) -> Callable[[Route], None]:
    def handle(route: Route) -> None:
        if route.request.method == "POST":
            then(route)
        else:
            route.fallback()

    return handle


def _kept(page: Page) -> list[str]:
    """What stands in the browser's stores, names and values, but for whose they are."""
    kept: list[list[str]] = page.evaluate("[...Object.entries(localStorage), ...Object.entries(sessionStorage)]")
    return [f"{name} {value}" for name, value in kept if name != "webtop:account"]


def _id(person: Person) -> str:
    return str(person.ask("GET", "/me")["account"]["id"])
