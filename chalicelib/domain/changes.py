"""What happened in the table, in the words of the domain: the outbox from which every effect follows."""

from dataclasses import dataclass
from datetime import datetime

from .chats import Chat, Membership
from .files import File
from .invitations import Invitation
from .messages import Event, Message
from .people import Account
from .receipts import Receipt
from .reports import AbuseReport
from .workspaces import Member, Workspace


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
class FileChanged:
    before: File | None
    after: File


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    member: Member


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Added where `before` is None. `acted_at` is None for whoever began the workspace."""

    before: Member | None
    after: Member
    actor_id: str
    acted_at: datetime | None

    @property
    def workspace_id(self) -> str:
        return self.after.workspace_id

    @property
    def account_id(self) -> str:
        return self.after.account_id


@dataclass(frozen=True, slots=True)
class MemberGone:
    """Removed, or left: as `MemberRemoved`, with who did it."""

    workspace_id: str
    account_id: str
    actor_id: str
    acted_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkspaceChanged:
    before: Workspace
    after: Workspace
    actor_id: str
    acted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RelayOpened:
    """A chat has begun in somebody's own application; `destination` is their identity's key."""

    chat_id: str
    destination: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionEnded:
    account_id: str
    session_hash: str


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """`session_hash` is empty: where its sessions ended, it was all of them."""

    before: Account
    after: Account
    session_hash: str = ""

    @property
    def account_id(self) -> str:
        return self.after.id

    @property
    def ended_sessions(self) -> bool:
        """All that there were."""
        return self.after.sessions_from > self.before.sessions_from

    @property
    def is_to_leave(self) -> bool:
        return self.after.leaves_at is not None and self.after.leaves_at != self.before.leaves_at

    @property
    def is_called_otherwise(self) -> bool:
        return (self.before.name, self.before.email) != (self.after.name, self.after.email)

    @property
    def looks_different(self) -> bool:
        return self.before.picture != self.after.picture


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


@dataclass(frozen=True, slots=True)
class ReportDecided:
    """By an operator, at the time that stands in it."""

    report: AbuseReport


@dataclass(frozen=True, slots=True)
class SendingChanged:
    """An inviter sends nothing any more, after reports, or may again."""

    account_id: str
    is_paused: bool
    by_operator: bool
    at: datetime


Change = (
    InvitationChanged
    | ChatEventAdded
    | NotificationQueued
    | ReceiptIssued
    | MessageChanged
    | FileChanged
    | MemberRemoved
    | MemberChanged
    | MemberGone
    | WorkspaceChanged
    | RelayOpened
    | ReactionChanged
    | RelayedMessageChanged
    | MembershipChanged
    | ReportDecided
    | SendingChanged
    | SessionEnded
    | AccountChanged
)
