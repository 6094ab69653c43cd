"""Pushes through the whole system: table, stream, queue, function, and a push service that a browser's keys open."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support import browsers
from tests.support.system import System
from tests.support.working_day import Person, pushed

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
MINUTE = 60


@dataclass
class Phone:
    """A browser of a guest's, in a chat with the owner."""

    system: System
    room: browsers.Room
    guest: Person
    id: str

    def texts(self) -> list[str]:
        return pushed(self.system, self.id)

    def last(self) -> dict[str, Any]:
        items = self.system.call("GET", f"/push/messages.json?subscription={self.id}")["items"]
        return dict(json.loads(items[-1]["text"]))

    def waits_for(self, *texts: str) -> None:
        self.system.until(lambda: self.texts()[-len(texts) :] == list(texts), f"push {texts[-1]}", 60)


@pytest.fixture(scope="module")
def phone(own_system: System) -> Phone:
    room = browsers.room(own_system, "Harbour", {"dana@push.example": "Dana", "eve@push.example": "Eve"})
    guest = room.guests[0]
    key = guest.ask("GET", "/push-key")["key"]
    made = own_system.call("POST", "/push/subscriptions", {"applicationServerKey": key})
    guest.ask("POST", "/push-subscriptions", {name: made[name] for name in ("endpoint", "expirationTime", "keys")})
    return Phone(own_system, room, guest, made["id"])


def test_what_is_written_arrives_and_only_its_browser_can_read_it(phone: Phone) -> None:
    phone.room.write("Shall we begin?")
    phone.waits_for("Shall we begin?")
    push = phone.last()
    assert (push["chat_id"], push["title"], push["url"]) == (phone.room.id, "Harbour", phone.room.path)
    items = phone.system.call("GET", "/push/messages.json")["items"]
    assert {item["problem"] for item in items} == {""}
    assert max(item["size"] for item in items) <= 4096


def test_in_quiet_hours_nothing_comes_and_one_summary_after_them(phone: Phone) -> None:
    before = phone.texts()
    now = datetime.fromisoformat(phone.system.call("GET", "/clock")["now"])
    begins, ends = (now - timedelta(minutes=1), now + timedelta(minutes=30))
    quiet = {"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}
    phone.guest.ask("PATCH", "/me", {"time_zone": "UTC", "quiet": quiet})
    phone.room.write("One", "Two")
    phone.guest.ask("PATCH", "/me", {"name": "Dana"})
    assert phone.system.invoke("minutely")["pushes"] == 0
    assert phone.texts() == before
    phone.system.advance(31 * MINUTE)
    phone.system.until(lambda: phone.system.invoke("minutely") and phone.texts() != before, "summary", 60)
    assert len(phone.texts()) == len(before) + 1
    assert phone.texts()[-1].endswith("new messages")
    phone.guest.ask("PATCH", "/me", {"quiet": None})


def test_a_service_that_asks_for_a_pause_is_asked_again_after_it(phone: Phone) -> None:
    phone.system.call("POST", "/push/faults", {"status": 429, "times": 1, "retry_after": 2})
    phone.room.write("After a pause")
    phone.system.until(lambda: phone.system.call("GET", "/push/state.json")["fault"]["times"] == 0, "refusal")
    phone.system.advance(2 * MINUTE)
    phone.waits_for("After a pause")


def test_after_signing_out_nothing_comes_any_more(phone: Phone) -> None:
    other = phone.system.call("POST", "/push/subscriptions", {})
    eve = phone.room.guests[1]
    eve.ask("POST", "/push-subscriptions", {name: other[name] for name in ("endpoint", "expirationTime", "keys")})
    before = phone.texts()
    phone.guest.ask("DELETE", "/sessions/current")
    phone.room.write("Who is still there?")
    phone.system.until(lambda: pushed(phone.system, other["id"])[-1:] == ["Who is still there?"], "push to Eve", 60)
    assert phone.texts() == before


def test_a_service_that_nobody_named_is_refused(phone: Phone) -> None:
    made = phone.system.call("POST", "/push/subscriptions", {})
    body = {"endpoint": "http://169.254.169.254/latest", "expirationTime": None, "keys": made["keys"]}
    headers = {"Authorization": f"Bearer {phone.room.owner.token}"}
    answer = httpx.post(f"{phone.system.app}/api/v1/push-subscriptions", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_push_service")
