"""Calls: one at a time in a chat, at the workspace's provider, for who is in the chat, and over after two hours."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.domain.calls import CallKind, CallSettings, checked_settings
from chalicelib.domain.ids import Ids
from chalicelib.usecases import calls
from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser, visible
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying
from tests.support.sample_chat import GUEST, JITSI, OWNER, Scene
from tests.support.steps import hour

REFUSED = [
    "http://meet.example.org", "https://", "https://localhost", "https://localhost:8443/x", "https://meet.localhost", "https://meet",
    "https://127.0.0.1", "https://127.1", "https://2130706433", "https://0x7f.0.0.1", "https://10.0.0.8/x", "https://[::1]",
    "https://[fe80::1]", "https://169.254.169.254/latest", "https://meet.internal", "https://meet.local", "https://mara@meet.example.org",
    "https://mara:secret@meet.example.org", "https://@meet.example.org", "javascript:alert(1)", "https://meet.example.org\\@evil.example",
    "https://meet.example.org:99999", "https://meet .example.org", "https://meet.example.org/\nx", "//meet.example.org",
    "meet.example.org",
    "https://-meet.example.org", "https://meet..example.org", "https://" + "a" * 500 + ".example",
]  # fmt: skip


@pytest.fixture
def quiet(scene: Scene) -> Scene:
    """The town while nobody calls."""
    assert scene.owner.delete(f"/calls/{scene.call}").status == 204
    return scene


def begin(person: Person, scene: Scene) -> dict[str, str]:
    answer = person.post(f"{scene.base}/calls")
    assert answer.status == 201, answer.text
    call: dict[str, str] = answer.json
    return call


def calls_setting(scene: Scene, **setting: str) -> None:
    answer = scene.owner.patch(f"/workspaces/{scene.workspace}", {"calls": setting})
    assert (answer.status, answer.json["calls"]) == (200, setting), answer.text


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("kind", ["jitsi", "own"])
@pytest.mark.requirement("A23")
def test_the_provider_is_an_https_address_with_a_public_host(shared_scene: Scene, kind: str, url: str) -> None:
    answer = shared_scene.owner.patch(f"/workspaces/{shared_scene.workspace}", {"calls": {"kind": kind, "url": url}})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "calls.url")


@pytest.mark.parametrize(
    "url",
    ["https://meet.example.org", "https://meet.example.org:8443/team", "https://8.8.8.8", "https://bücher.example"],
)
def test_such_an_address_is_kept_as_it_was_typed(url: str) -> None:
    assert checked_settings(CallKind.JITSI, f" {url} ").url == url


def test_jitsi_needs_a_server_and_nothing_behind_it(scene: Scene) -> None:
    for calls_ in ({"kind": "jitsi"}, {"kind": "jitsi", "url": "https://meet.example.org/?x"}, {"kind": "zoom"}):
        assert scene.owner.patch(f"/workspaces/{scene.workspace}", {"calls": calls_}).status == 422
    assert scene.member.patch(f"/workspaces/{scene.workspace}", {"calls": {"kind": "none"}}).status == 403


def test_one_room_for_everybody_in_the_chat_that_nobody_can_guess(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    assert call["url"] == f"http://chat.test/calls/{call['id']}"
    rooms = set()
    for person in (quiet.owner, quiet.guest, quiet.member):
        for path in (f"/api/v1/calls/{call['id']}", f"/calls/{call['id']}"):
            answer = quiet.world.request("GET", path, headers={"Authorization": f"Bearer {person.token}"})
            assert answer.status == 303
            rooms.add(answer.headers["location"])
    (room,) = rooms
    assert room.startswith(f"{JITSI}/")
    assert len(room.removeprefix(f"{JITSI}/")) >= 16
    quiet.owner.delete(f"/calls/{call['id']}")
    again = begin(quiet.guest, quiet)
    assert quiet.guest.get(f"/calls/{again['id']}").headers["location"] != room


def test_the_line_carries_the_calls_id_and_a_way_to_join(quiet: Scene) -> None:
    call = begin(quiet.guest, quiet)
    line = quiet.owner.get(f"{quiet.base}/messages").json["items"][-1]
    assert (line["kind"], line["text"]) == ("event", "Dana Smith started a call")
    assert line["event"] == {
        "type": "call.started",
        "account_id": quiet.guest.id,
        "by": "Dana Smith",
        "call_id": call["id"],
    }
    assert f'href="/calls/{call["id"]}"' in line["html"]


@pytest.mark.requirement("A28")
def test_only_who_is_in_the_chat_now_gets_in(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    assert quiet.stranger.get(f"/calls/{call['id']}").status == 404
    assert quiet.stranger.delete(f"/calls/{call['id']}").status == 404
    assert quiet.stranger.post(f"{quiet.base}/calls").status == 404
    quiet.owner.delete(f"{quiet.base}/participants/{quiet.guest.id}")
    assert quiet.guest.get(f"/calls/{call['id']}").status == 404


def test_a_second_call_is_told_of_the_open_one(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    answer = quiet.guest.post(f"{quiet.base}/calls")
    assert (answer.status, answer.code, answer.json["call"]) == (409, "call_open", call)
    assert sum(line.endswith("started a call") for line in quiet.lines(quiet.owner)) == 1


def test_the_same_request_again_begins_nothing_new(quiet: Scene) -> None:
    first, again = (quiet.owner.post(f"{quiet.base}/calls", Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json


def test_a_call_ends_after_two_hours_or_by_who_began_it(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    assert quiet.guest.delete(f"/calls/{call['id']}").status == 403
    quiet.world.pass_time(hours=1, minutes=59)
    assert quiet.guest.get(f"/calls/{call['id']}").status == 303
    quiet.world.pass_time(minutes=1)
    answer = quiet.guest.get(f"/calls/{call['id']}")
    assert (answer.status, answer.code) == (410, "call_over")
    second = begin(quiet.guest, quiet)
    assert quiet.owner.delete(f"/calls/{call['id']}").status == 204, "the first, long over, ends nothing else"
    assert quiet.owner.get(f"/calls/{second['id']}").status == 303
    assert quiet.guest.delete(f"/calls/{second['id']}").status == 204
    assert quiet.guest.delete(f"/calls/{second['id']}").status == 204
    assert quiet.owner.get(f"/calls/{second['id']}").status == 410


def test_no_provider_no_calls(quiet: Scene) -> None:
    calls_setting(quiet, kind="none")
    answer = quiet.owner.post(f"{quiet.base}/calls")
    assert (answer.status, answer.code) == (403, "calls_off")


def test_each_members_own_link(quiet: Scene) -> None:
    calls_setting(quiet, kind="own")
    answer = quiet.owner.post(f"{quiet.base}/calls")
    assert (answer.status, answer.code) == (409, "no_meeting_link")
    for person, name in ((quiet.owner, "mara"), (quiet.guest, "dana")):
        link = {"url": f"https://meet.example.org/{name}"}
        assert person.put("/me/meeting-link", link).json == link
    assert quiet.owner.put("/me/meeting-link", {"url": "https://localhost"}).status == 422
    call = begin(quiet.owner, quiet)
    assert quiet.guest.get(f"/calls/{call['id']}").headers["location"] == "https://meet.example.org/mara"
    quiet.owner.delete(f"/calls/{call['id']}")
    assert quiet.guest.post(f"{quiet.base}/calls").code == "no_meeting_link", "a guest's own link leads nobody away"
    calls_setting(quiet, kind="own", url="https://meet.example.org/all")
    call = begin(quiet.guest, quiet)
    assert quiet.owner.get(f"/calls/{call['id']}").headers["location"] == "https://meet.example.org/all"
    assert quiet.owner.put("/me/meeting-link", {"url": None}).json == {"url": None}


def test_the_chat_page_starts_a_call_and_says_that_one_is_open(quiet: Scene) -> None:
    browser = Browser(quiet.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.send(browser.open(f"/chats/{quiet.chat}").form("/calls"))
    assert page.path == f"/chats/{quiet.chat}"
    assert "started a call" in page.html
    page = browser.send(browser.open(f"/chats/{quiet.chat}").form("/calls"))
    assert page.status == 422
    assert "A call is open in this chat. Join that one." in page.html
    calls_setting(quiet, kind="none")
    forms = browser.open(f"/chats/{quiet.chat}").forms()
    assert not [form for form in forms if form.action.endswith("/calls")]


def test_the_settings_page_chooses_the_provider(quiet: Scene) -> None:
    browser = Browser(quiet.world)
    browser.signs_in(OWNER, PASSWORD)
    form = browser.open("/settings").form("/settings/workspace")
    page = browser.send(form, "Save changes", **{"calls.kind": "jitsi", "calls.url": "https://localhost"})
    assert page.status == 422
    assert "that everyone can reach" in page.html
    form = browser.open("/settings").form("/settings/workspace")
    browser.send(form, "Save changes", **{"calls.kind": "own", "calls.url": ""})
    assert quiet.owner.get(f"/workspaces/{quiet.workspace}").json["calls"] == {"kind": "own"}
    form = browser.open("/settings").form("/settings/account")
    browser.send(form, "Save", meeting_url="https://meet.example.org/mara")
    assert begin(quiet.owner, quiet)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


@pytest.mark.requirement("A25")
def test_slack_and_teams_get_one_line_with_our_link(relay: Relay) -> None:
    ports, ids = relay.world.ports, Ids(secrets.token_bytes)
    chat, _ = ports.chats.with_membership(relay.chat, relay.mara.id)
    workspace = ports.workspaces.get(chat.workspace_id) if chat else None
    assert workspace is not None
    ports.workspaces.save_settings(replace(workspace, calls=CallSettings(CallKind.JITSI, JITSI)))
    call = calls.begin(ports, relay.mara, relay.chat, ids)
    with pytest.raises(errors.Refusal):
        calls.begin(ports, relay.mara, relay.chat, ids)
    relay.settle()
    for identity in (DANA, JONAS):
        (post,) = relay.room(identity).posts
        assert post.text == f"📞 {calls.our_url(ports, call)}"
        assert post.author == f"{relay.mara.name} (Webtop)"


@pytest.mark.requirement("A06", "A35")
@pytest.mark.parametrize("over", ["ended", "hours later"])
def test_a_call_that_is_over_is_not_begun_again_by_its_own_repeat(quiet: Scene, over: str) -> None:
    """The first answer was lost; its repeat finds the call as it became, and overwrites nothing."""
    ports = quiet.world.ports
    account = ports.accounts.get(quiet.owner.id)
    assert account
    first = calls.begin(ports, account, quiet.chat, Ids(secrets.token_bytes, "a seed"))
    if over == "ended":
        calls.end(ports, account, first.id)
    else:
        quiet.world.pass_time(hours=3)
    before = quiet.world.stored("call")
    again = calls.begin(ports, account, quiet.chat, Ids(secrets.token_bytes, "a seed"))
    assert (again.id, again.begun_at, again.is_open_at(ports.now())) == (first.id, first.begun_at, False)
    assert quiet.world.stored("call") == before
    begin(quiet.owner, quiet)


def line(person: Person, scene: Scene) -> dict[str, Any]:
    items = person.get(f"{scene.base}/messages?limit=100").json["items"]
    shown: dict[str, Any] = [item for item in items if item.get("event", {}).get("type") == "call.started"][-1]
    return shown


def test_the_line_says_that_the_call_is_over_and_how_long_it_took(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    quiet.world.settle()
    quiet.world.pass_time(minutes=11, seconds=30)
    assert "ended_at" not in line(quiet.guest, quiet)["event"]
    for _ in range(2):
        assert quiet.owner.delete(f"/calls/{call['id']}").status == 204
        quiet.world.pass_time(minutes=5)
    over = line(quiet.guest, quiet)
    assert (over["text"], over["event"]["minutes"]) == ("Mara Lindqvist started a call; it took 12 minutes", 12)
    assert over["event"]["ended_at"] < quiet.world.now().isoformat()
    assert "/calls/" not in over["html"], "there is nothing to join"
    assert over["seq"] == line(quiet.owner, quiet)["seq"], "it is the same line"


def test_a_call_that_nobody_ended_is_over_by_itself_and_its_line_says_so_within_the_hour(quiet: Scene) -> None:
    begin(quiet.owner, quiet)
    quiet.world.settle()
    quiet.world.pass_time(hours=1, minutes=59)
    hour(quiet.world)
    assert "ended_at" not in line(quiet.guest, quiet)["event"]
    for _ in range(2):
        quiet.world.pass_time(hours=1)
        hour(quiet.world)
    assert line(quiet.guest, quiet)["text"].endswith("it took 120 minutes")


def test_a_try_that_broke_after_the_call_ended_is_finished_by_its_repeat(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    stored = quiet.world.ports.calls.get(call["id"])
    assert stored is not None
    quiet.world.ports.calls.end(stored, quiet.world.now())
    assert "ended_at" not in line(quiet.guest, quiet)["event"]
    quiet.world.pass_time(minutes=7)
    assert quiet.owner.delete(f"/calls/{call['id']}").status == 204
    assert line(quiet.guest, quiet)["text"].endswith("it took a minute")


def test_the_chat_page_ends_a_call_for_who_began_it_and_tells_the_others_that_they_missed_it(quiet: Scene) -> None:
    call = begin(quiet.owner, quiet)
    quiet.world.settle()
    mara, dana = Browser(quiet.world), Browser(quiet.world)
    mara.signs_in(OWNER, PASSWORD)
    dana.signs_in(GUEST, PASSWORD)
    end = f"/calls/{call['id']}/end"
    assert end not in dana.open(f"/chats/{quiet.chat}").html
    page = mara.send(mara.open(f"/chats/{quiet.chat}").form(end))
    assert (page.path, end in page.html) == (f"/chats/{quiet.chat}", False)
    told = [visible(browser.open(f"/chats/{quiet.chat}").html) for browser in (mara, dana)]
    assert ["it took a minute missed" in text for text in told] == [False, True]
    quiet.guest.put(f"{quiet.base}/read", {"seq": line(quiet.guest, quiet)["seq"]})
    assert "it took a minute missed" not in visible(dana.open(f"/chats/{quiet.chat}").html)
    quiet.world.pass_time(hours=3)
    assert mara.post(end, []).status == 200, "again, and long after, leads back to the chat"


@pytest.mark.requirement("A25")
def test_in_slack_and_teams_the_line_is_changed_when_the_call_is_over(relay: Relay) -> None:
    ports, ids = relay.world.ports, Ids(secrets.token_bytes)
    chat, _ = ports.chats.with_membership(relay.chat, relay.mara.id)
    workspace = ports.workspaces.get(chat.workspace_id) if chat else None
    assert workspace is not None
    ports.workspaces.save_settings(replace(workspace, calls=CallSettings(CallKind.JITSI, JITSI)))
    call = calls.begin(ports, relay.mara, relay.chat, ids)
    relay.settle()
    calls.end(ports, relay.mara, call.id)
    relay.settle()
    for identity in (DANA, JONAS):
        assert [post.text for post in relay.room(identity).posts] == ["📞 1 min"]
