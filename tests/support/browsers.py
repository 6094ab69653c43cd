"""Real browsers that visit the running system, and complain about everything that a person wouldn't see."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, Page, expect, sync_playwright

from local.seeds import PASSWORD
from tests.support.system import System
from tests.support.working_day import Json, Person, link_in, sign_in

DESKTOP, PHONE = (1440, 900), (360, 780)
PATIENCE = 30_000
"""Milliseconds for a page to show what is expected of it. How fast it is, is measured in `bench/`: a busy machine fails nobody."""
_FARTHEST = 100
_FOCUS = """target => {
    const node = document.activeElement, box = node.getBoundingClientRect(), style = getComputedStyle(node);
    const ringed = [style, getComputedStyle(node.parentElement), getComputedStyle(node, '::after')]
        .some(one => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0 || one.boxShadow !== 'none');
    const seen = node === document.body || ringed && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    return [node === target, seen ? '' : node.outerHTML.slice(0, 200)];
}"""
"""Whether the target has the focus, and what has it unseen."""
SIZES = {"desktop": DESKTOP, "phone": PHONE}
PRO, FREE = "owner@pro.example", "owner@free.example"
_OWN_RING = r'type="(date|time|datetime-local)"'
"""Fields whose parts Chromium itself gives the focus, with a ring of its own."""
_LEFT_EARLY = "WebSocket is closed before the connection is established"
"""What Chromium says of a page that is left, or goes offline, while it connects: nobody misses that connection."""


@dataclass
class Windows:
    """Opens windows, each of a person with a browser of their own.

    `problems` is what went wrong in them unseen, but for what is `expected` (a pattern); `agreed` are the questions that a
    test says yes to.
    """

    chromium: Browser
    system: System
    problems: list[str] = field(default_factory=list)
    agreed: set[str] = field(default_factory=set)
    expected: str = r"(?!)"
    _open: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str,
        person: Person | None = None,
        size: tuple[int, int] = DESKTOP,
        prepare: Callable[[Page], None] | None = None,
        **options: Any,
    ) -> Page:
        """A page in a new window: `dark`, `script`, the language `lang`, and whatever else a browser can be told.

        Without a service worker, unless `service_workers` is "allow": it would stand between the page and what a test plays.
        """
        lang = options.pop("lang", "")
        phone = size[0] < 500
        context = self.chromium.new_context(
            base_url=self.system.app,
            viewport={"width": size[0], "height": size[1]},
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if options.pop("dark", False) else "light",
            java_script_enabled=options.pop("script", True),
            reduced_motion="reduce",
            service_workers=options.pop("service_workers", "block"),
            **options,
        )
        self._open.append(context)
        if lang:
            context.add_cookies([{"name": "lang", "value": lang, "url": self.system.app}])
        if person:
            context.add_cookies([{"name": "session", "value": person.token, "url": self.system.app}])
        return self._visit(context, path, prepare)

    def tab(self, beside: Page, path: str, prepare: Callable[[Page], None] | None = None) -> Page:
        """Another page in the same browser, of whoever is signed in there."""
        return self._visit(beside.context, path, prepare)

    def forgive(self, pattern: str) -> None:
        """What a test brings about on purpose."""
        self.problems = [problem for problem in self.problems if not re.search(pattern, problem)]

    def close(self) -> None:
        for context in self._open:
            context.close()
        assert not self.problems, "\n".join(self.problems)

    def _visit(self, context: BrowserContext, path: str, prepare: Callable[[Page], None] | None) -> Page:
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._asked)
        if prepare:
            prepare(page)
        page.goto(path)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        expected = f"{self.expected}|{_LEFT_EARLY}|^Service Worker registration blocked"  # as `open` asked for
        if message.type in ("error", "warning") and not re.search(expected, message.text):
            self.problems.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _asked(self, dialog: Dialog) -> None:
        if dialog.message in self.agreed:
            dialog.accept()
            return
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Room:
    """A chat, its owner, and who joined it from outside."""

    id: str
    owner: Person
    guests: tuple[Person, ...]
    invitations: tuple[Json, ...]

    @property
    def path(self) -> str:
        return f"/chats/{self.id}"

    def write(self, *texts: str, by: Person | None = None) -> list[Json]:
        """Messages, one after the other over one connection."""
        writer = by or self.owner
        headers = {"Authorization": f"Bearer {writer.token}"}
        with httpx.Client(base_url=f"{writer.system.app}/api/v1", headers=headers, verify=False, timeout=30) as client:  # noqa: S501  # plain http
            answers = [client.post(f"{self.path}/messages", json={"text": text}) for text in texts]
        assert all(answer.status_code == 201 for answer in answers), [answer.text for answer in answers]
        return [answer.json() for answer in answers]


def room(
    system: System, name: str, guests: dict[str, str], invited: tuple[str, ...] = (), owner: str = PRO, **more: str
) -> Room:
    """A chat with guests (by address) in it, and others invited to it."""
    host = sign_in(system, owner)
    workspace = host.ask("GET", "/me")["workspaces"][0]["id"]
    people = [{"email": email, "name": shown, **more} for email, shown in guests.items()]
    people += [{"email": email, **more} for email in invited]
    body: Json = {"workspace_id": workspace, "invitees": people}
    made = host.ask("POST", "/chats", body | ({"name": name} if len(people) > 1 else {}))
    joined = tuple(join(system, email, shown) for email, shown in guests.items())
    return Room(made["chat"]["id"], host, joined, tuple(made["invitations"]))


def join(system: System, email: str, name: str) -> Person:
    """Somebody new comes in by the mailed link."""
    session = Person(system, "").ask(
        "POST", f"/join/{token(system, email)}/account", {"name": name, "password": PASSWORD}
    )
    return Person(system, session["token"])


def token(system: System, email: str) -> str:
    return link_in(system.mail(email))


def allow(page: Page, name: str) -> None:
    """On a provider's page that asks, as this person."""
    page.get_by_role("radio", name=re.compile(f"^{name}")).check()
    page.get_by_role("button", name="Allow", exact=True).click()


