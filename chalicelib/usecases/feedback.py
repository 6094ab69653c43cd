"""What SES says about a mail becomes the truth on its invitation; dead and complaining addresses get no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..domain.addresses import NotAnAddress, canonical
from ..domain.incoming_mail import identity_of
from ..domain.invitations import Invitation, InvitationMail, MailState
from ..domain.mail_reasons import SOFT, MailReason, sentence_of
from ..domain.people import Unreachable
from ..domain.providers import Via
from ..domain.relaying import RelayState
from ..ports import Ports
from . import relay_out


class MailEventKind(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    NEVER_SENT = "never_sent"
    COMPLAINED = "complained"
    NOT_SPAM = "not_spam"


@dataclass(frozen=True, slots=True)
class ChatMailTags:
    """Of a mail that told somebody of messages."""

    chat_id: str
    reader_id: str
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """SES's word about one mail, and `reason` for it. `suppresses` says why its recipients get no invitations any more.

    `tagged` is (chat, invitation, number) where the mail's tags came along: known even where SES speaks before we
    wrote its id down. `told` names the messages that a chat's mail told of.
    """

    ses_id: str
    kind: MailEventKind
    reason: MailReason | None = None
    suppresses: Unreachable | None = None
    recipients: Sequence[str] = ()
    tagged: tuple[str, str, int] | None = None
    told: ChatMailTags | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """To a mail's state, from which others; `from_soft`: from a bounce that left it open, too."""

    to: MailState
    instead_of: tuple[MailState, ...]
    from_soft: bool = False


_UNKNOWN = (MailState.QUEUED, MailState.SENT, MailState.DELAYED)
_STEPS = {
    MailEventKind.SENT: _Step(MailState.SENT, (MailState.QUEUED,)),
    MailEventKind.DELAYED: _Step(MailState.DELAYED, (MailState.QUEUED, MailState.SENT)),
    MailEventKind.DELIVERED: _Step(MailState.DELIVERED, _UNKNOWN, from_soft=True),
    MailEventKind.SOFT_BOUNCE: _Step(MailState.BOUNCED, _UNKNOWN),
    MailEventKind.HARD_BOUNCE: _Step(MailState.BOUNCED, (*_UNKNOWN, MailState.DELIVERED), from_soft=True),
    MailEventKind.NEVER_SENT: _Step(MailState.BOUNCED, _UNKNOWN),
    MailEventKind.COMPLAINED: _Step(MailState.COMPLAINED, (*_UNKNOWN, MailState.DELIVERED, MailState.BOUNCED)),
    MailEventKind.NOT_SPAM: _Step(MailState.DELIVERED, (*_UNKNOWN, MailState.COMPLAINED), from_soft=True),
}


def record_event(ports: Ports, event: MailEvent) -> None:
    """Late, double and out of order does no harm: an event only ever replaces one that says less."""
    for recipient in event.recipients:
        _record_address(ports, recipient, event)
    if event.told:
        _record_copies(ports, event, event.told)
        if event.kind in (MailEventKind.HARD_BOUNCE, MailEventKind.COMPLAINED):
            _stop_side(ports, event, event.told)
    result = ports.invitations.of_mail(event.ses_id) or event.tagged
    invitation = ports.invitations.get(result[0], result[1]) if result else None
    if result and invitation:
        _record_mail(ports, invitation, result[2], event)


def _record_mail(ports: Ports, invitation: Invitation, number: int, event: MailEvent) -> None:
    if (
        event.kind is MailEventKind.SOFT_BOUNCE
        and event.reason
        and ports.invitations.note_mail(invitation, number, event.reason)
    ):
        return  # it was delivered, and stays so
    step = _STEPS[event.kind]
    mail = InvitationMail(state=step.to, at=ports.now(), reason=event.reason or "")
    ports.invitations.record_mail_event(invitation, number, mail, step.instead_of, SOFT if step.from_soft else ())


_COPIES = {
    MailEventKind.DELIVERED: RelayState.SENT,
    MailEventKind.SOFT_BOUNCE: RelayState.BOUNCED,
    MailEventKind.HARD_BOUNCE: RelayState.BOUNCED,
    MailEventKind.NEVER_SENT: RelayState.BOUNCED,
    MailEventKind.COMPLAINED: RelayState.BOUNCED,
}


def _record_copies(ports: Ports, event: MailEvent, told: ChatMailTags) -> None:
    """What became of each message that went with this mail. A later mail about the same message speaks for itself."""
    state = _COPIES.get(event.kind)
    if state is None:
        return
    for seq in told.seqs:
        relayed = ports.relayed_messages.get(told.chat_id, seq, identity_of(told.reader_id).key)
        if relayed.remote_id == event.ses_id and not (state is RelayState.SENT and relayed.state is RelayState.BOUNCED):
            detail = sentence_of(event.reason) if event.reason and state is RelayState.BOUNCED else ""
            ports.relayed_messages.finish(replace(relayed, state=state, detail=detail), None)


def _stop_side(ports: Ports, event: MailEvent, told: ChatMailTags) -> None:
    """Nothing more goes there by mail, and the chat says so, once."""
    chat, membership = ports.chats.with_membership(told.chat_id, told.reader_id)
    if chat and membership and membership.via is Via.MAIL:
        reason = sentence_of(event.reason) if event.reason else ""
        relay_out.disconnect(ports, chat, membership, identity_of(told.reader_id), reason)


def _record_address(ports: Ports, recipient: str, event: MailEvent) -> None:
    try:
        email = canonical(recipient)
    except NotAnAddress:
        return
    if event.suppresses:
        ports.accounts.suppress(email, event.suppresses)
    elif event.kind is MailEventKind.NOT_SPAM:
        ports.accounts.withdraw_complaint(email)
