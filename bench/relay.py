"""A thousand messages to a Slack that fails at random, written in ten minutes of the system's clock: what arrives, and how.

The use case, the gateway, slack-sdk and HTTP are the real ones, against the played Slack; the ledger is kept in memory with the
real one's conditions, for an AWS in memory takes longer than all the rest. The clock goes on by itself, nobody waits.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bench.table import Row, Table
from chalicelib.domain.chats import Chat, ChatKind, ChatRole, Membership
from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.messages import Author, Message, MessageKind, MessagePage
from chalicelib.domain.providers import Provider, Via
from chalicelib.domain.relaying import RelayedMessage, RelayState, RemoteMessageRef
from chalicelib.ports import Ports, RelayLater
from chalicelib.providers.slack import client as slack
from chalicelib.providers.slack.relay import READ_EVERY, SlackRelay
from chalicelib.providers.slack.settings import Slack
from chalicelib.usecases import relay_out
from tests.support.fake_providers import DANA, playing
from tests.support.fake_providers import FakeProviders as Played

MESSAGES, MINUTES, CLAIM = 1000, 10, timedelta(seconds=50)
ME = Identity(Provider.SLACK, "T0ACME", DANA)
START = datetime.now(UTC)
FAULTS: list[dict[str, Any]] = [
    {"answer": "429", "chance": 0.1, "seconds": 3, "seed": 1},
    {"answer": "500", "chance": 0.05, "seed": 2},
    {"answer": "500", "chance": 0.05, "seed": 3, "done": True, "path": "chat.postMessage"},
    {"answer": "timeout", "chance": 0.01, "seed": 4, "seconds": 1.3, "done": True},
]


@dataclass
class Ledger:
    """The table's part of it."""

    copies: dict[tuple[int, str], RelayedMessage] = field(default_factory=dict)
    claims: dict[tuple[int, str], datetime] = field(default_factory=dict)

    def get(self, chat_id: str, seq: int, destination: str) -> RelayedMessage:
        return self.copies.get((seq, destination), RelayedMessage(chat_id=chat_id, seq=seq, destination=destination))

    def claim(self, relayed: RelayedMessage, now: datetime) -> bool:
        key = (relayed.seq, relayed.destination)
        existing = self.get(relayed.chat_id, *key)
        if existing.version != relayed.version or self.claims.get(key, now) > now:
            return False
        tried_at = existing.tried_at if existing.tried else now
        self.copies[key], self.claims[key] = replace(existing, tried=True, tried_at=tried_at), now + CLAIM
        return True

    def finish(self, done: RelayedMessage, ref: RemoteMessageRef | None) -> None:
        self.copies[done.seq, done.destination] = replace(done, tried=False, tried_at=None, cursor="", refusals=0)
        self.claims.pop((done.seq, done.destination), None)

    def release(self, relayed: RelayedMessage, state: RelayState, detail: str) -> None:
        key = (relayed.seq, relayed.destination)
        self.copies[key] = replace(relayed, state=state, detail=detail)
        self.claims.pop(key, None)


@dataclass
class Clock:
    """Ours, and the played Slack's with it, for its limits go by it."""

    remote: Played
    seconds: float = 0.0
    reads: dict[str, float] = field(default_factory=dict)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def goes_on_to(self, seconds: float) -> None:
        if seconds > self.seconds:
            self.remote.post("/clock", advance_seconds=seconds - self.seconds)
            self.seconds = seconds

    def may_read(self, name: str, behind: timedelta) -> float:
        wait = self.reads[name] + behind.total_seconds() - self.seconds if name in self.reads else 0
        if wait <= 0:
            self.reads[name] = self.seconds + READ_EVERY.total_seconds()
        return max(0, wait)


def run() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as fakes:
        token = fakes.install()["access_token"]
        patience, slack._TIMEOUT = slack._TIMEOUT, 1  # noqa: SLF001  # a time-out need not take seven seconds here
        try:
            tried = _relayed(fakes, token)
        finally:
            slack._TIMEOUT = patience  # noqa: SLF001
        shown = fakes.get(f"/slack/dm/{DANA}.json")["messages"]
    return [_table([item["text"] for item in shown if item.get("username")], tried)]


