"""A week of chats between us, Slack and Teams, each with an outage a day: the real adapters against the played sides, on one clock.

The table is in memory, as everywhere in these tests; use cases, worker, waits and dead ends are the real ones. A played side that
is down answers 503, and tells what people do there only when it is back.
"""

import base64
import json
import random
import re
import secrets
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.ids import Ids
from chalicelib.domain.messages import Message
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import ROOT
from chalicelib.events import files as file_events
from chalicelib.events import relay as worker
from chalicelib.events import schedule
from chalicelib.providers.microsoft import bot_token, settings
from chalicelib.providers.microsoft.relay import TeamsRelay
from chalicelib.providers.slack.relay import READ_EVERY, SlackRelay
from chalicelib.providers.slack.settings import Slack
from chalicelib.storage.paces import Paces
from chalicelib.usecases import deliveries, files, messages
from local.microsoft import fake_microsoft
from local.slack import fake_slack
from tests.support import relay_in_memory, rights
from tests.support.app import World, built, keys_in_memory
from tests.support.fake_providers import FakeProviders, playing
from tests.support.files import scanned
from tests.support.provider_calls import receive_slack, receive_teams
from tests.support.relay_in_memory import Relay, joins
from tests.support.sample_chat import OWNER

DAY, HOUR = 86_400.0, 3_600.0
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
SLACKERS = [Identity(Provider.SLACK, "T0ACME", f"UACME{name}") for name in ("DANA", "OLIVIA", "OSCAR", "ADAM")]
TEAMSTERS = [Identity(Provider.MICROSOFT, KESSEL, f"7b2e4c90-1d3f-4a6b-8c5d-{number:012}") for number in (1, 2, 3)]
SIDES = {"Slack": "/slack", "Teams": "/microsoft"}
_MARK = re.compile(r"c\d+n\d+(?:e\d+)?")
_TEXTS_OF_ACTIONS = ("write", "slack", "teams", "edit", "delete", "react")
_SHARES = (50, 20, 14, 9, 3, 4)
_WITH_A_FILE, _FILE = 0.06, re.compile(r"file-\d+-\d+\.txt")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played. An outage takes `shortest` to `longest` seconds, once a day on each side."""

    days: int = 7
    messages: int = 5_000
    chats: int = 20
    shortest: float = 600
    longest: float = 6 * HOUR
    seed: int = 1


@dataclass
class Written:
    """A message as it should stand everywhere: by whom, its words now, and how to change it where it was written."""

    chat: str
    author: Identity | None
    text: str
    here: Message | None = None
    remote_id: str = ""
    edits: int = 0
    deleted: bool = False
    reactions: set[str] = field(default_factory=set)
    file: str = ""


@dataclass
class Week:
    size: Size
    world: World
    remote: FakeProviders
    relay: Relay = field(init=False)
    chats: list[tuple[str, Identity, Identity]] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    held: dict[str, deque[tuple[Any, int]]] = field(default_factory=lambda: defaultdict(deque))
    down: set[str] = field(default_factory=set)
    taken: int = 0
    checked: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        """Everything that people do, at its time; then until nothing is left to do."""
        self.dice = random.Random(self.size.seed)  # noqa: S311  # a week that can be played again
        start = self.world.ahead
        for at, what in sorted(self._plan(), key=lambda item: item[0]):
            self.goes_on_to(start + at)
            what()
            self.works()
        self.comes_to_rest()

    def _plan(self) -> Iterator[tuple[float, Any]]:
        for _ in range(self.size.messages):
            yield self.dice.uniform(0, self.size.days * DAY), self._something
        for day in range(self.size.days):
            for side in SIDES:
                long = self.dice.uniform(self.size.shortest, self.size.longest)
                begin = day * DAY + self.dice.uniform(0, DAY - long)
                yield begin, lambda side=side: self.falls(side)
                yield begin + long, lambda side=side: self.is_back(side)
        for hour in range(1, self.size.days * 24 + 12):
            yield hour * HOUR, schedule.hourly

    def _something(self) -> None:
        number = self.dice.randrange(len(self.chats))
        chat, slack, teams = self.chats[number]
        what = self.dice.choices(_TEXTS_OF_ACTIONS, _SHARES)[0]
        text = f"c{number}n{len(self.written)}"
        if what == "slack" and (thread := self._root(chat, slack)):
            self._says_in_slack(chat, slack, text, thread)
        elif what == "teams" and (answered := self._last_in_teams(chat, teams)):
            self._says_in_teams(chat, teams, text, answered)
        elif what in ("edit", "delete", "react") and self._changes(what):
            self.done[what] += 1
        else:
            self._writes(chat, text)

    def _writes(self, chat: str, text: str) -> None:
        self.relay.chat = chat
        name = self._file()
        draft = messages.MessageDraft(text=text, files=(self._uploaded(chat, name),) if name else ())
        self.relay.ticks()
        here = messages.post(self.world.ports, self.relay.mara, chat, draft, Ids(secrets.token_bytes))[0]
        self.written.append(Written(chat, None, text, here=here, file=name))
        self.done["written here"] += 1

    def _file(self) -> str:
        """The name of the file that comes with this message, or nothing."""
        if self.dice.random() >= _WITH_A_FILE:
            return ""
        self.done["with a file"] += 1
        return f"file-{len(self.written)}-{self.dice.randrange(1_000)}.txt"

    def _uploaded(self, chat: str, name: str) -> str:
        declared = files.Declared(name, len(name), "text/plain")
        ports, content = self.world.ports, name.encode()
        return files.take(ports, self.relay.mara, chat, declared, content, Ids(secrets.token_bytes)).id

    def _says_in_slack(self, chat: str, who: Identity, text: str, thread: str) -> None:
        name = self._file()
        where = f"/slack/dm/{who.user}/messages"
        message = self.remote.post(where, text=text, thread_ts=thread, files=_attached(name))
        self.written.append(Written(chat, who, text, remote_id=message["ts"], file=name))
        self.done["written in Slack"] += 1

    def _says_in_teams(self, chat: str, who: Identity, text: str, answered: str) -> None:
        name = self._file()
        where = f"/microsoft/teams/chat/{who.user}/messages"
        message = self.remote.post(where, text=text, reply_to=answered, files=_attached(name))
        self.written.append(Written(chat, who, text, remote_id=message["id"], file=name))
        self.done["written in Teams"] += 1

    def _changes(self, what: str) -> bool:
        """One of the last fifty, by its author; reactions are Mara's, to her own."""
        choice = [item for item in self.written[-50:] if not item.deleted and (what != "react" or not item.author)]
        if not choice:
            return False
        item = self.dice.choice(choice)
        item.deleted = what == "delete"
        if what == "edit":
            item.edits += 1
            item.text = f"{item.text.partition('e')[0]}e{item.edits}"
        if item.author is None:
            self._changes_here(item, what)
        else:
            where = "slack/dm" if item.author.provider is Provider.SLACK else "microsoft/teams/chat"
            body = {"text": item.text} if what == "edit" else {}
            self.remote.post(f"/{where}/{item.author.user}/messages/{item.remote_id}/{what}", **body)
        return True

    def _changes_here(self, item: Written, what: str) -> None:
        assert item.here
        ports, at = self.world.ports, (item.chat, item.here.id)
        self.relay.ticks()
        if what == "edit":
            messages.edit(ports, self.relay.mara, *at, item.text)
        elif what == "delete":
            messages.delete(ports, self.relay.mara, *at)
        else:
            item.reactions.add("👍")
            messages.react(ports, self.relay.mara, *at, "👍", True)

    def _root(self, chat: str, who: Identity) -> str:
        return self.world.ports.relayed_messages.get(chat, ROOT, who.key).remote_id

    def _last_in_teams(self, chat: str, who: Identity) -> str:
        """Of the chat's messages in that one conversation, what is answered says the chat."""
        ports = self.world.ports
        for item in reversed(self.written[-400:]):
            if item.chat == chat and item.here and not item.deleted:
                copy = ports.relayed_messages.get(chat, item.here.seq, who.key)
                if copy.remote_id:
                    return str(copy.remote_id)
        return ""

    def falls(self, side: str) -> None:
        """What is on its way is done without an answer, then nothing is answered any more."""
        self.down.add(side)
        if side == "Slack":
            self.remote.post("/slack/faults", answer="500", times=2, path="chat.postMessage", done=True)
        path = "" if side == "Slack" else "connector"
        self.remote.post(f"{SIDES[side]}/faults", answer="503", times=1_000_000, path=path)

    def is_back(self, side: str) -> None:
        self.down.discard(side)
        self.remote.http.delete(f"{self.remote.place.playground}{SIDES[side]}/faults").raise_for_status()
        while self.held[side]:
            self._receive(side, *self.held[side].popleft())

    def hears(self) -> None:
        """What the played sides told the application since the last look, in their order."""
        place = self.remote.place
        couriers = [fake_slack.of(place).courier, fake_microsoft.of(place).courier]
        self.remote.until(lambda: all(courier.is_idle for courier in couriers), "quiet")
        requests = self.remote.app.requests
        new, self.taken = requests[self.taken :], len(requests)
        for request in new:
            side = "Slack" if request.target.startswith("/slack") else "Teams"
            tries = int(dict(request.headers).get("x-slack-retry-num", "0"))
            if side in self.down:
                self.held[side].append((json.loads(request.body), tries))
            else:
                self._receive(side, json.loads(request.body), tries)

    def _receive(self, side: str, body: Any, tries: int) -> None:
        self.relay.ticks()
        if side == "Slack":
            receive_slack(self.world.ports, body, tries)
        else:
            receive_teams(self.world.ports, body)

    def goes_on_to(self, ahead: float) -> None:
        """Whoever waits for a time that comes before gets it."""
        while (due := self._next()) is not None and due < ahead:
            self.world.ahead = max(self.world.ahead, due)
            self.works()
        self.world.ahead = max(self.world.ahead, ahead)

    def comes_to_rest(self) -> None:
        for side in tuple(self.down):
            self.is_back(side)
        for _ in range(3):
            self.works()
            while (due := self._next()) is not None:
                self.world.ahead = max(self.world.ahead, due)
                self.works()
            self.world.pass_time(seconds=HOUR)
            schedule.hourly()
        self._count()

    def _next(self) -> float | None:
        """When the first of those who wait may go on, as seconds of the world's clock."""
        waiting = [self.relay.free_at[group] for group, bodies in self.relay.queue.groups.items() if bodies]
        return (min(waiting) - self.world.start).total_seconds() + 0.001 if waiting else None

    def works(self) -> None:
        """Everything that can happen now."""
        self.remote.place.clock.write_text(repr(self.world.now().timestamp() - time.time()))
        while True:
            self.hears()
            self._checks()
            self.world.settle_stream()
            free = self.relay.free()
            if not free:
                return
            for group in free:
                self._step(group)

    def _checks(self) -> None:
        """The scanner looks at what came."""
        for key in [key for key in keys_in_memory() if key.startswith("f/") and key not in self.checked]:
            self.checked.add(key)
            with rights.acting_as("file_checked"):
                file_events.checked(scanned(key))

    def _step(self, group: str) -> None:
        """As Lambda does it: what waits is tried again when it said, and given up after a hundred tries."""
        bodies = self.relay.queue.groups[group]
        self.tries[group] += 1
        record = {"body": bodies[0], "attributes": {"ApproximateReceiveCount": str(self.tries[group])}}
        with rights.acting_as("relay"):
            wait = worker._wait(record)
        if wait:
            self.relay.free_at[group] = self.world.now() + timedelta(seconds=wait)
            return
        bodies.popleft()
        del self.tries[group]

    def _count(self) -> None:
        for side, path in SIDES.items():
            for item in self.remote.get(f"{path}/calls.json")["items"]:
                self.calls[f"{side} {item['method']}"] += 1
                self.refused[f"{side} {item['method']}"] += item["status"] == 429
            self.remote.http.delete(f"{self.remote.place.playground}{path}/calls.json")


