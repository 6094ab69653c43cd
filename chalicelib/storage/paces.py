"""What may be done only so often, whoever does it: a provider's limit on one of its methods, shared by all workers."""

from datetime import datetime, timedelta

from . import items, keys
from .errors import conditional_write, translate_errors
from .provider_items import PaceItem

_KEPT = timedelta(days=1)


@translate_errors
class Paces:
    def take(self, name: str, pause: timedelta, now: datetime, behind: timedelta = timedelta()) -> float:
        """0 for whoever may do it now, and nobody else for the `pause`; else the seconds until somebody may.

        `behind`: for how long it must have been free, so that whoever waits for it with less comes first.
        """
        item = PaceItem(keys.pace(name), "P", free_at=now + pause, gone_at=now + _KEPT)
        with conditional_write() as outcome:
            item.save(PaceItem.free_at.does_not_exist() | (PaceItem.free_at <= now - behind))
        if outcome.held:
            return 0
        pace_item = items.get(PaceItem, keys.pace(name), "P")
        return max(1.0, (pace_item.free_at + behind - now).total_seconds()) if pace_item else 1.0