def _relayed(fakes: Played, token: str) -> Counter[str]:
    """First in, first out: the first message is tried until it is there; its tries take the clock's time."""
    clock, tried = Clock(fakes), Counter[str]()
    ports = _ports(fakes, token, clock)
    for fault in FAULTS:
        fakes.post("/slack/faults", times=1_000_000, **fault)
    for seq in range(1, MESSAGES + 1):
        clock.goes_on_to(seq * 60 * MINUTES / MESSAGES)
        job = relay_out.Job("chat", seq, "dana", ME.key)
        while (wait := _waits(ports, job, tried)) > 0:
            clock.goes_on_to(clock.seconds + wait)
    tried["minutes"] = round(clock.seconds / 60)
    return tried


def _waits(ports: Ports, job: relay_out.Job, tried: Counter[str]) -> float:
    tried["tries"] += 1
    try:
        relay_out.run(ports, job)
    except RelayLater as later:
        return max(1.0, later.seconds)
    return 0


def _ports(fakes: Played, token: str, clock: Clock) -> Ports:
    """What the relay asks for: one chat, one reader in Slack, a thousand messages."""
    installed = Installation(team_id=ME.tenant, team_name="Acme", bot_token=token, bot_user_id="", app_id="", scopes="")
    relay = SlackRelay(Slack("", "", "", fakes.slack), lambda team: installed, lambda *_: "", clock.may_read)
    membership, chat = _place_and_chat()
    return cast(
        Ports,
        SimpleNamespace(
            now=clock.now,
            relayed_messages=Ledger(),
            schedule=SimpleNamespace(add_once=lambda due: None),
            identities=SimpleNamespace(account_of=lambda identity: "dana"),
            relay_adapters={Provider.SLACK: relay},
            chats=SimpleNamespace(with_place=lambda *_: (chat, membership)),
            messages=SimpleNamespace(page=lambda _, first, last: MessagePage((_message(first),))),
        ),
    )


def _message(seq: int) -> Message:
    return Message(
        chat_id="chat",
        seq=seq,
        text_count=seq,
        author=Author(account_id="mara", name="Mara", role=ChatRole.MEMBER, via=Via.WEBTOP),
        kind=MessageKind.TEXT,
        text=str(seq),
        nonce=str(seq),
        created_at=START,
    )


def _place_and_chat() -> tuple[Membership, Chat]:
    chat = Chat(
        id="chat",
        workspace_id="w",
        kind=ChatKind.GROUP,
        name="Harbour house",
        created_at=START,
        founder_id="mara",
        founder_name="Mara",
        last_at=START,
    )
    membership = Membership(
        account_id="dana",
        chat_id="chat",
        workspace_id="w",
        invitation_id="s",
        role=ChatRole.EXTERNAL,
        via=Via.SLACK,
        reads_from=1,
        read_to=0,
        read_text_count=0,
        joined_at=START,
    )
    return membership, chat


def _table(arrived: list[str], tried: Counter[str]) -> Table:
    numbers = [int(text) for text in arrived]
    lost, doubled = MESSAGES - len(set(numbers)), len(numbers) - len(set(numbers))
    reordered = sum(after < before for before, after in pairwise(numbers))
    return Table(
        f"{MESSAGES} messages, written in {MINUTES} minutes, to a Slack that answers 429, 500 and nothing at random",
        ("messages",),
        [
            Row("sent", (str(MESSAGES),)),
            Row("lost", (str(lost),), lost, 0),
            Row("doubled", (str(doubled),), doubled, 0),
            Row("reordered", (str(reordered),), reordered, 0),
            Row("tries", (str(tried["tries"]),)),
            Row("minutes until the last", (str(tried["minutes"]),)),
        ],
    )


if __name__ == "__main__":
    for table in run():
        table.show()
        if broken := list(table.broken()):
            raise SystemExit("\n".join(broken))
