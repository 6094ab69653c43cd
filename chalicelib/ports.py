"""What the stories may ask of the world. `wiring` builds the real parts; tests build the same ones on an AWS in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from .domain.audit import AuditEntry
from .domain.calls import Call
from .domain.chats import Chat, ChatHead, Level, Membership, PreviewMember
from .domain.ends import EndReason
from .domain.erasing import TraceKind
from .domain.files import File
from .domain.identities import Identity, Installation, Profile
from .domain.invitations import Invitation, InvitationChange, InvitationMail, MailState
from .domain.mail_reasons import MailReason
from .domain.messages import Message, MessagePage, Reaction
from .domain.notifications import (
    About,
    Asker,
    ChatMail,
    Missed,
    News,
    NotificationMail,
    NotificationState,
    OneTimeToken,
    Use,
    Ways,
)
from .domain.outside import PersonRef, PlaceKey, StoredPlace
from .domain.people import Account, Address, Role, Session, WayBack
from .domain.providers import BADGES, Option, Provider, Via
from .domain.pushes import PushNote, PushResult, PushSubscription
from .domain.quiet_hours import QuietHours
from .domain.quotas import RollingQuota
from .domain.receipts import Receipt
from .domain.relaying import (
    Capabilities,
    ChatChoice,
    HistoryPage,
    InboundEvent,
    RelayedMessage,
    RelayState,
    RemoteFile,
    RemoteMessageRef,
    Search,
)
from .domain.reports import AbuseReport, ReportedInviter
from .domain.schedule import ScheduledTask
from .domain.searching import Criteria, Sweep
from .domain.workspaces import Member, Workspace


class Accounts(Protocol):
    def get(self, account_id: str) -> Account | None: ...
    def with_session(self, account_id: str, session_hash: str) -> tuple[Account | None, Session | None]: ...
    def of(self, email: str) -> Account | None: ...
    def addresses(self, emails: Iterable[str]) -> dict[str, Address]: ...
    def suppress(self, email: str, why: str) -> None: ...
    def withdraw_complaint(self, email: str) -> None: ...
    def unsuppress(self, email: str, keyed_hashes: Iterable[str]) -> None: ...
    def block(self, email: str, whom: str, most: int) -> bool: ...
    def unblock(self, email: str, whom: str) -> None: ...
    def set_locale(self, email: str, locale: str) -> None: ...
    def erase(self, email: str, keyed_hash: str, now: datetime) -> None: ...
    def erased(self, keyed_hashes: Iterable[str]) -> set[str]: ...
    def with_sessions(
        self, account_id: str, session_hashes: Iterable[str]
    ) -> tuple[Account | None, dict[str, Session]]: ...
    def prove(self, session: Session, proved: Sequence[tuple[str, datetime]]) -> None: ...
    def save_notices(self, account_id: str, notices: bool, missed_mail: bool) -> None: ...
    def add(
        self,
        account: Account,
        workspace: Workspace | None = None,
        member_of: Member | None = None,
        by: tuple[Use, Session] | None = None,
    ) -> bool: ...
    def save_meeting_url(self, account_id: str, url: str) -> None: ...
    def save_quiet_times(
        self, account_id: str, time_zone: str, quiet: QuietHours | None, dnd_until: datetime | None, push_text: bool
    ) -> None: ...
    def save_profile(self, account_id: str, name: str, locale: str) -> None: ...
    def set_password(self, account_id: str, password_hash: str, use: Use, session: Session) -> bool: ...
    def add_session(self, session: Session) -> None: ...
    def add_session_by(self, use: Use, session: Session) -> bool: ...
    def touch_session(self, session: Session, seen_at: datetime) -> None: ...
    def sessions(self, account_id: str) -> list[Session]: ...
    def end_session(self, session: Session) -> None: ...


class OwnAccounts(Protocol):
    """What changes an account as a whole."""

    def want_address(self, account_id: str, request_id: str) -> None: ...
    def change_address(
        self, old: Account, email: str, use: Use, ways_back: Sequence[WayBack], told: NotificationMail | None
    ) -> bool: ...
    def take_address_back(
        self, old: Account, email: str, use: Use, session: Session, ways_back: Sequence[WayBack]
    ) -> bool: ...

    def leave(self, account_id: str, at: datetime, empties: bool, now: datetime) -> None: ...
    def keep(self, account_id: str) -> None: ...
    def note_trace(self, account_id: str, what: TraceKind, of: str) -> None: ...
    def traces(self, account_id: str) -> list[tuple[str, str]]: ...
    def erase(self, account: Account) -> None: ...


class OneTimeTokens(Protocol):
    def put(self, token_hash: str, one_time_token: OneTimeToken) -> None: ...
    def peek(self, token_hash: str, holder: str = "") -> OneTimeToken | None: ...
    def consume(self, token_hash: str) -> OneTimeToken | None: ...


class Notifications(Protocol):
    def add(self, notification: NotificationMail) -> None: ...
    def add_once(self, notification: NotificationMail) -> bool: ...
    def add_in_turn(self, notification: NotificationMail, now: datetime, pause: timedelta) -> bool: ...
    def get(self, notification_id: str) -> NotificationMail | None: ...
    def claim(self, notification_id: str, now: datetime) -> bool: ...
    def release(self, notification_id: str) -> None: ...
    def finish(self, notification_id: str, state: NotificationState, now: datetime) -> None: ...


class Workspaces(Protocol):
    def get(self, workspace_id: str) -> Workspace | None: ...
    def save_settings(self, workspace: Workspace) -> None: ...
    def save_lines(self, workspace_id: str, lines: Sequence[str]) -> None: ...
    def stored_bytes(self, workspace_id: str) -> int: ...
    def set_plan(self, workspace_id: str, plan: str) -> bool: ...
    def member(self, workspace_id: str, account_id: str) -> tuple[Workspace | None, Member | None]: ...
    def members_among(self, workspace_id: str, account_ids: Iterable[str]) -> dict[str, Member]: ...
    def members(self, workspace_id: str, limit: int, after: str) -> tuple[list[Member], str]: ...
    def of_account(self, account_id: str) -> list[tuple[Workspace, Role]]: ...
    def add_member(self, member: Member) -> bool: ...
    def change_role(self, member: Member, role: Role, other_owner: Member | None = None) -> bool: ...
    def call_member(self, workspace_id: str, account_id: str, name: str, email: str) -> None: ...
    def remove_member(self, member: Member, other_owner: Member | None = None) -> bool: ...
    def note(self, workspace_id: str, entry_id: str, text: str, at: datetime) -> None: ...
    def notes(self, workspace_id: str, most: int) -> list[tuple[datetime, str]]: ...
    def rewrite_notes(self, workspace_id: str, rewritten: Callable[[str], str]) -> None: ...
    def note_chat(self, workspace_id: str, chat_id: str) -> None: ...
    def chats(self, workspace_id: str, most: int) -> list[str]: ...
    def mail_quota(self, workspace_id: str) -> RollingQuota: ...
    def consume_mail_quota(self, workspace_id: str, spend: Callable[[RollingQuota], RollingQuota]) -> None: ...


class Chats(Protocol):
    def with_membership(self, chat_id: str, account_id: str) -> tuple[Chat | None, Membership | None]: ...
    def roster(self, chat_id: str) -> tuple[Chat, tuple[Invitation, ...]] | None: ...
    def memberships(self, account_id: str) -> list[Membership]: ...
    def get_many(self, chat_ids: Iterable[str]) -> dict[str, Chat]: ...
    def add(
        self, chat: Chat, founder: Membership, invitations: Sequence[Invitation], memberships: Sequence[Membership]
    ) -> None: ...
    def rename(self, chat: Chat, name: str, by: str, now: datetime) -> bool: ...
    def call_founder(self, chat: Chat, name: str) -> None: ...
    def set_preview(
        self, chat_id: str, preview: Sequence[PreviewMember], waiting: Sequence[tuple[str, int]]
    ) -> None: ...
    def update_head(self, message: Message) -> None: ...
    def mark_read(self, membership: Membership, upto: ChatHead, wrote_at: datetime | None = None) -> None: ...
    def mark_unread(
        self, membership: Membership, from_head: ChatHead, mentioned_in: Iterable[int], text_count: int
    ) -> None: ...
    def hide(self, membership: Membership, text_count: int | None) -> None: ...
    def count_mention(self, account_id: str, chat_id: str, seq: int) -> None: ...
    def uncount_mention(self, account_id: str, chat_id: str, seq: int) -> None: ...
    def note_deleted(self, chat_id: str, seq: int) -> None: ...
    def mark_notified(self, membership: Membership, upto: ChatHead) -> None: ...
    def forget_invited(self, chat_id: str, invitation_id: str) -> None: ...
    def note_registered(self, chat_id: str) -> None: ...
    def retell(self, chat_id: str, retold: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None: ...
    def note_memberless(self, chat_id: str, since: datetime) -> bool: ...
    def take_over(self, old: Chat, record: Invitation, place: Membership, by: str) -> bool: ...
    def close(self, old: Chat, at: datetime, by: str, by_id: str) -> bool: ...
    def choose_level(self, membership: Membership, level: Level) -> None: ...
    def read_here(self, membership: Membership) -> None: ...


class Outside(Protocol):
    """The index of a workspace's register: a pointer for each place from outside."""

    def add(self, workspace_id: str, place: PlaceKey) -> None: ...
    def remove(self, workspace_id: str, place: PlaceKey) -> None: ...
    def people(self, workspace_id: str, after: str, most: int) -> tuple[list[list[PlaceKey]], bool]: ...
    def of_account(self, workspace_id: str, account_id: str) -> list[PlaceKey]: ...
    def read(self, places: Iterable[PlaceKey]) -> list[StoredPlace]: ...


