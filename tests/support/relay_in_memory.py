"""Other sides in memory, a queue in order for each destination, and a worker between them: the relay without its wires."""

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.identities import Identity, Profile
from chalicelib.domain.ids import Ids
from chalicelib.domain.messages import Message, MessageKind
from chalicelib.domain.people import Account, SignInMethod
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import (
    ROOT,
    Capabilities,
    ChatChoice,
    HistoryPage,
    HomePage,
    RemoteFile,
    RemoteMessage,
    RemoteMessageRef,
    Search,
)
from chalicelib.events import relay
from chalicelib.ports import TOO_LARGE, Disconnected, NotTaken, OutgoingFile, OutgoingMessage, RelayLater, WindowGone
from chalicelib.providers.microsoft import choices as teams_choices
from chalicelib.providers.microsoft.relay import TeamsRelay
from chalicelib.providers.queue_bodies import acted
from chalicelib.providers.slack import choices as slack_choices
from chalicelib.providers.slack.relay import SlackRelay
from chalicelib.usecases import accounts, joining, messages, provider_events, sessions
from chalicelib.usecases.messages import MessageDraft
from tests.support import rights
from tests.support.app import Data, World, built
from tests.support.provider_calls import receive_slack, receive_teams
from tests.support.sample_chat import GUEST, OWNER

Json = dict[str, Any]
DANA = Identity(Provider.SLACK, "TACME", "UDANA")
OLAF = Identity(Provider.SLACK, "TNORD", "UOLAF")
BEA = Identity(Provider.SLACK, "TACME", "UBEA")
JONAS = Identity(Provider.MICROSOFT, "kessel", "jonas")
NAMES = {DANA: "Dana Smith", OLAF: "Olaf Nord", JONAS: "Jonas Weber", BEA: "Bea Berg"}
MAILS = {DANA: GUEST, OLAF: "olaf@nord.example", JONAS: "jonas@kessel.example", BEA: "bea@acme.example"}
ROOT_ID = "1600000000.000001"
_SERVICE, _HIDDEN, _DEDUPLICATED = "https://smba.example/", 360.0, timedelta(minutes=5)


class Crash(BaseException):
    """The container is gone in the middle of it: nothing of ours runs after this."""


Fault = RelayLater | Disconnected | NotTaken | WindowGone | Crash


@dataclass
class Post:
    """A message in a room; `of` is our message's id, empty for what the person wrote there themselves."""

    id: str
    text: str
    author: str
    of: str = ""
    reply_to: str = ""
    deleted: bool = False
    emojis: set[str] = field(default_factory=set)
    own_emojis: set[str] = field(default_factory=set)
    changed_at: str = ""
    reply_id: str = ""


@dataclass
class Room:
    """One person's own application: a fault is used up by the next call, `None` lets one call through."""

    posts: list[Post] = field(default_factory=list)
    faults: deque[Fault | tuple[str, Fault] | None] = field(default_factory=deque)
    calls: int = 0
    searches: int = 0
    names: int = 0
    answers: list[tuple[str, tuple[ChatChoice, ...]]] = field(default_factory=list)
    homes: list[HomePage] = field(default_factory=list)
    roots: int = 0
    begun: int = 0
    sent: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    first_lines: list[str] = field(default_factory=list)
    shut: str = ""

    @property
    def shown(self) -> list[str]:
        return [post.text for post in self.posts if not post.deleted]

    def post(self, ref: RemoteMessageRef) -> Post:
        return next(post for post in self.posts if post.id == ref.id)


def _quoted(message: OutgoingMessage) -> str:
    return f"{message.reply_author}: {message.reply_text}" if message.reply_author else ""


class FakeFiles:
    """Files of a Slack: begun, then there; of a Teams: a card at once. A fault as for any other call."""

    def __init__(self, adapter: "FakeRelayAdapter") -> None:
        self._adapter = adapter

    def begin(self, identity: Identity, file: OutgoingFile) -> tuple[str, str]:
        if self._adapter.provider is not Provider.SLACK:
            return "", ""
        with self._adapter._called(identity) as room:
            room.begun += 1
            return f"F{room.begun}", file.name

    def finish(
        self,
        identity: Identity,
        thread: RemoteMessageRef,
        begun: tuple[str, str],
        file: OutgoingFile,
        content: Callable[[], bytes],
    ) -> str:
        with self._adapter._called(identity) as room:
            remote_id = begun[0] or self._adapter.new_id()
            room.files[remote_id] = (file.name, file.signature, content() if begun[0] else file.url.encode())
            return remote_id

    def is_shared(self, identity: Identity, thread: RemoteMessageRef, remote_id: str) -> bool:
        if self._adapter.provider is not Provider.SLACK:
            return False
        with self._adapter._called(identity) as room:
            return remote_id in room.files

    def look(self, identity: Identity, file: RemoteFile) -> RemoteFile:
        return file

    def read(self, identity: Identity, file: RemoteFile, most: int) -> bytes:
        with self._adapter._called(identity) as room:
            if len(room.sent[file.id]) > most:
                raise NotTaken("It is too large.", TOO_LARGE)
            return room.sent[file.id]

    def delete(self, identity: Identity, channel_id: str, remote_id: str) -> None:
        with self._adapter._called(identity) as room:
            room.files.pop(remote_id, None)


