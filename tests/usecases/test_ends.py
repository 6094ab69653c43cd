"""The end of a place from outside: the clock decides, at every door at once; both sides are told; its owner is asked before."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import app
from chalicelib.domain.identities import Identity
from chalicelib.domain.ids import Ids
from chalicelib.events import sockets
from chalicelib.usecases import live, messages, relay_out
from chalicelib.usecases.messages import MessageDraft
from tests.support.app import PASSWORD, Answer, Person, World
from tests.support.form_browser import Browser
from tests.support.pushes import Phones, subscribes
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene, joins_company
from tests.support.steps import hour

END = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
OF_CHAT = [sample for sample in ROUTES if {"chat", "call", "file"} & set(sample.owned) or "/pictures/" in sample.path]
"""Somebody's picture too: it is there for who is in a chat with them."""
# Of the doors that a place opens, those that lead to no chat by their address.
OF_ALL_CHATS = {"GET /chats": 1, "GET /search?q=glad": 1}


def text_of(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def set_end(scene: Scene, at: datetime | None = END, by: Person | None = None) -> Answer:
    path = f"{scene.base}/participants/{scene.guest.id}"
    return (by or scene.owner).patch(path, {"ends_at": text_of(at) if at else None})


def to_the_end(scene: Scene, seconds: float = 0) -> None:
    """The clock stands at the end, and so many seconds behind it; sessions that ended by then begin anew."""
    scene.world.ahead = (END - scene.world.start).total_seconds() + seconds
    for person in (scene.owner, scene.guest, scene.member):
        person.token = scene.world.signs_in(person.email).token


def end_of(scene: Scene, reader: Person | None = None) -> str | None:
    people = (reader or scene.owner).get(scene.base).json["participants"]
    return next((person.get("ends_at") for person in people if person["account_id"] == scene.guest.id), None)


@pytest.fixture
def ended(scene: Scene) -> Scene:
    """Dana's end has come this very moment, and nothing has run since."""
    assert set_end(scene).status == 200
    scene.world.settle()
    to_the_end(scene)
    return scene


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


@pytest.mark.requirement("A08", "A37")
@pytest.mark.parametrize("sample", OF_CHAT, ids=lambda sample: sample.name)
def test_each_route_of_the_chat_is_closed_at_the_end_and_open_before(scene: Scene, sample: Sample) -> None:
    assert set_end(scene).status == 200
    to_the_end(scene, -1)
    with scene.world.kept():
        assert _call(scene, sample).status != 404 or sample.name == "GET /calls/{call}", "the call is over by then"
    to_the_end(scene)
    assert _call(scene, sample).status == 404


@pytest.mark.requirement("A08", "A37")
def test_lists_and_search_are_without_it_from_the_end_on(scene: Scene) -> None:
    assert set_end(scene).status == 200
    to_the_end(scene, -1)
    for path, count in OF_ALL_CHATS.items():
        assert len(scene.guest.get(path.partition(" ")[2]).json["items"]) == count
    to_the_end(scene)
    for path in OF_ALL_CHATS:
        assert scene.guest.get(path.partition(" ")[2]).json["items"] == []


@pytest.mark.requirement("A08", "A37")
def test_each_page_and_form_of_the_chat_is_closed(ended: Scene) -> None:
    browser = Browser(ended.world)
    browser.signs_in(GUEST, PASSWORD)
    names = {
        "chat_id": ended.chat,
        "account_id": ended.guest.id,
        "invitation_id": ended.invitation,
        "ask_id": ended.ask,
    }
    paths = [path for path in app.app.routes if "{chat_id}" in path and not path.startswith("/api/")]
    assert len(paths) > 10
    for pattern in paths:
        query = "?history=all" if pattern.endswith("/preview") else ""
        path = f"{pattern}{query}".format(**names | {"message_id": ended.post["id"], "call_id": ended.call})
        for method in app.app.routes[pattern]:
            page = browser.open(path) if method == "GET" else browser.post(path, [("text", "x"), ("name", "x")])
            assert page.status in (404, 405), (method, pattern)
    assert "Harbour house" not in browser.open("/chats").html


def _call(scene: Scene, sample: Sample) -> Answer:
    return scene.world.call(sample.method, sample.path_in(scene), sample.body_in(scene), token=scene.guest.token)


class Wires:
    """What is sent over sockets, by connection."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.closed: list[str] = []

    def send(self, connection_ids: Any, texts: Any) -> list[str]:
        self.sent += zip(connection_ids, texts, strict=True)
        return []

    def hang_up(self, connection_id: str) -> None:
        self.closed.append(connection_id)


def connected(world: World, person: Person, connection_id: str) -> None:
    url = person.post("/socket-tickets").json["url"]
    live.connect(world.ports, url.rpartition("=")[2], connection_id, "")


@pytest.mark.requirement("A08", "A37")
def test_sockets_neither_bring_nor_take_anything_and_are_hung_up(scene: Scene) -> None:
    wires = Wires()
    scene.world.use(sockets=wires)
    assert set_end(scene).status == 200
    to_the_end(scene, -1)
    connected(scene.world, scene.guest, "guest")
    connected(scene.world, scene.owner, "owner")
    scene.owner.post(f"{scene.base}/messages", {"text": "before"})
    scene.world.settle()
    assert {connection for connection, text in wires.sent if "before" in text} == {"guest", "owner"}
    to_the_end(scene)
    wires.sent.clear()
    scene.owner.post(f"{scene.base}/messages", {"text": "after"})
    scene.world.settle()
    assert {connection for connection, text in wires.sent if "after" in text} == {"owner"}
    wires.sent.clear()
    sockets.message(
        {"requestContext": {"connectionId": "guest"}, "body": f'{{"action": "typing", "chat_id": "{scene.chat}"}}'}
    )
    assert [text for _, text in wires.sent if "typing" in text] == []
    hour(scene.world)
    assert wires.closed == ["guest"]


@pytest.mark.requirement("A08", "A26", "A37")
@pytest.mark.parametrize("who", [DANA, JONAS])
def test_the_relay_carries_nothing_more_either_way(relay: Relay, who: Identity) -> None:
    first = relay.writes("before")
    relay.settle()
    relay_ends(relay, who)
    calls = relay.room(who).calls
    relay.edits(first, "before, edited")
    relay.reacts(first)
    relay.writes("after")
    relay.says(who, "let me in")
    relay.receives(who, "edited", relay.room(who).posts[0].id, "mine now")
    relay_out.catch_up(relay.world.ports, who)
    relay.settle()
    ((_, choices),) = relay.room(who).answers
    assert (choices, relay.room(who).calls) == ((), calls + 1), (
        "they are told that no chat comes there, and nothing else"
    )
    assert [message.text for message in relay.messages()] == ["before, edited", "after"]


@pytest.mark.requirement("A08", "A26")
@pytest.mark.parametrize("who", [DANA, JONAS])
def test_their_own_application_says_that_it_ended(relay: Relay, who: Identity) -> None:
    relay.writes("before")
    relay.settle()
    relay_ends(relay, who)
    hour(relay.world)
    relay.settle()
    hour(relay.world)
    relay.settle()
    assert len(relay.room(who).shown) == 2
    assert "Your time in this chat ended." in relay.room(who).shown[-1]


def relay_ends(relay: Relay, who: Identity) -> None:
    ports = relay.world.ports
    _, place = ports.chats.with_membership(relay.chat, relay.account(who).id)
    assert place
    assert ports.receipts.change(place, ports.now() + timedelta(minutes=1), "", relay.mara.id, ports.now())
    relay.settle()
    relay.world.pass_time(minutes=1)


@pytest.mark.requirement("A08", "A37")
def test_no_mail_tells_them_what_is_said_behind_the_end(scene: Scene) -> None:
    assert set_end(scene).status == 200
    to_the_end(scene, -60)
    scene.guest.put(f"{scene.base}/read", {"seq": 999_999_999})
    scene.owner.post(f"{scene.base}/messages", {"text": "a secret of Christmas"})
    scene.world.settle()
    to_the_end(scene)
    before = len(scene.world.mails(GUEST))
    scene.world.pass_time(hours=2)
    hour(scene.world)
    texts = [mail.text for mail in scene.world.mails(GUEST)[before:]]
    assert not any("secret" in text for text in texts)
    assert ["/receipts/" in text for text in texts] == [True]


@pytest.mark.requirement("A08", "A37", "A48")
def test_no_push_tells_them_what_was_queued_held_or_said_behind_the_end(scene: Scene) -> None:
    assert set_end(scene).status == 200
    to_the_end(scene, -60)
    phones = Phones(scene.world)
    subscribes(scene.guest, "phone")
    scene.owner.post(f"{scene.base}/messages", {"text": "before"})
    assert [push["text"] for _, push in phones.settle()] == ["before"]
    scene.owner.post(f"{scene.base}/messages", {"text": "queued"})
    scene.world.settle()
    assert len(phones.waiting) == 1
    to_the_end(scene)
    assert phones.settle() == []
    scene.owner.post(f"{scene.base}/messages", {"text": "after"})
    assert phones.settle() == []


@pytest.mark.requirement("A08", "A37", "A48")
def test_quiet_hours_hold_no_push_over_the_end(scene: Scene) -> None:
    assert set_end(scene).status == 200
    to_the_end(scene, -60)
    phones = Phones(scene.world)
    subscribes(scene.guest, "phone")
    assert scene.guest.patch("/me", {"dnd_until": text_of(END + timedelta(seconds=30))}).status == 200
    scene.owner.post(f"{scene.base}/messages", {"text": "held"})
    assert phones.settle() == []
    assert len([item for item in scene.world.stored("due") if item["what"]["S"] == "push"]) == 1
    scene.world.pass_time(minutes=2)
    assert phones.minute() == []


@pytest.mark.requirement("A35", "A37", "A45")
def test_the_job_writes_down_what_the_clock_has_ended_once_however_late(ended: Scene) -> None:
    ended.world.pass_time(days=3)
    for _ in range(2):
        hour(ended.world)
    (receipt,) = [item for item in ended.world.stored("receipt") if item["account_id"]["S"] == ended.guest.id]
    assert receipt["reason"]["S"] == "ended"
    token = ended.world.last_mail(GUEST).link("receipts").rpartition("/")[2]
    shown = ended.world.call("GET", f"/receipts/{token}").json
    assert (shown["ended_by"], shown["reason"]) == (None, "ended")
    assert shown["chats"][0]["to"] == text_of(END)
    ended.owner.token = ended.world.signs_in(OWNER).token
    assert ended.lines(ended.owner).count("The end date of Dana Smith came") == 1


def test_an_end_that_was_moved_or_taken_away_ends_nothing(scene: Scene) -> None:
    assert set_end(scene).status == 200
    scene.world.settle()
    assert set_end(scene, None).status == 200
    scene.world.settle()
    to_the_end(scene, 60)
    hour(scene.world)
    assert (scene.guest.get(scene.base).status, end_of(scene)) == (200, None)


def test_whoever_is_out_by_the_clock_may_come_back_before_any_job_ran(ended: Scene) -> None:
    ended.owner.post(f"{ended.base}/invitations", {"invitees": [{"email": GUEST}]})
    ended.world.settle()
    assert ended.guest.post(f"/join/{ended.world.invited(GUEST)}", {}).status == 200
    ended.world.settle()
    hour(ended.world)
    assert ended.guest.get(ended.base).status == 200
    assert len([item for item in ended.world.stored("receipt") if item["account_id"]["S"] == ended.guest.id]) == 1


@pytest.mark.requirement("A46")
def test_the_register_shows_the_end_and_nobody_behind_it(scene: Scene) -> None:
    assert set_end(scene).status == 200
    path = f"/workspaces/{scene.workspace}/outside"
    assert scene.owner.get(path).json["items"][0]["places"][0]["ends_at"] == text_of(END)
    assert text_of(END) in scene.world.call("GET", path, token=scene.owner.token, Accept="text/csv").text
    to_the_end(scene)
    assert scene.owner.get(path).json["items"] == []
    assert scene.owner.get(f"{path}?chat_id={scene.chat}").json["items"] == []
    assert scene.owner.delete(f"{path}/{scene.guest.id}").status == 404


@pytest.mark.requirement("A32")
def test_only_a_time_to_come_is_an_end(scene: Scene) -> None:
    path = f"{scene.base}/participants/{scene.guest.id}"
    for value in (
        "2026-11-23T09:00:00Z",
        "2020-01-01T00:00:00Z",
        "2026-12-24",
        "2026-12-24T12:00:00",
        "",
        "x",
        5,
        True,
    ):
        assert scene.owner.patch(path, {"ends_at": value}).status == 422, value
    answer = scene.owner.patch(path, {"ends_at": "2026-12-24T14:00:00+02:00"})
    assert (answer.status, answer.json["ends_at"]) == (200, text_of(END))
    assert scene.owner.patch(path, {}).json["ends_at"] == text_of(END)
    assert "ends_at" not in scene.owner.patch(path, {"ends_at": None}).json


@pytest.mark.requirement("A28")
def test_its_owner_in_the_chat_and_the_workspaces_managers_anywhere_change_it(scene: Scene) -> None:
    admin = joins_company(scene.world, scene.owner, "ada@brightwater.example", "Ada Holm", "admin")
    assert set_end(scene, by=admin).status == 200
    assert set_end(scene, by=scene.owner).status == 200
    for person, status in ((scene.member, 403), (scene.guest, 403), (scene.stranger, 404)):
        assert set_end(scene, by=person).status == status, person.email
    member_path = f"{scene.base}/participants/{scene.member.id}"
    assert scene.owner.patch(member_path, {"ends_at": text_of(END)}).status == 422
    handed = scene.owner.patch(f"{scene.base}/participants/{scene.guest.id}", {"owner": scene.member.id})
    assert handed.json["owner"] == {"account_id": scene.member.id, "name": "Tom Berg"}
    assert set_end(scene, by=scene.member).status == 200
    for other in (scene.guest.id, admin.id, scene.stranger.id, "x"):
        answer = scene.owner.patch(f"{scene.base}/participants/{scene.guest.id}", {"owner": other})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "owner")
    scene.member.delete(f"{scene.base}/participants/{scene.member.id}")
    assert set_end(scene, by=scene.member).status == 404


def test_everybody_sees_the_end_and_members_the_owner(scene: Scene) -> None:
    assert set_end(scene).status == 200
    assert end_of(scene, scene.guest) == text_of(END)
    mine = [
        person for person in scene.guest.get(scene.base).json["participants"] if person["account_id"] == scene.guest.id
    ]
    assert "owner" not in mine[0]
    theirs = [
        person for person in scene.member.get(scene.base).json["participants"] if person["account_id"] == scene.guest.id
    ]
    assert theirs[0]["owner"]["name"] == "Mara Lindqvist"


@pytest.mark.requirement("A32")
def test_a_workspace_has_a_default_that_counts_for_whoever_joins(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}"
    assert scene.owner.get(path).json["outside_days"] is None
    values: list[Any] = ["30", True, 1.5, 0, 31, -30, []]
    for value in values:
        assert scene.owner.patch(path, {"outside_days": value}).status == 422, value
    assert scene.owner.patch(path, {"outside_days": 30}).json["outside_days"] == 30
    assert scene.owner.patch(path, {"name": "Brightwater"}).json["outside_days"] == 30
    assert end_of(scene) is None, "nobody who is in"
    late = scene.world.joins(INVITED, "Olaf")
    ends = {person["account_id"]: person.get("ends_at") for person in scene.owner.get(scene.base).json["participants"]}
    assert ends[late.id] == text_of(scene.world.now() + timedelta(days=30))
    assert scene.owner.patch(path, {"outside_days": None}).json["outside_days"] is None


def test_an_explicit_end_wins_over_the_default_and_ends_after_the_invitation(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"outside_days": 30})
    early = scene.world.now() + timedelta(days=14)
    for at in (early, scene.world.now() - timedelta(days=1)):
        body = {"invitees": [{"email": "a@b.example"}, {"email": "c@d.example", "ends_at": text_of(at)}]}
        answer = scene.owner.post(f"{scene.base}/invitations", body)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "invitees[1].ends_at")
    body = {"invitees": [{"email": "ida@fjord.example", "ends_at": text_of(END)}]}
    assert scene.owner.post(f"{scene.base}/invitations", body).status == 201
    scene.world.settle()
    ida = scene.world.joins("ida@fjord.example", "Ida")
    ends = {person["account_id"]: person.get("ends_at") for person in scene.owner.get(scene.base).json["participants"]}
    assert ends[ida.id] == text_of(END)


def letters(scene: Scene, to: str) -> list[str]:
    return [mail.subject for mail in scene.world.mails(to) if "to stay in the chat" in mail.subject]


def test_the_owner_is_asked_fourteen_days_before_and_keeps_it(scene: Scene) -> None:
    assert set_end(scene).status == 200
    scene.world.settle()
    to_the_end(scene, -14 * 86_400 - 1)
    hour(scene.world)
    assert letters(scene, OWNER) == []
    to_the_end(scene, -14 * 86_400)
    for _ in range(2):
        hour(scene.world)
    assert letters(scene, OWNER) == ["Is Dana Smith to stay in the chat?"]
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    before = scene.world.snapshot()
    link = f"/chats/{scene.chat}/participants/{scene.guest.id}/end"
    assert link in scene.world.last_mail(OWNER).text
    page = browser.open(link)
    assert (page.status, scene.world.snapshot()) == (200, before)
    page = browser.send(page.form("/keep"))
    assert "Kept." in page.html
    assert end_of(scene) == text_of(scene.world.now() + timedelta(days=90))


def test_an_end_nearer_than_that_is_asked_about_in_the_next_hour(scene: Scene) -> None:
    assert set_end(scene, scene.world.now() + timedelta(days=2)).status == 200
    scene.world.settle()
    hour(scene.world)
    assert len(letters(scene, OWNER)) == 1


def test_whoever_answers_for_it_now_is_asked(scene: Scene) -> None:
    assert scene.owner.patch(f"{scene.base}/participants/{scene.guest.id}", {"owner": scene.member.id}).status == 200
    assert set_end(scene, scene.world.now() + timedelta(days=2)).status == 200
    scene.world.settle()
    hour(scene.world)
    assert (len(letters(scene, OWNER)), len(letters(scene, MEMBER))) == (0, 1)


@pytest.mark.requirement("A46")
def test_end_now_is_a_removal_with_a_receipt(scene: Scene) -> None:
    assert set_end(scene).status == 200
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.send(browser.open(f"/chats/{scene.chat}/participants/{scene.guest.id}/end").form("/now"))
    assert (page.path.startswith("/receipts/"), "Mara Lindqvist" in page.html) == (True, True)
    assert scene.guest.get(scene.base).status == 404
    scene.world.settle()
    assert "Mara Lindqvist removed Dana Smith" in scene.lines(scene.owner)


def test_the_page_sets_a_last_day_and_hands_over(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    path = f"/chats/{scene.chat}/participants/{scene.guest.id}/end"
    assert path in browser.open(f"/chats/{scene.chat}?people=1").html
    form = browser.open(path).form("/end")
    assert "still to come" in browser.send(form, ends_at="2026-11-01").html
    assert browser.send(form, ends_at="x").status == 422
    page = browser.send(form, ends_at="2026-12-24", owner=scene.member.id)
    assert "Saved" in page.html
    assert end_of(scene) == "2026-12-24T23:59:59Z"
    browser.send(browser.open(path).form("/end"), ends_at="")
    assert end_of(scene) is None
    for email, status in ((MEMBER, 200), (GUEST, 403)):
        other = Browser(scene.world)
        other.signs_in(email, PASSWORD)
        assert other.open(path).status == status


def test_settings_offer_the_default(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    browser.send(browser.open("/settings").form("/settings/workspace"), outside_days="180")
    assert scene.owner.get(f"/workspaces/{scene.workspace}").json["outside_days"] == 180
    browser.send(browser.open("/settings").form("/settings/workspace"), outside_days="0")
    assert scene.owner.get(f"/workspaces/{scene.workspace}").json["outside_days"] is None


def test_a_renewed_invitation_opens_no_place_that_is_over_already(scene: Scene) -> None:
    end = scene.world.now() + timedelta(days=15)
    body = {"invitees": [{"email": "ida@fjord.example", "ends_at": text_of(end)}]}
    (invitation,) = scene.owner.post(f"{scene.base}/invitations", body).json["invitations"]
    scene.world.settle()
    scene.world.pass_time(days=10)
    scene.owner.token = scene.world.signs_in(OWNER).token
    assert scene.owner.post(f"{scene.base}/invitations/{invitation['id']}/resend").status == 200
    scene.world.settle()
    scene.world.pass_time(days=6)
    answer = scene.world.call("GET", f"/join/{scene.world.invited('ida@fjord.example')}")
    assert (answer.status, answer.code) == (410, "invitation_expired")


def test_messages_of_the_past_stay_and_say_who_wrote_them(ended: Scene) -> None:
    ports = ended.world.ports
    mara = ports.accounts.get(ended.owner.id)
    assert mara
    messages.post(ports, mara, ended.chat, MessageDraft(text="Still here"), Ids(secrets.token_bytes))
    authors = [
        item["author"]["name"] for item in ended.owner.get(f"{ended.base}/messages").json["items"] if item["author"]
    ]
    assert authors == ["Mara Lindqvist", "Dana Smith", "Mara Lindqvist"]