def _attached(name: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "text/plain", "base64": base64.b64encode(name.encode()).decode()}] if name else []


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the week, over all places where a message should stand."""

    places: int
    lost: list[str]
    doubled: list[str]
    reordered: list[str]
    untrue: list[str]


def judged(week: Week) -> Verdict:
    lost: list[str] = []
    doubled: list[str] = []
    reordered: list[str] = []
    places = 0
    for number, (chat, slack, teams) in enumerate(week.chats):
        written = [item for item in week.written if item.chat == chat]
        page = [item for item in week.world.ports.messages.page(chat, 1, None).messages if item.author]
        here = [item.text for item in page if not item.deleted_at]
        order = {item.text: item.seq for item in page}
        shown = {"here": here, "Slack": _in_slack(week, chat, slack), "Teams": _in_teams(week, number, teams)}
        with_files = {
            "here": [file.name for item in page if not item.deleted_at for file in item.files],
            "Slack": _files_in_slack(week, chat, slack),
            "Teams": _files_in_teams(week, chat, teams),
        }
        for where, texts in shown.items():
            missing_from = {"here": None, "Slack": slack, "Teams": teams}[where]
            stand = [item for item in written if not item.deleted and (where == "here" or item.author != missing_from)]
            for wanted, standing in (
                ([item.text for item in stand], texts),
                ([item.file for item in stand if item.file], with_files[where]),
            ):
                places += len(wanted)
                count = Counter(standing)
                lost += [f"{where}: {text}" for text in wanted if not count[text]]
                doubled += [f"{where}: {text}" for text in count if count[text] > 1]
                lost += [f"{where} still: {text}" for text in count if text not in set(wanted)]
            if where != "here":
                at = [order.get(text, 0) for text in dict.fromkeys(texts)]
                reordered += [
                    f"{where}: {texts[place + 1]}" for place, pair in enumerate(pairwise(at)) if pair[1] < pair[0]
                ]
        for author in (None, slack, teams):
            own = [item.text for item in written if item.author == author and not item.deleted]
            at = [order[text] for text in own if text in order]
            reordered += [f"here: {own[place + 1]}" for place, pair in enumerate(pairwise(at)) if pair[1] < pair[0]]
    return Verdict(places, lost, doubled, reordered, _untrue(week))


def _in_slack(week: Week, chat: str, who: Identity) -> list[str]:
    root = week._root(chat, who)
    shown = week.remote.get(f"/slack/dm/{who.user}.json")["messages"]
    texts = [item["text"] for item in shown if item.get("thread_ts") == root and item.get("username")]
    return [marked[-1] for text in texts if (marked := _MARK.findall(text))]


def _files_in_slack(week: Week, chat: str, who: Identity) -> list[str]:
    """What we brought into the chat's thread; a file that was deleted leaves no name."""
    root = week._root(chat, who)
    shown = week.remote.get(f"/slack/dm/{who.user}.json")["messages"]
    ours = [item for item in shown if item.get("thread_ts") == root and item.get("user") != who.user]
    return [file["name"] for item in ours for file in item.get("files", []) if "name" in file]


