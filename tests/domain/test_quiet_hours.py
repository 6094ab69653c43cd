"""Quiet hours in one's own time zone: past midnight, where the clocks change, and with "do not disturb until"."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import quiet_hours
from chalicelib.domain.errors import Refusal
from chalicelib.domain.people import Account
from chalicelib.domain.quiet_hours import QuietHours, zone_of

BERLIN, NIGHT = "Europe/Berlin", QuietHours(time(22), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "end"),
    [
        ("2026-11-23T20:59", BERLIN, None),  # 21:59 in Berlin
        ("2026-11-23T21:00", BERLIN, "2026-11-24T06:00"),
        ("2026-11-24T05:59", BERLIN, "2026-11-24T06:00"),
        ("2026-11-24T06:00", BERLIN, None),
        ("2026-07-01T20:00", BERLIN, "2026-07-02T05:00"),  # in summer an hour earlier
        ("2026-11-23T13:00", "Asia/Tokyo", "2026-11-23T22:00"),  # it is another day there
        ("2026-11-23T06:59", "", "2026-11-23T07:00"),  # whoever chose no zone lives in UTC
    ],
)
def test_a_night_goes_past_midnight(now: str, zone: str, end: str | None) -> None:
    assert NIGHT.ends_at(at(now), zone_of(zone)) == (at(end) if end else None)


def test_hours_of_one_day_end_on_it() -> None:
    noon = QuietHours(time(12), time(13, 30))
    assert noon.ends_at(at("2026-11-23T12:00"), zone_of("UTC")) == at("2026-11-23T13:30")
    assert noon.ends_at(at("2026-11-23T13:30"), zone_of("UTC")) is None
    assert noon.ends_at(at("2026-11-23T00:10"), zone_of("UTC")) is None


@pytest.mark.parametrize(
    ("now", "begins", "ends", "end"),
    [
        # In Berlin 02:00 becomes 03:00 on 29 March 2026, at 01:00 UTC: a night is an hour shorter, and ends as it says.
        ("2026-03-28T21:00", time(22), time(7), "2026-03-29T05:00"),
        # A time of day that is left out: at the moment of the change.
        ("2026-03-29T00:30", time(22), time(2, 30), "2026-03-29T01:30"),
        # 03:00 becomes 02:00 on 25 October 2026, at 01:00 UTC. 02:30 comes twice: the second one ends it.
        ("2026-10-24T21:00", time(22), time(2, 30), "2026-10-25T01:30"),
        ("2026-10-25T00:45", time(22), time(2, 30), "2026-10-25T01:30"),  # between the two
        ("2026-10-25T01:30", time(22), time(2, 30), None),
        # And the first one begins it.
        ("2026-10-25T00:30", time(2, 30), time(7), "2026-10-25T06:00"),
        ("2026-10-25T01:00", time(2, 30), time(7), "2026-10-25T06:00"),
    ],
)
def test_where_the_clocks_change_nobodys_night_is_shorter(now: str, begins: time, ends: time, end: str | None) -> None:
    result = QuietHours(begins, ends).ends_at(at(now), zone_of(BERLIN))
    assert result == (at(end) if end else None)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.times(),
    st.times(),
    st.sampled_from([BERLIN, "UTC", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"]),
)
@settings(max_examples=300)
def test_an_end_is_ahead_within_a_day_and_quiet_up_to_it(minutes: int, begins: time, ends: time, zone: str) -> None:
    hours = QuietHours(begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))
    if hours.begins == hours.ends:
        return
    moment, place = at("2026-01-01") + timedelta(minutes=minutes), zone_of(zone)
    end = hours.ends_at(moment, place)
    if end is None:
        assert not _by_the_clock_on_the_wall(hours, moment.astimezone(place).time())
    else:
        assert moment < end <= moment + timedelta(hours=25)
        assert hours.ends_at(end - timedelta(milliseconds=1), place) is not None


def _by_the_clock_on_the_wall(hours: QuietHours, wall: time) -> bool:
    if hours.begins < hours.ends:
        return hours.begins <= wall < hours.ends
    return wall >= hours.begins or wall < hours.ends


def test_the_later_of_night_and_do_not_disturb_counts() -> None:
    account = Account(
        id="a" * 16,
        name="Mara",
        email="mara@brightwater.example",
        password_hash="",
        locale="en",
        created_at=at("2026-01-01"),
        sessions_from=at("2026-01-01"),
        time_zone=BERLIN,
        quiet=NIGHT,
        dnd_until=at("2026-11-24T12:00"),
    )
    assert account.silent_until(at("2026-11-23T22:00")) == at("2026-11-24T12:00")
    assert account.silent_until(at("2026-11-23T12:00")) == at("2026-11-24T12:00")
    assert account.silent_until(at("2026-11-24T12:00")) is None
    assert account.silent_until(at("2026-11-24T22:00")) == at("2026-11-25T06:00")


@pytest.mark.parametrize(
    ("begins", "ends"), [("22:00", "22:00"), ("24:00", "07:00"), ("22", "7"), ("22:00:00", "07:00"), ("", "")]
)
def test_hours_that_are_none_are_refused(begins: str, ends: str) -> None:
    with pytest.raises(Refusal):
        quiet_hours.quiet_hours(begins, ends)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", "", "CET+1", "europe/berlin"])
def test_a_zone_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        quiet_hours.time_zone(name)


@pytest.mark.parametrize("until", ["2026-11-23T09:00", "2020-01-01", "2027-12-01"])
def test_a_moment_that_is_over_or_far_away_is_refused(until: str) -> None:
    with pytest.raises(Refusal):
        quiet_hours.do_not_disturb(at(until), at("2026-11-23T09:00"))


def test_zones_to_choose_from_are_places_and_utc() -> None:
    names = quiet_hours.zone_names()
    assert names[0] == "UTC"
    assert {BERLIN, "America/New_York", "Pacific/Auckland"} <= set(names)
    assert not [name for name in names if name.startswith(("Etc/", "US/", "posix"))]
