"""Sending what was promised: claimed first, then handed to SES, then marked. At most one double for each failure."""

from collections.abc import Iterable
from datetime import timedelta

from ..domain.chats import Chat
from ..domain.due import Due, DueKind
from ..domain.invitations import Mail, MailState, Seat
from ..domain.inviting import MAILS_TO_ONE_ADDRESS
from ..domain.letters import About
from ..domain.links import Purpose
from ..domain.workspaces import Workspace
from ..ports import Limit, MailNotTaken, MailRefused, OutgoingMail, Ports
from . import links_of

_DAY = timedelta(days=1)


def send_invitation(ports: Ports, chat_id: str, seat_id: str, number: int, last_try: bool) -> bool:
    """True when there is nothing more to do for this mail; False to be asked again later."""
    chat, seat = ports.invitations.with_chat(chat_id, seat_id)
    if seat is None or chat is None:
        return seat is None
    if not _is_wanted(ports, seat, number):
        return True
    if not ports.invitations.claim_mail(seat, number, ports.now()):
        return False
    workspace, place = ports.invitations.surroundings(seat)
    if workspace is None or place is None or not workspace.communicate:
        return _failed(ports, seat, number, "The invitation can't be used now, so it wasn't sent.")
    if ports.accounts.addresses([seat.email])[seat.email].turns_away(seat.inviter_id, seat.workspace_id):
        return _failed(ports, seat, number, "This address can't be reached by us.")
    ports.invitations.point(seat, links_of.short_code(ports, seat))
    return _send(ports, seat, number, _composed(ports, seat, chat, workspace, number), last_try)


def capped(ports: Ports, emails: Iterable[str]) -> set[str]:
    """Which of these addresses have had their invitation mails for today, from all workspaces together."""
    limits = {_limit(email): email for email in emails}
    return {limits[limit] for limit in ports.attempts.reached(list(limits), ports.now())} if limits else set()


def may_go_today(ports: Ports, seat: Seat) -> bool:
    """Counts the mail against its address, for good. What is over goes tomorrow, and the invitation says so."""
    now = ports.now()
    if ports.attempts.reserve([_limit(seat.email)], now) is None:
        return True
    number = seat.mail.wanted if seat.mail else 0
    mail = Mail(state=MailState.DELAYED, at=now, detail="This address has had its mails for today; it goes tomorrow.")
    ports.invitations.hear_mail(seat, number, mail, [MailState.QUEUED])
    tomorrow = (now + _DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    ports.agenda.add([Due(kind=DueKind.MAIL, at=tomorrow, chat_id=seat.chat_id, seat_id=seat.id)])
    return False


def _composed(ports: Ports, seat: Seat, chat: Chat, workspace: Workspace, number: int) -> OutgoingMail:
    inviter = ports.accounts.get(seat.inviter_id)
    email = inviter.email if inviter else ""
    url, stop = links_of.join_url(ports, seat, Purpose.MAILED), links_of.unsubscribe_url(ports, seat.email)
    words = links_of.three_words(ports, seat)
    if seat.mail and number == seat.mail.reminder:
        return ports.mail_texts.reminder(About(seat, chat, workspace), email, url, stop, words)
    return ports.mail_texts.invitation(seat, chat, workspace, email, url, stop, words)


def _is_wanted(ports: Ports, seat: Seat, number: int) -> bool:
    mail = seat.mail
    return mail is not None and seat.is_open_at(ports.now()) and mail.wanted == number and mail.done < number


def _send(ports: Ports, seat: Seat, number: int, mail: OutgoingMail, last_try: bool) -> bool:
    try:
        ses_id = ports.mailer.send(mail)
    except MailRefused as reason:
        return _failed(ports, seat, number, str(reason))
    except MailNotTaken:
        if last_try:
            return _failed(ports, seat, number, "The mail service didn't take it. Send it again later.")
        ports.invitations.release_mail(seat, number)
        return False
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.SENT, at=ports.now()), ses_id)
    return True


def _failed(ports: Ports, seat: Seat, number: int, detail: str) -> bool:
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.BOUNCED, at=ports.now(), detail=detail), "")
    return True


def _limit(email: str) -> Limit:
    return Limit(f"invitation mails to {email}", MAILS_TO_ONE_ADDRESS, int(_DAY.total_seconds()))
