"""Sending what was promised: claimed first, then handed to SES, then marked. At most one double for each failure."""

import json
import logging
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain import due, errors, personal_lines
from ..domain.caps import Spent
from ..domain.invitations import Mail, MailState, Seat
from ..domain.inviting import MAILS_OF_ALL, MAILS_OF_ONE_INVITER, MAILS_TO_ONE_ADDRESS
from ..domain.letters import About, Ways
from ..domain.links import Purpose
from ..domain.mail_reasons import MailReason
from ..domain.people import Address, locale_or
from ..domain.workspaces import Workspace
from ..ports import Limit, MailNotTaken, MailRefused, MailWaits, OutgoingMail, Ports
from . import addresses, links_of, workspaces

log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_HOUR, _LONGEST_WAIT = 3600, 900


def send_invitation(ports: Ports, chat_id: str, seat_id: str, number: int, last_try: bool) -> bool:
    """True when there is nothing more to do for this mail; False to be asked again later. Raises MailWaits."""
    chat, seat = ports.invitations.with_chat(chat_id, seat_id)
    if seat is None or chat is None or not _is_wanted(ports, seat, number):
        return True
    if not ports.invitations.claim_mail(seat, number, ports.now()):
        return False
    workspace, place = ports.invitations.surroundings(seat)
    if workspace is None or place is None or not workspace.communicate:
        return _failed(ports, seat, number, MailReason.CANNOT_BE_USED)
    address, reachable = addresses.of_invited(ports, seat)
    if not reachable:
        return _failed(ports, seat, number, MailReason.NOT_REACHABLE)
    mail = _composed(ports, About(seat, chat, workspace), address, number)
    return _send(ports, seat, number, mail, last_try)


def put_back(ports: Ports, body: str, waits: MailWaits) -> None:
    """Into the queue again, as if it had never been tried; spread, so that what waits together doesn't come together.

    One line an hour tells the operator, however many mails wait.
    """
    ports.mail_queue.put([body], min(_LONGEST_WAIT, waits.seconds + zlib.crc32(body.encode()) % waits.seconds))
    once = Limit(f"operator told: {waits.what}", 1, _HOUR)
    if ports.attempts.reserve([once], ports.now()) is None:
        log.error("mail waits, nothing is lost: %s", waits.what)


def queue(ports: Ports, seats: Iterable[Seat]) -> None:
    """Into the queue, as far as the addresses haven't had their mails for today."""
    allowed = [seat for seat in seats if seat.is_open_at(ports.now()) and may_go_today(ports, seat)]
    bodies = [{"chat": one.chat_id, "seat": one.id, "number": one.mail.wanted} for one in allowed if one.mail]
    ports.mail_queue.put([json.dumps(body) for body in bodies])


def spend(ports: Ports, workspace: Workspace, count: int) -> None:
    """Refuses the whole call where the workspace's cap would be passed. A negative count gives back."""
    cap, now = workspace.allowance.mails_in_24_h, ports.now()

    def spend(spent: Spent) -> Spent:
        refuse_unless_left(spent, count, cap, now)
        return spent.plus(count, now) if count else spent

    if count:
        ports.workspaces.spend_mails(workspace.id, spend)


def refuse_unless_left(spent: Spent, count: int, cap: int, now: datetime) -> None:
    """`count` more mails must fit under the workspace's cap."""
    if count > 0 and spent.within(now) + count > cap:
        raise errors.mail_cap(cap, max(1, int((spent.room_again(count, cap, now) - now).total_seconds())))


def capped(ports: Ports, emails: Iterable[str]) -> set[str]:
    """Which of these addresses have had their invitation mails for today, from all workspaces together."""
    limits = {_limit(email): email for email in emails}
    return {limits[limit] for limit in ports.attempts.reached(list(limits), ports.now())} if limits else set()


def is_counted(ports: Ports, seat: Seat) -> bool:
    """Whether the mail that waits was allowed to go already."""
    return ports.attempts.is_counted(_name(seat))


def until_tomorrow(ports: Ports) -> int:
    """Seconds until an address may have mails again."""
    return int(_DAY.total_seconds()) - int(ports.now().timestamp()) % int(_DAY.total_seconds())


def may_go_today(ports: Ports, seat: Seat) -> bool:
    """Counts the mail, once however often it is asked, against its address, its inviter and everybody.

    What is over goes tomorrow, and the invitation says so.
    """
    now, number = ports.now(), seat.mail.wanted if seat.mail else 0
    limits = [
        _limit(seat.email),
        Limit(f"invitation mails of {seat.inviter_id}", MAILS_OF_ONE_INVITER, int(_DAY.total_seconds())),
        Limit("invitation mails", MAILS_OF_ALL, int(_DAY.total_seconds())),
    ]
    reached = ports.attempts.count_once(_name(seat), limits, now)
    if reached is None:
        return True
    reason = MailReason.ADDRESS_CAPPED if reached == limits[0] else MailReason.TOMORROW
    ports.invitations.hear_mail(seat, number, Mail(state=MailState.DELAYED, at=now, reason=reason), [MailState.QUEUED])
    ports.agenda.add([due.mail_tomorrow(seat, now)], now)
    return False


def _composed(ports: Ports, about: About, address: Address, number: int) -> OutgoingMail:
    """In the language that the mailbox itself chose, else in the one chosen for it."""
    seat = replace(about.seat, locale=locale_or(address.locale, about.seat.locale))
    inviter = ports.accounts.get(seat.inviter_id)
    email = inviter.email if inviter else ""
    ways = Ways(
        join=links_of.join_url(ports, seat, Purpose.MAILED),
        unsubscribe=links_of.unsubscribe_url(ports, seat.email),
        words=links_of.three_words(ports, seat),
        code=links_of.shown_code(ports, seat),
        check=links_of.check_url(ports),
    )
    if seat.line and not _carries_line(ports, about.workspace):
        seat = replace(seat, line="")
    about = replace(about, seat=seat)
    is_reminder = seat.mail is not None and number == seat.mail.reminder
    mail = (ports.mail_texts.reminder if is_reminder else ports.mail_texts.invitation)(about, email, ways)
    return replace(mail, tags=(*mail.tags, ("number", str(number))))


def _carries_line(ports: Ports, workspace: Workspace) -> bool:
    return personal_lines.is_mailed(workspace, workspaces.owner_is_confirmed(ports, workspace.id), ports.now())


def _is_wanted(ports: Ports, seat: Seat, number: int) -> bool:
    mail = seat.mail
    return mail is not None and seat.is_open_at(ports.now()) and mail.wanted == number and mail.done < number


def _send(ports: Ports, seat: Seat, number: int, mail: OutgoingMail, last_try: bool) -> bool:
    try:
        ses_id = ports.mailer.send(mail)
    except MailWaits:
        ports.invitations.release_mail(seat, number)
        raise
    except MailRefused as refusal:
        return _failed(ports, seat, number, refusal.reason)
    except MailNotTaken:
        if last_try:
            return _failed(ports, seat, number, MailReason.NOT_TAKEN)
        ports.invitations.release_mail(seat, number)
        return False
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.SENT, at=ports.now()), ses_id)
    return True


def _failed(ports: Ports, seat: Seat, number: int, reason: MailReason) -> bool:
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.BOUNCED, at=ports.now(), reason=reason), "")
    return True


def _name(seat: Seat) -> str:
    return f"mail {seat.chat_id} {seat.id} {seat.mail.wanted if seat.mail else 0}"


def _limit(email: str) -> Limit:
    return Limit(f"invitation mails to {email}", MAILS_TO_ONE_ADDRESS, int(_DAY.total_seconds()))