class Audit(Protocol):
    def add(self, entry: AuditEntry) -> None: ...
    def has(self, workspace_id: str, identifier: str) -> bool: ...
    def page(
        self, workspace_id: str, kind: str, newer_than: str, before: str, now: datetime, most: int
    ) -> tuple[list[AuditEntry], str]: ...
    def look_up(
        self, account_ids: Iterable[str], chat_ids: Iterable[str], invitations: Iterable[tuple[str, str]]
    ) -> tuple[dict[str, Account], dict[str, Chat], dict[tuple[str, str], Invitation]]: ...


class Receipts(Protocol):
    """How places end, and when; and what is kept of it."""

    def get(self, receipt_id: str) -> Receipt | None: ...
    def replace(self, receipt: Receipt) -> None: ...
    def overdue(self, chat_id: str, account_id: str) -> Membership | None: ...
    def change(self, place: Membership, ends_at: datetime | None, owner_id: str, by_id: str, now: datetime) -> bool: ...
    def end(
        self, places: Sequence[Membership], by: PersonRef, now: datetime, reason: EndReason, issued: Receipt | None
    ) -> bool: ...


class Reports(Protocol):
    """Reports of abuse, what they come to for each inviter, and what an operator decided."""

    def get(self, report_id: str) -> AbuseReport | None: ...
    def everything(self) -> list[AbuseReport]: ...
    def of_inviter(self, account_id: str) -> ReportedInviter: ...
    def add(self, new: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool) -> bool: ...
    def decide(
        self, decided: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool
    ) -> bool: ...
    def forget_address(self, report: AbuseReport) -> None: ...
    def erase(self, email: str) -> None: ...


