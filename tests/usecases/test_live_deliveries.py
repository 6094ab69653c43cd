"""How a message fares elsewhere reaches its author's window, and nobody else's."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.ports import Connection, RelayLater
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying


@dataclass
class Windows:
    """Takes what the sockets are sent: connection and event."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        self.events += [(item, json.loads(text)) for item, text in zip(connection_ids, texts, strict=True)]
        return []

    def deliveries(self, connection: str = "mara") -> list[list[tuple[str, str]]]:
        told = [event for item, event in self.events if item == connection and event["type"] == "delivery.changed"]
        return [sorted((each["name"], each["state"]) for each in event["message"]["deliveries"]) for event in told]


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying(DANA, JONAS) as relay:
        yield relay


@pytest.fixture
def windows(relay: Relay) -> Windows:
    """Of Mara and of Dana, who looks on here, too."""
    windows = Windows()
    relay.world.use(sockets=windows)
    for name, account in (("mara", relay.mara), ("dana", relay.account(DANA))):
        relay.world.ports.connections.open(Connection(name, account.id, "session"), relay.world.now())
    return windows


@pytest.mark.requirement("A26", "A30")
def test_the_author_hears_of_each_copy_that_arrives_and_nobody_else_does(relay: Relay, windows: Windows) -> None:
    relay.writes("Hello")
    relay.settle()
    states = windows.deliveries()
    assert len(states) == 2
    assert [state for _, state in states[-1]] == ["delivered", "delivered"]
    assert windows.deliveries("dana") == []


@pytest.mark.requirement("A27")
def test_what_is_tried_again_is_told_and_what_is_there_in_the_end(relay: Relay, windows: Windows) -> None:
    relay.room(JONAS).faults.append(RelayLater(20, "500"))
    relay.writes("Hello")
    relay.settle()
    told = [state for states in windows.deliveries() for name, state in states if name == relay.account(JONAS).name]
    assert told[0] == "retrying"
    assert told[-1] == "delivered"


def test_whoever_is_away_costs_no_look_into_the_ledger(relay: Relay, windows: Windows) -> None:
    for connection in relay.world.ports.connections.of_accounts([relay.mara.id]):
        relay.world.ports.connections.close(connection)
    relay.writes("Hello")
    relay.settle()
    assert windows.deliveries() == []
