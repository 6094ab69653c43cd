"""The hourly job: tells of ends, sends reminders, forgets what is old, mails what was missed,
looks for gaps after an outage.

It does only what is due, each thing claimed by a condition of its own: run twice, late or not at all, it lets nobody in
and sends no mail twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from ..domain import due as agenda
from ..domain import errors
from ..domain.due import Due, DueKind
from ..domain.invitations import REMINDED_BEFORE, Seat, Status
from ..domain.letters import Letter, LetterKind
from ..domain.messages import Event, EventType
from ..ports import Ports
from . import addresses, chats, forgetting, letters, mails, messages, relay_compare, sessions

log = logging.getLogger(__name__)
_BETWEEN_MISSED = timedelta(hours=1)


def run(ports: Ports) -> dict[str, int]:
    """How much of each was done. What can't be done now stays due, and holds up nothing else."""
    now, counts = ports.now(), dict.fromkeys((str(kind) for kind in DueKind), 0)
    left: list[datetime] = []
    for due in ports.agenda.due(now):
        try:
            counts[due.kind] += _DO[due.kind](ports, due)
            ports.agenda.done(due)
        except errors.Refusal as refusal:
            log.info("%s waits: %s, invitation %s", due.kind, refusal.code, due.seat_id)
            left.append(due.noted or due.at)
        except Exception:  # a bug, or what can't be read: told, and kept for the next hour, like a record of a queue
            log.exception("%s failed: chat %s, invitation %s", due.kind, due.chat_id, due.seat_id)
            left.append(due.noted or due.at)
    ports.agenda.all_done_until(min([now, *left]))
    return {**counts, "left": len(left)}


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
    _, reachable = addresses.of_invited(ports, seat)
    if not reachable:
        return False
    mails.spend(ports, workspace, 1)
    if ports.invitations.remind(seat, ports.now()):
        return True
    mails.spend(ports, workspace, -1)
    return False


def _expire(ports: Ports, due: Due) -> bool:
    """The end itself needs no job; the chat and the inviter are told of it, once."""
    chat, seat = ports.invitations.with_chat(due.chat_id, due.seat_id)
    if chat is None or seat is None or seat.status_at(ports.now()) is not Status.EXPIRED or seat.expires_at != due.at:
        return False
    event = Event(type=EventType.INVITATION_EXPIRED, email=seat.email, invitation_ids=(seat.id,))
    messages.tell(ports, chat, event, f"{event.type}:{seat.id}:{seat.mail.wanted if seat.mail else 0}")
    chats.show(ports, *chats.roster(ports, due.chat_id))
    letters.tell_inviter(ports, seat, LetterKind.EXPIRED)
    return True


def _forget(ports: Ports, due: Due) -> bool:
    seat = ports.invitations.get(due.chat_id, due.seat_id)
    if seat is None or seat.is_taken or seat.is_listed_at(ports.now()):
        return False
    forgetting.forget(ports, seat)
    return True


def _mail(ports: Ports, due: Due) -> bool:
    """A mail that had to wait for the address's next day; or one that its queue lost, or gave up on."""
    seat = _open(ports, due)
    if seat is None or seat.mail is None or seat.mail.done >= seat.mail.wanted:
        return False
    if mails.capped(ports, [seat.email]) and not mails.is_counted(ports, seat):
        ports.agenda.add([agenda.mail_tomorrow(seat, ports.now())], ports.now())
        return False
    if not ports.invitations.wait_again(seat, ports.now()):
        return False
    ports.agenda.add([agenda.look_after(seat, ports.now())], ports.now())
    mails.queue(ports, [seat])
    return True


def _missed(ports: Ports, due: Due) -> bool:
    """One letter an hour at most to each person who missed something here; the letter itself looks once more.

    Whoever had one within this hour is looked at again in the next.
    """
    chat, seats = chats.roster(ports, due.chat_id)
    told, later = 0, False
    for person in chats.participants_of(chat, seats):
        _, place = ports.chats.with_place(chat.id, person.account_id)
        if place is None or not place.misses(chat):
            continue
        is_told = ports.letters.add_in_turn(_missed_letter(ports, person.account_id), ports.now(), _BETWEEN_MISSED)
        told, later = told + is_told, later or not is_told
    if later:
        ports.agenda.add_once(agenda.missed(chat.id, ports.now()))
    return told > 0


def _missed_letter(ports: Ports, account_id: str) -> Letter:
    now = ports.now()
    return Letter(
        id=sessions.digest(f"missed-{account_id}-{int(now.timestamp())}")[:32],
        kind=LetterKind.MISSED,
        email="",
        created_at=now,
        account_id=account_id,
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
    DueKind.COMPARE: relay_compare.begin,
}