def _in_teams(week: Week, number: int, who: Identity) -> list[str]:
    """By what the texts say, for all chats stand in one conversation."""
    shown = week.remote.get(f"/microsoft/teams/chat/{who.user}.json")["messages"]
    texts = [item["text"] for item in shown if item["by"] == "bot" and not item.get("deleted")]
    marks = [marked[-1] for text in texts if (marked := _MARK.findall(text))]
    return [mark for mark in marks if mark.startswith(f"c{number}n")]


def _files_in_teams(week: Week, chat: str, who: Identity) -> list[str]:
    """The names on our cards, of this chat: all chats stand in one conversation."""
    shown = week.remote.get(f"/microsoft/teams/chat/{who.user}.json")["messages"]
    ours = [item for item in shown if item["by"] == "bot" and not item.get("deleted")]
    names = [name for item in ours for name in set(_FILE.findall(json.dumps(item.get("attachments", []))))]
    own = {item.file for item in week.written if item.chat == chat}
    return [name for name in names if name in own]


def _untrue(week: Week) -> list[str]:
    """Where a message's state isn't "delivered"; a reaction that an outage kept from Teams is said, and true."""
    results = []
    for item in week.written:
        if item.author is None and not item.deleted and item.here:
            told = deliveries.of_message(week.world.ports, week.relay.mara, item.chat, item.here.id)
            results += [
                f"{item.text} {each.name}: {each.state} {each.detail}"
                for each in told
                if each.state != "delivered" and not (item.reactions and "eaction" in each.detail)
            ]
    return results


