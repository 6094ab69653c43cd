"""Two browsers in one chat: what one does stands in the other, without a reload. With the socket cut too."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, Route, WebSocketRoute, expect

from tests.support.browsers import Room, Windows, connected, room, said, texts

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_ANY_SOCKET = re.compile(r"^wss?:")


@pytest.fixture
def shared_room(windows: Windows, request: pytest.FixtureRequest) -> Room:
    """A chat of Paula's with Dana in it and Olaf invited; each test has its own."""
    here = re.sub(r"\W|_", "-", request.node.name.removeprefix("test_"))[:40].strip("-")
    dana, olaf = (f"{name}@{token_hex(4)}.example" for name in ("dana", "olaf"))
    return room(windows.system, here, {dana: "Dana Smith"}, (olaf,))


@pytest.fixture
def two_pages(windows: Windows, shared_room: Room) -> tuple[Page, Page]:
    """Paula's window and Dana's, each connected."""
    return _live(windows, shared_room, 0), _live(windows, shared_room, 1)


def test_a_message_arrives_through_the_socket(windows: Windows, shared_room: Room) -> None:
    frames: list[str] = []
    mine = _live(windows, shared_room, 0)

    def listen(page: Page) -> None:
        page.on("websocket", lambda worker: worker.on("framereceived", lambda frame: frames.append(str(frame))))

    other = _live(windows, shared_room, 1, listen)
    _type(mine, "warm up")
    expect(said(other, "warm up")).to_be_visible()
    _type(mine, "Good *morning*, Dana")
    expect(said(other, "Good morning, Dana")).to_be_visible()
    expect(said(mine, "Good morning, Dana")).to_have_count(1)
    assert any("Good *morning*" in frame for frame in frames)


def test_what_happens_is_told_in_the_page_s_language_as_it_happens(windows: Windows, shared_room: Room) -> None:
    """Dana's account is English; her page is German by its cookie."""
    dana = connected(windows.open(shared_room.path, shared_room.guests[0], lang="de"))
    name = f"Quay {token_hex(4)}"
    shared_room.owner.ask("PATCH", shared_room.path, {"name": name})
    line = dana.locator("#messages").get_by_text(f"„{name}“ genannt")
    expect(line).to_have_count(1)
    shared_room.write("Ship ahoy", by=shared_room.owner)
    expect(said(dana, "Ship ahoy")).to_be_visible()
    expect(line).to_have_count(1)
    expect(dana.locator("#messages").get_by_text("named the chat")).to_have_count(0)


def test_with_the_socket_cut_messages_arrive_once_and_the_page_says_so(windows: Windows, shared_room: Room) -> None:
    line = Line()
    other = _live(windows, shared_room, 1, line.run_through)
    mine = _live(windows, shared_room, 0)
    line.cut()
    expect(other.get_by_role("status").filter(has_text="No connection.")).to_be_visible()
    _type(mine, "in the dark")
    expect(said(other, "in the dark")).to_be_visible()
    _type(other, "I still hear you")
    expect(said(mine, "I still hear you")).to_be_visible()
    line.mend()
    expect(other.get_by_text("Back online")).to_be_visible()
    _type(mine, "and now?")
    expect(said(other, "and now?")).to_be_visible()
    assert texts(other) == texts(mine) == ["in the dark", "I still hear you", "and now?"]


def test_a_burst_of_200_arrives_in_both_in_order_and_each_once(shared_room: Room, two_pages: tuple[Page, Page]) -> None:
    with ThreadPoolExecutor(2) as pool:
        for name, person in (("mine", shared_room.owner), ("other", shared_room.guests[0])):
            pool.submit(shared_room.write, *[f"{name} {number}" for number in range(100)], by=person)
    for page in two_pages:
        expect(page.locator("#messages .message")).to_have_count(200, timeout=90_000)
    items = _all_texts(shared_room)
    assert sorted(items) == sorted(f"{name} {number}" for number in range(100) for name in ("mine", "other"))
    assert texts(two_pages[0]) == texts(two_pages[1]) == items


def test_what_is_typed_faster_than_it_goes_out_keeps_its_order(two_pages: tuple[Page, Page]) -> None:
    mine, other = two_pages
    held: list[Route] = []
    mine.route("**/messages", lambda route: held.append(route), times=1)  # noqa: PLW0108  # no attribute of a method can be set
    _type(mine, "first")
    expect(mine.locator("#messages .pending")).to_have_count(1)
    _type(mine, "second")
    _type(mine, "third")
    expect(mine.locator("#messages .pending")).to_have_count(3)
    held[0].continue_()
    expect(said(other, "third")).to_be_visible()
    for page in two_pages:
        expect(page.locator("#messages .message:not(.pending)")).to_have_count(3)
        assert texts(page) == ["first", "second", "third"]


