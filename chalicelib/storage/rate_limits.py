"""Counts of what was tried lately, in fixed windows, and answers kept for whoever repeats a request."""

import json
import secrets
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..domain import errors
from ..ports import Answer, Limit
from . import items, keys
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import CounterItem, IdempotencyItem, Item
from .provider_items import SeenItem

_KEPT, _LEASE, _SEEN = timedelta(hours=24), timedelta(seconds=45), timedelta(days=2)


@translate_errors
class RateLimiter:
    def reserve(self, limits: Sequence[Limit], now: datetime) -> Limit | None:
        try:
            with items.transaction() as write:
                for limit in limits:
                    write.update(_counter(limit, now), actions=_one_more(limit, now), condition=_below(limit))
        except TransactWriteError as error:
            if not is_failed_condition(error):
                raise
            reasons = error.cancellation_reasons
            return next(
                limit
                for limit, reason in zip(limits, reasons, strict=False)
                if reason and reason.code == "ConditionalCheckFailed"
            )
        return None

    def count_once(self, name: str, limits: Sequence[Limit], now: datetime) -> Limit | None:
        if self.is_counted(name):
            return None
        for at, limit in enumerate(limits):
            with conditional_write() as outcome:
                _counter(limit, now).update(_one_more(limit, now), _below(limit))
            if not outcome.held:
                for counted in limits[:at]:
                    _counter(counted, now).update([CounterItem.tries.add(-1)])
                return limit
        SeenItem(*_named(name), gone_at=now + _SEEN).save()
        return None

    def is_counted(self, name: str) -> bool:
        return items.get(SeenItem, *_named(name)) is not None

    def reached(self, limits: Sequence[Limit], now: datetime) -> list[Limit]:
        counters = {limit: _counter(limit, now) for limit in limits}
        results = items.get_all((counter_item.pk, counter_item.sk) for counter_item in counters.values())
        tries = {pk: int(item.tries) for (pk, _), item in results.items()}
        return [limit for limit, counter_item in counters.items() if tries.get(counter_item.pk, 0) >= limit.most]

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        with items.transaction() as write:
            for limit in limits:
                write.update(_counter(limit, now), actions=[CounterItem.tries.add(-1)])


@translate_errors
class IdempotencyStore:
    def begin(self, key: str, fingerprint: str, now: datetime) -> Answer | None:
        free = (
            Item.pk.does_not_exist()
            | (IdempotencyItem.gone_at < now)
            | ((IdempotencyItem.status == 0) & (IdempotencyItem.begun_at < now - _LEASE))
        )
        again = IdempotencyItem.fingerprint == fingerprint
        pk = f"O#{keys.digest(key)}"
        new = IdempotencyItem(
            pk, "O", fingerprint=fingerprint, holder=secrets.token_hex(8), begun_at=now, gone_at=now + _KEPT
        )
        try:
            new.save(free & (Item.pk.does_not_exist() | (IdempotencyItem.gone_at < now) | again))
        except PutError as error:
            if not is_failed_condition(error):
                raise
            idempotency_item = items.get(IdempotencyItem, pk, "O")
            # One's own write, whose reply was lost, is no other's.
            return (
                None
                if idempotency_item is not None and idempotency_item.holder == new.holder
                else _answer(idempotency_item, fingerprint)
            )
        return None

    def finish(self, key: str, answer: Answer) -> None:
        kept = zlib.compress(json.dumps([answer.body, *answer.cookies]).encode())
        IdempotencyItem(f"O#{keys.digest(key)}", "O").update(
            [IdempotencyItem.status.set(answer.status), IdempotencyItem.answer.set(kept)], IdempotencyItem.pk.exists()
        )

    def forget(self, key: str) -> None:
        IdempotencyItem(f"O#{keys.digest(key)}", "O").delete()


def _answer(item: IdempotencyItem | None, fingerprint: str) -> Answer:
    if item is not None and item.fingerprint != fingerprint:
        raise errors.conflict(
            "idempotency_key_reused", "This Idempotency-Key was used for another request. Use a new one."
        )
    if item is None or not item.status:
        raise errors.conflict("in_progress", "The same request is being worked on. Try again in a moment.")
    body, *cookies = json.loads(zlib.decompress(item.answer))
    return Answer(int(item.status), body, tuple(cookies))


def _one_more(limit: Limit, now: datetime) -> list[Action]:
    return [CounterItem.kind.set(CounterItem), CounterItem.tries.add(1), CounterItem.gone_at.set(_end(limit, now))]


def _below(limit: Limit) -> Condition:
    below: Condition = CounterItem.tries.does_not_exist() | (CounterItem.tries < limit.most)
    return below


def _named(name: str) -> tuple[str, str]:
    return f"R#{keys.digest(name)}", "R"


def _counter(limit: Limit, now: datetime) -> CounterItem:
    return CounterItem(f"R#{keys.digest(limit.key)}#{int(now.timestamp()) // limit.seconds}", "R")


def _end(limit: Limit, now: datetime) -> datetime:
    """When the window is over; kept a day longer for clocks that go apart."""
    slot = int(now.timestamp()) // limit.seconds
    return datetime.fromtimestamp((slot + 1) * limit.seconds, UTC) + timedelta(days=1)
