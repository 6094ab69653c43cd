"""What happened in the table, in the words of the domain: the outbox from which every effect follows."""

from dataclasses import dataclass

from .chats import Chat
from .invitations import Seat
from .messages import Event, Message
from .workspaces import Member


@dataclass(frozen=True, slots=True)
class SeatChanged:
    before: Seat | None
    after: Seat


@dataclass(frozen=True, slots=True)
class ChatTold:
    """Something about the chat itself is to be told in it; `nonce` makes that once."""

    chat: Chat
    event: Event
    nonce: str


@dataclass(frozen=True, slots=True)
class LetterPromised:
    letter_id: str


@dataclass(frozen=True, slots=True)
class MessageChanged:
    before: Message | None
    after: Message


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    member: Member


Change = SeatChanged | ChatTold | LetterPromised | MessageChanged | MemberRemoved
