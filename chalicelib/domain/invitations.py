"""An invitation into one chat is promised to one address; accepted, it is the record of the participant.

    pending ──accept──▶ accepted ──leave, remove──▶ left
       ├──decline──▶ declined          the invitee said no: final
       ├──revoke───▶ revoked           by the inviter, or an owner or admin
       └──(time)───▶ expired           decided by the clock when it is used, never by a job

Each arrow is a method of `Invitation` that returns an `InvitationChange`; a store saves it while what it rests on holds.
Beside it stands the mail's own state: queued → sent → delivered, or delayed, bounced, complained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .chats import ChatRole, Membership
from .ends import EndReason
from .history import History
from .people import Account, Session
from .providers import Via

RESEND_PAUSE, RESEND_LIMIT = timedelta(minutes=10), 5
ASKS_MOST = 5
REMINDED_BEFORE, REMINDER_FROM = timedelta(days=2), timedelta(days=4)
KEPT_AFTER_END = timedelta(days=30)


class Status(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    LEFT = "left"


class AskState(StrEnum):
    OPEN = "open"
    ALLOWED = "allowed"
    REFUSED = "refused"


class AskKind(StrEnum):
    """To join with another account than the invited address's, for a new invitation after the end, or to give the invitation
    to another address; or an answer by mail of somebody who isn't in the chat yet."""

    JOIN = "join"
    RENEW = "renew"
    HAND_OVER = "hand_over"
    MAIL = "mail"