class FakeRelayAdapter:
    """Slack and Teams together. `finds`: whether one can ask what is there."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.rooms, self.away = provider, dict[Identity, Room](), set[Identity]()
        self.called: dict[Identity, str] = {}
        self.number, self.longest = 0, 0
        """Characters of one message there; 0 for any."""

    @property
    def capabilities(self) -> Capabilities:
        return SlackRelay.capabilities if self.provider is Provider.SLACK else TeamsRelay.capabilities

    @property
    def reaction_queue(self) -> str:
        return SlackRelay.reaction_queue if self.provider is Provider.SLACK else TeamsRelay.reaction_queue

    @property
    def files(self) -> "FakeFiles":
        return FakeFiles(self)

    def room(self, identity: Identity) -> Room:
        return self.rooms.setdefault(identity, Room())

    def new_id(self) -> str:
        self.number += 1
        return f"1700000000{'.' if self.provider is Provider.SLACK else ''}{self.number:06d}"

    def place(self, identity: Identity) -> str:
        return f"D{identity.user}"

    def system(self, identity: Identity) -> str:
        return f"{self.provider}#{identity.tenant}"

    def is_reached(self, identity: Identity) -> bool:
        return identity not in self.away

    def open(self, identity: Identity) -> str:
        if self.room(identity).shut:
            raise Disconnected(self.room(identity).shut)
        return self.place(identity)

    def begin(self, identity: Identity, chat_id: str, line: str) -> RemoteMessageRef:
        with self._called(identity) as room:
            room.roots += 1
            room.first_lines.append(line)
            return RemoteMessageRef(self.system(identity), self.place(identity), ROOT_ID)

    def find(
        self, identity: Identity, thread: RemoteMessageRef, message_id: str, since: datetime, cursor: str
    ) -> Search:
        """One post a page, the newest last; `since` is by another clock than these ids."""
        room = self.room(identity)
        room.searches += 1
        if self.provider is not Provider.SLACK:
            return Search()
        if not thread.id:
            return Search(replace(thread, id=ROOT_ID) if room.roots else None)
        start = int(cursor or max(0, len(room.posts) - 2))
        if start < len(room.posts) and room.posts[start].of == message_id:
            return Search(RemoteMessageRef(thread.system, thread.channel_id, room.posts[start].id))
        return Search(cursor=str(start + 1) if start + 1 < len(room.posts) else "")

    def count_parts(self, identity: Identity, message: OutgoingMessage) -> int:
        return -(-len(message.text) // self.longest) if self.longest else 1

    def _part(self, message: OutgoingMessage) -> str:
        start = message.part * self.longest
        return message.text[start : start + self.longest] if self.longest else message.text

    def post(
        self, identity: Identity, thread: RemoteMessageRef, message: OutgoingMessage
    ) -> tuple[RemoteMessageRef, str]:
        with self._called(identity) as room:
            room.posts.append(
                Post(self.new_id(), self._part(message), message.signature, message.part_id, _quoted(message))
            )
            room.posts[-1].reply_id = message.reply_id
            return RemoteMessageRef(self.system(identity), thread.channel_id, room.posts[-1].id), ""

    def edit(self, identity: Identity, ref: RemoteMessageRef, message: OutgoingMessage) -> str:
        with self._called(identity) as room:
            post = room.post(ref)
            post.text, post.reply_to = self._part(message), _quoted(message)
            return ""

    def delete(self, identity: Identity, ref: RemoteMessageRef) -> None:
        with self._called(identity) as room:
            room.post(ref).deleted = True

    def react(self, identity: Identity, ref: RemoteMessageRef, emoji: str, is_on: bool) -> None:
        with self._called(identity) as room:
            emojis = room.post(ref).emojis
            emojis.add(emoji) if is_on else emojis.discard(emoji)

    def fetch_history(
        self, identity: Identity, thread: RemoteMessageRef, since: str, cursor: str
    ) -> HistoryPage | None:
        """In pages of three."""
        if self.provider is not Provider.SLACK:
            return None
        with self._called(identity) as room:
            posts = [post for post in room.posts if not post.deleted and post.id > since]
            shown = tuple(self._standing(identity, thread, post) for post in posts[:3])
            return HistoryPage(shown, posts[2].id if len(posts) > 3 else "")

    def _standing(self, identity: Identity, thread: RemoteMessageRef, post: Post) -> RemoteMessage:
        return RemoteMessage(
            ref=replace(thread, id=post.id),
            is_theirs=not post.of,
            text=post.text,
            changed_at=post.changed_at,
            parent=thread if not post.of else None,
            emojis=frozenset(post.own_emojis),
        )

    def is_gone(self, identity: Identity, ref: RemoteMessageRef) -> bool:
        with self._called(identity) as room:
            return all(post.id != ref.id or post.deleted for post in room.posts)

    def answer(
        self,
        identity: Identity,
        ref: RemoteMessageRef,
        parent: RemoteMessageRef | None,
        text: str,
        choices: Sequence[ChatChoice],
    ) -> None:
        with self._called(identity) as room:
            room.answers.append((text, tuple(choices)))

    def show_home(self, identity: Identity, page: HomePage) -> None:
        with self._called(identity) as room:
            room.homes.append(page)

    def name_of(self, identity: Identity) -> str:
        with self._called(identity) as room:
            room.names += 1
            return self.called.get(identity, "")

    @contextmanager
    def _called(self, identity: Identity) -> Iterator[Room]:
        """A fault before the work is an exception; one after it, `("done", exception)`."""
        room = self.room(identity)
        room.calls += 1
        if room.shut:
            raise Disconnected(room.shut)
        fault = room.faults.popleft() if room.faults else None
        if isinstance(fault, Fault):
            raise fault
        yield room
        if isinstance(fault, tuple):
            raise fault[1]


@dataclass
class Queue:
    """First in, first out for each group; the same twice within five minutes is one."""

    now: Any
    groups: dict[str, deque[str]] = field(default_factory=dict)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    ever: list[tuple[str, str]] = field(default_factory=list)

    def put(self, body: str, group: str, once: str) -> None:
        rights.ask("sqs:SendMessage")
        last = self.seen.get((group, once))
        if last is not None and self.now() - last < _DEDUPLICATED:
            return
        self.seen[group, once] = self.now()
        self.ever.append((body, group))
        self.again(body, group)

    def again(self, body: str, group: str) -> None:
        self.groups.setdefault(group, deque()).append(body)


@dataclass
class Relay:
    """One chat with Mara here, Dana and Olaf each in a Slack of their own, and Jonas in Teams."""

    world: World
    chat: str
    mara: Account
    slack: FakeRelayAdapter
    teams: FakeRelayAdapter
    queue: Queue
    free_at: dict[str, datetime] = field(default_factory=dict)
    events: int = 0
    waits: list[float] = field(default_factory=list)

    def room(self, identity: Identity) -> Room:
        return self.side(identity).room(identity)

    def side(self, identity: Identity) -> FakeRelayAdapter:
        return self.slack if identity.provider is Provider.SLACK else self.teams

    def account(self, identity: Identity) -> Account:
        account = self.world.ports.accounts.get(self.world.ports.identities.account_of(identity))
        assert account
        return account

    def writes(self, text: str, reply_to: str = "") -> Message:
        self.ticks()
        ports = self.world.ports
        return messages.post(
            ports, self.mara, self.chat, MessageDraft(text=text, reply_to=reply_to), Ids(secrets.token_bytes)
        )[0]

    def edits(self, message: Message, text: str) -> None:
        self.ticks()
        messages.edit(self.world.ports, self.mara, self.chat, message.id, text)

    def deletes(self, message: Message) -> None:
        self.ticks()
        messages.delete(self.world.ports, self.mara, self.chat, message.id)

    def reacts(self, message: Message, emoji: str = "👍", on: bool = True, who: Identity | None = None) -> None:
        self.ticks()
        account = self.account(who) if who else self.mara
        messages.react(self.world.ports, account, self.chat, message.id, emoji, on)

    def ticks(self) -> None:
        self.world.pass_time(milliseconds=5)

    def receives(self, identity: Identity, what: str, remote_id: str, text: str = "", **more: Any) -> None:
        """What Slack or Teams says that this person did in their application."""
        self.ticks()
        self.events += 1
        if identity.provider is Provider.SLACK:
            receive_slack(self.world.ports, slack_says(identity, what, remote_id, text, f"Ev{self.events}", **more))
        else:
            receive_teams(self.world.ports, teams_says(identity, what, remote_id, text, f"{self.events:06d}", **more))

    def presses(self, identity: Identity, choice: ChatChoice) -> None:
        """A button below what the app said there."""
        self.ticks()
        self.events += 1
        if identity.provider is Provider.SLACK:
            kept = slack_choices.pressed(slack_presses(identity, choice))
            assert kept
            acted_on = acted(
                Provider.SLACK,
                f"in slack {identity.tenant} D{identity.user}",
                f"pressed {self.events}",
                {"pressed": kept},
            )
            provider_events.receive(self.world.ports, [acted_on])
        else:
            receive_teams(self.world.ports, teams_presses(identity, choice, f"{self.events:06d}"))

    def says(self, identity: Identity, text: str, answers: str = "") -> str:
        """Writes in their own application, in the chat's thread; the message's id there."""
        remote_id = self.side(identity).new_id()
        self.room(identity).posts.append(Post(remote_id, text, NAMES[identity]))
        self.receives(identity, "posted", remote_id, text, parent=answers or self.root(identity))
        return remote_id

    def root(self, identity: Identity) -> str:
        """The chat's thread, once it is begun; Teams has none."""
        begun = self.world.ports.relayed_messages.get(self.chat, ROOT, identity.key).remote_id
        return begun if identity.provider is Provider.SLACK else ""

    def messages(self) -> list[Message]:
        page = self.world.ports.messages.page(self.chat, 1, None)
        return [message for message in page.messages if message.kind is MessageKind.TEXT]

    def told(self, kind: str) -> list[str]:
        """The names in the chat's lines of this kind."""
        page = self.world.ports.messages.page(self.chat, 1, None)
        return [message.event.name for message in page.messages if message.event and message.event.type == kind]

    def message(self, text: str) -> Message:
        (message,) = [item for item in self.messages() if item.text == text]
        return message

    def step(self, group: str) -> None:
        """The worker takes the first body of a group; what fails stays the first, until its time has come."""
        bodies = self.queue.groups[group]
        try:
            with rights.acting_as("relay"):
                relay._work(json.loads(bodies[0]))
        except RelayLater as later:
            self.waits.append(later.seconds)
            self.free_at[group] = self.world.now() + timedelta(seconds=later.seconds)
        except Crash:
            self.free_at[group] = self.world.now() + timedelta(seconds=_HIDDEN)
        else:
            bodies.popleft()

    def free(self) -> list[str]:
        now = self.world.now()
        waiting = [group for group, bodies in self.queue.groups.items() if bodies]
        return [group for group in waiting if self.free_at.get(group, now) <= now]

    def once(self) -> None:
        """Everything that can happen now, without waiting for anybody."""
        self.world.settle_stream()
        while free := self.free():
            for group in free:
                self.step(group)
            self.world.settle_stream()

    def settle(self) -> None:
        """Until there is nothing left to do; the clock goes on to wherever somebody asked to wait for."""
        for _ in range(1000):
            self.once()
            waiting = [self.free_at[group] for group, bodies in self.queue.groups.items() if bodies]
            if not waiting:
                return
            self.world.pass_time(seconds=max(0.001, (min(waiting) - self.world.now()).total_seconds()))
        raise AssertionError("the relay doesn't come to rest")

    def replays(self) -> None:
        """Everything that ever was in the queue comes again."""
        for body, group in list(self.queue.ever):
            self.queue.again(body, group)
        self.settle()


