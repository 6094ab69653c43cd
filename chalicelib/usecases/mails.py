"""Sending what was promised: claimed first, then handed to SES, then marked. At most one double for each failure."""

import json
import logging
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain import errors, personal_lines, schedule
from ..domain.addresses import mailbox
from ..domain.invitations import Invitation, InvitationMail, MailState
from ..domain.inviting import MAILS_OF_ALL, MAILS_OF_ONE_INVITER, MAILS_TO_ONE_ADDRESS
from ..domain.links import Purpose
from ..domain.mail_reasons import MailReason
from ..domain.notifications import About, Ways
from ..domain.people import Account, Address, locale_or
from ..domain.quotas import RollingQuota
from ..domain.workspaces import Workspace
from ..ports import Limit, MailNotTaken, MailRefused, MailWaits, OutgoingMail, Ports
from . import addresses, invitation_links, workspaces

log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_HOUR, _LONGEST_WAIT = 3600, 900


def send_invitation(ports: Ports, chat_id: str, invitation_id: str, number: int, last_try: bool) -> bool:
    """True when there is nothing more to do for this mail; False to be asked again later. Raises MailWaits."""
    chat, invitation = ports.invitations.with_chat(chat_id, invitation_id)
    if invitation is None or chat is None or not _is_wanted(ports, invitation, number):
        return True
    if not ports.invitations.claim_mail(invitation, number, ports.now()):
        return False
    workspace, membership = ports.invitations.workspace_and_inviter(invitation)
    if workspace is None or membership is None or not workspace.communicate:
        return _failed(ports, invitation, number, MailReason.CANNOT_BE_USED)
    inviter = ports.accounts.get(invitation.inviter_id)
    if inviter and inviter.sending_paused:
        return _held(ports, invitation, number)
    address, reachable = addresses.of_invited(ports, invitation)
    if not reachable:
        return _failed(ports, invitation, number, MailReason.NOT_REACHABLE)
    mail = _composed(ports, About(invitation, chat, workspace), inviter, address, number)
    return _send(ports, invitation, number, mail, last_try)


def put_back(ports: Ports, body: str, waits: MailWaits) -> None:
    """Into the queue again, as if it had never been tried; spread, so that what waits together doesn't come together.

    One line an hour tells the operator, however many mails wait.
    """
    ports.mail_queue.put([body], min(_LONGEST_WAIT, waits.seconds + zlib.crc32(body.encode()) % waits.seconds))
    once = Limit(f"operator told: {waits.what}", 1, _HOUR)
    if ports.rate_limiter.reserve([once], ports.now()) is None:
        log.error("mail waits, nothing is lost: %s", waits.what)


def queue(ports: Ports, invitations: Iterable[Invitation]) -> None:
    """Into the queue, as far as the addresses haven't had their mails for today."""
    allowed = [
        invitation
        for invitation in invitations
        if invitation.is_open_at(ports.now()) and may_go_today(ports, invitation)
    ]
    bodies = [
        {"chat": invitation.chat_id, "seat": invitation.id, "number": invitation.mail.wanted}
        for invitation in allowed
        if invitation.mail
    ]
    ports.mail_queue.put([json.dumps(body) for body in bodies])


def consume_quota(ports: Ports, workspace: Workspace, count: int) -> None:
    """Refuses the whole call where the workspace's cap would be passed. A negative count gives back."""
    cap, now = workspace.allowance.mails_in_24_h, ports.now()

    def spend(quota: RollingQuota) -> RollingQuota:
        refuse_unless_left(quota, count, cap, now)
        return quota.consume(count, now) if count else quota

    if count:
        ports.workspaces.consume_mail_quota(workspace.id, spend)


def refuse_unless_left(quota: RollingQuota, count: int, cap: int, now: datetime) -> None:
    """`count` more mails must fit under the workspace's cap."""
    if count > 0 and quota.within(now) + count > cap:
        raise errors.mail_cap(cap, max(1, int((quota.room_again(count, cap, now) - now).total_seconds())))


def capped(ports: Ports, emails: Iterable[str]) -> set[str]:
    """Which of these addresses have had their invitation mails for today, from all workspaces together."""
    limits = {email: _limit(email) for email in emails}
    reached = ports.rate_limiter.reached(list(dict.fromkeys(limits.values())), ports.now()) if limits else []
    return {email for email, limit in limits.items() if limit in reached}


def is_counted(ports: Ports, invitation: Invitation) -> bool:
    """Whether the mail that waits was allowed to go already."""
    return ports.rate_limiter.is_counted(_name(invitation))


def until_tomorrow(ports: Ports) -> int:
    """Seconds until an address may have mails again."""
    return int(_DAY.total_seconds()) - int(ports.now().timestamp()) % int(_DAY.total_seconds())