_ANSWERABLE = {Status.PENDING: (AskKind.JOIN, AskKind.HAND_OVER, AskKind.MAIL), Status.EXPIRED: (AskKind.RENEW,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Somebody asks the inviter. For `join` it says who, and `id` is theirs; `renew` needs nobody's name; for `hand_over`,
    `email` is the address that is to have the invitation, and `note` what was written with it. Both go with the answer. For
    `mail`, `text` is what `email` answered, whose sender calls themselves `name`; `id` is the mail's."""

    id: str
    kind: AskKind
    asked_at: datetime
    state: AskState = AskState.OPEN
    account_id: str = ""
    name: str = ""
    email: str = ""
    via: Via = Via.WEBTOP
    organization: str = ""
    note: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """One move of an invitation to another address; `id` is the ask's. An erased address is empty."""

    id: str
    from_email: str
    to_email: str
    at: datetime


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMail:
    """`wanted` counts the mails promised for this invitation, `done` those handed to SES; a worker's job is to make them equal.
    `reminder` is the number of the one that reminds; 0 for none yet. `reason` is a `MailReason`, or empty."""

    state: MailState
    at: datetime
    wanted: int = 1
    reminder: int = 0
    done: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationChange:
    """A step of an invitation as it was read: what is set, and what must still be so when it is saved.

    `sets` are fields of `Invitation`, `sets_mail` of its mail; what is in neither is left as others may have written it.
    `unless_changed` are fields that must be as they were read, `wanted` and `reminder` those of its mail. `while_pending`: nobody
    may have taken or ended it; `open_at`: and its end must be after this moment. `is_own`: where it is as this step would leave
    it, this very step did that, and its reply was lost.
    """

    before: "Invitation"
    sets: Mapping[str, object]
    sets_mail: Mapping[str, object] = field(default_factory=dict)
    unless_changed: tuple[str, ...] = ()
    while_pending: bool = True
    open_at: datetime | None = None
    is_own: bool = False

    @property
    def after(self) -> "Invitation":
        changed: Invitation = replace(self.before, **self.sets)  # type: ignore[arg-type]  # its own fields
        if not self.sets_mail:
            return changed
        mail = self.before.mail or InvitationMail(state=MailState.QUEUED, at=self.before.created_at, wanted=0)
        return replace(changed, mail=replace(mail, **self.sets_mail))  # type: ignore[arg-type]  # its own fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation. `email` is empty for a member who was added; `account_id` is empty until somebody accepts.

    `resent_at` is when it got its present end and link, if that wasn't at the beginning; `since` the version of the chat's
    roster with which it came, 1 for the chat's own beginning; `renewal` names the request that renewed it last; `line` is what
    the inviter wrote to the invited people of the same call, and `position` its place among them, as they were typed.
    `actor_id` changed it last, at `acted_at`; when a place from outside ended, `end_reason` says how, and there is a
    receipt. `ends_at` is when the place ends that this is, or will be; `owner_id` answers for it instead of the inviter.
    """

    chat_id: str
    id: str
    workspace_id: str
    status: Status
    role: ChatRole
    email: str = ""
    invited_name: str = ""
    locale: str = ""
    words_in: str = ""
    history: History = History.FROM_JOIN
    inviter_id: str = ""
    inviter_name: str = ""
    generation: int = 1
    created_at: datetime
    expires_at: datetime | None = None
    resent_at: datetime | None = None
    resends: int = 0
    mail: InvitationMail | None = None
    account_id: str = ""
    name: str = ""
    account_email: str = ""
    picture: str = ""
    via: Via = Via.WEBTOP
    organization: str = ""
    identity: str = ""
    joined_at: datetime | None = None
    reads_from: int = 1
    ended_at: datetime | None = None
    ended_by: str = ""
    asks: tuple[Ask, ...] = ()
    reason: str = ""
    since: int = 1
    renewal: str = ""
    line: str = ""
    handed_over: tuple[HandedOver, ...] = ()
    position: int = 0
    actor_id: str = ""
    acted_at: datetime | None = None
    end_reason: str = ""
    receipt_id: str = ""
    ends_at: datetime | None = None
    owner_id: str = ""

    def accept(self, membership: Membership, account: Account, outside: Session | None) -> InvitationChange:
        """Pending to accepted, by this account, which came in by the session `outside` if it came through a provider."""
        sets = {
            "status": Status.ACCEPTED,
            "account_id": membership.account_id,
            "name": account.name,
            "account_email": account.email or (outside.email if outside else ""),
            "picture": account.picture,
            "via": membership.via,
            "organization": outside.organization if outside else "",
            "identity": outside.identity if outside else "",
            "joined_at": membership.joined_at,
            "reads_from": membership.reads_from,
            "asks": (),
        }
        return self._by_its_link(membership.joined_at, sets)

    def decline(self, reason: str, now: datetime) -> InvitationChange:
        """Pending to declined, for good."""
        return self._by_its_link(now, {**_ended(Status.DECLINED, now), "reason": reason})

    def revoke(self, by: str, now: datetime) -> InvitationChange:
        """Pending to revoked, by the inviter or who manages."""
        return self._by_its_link(now, {**_ended(Status.REVOKED, now), "ended_by": by})

    def resend(self, expires_at: datetime, now: datetime, renewal: str) -> InvitationChange:
        """The same link, a new end, one more mail. Whoever asked for a new one has it now."""
        asks = tuple(ask for ask in self.asks if ask.kind is not AskKind.RENEW)
        return self._renewed(expires_at, now, asks=asks, resends=self.resends + 1, renewal=renewal)

    def fix(self, email: str, expires_at: datetime, now: datetime) -> InvitationChange:
        """Another address, another generation of links, and a mail to it. Who asked by the old link asked for nothing."""
        return self._renewed(expires_at, now, email=email, generation=self.generation + 1)

    def hand_over(self, move: HandedOver) -> InvitationChange:
        """To another person, as `fix`, but with the end that it has, while it is open. The name typed with the old address goes.

        Who erased an address of the chain meanwhile isn't written into it again.
        """
        change = self._renewed(
            self.expires_at or move.at,
            move.at,
            email=move.to_email,
            generation=self.generation + 1,
            invited_name="",
            handed_over=(*self.handed_over, move),
        )
        return replace(change, open_at=move.at, unless_changed=(*change.unless_changed, "handed_over"))

    def ask(self, asks: Sequence[Ask]) -> InvitationChange:
        """These asks instead of those that were read, while the link they came by lives."""
        return InvitationChange(before=self, sets={"asks": tuple(asks)}, unless_changed=("generation", "asks"))

    def erase_hand_overs(self, asks: Sequence[Ask], moves: Sequence[HandedOver]) -> InvitationChange:
        """These instead of those that were read, in whatever state it is."""
        sets = {"asks": tuple(asks), "handed_over": tuple(moves)}
        return InvitationChange(before=self, sets=sets, unless_changed=("asks", "handed_over"), while_pending=False)

    def call(self, name: str, account_email: str, picture: str) -> InvitationChange:
        """Whoever took it has this name, address and picture now."""
        sets = {"name": name, "account_email": account_email, "picture": picture}
        return InvitationChange(before=self, sets=sets, unless_changed=("account_id", "status"), while_pending=False)

    def remind(self, now: datetime) -> InvitationChange:
        """One more mail, once for this end."""
        wanted = self.mails_wanted + 1
        mail = {"wanted": wanted, "reminder": wanted, "state": MailState.QUEUED, "at": now}
        same = ("expires_at", "wanted", "reminder")
        return InvitationChange(before=self, sets={}, sets_mail=mail, unless_changed=same, open_at=now, is_own=True)

    def _by_its_link(self, now: datetime, sets: Mapping[str, object]) -> InvitationChange:
        return InvitationChange(before=self, sets=sets, unless_changed=("generation",), open_at=now)

    def _renewed(
        self, expires_at: datetime, now: datetime, asks: tuple[Ask, ...] = (), **more: object
    ) -> InvitationChange:
        sets = {"expires_at": expires_at, "resent_at": now, "asks": asks, **more}
        mail = {"wanted": self.mails_wanted + 1, "state": MailState.QUEUED, "at": now, "reason": "", "reminder": 0}
        same = ("generation", "wanted", "asks")
        return InvitationChange(before=self, sets=sets, sets_mail=mail, unless_changed=same)

    @property
    def mails_wanted(self) -> int:
        return self.mail.wanted if self.mail else 0

    @property
    def kept_until(self) -> datetime | None:
        """After which it is forgotten; None while somebody sits on it."""
        if self.status in (Status.ACCEPTED, Status.LEFT):
            return None
        ended = self.expires_at if self.is_pending else self.ended_at
        return ended + KEPT_AFTER_END if ended else None

    @property
    def was_mailed(self) -> bool:
        return bool(self.email)

    @property
    def life(self) -> timedelta:
        """From its beginning, or from when it was renewed, to its end."""
        return self.expires_at - (self.resent_at or self.created_at) if self.expires_at else timedelta()

    def as_of(self, now: datetime) -> "Invitation":
        """As the clock has it: a place whose end has come is left, whether or not anything was written about it yet."""
        if self.status is Status.ACCEPTED and self.ends_at is not None and now >= self.ends_at:
            return replace(self, status=Status.LEFT, ended_at=self.ends_at, end_reason=EndReason.ENDED)
        return self

    def status_at(self, now: datetime) -> Status:
        if self.status is Status.PENDING and self.expires_at is not None and now >= self.expires_at:
            return Status.EXPIRED
        return self.status

    def is_open_at(self, now: datetime) -> bool:
        return self.status_at(now) is Status.PENDING

    @property
    def is_pending(self) -> bool:
        """As it is stored: nobody took it, turned it down or took it back. It may have expired."""
        return self.status is Status.PENDING

    def ask_of(self, account_id: str) -> Ask | None:
        return next((ask for ask in self.asks if ask.account_id == account_id and ask.kind is AskKind.JOIN), None)

    @property
    def open_asks(self) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if ask.state is AskState.OPEN)

    def asks_at(self, now: datetime) -> tuple[Ask, ...]:
        """What the inviter can answer now: who wants to join by an open invitation or hand it over, or a new one after the end."""
        wanted = _ANSWERABLE.get(self.status_at(now), ())
        return tuple(ask for ask in self.open_asks if ask.kind in wanted)

    def has_bounced_at(self, now: datetime) -> bool:
        """Whether the inviter has an address to mend."""
        return bool(self.mail and self.mail.state is MailState.BOUNCED and self.is_open_at(now))

    @property
    def hand_overs(self) -> tuple[Ask, ...]:
        """Those that wait for an answer."""
        return tuple(ask for ask in self.open_asks if ask.kind is AskKind.HAND_OVER)

    def was_handed_over_by(self, ask_id: str) -> bool:
        return any(move.id == ask_id for move in self.handed_over)

    @property
    def named_addresses(self) -> frozenset[str]:
        """Whom its hand-overs name: who had it, who has it, who is to have it. Each can have its address erased."""
        moves = {email for move in self.handed_over for email in (move.from_email, move.to_email)}
        return frozenset(moves | {ask.email for ask in self.hand_overs}) - {""}

    def urgency_at(self, now: datetime) -> int:
        """How soon the inviter should look: 0 where somebody asks, 1 where the mail came back, 2 where it is delayed."""
        if self.asks_at(now):
            return 0
        state = self.mail.state if self.mail and self.is_open_at(now) else None
        return {MailState.BOUNCED: 1, MailState.COMPLAINED: 1, MailState.DELAYED: 2}.get(state, 3) if state else 3

    @property
    def is_taken(self) -> bool:
        return self.status is Status.ACCEPTED

    def is_listed_at(self, now: datetime) -> bool:
        """Expired, revoked and declined invitations stay in the list for 30 days."""
        if not self.was_mailed:
            return False
        ended = self.expires_at if self.status_at(now) is Status.EXPIRED else self.ended_at
        return self.is_taken or self.is_open_at(now) or (ended is not None and now < ended + KEPT_AFTER_END)


def _ended(status: Status, now: datetime) -> dict[str, object]:
    return {"status": status, "ended_at": now, "asks": ()}


def refuse_unless_open(invitation: Invitation, now: datetime) -> None:
    """410 with the reason for an invitation that can't be used any more."""
    status = invitation.status_at(now)
    if status is not Status.PENDING:
        raise errors.invitation_over("accepted" if status is Status.LEFT else status.value)


def refuse_unless_pending(invitation: Invitation, now: datetime) -> None:
    """As `refuse_unless_open`, but for one that merely expired: it can be renewed or mended."""
    if invitation.status is not Status.PENDING:
        refuse_unless_open(invitation, now)


def refuse_unless_resendable(invitation: Invitation, now: datetime) -> None:
    if invitation.status not in (Status.PENDING, Status.EXPIRED):
        refuse_unless_open(invitation, now)
    if invitation.resends >= RESEND_LIMIT:
        raise errors.conflict(
            "resend_limit",
            "This invitation has been resent {limit} times. Copy its link or correct the address.",
            limit=RESEND_LIMIT,
        )
    wait = can_resend_in(invitation, now)
    if wait:
        raise errors.too_soon(wait)


def can_resend_in(invitation: Invitation, now: datetime) -> int:
    """Seconds until the invitation may be sent again; 0 if now."""
    last = invitation.resent_at or invitation.created_at
    return max(0, -int(-(last + RESEND_PAUSE - now).total_seconds() // 1))
