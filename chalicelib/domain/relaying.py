"""The relay's ledger: for every copy of a message, one item that says which version is there, under which id, and how it went."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .identities import Identity
from .messages import Message

ROOT = 0
"""The `seq` under which a chat's thread itself is kept."""
NOT_SHOWN_THERE = "Not shown there: {emojis}."


class CopyState(StrEnum):
    SENT = "sent"
    RETRYING = "retrying"
    CUT_OFF = "cut_off"
    NOT_SHOWN = "not_shown"
    NOT_REACHED = "not_reached"


class DeliveryState(StrEnum):
    """`sent` is on its way, `delivered` there as it is here, `not_reached` with somebody who hasn't added the app yet."""

    SENT = "sent"
    DELIVERED = "delivered"
    RETRYING = "retrying"
    CUT_OFF = "cut_off"
    NOT_SHOWN = "not_shown"
    NOT_REACHED = "not_reached"


class Way(StrEnum):
    """How something of ours is seen at another side."""

    FULLY = "fully"
    AS_QUOTE = "as_quote"
    EACH_ONCE = "each_once"
    AS_NAME = "as_name"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """What a side can show. Each adapter declares it once; the relay goes by it, and people see it."""

    text: Way
    edits: Way
    deletions: Way
    replies: Way
    reactions: Way
    mentions: Way
    files: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One message at one destination (an identity's key). `version` is what is there; 0 while nothing is.

    `heard` is the provider's time of the last change that was heard of from there. `tried`: a try's outcome is unknown;
    then `tried_at` is when it was claimed, and `cursor` how far the other side was searched for it. `refusals` counts
    answers that nobody documents, and `refused_emojis` are the reactions that the other side doesn't take.
    """

    chat_id: str
    seq: int
    destination: str
    version: int = 0
    place: str = ""
    far_id: str = ""
    state: CopyState = CopyState.RETRYING
    detail: str = ""
    reactions: tuple[str, ...] = ()
    refused_emojis: tuple[str, ...] = ()
    tried: bool = False
    tried_at: datetime | None = None
    cursor: str = ""
    refusals: int = 0
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Far:
    """A message at a provider: where, and its id there."""

    system: str
    place: str
    id: str

    @property
    def key(self) -> str:
        return f"{self.system}#{self.place}#{self.id}"


@dataclass(frozen=True, slots=True)
class Search:
    """What one look for a message of ours came to: `far` if it is there. A `cursor` says where to look on."""

    far: Far | None = None
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody did in their application. `target` is the message it is about; `parent` the one that it answers.

    `at` is the provider's time of it, as text that sorts; empty where it doesn't matter.
    """

    what: str
    identity: Identity
    target: Far
    parent: Far | None = None
    text: str = ""
    emoji: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message as it stands at a provider now. `emojis` are those that the person set there."""

    far: Far
    is_theirs: bool
    text: str
    changed_at: str = ""
    parent: Far | None = None
    emojis: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands there, in order; `upto` is where to read on, empty where nothing is behind it.

    `cursor` is where to read on in what stands outside of the chat's thread.
    """

    items: tuple[Standing, ...]
    upto: str = ""
    cursor: str = ""


def version_of(message: Message) -> int:
    """Rises with each change of the message: milliseconds of its last one."""
    return round(message.changed_at.timestamp() * 1000)
