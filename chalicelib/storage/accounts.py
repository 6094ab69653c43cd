"""Accounts, their sessions, and the addresses that are theirs."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.exceptions import TransactWriteError

from ..domain.people import SESSION_LONGEST, Account, Address, Session
from ..domain.workspaces import Member, Workspace
from . import items, keys
from .border import conditions, guarded, lost_condition
from .items import AccountItem, AddressItem, SessionItem
from .mapping import badge_item, member_item, workspace_item


@guarded
class Accounts:
    def get(self, account_id: str) -> Account | None:
        item = items.get(AccountItem, keys.account(account_id), "A")
        return _account(item) if item else None

    def with_session(self, account_id: str, session_hash: str) -> tuple[Account | None, Session | None]:
        """Both in one read."""
        pk = keys.account(account_id)
        found = items.get_all([(pk, "A"), (pk, f"S#{session_hash}")])
        account, session = found.get((pk, "A")), found.get((pk, f"S#{session_hash}"))
        return (_account(account) if account else None), (_session(session) if session else None)

    def of(self, email: str) -> Account | None:
        address = items.get(AddressItem, keys.address(email), "E")
        return self.get(address.account_id) if address and address.account_id else None

    def addresses(self, emails: Iterable[str]) -> dict[str, Address]:
        """What is known of each address; one nobody has met is there too, empty."""
        emails = list(emails)
        found = items.get_all((keys.address(email), "E") for email in emails)
        known = {
            item.email: Address(email=item.email, account_id=item.account_id, unreachable=item.unreachable)
            for item in found.values()
        }
        return {email: known.get(email, Address(email=email)) for email in emails}

    def stop_mail(self, email: str, why: str) -> None:
        """No more invitation mail to this address, from anybody."""
        AddressItem(keys.address(email), "E").update(
            [AddressItem.kind.set(AddressItem), AddressItem.email.set(email), AddressItem.unreachable.set(why)]
        )

    def add(self, account: Account, workspace: Workspace | None = None, member_of: Member | None = None) -> bool:
        """The account, its claim on its address, and its workspace, all or nothing; False if the address has an account."""
        try:
            with items.transaction(account.id) as write:
                write.save(_account_item(account), condition=AccountItem.pk.does_not_exist())
                write.update(
                    AddressItem(keys.address(account.email), "E"),
                    actions=[
                        AddressItem.kind.set(AddressItem),
                        AddressItem.email.set(account.email),
                        AddressItem.account_id.set(account.id),
                    ],
                    condition=AddressItem.account_id.does_not_exist() | (AddressItem.account_id == account.id),
                )
                if workspace:
                    write.save(workspace_item(workspace), condition=AccountItem.pk.does_not_exist())
                if member_of:
                    write.save(member_item(member_of))
                    write.save(badge_item(member_of))
        except TransactWriteError as error:
            if lost_condition(error):
                return self.of(account.email) == account
            raise
        return True

    def save_profile(self, account_id: str, name: str, locale: str) -> None:
        AccountItem(keys.account(account_id), "A").update(
            [AccountItem.name.set(name), AccountItem.locale.set(locale)], AccountItem.pk.exists()
        )

    def set_password(self, account_id: str, password_hash: str, sessions_from: datetime) -> None:
        """Also ends every session that began before `sessions_from`."""
        AccountItem(keys.account(account_id), "A").update(
            [AccountItem.password_hash.set(password_hash), AccountItem.sessions_from.set(sessions_from)],
            AccountItem.pk.exists(),
        )

    def add_session(self, session: Session) -> None:
        SessionItem(
            keys.account(session.account_id),
            f"S#{session.hash}",
            account_id=session.account_id,
            hash=session.hash,
            created_at=session.created_at,
            seen_at=session.seen_at,
            gone_at=session.created_at + SESSION_LONGEST,
        ).save()

    def touch_session(self, session: Session, seen_at: datetime) -> None:
        item = SessionItem(keys.account(session.account_id), f"S#{session.hash}")
        with conditions():
            item.update([SessionItem.seen_at.set(seen_at)], SessionItem.pk.exists())

    def end_session(self, session: Session) -> None:
        SessionItem(keys.account(session.account_id), f"S#{session.hash}").delete()


def _account(item: AccountItem) -> Account:
    return Account(
        id=item.id,
        name=item.name,
        email=item.email,
        password_hash=item.password_hash,
        locale=item.locale,
        created_at=item.created_at,
        sessions_from=item.sessions_from,
    )


def _account_item(account: Account) -> AccountItem:
    return AccountItem(
        keys.account(account.id),
        "A",
        id=account.id,
        name=account.name,
        email=account.email,
        password_hash=account.password_hash,
        locale=account.locale,
        created_at=account.created_at,
        sessions_from=account.sessions_from,
    )


def _session(item: SessionItem) -> Session:
    return Session(account_id=item.account_id, hash=item.hash, created_at=item.created_at, seen_at=item.seen_at)
