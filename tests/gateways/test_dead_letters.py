"""What the relay in the dead-letter queue: an operator sees it, without what anybody wrote, and sends it again."""

import json
from typing import Any

import pytest

from chalicelib.events import operator
from chalicelib.gateways import relay_queue
from chalicelib.gateways.relay_queue import DeadLetterQueue, FifoQueue

pytestmark = pytest.mark.requirement("A36")
OUT = {"chat": "c" * 16, "seq": 7, "account": "a" * 16, "to": "slack#T#U"}
IN = {"once": "slack T Ev1", "slack": {"team_id": "T", "event": {"type": "message", "text": "secret words"}}}
COMPARE = {"compare": {"chat_id": "c" * 16, "destination": "slack#T#U"}}


class Sqs:
    """Two queues of SQS, as far as they are used."""

    def __init__(self, *bodies: str) -> None:
        self.aside = [{"MessageId": f"m{number}", "Body": body} for number, body in enumerate(bodies)]
        self.hidden: set[str] = set()
        self.sent: list[Any] = []

    def receive_message(self, *, MaxNumberOfMessages: int, VisibilityTimeout: int, **_: Any) -> Any:  # noqa: N803
        results = [item for item in self.aside if item["MessageId"] not in self.hidden][:MaxNumberOfMessages]
        self.hidden |= {item["MessageId"] for item in results if VisibilityTimeout}
        more = [{**item, "ReceiptHandle": item["MessageId"], "Attributes": {"MessageGroupId": "g"}} for item in results]
        return {"Messages": more} if more else {}

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.aside = [item for item in self.aside if item["MessageId"] != ReceiptHandle]

    def send_message(self, *, MessageBody: str, MessageGroupId: str, **_: Any) -> None:  # noqa: N803
        self.sent.append((MessageBody, MessageGroupId))


def with_queue(monkeypatch: pytest.MonkeyPatch, *bodies: str) -> Sqs:
    sqs = Sqs(*bodies)
    monkeypatch.setattr(relay_queue, "client", lambda service, region: sqs)
    monkeypatch.setattr(operator, "_relays", lambda: (DeadLetterQueue("aside", "r"), FifoQueue("relay", "r")))
    return sqs


def test_an_operator_sees_ids_and_no_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [json.dumps(item) for item in (OUT, IN, COMPARE)]
    with_queue(monkeypatch, *bodies, "{", "[]")
    items = operator.dead_letters({})["items"]
    assert [item["what"] for item in items] == ["out", "in", "compare", "unreadable", "unreadable"]
    assert (items[0]["chat"], items[0]["seq"], items[1]["once"]) == (OUT["chat"], 7, "slack T Ev1")
    assert "secret" not in json.dumps(items)
    assert len(operator.dead_letters({"send_again": "yes"})["items"]) == 5


def test_all_of_it_goes_back_in_order_into_its_own_group(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [json.dumps({**OUT, "seq": number}) for number in range(23)]
    sqs = with_queue(monkeypatch, *bodies)
    assert operator.dead_letters({"send_again": True}) == {"sent": 23}
    assert (sqs.sent, sqs.aside) == ([(body, "g") for body in bodies], [])
    assert operator.dead_letters({"send_again": True}) == {"sent": 0}
