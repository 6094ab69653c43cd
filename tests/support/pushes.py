"""Browsers that get pushes, and the push queue, for tests in memory. Over HTTP pushes are sent in tests/gateways."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.domain import pushes
from chalicelib.domain.pushes import PushOutcome, PushResult, PushSubscription
from chalicelib.events import pushes as events
from chalicelib.events import schedule
from tests.support import rights

if TYPE_CHECKING:
    from tests.support.app import Person, World

SERVICE = "https://fcm.googleapis.com/fcm/send"
TAKEN = PushResult(PushOutcome.TAKEN)


def browser(name: str) -> dict[str, Any]:
    """What a browser of this name gives to a page that subscribes; the same each time."""
    key = ec.derive_private_key(int.from_bytes(sha256(name.encode()).digest()) >> 8, ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    auth = sha256(f"auth of {name}".encode()).digest()[:16]
    return {
        "endpoint": f"{SERVICE}/{name}",
        "expirationTime": None,
        "keys": {"p256dh": urlsafe_b64encode(point).decode(), "auth": urlsafe_b64encode(auth).decode()},
    }


@dataclass
class Service:
    """All push services: takes what is sent, unless it is told what to answer for a browser."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, list[PushResult]] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    is_offered: bool = True
    public_key: str = "key"

    def refuse_unknown(self, endpoint: str) -> None:
        pushes.refuse_unknown_service(endpoint, ["fcm.googleapis.com"], plain_http=False)

    def send(self, payload: str, subscriptions: Sequence[PushSubscription], topic: str) -> list[PushResult]:
        self.topics.append(topic)
        return [self._sent(payload, subscription) for subscription in subscriptions]

    def _sent(self, payload: str, subscription: PushSubscription) -> PushResult:
        name = subscription.endpoint.rpartition("/")[2]
        answers = self.answers.get(name)
        result = answers.pop(0) if answers else TAKEN
        if result == TAKEN:
            self.sent.append((name, json.loads(payload)))
        return result


@dataclass
class Phones:
    """The push queue and the services of one world. `waiting` holds (due, body) of what is to come later."""

    world: "World"
    service: Service = field(default_factory=Service)
    waiting: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.settle()
        self.world.data.pushes.clear()
        self.world.use(push_service=self.service, push_queue=self)

    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        self.waiting += [(self.world.now() + timedelta(seconds=seconds), body) for body in bodies]

    def settle(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything that is due by now happens; what came to which browser meanwhile."""
        before = len(self.service.sent)
        self.world.settle()
        while due := [body for at, body in self.waiting if at <= self.world.now()]:
            self.waiting = [entry for entry in self.waiting if entry[0] > self.world.now()]
            with rights.acting_as("push_out"):
                records = [{"messageId": str(number), "body": body} for number, body in enumerate(due)]
                assert events.handle({"Records": records}) == {"batchItemFailures": []}
        return self.service.sent[before:]

    def minute(self) -> list[tuple[str, dict[str, Any]]]:
        """The job of every minute, and what follows from it."""
        with rights.acting_as("minutely"):
            schedule.minutely()
        return self.settle()


def subscribes(person: "Person", name: str) -> str:
    """This person turns notifications on in a browser; the subscription's id."""
    answer = person.post("/push-subscriptions", browser(name))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])
