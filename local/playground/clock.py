"""The system's one clock: the machine's, plus what people moved it by."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.config import LocalConfig
from local.http import Refused

_FARTHEST = 100 * 365 * 86_400


def read(config: LocalConfig) -> dict[str, Any]:
    """The time, and how far ahead of the machine it is."""
    seconds = ahead(config)
    now = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"now": now, "ahead_seconds": seconds}


def advance(config: LocalConfig, body: dict[str, Any]) -> dict[str, Any]:
    """Move the clock by `advance_seconds`; processes see it with their next look at the time."""
    seconds = body.get("advance_seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not abs(seconds) <= _FARTHEST:
        raise Refused(422, "invalid", "advance_seconds must be a number of seconds.")
    unfinished = config.clock.with_suffix(".unfinished")
    unfinished.write_text(repr(ahead(config) + seconds))
    unfinished.replace(config.clock)
    return read(config)


def ahead(config: LocalConfig) -> float:
    """Seconds that it is ahead of the machine's."""
    return float(config.clock.read_text()) if config.clock.exists() else 0
