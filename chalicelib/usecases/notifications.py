"""Mails to one person: about their account, and about their invitations and chats while they are away."""

from collections import defaultdict
from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from ..domain.invitations import Ask, Invitation, Status
from ..domain.mail_reasons import MailReason, sentence_of
from ..domain.notifications import NotificationKind, NotificationMail, NotificationState
from ..domain.receipts import Receipt
from ..domain.relaying import RelayState
from ..ports import ComposedMail, MailNotTaken, MailRefused, MailWaits, Ports
from . import notification_mails, sessions


def send_notification(ports: Ports, notification_id: str, last_try: bool) -> bool:
    """True when there is nothing more to do for this letter; False to be asked again later. Raises MailWaits."""
    notification = ports.notifications.get(notification_id)
    if notification is None or notification.state is not NotificationState.QUEUED:
        return True
    if not ports.notifications.claim(notification_id, ports.now()):
        return False
    composed = notification_mails.composed(ports, notification)
    if composed is None:
        ports.notifications.finish(notification_id, NotificationState.NOT_NEEDED, ports.now())
        return True
    return _hand_over(ports, notification_id, composed, last_try)


def _hand_over(ports: Ports, notification_id: str, composed: ComposedMail, last_try: bool) -> bool:
    """To the mail service; what it takes is sent, and counted where it tells of messages."""
    try:
        ses_id = ports.mailer.send(composed.mail)
    except MailWaits:
        ports.notifications.release(notification_id)
        raise
    except MailRefused as refusal:
        _never_went(ports, composed, refusal.reason)
        ports.notifications.finish(notification_id, NotificationState.FAILED, ports.now())
        return True
    except MailNotTaken:
        if last_try:
            _never_went(ports, composed, MailReason.NOT_TAKEN)
            ports.notifications.finish(notification_id, NotificationState.FAILED, ports.now())
            return True
        ports.notifications.release(notification_id)
        return False
    for relayed in composed.copies:
        ports.relayed_messages.finish(replace(relayed, remote_id=ses_id), None)
    for relayed in composed.reactions:
        ports.relayed_messages.finish(relayed, None)
    for membership, upto in composed.notified:
        ports.chats.mark_notified(membership, upto)
    ports.notifications.finish(notification_id, NotificationState.SENT, ports.now())
    return True


def _never_went(ports: Ports, composed: ComposedMail, reason: MailReason) -> None:
    """Of the messages in it, their authors see that they didn't arrive, and why."""
    for relayed in composed.copies:
        ports.relayed_messages.finish(replace(relayed, state=RelayState.BOUNCED, detail=sentence_of(reason)), None)


def notify_asker(ports: Ports, invitation: Invitation, ask: Ask) -> None:
    """A letter to whoever asked to be let in, once they were."""
    happened = f"{NotificationKind.ALLOWED}-{invitation.chat_id}-{invitation.id}-{invitation.generation}-{ask.id}"
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=NotificationKind.ALLOWED,
            email="",
            created_at=ports.now(),
            account_id=ask.account_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=ask.id,
        )
    )


def notify_inviter(ports: Ports, invitation: Invitation, kind: NotificationKind, detail: str = "") -> None:
    """A letter to the inviter about an invitation: once for each thing that happens to it. It ends once, whatever else did."""
    wanted = invitation.mail.wanted if invitation.mail else 0
    happened = f"{kind}-{invitation.chat_id}-{invitation.id}-{invitation.generation}-{wanted}"
    if kind is not NotificationKind.EXPIRED:
        happened += f"-{detail}"
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=kind,
            email="",
            created_at=ports.now(),
            account_id=invitation.inviter_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=detail,
        )
    )


def ask_to_keep(ports: Ports, invitation: Invitation, owner_id: str) -> bool:
    """A letter to whoever answers for a place that will end: once for each end and owner. False where it was promised before."""
    ends_at = invitation.ends_at.isoformat() if invitation.ends_at else ""
    happened = f"{NotificationKind.ENDING}-{invitation.chat_id}-{invitation.id}-{ends_at}-{owner_id}"
    return ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=NotificationKind.ENDING,
            email="",
            created_at=ports.now(),
            account_id=owner_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=ends_at,
        )
    )


def hand_out(ports: Ports, receipt: Receipt) -> None:
    """The receipt goes to the person and to the owner of their place: the same to both, once."""
    for account_id in dict.fromkeys((receipt.account_id, receipt.owner_id)):
        if account_id:
            ports.notifications.add_once(
                NotificationMail(
                    id=sessions.digest(f"{NotificationKind.RECEIPT}-{receipt.id}-{account_id}")[:32],
                    kind=NotificationKind.RECEIPT,
                    email="",
                    created_at=ports.now(),
                    account_id=account_id,
                    detail=receipt.id,
                )
            )


def notify_of_ends(ports: Ports, chat_id: str, ends: Set[tuple[str, datetime]]) -> set[str]:
    """A letter to each inviter whose invitations ended: one for all of them, however many. `ends` are ids and times.

    A letter is known by the first of its invitations; their ids are returned.
    """
    roster = ports.chats.roster(chat_id)
    by_inviter: dict[str, list[Invitation]] = defaultdict(list)
    for invitation in roster[1] if roster else ():
        if (invitation.id, invitation.expires_at) in ends and invitation.status_at(ports.now()) is Status.EXPIRED:
            by_inviter[invitation.inviter_id].append(invitation)
    first = [min(invitations, key=lambda invitation: invitation.id) for invitations in by_inviter.values()]
    for invitation in first:
        told = " ".join(sorted(each.id for each in by_inviter[invitation.inviter_id]))
        notify_inviter(ports, invitation, NotificationKind.EXPIRED, told)
    return {invitation.id for invitation in first}
