"""Slack's documented limits: how often a method may be called, how much it gives at once. They are on unless turned off.

From docs.slack.dev/apis/web-api/rate-limits (as of November 2026): limits hold for each method and workspace; an app
distributed outside the Marketplace reads histories once a minute, 15 objects at a time; posting is once a second for each
channel, with short bursts. The length of such a burst is not documented: five is ours.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

MOST_READ = 15
"""Objects that one call of `conversations.history` or `.replies` gives, whatever `limit` asks for."""
LONGEST_UPDATE = 4_000
"""Characters of `chat.update`'s text; more is `msg_too_long`."""
LONGEST_POST = 40_000
"""Characters of `chat.postMessage`'s text; what is longer is cut, with the warning `message_truncated`."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` calls at once, and one more each `seconds`; for each channel by itself if `by_channel`."""

    burst: int
    seconds: float
    by_channel: bool = False


_READ = Rate(1, 60)
_TIER_2, _TIER_3, _TIER_4 = Rate(20, 3), Rate(50, 60 / 50), Rate(100, 60 / 100)
RATES: dict[str, Rate] = {
    "conversations.history": _READ,
    "conversations.replies": _READ,
    "chat.postMessage": Rate(5, 1, by_channel=True),
    "chat.update": _TIER_3,
    "chat.delete": _TIER_3,
    "conversations.open": _TIER_3,
    "reactions.add": _TIER_3,
    "reactions.remove": _TIER_2,
    "users.info": _TIER_4,
    "views.publish": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.completeUploadExternal": _TIER_4,
    "files.info": _TIER_4,
    "files.delete": _TIER_3,
}


class Limits:
    """What is left of each rate: full at first, refilled by the clock that is asked."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.on, self._now, self._lock = True, now, threading.Lock()
        self._left: dict[tuple[str, str, str], tuple[float, float]] = {}

    def wait(self, method: str, team_id: str, channel: str) -> int:
        """0 if the call is within its limit, and counted then; else the whole seconds until it would be."""
        rate = RATES.get(method)
        if rate is None or not self.on:
            return 0
        key, now = (method, team_id, channel if rate.by_channel else ""), self._now()
        with self._lock:
            left, at = self._left.get(key, (float(rate.burst), now))
            left = min(rate.burst, left + max(0.0, now - at) / rate.seconds)
            if left >= 1 - 1e-9:
                self._left[key] = left - 1, now
                return 0
            self._left[key] = left, now
            return math.ceil((1 - left) * rate.seconds - 1e-6)

    def reset(self) -> None:
        with self._lock:
            self.on = True
            self._left.clear()
