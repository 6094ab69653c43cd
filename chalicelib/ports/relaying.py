"""Messages carried to and from applications of others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..domain.identities import Identity
from ..domain.messages import Message
from ..domain.providers import BADGES, Via
from ..domain.relaying import (
    Capabilities,
    ChatChoice,
    HistoryPage,
    HomePage,
    InboundEvent,
    NotReceived,
    RelayedMessage,
    RelayState,
    RemoteFile,
    RemoteMessageRef,
    Search,
)

TOO_LARGE = "too_large"
"""The code of NotTaken where a file is larger than what may be read of it."""


class RelayTexts(Protocol):
    """What the app itself says in people's own applications, in their language."""

    def help(self, locale: str) -> str: ...
    def choose(self, locale: str) -> str: ...
    def no_chat(self, locale: str, url: str) -> str: ...
    def sent(self, locale: str, chat: str) -> str: ...
    def too_late(self, locale: str) -> str: ...
    def not_received(self, locale: str, name: str, why: NotReceived, where: str) -> str:
        """What stands in a text for a file that didn't come; `where` is the application that it stays in."""

    def welcome(self, locale: str) -> str: ...
    def home(self, locale: str, url: str, chats: Sequence[tuple[str, str]]) -> HomePage:
        """For somebody of these chats, or of none; `url` is our own address."""


class RelayLater(Exception):
    """The other side can't take it now; `seconds` until it may. `outage`: it is broken, so it may have told us less, too."""

    def __init__(self, seconds: float, reason: str, outage: bool = False) -> None:
        super().__init__(reason)
        self.seconds, self.reason, self.outage = seconds, reason, outage


class ReplyLost(RelayLater):
    """Nobody knows whether the message was posted: the reply was lost, or says so itself. It is looked for first."""


class Disconnected(Exception):
    """The other side won't take anything from us any more, until a person does something there."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WindowGone(Exception):
    """The conversation, or the thread in it, isn't there any more. Perhaps another can be opened."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotTaken(Exception):
    """The other side refuses this one thing, and always will; `words` say it for people, `code` for the log.

    `is_known`: False for a code that nobody documents, which may heal: it is tried a few times.
    """

    def __init__(self, words: str, code: str, is_known: bool = True) -> None:
        super().__init__(code)
        self.words, self.code, self.is_known = words, code, is_known


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message on its way to another application: who says what, from where, in reply to whom. `id` is ours, to find it.
    `reply_id` is what it answers as it is called there, where that side quotes by itself and has it.

    `part` counts from 0, where its text is sent in several.
    """

    id: str
    author: str
    via: Via
    text: str
    mentions: tuple[tuple[str, str], ...] = ()
    reply_author: str = ""
    reply_text: str = ""
    reply_id: str = ""
    part: int = 0

    @property
    def part_id(self) -> str:
        """By which this part is found again."""
        return f"{self.id}+{self.part}" if self.part else self.id

    @property
    def signature(self) -> str:
        """The author with where they write from, so that nobody is taken for somebody of the reader's own application."""
        return f"{self.author} ({BADGES[self.via]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """A file on its way to another application, and in words from whom. `url` is where it is here, for who may read it; `alt` what
    is seen in a picture.
    """

    name: str
    size: int
    signature: str
    url: str = ""
    alt: str = ""


class FileCarrier(Protocol):
    """Files at one kind of other side, in steps that are each in the ledger. Raises what a `RelayAdapter` raises."""

    def begin(self, identity: Identity, file: OutgoingFile) -> tuple[str, str]:
        """Its id there, and where its bytes go; both empty where there is nothing to begin."""

    def finish(
        self,
        identity: Identity,
        thread: RemoteMessageRef,
        begun: tuple[str, str],
        file: OutgoingFile,
        content: Callable[[], bytes],
    ) -> str:
        """Sends the bytes where they are wanted, and shares what was begun into the thread; its id there from now on."""

    def is_shared(self, identity: Identity, thread: RemoteMessageRef, remote_id: str) -> bool:
        """Whether an earlier try, whose reply was lost, arrived; False where a side can't be asked."""

    def look(self, identity: Identity, file: RemoteFile) -> RemoteFile:
        """With what the provider tells only when it is asked."""

    def read(self, identity: Identity, file: RemoteFile, most: int) -> bytes:
        """The bytes of one that somebody sent there, as far as they are no more than `most`."""

    def delete(self, identity: Identity, channel_id: str, remote_id: str) -> None:
        """It, and the message that it stands in; what isn't there any more is deleted."""