def may_go_today(ports: Ports, invitation: Invitation) -> bool:
    """Counts the mail, once however often it is asked, against its address, its inviter and everybody.

    What is over goes tomorrow, and the invitation says so.
    """
    now, number = ports.now(), invitation.mail.wanted if invitation.mail else 0
    limits = [
        _limit(invitation.email),
        Limit(f"invitation mails of {invitation.inviter_id}", MAILS_OF_ONE_INVITER, int(_DAY.total_seconds())),
        Limit("invitation mails", MAILS_OF_ALL, int(_DAY.total_seconds())),
    ]
    reached = ports.rate_limiter.count_once(_name(invitation), limits, now)
    if reached is None:
        return True
    reason = MailReason.ADDRESS_CAPPED if reached == limits[0] else MailReason.TOMORROW
    ports.invitations.record_mail_event(
        invitation, number, InvitationMail(state=MailState.DELAYED, at=now, reason=reason), [MailState.QUEUED]
    )
    ports.schedule.add([schedule.mail_tomorrow(invitation, now)], now)
    return False


def preview(ports: Ports, about: About) -> OutgoingMail:
    """The mail of an invitation that wasn't made yet. Its link leads nowhere: the true one is made when the mail goes out."""
    ways = Ways(join=f"{ports.public_url}/join/…", unsubscribe="")
    inviter = ports.accounts.get(about.invitation.inviter_id)
    return ports.mail_texts.invitation(_as_mailed(ports, about), inviter.email if inviter else "", ways)


def _composed(ports: Ports, about: About, inviter: Account | None, address: Address, number: int) -> OutgoingMail:
    """In the language that the mailbox itself chose, else in the one chosen for it."""
    invitation = replace(about.invitation, locale=locale_or(address.locale, about.invitation.locale))
    ways = Ways(
        join=invitation_links.join_url(ports, invitation, Purpose.MAILED),
        unsubscribe=invitation_links.unsubscribe_url(ports, invitation.email),
        words=invitation_links.three_words(ports, invitation),
        code=invitation_links.shown_code(ports, invitation),
        check=invitation_links.check_url(ports),
        answers=invitation_links.reply_address(ports, invitation),
    )
    about = _as_mailed(ports, replace(about, invitation=invitation))
    is_reminder = invitation.mail is not None and number == invitation.mail.reminder
    compose = ports.mail_texts.reminder if is_reminder else ports.mail_texts.invitation
    mail = compose(about, inviter.email if inviter else "", ways)
    return replace(mail, tags=(*mail.tags, ("number", str(number))))


def _as_mailed(ports: Ports, about: About) -> About:
    """Without the inviter's line, where mails don't carry it yet."""
    if about.invitation.line and not carries_line(ports, about.workspace):
        return replace(about, invitation=replace(about.invitation, line=""))
    return about


def carries_line(ports: Ports, workspace: Workspace) -> bool:
    """Whether mails of this workspace have the inviter's line, as of now."""
    return personal_lines.is_mailed(workspace, workspaces.owner_is_confirmed(ports, workspace.id), ports.now())


def _is_wanted(ports: Ports, invitation: Invitation, number: int) -> bool:
    mail = invitation.mail
    return mail is not None and invitation.is_open_at(ports.now()) and mail.wanted == number and mail.done < number


def _send(ports: Ports, invitation: Invitation, number: int, mail: OutgoingMail, last_try: bool) -> bool:
    try:
        ses_id = ports.mailer.send(mail)
    except MailWaits:
        ports.invitations.release_mail(invitation, number)
        raise
    except MailRefused as refusal:
        return _failed(ports, invitation, number, refusal.reason)
    except MailNotTaken:
        if last_try:
            return _failed(ports, invitation, number, MailReason.NOT_TAKEN)
        ports.invitations.release_mail(invitation, number)
        return False
    ports.invitations.finish_mail(invitation, number, InvitationMail(state=MailState.SENT, at=ports.now()), ses_id)
    return True


def _held(ports: Ports, invitation: Invitation, number: int) -> bool:
    """Its inviter was reported: it is looked at again tomorrow, whether somebody has decided meanwhile."""
    ports.schedule.add_once(schedule.mail_tomorrow(invitation, ports.now()))
    ports.invitations.release_mail(invitation, number)
    return True


def _failed(ports: Ports, invitation: Invitation, number: int, reason: MailReason) -> bool:
    ports.invitations.finish_mail(
        invitation, number, InvitationMail(state=MailState.BOUNCED, at=ports.now(), reason=reason), ""
    )
    return True


def _name(invitation: Invitation) -> str:
    return f"mail {invitation.chat_id} {invitation.id} {invitation.mail.wanted if invitation.mail else 0}"


def _limit(email: str) -> Limit:
    return Limit(f"invitation mails to {mailbox(email)}", MAILS_TO_ONE_ADDRESS, int(_DAY.total_seconds()))
