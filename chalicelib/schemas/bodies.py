"""The shapes of the API, in and out. They parse the requests and make the OpenAPI document: there is no second description."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ..domain.chats import ChatKind, ChatRole, Level
from ..domain.history import PATTERN
from ..domain.invitations import MailState, Status
from ..domain.inviting import InviteOutcome
from ..domain.messages import MessageKind
from ..domain.people import Role
from ..domain.plans import Plan
from ..domain.providers import Option, Via
from ..domain.workspaces import FilePolicy, HandOverPolicy, Mismatch, WhoMayInvite
from .asking import AskOut, HandedOverOut
from .calls import CallsOut, CallsSetting
from .fields import Email, Limit, Name, NewSecret, OutsideDays, Secret, Seq, Text, ZonedTime
from .files import FileOut
from .pushes import OwnAccountOut
from .relaying import DeliveryOut, ShowsOut


class In(Struct, forbid_unknown_fields=True):
    """What clients send: a field that isn't named here is refused."""


class NewAccount(In):
    email: Email
    name: Name
    password: NewSecret
    workspace: Name
    locale: Text = ""


class Credentials(In):
    email: Email
    password: Secret


class OnlyEmail(In):
    email: Email


class NewMember(In):
    email: Email
    role: Role = Role.MEMBER


class NewRole(In):
    role: Role


class SettingsChange(In):
    name: Text | None = None
    communicate: bool | None = None
    invitation_days: int | None = None
    allowed_domains: Annotated[list[Text], Meta(max_length=100)] | None = None
    denied_domains: Annotated[list[Text], Meta(max_length=100)] | None = None
    who_may_invite: WhoMayInvite | None = None
    mismatch: Mismatch | None = None
    locale: Text | None = None
    hand_over: HandOverPolicy | None = None
    calls: CallsSetting | None = None
    outside_days: OutsideDays | UnsetType = UNSET
    files: FilePolicy | None = None


class Invitee(In):
    email: Text
    name: Text | None = None
    locale: Text | None = None
    history: Annotated[str, Meta(pattern=PATTERN)] = "from_join"
    ends_at: ZonedTime | None = None


class NewChat(In):
    workspace_id: Text
    invitees: Annotated[list[Invitee], Meta(min_length=1, max_length=1_000)]
    name: Text | None = None
    line: Text | None = None


class NewInvitees(In):
    invitees: Annotated[list[Invitee], Meta(min_length=1, max_length=1_000)]
    line: Text | None = None


class NewName(In):
    name: Text | None


class ReadMark(In):
    """With `unread` the mark may go back: what stands behind `seq` is unread then."""

    seq: Seq
    unread: bool = False


class Confirmation(In):
    confirm_mismatch: bool = False


class JoiningAccount(In):
    name: Name
    password: NewSecret


class JoiningByMail(In):
    name: Text | None = None


class Decline(In):
    reason: Text | None = None
    block: Literal["inviter", "workspace", "everyone"] | None = None
    report: bool = False
    tell: bool = False


class HandOver(In):
    email: Email
    note: Text | None = None


class Code(In):
    code: Annotated[str, Meta(max_length=20)]


class Decision(In):
    decision: Literal["allow", "refuse"]


class NotificationLevel(In):
    level: Level


class Proved(Struct):
    status: str = "proved"


class Paging(Struct):
    limit: Limit = 50
    cursor: Text = ""


class ChatsQuery(Paging):
    """`hidden=true` lists the chats that you hid."""

    hidden: Literal["true", "false"] = "false"


class MessageRange(Struct):
    before: Seq | None = None
    after: Seq | None = None
    limit: Limit | None = None


class Health(Struct):
    status: str


class Empty(Struct):
    """Says no more than that it was heard."""


class Accepted(Struct):
    status: str = "accepted"


class AccountOut(Struct):
    id: str
    name: str
    email: str


class SessionOut(Struct):
    token: str
    expires_at: datetime
    account: AccountOut


class MyWorkspace(Struct):
    id: str
    name: str
    role: Role
    plan: Plan
    communicate: bool


class Me(Struct):
    account: OwnAccountOut
    workspaces: list[MyWorkspace]