def slack_presses(identity: Identity, choice: ChatChoice) -> Json:
    """What Slack sends to the address of interactions when one of our buttons is pressed."""
    (row,) = slack_choices.blocks("?", [choice])[1:]
    (button,) = row["elements"]
    return {
        "type": "block_actions",
        "team": {"id": identity.tenant, "domain": "acme"},
        "user": {"id": identity.user, "team_id": identity.tenant},
        "channel": {"id": f"D{identity.user}", "name": "directmessage"},
        "message": {"ts": "1700000000.000001", "bot_id": "B1"},
        "actions": [{**button, "block_id": "b", "action_ts": "1700000001.1"}],
    }


def teams_presses(identity: Identity, choice: ChatChoice, at: str) -> Json:
    """Teams sends `Action.Submit` as a message without text, with the button's data as its value."""
    (card,) = teams_choices.card([choice])
    (button,) = card["content"]["actions"]
    return {**teams_says(identity, "posted", f"p{at}", "", at), "text": None, "value": button["data"]}


def slack_says(identity: Identity, what: str, ts: str, text: str, event_id: str, **more: str) -> Json:
    answer: Json = {
        "type": "message",
        "channel": f"D{identity.user}",
        "channel_type": "im",
        "event_ts": _time_of(event_id),
    }
    new = {"type": "message", "user": identity.user, "text": text, "ts": ts}
    match what:
        case "posted":
            answer |= new | ({"thread_ts": more["parent"]} if more.get("parent") else {})
        case "edited":
            answer |= {"subtype": "message_changed", "message": new, "previous_message": {**new, "text": "\0"}}
        case "deleted":
            answer |= {"subtype": "message_deleted", "deleted_ts": ts, "previous_message": new}
        case _:
            item = {"type": "message", "channel": f"D{identity.user}", "ts": ts}
            answer = {"type": what, "user": identity.user, "reaction": more["emoji"], "item": item}
    bot = [{"team_id": identity.tenant, "user_id": "UBOT", "is_bot": True}]
    return {
        "type": "event_callback",
        "team_id": identity.tenant,
        "event_id": event_id,
        "event": answer,
        "authorizations": bot,
    }