@contextmanager
def week(size: Size, folder: Path) -> Iterator[Week]:
    """Mara's chats, each with one person in Slack and one in Teams."""
    with playing(folder) as fakes:
        # The application's own settings would stand in the way of the played sides'.
        token, chosen = fakes.install()["access_token"], fakes.settings
        with built() as world:
            yield _opened(Week(size, world, fakes), token, chosen)


def _opened(week: Week, token: str, chosen: dict[str, str]) -> Week:
    world, ports = week.world, week.world.ports
    owner = world.signs_up(OWNER)
    mara = ports.accounts.get(owner.id)
    assert mara
    week.relay = relay_in_memory.wired(world, "", mara)
    world.use(relay_adapters={Provider.SLACK: _slack(week, token), Provider.MICROSOFT: _teams(week, chosen)})
    for number in range(week.size.chats):
        people = SLACKERS[number % len(SLACKERS)], TEAMSTERS[number % len(TEAMSTERS)]
        emails = [f"p{number}.{who.provider}@week.example" for who in people]
        chat = owner.invites(*emails, name=f"Chat {number}")["chat"]["id"]
        world.settle()
        for who, email in zip(people, emails, strict=True):
            relay_in_memory.NAMES.setdefault(who, who.user)
            relay_in_memory.MAILS.setdefault(who, email)
            joins(week.relay, who, email)
        week.chats.append((str(chat), *people))
    for who in TEAMSTERS:
        week.remote.post(f"/microsoft/teams/chat/{who.user}/install")
    week.works()
    return week


def _slack(week: Week, token: str) -> SlackRelay:
    installed = Installation(team_id="T0ACME", team_name="Acme", bot_token=token, bot_user_id="", app_id="", scopes="")
    paces, now = Paces(), week.world.now
    return SlackRelay(
        Slack("", "", "", week.remote.slack, (urlsplit(week.remote.slack).netloc,)),
        lambda team: installed,
        lambda *_: "",
        lambda name, behind: paces.take(name, READ_EVERY, now(), behind),
    )


def _teams(week: Week, chosen: dict[str, str]) -> TeamsRelay:
    bot_token._bot.cache_clear()
    needed = {
        "STAGE": "local",
        "PUBLIC_URL": "http://chat.test",
        "TABLE_NAME": "t",
        "LINK_KEYS": "k" * 40,
        "MAIL_FROM": "m",
    }
    own = {**needed, "AWS_ENDPOINT_URL": "", **chosen}
    conversation = week.world.ports.identities.conversation
    return TeamsRelay(settings.read_teams(own, "local"), settings.read_microsoft(own, "local"), conversation)
