"""The register's index: a pointer for each place from outside, in order of account, so that a page of people is one query.

What a pointer leads to is read with it and decides: a pointer that the stream has not taken away yet shows nobody.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from ..domain.invitations import Invitation
from ..domain.outside import PlaceKey, StoredPlace
from . import items, keys, mapping
from .errors import conditional_write, translate_errors
from .items import OutsideItem
from .reading import each, maybe


@translate_errors
class Outside:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def add(self, workspace_id: str, place: PlaceKey) -> None:
        OutsideItem(
            keys.workspace(workspace_id),
            keys.outside(place.account_id, place.chat_id),
            account_id=place.account_id,
            chat_id=place.chat_id,
            invitation_id=place.invitation_id,
        ).save()

    def remove(self, workspace_id: str, place: PlaceKey) -> None:
        item = OutsideItem(keys.workspace(workspace_id), keys.outside(place.account_id, place.chat_id))
        with conditional_write():
            item.delete(OutsideItem.invitation_id == place.invitation_id)

    def people(self, workspace_id: str, after: str, most: int) -> tuple[list[list[PlaceKey]], bool]:
        first, results = f"O#{after}~" if after else "O#", list[PlaceKey]()
        while True:
            within = OutsideItem.sk.between(first, "O~")
            page = list(OutsideItem.query(keys.workspace(workspace_id), within, consistent_read=True, limit=most + 1))
            results += each(_place_key, page[:most])
            persons = [list(places) for _, places in groupby(results, lambda place: place.account_id)]
            if len(page) <= most:
                return persons, False
            if len(persons) > 1:  # the last one may have more places than were read
                return persons[:-1], True
            first = f"{page[most - 1].sk}~"

    def of_account(self, workspace_id: str, account_id: str) -> list[PlaceKey]:
        theirs = OutsideItem.sk.startswith(f"O#{account_id}#")
        return list(each(_place_key, OutsideItem.query(keys.workspace(workspace_id), theirs, consistent_read=True)))

    def read(self, places: Iterable[PlaceKey]) -> list[StoredPlace]:
        wanted = list(places)
        results = items.get_all(key for place in wanted for key in _keys_of(place))
        now = self._now()
        known = [(place, _invitation(results.get(_keys_of(place)[1]), now)) for place in wanted]
        inviters = items.get_all(
            (keys.account(invitation.inviter_id), keys.membership(place.chat_id))
            for place, invitation in known
            if invitation and invitation.inviter_id
        )
        return [
            stored
            for place, invitation in known
            if invitation and (stored := _stored(place, invitation, [*map(results.get, _keys_of(place))], inviters))
        ]


def _keys_of(place: PlaceKey) -> list[tuple[str, str]]:
    """Chat, invitation, membership, account."""
    return [
        (keys.chat(place.chat_id), "C"),
        (keys.chat(place.chat_id), keys.invitation(place.invitation_id)),
        (keys.account(place.account_id), keys.membership(place.chat_id)),
        (keys.account(place.account_id), "A"),
    ]


def _invitation(item: items.InvitationItem | None, now: datetime) -> Invitation | None:
    invitation = maybe(mapping.invitation, item)
    return invitation if invitation and invitation.as_of(now).is_taken else None


def _stored(
    place: PlaceKey, invitation: Invitation, read: Sequence[Any], inviters: dict[tuple[str, str], Any]
) -> StoredPlace | None:
    chat, _, membership, account = read
    mine, here = maybe(mapping.membership, membership), maybe(mapping.chat, chat)
    inviter = inviters.get((keys.account(invitation.inviter_id), keys.membership(place.chat_id)))
    if mine is None or here is None or mine.invitation_id != place.invitation_id:
        return None
    return StoredPlace(maybe(mapping.account, account), here, invitation, mine, maybe(mapping.membership, inviter))


def _place_key(item: OutsideItem) -> PlaceKey:
    return PlaceKey(item.account_id, item.chat_id, item.invitation_id)
