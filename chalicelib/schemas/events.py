"""Live events: each kind once, with what makes it, what one reader sees of it, and its schema, told apart by `type`.

A new kind is a shape, and its line in `KINDS`; the API's document publishes them all as the union `LiveEvent`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

import msgspec
from msgspec import Struct

from ..domain.changes import Change
from ..domain.chats import ChatKind, Membership
from ..domain.providers import Via
from ..ports import Ports
from ..usecases import live
from ..usecases.live import Announcement
from ..usecases.onlookers import Onlookers
from . import bodies, serializers


class LiveEvent(Struct, tag_field="type"):
    """What each says: its `type`, and the chat that it is about."""

    chat_id: str


class MessageCreated(LiveEvent, tag="message.created"):
    message: bodies.MessageOut


class MessageEdited(LiveEvent, tag="message.edited"):
    message: bodies.MessageOut


class MessageDeleted(LiveEvent, tag="message.deleted"):
    message: bodies.MessageOut


class ReactionsChanged(LiveEvent, tag="reaction.changed"):
    message: bodies.MessageOut


class DeliveryChanged(LiveEvent, tag="delivery.changed"):
    """For its author alone: the message, with how it fares elsewhere."""

    message: bodies.MessageOut


class InvitationEvent(LiveEvent, tag="invitation.changed"):
    """For members alone."""

    invitation_id: str


class EventParticipant(Struct):
    account_id: str
    name: str
    via: Via


class ParticipantJoined(LiveEvent, tag="participant.joined"):
    participant: EventParticipant


class ParticipantLeft(LiveEvent, tag="participant.left"):
    participant: EventParticipant


class ChatChanged(LiveEvent, tag="chat.changed"):
    name: str | None
    kind: ChatKind


class ReadMarked(LiveEvent, tag="read"):
    """One's own read mark, moved in another window."""

    account_id: str
    seq: int


class Typing(LiveEvent, tag="typing"):
    account_id: str
    name: str


Announce = Callable[[Ports, Change, Onlookers], list[Announcement]]
Show = Callable[[Announcement, Membership], LiveEvent | None]


@dataclass(frozen=True, slots=True)
class LiveEventKind:
    """`announce`: which changes of the table make it; None where something else does. `show`: None where they may not see it."""

    shape: type[LiveEvent]
    show: Show
    announce: Announce | None = None

    @property
    def type(self) -> str:
        return str(self.shape.__struct_config__.tag)


def _message(shape: Callable[[str, bodies.MessageOut], LiveEvent]) -> Show:
    def show(event: Announcement, reader: Membership) -> LiveEvent | None:
        if event.message is None or event.page is None or not reader.may_see(event.message.seq):
            return None
        return shape(event.chat_id, serializers.message(event.message, event.page, reader, event.deliveries))

    return show


def _participant(shape: Callable[[str, EventParticipant], LiveEvent]) -> Show:
    def show(event: Announcement, reader: Membership) -> LiveEvent | None:
        who = event.invitation
        return shape(event.chat_id, EventParticipant(who.account_id, who.name, who.via)) if who else None

    return show


def _invitation(event: Announcement, reader: Membership) -> LiveEvent | None:
    return InvitationEvent(event.chat_id, event.invitation.id) if event.invitation else None


def _chat(event: Announcement, reader: Membership) -> LiveEvent | None:
    return ChatChanged(event.chat_id, event.chat.name or None, event.chat.kind) if event.chat else None


def _read(event: Announcement, reader: Membership) -> LiveEvent:
    return ReadMarked(event.chat_id, event.only, event.seq)


def _typing(event: Announcement, reader: Membership) -> LiveEvent | None:
    return None if event.account_id == reader.account_id else Typing(event.chat_id, event.account_id, event.name)


KINDS = (
    LiveEventKind(MessageCreated, _message(MessageCreated), live.of_message),
    LiveEventKind(MessageEdited, _message(MessageEdited), live.of_message),
    LiveEventKind(MessageDeleted, _message(MessageDeleted), live.of_message),
    LiveEventKind(ReactionsChanged, _message(ReactionsChanged), live.of_reaction),
    LiveEventKind(DeliveryChanged, _message(DeliveryChanged), live.of_relayed_message),
    LiveEventKind(InvitationEvent, _invitation, live.of_invitation),
    LiveEventKind(ParticipantJoined, _participant(ParticipantJoined), live.of_invitation),
    LiveEventKind(ParticipantLeft, _participant(ParticipantLeft), live.of_invitation),
    LiveEventKind(ChatChanged, _chat, live.of_chat),
    LiveEventKind(ReadMarked, _read, live.of_read_mark),
    LiveEventKind(Typing, _typing),
)
_BY_TYPE = {kind.type: kind for kind in KINDS}
_ANNOUNCING = tuple(dict.fromkeys(kind.announce for kind in KINDS if kind.announce))


def announcements(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """What a change in the table means for those who are looking on."""
    return [event for announce in _ANNOUNCING for event in announce(ports, change, onlookers)]


def show(event: Announcement, reader: Membership) -> LiveEvent | None:
    """As this person sees it; None for what they may not see."""
    return _BY_TYPE[event.type].show(event, reader)


def write(event: object) -> str:
    return msgspec.json.encode(event).decode()


@functools.cache
def schema(ref_template: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The union of all kinds, and the shapes that it refers to."""
    union: Any = Union[tuple(kind.shape for kind in KINDS)]  # noqa: UP007  # made of a list
    (schemas,), components = msgspec.json.schema_components([union], ref_template=ref_template)
    return schemas, components
