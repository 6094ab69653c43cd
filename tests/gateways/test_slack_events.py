"""Slack's events as others publish them: understood or ignored, answered with 200, and never an exception."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import wiring
from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import ChatChoice
from chalicelib.events import relay
from chalicelib.providers.slack import events as slack_events
from tests.support import vendor_kinds
from tests.support.app import Answer, World, built
from tests.support.relay_in_memory import Queue, slack_presses
from tests.support.vendor_payloads import BOT, CHANNEL, ENDS, IGNORED, ODD, TEAM, UNDERSTOOD, envelope

pytestmark = pytest.mark.requirement("A25", "A26", "A35")
SECRET = "signing-secret-of-the-test"


@pytest.fixture(scope="module")
def signing() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SLACK_SIGNING_SECRET", SECRET)
        with built() as world:
            yield world
    wiring.configured.cache_clear()


@pytest.fixture
def queue(signing: World) -> Iterator[Queue]:
    queue = Queue(signing.now)
    with signing.using(relay_queue=queue):
        yield queue


def send(world: World, body: Any) -> Answer:
    raw, stamp = json.dumps(body).encode(), str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
    return world.request("POST", "/slack/events", raw, {"Content-Type": "application/json", **headers})


def works(queue: Queue) -> None:
    for body, _ in queue.ever:
        relay._work(json.loads(body))


@pytest.mark.parametrize(
    ("name", "event", "expected"), UNDERSTOOD, ids=lambda item: item if isinstance(item, str) else ""
)
def test_what_people_do_is_understood(name: str, event: Any, expected: tuple[str, str, str]) -> None:
    inbound = slack_events.inbound_events(envelope(event))
    assert inbound is not None, name
    assert (inbound.action, inbound.target.id, inbound.text) == expected
    assert inbound.identity.key == f"slack#{TEAM}#U1"
    assert (inbound.target.system, inbound.target.channel_id) == (f"slack#{TEAM}", CHANNEL)


def test_a_reply_names_its_thread_and_a_reaction_its_emoji() -> None:
    by_name = {name: slack_events.inbound_events(envelope(event)) for name, event, _ in UNDERSTOOD}
    reply, plain, reaction = by_name["a reply"], by_name["a message"], by_name["a reaction"]
    assert reply
    assert plain
    assert reaction
    assert (reply.parent and reply.parent.id, plain.parent) == ("1750000000.000001", None)
    assert reaction.emoji == "🎉"


@pytest.mark.parametrize(("name", "event"), IGNORED, ids=[name for name, _ in IGNORED])
def test_what_is_not_ours_to_tell_is_ignored(name: str, event: Any) -> None:
    assert slack_events.inbound_events(envelope(event)) is None, name


@pytest.mark.parametrize("event", ODD, ids=range(len(ODD)))
def test_odd_events_are_no_exception(event: Any) -> None:
    slack_events.inbound_events(envelope(event))
    slack_events.inbound_events(envelope(event, authorizations=None))
    slack_events.inbound_events(envelope(event, authorizations=[7], team_id=["T1"]))


def test_every_event_is_answered_with_200_and_worked_off(signing: World, queue: Queue) -> None:
    events = [*(event for _, event, _ in UNDERSTOOD), *(event for _, event in IGNORED), *ODD]
    for number, event in enumerate(events):
        answer = send(signing, envelope(event, f"Ev{number}"))
        assert (answer.status, answer.json) == (200, {}), event
    assert len(queue.ever) >= len(UNDERSTOOD)
    works(queue)


def test_a_body_that_is_no_event_is_answered_too(signing: World, queue: Queue) -> None:
    for body in (
        {},
        {"type": "event_callback"},
        {"type": "event_callback", "team_id": 7, "event": {"type": "message"}},
        {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1750000000, "api_app_id": "A1"},
        {"type": ["url_verification"], "challenge": 7},
    ):
        assert send(signing, body).status == 200
    assert send(signing, {"type": "url_verification", "token": "x", "challenge": "c1"}).json == {"challenge": "c1"}
    assert [send(signing, nothing).status for nothing in (["x"], None, 7)] == [401, 401, 401]
    assert queue.ever == []


@pytest.mark.parametrize("event", ENDS, ids=["uninstalled", "revoked"])
def test_the_end_of_an_installation_takes_its_token(signing: World, queue: Queue, event: Any) -> None:
    identities = signing.ports.identities
    identities.install(
        Provider.SLACK,
        Installation(team_id=TEAM, team_name="x", bot_token="xoxb", bot_user_id=BOT, app_id="A1", scopes=""),
    )
    for number in range(2):
        assert send(signing, envelope(event, f"End{number}")).status == 200
    assert identities.installation(Provider.SLACK, TEAM) is None
    assert queue.ever == []


FRESH = Installation(team_id=TEAM, team_name="x", bot_token="xoxb", bot_user_id=BOT, app_id="A1", scopes="")


@pytest.mark.parametrize("event", ENDS, ids=["uninstalled", "revoked"])
@pytest.mark.parametrize(("after", "stays"), [(-60, True), (-1, True), (0, False), (60, False)])
def test_an_old_event_that_comes_again_takes_no_new_installation(
    signing: World, event: Any, after: int, stays: bool
) -> None:
    """Slack repeats what wasn't answered in three seconds, up to five minutes later. `after`: the seconds from the installation to
    the event; Slack tells them whole."""
    identities, now = signing.ports.identities, signing.now() + timedelta(milliseconds=700)
    identities.install(Provider.SLACK, replace(FRESH, installed_at=now))
    told = envelope(event, "End") | {"event_time": int(now.timestamp()) + after}
    assert send(signing, told).status == 200
    assert (identities.installation(Provider.SLACK, TEAM) is not None) == stays


@pytest.mark.parametrize("at", [None, "yesterday", -1, True, 10**20, 1.5])
def test_an_event_without_a_time_that_can_be_read_counts_as_of_now(signing: World, at: Any) -> None:
    signing.ports.identities.install(Provider.SLACK, replace(FRESH, installed_at=signing.now()))
    assert send(signing, envelope({"type": "app_uninstalled"}, "End") | {"event_time": at}).status == 200
    assert signing.ports.identities.installation(Provider.SLACK, TEAM) is None


@pytest.mark.parametrize(("after", "stays"), [(-60, True), (0, False)])
def test_an_old_event_takes_no_newer_authorization_of_a_person(signing: World, after: int, stays: bool) -> None:
    person, now = Identity(Provider.SLACK, TEAM, "U1"), signing.now()
    signing.ports.identities.open_conversation(person, "", "D1", "U1")
    signing.ports.identities.keep_user_token(person, "xoxp", now)
    ended = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}
    assert send(signing, envelope(ended, "End") | {"event_time": int(now.timestamp()) + after}).status == 200
    assert bool(signing.ports.identities.user_token(person)) == stays


def press(world: World, payload: Any, secret: str = SECRET) -> Answer:
    """As Slack sends interactions: a form with one field of JSON."""
    raw, stamp = urlencode({"payload": json.dumps(payload)}).encode(), str(int(time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
    return world.request(
        "POST", "/slack/interactions", raw, {"Content-Type": "application/x-www-form-urlencoded", **headers}
    )


def test_a_pressed_button_is_worked_off_as_a_choice(signing: World, queue: Queue) -> None:
    person = Identity(Provider.SLACK, TEAM, "U1")
    payload = slack_presses(person, ChatChoice("Roof", "chat1", "1750000000.000001"))
    assert press(signing, payload).status == 200
    ((body, group),) = queue.ever
    assert group.endswith("DU1")
    (event,) = wiring.configured().providers[Provider.SLACK].inbound_events(json.loads(body)["slack"])
    assert (event.action, event.identity, event.chat_id) == ("chosen", person, "chat1")
    assert (event.target.channel_id, event.target.id) == ("DU1", "1750000000.000001")
    works(queue)


def test_other_interactions_are_taken_and_forged_ones_are_not(signing: World, queue: Queue) -> None:
    payload = slack_presses(Identity(Provider.SLACK, TEAM, "U1"), ChatChoice("Roof", "chat1", "1.1"))
    assert press(signing, payload, "another secret").status == 401
    foreign = payload | {"actions": [{"action_id": "else", "value": "x"}]}
    broken = [
        {**payload, "actions": [{**payload["actions"][0], "value": value}]} for value in ("{", "[]", '{"chat": 1}')
    ]
    others: list[Any] = [
        foreign,
        *broken,
        {},
        [],
        None,
        {"type": "view_submission"},
        {**payload, "user": None},
        {"actions": 7},
    ]
    for odd in others:
        assert press(signing, odd).status == 200, odd
    works(queue)
    assert len(queue.ever) <= len(broken)


def test_every_documented_kind_of_event_is_answered_and_left(signing: World, queue: Queue) -> None:
    for number, (name, event) in enumerate(vendor_kinds.slack_events()):
        assert send(signing, envelope(event, f"Ev{number}")).status == 200, name
        assert slack_events.inbound_events(envelope(event)) is None, name
    works(queue)


def test_every_documented_kind_of_interaction_is_answered_and_left(signing: World, queue: Queue) -> None:
    for name, payload in vendor_kinds.slack_interactions():
        raw, stamp = urlencode({"payload": json.dumps(payload)}).encode(), str(int(time.time()))
        signature = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        assert signing.request("POST", "/slack/interactions", raw, form).status == 200, name
    assert queue.ever == []
