"""When a place from outside ends, and how. The clock decides at use, as with invitations."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from . import errors

NOTICE_BEFORE, KEPT_WITHOUT_DEFAULT = timedelta(days=14), timedelta(days=90)
OUTSIDE_DAYS = (30, 90, 180, 365)


class EndReason(StrEnum):
    REMOVED = "removed"
    LEFT = "left"
    ENDED = "ended"
    CLOSED = "closed"


def default_end(outside_days: int, now: datetime) -> datetime | None:
    """Of whoever joins now; 0 days is no end."""
    return now + timedelta(days=outside_days) if outside_days else None


def kept_until(outside_days: int, now: datetime) -> datetime:
    """Where somebody says *Keep*."""
    return default_end(outside_days, now) or now + KEPT_WITHOUT_DEFAULT


def checked_end(ends_at: datetime | None, now: datetime, field: str = "ends_at") -> datetime | None:
    """In UTC and whole seconds; 422 for what has passed."""
    if ends_at is None:
        return None
    if ends_at <= now:
        raise errors.wrong_field(field, "past", "Choose a time that is still to come.")
    return ends_at.astimezone(UTC).replace(microsecond=0)


def end_of_day(day: str, field: str = "ends_at") -> datetime | None:
    """The last second of a day in UTC, as a form sends it; None for an empty field."""
    if not day.strip():
        return None
    try:
        chosen = datetime.strptime(day.strip(), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise errors.wrong_field(field, "bad_day", "Choose a day.") from None
    return datetime.combine(chosen, time(23, 59, 59), UTC)