class ReceiptSigner(Protocol):
    def sign(self, content: bytes) -> str: ...
    def is_signed(self, content: bytes, signature: str) -> bool: ...


class Invitations(Protocol):
    def get(self, chat_id: str, invitation_id: str) -> Invitation | None: ...
    def stored(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]: ...
    def with_chat(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]: ...
    def workspace_and_inviter(self, invitation: Invitation) -> tuple[Workspace | None, Membership | None]: ...
    def add(
        self,
        chat: Chat,
        invitations: Sequence[Invitation],
        memberships: Sequence[Membership],
        becomes_group: bool,
        invited_by: str,
    ) -> int: ...
    def save(self, change: InvitationChange, chat: Chat | None = None, membership: Membership | None = None) -> bool:
        """The step, while what it rests on holds; False where it doesn't any more. With `chat`, its roster must be as it was read;
        with `membership`, the person gets this place: all of it or nothing."""

    def of_mail(self, ses_id: str) -> tuple[str, str, int] | None: ...
    def record_mail_event(
        self,
        of: Invitation,
        number: int,
        mail: InvitationMail,
        instead_of: Sequence[MailState],
        bounced_for: Sequence[MailReason] = (),
    ) -> bool: ...
    def note_mail(self, of: Invitation, number: int, reason: MailReason) -> bool: ...
    def forget(self, of: Invitation) -> None: ...
    def erase(self, of: Invitation, now: datetime) -> None: ...
    def requeue_mail(self, of: Invitation, now: datetime) -> bool: ...
    def claim_mail(self, invitation: Invitation, number: int, now: datetime) -> bool: ...
    def release_mail(self, invitation: Invitation, number: int) -> None: ...
    def finish_mail(self, invitation: Invitation, number: int, mail: InvitationMail, ses_id: str) -> None: ...