class RelayAdapter(Protocol):
    """One kind of other side. Each call may raise RelayLater or Disconnected; what can't be shown comes back in words.

    Those about a message may also raise NotTaken and WindowGone, and those that post, ReplyLost.
    """

    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def files(self) -> FileCarrier | None:
        """None where files can't be brought there, and a link to ours stands in the text."""

    @property
    def reaction_queue(self) -> str:
        """The group of the relay's queue in which the reactions of all its chats wait, where a side takes few of them and other
        things more; empty where they go with their message."""

    def system(self, identity: Identity) -> str:
        """`provider#tenant`, where the ids of this person's messages are unique."""

    def is_reached(self, identity: Identity) -> bool:
        """Whether messages can go there now; asks the table at most, never the provider."""

    def open(self, identity: Identity) -> str:
        """Where this person's conversation with the app is."""

    def begin(self, identity: Identity, chat_id: str, line: str) -> RemoteMessageRef:
        """Begins the chat's thread there, with a first message of ours: `line`, plain text in the reader's language."""

    def find(
        self, identity: Identity, thread: RemoteMessageRef, message_id: str, since: datetime, cursor: str
    ) -> Search:
        """One look for what was posted since then, at most one read; outside of any thread if `thread` has no id."""

    def count_parts(self, identity: Identity, message: OutgoingMessage) -> int:
        """How many messages there the text takes, so that each can be posted and edited; `post` and `edit` send one."""

    def post(
        self, identity: Identity, thread: RemoteMessageRef, message: OutgoingMessage
    ) -> tuple[RemoteMessageRef, str]:
        """Where it is now, and in a sentence what of it couldn't be shown; empty for nothing."""

    def edit(self, identity: Identity, ref: RemoteMessageRef, message: OutgoingMessage) -> str:
        """As `post` for one that is there; only asked for where edits are among the capabilities, as the next two are."""

    def delete(self, identity: Identity, ref: RemoteMessageRef) -> None: ...
    def react(self, identity: Identity, ref: RemoteMessageRef, emoji: str, is_on: bool) -> None: ...
    def fetch_history(
        self, identity: Identity, thread: RemoteMessageRef, since: str, cursor: str
    ) -> HistoryPage | None:
        """Some of what stands there behind `since`, a remote id; None where a side can't be asked.

        With a `cursor`, only more of what stands outside of the thread.
        """

    def is_gone(self, identity: Identity, ref: RemoteMessageRef) -> bool:
        """True only where the side says so."""

    def answer(
        self,
        identity: Identity,
        ref: RemoteMessageRef,
        parent: RemoteMessageRef | None,
        text: str,
        choices: Sequence[ChatChoice],
    ) -> None:
        """The app says something of its own where this message stands, below `parent` if that is its thread."""

    def show_home(self, identity: Identity, page: HomePage) -> None:
        """In the place of what stands there; nothing where there is no such page."""

    def name_of(self, identity: Identity) -> str:
        """What somebody is called there, whoever they are; empty where the side doesn't say. One call at most."""


class RelayQueue(Protocol):
    def put(self, body: str, group: str, once: str) -> None: ...


class RelayedMessages(Protocol):
    def get(self, chat_id: str, seq: int, destination: str) -> RelayedMessage:
        """What is known of this copy; an empty one where nothing is."""

    def of_chat(self, chat_id: str, first: int, last: int) -> list[RelayedMessage]:
        """Every copy of these messages, wherever it is."""

    def latest(self, chat_id: str, first: int, last: int, most: int) -> list[RelayedMessage]:
        """Like `of_chat`, but the copies of the newest messages first, and no more than so many."""

    def claim(self, relayed: RelayedMessage, now: datetime) -> bool:
        """True for one worker at a time, while the copy is as it was read.

        From here on it is in doubt: whoever dies now leaves a copy that may be there.
        """

    def finish(self, done: RelayedMessage, ref: RemoteMessageRef | None) -> None:
        """The copy is there, or will never be; from now on the provider's message finds ours."""

    def release(self, relayed: RelayedMessage, state: RelayState, detail: str) -> None:
        """Not now: the next try may claim it at once. Whether it is in doubt is as `known` says."""

    def note_parts(self, relayed: RelayedMessage, ref: RemoteMessageRef | None, now: datetime) -> None:
        """How far a text of several parts has come, and the part that was posted. It stays claimed."""

    def note_files(self, relayed: RelayedMessage, now: datetime) -> None:
        """How far its files have come. It stays claimed."""

    def of_remote(self, ref: RemoteMessageRef) -> tuple[str, int] | None:
        """Chat and `seq` of the message that this one of the provider is."""

    def add_from(self, ref: RemoteMessageRef, message: Message, relayed: RelayedMessage) -> bool | None:
        """A provider's message becomes ours, once. False if its `seq` is taken, None if it came before."""

    def set_last_change(self, relayed: RelayedMessage, at: str) -> None: ...
    def keep_unplaced(self, event: InboundEvent, now: datetime) -> None: ...
    def unplaced(self, ref: RemoteMessageRef) -> str:
        """Words that belonged to no chat and wait for one; empty where none do."""

    def keep_early(self, event: InboundEvent, now: datetime) -> None:
        """Of several the last; a deletion is the last of all."""

    def early(self, ref: RemoteMessageRef) -> tuple[str, str] | None:
        """What was done to a message before it came itself, and its text then."""
