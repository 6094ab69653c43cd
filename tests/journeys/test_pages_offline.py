"""Without a line, or with one that is dead without saying so: the page says it, catches up, and sends what waits, once."""

import re
from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.support.browsers import Room, Windows, composer, connected, room, said, send, stored, texts

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
Answers = Callable[[Route], object]
_BROKEN, _BACK = "No connection.", "Back online"


@pytest.fixture
def place(windows: Windows) -> Room:
    """A chat of Paula's with Dana in it. What doesn't get through is tried to the end of the test."""
    windows.expected = "ERR_FAILED|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|status of (401|409|422|429|5..)"
    guests = {f"{name}@{token_hex(4)}.example": name.title() for name in ("dana", "eva")}
    return room(windows.system, "Offline", guests)


def test_what_is_written_offline_is_sent_by_itself_though_the_socket_lived(windows: Windows, place: Room) -> None:
    """S10: DevTools' offline leaves the socket open, as a short hole in the Wi-Fi does."""
    page = connected(windows.open(place.path, place.owner))
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text=_BROKEN)).to_be_visible()
    send(page, "Do you read me?")
    expect(page.get_by_role("alert")).to_contain_text("Couldn’t send.")
    send(page, "And now?")
    place.write("I wrote meanwhile", by=place.guests[0])
    page.context.set_offline(False)
    expect(page.get_by_text(_BACK)).to_be_visible()
    expect(page.locator("#messages .pending")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert stored(place) == texts(page) == ["I wrote meanwhile", "Do you read me?", "And now?"]


def test_a_warning_of_the_browser_that_was_wrong_goes_away(windows: Windows, place: Room) -> None:
    """Some computers tell of being offline while they aren't; no `online` follows."""
    page = connected(windows.open(place.path, place.owner))
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text(_BACK)).to_be_visible()
    expect(page.locator(".chat[data-live=socket]")).to_be_visible()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda route: route.abort(), id="no answer"),
        pytest.param(lambda route: _problem(route, 503), id="503"),
        pytest.param(lambda route: _problem(route, 500), id="500"),
        pytest.param(
            lambda route: route.fulfill(status=504, body="Endpoint request timed out"), id="504 of the gateway"
        ),
        pytest.param(lambda route: _problem(route, 429), id="429"),
        pytest.param(lambda route: _problem(route, 409, "in_progress"), id="409 still being worked on"),
        pytest.param(lambda route: (route.fetch(), route.abort()), id="stored, and the answer is lost"),
        pytest.param(
            lambda route: (route.fetch(), route.fulfill(status=201, body="")), id="stored, and the answer is cut"
        ),
    ],
)
def test_what_failed_for_the_moment_is_tried_again_and_stored_once(
    windows: Windows, place: Room, answer: Answers
) -> None:
    keys: list[str] = []

    def fails_twice(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) <= 2:
            answer(route)
        else:
            route.continue_()

    page = connected(windows.open(place.path, place.owner, prepare=_silent_socket))
    page.route("**/messages", fails_twice)
    send(page, "Once, please")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("Couldn’t send|Not sent"))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#messages .pending")).to_have_count(0)
    assert stored(place) == texts(page) == ["Once, please"]
    assert len(keys) <= 3
    assert len(set(keys)) == 1


def test_the_server_says_how_long_to_wait(windows: Windows, place: Room) -> None:
    page = connected(windows.open(place.path, place.owner, prepare=lambda page: page.clock.install()))
    posts = _counted(page, lambda route: _problem(route, 429, retry_after=300))
    send(page, "Too fast")
    expect(page.get_by_role("alert")).to_contain_text("Not sent. As the test says.")
    page.evaluate("dispatchEvent(new Event('chat:back'))")
    page.clock.run_for(280_000)
    assert len(posts) == 1
    page.unroute("**/messages")
    page.clock.run_for(30_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert stored(place) == ["Too fast"]


def test_what_is_refused_for_good_stays_with_the_reason(windows: Windows, place: Room) -> None:
    page = connected(windows.open(place.path, place.owner, prepare=lambda page: page.clock.install()))
    posts = _counted(page, lambda route: _problem(route, 422))
    send(page, "Not like this")
    send(page, "Nor this")
    expect(page.get_by_role("alert")).to_have_text([re.compile("Not sent. As the test says.")] * 2)
    page.clock.run_for(200_000)
    assert len(posts) == 2
    page.unroute("**/messages")
    page.reload()
    expect(page.get_by_role("alert")).to_have_text([re.compile("Not sent. As the test says.")] * 2)
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("alert")).to_have_count(1)
    page.get_by_role("alert").get_by_role("button", name="Delete").click()
    expect(page.locator("#messages .pending")).to_have_count(0)
    assert stored(place) == texts(page) == ["Not like this"]