class InvitationLookup(Protocol):
    """Invitations found by their address, by those that hand-overs name, or by the short code in their mail."""

    def add(self, coded: Sequence[tuple[Invitation, str]]) -> None: ...
    def add_named(self, invitation: Invitation, emails: Iterable[str]) -> None: ...
    def remove(self, invitation: Invitation, code: str) -> None: ...
    def remove_named(self, invitation: Invitation, emails: Iterable[str]) -> None: ...
    def remove_code(self, code: str) -> None: ...
    def of_address(self, email: str) -> list[Invitation]: ...
    def naming(self, email: str) -> list[Invitation]: ...
    def of_code(self, code: str) -> Invitation | None: ...


class Schedule(Protocol):
    """What is due when."""

    def add(self, tasks: Sequence[ScheduledTask], now: datetime) -> None: ...
    def add_once(self, task: ScheduledTask) -> None: ...
    def due(self, now: datetime) -> Iterator[ScheduledTask]: ...
    def done(self, task: ScheduledTask) -> None: ...
    def all_done_until(self, now: datetime) -> None: ...


class Codes(Protocol):
    def put(self, what: str, code_hash: str, expires_at: datetime) -> None: ...
    def guess(self, what: str, code_hash: str, who: str, now: datetime) -> bool | None: ...


class Messages(Protocol):
    def head(self, chat_id: str) -> ChatHead: ...
    def add(self, message: Message) -> int: ...
    def add_with_files(self, message: Message) -> int: ...
    def add_event(self, message: Message) -> int: ...
    def rewrite(self, before: Message, after: Message) -> bool: ...
    def forget_invited(self, chat_id: str, invitation_id: str, nonces: Iterable[str]) -> None: ...
    def by_nonce(self, chat_id: str, nonce: str, after: int) -> Message | None: ...
    def get(self, chat_id: str, seq: int) -> Message | None: ...
    def page(self, chat_id: str, first: int, last: int | None) -> MessagePage: ...
    def search(self, chat_id: str, first: int, last: int, criteria: Criteria, most: int) -> Sweep: ...
    def replied(self, messages: Iterable[Message]) -> dict[tuple[str, int], Message]: ...
    def answers(self, chat_id: str, seq: int) -> list[Message]: ...
    def edit(self, message: Message, now: datetime) -> bool: ...
    def end_call(self, chat_id: str, nonce: str, at: datetime, minutes: int) -> bool: ...
    def delete(self, message: Message, now: datetime) -> bool: ...
    def react(self, chat_id: str, reaction: Reaction) -> None: ...
    def unreact(self, chat_id: str, reaction: Reaction) -> None: ...


class Calls(Protocol):
    def begin(self, call: Call) -> Call: ...
    def get(self, call_id: str) -> Call | None: ...
    def end(self, call: Call, now: datetime) -> None: ...


