"""Browsers that get pushes: one item a person, and one a browser, so that it brings the pushes of one account only."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..domain import errors
from ..domain.people import SESSION_LONGEST
from ..domain.pushes import LOOKING, MOST_SUBSCRIPTIONS, PushSubscription
from . import items, keys
from .errors import conditional_write, translate_errors
from .push_items import LookingItem, PushEndpointItem, PushSubscriptionsItem
from .reading import each

_TRIES = 8


@translate_errors
class PushSubscriptions:
    def add(self, account_id: str, new: PushSubscription) -> None:
        endpoint = (keys.push_endpoint(new.endpoint), "Q")
        before = items.get(PushEndpointItem, *endpoint)
        if before and before.account_id != account_id:
            self._keep(before.account_id, lambda kept: _without(kept, {new.id}))
        PushEndpointItem(*endpoint, account_id=account_id, gone_at=new.added_at + SESSION_LONGEST).save()
        self._keep(account_id, lambda kept: [*_without(kept, {new.id}), new][-MOST_SUBSCRIPTIONS:])

    def of(self, account_id: str) -> tuple[tuple[PushSubscription, ...], datetime | None]:
        """In one read."""
        pk = keys.account(account_id)
        results = items.get_all([(pk, "N"), (pk, "V")])
        item, looking = results.get((pk, "N")), results.get((pk, "V"))
        return tuple(_subscriptions(item)), looking.at if looking else None

    def subscribed(self, account_ids: Iterable[str]) -> set[str]:
        results = items.get_all((keys.account(account_id), "N") for account_id in account_ids)
        return {pk.removeprefix("A#") for (pk, _), item in results.items() if item.subscriptions}

    def remove(self, account_id: str, ids: Iterable[str]) -> None:
        gone = set(ids)
        for subscription in self._keep(account_id, lambda kept: _without(kept, gone)):
            with conditional_write():
                owned = PushEndpointItem.account_id == account_id
                PushEndpointItem(keys.push_endpoint(subscription.endpoint), "Q").delete(owned)

    def pause(self, account_id: str, subscription_id: str, until: datetime) -> None:
        self._keep(
            account_id,
            lambda kept: [replace(item, waits_until=until) if item.id == subscription_id else item for item in kept],
        )

    def note_looking(self, account_id: str, now: datetime) -> None:
        LookingItem(keys.account(account_id), "V", at=now, gone_at=now + LOOKING).save()

    def _keep(self, account_id: str, change: Any) -> list[PushSubscription]:
        """Those that are there no more after the change; made again where somebody else changed them at the same moment."""
        pk = keys.account(account_id)
        for _ in range(_TRIES):
            item = items.get(PushSubscriptionsItem, pk, "N")
            before = list(_subscriptions(item))
            after: list[PushSubscription] = change(before)
            if after == before:
                return []
            version = int(item.version) if item else 0
            unchanged = (
                (PushSubscriptionsItem.version == version) if item else PushSubscriptionsItem.pk.does_not_exist()
            )
            with conditional_write() as outcome:
                _item(pk, after, version + 1, item).save(unchanged)
            if outcome.held:
                kept = {subscription.id for subscription in after}
                return [subscription for subscription in before if subscription.id not in kept]
        raise errors.busy()


def _without(subscriptions: Iterable[PushSubscription], ids: set[str]) -> list[PushSubscription]:
    return [subscription for subscription in subscriptions if subscription.id not in ids]


def _item(
    pk: str, subscriptions: list[PushSubscription], version: int, before: PushSubscriptionsItem | None
) -> PushSubscriptionsItem:
    """It goes with the last session that any of them can rest on."""
    last = max((subscription.added_at + SESSION_LONGEST for subscription in subscriptions), default=None)
    rows = [
        [
            subscription.id,
            subscription.endpoint,
            subscription.p256dh,
            subscription.auth,
            subscription.session_hash,
            _seconds(subscription.added_at),
            _seconds(subscription.waits_until),
        ]
        for subscription in subscriptions
    ]
    gone_at = last or (before.gone_at if before else None)
    return PushSubscriptionsItem(pk, "N", subscriptions=rows, version=version, gone_at=gone_at)


def _subscriptions(item: PushSubscriptionsItem | None) -> Iterable[PushSubscription]:
    return each(_subscription, item.subscriptions if item else [])


def _subscription(row: list[Any]) -> PushSubscription:
    id_, endpoint, p256dh, auth, session_hash, added_at, waits_until = row[:7]
    return PushSubscription(
        id=id_,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        session_hash=session_hash,
        added_at=datetime.fromtimestamp(added_at, UTC),
        waits_until=datetime.fromtimestamp(waits_until, UTC) if waits_until else None,
    )


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0
