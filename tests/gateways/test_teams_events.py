"""Bot Framework activities as Microsoft publishes them: understood or ignored, answered with 200, and never an exception."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.events import relay
from chalicelib.providers.microsoft import callbacks
from chalicelib.providers.microsoft import events as teams_events
from tests.support import id_tokens
from tests.support.app import Answer, World, built
from tests.support.id_tokens import fake_answer, signed
from tests.support.relay_in_memory import Queue
from tests.support.vendor_payloads import ACTIVITIES, CONVERSATION, ODD_ACTIVITIES, PERSON, TENANT, activity

pytestmark = pytest.mark.requirement("A25", "A26", "A35")
BOT = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02"
SERVICE = "smba.trafficmanager.net"


@pytest.fixture(scope="module")
def teams(server: id_tokens.Server) -> Iterator[World]:
    """Signed with a key of our own, whose set is at an address of our own."""
    provider = server.provider()
    provider.answers[".well-known/keys"] = fake_answer(id_tokens.key_set(endorsements=["msteams"]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TEAMS_BOT_ID", BOT)
        patched.setenv("BOT_METADATA_URL", f"{provider.base}/v1/.well-known/openidconfiguration")
        patched.setenv("BOT_SERVICE_HOSTS", SERVICE)
        with built() as world:
            yield world
    wiring.configured.cache_clear()


@pytest.fixture
def queue(teams: World) -> Iterator[Queue]:
    queue = Queue(teams.now)
    with teams.using(relay_queue=queue):
        yield queue


def send(world: World, body: Any) -> Answer:
    claims = {"iss": "https://api.botframework.com", "aud": BOT, "serviceurl": body["serviceUrl"], **id_tokens.times()}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {signed(claims)}"}
    return world.request("POST", "/teams/messages", json.dumps(body).encode(), headers)


@pytest.mark.parametrize(("name", "body", "expected"), ACTIVITIES, ids=[name for name, _, _ in ACTIVITIES])
def test_what_people_do_is_understood(name: str, body: Any, expected: list[tuple[str, str]]) -> None:
    identity = callbacks.identity_of(body)
    assert identity is not None, name
    event = teams_events.inbound_events(body, identity)
    assert [(item.action, item.target.id) for item in event] == expected
    assert {item.target.channel_id for item in event} <= {CONVERSATION}
    assert identity.key == f"microsoft#{TENANT}#{PERSON}"


def test_texts_replies_and_emojis() -> None:
    received = {name: teams_events.inbound_events(body, _identity()) for name, body, _ in ACTIVITIES}
    assert received["a message"][0].text == "Good morning"
    parent = received["a reply"][0].parent
    assert parent
    assert parent.id == "1749999999999"
    assert [event.emoji for event in received["one reaction for another"]] == ["❤️", "👍"]


def _identity() -> Any:
    return callbacks.identity_of(activity("message"))


@pytest.mark.parametrize("body", ODD_ACTIVITIES, ids=range(len(ODD_ACTIVITIES)))
def test_odd_activities_are_no_exception(body: Any) -> None:
    callbacks.identity_of(body)
    teams_events.inbound_events(body, _identity())


def test_every_activity_is_answered_with_200_and_worked_off(teams: World, queue: Queue) -> None:
    for number, body in enumerate([*(body for _, body, _ in ACTIVITIES), *ODD_ACTIVITIES]):
        answer = send(teams, body | {"timestamp": f"2026-06-15T15:06:{number}Z"})
        assert (answer.status, answer.json) == (200, {}), body
    assert len(queue.ever) >= 7
    for queued, _ in queue.ever:
        relay._work(json.loads(queued))