def _time_of(event_id: str) -> str:
    """Slack's time of an event, in the order of their numbers."""
    number = event_id.removeprefix("Ev")
    return f"1800000000.{int(number):06d}" if number.isdecimal() else ""


def teams_says(identity: Identity, what: str, activity_id: str, text: str, at: str, **more: Any) -> Json:
    kinds = {"posted": "message", "edited": "messageUpdate", "deleted": "messageDelete", "restored": "messageUpdate"}
    answer: Json = {
        "type": kinds.get(what, "messageReaction"),
        "id": activity_id,
        "timestamp": at,
        "serviceUrl": _SERVICE,
        "channelId": "msteams",
        "from": {"id": "29:jonas", "aadObjectId": identity.user},
        "conversation": {"id": f"D{identity.user}", "tenantId": identity.tenant},
        "text": text,
        "textFormat": "plain",
    }
    if what == "restored":
        answer["channelData"] = {"eventType": "undeleteMessage"}
    if what in ("reactionsAdded", "reactionsRemoved"):
        answer |= {"id": f"r{at}", "replyToId": activity_id, what: [{"type": more["emoji"]}]}
    answer |= {"attachments": more["attachments"]} if more.get("attachments") else {}
    return answer | ({"replyToId": more["parent"]} if more.get("parent") else {})


