"""What SES says about a mail becomes the truth on its invitation; dead and complaining addresses get no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..domain.addresses import NotAnAddress, canonical
from ..domain.invitations import Invitation, InvitationMail, MailState
from ..domain.mail_reasons import SOFT, MailReason
from ..domain.people import Unreachable
from ..ports import Ports


class MailEventKind(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    NEVER_SENT = "never_sent"
    COMPLAINED = "complained"
    NOT_SPAM = "not_spam"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """SES's word about one mail, and `reason` for it. `suppresses` says why its recipients get no invitations any more.

    `tagged` is (chat, invitation, number) where the mail's tags came along: known even where SES speaks before we
    wrote its id down.
    """

    ses_id: str
    kind: MailEventKind
    reason: MailReason | None = None
    suppresses: Unreachable | None = None
    recipients: Sequence[str] = ()
    tagged: tuple[str, str, int] | None = None


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


def _record_address(ports: Ports, recipient: str, event: MailEvent) -> None:
    try:
        email = canonical(recipient)
    except NotAnAddress:
        return
    if event.suppresses:
        ports.accounts.suppress(email, event.suppresses)
    elif event.kind is MailEventKind.NOT_SPAM:
        ports.accounts.withdraw_complaint(email)
