"""The relay's ledger: for every copy of a message, one item that says which version is there, under which id, and how it went."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from .identities import Identity
from .messages import Message

ROOT = 0
"""The `seq` under which a chat's thread itself is kept."""
LAST_LINE = 9_999_999_999
"""The `seq` under which it is kept that a person was told of the end of their place; no message is ever that late."""
NOT_SHOWN_THERE = "Not shown there: {emojis}."


class RelayState(StrEnum):
    """By mail, `handed_over` is with the mail service, which hasn't said yet what became of it."""

    SENT = "sent"
    RETRYING = "retrying"
    DISCONNECTED = "cut_off"
    NOT_SHOWN = "not_shown"
    NOT_REACHED = "not_reached"
    HANDED_OVER = "handed_over"
    BOUNCED = "bounced"


class DeliveryState(StrEnum):
    """`sent` is on its way, `delivered` there as it is here, `not_reached` with somebody who hasn't added the app yet."""

    SENT = "sent"
    DELIVERED = "delivered"
    RETRYING = "retrying"
    DISCONNECTED = "cut_off"
    NOT_SHOWN = "not_shown"
    NOT_REACHED = "not_reached"
    BOUNCED = "bounced"


class SupportLevel(StrEnum):
    """How something of ours is seen at another side."""

    FULLY = "fully"
    AS_QUOTE = "as_quote"
    EACH_ONCE = "each_once"
    AS_NAME = "as_name"
    AS_LINK = "as_link"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a side can show. Each adapter declares it once; the relay goes by it, and people see it."""

    text: SupportLevel
    edits: SupportLevel
    deletions: SupportLevel
    replies: SupportLevel
    reactions: SupportLevel
    mentions: SupportLevel
    files: SupportLevel


class NotReceived(StrEnum):
    """Why a file that somebody sent in their own application isn't here."""

    FILES_OFF = "files_off"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    ELSEWHERE = "elsewhere"
    NOT_GIVEN = "not_given"


class FileCopyState(StrEnum):
    """`TRIED`: begun there, and whether it was finished is unknown."""

    TRIED = "tried"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileCopy:
    """One file of a message at one destination: its id there, or in a sentence why it isn't there."""

    file_id: str
    name: str
    remote_id: str = ""
    state: FileCopyState = FileCopyState.TRIED
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedMessage:
    """One message at one destination (an identity's key). `version` is what is there; 0 while nothing is.

    `heard` is the provider's time of the last change that was heard of from there. `tried`: a try's outcome is unknown;
    then `tried_at` is when it was claimed, and `cursor` how far the other side was searched for it. `refusals` counts
    answers that nobody documents, and `refused_emojis` are the reactions that the other side doesn't take.

    A text that is too long for one message there stands in several: `parts` are the ids of those behind `remote_id`. While
    they are brought, the first `brought` of them are as `brought_version` wants them.
    """

    chat_id: str
    seq: int
    destination: str
    version: int = 0
    channel_id: str = ""
    remote_id: str = ""
    parts: tuple[str, ...] = ()
    brought: int = 0
    brought_version: int = 0
    state: RelayState = RelayState.RETRYING
    detail: str = ""
    reactions: tuple[str, ...] = ()
    refused_emojis: tuple[str, ...] = ()
    tried: bool = False
    tried_at: datetime | None = None
    cursor: str = ""
    refusals: int = 0
    last_change: str = ""
    files: tuple[FileCopy, ...] = ()

    @property
    def remote_ids(self) -> tuple[str, ...]:
        """Of all its parts, in order."""
        return (self.remote_id, *self.parts) if self.remote_id else ()

    def with_file(self, copy: FileCopy) -> "RelayedMessage":
        others = tuple(other for other in self.files if other.file_id != copy.file_id)
        return replace(self, files=(*others, copy))

    def with_ids(self, ids: tuple[str, ...]) -> "RelayedMessage":
        return replace(self, remote_id=ids[0] if ids else "", parts=ids[1:])


