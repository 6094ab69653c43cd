"""Slack's signature: over the raw bytes, within five minutes, and garbage is refused, never crashed on."""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.domain.identities import Installation
from chalicelib.domain.providers import Provider
from chalicelib.providers.slack.signatures import is_signed
from tests.support.app import Answer, World

pytestmark = pytest.mark.requirement("A24")
SECRET = "signing-secret-of-this-test"
BODY = '{"type":"event_callback","text":"Grüße"}'.encode()
Json = dict[str, Any]


@dataclass
class Queue:
    """A relay's queue that only remembers."""

    bodies: list[Json] = field(default_factory=list)

    def put(self, body: str, group: str, once: str) -> None:
        self.bodies.append(json.loads(body))


def signature(stamp: str, body: bytes, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def now(seconds: int = 0) -> str:
    return str(int(time.time()) + seconds)


def test_what_slack_signed_is_taken() -> None:
    for seconds in (0, -290, 290):
        assert is_signed(SECRET, now(seconds), signature(now(seconds), BODY), BODY)


@pytest.mark.parametrize("seconds", [-310, 310, -86_400, 86_400])
def test_an_old_or_early_one_is_not(seconds: int) -> None:
    assert not is_signed(SECRET, now(seconds), signature(now(seconds), BODY), BODY)


@pytest.mark.parametrize(
    "body", [b"", BODY + b" ", BODY.replace(b"e", b"E", 1), BODY.decode().encode("latin-1"), b"\xff"]
)
def test_another_body_is_not(body: bytes) -> None:
    assert not is_signed(SECRET, now(), signature(now(), BODY), body)


def test_another_secret_or_none_is_not() -> None:
    assert not is_signed(SECRET, now(), signature(now(), BODY, "another"), BODY)
    assert not is_signed("", now(), signature(now(), BODY, ""), BODY)


STAMPS = [
    "",
    "abc",
    "1.5",
    "-1",
    "+1",
    " ",
    "1e9",
    "0x10",
    "١٧٠٠",
    "９",
    "9" * 13,
    "9" * 5_000,
    "\x00",
    "NaN",
    "٣" * 10,
]
SIGNATURES = [
    "",
    "v0=",
    "v0",
    "v1=" + "0" * 64,
    "v0=ä",
    "é" * 67,
    "\ud800",
    "\x00",
    "v0=" + "0" * 64,
    "v0=" + "0" * 9_000,
]


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_garbage_timestamp_is_not_even_when_it_is_signed(stamp: str) -> None:
    assert not is_signed(SECRET, stamp, signature(stamp, BODY), BODY)


@pytest.mark.parametrize("wrong", SIGNATURES)
def test_a_garbage_signature_is_not(wrong: str) -> None:
    assert not is_signed(SECRET, now(), wrong, BODY)


@pytest.mark.parametrize("change", [str.upper, lambda item: item[:-1], lambda item: item[3:], lambda item: item + " "])
def test_an_almost_good_signature_is_not(change: Any) -> None:
    assert not is_signed(SECRET, now(), change(signature(now(), BODY)), BODY)


@pytest.fixture
def listening(world: World) -> Iterator[World]:
    """A world with a signing secret and a queue."""
    os.environ["SLACK_SIGNING_SECRET"] = SECRET
    wiring.configured.cache_clear()
    wiring.configured()
    world.use(relay_queue=Queue())
    yield world
    wiring.configured.cache_clear()


def sent(world: World, body: bytes, path: str = "/slack/events", **headers: str) -> Answer:
    good = {"x-slack-request-timestamp": now(), "x-slack-signature": signature(now(), body)}
    good["Content-Type"] = "application/json"
    return world.request("POST", path, body, good | {name.replace("_", "-"): item for name, item in headers.items()})


def event(**inside: Any) -> bytes:
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": inside}).encode()


def test_the_challenge_is_answered_only_where_it_is_signed(listening: World) -> None:
    body = b'{"type":"url_verification","challenge":"abc"}'
    assert sent(listening, body).json == {"challenge": "abc"}
    refused = sent(listening, body, x_slack_signature="v0=" + "0" * 64)
    assert (refused.status, "abc" in refused.text) == (401, False)


@pytest.mark.parametrize("path", ["/slack/events", "/slack/interactions"])
@pytest.mark.parametrize("headers", [{"x_slack_request_timestamp": stamp} for stamp in STAMPS if stamp.isprintable()])
def test_garbage_over_http_is_401(listening: World, path: str, headers: dict[str, str]) -> None:
    assert sent(listening, BODY, path, **headers).status == 401
    assert sent(listening, BODY, path, x_slack_signature=headers["x_slack_request_timestamp"]).status == 401


SIGNED_NONSENSE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"5",
    b'"x"',
    b"{",
    b"[" * 50_000,
    b"payload=%7B%7D",
    b'{"type":"url_verification"}',
    b'{"type":"url_verification","challenge":{}}',
    b'{"type":"event_callback"}',
    b'{"type":"event_callback","event":[],"team_id":"T1"}',
    b'{"type":"event_callback","event":{"type":"app_uninstalled"},"team_id":5}',
    b'{"type":"event_callback","event":{"type":"tokens_revoked","tokens":[]},"team_id":"T1"}',
    b'{"type":"event_callback","event":{"type":"tokens_revoked","tokens":{"bot":5}},"team_id":"T1"}',
    b'{"type":"event_callback","event":{"type":[]},"team_id":"T1"}',
    b'{"type":"event_callback","event":{"type":"message","item":5,"channel":{}},"team_id":"T1","event_id":[]}',
    b'{"type":["event_callback"]}',
]


@pytest.mark.parametrize("body", SIGNED_NONSENSE)
def test_signed_nonsense_is_no_crash(listening: World, body: bytes) -> None:
    assert sent(listening, body).status in (200, 401)
    assert sent(listening, body, "/slack/interactions").status == 200


def test_an_event_goes_to_the_queue_and_nowhere_else(listening: World) -> None:
    before = listening.snapshot()
    assert sent(listening, event(type="message", channel="D1", text="Hi")).status == 200
    queue = listening.ports.relay_queue
    assert isinstance(queue, Queue)
    assert queue.bodies[0]["slack"]["event"]["text"] == "Hi"
    assert listening.snapshot() == before


@pytest.mark.parametrize(
    ("ending", "ends"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
        ({"type": "tokens_revoked", "tokens": {"bot": []}}, False),
    ],
)
def test_taking_the_app_out_ends_the_installation_of_that_team(listening: World, ending: Json, ends: bool) -> None:
    identities = listening.ports.identities
    for team in ("T1", "T2"):
        identities.install(
            Provider.SLACK,
            Installation(
                team_id=team,
                team_name=team,
                bot_token=f"xoxb-{team}",
                bot_user_id="U0",
                app_id="A1",
                scopes="chat:write",
            ),
        )
    assert sent(listening, event(**ending), x_slack_signature="v0=00").status == 401
    assert identities.installation(Provider.SLACK, "T1")
    for _ in range(2):
        assert sent(listening, event(**ending)).status == 200
    assert (identities.installation(Provider.SLACK, "T1") is None) == ends
    assert identities.installation(Provider.SLACK, "T2")
