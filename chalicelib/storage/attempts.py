"""Counts of what was tried lately, in fixed windows, and answers kept for whoever repeats a request."""

import json
import secrets
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import PutError, TransactWriteError

from ..domain import errors
from ..ports import Answer, Limit
from . import items, keys
from .border import guarded, lost_condition
from .items import CounterItem, Item, OnceItem, SeenItem

_KEPT, _LEASE, _SEEN = timedelta(hours=24), timedelta(seconds=45), timedelta(days=2)


@guarded
class Attempts:
    def reserve(self, limits: Sequence[Limit], now: datetime, once: str = "") -> Limit | None:
        """Counts one more against every limit, or, where one of them is reached, against none; then that one is returned.

        What is counted `once` by a name is not counted again for two days.
        """
        seen = SeenItem(f"R#{keys.digest(once)}", "R", gone_at=now + _SEEN)
        if once and items.get(SeenItem, seen.pk, seen.sk):
            return None
        try:
            with items.transaction() as write:
                for limit in limits:
                    below = CounterItem.tries.does_not_exist() | (CounterItem.tries < limit.most)
                    write.update(
                        _counter(limit, now),
                        actions=[
                            CounterItem.kind.set(CounterItem),
                            CounterItem.tries.add(1),
                            CounterItem.gone_at.set(_end(limit, now)),
                        ],
                        condition=below,
                    )
                if once:
                    write.save(seen, condition=SeenItem.pk.does_not_exist())
        except TransactWriteError as error:
            if not lost_condition(error):
                raise
            if once and items.get(SeenItem, seen.pk, seen.sk):
                return None
            reasons = error.cancellation_reasons
            return next(
                limit
                for limit, reason in zip(limits, reasons, strict=False)
                if reason and reason.code == "ConditionalCheckFailed"
            )
        return None

    def is_counted(self, once: str) -> bool:
        return items.get(SeenItem, f"R#{keys.digest(once)}", "R") is not None

    def reached(self, limits: Sequence[Limit], now: datetime) -> list[Limit]:
        """Which of these have no room now; counts nothing."""
        counters = {limit: _counter(limit, now) for limit in limits}
        found = items.get_all((one.pk, one.sk) for one in counters.values())
        tries = {pk: int(item.tries) for (pk, _), item in found.items()}
        return [limit for limit, one in counters.items() if tries.get(one.pk, 0) >= limit.most]

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        with items.transaction() as write:
            for limit in limits:
                write.update(_counter(limit, now), actions=[CounterItem.tries.add(-1)])


@guarded
class Once:
    def begin(self, key: str, fingerprint: str, now: datetime) -> Answer | None:
        """None if this caller is to do the work; the answer if it was done; refuses another body, and a repeat too early."""
        free = (
            Item.pk.does_not_exist()
            | (OnceItem.gone_at < now)
            | ((OnceItem.status == 0) & (OnceItem.begun_at < now - _LEASE))
        )
        again = OnceItem.fingerprint == fingerprint
        pk = f"O#{keys.digest(key)}"
        new = OnceItem(pk, "O", fingerprint=fingerprint, holder=secrets.token_hex(8), begun_at=now, gone_at=now + _KEPT)
        try:
            new.save(free & (Item.pk.does_not_exist() | (OnceItem.gone_at < now) | again))
        except PutError as error:
            if not lost_condition(error):
                raise
            there = items.get(OnceItem, pk, "O")
            # One's own write, whose reply was lost, is no other's.
            return None if there is not None and there.holder == new.holder else _answer(there, fingerprint)
        return None

    def finish(self, key: str, answer: Answer) -> None:
        """Compressed, for an answer about many people may pass what an item holds."""
        kept = zlib.compress(json.dumps([answer.body, *answer.cookies]).encode())
        OnceItem(f"O#{keys.digest(key)}", "O").update(
            [OnceItem.status.set(answer.status), OnceItem.answer.set(kept)], OnceItem.pk.exists()
        )

    def forget(self, key: str) -> None:
        """The work was refused or failed: the same key may try again."""
        OnceItem(f"O#{keys.digest(key)}", "O").delete()


def _answer(item: OnceItem | None, fingerprint: str) -> Answer:
    if item is not None and item.fingerprint != fingerprint:
        raise errors.conflict(
            "idempotency_key_reused", "This Idempotency-Key was used for another request. Use a new one."
        )
    if item is None or not item.status:
        raise errors.conflict("in_progress", "The same request is being worked on. Try again in a moment.")
    body, *cookies = json.loads(zlib.decompress(item.answer))
    return Answer(int(item.status), body, tuple(cookies))


def _counter(limit: Limit, now: datetime) -> CounterItem:
    return CounterItem(f"R#{keys.digest(limit.key)}#{int(now.timestamp()) // limit.seconds}", "R")


def _end(limit: Limit, now: datetime) -> datetime:
    """When the window is over; kept a day longer for clocks that go apart."""
    slot = int(now.timestamp()) // limit.seconds
    return datetime.fromtimestamp((slot + 1) * limit.seconds, UTC) + timedelta(days=1)