class Files(Protocol):
    """What is known of each file; its bytes are in the `FileStore`."""

    def add(self, file: File) -> None: ...
    def get(self, file_id: str) -> File | None: ...
    def get_many(self, file_ids: Iterable[str]) -> dict[str, File]: ...
    def claim(self, claimed: File) -> bool: ...
    def release(self, claimed: File) -> None: ...
    def check(self, claimed: File) -> None: ...
    def decide(self, decided: File) -> bool: ...
    def forget(self, file: File) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How a client sends the bytes: as a multipart form with these fields, the file last."""

    method: str
    url: str
    fields: Mapping[str, str]


class FileStore(Protocol):
    """The private store of the bytes. Addresses that it gives out are signed, and die by themselves."""

    def upload(self, key: str, media: str, most: int, life: timedelta) -> Upload:
        """One upload to this key, of this type, of 1 to `most` bytes: the store holds to it, whatever the client says."""

    def put(self, key: str, content: bytes) -> None: ...
    def copy(self, source: str, target: str, tag: str) -> bool:
        """False where the source isn't there, or holds other bytes than those of the tag."""

    def first_bytes(self, key: str, count: int) -> bytes: ...
    def read(self, key: str) -> bytes: ...
    def read_up_to(self, key: str, most: int) -> bytes | None:
        """None where it is more than that, or isn't there."""

    def delete(self, keys: Sequence[str]) -> None: ...
    def address(self, key: str, media: str, disposition: str, life: timedelta) -> str: ...


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A small picture to be made: its key in the store, its longest side in pixels, its format.

    `most` is in bytes, 0 for any number. `square`: what is beyond a square in the middle is cut off.
    """

    key: str
    box: int
    format: Literal["WEBP", "JPEG"] = "WEBP"
    most: int = 0
    square: bool = False


@dataclass(frozen=True, slots=True)
class MadePicture:
    """Width and height of the source as one sees it. `upright` is in bytes, 0 where the source is upright already."""

    width: int
    height: int
    upright: int


class PictureMaker(Protocol):
    """Decodes pictures, where nothing else is in reach. All keys are the store's."""

    def make(self, source: str, small: SmallPicture, upright: str = "") -> MadePicture | None:
        """The small one made; and where the source notes that it is turned, itself turned, at the key `upright`.

        None, and nothing made, where the source is no picture that can be decoded, or too large a one.
        """


class PushSubscriptions(Protocol):
    """The browsers that get pushes, of each person, and where somebody looks at a page now."""

    def add(self, account_id: str, new: PushSubscription) -> None: ...
    def of(self, account_id: str) -> tuple[tuple[PushSubscription, ...], datetime | None]:
        """A person's browsers, and when a page of theirs last said that it is looked at."""

    def subscribed(self, account_ids: Iterable[str]) -> set[str]: ...
    def remove(self, account_id: str, ids: Iterable[str]) -> None: ...
    def pause(self, account_id: str, subscription_id: str, until: datetime) -> None: ...
    def note_looking(self, account_id: str, now: datetime) -> None: ...


class PushService(Protocol):
    """Whatever service a browser named, as far as the settings allow it."""

    @property
    def is_offered(self) -> bool: ...
    @property
    def public_key(self) -> str:
        """With which browsers subscribe, in base64url."""

    def refuse_unknown(self, endpoint: str) -> None: ...
    def send(self, payload: str, subscriptions: Sequence[PushSubscription], topic: str) -> list[PushResult]:
        """To each of them, all at once; what became of it, in the same order."""


class PushTexts(Protocol):
    def payload(self, note: PushNote) -> str:
        """JSON that fits into a push, in the reader's language."""


SILENCE = 60
"""Seconds. Our pages say something every 25."""


class RelayTexts(Protocol):
    """What the app itself says in people's own applications, in their language."""

    def help(self, locale: str) -> str: ...
    def choose(self, locale: str) -> str: ...
    def no_chat(self, locale: str, url: str) -> str: ...
    def sent(self, locale: str, chat: str) -> str: ...
    def too_late(self, locale: str) -> str: ...


class Connections(Protocol):
    """Who is connected live, by which sockets; at most ten for one person."""

    def open(self, connection: "Connection", now: datetime) -> None: ...
    def get(self, connection_id: str) -> "Connection | None": ...
    def note_activity(self, connection: "Connection", at: datetime) -> bool:
        """It said something. False where it isn't kept any more."""
        ...

    def close(self, connection: "Connection") -> None: ...
    def of_accounts(self, account_ids: Iterable[str]) -> list["Connection"]: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """One open socket, the session that opened it, when, and when it last said something by the machine's clock.

    Both in seconds since 1970; `last_active_at` is 0 for one that only listens.
    """

    id: str
    account_id: str
    session_hash: str
    opened_at: int = 0
    last_active_at: int = 0

    def is_silent(self, machine_now: datetime) -> bool:
        """Whether it said that it lives, and then nothing for a minute."""
        return 0 < self.last_active_at < machine_now.timestamp() - SILENCE


class Sockets(Protocol):
    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        """Sends each text to its connection; the ids of those that are gone."""
        ...

    def hang_up(self, connection_id: str) -> None: ...