class WorkspaceOut(Struct):
    id: str
    name: str
    plan: Plan
    communicate: bool
    invitation_days: int
    allowed_domains: list[str]
    denied_domains: list[str]
    who_may_invite: WhoMayInvite
    mismatch: Mismatch
    locale: str
    hand_over: HandOverPolicy
    calls: CallsOut
    outside_days: OutsideDays
    files: FilePolicy


class MemberOut(Struct):
    account_id: str
    name: str
    email: str
    role: Role
    picture_url: str | UnsetType = UNSET


class ChatOut(Struct, kw_only=True):
    id: str
    workspace_id: str
    kind: ChatKind
    name: str | None
    created_at: datetime
    last_seq: int
    unread: int
    mentions: int
    closed_at: datetime | UnsetType = UNSET


class Inviter(Struct):
    account_id: str
    name: str


class ParticipantOut(Struct):
    account_id: str
    name: str
    role: ChatRole
    via: Via
    joined_at: datetime
    organization: str | UnsetType = UNSET
    invited_as: str | UnsetType = UNSET
    ends_at: datetime | UnsetType = UNSET
    owner: Inviter | UnsetType = UNSET
    picture_url: str | UnsetType = UNSET


class ChatWithPeople(ChatOut, kw_only=True):
    """`shows` is for each application from which somebody here chats."""

    participants: list[ParticipantOut]
    shows: dict[str, ShowsOut]


class MailOut(Struct):
    state: MailState
    at: datetime
    detail: str | UnsetType = UNSET


class JoinedOut(Struct):
    account_id: str
    name: str
    email: str
    via: Via


class InvitationOut(Struct):
    id: str
    chat_id: str
    email: str
    status: Status
    mail: MailOut
    inviter: Inviter
    created_at: datetime
    expires_at: datetime
    asks: list[AskOut]
    three_words: list[str]
    handed_over: list[HandedOverOut]
    joined: JoinedOut | UnsetType = UNSET
    line: str | UnsetType = UNSET


class ResultOut(Struct):
    email: str
    outcome: InviteOutcome
    code: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


class InvitedOut(Struct):
    invitations: list[InvitationOut]
    results: list[ResultOut]


class ChatCreated(Struct):
    chat: ChatWithPeople
    invitations: list[InvitationOut]
    results: list[ResultOut]


class LinkOut(Struct):
    url: str
    qr_svg_url: str


class AuthorOut(Struct):
    account_id: str
    name: str
    role: ChatRole
    via: Via


class ReplyTarget(Struct):
    id: str
    author: AuthorOut | UnsetType | None = UNSET
    text: str | UnsetType = UNSET


class ReactionOut(Struct):
    emoji: str
    count: int
    mine: bool
    account_ids: list[str]


class MessageOut(Struct):
    id: str
    seq: int
    chat_id: str
    author: AuthorOut | None
    kind: MessageKind
    text: str
    html: str
    reactions: list[ReactionOut]
    created_at: datetime
    files: list[FileOut]
    event: dict[str, Any] | UnsetType = UNSET
    mentions: list[str] | UnsetType = UNSET
    reply_to: ReplyTarget | UnsetType = UNSET
    edited_at: datetime | UnsetType = UNSET
    deleted_at: datetime | UnsetType = UNSET
    has_mail: bool | UnsetType = UNSET
    deliveries: list[DeliveryOut] | UnsetType = UNSET


class NameOnly(Struct):
    name: str


class JoinChat(Struct):
    name: str | None
    kind: ChatKind
    participants: int


class JoinOut(Struct):
    status: Status
    inviter: NameOnly
    workspace: NameOnly
    chat: JoinChat
    email: str
    expires_at: datetime
    options: list[Option]
    link: str
    line: str | UnsetType = UNSET


class ChatJoined(Struct):
    chat_id: str


class SessionAndChat(SessionOut):
    chat_id: str


class WorkspacesPage(Struct):
    items: list[MemberOut]
    next: str | None


class ChatsPage(Struct):
    items: list[ChatOut]
    next: str | None


class InvitationsPage(Struct):
    items: list[InvitationOut]
    next: str | None


class MessagesPage(Struct):
    items: list[MessageOut]
    next: str | None
