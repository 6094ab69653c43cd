"""The worker of the relay's queue: who waits, for how long, and that a poison body holds up its group for minutes only."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.events import relay as worker
from chalicelib.ports import RelayLater
from chalicelib.usecases.relay_out import group_of
from tests.support.relay_in_memory import DANA, OLAF, Relay, relaying

pytestmark = pytest.mark.requirement("A26", "A27", "A35")


class Hidden:
    """The queue's other end: for how long each body was hidden."""

    def __init__(self) -> None:
        self.waits: dict[str, float] = {}

    def later(self, receipt: str, seconds: float) -> None:
        self.waits[receipt] = seconds


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Hidden:
    hidden = Hidden()
    monkeypatch.setattr(worker, "_queue", lambda: hidden)
    return hidden


def record(body: str, group: str, name: str, tries: int = 1) -> dict[str, Any]:
    attributes = {"MessageGroupId": group, "ApproximateReceiveCount": str(tries)}
    return {"messageId": name, "receiptHandle": name, "body": body, "attributes": attributes}


def failed(*records: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in worker.handle({"Records": list(records)})["batchItemFailures"]]


def jobs(relay: Relay, group: str) -> list[str]:
    relay.world.settle_stream()
    return list(relay.queue.groups[group_of(relay.chat, group)])


def test_what_waits_holds_its_own_group_just_so_long(relay: Relay, hidden: Hidden) -> None:
    relay.writes("one")
    relay.writes("two")
    relay.room(DANA).faults.extend([None, RelayLater(37, "429")])
    (first, second), (other, _) = jobs(relay, DANA.key), jobs(relay, OLAF.key)
    assert failed(record(first, "d", "1"), record(second, "d", "2"), record(other, "o", "3")) == ["1", "2"]
    assert hidden.waits == {"1": 37, "2": 37}
    assert (relay.room(DANA).shown, relay.room(OLAF).shown) == ([], ["one"])


def test_a_side_that_is_down_for_long_is_asked_less_often_and_for_a_day(relay: Relay, hidden: Hidden) -> None:
    relay.writes("one")
    (job,) = jobs(relay, DANA.key)
    waited = []
    for tries in range(1, 100):
        relay.room(DANA).faults.append(RelayLater(20, "500"))
        assert failed(record(job, "d", "1", tries)) == ["1"]
        waited.append(hidden.waits["1"])
    assert waited[:10] == [20] * 10
    assert waited[-1] == 1000
    assert 22 < sum(waited) / 3600 < 30


def test_after_that_day_it_is_cut_off_and_what_comes_next_fills_the_gap(relay: Relay, hidden: Hidden) -> None:
    relay.writes("one")
    (job,) = jobs(relay, DANA.key)
    relay.room(DANA).faults.append(RelayLater(20, "Slack: 500"))
    assert failed(record(job, "d", "1", 100)) == []
    relay.queue.groups[group_of(relay.chat, DANA.key)].clear()
    relay.settle()
    assert relay.told("relay.cut_off") == ["Dana Smith"]
    assert (relay.room(DANA).shown, relay.room(OLAF).shown) == ([], ["one"])
    relay.writes("two")
    relay.settle()
    assert relay.room(DANA).shown == ["one", "two"]
    assert relay.told("relay.restored") == ["Dana Smith"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"slack": 7, "once": "x"}', json.dumps({"chat": "c"})])
def test_a_poison_body_is_set_aside_after_minutes(relay: Relay, hidden: Hidden, body: str) -> None:
    assert failed(record(body, "d", "1", 99)) == ["1"]
    assert 100 * hidden.waits["1"] < 10 * 60


def test_the_queue_sets_aside_after_a_hundred_times() -> None:
    with open(".chalice/resources.json") as file:  # noqa: PTH123
        queue = json.load(file)["Resources"]["RelayQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 100
    assert queue["MessageRetentionPeriod"] > 2 * 86_400