@contextmanager
def relaying(*identities: Identity) -> Iterator[Relay]:
    """The chat with these people in it (Dana, Olaf and Jonas if none are named), as new; played once, then copied."""
    people = identities or (DANA, OLAF, JONAS)
    if people not in _first:
        with built() as item:
            _first[people] = (_play(item, people), item.data)
    (chat, mara), data = _first[people]
    with built(data.copied()) as world:
        yield wired(world, chat, mara)


_first: dict[tuple[Identity, ...], tuple[tuple[str, Account], Data]] = {}


def wired(world: World, chat: str, mara: Account) -> Relay:
    slack, teams, queue = FakeRelayAdapter(Provider.SLACK), FakeRelayAdapter(Provider.MICROSOFT), Queue(world.now)
    world.use(relay_adapters={Provider.SLACK: slack, Provider.MICROSOFT: teams}, relay_queue=queue)
    return Relay(world, chat, mara, slack, teams, queue)


def _play(world: World, people: tuple[Identity, ...]) -> tuple[str, Account]:
    owner = world.signs_up(OWNER)
    made = owner.invites(*(MAILS[person] for person in people), name="Harbour house")
    chat = str(made["chat"]["id"])
    mara = world.ports.accounts.get(owner.id)
    assert mara
    relay = wired(world, chat, mara)
    for identity in people:
        joins(relay, identity)
    relay.settle()
    return chat, mara


def joins(relay: Relay, identity: Identity, email: str = "") -> None:
    """Takes the invitation that waits for them, with the account of their Slack or Microsoft."""
    ports = relay.world.ports
    token = relay.world.invited(email or MAILS[identity])
    profile = Profile(identity=identity, name=NAMES[identity], organization="Acme", email=MAILS[identity])
    account_id = ports.identities.account_of(identity)
    account = ports.accounts.get(account_id) if account_id else None
    if account is None:
        account = replace(accounts.new_account(ports, "", profile.name, "", "en"))
        assert ports.identities.add(profile, account, is_new=True)
    session = sessions.begin(ports, account, SignInMethod.LINK, "", profile).session
    joining.admit(ports, joining.open_link(ports, token), account, session)
    if identity.provider is Provider.MICROSOFT:
        ports.identities.open_conversation(identity, _SERVICE, f"D{identity.user}", "29:jonas")
    relay.world.settle()
