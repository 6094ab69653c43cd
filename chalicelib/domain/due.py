"""What must be done at a time: reminders, telling of an end, forgetting, mails that waited, mails about what was missed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .invitations import KEPT_AFTER_END, REMINDED_BEFORE, REMINDER_FROM, Seat, Status


class DueKind(StrEnum):
    REMIND = "remind"
    EXPIRE = "expire"
    FORGET = "forget"
    MAIL = "mail"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    kind: DueKind
    at: datetime
    chat_id: str
    seat_id: str = ""


def of_invitation(seat: Seat) -> Iterable[Due]:
    """What will be due for an invitation as it stands: asked for when it is made, renewed or ended."""
    end = seat.expires_at
    if seat.status is Status.PENDING and end is not None:
        if end - seat.created_at >= REMINDER_FROM:
            yield _due(DueKind.REMIND, end - REMINDED_BEFORE, seat)
        yield _due(DueKind.EXPIRE, end, seat)
        yield _due(DueKind.FORGET, end + KEPT_AFTER_END, seat)
    elif seat.status in (Status.DECLINED, Status.REVOKED) and seat.ended_at is not None:
        yield _due(DueKind.FORGET, seat.ended_at + KEPT_AFTER_END, seat)


def missed(chat_id: str, now: datetime) -> Due:
    """The next full hour in which people are told what they missed in this chat: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Due(kind=DueKind.MISSED, at=hour, chat_id=chat_id)


def _due(kind: DueKind, at: datetime, seat: Seat) -> Due:
    return Due(kind=kind, at=at, chat_id=seat.chat_id, seat_id=seat.id)
