"""The same work over HTTP by `make run` and by a Matrix server on this machine, turn by turn in one run.

Ours makes a link, a mail and a place for each invited address; Matrix sets a state of the room for each invited user, whom it
knows already. Either answers when it has kept what was sent. `BENCH_LENGTH` is how long the longest chat is (2,000).
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx

from bench.homeserver import Homeserver, homeserver, person
from bench.table import Row, Table
from tests.support.browsers import PRO, join
from tests.support.system import System, running
from tests.support.working_day import link_in, sign_in

_ROUNDS, _CLIENTS, _EACH = 6, 32, 10
_INVITED = {1: 5, 10: 3, 100: 2}
_LENGTHS = (1_000, int(os.environ.get("BENCH_LENGTH", "2000")))
_PROMISED = {
    "create, 1 invited": 5,
    "create, 10 invited": 15,
    "create, 100 invited": 30,
    "accept": 5,
    "send, 1 client": 2,
    f"send, {_CLIENTS} clients": 1,
}
"""How many times as fast as the Matrix server."""


class Side(Protocol):
    def create(self, invited: int) -> str:
        """A new chat."""

    def invite(self) -> str:
        """A new chat to which somebody is invited who has an account, and may accept now."""

    def accept(self, chat: str) -> None: ...
    def send(self, chat: str, text: str) -> None: ...
    def last(self, chat: str) -> int:
        """How many of the last 50 messages came."""


@dataclass(slots=True)
class Ours:
    system: System
    invited: dict[str, tuple[httpx.Client, str]] = field(default_factory=dict)
    """By chat: the client of whoever is invited, and the token in their link."""
    http: httpx.Client = field(init=False)
    workspace: str = field(init=False)

    def __post_init__(self) -> None:
        owner = sign_in(self.system, PRO)
        self.http, self.workspace = self._client(owner.token), owner.ask("GET", "/me")["workspaces"][0]["id"]

    def _client(self, session: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {session}"}
        return httpx.Client(base_url=f"{self.system.app}/api/v1", headers=headers, timeout=300)

    def create(self, invited: int) -> str:
        return self._created([_address() for _ in range(invited)])

    def _created(self, people: list[str]) -> str:
        body: dict[str, Any] = {"workspace_id": self.workspace, "invitees": [{"email": email} for email in people]}
        if len(people) > 1:
            body["name"] = "Matrix"
        return str(_ok(self.http.post("/chats", json=body))["chat"]["id"])

    def invite(self) -> str:
        guest = _address()
        self._created([guest])
        client = self._client(join(self.system, guest, "Guest").token)
        chat = self._created([guest, _address()])
        self.invited[chat] = client, link_in(self.system.mail(guest, number=2))
        return chat

    def accept(self, chat: str) -> None:
        client, token = self.invited[chat]
        _ok(client.post(f"/join/{token}", json={}))

    def send(self, chat: str, text: str) -> None:
        _ok(self.http.post(f"/chats/{chat}/messages", json={"text": text}))

    def last(self, chat: str) -> int:
        return len(_ok(self.http.get(f"/chats/{chat}/messages?limit=50"))["items"])


def _address() -> str:
    return f"p{uuid4().hex[:8]}@matrix.example"


@dataclass(slots=True)
class Theirs:
    server: Homeserver
    http: httpx.Client = field(init=False)
    guests: httpx.Client = field(init=False)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.http = self._client("owner")
        self.guests = self._client("guest0")
        for number in range(1, max(_INVITED)):
            self.server.register(f"guest{number}")

    def _client(self, name: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.server.register(name)}"}
        return httpx.Client(base_url=f"{self.server.address}/_matrix/client/v3", headers=headers, timeout=300)

    def create(self, invited: int) -> str:
        body = {"preset": "private_chat", "invite": [person(f"guest{number}") for number in range(invited)]}
        return str(_ok(self.http.post("/createRoom", json=body))["room_id"])

    def invite(self) -> str:
        return self.create(1)

    def accept(self, chat: str) -> None:
        _ok(self.guests.post(f"/rooms/{chat}/join", json={}))

    def send(self, chat: str, text: str) -> None:
        body = {"msgtype": "m.text", "body": text}
        _ok(self.http.put(f"/rooms/{chat}/send/m.room.message/{next(self.numbers)}", json=body))

    def last(self, chat: str) -> int:
        return len(_ok(self.http.get(f"/rooms/{chat}/messages?dir=b&limit=50"))["chunk"])


def run() -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as system, homeserver() as server:
        rows = list(_rows((Ours(system), Theirs(server))))
    yield Table("The same work, against a Matrix server (Synapse)", ("ours, ms", "Matrix, ms", "times as fast"), rows)


def _rows(sides: tuple[Side, Side]) -> Iterator[Row]:
    chats: tuple[str, ...] = ()
    accepted = []
    for _ in range(_ROUNDS):
        chats = tuple(side.invite() for side in sides)
        accepted.append([_timed(side.accept, chat) for side, chat in zip(sides, chats, strict=True)])
    yield _row("accept", accepted)
    pairs = list(zip(sides, chats, strict=True))
    yield _row("send, 1 client", [[_timed(side.send, chat, "Hello *all*") for side, chat in pairs] for _ in range(50)])
    at_once = [[_crowd(side, chat, _CLIENTS * _EACH) for side, chat in pairs] for _ in range(3)]
    yield _row(f"send, {_CLIENTS} clients", at_once)
    sent = 50 + 3 * _CLIENTS * _EACH
    for length in _LENGTHS:
        for side, chat in pairs:
            _crowd(side, chat, max(0, length - sent))
        sent = max(sent, length)
        yield _row(f"the last 50 of {length:,}", [[_timed(side.last, chat) for side, chat in pairs] for _ in range(20)])
    for invited, rounds in _INVITED.items():
        yield _row(
            f"create, {invited} invited", [[_timed(side.create, invited) for side in sides] for _ in range(rounds)]
        )


def _crowd(side: Side, chat: str, messages: int) -> float:
    """Seconds for each message, all of them at once."""
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(lambda number: side.send(chat, f"Message {number}"), range(messages)))
    return (time.perf_counter() - started) / max(1, messages)


def _timed(do: Callable[..., Any], *given: Any) -> float:
    started = time.perf_counter()
    do(*given)
    return time.perf_counter() - started


def _row(name: str, taken: list[list[float]]) -> Row:
    ours, theirs = (statistics.median(times) for times in zip(*taken, strict=True))
    cells = (f"{ours * 1000:.0f}", f"{theirs * 1000:.0f}", f"{theirs / ours:.1f}")
    promised = _PROMISED.get(name, 1.5)
    return Row(name, cells, figure=ours / theirs, at_most=1 / promised)


def _ok(answer: httpx.Response) -> dict[str, Any]:
    """Its JSON; a 503 is asked once more, as either side's documentation says."""
    if answer.status_code == 503:
        time.sleep(float(answer.headers.get("Retry-After", 1)))
        with httpx.Client(timeout=300) as again:
            answer = again.send(answer.request)
    if not answer.is_success:
        raise AssertionError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    result: dict[str, Any] = answer.json()
    return result