def texts(page: Page) -> list[str]:
    """The messages that stand in the thread, from top to bottom."""
    return page.locator("#messages .message .text").all_inner_texts()


def said(page: Page, text: str) -> Locator:
    """The message with this text."""
    return page.locator("#messages .message").filter(
        has=page.locator(".text", has_text=re.compile(f"^{re.escape(text)}$"))
    )


def connected(page: Page) -> Page:
    """The chat's page, once events reach it."""
    page.locator(".chat[data-live=socket]").wait_for(state="attached")
    return page


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Message "))


def send(page: Page, text: str) -> None:
    composer(page).fill(text)
    composer(page).press("Enter")


def stored(room: Room) -> list[str]:
    """The texts of the chat's last hundred messages, as the server has them."""
    items = room.owner.ask("GET", f"{room.path}/messages?limit=100")["items"]
    return [item["text"] for item in items if item["kind"] == "text"]


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Presses the key until the target has the focus, which must be seen wherever it stops on the way."""
    expect(target).to_be_attached()
    for pressed in range(_FARTHEST):
        is_here, unseen = target.evaluate(_FOCUS)
        if is_here:
            return
        assert not pressed or not unseen or re.search(_OWN_RING, unseen), unseen
        page.keyboard.press(key)
    raise AssertionError(f"{target} isn't reached by {key}")


def unseen_stops(page: Page, most: int = 30) -> list[str]:
    """Where Tab puts the focus, from the top of the page, without that one sees it."""
    unseen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        is_over, stop = page.locator("body").evaluate(_FOCUS)
        if is_over:
            break
        unseen += [stop] if stop and not re.search(_OWN_RING, stop) else []
    return unseen


def violations(page: Page) -> list[str]:
    """What axe has against the page as it stands."""
    result = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{item['id']}: {node['html']}" for item in result for node in item["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