class RateLimiter(Protocol):
    """Counts over fixed windows, exact under parallel calls."""

    def reserve(self, limits: Sequence["Limit"], now: datetime) -> "Limit | None": ...
    def count_once(self, name: str, limits: Sequence["Limit"], now: datetime) -> "Limit | None": ...
    def is_counted(self, name: str) -> bool: ...
    def reached(self, limits: Sequence["Limit"], now: datetime) -> list["Limit"]: ...
    def give_back(self, limits: Sequence["Limit"], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `key` in each window of `seconds`. Keys are hashed before they are stored."""

    key: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept 24 hours for whoever repeats it with the same Idempotency-Key."""

    status: int
    body: str
    cookies: tuple[str, ...] = ()


class IdempotencyStore(Protocol):
    def begin(self, key: str, fingerprint: str, now: datetime) -> "Answer | None": ...
    def finish(self, key: str, answer: Answer) -> None: ...
    def forget(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail ready to go. `reply_to` is empty or one address; `headers` are added as they stand."""

    to: str
    from_name: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """What one mail says and to whom, in its template's folder. `typed` is what people typed, and is cleaned; `facts` are ours."""

    template: str
    to: str
    locale: str
    typed: Mapping[str, str]
    facts: Mapping[str, object]
    from_name: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    tags: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail that may go, and of how many messages of a chat it tells; `copies` are the messages that stand in it."""

    mail: OutgoingMail
    notified: tuple[tuple[Membership, ChatHead], ...] = ()
    copies: tuple[RelayedMessage, ...] = ()


class MailRefused(Exception):
    """The mail service will never take this mail."""

    def __init__(self, reason: MailReason) -> None:
        super().__init__(reason)
        self.reason = reason


class MailNotTaken(Exception):
    """The mail service did not take this mail now; trying later may help."""


class MailWaits(Exception):
    """The mail service takes no mail at all for now: no fault of this mail, and no try of it used up.

    `what` is for the operator's log; in `seconds` it is worth asking again.
    """

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(what)
        self.what, self.seconds = what, seconds


class MailUnreadable(Exception):
    """A mail that came in is no mail, or beyond what is looked at; the message is for the log."""


class ProviderFailed(Exception):
    """Slack or Microsoft was slow, broken, refused, or answered nonsense; the message is for the log."""


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

    `part` counts from 0, where its text is sent in several.
    """

    id: str
    author: str
    via: Via
    text: str
    mentions: tuple[tuple[str, str], ...] = ()
    reply_author: str = ""
    reply_text: str = ""
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
    """A file on its way to another application, and in words from whom."""

    name: str
    size: int
    signature: str


class FileCarrier(Protocol):
    """Files at one kind of other side, in steps that are each in the ledger. Raises what a `RelayAdapter` raises."""

    def begin(self, identity: Identity, file: OutgoingFile) -> tuple[str, str]:
        """Its id there, by which it is known from now on, and where its bytes go."""

    def finish(
        self, identity: Identity, thread: RemoteMessageRef, begun: tuple[str, str], file: OutgoingFile, content: bytes
    ) -> None:
        """Sends the bytes, and shares what was begun into the thread."""

    def is_shared(self, identity: Identity, thread: RemoteMessageRef, remote_id: str) -> bool:
        """Whether an earlier try, whose reply was lost, arrived."""

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

    def name_of(self, identity: Identity) -> str:
        """What somebody is called there, whoever they are; empty where the side doesn't say. One call at most."""


class RelayQueue(Protocol):
    def put(self, body: str, group: str, once: str) -> None: ...


class RelayedMessages(Protocol):
    def get(self, chat_id: str, seq: int, destination: str) -> RelayedMessage: ...
    def of_chat(self, chat_id: str, first: int, last: int) -> list[RelayedMessage]: ...
    def latest(self, chat_id: str, first: int, last: int, most: int) -> list[RelayedMessage]: ...
    def claim(self, relayed: RelayedMessage, now: datetime) -> bool: ...
    def finish(self, done: RelayedMessage, ref: RemoteMessageRef | None) -> None: ...
    def release(self, relayed: RelayedMessage, state: RelayState, detail: str) -> None:
        """Not now: the next try may claim it at once. Whether it is in doubt is as `known` says."""

    def note_parts(self, relayed: RelayedMessage, ref: RemoteMessageRef | None, now: datetime) -> None:
        """How far a text of several parts has come, and the part that was posted. It stays claimed."""

    def note_files(self, relayed: RelayedMessage, now: datetime) -> None:
        """How far its files have come. It stays claimed."""

    def of_remote(self, ref: RemoteMessageRef) -> tuple[str, int] | None: ...
    def add_from(self, ref: RemoteMessageRef, message: Message, relayed: RelayedMessage) -> bool | None: ...
    def set_last_change(self, relayed: RelayedMessage, at: str) -> None: ...
    def keep_unplaced(self, event: InboundEvent, now: datetime) -> None: ...
    def unplaced(self, ref: RemoteMessageRef) -> str:
        """Words that belonged to no chat and wait for one; empty where none do."""

    def keep_early(self, event: InboundEvent, now: datetime) -> None: ...
    def early(self, ref: RemoteMessageRef) -> tuple[str, str] | None:
        """What was done to a message before it came itself, and its text then."""


class SignIn(Protocol):
    """Signing in with one provider: out, and who came back. Both raise ProviderFailed."""

    def begin(self, state: str, nonce: str) -> tuple[str, str]:
        """Where to send the browser, and the `flow` to keep until it is back."""

    def identify(self, query: dict[str, str], nonce: str, flow: str) -> Profile:
        """Who came back, by the query that they came with. Nothing in it is trusted that the provider hasn't signed."""


INSTALL = "install"
"""The purpose that every installer has: messages are to reach people there."""


class Installer(Protocol):
    """Our app in a company's own application. Both may raise ProviderFailed."""

    purposes: Mapping[str, str]
    """What people may install it for, and the page that each leads back to; empty for the chat that they joined last."""

    def begin(self, state: str, team_id: str, purpose: str) -> str:
        """Where to send the browser."""

    def finish(self, code: str, team_id: str) -> Installation:
        """What was installed, in whichever team the browser chose there; the caller judges whether it is the right one.
        Where it was installed for a whole organization, in this team of it.
        """


class Identities(Protocol):
    """Whose identities are whose, our app at providers, and what they asked of us before."""

    def account_of(self, identity: Identity) -> str:
        """The account's id; empty for an identity that nobody has."""

    def add(self, profile: Profile, account: Account, is_new: bool) -> bool: ...
    def refresh(self, profile: Profile, account_id: str) -> None: ...
    def of_account(self, account_id: str) -> list[Profile]: ...
    def remove(self, identity: Identity, account_id: str) -> None: ...
    def install(self, provider: Provider, new: Installation) -> None: ...
    def installation(self, provider: Provider, team_id: str) -> Installation | None: ...
    def uninstall(self, provider: Provider, team_id: str, now: datetime, told_of: datetime | None = None) -> None: ...
    def teams_of(self, provider: Provider, organization_id: str) -> list[str]:
        """The teams that an installation for a whole organization serves here; none for what is a team itself."""

    def open_conversation(self, identity: Identity, service_url: str, conversation_id: str, user_id: str) -> None: ...
    def close_conversation(self, identity: Identity, now: datetime) -> None: ...
    def was_reached(self, identity: Identity) -> bool: ...
    def conversation(self, identity: Identity) -> tuple[str, str]: ...
    def mark_seen(self, what: str, now: datetime) -> bool: ...
    def was_seen(self, what: str) -> bool: ...
    def forget_seen(self, what: str) -> None: ...
    def remembered_name(self, identity: Identity) -> str | None:
        """What somebody was called there when it was asked last, lately; None where it wasn't."""

    def remember_name(self, identity: Identity, name: str, now: datetime) -> None: ...
    def organization(self, identity: Identity) -> str: ...
    def forget_user_token(self, identity: Identity, told_of: datetime | None = None) -> None: ...
    def user_token(self, identity: Identity) -> str: ...
    def keep_user_token(self, identity: Identity, token: str, now: datetime) -> None: ...


class Mailer(Protocol):
    def send(self, mail: OutgoingMail) -> str:
        """The service's id for the mail. Raises MailRefused, MailNotTaken."""
        ...


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...
    def matches(self, password_hash: str, password: str) -> bool: ...
    def is_easy(self, password: str, context: Sequence[str]) -> bool: ...


class MailTexts(Protocol):
    """Composes mails; knows languages and looks, and nothing of who may send what."""

    def compose(self, draft: MailDraft) -> OutgoingMail:
        """Subject, text and HTML of the template, in the reader's language; any mail that needs no more than its facts."""

    def notification(self, notification: NotificationMail, url: str, has_account: bool) -> OutgoingMail: ...
    def invitation(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail: ...
    def reminder(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail: ...
    def missed(
        self, reader: Account, missed: Sequence[Missed], url: str, stop_url: str, answers: str = ""
    ) -> OutgoingMail: ...
    def ask(self, inviter: Account, about: About, asker: Asker, url: str) -> OutgoingMail: ...
    def hand_over(self, inviter: Account, about: About, email: str, note: str, url: str) -> OutgoingMail: ...
    def answer(self, inviter: Account, about: About, email: str, text: str, url: str) -> OutgoingMail: ...
    def messages(self, reader: Account, told: ChatMail) -> OutgoingMail: ...
    def allowed(self, asker: Account, about: About, url: str) -> OutgoingMail: ...
    def renew(self, inviter: Account, about: About, url: str) -> OutgoingMail: ...
    def ended(self, inviter: Account, about: About, ended: Sequence[Invitation], url: str) -> OutgoingMail: ...
    def status_change(self, news: News, inviter: Account, about: About, url: str, reason: str = "") -> OutgoingMail: ...
    def code(self, email: str, locale: str, code: str, life: timedelta) -> OutgoingMail: ...
    def export(self, account: Account, url: str) -> OutgoingMail: ...
    def leaving(self, account: Account, url: str) -> OutgoingMail: ...
    def memberless(self, reader: Account, chat: Chat, workspace: Workspace, url: str) -> OutgoingMail: ...
    def ending(self, owner: Account, about: About, url: str) -> OutgoingMail: ...
    def receipt(self, reader: Account, receipt: Receipt, url: str) -> OutgoingMail: ...
    def report(
        self, notification: NotificationMail, workspace: Workspace, is_stopped: bool, url: str
    ) -> OutgoingMail: ...
    def first_line(self, locale: str, title: str) -> str:
        """Not a mail: what begins the chat in somebody's own application."""

    def last_line(self, locale: str, receipt: Receipt, url: str) -> str:
        """Not a mail: what is said last in somebody's own application, by the same words."""


class PushQueue(Protocol):
    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """As the mail queue's."""


class MailQueue(Protocol):
    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """They come to the worker now, or after these `seconds`, 900 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything a story may touch. `public_url` has no slash at its end; `link_keys` have the newest first. `mail_in_domain` is
    where mail comes in, empty where none does.

    `features` hold what only one provider has, for its own package, which knows the type.
    """

    public_url: str
    link_keys: tuple[str, ...]
    mail_in_domain: str
    configured: frozenset[Option]
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    accounts: Accounts
    own_accounts: OwnAccounts
    one_time_tokens: OneTimeTokens
    notifications: Notifications
    workspaces: Workspaces
    chats: Chats
    outside: Outside
    receipts: Receipts
    reports: Reports
    audit: Audit
    receipt_signer: ReceiptSigner
    receipt_keys: tuple[str, ...]
    invitations: Invitations
    invitation_lookup: InvitationLookup
    messages: Messages
    calls: Calls
    files: Files
    file_store: FileStore
    picture_maker: PictureMaker
    schedule: Schedule
    codes: Codes
    new_code: Callable[[], str]
    words: Callable[[], Sequence[str]]
    identities: Identities
    sign_ins: Mapping[Provider, SignIn]
    installers: Mapping[Provider, Installer]
    features: Mapping[Provider, object]
    relayed_messages: RelayedMessages
    relay_adapters: Mapping[Provider, RelayAdapter]
    relay_queue: RelayQueue
    rate_limiter: RateLimiter
    connections: Connections
    sockets: Sockets
    socket_url: str
    idempotency: IdempotencyStore
    passwords: Passwords
    mailer: Mailer
    mail_texts: MailTexts
    mail_queue: MailQueue
    push_subscriptions: PushSubscriptions
    push_service: PushService
    push_texts: PushTexts
    relay_texts: RelayTexts
    push_queue: PushQueue
    push_schedule: Schedule
    mail_schedule: Schedule
    file_schedule: Schedule