@dataclass(frozen=True, slots=True)
class RemoteMessageRef:
    """A message at a provider: where, and its id there."""

    system: str
    channel_id: str
    id: str

    @property
    def key(self) -> str:
        return f"{self.system}#{self.channel_id}#{self.id}"

    def part(self, number: int) -> "RemoteMessageRef":
        """What the ledger calls one of several messages of ours that a long one of theirs became; the first is 0."""
        return replace(self, id=f"{self.id}/{number}") if number else self


@dataclass(frozen=True, slots=True)
class Search:
    """What one look for a message of ours came to: `far` if it is there. A `cursor` says where to look on."""

    remote: RemoteMessageRef | None = None
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class ChatChoice:
    """A button under what the app says: what it reads, the chat that it means, and the remote id of the words to carry there."""

    title: str
    chat_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Our app's own page in somebody's application: what it says, their chats that come there, and a button. Of links, what they
    read and where they lead.
    """

    text: str
    chats: tuple[tuple[str, str], ...]
    open: str
    button: tuple[str, str]


@dataclass(frozen=True, slots=True)
class InboundMentions:
    """Whom a text mentions by their ids there. `text_with` is the text with names for these ids: of people of the chat, and
    what stands for anybody else.
    """

    identities: tuple[Identity, ...]
    text_with: Callable[[Mapping[str, str], Mapping[str, str]], str] = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file in a message at a provider, as the provider tells it: name, type and `size` (0: not told) are claims; `alt` is what
    its sender says is seen in it.

    `line` is what stands for it in the text. `is_elsewhere`: it lies with a third party, and only a link to it is there.
    `is_hidden`: the provider tells its id alone, and more when it is asked. `needs_token`: where some files are for anybody who
    has the address, that it is given to nobody but our app.
    """

    id: str
    line: str
    name: str = ""
    type: str = ""
    size: int = 0
    url: str = ""
    is_elsewhere: bool = False
    is_hidden: bool = False
    needs_token: bool = False
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """What somebody did in their application: posted, edited, deleted, restored what they had deleted, reacted, unreacted;
    or chose the chat for words that belonged to none; and `arrived`, for our app came to them, or `looked` at its page there.
    `target` is the message it is about, without an id where there is none; `parent` the one that it answers.

    `is_in_thread`: `parent` is the thread that it stands in. `chat_id` and `account_id` are known where the address that it
    was sent to says so, or somebody chose the chat, and nowhere else. `locale` is their application's, where it says one.
    `at` is the provider's time of it, as text that sorts; empty where it doesn't matter. `files` lie at the provider;
    `file_ids` are of files that are here already, as those that came with a mail; `mail_id` is that mail's, where more
    stood in it than `text`.
    """

    action: str
    identity: Identity
    target: RemoteMessageRef
    parent: RemoteMessageRef | None = None
    is_in_thread: bool = False
    text: str = ""
    mentions: InboundMentions | None = None
    emoji: str = ""
    at: str = ""
    chat_id: str = ""
    account_id: str = ""
    file_ids: tuple[str, ...] = ()
    mail_id: str = ""
    locale: str = ""
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteMessage:
    """A message as it stands at a provider now. `emojis` are those that the person set there."""

    ref: RemoteMessageRef
    is_theirs: bool
    text: str
    mentions: InboundMentions | None = None
    changed_at: str = ""
    parent: RemoteMessageRef | None = None
    is_in_thread: bool = False
    emojis: frozenset[str] = frozenset()
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What stands there, in order; `upto` is where to read on, empty where nothing is behind it.

    `cursor` is where to read on in what stands outside of the chat's thread.
    """

    items: tuple[RemoteMessage, ...]
    upto: str = ""
    cursor: str = ""


def version_of(message: Message) -> int:
    """Rises with each change of the message: milliseconds of its last one."""
    return round(message.changed_at.timestamp() * 1000)
