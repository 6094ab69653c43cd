"""What happened in the table, in the words of the domain: the outbox from which every effect follows."""

from dataclasses import dataclass

from .chats import Chat, Place
from .invitations import Seat
from .messages import Event, Message
from .workspaces import Member


@dataclass(frozen=True, slots=True)
class SeatChanged:
    before: Seat | None
    after: Seat


@dataclass(frozen=True, slots=True)
class ChatTold:
    """Something about the chat itself is to be told in it; `nonce` makes that once. `is_new`: with it the chat began."""

    chat: Chat
    event: Event
    nonce: str
    is_new: bool = False


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


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """One session; all of the account where `session_hash` is empty."""

    account_id: str
    session_hash: str = ""


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    chat_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class CopyChanged:
    """A message fares otherwise than before with somebody who reads elsewhere."""

    chat_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class PlaceChanged:
    before: Place | None
    after: Place


Change = (
    SeatChanged
    | ChatTold
    | LetterPromised
    | MessageChanged
    | MemberRemoved
    | ReactionChanged
    | CopyChanged
    | PlaceChanged
    | SessionsEnded
)