def test_typing_is_seen_by_the_other(two_pages: tuple[Page, Page]) -> None:
    mine, other = two_pages
    _field(other).press_sequentially("Let me th")
    expect(mine.get_by_text("Dana is typing…")).to_be_visible()
    _field(other).press_sequentially("ink")
    _field(other).press("Enter")
    expect(said(mine, "Let me think")).to_be_visible()
    expect(mine.get_by_text("Dana is typing…")).to_be_hidden()


def test_edits_reactions_and_deletions_are_seen_by_the_other(windows: Windows, two_pages: tuple[Page, Page]) -> None:
    mine, other = two_pages
    _type(mine, "At nine")
    expect(said(mine, "At nine").get_by_role("link", name="React")).to_be_attached()
    said(mine, "At nine").hover()
    _choose(mine, "At nine", "Edit")
    expect(mine.get_by_text("Editing message")).to_be_visible()
    _field(mine).fill("At **ten**")
    mine.get_by_role("button", name="Save").click()
    expect(said(other, "At ten").get_by_text("edited")).to_be_visible()
    said(other, "At ten").hover()
    said(other, "At ten").get_by_role("link", name="React").click()
    other.get_by_role("button", name="🎉").click()
    expect(said(mine, "At ten").get_by_role("button", name="🎉 1")).to_be_visible()
    said(mine, "At ten").get_by_role("button", name="🎉 1").click()
    expect(said(other, "At ten").get_by_role("button", name="🎉 2")).to_have_attribute("aria-pressed", "true")
    said(mine, "At ten").hover()
    windows.agreed.add("Delete this message for everyone?")
    _choose(mine, "At ten", "Delete")
    expect(other.get_by_text("Message deleted")).to_be_visible()
    expect(said(other, "At ten")).to_have_count(0)


def test_a_reply_quotes_what_it_answers(two_pages: tuple[Page, Page]) -> None:
    mine, other = two_pages
    _type(mine, "Which colour?")
    said(other, "Which colour?").hover()
    said(other, "Which colour?").get_by_role("link", name="Reply").click()
    _type(other, "Teal")
    expect(said(mine, "Teal").locator("blockquote")).to_have_text("Paula Prowse Which colour?")


def test_people_and_invitations_change_before_ones_eyes(
    windows: Windows, shared_room: Room, two_pages: tuple[Page, Page]
) -> None:
    system, olaf = windows.system, str(shared_room.invitations[1]["email"])
    panel = two_pages[0].get_by_role("region", name="People")
    system.notify(system.mail(olaf), "delivery")
    expect(panel.get_by_text("Delivered")).to_be_visible()
    system.notify(system.mail(olaf), "bounce")
    expect(panel.get_by_text("Bounced:")).to_be_visible()
    shared_room.owner.ask(
        "DELETE", f"{shared_room.path}/participants/{shared_room.guests[0].ask('GET', '/me')['account']['id']}"
    )
    expect(panel.get_by_text("Dana Smith")).to_have_count(0)
    expect(two_pages[1].get_by_text("You are no longer in this chat.")).to_be_visible()
    windows.forgive("status of 404")


def test_what_happens_is_told_live_in_the_readers_language(windows: Windows, shared_room: Room) -> None:
    page = windows.open("/settings", shared_room.guests[0])
    page.get_by_role("combobox", name="Language").select_option("es")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page = _live(windows, shared_room, 1)
    shared_room.owner.ask("DELETE", f"{shared_room.path}/invitations/{shared_room.invitations[1]['id']}")
    expect(page.locator("#messages").get_by_text("Paula Prowse retiró una invitación")).to_be_visible()
    expect(page.locator("#messages").get_by_text("Paula Prowse withdrew")).to_have_count(0)


