"""A cap over the last 24 hours, exact: a short log of (quarter of an hour, count), never longer than 97 entries."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DAY = timedelta(hours=24)
_GRAIN = 900


@dataclass(frozen=True, slots=True)
class RollingQuota:
    """What was used lately; `log` holds (start of the quarter of an hour in epoch seconds, count), oldest first."""

    log: tuple[tuple[int, int], ...] = ()

    def within(self, now: datetime) -> int:
        return sum(count for _, count in self._recent(now))

    def consume(self, count: int, now: datetime) -> "RollingQuota":
        recent, start = self._recent(now), int(now.timestamp()) // _GRAIN * _GRAIN
        if recent and recent[-1][0] == start:
            return RollingQuota((*recent[:-1], (start, recent[-1][1] + count)))
        return RollingQuota((*recent, (start, count)))

    def room_again(self, count: int, cap: int, now: datetime) -> datetime:
        """When `count` more will fit under `cap`; a day from now where they never will."""
        used = self.within(now)
        for start, spent in self._recent(now):
            used -= spent
            if used + count <= cap:
                return datetime.fromtimestamp(start + _GRAIN, UTC) + DAY
        return now + DAY

    def _recent(self, now: datetime) -> tuple[tuple[int, int], ...]:
        # A quarter counts until all of it is older than a day, so the cap is never passed in any 24 hours.
        since = (now - DAY).timestamp() - _GRAIN
        return tuple(entry for entry in self.log if entry[0] > since)
