"""The live events of a chat: their shapes, what makes each, and what one reader sees of it."""

from collections.abc import Callable

from msgspec import UNSET, Struct, UnsetType

from ..domain.chats import ChatKind, Membership
from ..domain.messages import message_id
from ..domain.providers import Via
from ..usecases import live
from ..usecases.live import Announcement
from . import bodies, serializers
from .files import FileOut
from .live_event import LiveEvent, LiveEventKind, Show


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


class FileEvent(LiveEvent, tag="file.changed"):
    """Its author's alone until it is sent; then it is in that message."""

    file: FileOut
    message_id: str | UnsetType = UNSET


class Typing(LiveEvent, tag="typing"):
    account_id: str
    name: str


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


def _file(event: Announcement, reader: Membership) -> LiveEvent | None:
    file = event.file
    if file is None or (file.seq and not reader.may_see(file.seq)):
        return None
    sent_in = message_id(file.chat_id, file.seq) if file.seq else UNSET
    return FileEvent(event.chat_id, serializers.file(file), sent_in)


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
    LiveEventKind(FileEvent, _file, live.of_file),
    LiveEventKind(ChatChanged, _chat, live.of_chat),
    LiveEventKind(ReadMarked, _read, live.of_read_mark),
    LiveEventKind(Typing, _typing),
)