_LOW_LIST = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.people-list { max-height: 150px; }');
  document.adoptedStyleSheets = [sheet];
}"""
"""Lower than its people, in a window that is high enough for the panel to stand beside the thread."""


def test_the_panel_stays_scrolled_and_focused_when_it_changes(
    windows: Windows, shared_room: Room, two_pages: tuple[Page, Page]
) -> None:
    mine, olaf = two_pages[0], str(shared_room.invitations[1]["email"])
    mine.set_viewport_size({"width": 1440, "height": 480})
    panel, here = mine.get_by_role("region", name="People"), "node => node.scrollTop"
    mine.evaluate(_LOW_LIST)
    panel.locator(".people-list").evaluate("node => { node.scrollTop = 40; }")
    panel.get_by_label(f"More about {olaf}").evaluate("node => node.focus({ preventScroll: true })")
    scrolled = panel.locator(".people-list").evaluate(here)
    assert scrolled > 0
    windows.system.notify(windows.system.mail(olaf), "delivery")
    expect(panel.get_by_text("Delivered")).to_be_attached()
    expect(panel.get_by_label(f"More about {olaf}")).to_be_focused()
    assert panel.locator(".people-list").evaluate(here) == scrolled


def test_an_event_fetches_its_row_and_leaves_the_others_as_they_are(windows: Windows, shared_room: Room) -> None:
    """M32: it fetched the whole page. What the person did in another row stays: it isn't rendered anew."""
    olaf, path = str(shared_room.invitations[1]["email"]), shared_room.path
    shared_room.owner.ask("POST", f"{path}/invitations", {"invitees": [{"email": f"per@{token_hex(4)}.example"}]})
    page = _live(windows, shared_room, 0)
    panel = page.get_by_role("region", name="People")
    dana = panel.get_by_role("listitem").filter(has_text="Dana Smith")
    dana.evaluate("node => { node.dataset.before = 'yes'; }")
    fetched: list[tuple[str, Response]] = []
    page.on("response", lambda answer: fetched.append((urlsplit(answer.url).path, answer)))
    for kind, text in (("delivery", "Delivered"), ("bounce", "Bounced:")):
        windows.system.notify(windows.system.mail(olaf), kind)
        expect(panel.get_by_text(text)).to_be_visible()
    expect(panel.locator("#invitations > li").first).to_contain_text(olaf)
    expect(page.locator("#side-inbox .count")).to_contain_text(re.compile("invitations? waits? for you"))
    expect(dana).to_have_attribute("data-before", "yes")
    expect(panel.locator("[data-kept]")).to_have_count(0)
    asked = [answer for name, answer in fetched if name == f"{path}/fragments"]
    assert path not in dict(fetched)
    assert 0 < len(asked) <= 3
    assert max(len(answer.body()) for answer in asked) < 12_000


def test_a_row_that_could_not_be_had_is_asked_for_again(windows: Windows, shared_room: Room) -> None:
    """With the whole page the next event would have brought it; a row that is lost would stay as it was."""
    page, asked = _live(windows, shared_room, 0), []

    def busy_at_first(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=503)
        elif len(asked) == 2:
            route.abort()
        else:
            route.fallback()

    page.route("**/fragments?*", busy_at_first)
    windows.system.notify(windows.system.mail(str(shared_room.invitations[1]["email"])), "bounce")
    expect(page.get_by_role("region", name="People").get_by_text("Bounced:")).to_be_visible()
    assert len(asked) >= 3
    windows.forgive("status of 503|ERR_FAILED")


def test_an_address_that_cannot_be_fixed_so_has_the_focus(
    windows: Windows, shared_room: Room, two_pages: tuple[Page, Page]
) -> None:
    mine, olaf, dana = two_pages[0], str(shared_room.invitations[1]["email"]), str(shared_room.invitations[0]["email"])
    panel = mine.get_by_role("region", name="People")
    panel.get_by_label(f"More about {olaf}").click()
    panel.get_by_text("Fix address").locator("visible=true").click()
    panel.get_by_label("Correct address").fill(dana)
    panel.get_by_label("Correct address").press("Enter")
    expect(panel.get_by_text("This person is in the chat already.")).to_be_visible()
    expect(panel.get_by_label("Correct address")).to_be_focused()
    windows.forgive("status of 409|status of 422")


