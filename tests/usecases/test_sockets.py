"""Sockets: opened by a ticket, from our own pages, for a session that holds now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.events import sockets
from chalicelib.ports import Connection
from tests.support.app import PUBLIC_URL
from tests.support.sample_chat import Scene


def opens(scene: Scene, origin: str = PUBLIC_URL, ticket: str = "", connection: str = "c1") -> int:
    url = "" if ticket else str(scene.owner.post("/socket-tickets").json["url"])
    event = {
        "queryStringParameters": {"ticket": ticket or url.partition("ticket=")[2]},
        "headers": {"Origin": origin} if origin else {},
        "requestContext": {"connectionId": connection},
    }
    return int(sockets.connect(event)["statusCode"])


def live(scene: Scene) -> list[Connection]:
    return scene.world.ports.connections.of_accounts([scene.owner.id])


@pytest.mark.requirement("A18")
@pytest.mark.parametrize("origin", [PUBLIC_URL, ""])
def test_our_own_pages_and_programs_open_one(scene: Scene, origin: str) -> None:
    assert opens(scene, origin) == 200
    assert [connection.id for connection in live(scene)] == ["c1"]


@pytest.mark.requirement("A18")
@pytest.mark.parametrize(
    "origin", ["http://chat.te", "http://chat", "h", "null", f"{PUBLIC_URL}/", "https://chat.test"]
)
def test_no_other_origin_does_not_even_the_beginning_of_ours(scene: Scene, origin: str) -> None:
    assert opens(scene, origin) == 403
    assert live(scene) == []


@dataclass
class SignsOut:
    """Connections, while this very session is signed out between the look at it and the note of its socket."""

    scene: Scene
    real: Any

    def open(self, *args: Any) -> None:
        self.scene.owner.delete("/sessions/current")
        self.real.open(*args)


@pytest.mark.requirement("A08")
def test_a_session_that_ends_while_its_socket_opens_has_none(scene: Scene) -> None:
    with scene.world.using(connections=SignsOut(scene, scene.world.ports.connections)):
        assert opens(scene) == 403


@pytest.mark.requirement("A04", "A28")
def test_where_there_are_no_sockets_a_ticket_says_so_and_pages_ask_instead(scene: Scene) -> None:
    """As under `chalice local`. Before, the page got `?ticket=…` as an address, and tried it for ever."""
    scene.world.use(socket_url="")
    refused = scene.owner.post("/socket-tickets")
    assert (refused.status, refused.json["code"]) == (404, "live_off")


def test_a_ticket_works_once_and_for_nobody_who_is_signed_out(scene: Scene) -> None:
    ticket = str(scene.owner.post("/socket-tickets").json["url"]).partition("ticket=")[2]
    assert [opens(scene, ticket=ticket), opens(scene, ticket=ticket)] == [200, 403]
    ticket = str(scene.owner.post("/socket-tickets").json["url"]).partition("ticket=")[2]
    scene.owner.delete("/sessions/current")
    assert opens(scene, ticket=ticket) == 403


@dataclass
class SentToSockets:
    """What went out through the sockets, and which were closed."""

    sent: list[tuple[str, str]]
    closed: list[str]

    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        self.sent += zip(connection_ids, texts, strict=True)
        return []

    def hang_up(self, connection_id: str) -> None:
        self.closed.append(connection_id)


@pytest.fixture
def gateway(scene: Scene) -> Iterator[SentToSockets]:
    received = SentToSockets([], [])
    with scene.world.using(sockets=received):
        yield received


def ping(connection: str) -> int:
    event = {"body": '{"action": "ping"}', "requestContext": {"connectionId": connection}}
    return int(sockets.message(event)["statusCode"])


def test_a_ping_is_answered(scene: Scene, gateway: SentToSockets) -> None:
    opens(scene)
    assert ping("c1") == 200
    assert gateway == SentToSockets([("c1", '{"type":"pong"}')], [])


@pytest.mark.requirement("A28")
def test_a_socket_that_gets_no_events_any_more_is_closed_when_it_asks(scene: Scene, gateway: SentToSockets) -> None:
    """Its page would take an answer for a sign that it hears everything."""
    for number in range(11):
        opens(scene, connection=f"c{number}")
    assert "c0" not in {item.id for item in live(scene)}
    for connection in ("c0", "c10", "never opened"):
        ping(connection)
    assert gateway == SentToSockets([("c10", '{"type":"pong"}')], ["c0", "never opened"])


def says_to(scene: Scene, text: str) -> None:
    """Somebody writes, and everybody who looks on is told."""
    assert scene.owner.post(f"/chats/{scene.chat}/messages", {"text": text}).status == 201
    scene.world.settle()


@pytest.mark.requirement("A50")
def test_a_socket_that_died_without_a_word_is_closed_within_a_minute(scene: Scene, gateway: SentToSockets) -> None:
    """Nobody hung up: API Gateway goes on taking what is sent to it."""
    for connection in ("dead", "alive"):
        opens(scene, connection=connection)
        ping(connection)
    for _ in range(3):
        scene.world.pass_time(seconds=21)
        ping("alive")
    says_to(scene, "Is anybody there?")
    assert gateway.closed == ["dead"]
    assert [connection.id for connection in live(scene)] == ["alive"]
    ping("dead")
    assert gateway.closed == ["dead", "dead"]


@pytest.mark.requirement("A50")
def test_a_socket_is_kept_that_spoke_within_a_minute_or_only_ever_listens(scene: Scene, gateway: SentToSockets) -> None:
    for connection in ("listens", "spoke"):
        opens(scene, connection=connection)
    ping("spoke")
    scene.world.pass_time(seconds=60)
    says_to(scene, "Is anybody there?")
    assert gateway.closed == []
    assert {connection for connection, _ in gateway.sent[1:]} == {"listens", "spoke"}


@pytest.mark.requirement("A50")
def test_a_socket_that_comes_or_goes_takes_nothing_of_what_the_others_said(
    scene: Scene, gateway: SentToSockets
) -> None:
    opens(scene)
    ping("c1")
    active_at = live(scene)[0].last_active_at
    opens(scene, connection="c2")
    sockets.disconnect({"requestContext": {"connectionId": "c2"}})
    assert [connection.last_active_at for connection in live(scene)] == [active_at] != [0]


@pytest.mark.requirement("A28")
def test_a_socket_of_a_session_that_ran_out_is_closed_when_it_asks(scene: Scene, gateway: SentToSockets) -> None:
    opens(scene)
    scene.world.pass_time(days=400)
    ping("c1")
    assert gateway == SentToSockets([], ["c1"])
    assert live(scene) == []
