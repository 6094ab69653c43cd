"""What happened in the table, in the words of the domain: the outbox from which every effect follows."""

from dataclasses import dataclass

from .chats import Chat, Membership
from .invitations import Invitation
from .messages import Event, Message
from .receipts import Receipt
from .workspaces import Member


@dataclass(frozen=True, slots=True)
class InvitationChanged:
    before: Invitation | None
    after: Invitation


@dataclass(frozen=True, slots=True)
class ChatEventAdded:
    """Something about the chat itself is to be told in it; `nonce` makes that once. `is_new`: with it the chat began."""

    chat: Chat
    event: Event
    nonce: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class NotificationQueued:
    notification_id: str


@dataclass(frozen=True, slots=True)
class ReceiptIssued:
    receipt: Receipt


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
class RelayedMessageChanged:
    """A message fares otherwise than before with somebody who reads elsewhere."""

    chat_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    before: Membership | None
    after: Membership


Change = (
    InvitationChanged
    | ChatEventAdded
    | NotificationQueued
    | ReceiptIssued
    | MessageChanged
    | MemberRemoved
    | ReactionChanged
    | RelayedMessageChanged
    | MembershipChanged
    | SessionsEnded
)