def test_what_is_unread_counts_in_title_and_sidebar_until_it_is_read(windows: Windows, shared_room: Room) -> None:
    elsewhere = room(
        windows.system, "Elsewhere", {}, (f"una@{shared_room.id}.example", f"udo@{shared_room.id}.example")
    )
    mine = _live(windows, shared_room, 0)
    row = mine.get_by_role("listitem").filter(has=mine.get_by_role("link", name=re.compile("^P?Elsewhere|^EElsewhere")))
    mine.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    shared_room.write("one", "two", by=shared_room.guests[0])
    expect(mine).to_have_title(re.compile(r"^\(2\) "))
    expect(mine.get_by_role("listitem").filter(has_text="New").first).to_be_visible()
    mine.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(mine).to_have_title(re.compile(r"^(?!\()"))
    windows.system.until(lambda: _unread(shared_room) == 0, "chat that was read")
    mine.goto(elsewhere.path)
    mine.locator(".chat[data-live=socket]").wait_for()
    shared_room.write("three", "four @Paula Prowse", by=shared_room.guests[0])
    row = mine.locator(f"#side-chats [data-chat='{shared_room.id}']")
    expect(row).to_contain_text(re.compile(r"1 mention"))
    mine.goto("/chats?filter=mentions")
    expect(mine.get_by_role("main").get_by_role("link", name=re.compile("what-is-unread"))).to_be_visible()
    mine.goto(shared_room.path)
    expect(mine.locator(f"#side-chats [data-chat='{shared_room.id}']")).not_to_contain_text("mention")


def test_older_messages_come_on_scrolling_up(windows: Windows, shared_room: Room) -> None:
    shared_room.write(*[f"number {number}" for number in range(120)])
    page = _live(windows, shared_room, 0)
    first = page.locator("#messages .message").first
    assert 0 < len(texts(page)) <= 50
    for number in (70, 20, 0):
        first.scroll_into_view_if_needed()
        expect(page.locator("#messages .message .text", has_text=re.compile(f"^number {number}$"))).to_be_attached()
    assert texts(page) == [f"number {number}" for number in range(120)]
    tenth = page.locator("#messages .message").nth(9).get_attribute("id")
    page.goto("/chats")
    page.goto(f"{shared_room.path}#{tenth}")
    expect(page).to_have_url(re.compile(rf"\?before=\d+#{tenth}$"))
    expect(page.locator(f"#{tenth}")).to_be_in_viewport()


def test_a_draft_is_kept(windows: Windows, shared_room: Room) -> None:
    page = _live(windows, shared_room, 0)
    _field(page).fill("half a thou")
    page.goto("/chats")
    page.goto(shared_room.path)
    expect(_field(page)).to_have_value("half a thou")


def test_what_cannot_be_sent_stays_and_is_sent_once(windows: Windows, shared_room: Room) -> None:
    page = _live(windows, shared_room, 0)

    def broken(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.fallback()

    page.route("**/messages", broken)
    _type(page, "Do you read me?")
    expect(page.get_by_role("alert")).to_contain_text("Couldn’t send.")
    page.reload()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("Couldn’t send.")
    page.unroute("**/messages")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(said(page, "Do you read me?")).to_have_count(1)
    assert _all_texts(shared_room) == ["Do you read me?"]
    windows.forgive("ERR_FAILED")


class Line:
    """The way of a socket, which can be cut."""

    def __init__(self) -> None:
        self.is_cut = False
        self.open: list[WebSocketRoute] = []

    def run_through(self, page: Page) -> None:
        page.route_web_socket(_ANY_SOCKET, self._connect)

    def cut(self) -> None:
        self.is_cut = True
        for web_socket_route in self.open:
            web_socket_route.close()

    def mend(self) -> None:
        self.is_cut = False

    def _connect(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            route.close()
        else:
            route.connect_to_server()
            self.open.append(route)


def _live(windows: Windows, room: Room, who: int, prepare: Callable[[Page], None] | None = None) -> Page:
    page = windows.open(room.path, (room.owner, *room.guests)[who], prepare=prepare)
    page.locator(".chat[data-live=socket]").wait_for()
    return page


def _field(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("textbox", name=re.compile("^Message "))


def _type(page: Page, text: str) -> None:
    _field(page).fill(text)
    _field(page).press("Enter")


def _choose(page: Page, text: str, action: str) -> None:
    message = said(page, text)
    message.get_by_label("More").click()
    message.get_by_text(action, exact=True).click()


def _all_texts(room: Room) -> list[str]:
    return [item["text"] for item in _items(room) if item["kind"] == "text"]


def _items(room: Room) -> Iterator[dict[str, str]]:
    after = 0
    while items := room.owner.ask("GET", f"{room.path}/messages?after={after}&limit=100")["items"]:
        yield from items
        after = items[-1]["seq"]


def _unread(room: Room) -> int:
    return int(room.owner.ask("GET", room.path)["unread"])
