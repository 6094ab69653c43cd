"""The hourly job: tells of ends, sends reminders, forgets what is old, mails what was missed.

It does only what is due, each thing claimed by a condition of its own: run twice, late or not at all, it lets nobody in
and sends no mail twice.
"""

from collections.abc import Callable
from datetime import timedelta

from ..domain import errors
from ..domain.due import Due, DueKind
from ..domain.invitations import REMINDED_BEFORE, Seat, Status
from ..domain.letters import Letter, LetterKind
from ..domain.messages import Event, EventType
from ..ports import Ports
from . import changes, chats, invitations, letters, messages, sessions

_BETWEEN_MISSED = timedelta(minutes=59)


def run(ports: Ports) -> dict[str, int]:
    """How much of each was done. What can't be done now stays due."""
    now, counts, left = ports.now(), dict.fromkeys((str(kind) for kind in DueKind), 0), 0
    for due in ports.agenda.due(now):
        try:
            counts[due.kind] += _DO[due.kind](ports, due)
        except errors.Refusal:
            left += 1
            continue
        ports.agenda.done(due)
    if not left:
        ports.agenda.all_done_until(now)
    return {**counts, "left": left}


def _remind(ports: Ports, due: Due) -> bool:
    """Counts against the workspace's cap as every mail does; where that is reached, the next hour tries again."""
    seat = _open(ports, due)
    if seat is None or seat.expires_at is None or (seat.mail and seat.mail.reminder):
        return False
    if due.at != seat.expires_at - REMINDED_BEFORE:
        return False  # it was renewed meanwhile, and is due at another time
    workspace, inviter = ports.invitations.surroundings(seat)
    if workspace is None or inviter is None or not workspace.communicate:
        return False
    if ports.accounts.addresses([seat.email])[seat.email].turns_away(seat.inviter_id, seat.workspace_id):
        return False
    invitations.spend_mails(ports, workspace, 1)
    if ports.invitations.remind(seat, ports.now()):
        return True
    invitations.spend_mails(ports, workspace, -1)
    return False


def _expire(ports: Ports, due: Due) -> bool:
    """The end itself needs no job; the chat and the inviter are told of it, once."""
    chat, seat = ports.invitations.with_chat(due.chat_id, due.seat_id)
    if chat is None or seat is None or seat.status_at(ports.now()) is not Status.EXPIRED or seat.expires_at != due.at:
        return False
    event = Event(type=EventType.INVITATION_EXPIRED, email=seat.email)
    messages.tell(ports, chat, event, f"{event.type}:{seat.id}:{int(due.at.timestamp())}")
    letters.tell_inviter(ports, seat, LetterKind.EXPIRED)
    return True


def _forget(ports: Ports, due: Due) -> bool:
    seat = ports.invitations.get(due.chat_id, due.seat_id)
    if seat is None or seat.is_taken or seat.is_listed_at(ports.now()):
        return False
    ports.invitations.forget(seat)
    return True


def _mail(ports: Ports, due: Due) -> bool:
    """A mail that had to wait for the address's next day."""
    seat = _open(ports, due)
    if seat is None or seat.mail is None or seat.mail.done >= seat.mail.wanted:
        return False
    changes.queue_if_allowed(ports, seat)
    return True


def _missed(ports: Ports, due: Due) -> bool:
    """One letter an hour at most to each person who has something unread here; the letter itself looks once more."""
    chat, seats = chats.roster(ports, due.chat_id)
    told = 0
    for person in chats.participants_of(chat, seats):
        _, place = ports.chats.with_place(chat.id, person.account_id)
        if place is None or not letters.is_missed(chat, place):
            continue
        if ports.chats.tell_missed(place, ports.now(), _BETWEEN_MISSED):
            told += 1
            ports.letters.add_once(_missed_letter(ports, chat.id, person.account_id, place.read_to, chat.last_seq))
    return told > 0


def _missed_letter(ports: Ports, chat_id: str, account_id: str, read_to: int, last_seq: int) -> Letter:
    return Letter(
        id=sessions.digest(f"missed-{chat_id}-{account_id}-{read_to}-{last_seq}")[:32],
        kind=LetterKind.MISSED,
        email="",
        created_at=ports.now(),
        account_id=account_id,
        chat_id=chat_id,
    )


def _open(ports: Ports, due: Due) -> Seat | None:
    seat = ports.invitations.get(due.chat_id, due.seat_id)
    return seat if seat is not None and seat.is_open_at(ports.now()) else None


_DO: dict[DueKind, Callable[[Ports, Due], bool]] = {
    DueKind.REMIND: _remind,
    DueKind.EXPIRE: _expire,
    DueKind.FORGET: _forget,
    DueKind.MAIL: _mail,
    DueKind.MISSED: _missed,
}
