"""What changes an account as a whole: its address, with everything that must change with it."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition

from ..domain.erasing import TraceKind
from ..domain.notifications import NotificationMail, Use
from ..domain.people import Account, Session, WayBack
from . import items, keys
from .accounts import session_item
from .errors import conditional_write, translate_errors
from .items import AccountItem, AddressItem, Item, TraceItem
from .mapping import ways_back_json
from .notifications import notification_item, use_up
from .transactions import RetryingTransaction


@translate_errors
class OwnAccounts:
    def want_address(self, account_id: str, request_id: str) -> None:
        AccountItem(keys.account(account_id), "A").update(
            [AccountItem.new_address.set(request_id)], AccountItem.pk.exists()
        )

    def change_address(
        self, old: Account, email: str, use: Use, ways_back: Sequence[WayBack], told: NotificationMail | None
    ) -> bool:
        wanted = AccountItem.new_address == old.new_address
        with conditional_write() as outcome, items.transaction() as write:
            use_up(write, use)
            _move(write, old, email)
            write.update(
                AccountItem(keys.account(old.id), "A"),
                actions=[
                    AccountItem.email.set(email),
                    AccountItem.new_address.remove(),
                    AccountItem.ways_back.set(ways_back_json(ways_back)),
                ],
                condition=wanted & _has(old.email),
            )
            if told:
                write.save(notification_item(told))
        if outcome.held:
            _forget_if_empty(old.email)
        return outcome.held

    def take_address_back(
        self, old: Account, email: str, use: Use, session: Session, ways_back: Sequence[WayBack]
    ) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            use_up(write, use)
            write.save(session_item(session))
            if email != old.email:
                _move(write, old, email)
            write.update(
                AccountItem(keys.account(old.id), "A"),
                actions=[
                    AccountItem.email.set(email),
                    AccountItem.new_address.remove(),
                    AccountItem.password_hash.remove(),
                    AccountItem.leaves_at.remove(),
                    AccountItem.sessions_from.set(session.created_at),
                    AccountItem.ways_back.set(ways_back_json(ways_back)),
                ],
                condition=_has(old.email),
            )
        if outcome.held and email != old.email:
            _forget_if_empty(old.email)
        return outcome.held

    def leave(self, account_id: str, at: datetime, empties: bool, now: datetime) -> None:
        AccountItem(keys.account(account_id), "A").update(
            [
                AccountItem.leaves_at.set(at),
                AccountItem.empties.set(empties),
                AccountItem.new_address.remove(),
                AccountItem.sessions_from.set(now),
            ],
            AccountItem.pk.exists(),
        )

    def keep(self, account_id: str) -> None:
        AccountItem(keys.account(account_id), "A").update(
            [AccountItem.leaves_at.remove(), AccountItem.empties.remove()], AccountItem.pk.exists()
        )

    def note_trace(self, account_id: str, what: TraceKind, of: str) -> None:
        TraceItem(keys.account(account_id), f"T#{what}#{of}", what=what, of=of).save()

    def traces(self, account_id: str) -> list[tuple[str, str]]:
        stored = TraceItem.query(keys.account(account_id), TraceItem.sk.startswith("T#"), consistent_read=True)
        return [(item.what, item.of) for item in stored]

    def erase(self, account: Account) -> None:
        pk = keys.account(account.id)
        for item in list(Item.query(pk, consistent_read=True)):
            if item.sk != "A":
                item.delete()
        if account.email:
            with conditional_write():
                AddressItem(keys.address(account.email), "E").delete(AddressItem.account_id == account.id)
        AccountItem(pk, "A").delete()


def _has(email: str) -> Condition:
    condition: Condition = AccountItem.email == email if email else AccountItem.email.does_not_exist()
    return condition


def _forget_if_empty(email: str) -> None:
    """Of an address that is nobody's any more, only what its mailbox wanted of us stays."""
    if not email:
        return
    empty = AddressItem.account_id.does_not_exist() & AddressItem.unreachable.does_not_exist()
    empty &= AddressItem.blocked.does_not_exist() & AddressItem.locale.does_not_exist()
    empty &= AddressItem.complained.does_not_exist() | (AddressItem.complained == False)  # noqa: E712
    with conditional_write():
        AddressItem(keys.address(email), "E").delete(empty)


def _move(write: RetryingTransaction, account: Account, email: str) -> None:
    """The new address is this account's, if it is nobody's; the old one is nobody's any more."""
    write.update(
        AddressItem(keys.address(email), "E"),
        actions=[
            AddressItem.kind.set(AddressItem),
            AddressItem.email.set(email),
            AddressItem.account_id.set(account.id),
        ],
        condition=AddressItem.account_id.does_not_exist(),
    )
    if account.email:
        write.update(
            AddressItem(keys.address(account.email), "E"),
            actions=[AddressItem.account_id.remove()],
            condition=AddressItem.account_id == account.id,
        )
