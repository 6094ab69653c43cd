"""Notifications in Chromium: asked for after the first message, brought by the playground's push service, gone at sign-out.

Chromium's own `pushManager.subscribe` asks Google, which no test may. A script in its place gives the page a subscription of the
playground's; what the playground received and opened with that browser's keys is handed to the real service worker over the
DevTools protocol, as the browser itself would.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support import browsers
from tests.support.browsers import Room, Windows, send
from tests.support.system import System
from tests.support.working_day import Json, Person, pushed

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
PLAYED = """
const made = %s, kept = sessionStorage;
const subscription = {
  endpoint: made.endpoint, options: {}, toJSON: () => made,
  unsubscribe: async () => { kept.removeItem('played'); return true; },
};
PushManager.prototype.subscribe = async () => { kept.setItem('played', 'on'); return subscription; };
PushManager.prototype.getSubscription = async () => (kept.getItem('played') ? subscription : null);
Object.defineProperty(Notification, 'permission', { get: () => kept.getItem('allowed') ?? 'default' });
Notification.requestPermission = async () => { kept.setItem('allowed', 'granted'); return 'granted'; };
"""


@pytest.fixture
def windows(chromium: Browser, own_system: System) -> Any:
    opened = Windows(chromium, own_system)
    yield opened
    opened.close()


@pytest.fixture
def room(own_system: System, request: pytest.FixtureRequest) -> Room:
    host = f"{request.node.name.replace('_', '-')[:40]}.example"
    return browsers.room(own_system, "Harbour", {f"dana@{host}": "Dana", f"eve@{host}": "Eve"})


@dataclass
class Phone:
    """A page whose browser gets pushes: the playground's subscription, and the worker that shows them."""

    system: System
    page: Page
    subscription: str
    devtools: CDPSession
    registration: str

    def received(self) -> list[str]:
        return pushed(self.system, self.subscription)

    def brings(self, text: str) -> None:
        """What the push service received comes to the worker, which shows it."""
        self.system.until(lambda: self.received()[-1:] == [text], f"push {text}", 60)
        items = self.system.call("GET", f"/push/messages.json?subscription={self.subscription}")["items"]
        self.devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.system.app, "registrationId": self.registration, "data": items[-1]["text"]},
        )

    def shown(self) -> list[Json]:
        script = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
            .map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }))"""
        result: list[Json] = self.page.evaluate(script)
        return result


def phone_of(windows: Windows, person: Person, path: str) -> Phone:
    system = windows.system
    made = system.call("POST", "/push/subscriptions", {"applicationServerKey": person.ask("GET", "/push-key")["key"]})
    script = PLAYED % json.dumps({name: made[name] for name in ("endpoint", "expirationTime", "keys")})

    def prepare(page: Page) -> None:
        page.context.grant_permissions(["notifications"], origin=system.app)
        page.add_init_script(script)

    page = windows.open(path, person, prepare=prepare, service_workers="allow")
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(item["registrationId"] for item in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    system.until(lambda: page.evaluate("true") and registrations, "registration of the worker")
    return Phone(system, page, made["id"], devtools, registrations[-1])


def turns_on(phone: Phone) -> None:
    """In the settings."""
    phone.page.goto("/settings")
    phone.page.get_by_role("button", name="Turn on notifications").click()
    expect(phone.page.get_by_text("On in this browser.")).to_be_visible()


def away(phone: Phone, room: Room) -> None:
    """Nobody looks at a page any more: what the page said of that is half a minute old."""
    phone.page.goto("/settings")
    phone.system.advance(31)


def test_nobody_is_asked_on_arriving_but_after_the_first_message(windows: Windows, room: Room) -> None:
    phone = phone_of(windows, room.guests[0], room.path)
    ask = phone.page.locator("#push-ask")
    browsers.connected(phone.page)
    expect(ask).to_be_hidden()
    send(phone.page, "My first word")
    expect(ask).to_be_visible()
    phone.page.get_by_role("button", name="Not now").click()
    expect(ask).to_be_hidden()
    send(phone.page, "My second word")
    expect(browsers.said(phone.page, "My second word")).to_be_visible()
    expect(ask).to_be_hidden()


def test_a_push_comes_through_the_service_and_a_press_leads_to_the_chat(windows: Windows, room: Room) -> None:
    phone = phone_of(windows, room.guests[0], "/settings")
    turns_on(phone)
    away(phone, room)
    room.write("Shall we begin?")
    phone.brings("Shall we begin?")
    phone.system.until(phone.shown, "notification")
    (shown,) = phone.shown()
    assert shown["title"].startswith("Harbour")
    assert re.match(r"\w+.*: Shall we begin\?$", shown["body"])
    assert shown["url"] == room.path
    room.write("And this?")
    phone.brings("And this?")
    phone.system.until(lambda: phone.shown()[0]["body"].endswith("And this?"), "newer notification")
    assert len(phone.shown()) == 1
    phone.page.goto(room.path)
    phone.system.until(lambda: not phone.shown(), "end of the notification")


def test_in_quiet_hours_nothing_comes(windows: Windows, room: Room) -> None:
    phone = phone_of(windows, room.guests[0], "/settings")
    turns_on(phone)
    away(phone, room)
    now = datetime.fromisoformat(phone.system.call("GET", "/clock")["now"])
    page = phone.page
    page.get_by_role("checkbox", name=re.compile("^Quiet hours")).check()
    page.get_by_label("Quiet from").fill(f"{now - timedelta(minutes=5):%H:%M}")
    page.get_by_label("Quiet until").fill(f"{now + timedelta(hours=1):%H:%M}")
    page.get_by_label("Time zone").select_option("UTC")
    page.get_by_role("button", name="Save notifications").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    other = phone.system.call("POST", "/push/subscriptions", {})
    keys = {name: other[name] for name in ("endpoint", "expirationTime", "keys")}
    room.guests[1].ask("POST", "/push-subscriptions", keys)
    room.write("In the night")
    phone.system.until(lambda: pushed(phone.system, other["id"]) == ["In the night"], "push to Eve", 60)
    assert phone.received() == []


def test_after_signing_out_nothing_comes(windows: Windows, room: Room) -> None:
    phone = phone_of(windows, room.guests[0], "/settings")
    turns_on(phone)
    other = phone.system.call("POST", "/push/subscriptions", {})
    keys = {name: other[name] for name in ("endpoint", "expirationTime", "keys")}
    room.guests[1].ask("POST", "/push-subscriptions", keys)
    phone.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(phone.page).to_have_url(re.compile("/sign-in|/$"))
    room.write("After the sign-out")
    phone.system.until(lambda: pushed(phone.system, other["id"]) == ["After the sign-out"], "push to Eve", 60)
    assert phone.received() == []


def test_turned_off_in_the_settings_it_is_off(windows: Windows, room: Room) -> None:
    phone = phone_of(windows, room.guests[0], "/settings")
    turns_on(phone)
    phone.page.get_by_role("button", name="Turn off in this browser").click()
    expect(phone.page.get_by_text("Off in this browser.")).to_be_visible()
    answer = room.guests[0].ask("POST", f"{room.path}/messages", {"text": "Silence"})
    assert answer["text"] == "Silence"
    assert phone.received() == []


def test_an_iphone_is_told_about_the_home_screen(windows: Windows, room: Room) -> None:
    without = "delete window.PushManager; delete window.Notification;"

    def prepare(page: Page) -> None:
        page.add_init_script(without)

    page = windows.open("/settings", room.guests[0], browsers.PHONE, prepare, user_agent=PHONE)
    expect(page.get_by_text("Add to Home Screen")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on notifications")).to_be_hidden()