def test_one_that_always_fails_holds_up_no_other(windows: Windows, place: Room) -> None:
    page = connected(windows.open(place.path, place.owner, prepare=lambda page: page.clock.install()))
    posts = _counted(
        page,
        lambda route: _problem(route, 500) if "poison" in (route.request.post_data or "") else route.continue_(),
    )
    send(page, "poison")
    send(page, "medicine")
    for tries in range(1, 6):
        windows.system.until(lambda tries=tries: page.evaluate("1") and len(posts) >= tries, f"try {tries}")  # type: ignore[misc]
        page.clock.run_for(31_000)
    expect(said(page, "medicine").and_(page.locator(":not(.pending)"))).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(1)
    assert stored(place) == ["medicine"]


def test_a_message_older_than_its_key_waits_for_a_word(windows: Windows, place: Room) -> None:
    """After a day the server doesn't know any more whether it has it."""
    page = connected(windows.open(place.path, place.owner, prepare=lambda page: page.clock.install()))
    posts = _counted(page, lambda route: route.abort())
    send(page, "Yesterday's news")
    expect(page.get_by_role("alert")).to_have_count(1)
    page.clock.fast_forward(25 * 3600 * 1000)
    tried = len(posts)
    page.evaluate("dispatchEvent(new Event('chat:back'))")
    page.clock.run_for(100_000)
    assert len(posts) <= tried + 1  # the one that was due before the day was over
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    windows.system.until(lambda: stored(place) == ["Yesterday's news"], "message that was sent again")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_too_many_that_wait_stay_in_the_field(windows: Windows, place: Room) -> None:
    page = connected(windows.open(place.path, place.owner))
    _counted(page, lambda route: route.abort())
    for number in range(51):
        send(page, f"number {number}")
    expect(composer(page)).to_have_value("number 50")
    expect(page.locator("#text-error")).to_contain_text("Too many messages are waiting to be sent.")
    expect(page.locator("#messages .pending")).to_have_count(50)


def test_a_socket_that_died_without_a_word_is_replaced_within_a_minute(windows: Windows, place: Room) -> None:
    """P19: the Wi-Fi went, nobody hung up, and the socket counts as open for hours."""
    sockets = Sockets()
    page = connected(windows.open(place.path, place.owner, prepare=sockets.pass_through))
    sockets.kill()
    place.write("Can you hear me?", by=place.guests[0])
    page.clock.run_for(60_000)
    expect(said(page, "Can you hear me?")).to_be_visible()
    windows.system.until(lambda: page.evaluate("1") and sockets.opened == 2, "second socket")
    connected(page)
    send(page, "Yes, now")
    place.write("Good", by=place.guests[0])
    expect(said(page, "Good")).to_be_visible()


def test_a_socket_that_answers_is_kept(windows: Windows, place: Room) -> None:
    sockets = Sockets()
    page = connected(windows.open(place.path, place.owner, prepare=sockets.pass_through))
    for minutes in range(1, 4):
        page.clock.run_for(26_000)
        windows.system.until(lambda minutes=minutes: page.evaluate("1") and sockets.answers == minutes, "pong")  # type: ignore[misc]
    assert sockets.opened == 1


class Sockets:
    """The way of the page's sockets, in which one can die without a word; on a clock that can be moved."""

    def __init__(self) -> None:
        self.opened = 0
        self.answers = 0
        self._dead = 0

    def pass_through(self, page: Page) -> None:
        page.clock.install()
        page.route_web_socket(re.compile("^wss?:"), self._opened)

    def kill(self) -> None:
        self._dead = self.opened

    def _opened(self, here: WebSocketRoute) -> None:
        self.opened += 1
        number, web_socket_route = self.opened, here.connect_to_server()

        def out(message: str | bytes) -> None:
            if number > self._dead:
                web_socket_route.send(message)

        def back(message: str | bytes) -> None:
            if number > self._dead:
                self.answers += "pong" in str(message)
                here.send(message)

        here.on_message(out)
        web_socket_route.on_message(back)


def _silent_socket(page: Page) -> None:
    """It opens, and no event comes over it: what is stored could be known by it before its answer fails."""
    page.route_web_socket(re.compile("^wss?:"), lambda socket: None)


def _counted(page: Page, answer: Answers) -> list[Route]:
    posts: list[Route] = []

    def handle(route: Route) -> None:
        if route.request.method == "POST":
            posts.append(route)
            answer(route)
        else:
            route.fallback()

    page.route("**/messages", handle)
    return posts


def _problem(route: Route, status: int, code: str = "test", retry_after: int = 0) -> None:
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    body = {"status": status, "code": code, "title": "No", "detail": "As the test says."}
    route.fulfill(status=status, json=body, headers=headers)
