"""When a person wants no push: between two times of day in their own time zone, and until a moment that they chose.

The IANA time zones come from the machine's own tables, through the standard library.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .errors import wrong_field

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_ONE_DAY = timedelta(days=1)
LONGEST_DND = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Each day from one time of day to another, in whole minutes; past midnight where `ends` is the earlier one."""

    begins: time
    ends: time

    def ends_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that last now are over; None where none do.

        Where the clocks change, a time of day that comes twice begins with its first coming and ends with its second, and
        one that is left out is taken as the moment of the change: nobody's night is shorter than they wrote.
        """
        today = now.astimezone(zone).date()
        for day in (today - _ONE_DAY, today):
            end = _moment(day + _ONE_DAY if self.ends <= self.begins else day, self.ends, zone, max)
            if _moment(day, self.begins, zone, min) <= now < end:
                return end
        return None


def quiet_hours(begins: str, ends: str) -> QuietHours:
    """From times of day like `22:00`."""
    hours = QuietHours(_time("quiet.from", begins), _time("quiet.to", ends))
    if hours.begins == hours.ends:
        raise wrong_field("quiet.to", "same_time", "Quiet hours end at another time than they begin.")
    return hours


def time_zone(name: str) -> str:
    """The name of an IANA time zone, as it is written there."""
    if name not in zone_names() and name not in available_timezones():
        raise wrong_field("time_zone", "unknown_time_zone", "Choose a time zone like Europe/Berlin.")
    return name


def zone_of(name: str) -> ZoneInfo:
    """UTC for whoever chose none."""
    return ZoneInfo(name or "UTC")


@cache
def zone_names() -> tuple[str, ...]:
    """Those that people choose from: by area and city, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS))


def do_not_disturb(until: datetime, now: datetime) -> datetime:
    """A moment with its offset, at most a year ahead; one that is over means nothing, and is refused."""
    if until.tzinfo is None or not now < until <= now + LONGEST_DND:
        raise wrong_field("dnd_until", "out_of_range", "Choose a moment in the future, at most a year from now.")
    return until.astimezone(UTC)


def _time(field: str, text: str) -> time:
    try:
        if len(text) != len("22:00"):
            raise ValueError(text)
        return time.fromisoformat(text)
    except ValueError:
        raise wrong_field(field, "bad_time", "Write a time of day like 22:00.") from None


def _moment(day: date, at: time, zone: ZoneInfo, first_or_last: Callable[..., datetime]) -> datetime:
    return first_or_last(datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
