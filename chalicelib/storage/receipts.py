"""Receipts, and the one write in which places end: with their receipt, or not at all."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..domain.chats import Membership
from ..domain.ends import EndReason
from ..domain.invitations import Status
from ..domain.outside import PersonRef
from ..domain.providers import Via
from ..domain.receipts import EndedPlace, Receipt, Stays
from ..domain.rosters import FOUNDER
from . import items, keys, mapping
from .errors import conditional_write, translate_errors
from .items import ChatItem, InvitationItem, Item, MembershipItem, ReceiptItem
from .mapping import membership_item
from .reading import maybe, one_of
from .transactions import RetryingTransaction


@translate_errors
class Receipts:
    def get(self, receipt_id: str) -> Receipt | None:
        return maybe(receipt, items.get(ReceiptItem, keys.receipt(receipt_id), "J"))

    def replace(self, receipt: Receipt) -> None:
        with conditional_write():
            _item(receipt).save(ReceiptItem.pk.exists())

    def overdue(self, chat_id: str, account_id: str) -> Membership | None:
        return maybe(mapping.membership, items.get(MembershipItem, keys.account(account_id), keys.membership(chat_id)))

    def change(self, place: Membership, ends_at: datetime | None, owner_id: str, by_id: str, now: datetime) -> bool:
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            write.update(
                MembershipItem(keys.account(place.account_id), keys.membership(place.chat_id)),
                actions=[MembershipItem.ends_at.set(ends_at) if ends_at else MembershipItem.ends_at.remove()],
                condition=_same(place),
            )
            write.update(
                InvitationItem(keys.chat(place.chat_id), keys.invitation(place.invitation_id)),
                actions=[
                    InvitationItem.ends_at.set(ends_at) if ends_at else InvitationItem.ends_at.remove(),
                    InvitationItem.owner_id.set(owner_id) if owner_id else InvitationItem.owner_id.remove(),
                    InvitationItem.actor_id.set(by_id),
                    InvitationItem.acted_at.set(now),
                ],
                condition=InvitationItem.status == str(Status.ACCEPTED),
            )
        return outcome.held

    def end(
        self, places: Sequence[Membership], by: PersonRef, now: datetime, reason: EndReason, issued: Receipt | None
    ) -> bool:
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            for place in places:
                write.delete(membership_item(place), condition=_same(place))
                _end_record(write, place, by, now, reason, issued)
            if issued:
                write.save(_item(issued), condition=Item.pk.does_not_exist())
        return outcome.held


def _same(place: Membership) -> Any:
    return MembershipItem.invitation_id == place.invitation_id


def _end_record(
    write: RetryingTransaction,
    place: Membership,
    by: PersonRef,
    now: datetime,
    reason: EndReason,
    issued: Receipt | None,
) -> None:
    """The founder has no invitation: that they left stands in the chat itself."""
    name = "" if reason is EndReason.LEFT else by.name
    if place.invitation_id == FOUNDER:
        left = {"type": "participant.left", "account_id": place.account_id, "by": name, "at": _milliseconds(now)}
        write.update(
            ChatItem(keys.chat(place.chat_id), "C"),
            actions=[ChatItem.founder_left.set(True), ChatItem.last_event.set(left)],
        )
        return
    actions = [
        InvitationItem.status.set(Status.LEFT),
        InvitationItem.ended_at.set(now),
        InvitationItem.ended_by.set(name) if name else InvitationItem.ended_by.remove(),
        InvitationItem.actor_id.set(by.account_id) if by.account_id else InvitationItem.actor_id.remove(),
        InvitationItem.acted_at.set(now),
        InvitationItem.end_reason.set(reason),
    ]
    if issued:
        actions.append(InvitationItem.receipt_id.set(issued.id))
    write.update(
        InvitationItem(keys.chat(place.chat_id), keys.invitation(place.invitation_id)),
        actions=actions,
        condition=InvitationItem.status == str(Status.ACCEPTED),
    )


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _item(issued: Receipt) -> ReceiptItem:
    places = [
        [place.chat_id, place.name, _milliseconds(place.since), _milliseconds(place.until)] for place in issued.places
    ]
    return ReceiptItem(
        keys.receipt(issued.id),
        "J",
        account_id=issued.account_id,
        owner_id=issued.owner_id,
        name=issued.name,
        invited_as=issued.invited_as,
        organization=issued.organization,
        via=issued.via,
        workspace_id=issued.workspace_id,
        workspace_name=issued.workspace_name,
        places=places,
        ended_by=issued.ended_by,
        by_id=issued.by_id,
        reason=issued.reason,
        stays=[asdict(stays) for stays in issued.stays],
        issued_at=issued.issued_at,
        signature=issued.signature,
    )


def receipt(item: ReceiptItem) -> Receipt:
    return Receipt(
        id=item.pk.removeprefix("J#"),
        account_id=item.account_id,
        owner_id=item.owner_id,
        name=item.name,
        invited_as=item.invited_as,
        organization=item.organization,
        via=one_of(Via, item.via, Via.WEBTOP),
        workspace_id=item.workspace_id,
        workspace_name=item.workspace_name,
        places=tuple(
            EndedPlace(chat_id, name, *map(items.moment, (since, until))) for chat_id, name, since, until in item.places
        ),
        ended_by=item.ended_by,
        by_id=item.by_id,
        reason=EndReason(item.reason),
        stays=tuple(Stays(each["where"], each["sentence"], each["values"]) for each in item.stays or ()),
        issued_at=item.issued_at,
        signature=item.signature,
    )
