"""What must be done at a time: reminders, telling of an end, forgetting, mails that waited, mails about what was missed,
comparing with Slack and Teams after an outage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .invitations import KEPT_AFTER_END, REMINDED_BEFORE, REMINDER_FROM, Seat, Status

LOOKED_AFTER = timedelta(hours=1)


class DueKind(StrEnum):
    REMIND = "remind"
    EXPIRE = "expire"
    FORGET = "forget"
    MAIL = "mail"
    MISSED = "missed"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`noted` is under which time it stands in the agenda: later than `at` where it was overdue when it was put there."""

    kind: DueKind
    at: datetime
    chat_id: str
    seat_id: str = ""
    noted: datetime | None = None


def of_invitation(seat: Seat) -> Iterable[Due]:
    """What will be due for an invitation as it stands: asked for when it is made, renewed or ended.

    A mail is looked after an hour later, whatever became of the queue it waited in.
    """
    end, mail = seat.expires_at, seat.mail
    if seat.status is Status.PENDING and end is not None:
        if mail and mail.wanted > mail.done:
            yield _due(DueKind.MAIL, mail.at + LOOKED_AFTER, seat)
        if seat.life >= REMINDER_FROM:
            yield _due(DueKind.REMIND, end - REMINDED_BEFORE, seat)
        yield _due(DueKind.EXPIRE, end, seat)
        yield _due(DueKind.FORGET, end + KEPT_AFTER_END, seat)
    elif seat.status in (Status.DECLINED, Status.REVOKED) and seat.ended_at is not None:
        yield _due(DueKind.FORGET, seat.ended_at + KEPT_AFTER_END, seat)


def look_after(seat: Seat, now: datetime) -> Due:
    return _due(DueKind.MAIL, now + LOOKED_AFTER, seat)


def mail_tomorrow(seat: Seat, now: datetime) -> Due:
    """A mail that has to wait for its address's next day."""
    return _due(DueKind.MAIL, (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0), seat)


def missed(chat_id: str, now: datetime) -> Due:
    """The next full hour in which people are told what they missed in this chat: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Due(kind=DueKind.MISSED, at=hour, chat_id=chat_id)


def compare(chat_id: str, seat_id: str, now: datetime) -> Due:
    """The next full hour in which this person's own application is compared with the chat: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Due(kind=DueKind.COMPARE, at=hour, chat_id=chat_id, seat_id=seat_id)


def _due(kind: DueKind, at: datetime, seat: Seat) -> Due:
    return Due(kind=kind, at=at, chat_id=seat.chat_id, seat_id=seat.id)
