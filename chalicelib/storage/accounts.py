"""Accounts, their sessions, and the addresses that are theirs."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import size
from pynamodb.expressions.update import Action

from ..domain.notifications import Use
from ..domain.people import SESSION_LONGEST, Account, Address, Session, SignInMethod, Unreachable
from ..domain.quiet_hours import QuietHours
from ..domain.workspaces import Member, Workspace
from . import items, keys, mapping
from .codec import Codec, Stored
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import AccountItem, AddressItem, ErasedItem, SessionItem
from .mapping import account_item, badge_item, member_item, workspace_item
from .notifications import use_up
from .reading import each, maybe
from .transactions import RetryingTransaction

_NOBODY = "nobody"


@translate_errors
class Accounts:
    def get(self, account_id: str) -> Account | None:
        item = items.get(AccountItem, keys.account(account_id), "A")
        return maybe(mapping.account, item)

    def with_session(self, account_id: str, session_hash: str) -> tuple[Account | None, Session | None]:
        pk = keys.account(account_id)
        results = items.get_all([(pk, "A"), (pk, f"S#{session_hash}")])
        account, session = results.get((pk, "A")), results.get((pk, f"S#{session_hash}"))
        return maybe(mapping.account, account), maybe(_SESSIONS.read, session)

    def with_sessions(
        self, account_id: str, session_hashes: Iterable[str]
    ) -> tuple[Account | None, dict[str, Session]]:
        pk = keys.account(account_id)
        results = items.get_all([(pk, "A"), *((pk, f"S#{session_hash}") for session_hash in session_hashes)])
        account = results.pop((pk, "A"), None)
        sessions = each(_SESSIONS.read, results.values())
        return maybe(mapping.account, account), {session.hash: session for session in sessions}

    def of(self, email: str) -> Account | None:
        address = items.get(AddressItem, keys.address(email), "E")
        return self.get(address.account_id if address and address.account_id else _NOBODY)

    def addresses(self, emails: Iterable[str]) -> dict[str, Address]:
        emails = list(emails)
        results = items.get_all((keys.address(email), "E") for email in emails)
        existing = {item.email: _address(item) for item in results.values()}
        return {email: existing.get(email, Address(email=email)) for email in emails}

    def suppress(self, email: str, why: str) -> None:
        if why == Unreachable.COMPLAINED:
            self._change_address(email, AddressItem.complained.set(True))
            return
        bounced = AddressItem.unreachable == str(Unreachable.BOUNCED)
        with conditional_write():
            self._change_address(
                email, AddressItem.unreachable.set(why), None if why == Unreachable.BOUNCED else ~bounced
            )

    def withdraw_complaint(self, email: str) -> None:
        with conditional_write():
            self._change_address(email, AddressItem.complained.remove(), AddressItem.complained == True)  # noqa: E712
        stored_before = AddressItem.unreachable == str(Unreachable.COMPLAINED)
        with conditional_write():
            self._change_address(email, AddressItem.unreachable.remove(), stored_before)

    def add(
        self,
        account: Account,
        workspace: Workspace | None = None,
        member_of: Member | None = None,
        by: tuple[Use, Session] | None = None,
    ) -> bool:
        try:
            with items.transaction() as write:
                write.save(account_item(account), condition=AccountItem.pk.does_not_exist())
                write.update(
                    AddressItem(keys.address(account.email), "E"),
                    actions=[
                        AddressItem.kind.set(AddressItem),
                        AddressItem.email.set(account.email),
                        AddressItem.account_id.set(account.id),
                    ],
                    condition=AddressItem.account_id.does_not_exist() | (AddressItem.account_id == account.id),
                )
                _enter(write, by)
                if workspace:
                    write.save(workspace_item(workspace), condition=AccountItem.pk.does_not_exist())
                if member_of:
                    item = member_item(member_of)
                    if workspace is None:  # into one that is there: the audit log tells of it
                        item.actor_id, item.acted_at = account.id, account.created_at
                    write.save(item)
                    write.save(badge_item(member_of))
        except TransactWriteError as error:
            if is_failed_condition(error):
                return self.of(account.email) == account
            raise
        return True

    def block(self, email: str, whom: str, most: int) -> bool:
        few = size(AddressItem.blocked) < most  # type: ignore[no-untyped-call]
        room = AddressItem.blocked.does_not_exist() | few
        room |= AddressItem.blocked.contains(whom)
        with conditional_write() as outcome:
            self._change_address(email, AddressItem.blocked.add({whom}), room)
        return outcome.held

    def unblock(self, email: str, whom: str) -> None:
        with conditional_write():
            self._change_address(email, AddressItem.blocked.delete({whom}), AddressItem.pk.exists())

    def set_locale(self, email: str, locale: str) -> None:
        self._change_address(email, AddressItem.locale.set(locale))

    def unsuppress(self, email: str, keyed_hashes: Iterable[str]) -> None:
        for item in keyed_hashes:
            ErasedItem(f"H#{item}", "H").delete()
        with conditional_write():
            exists = AddressItem.pk.exists()
            self._change_address(email, AddressItem.unreachable.remove(), exists, AddressItem.complained.remove())

    def erase(self, email: str, keyed_hash: str, now: datetime) -> None:
        ErasedItem(f"H#{keyed_hash}", "H", at=now).save()
        with conditional_write():
            AddressItem(keys.address(email), "E").delete(AddressItem.account_id.does_not_exist())
        with conditional_write():
            mine = AddressItem.account_id.exists()
            self._change_address(email, AddressItem.blocked.remove(), mine)

    def erased(self, keyed_hashes: Iterable[str]) -> set[str]:
        return {pk.removeprefix("H#") for pk, _ in items.get_all((f"H#{item}", "H") for item in keyed_hashes)}

    def save_notices(self, account_id: str, notices: bool, missed_mail: bool) -> None:
        actions: list[Action] = [AccountItem.notices.set(notices), AccountItem.missed_mail.set(missed_mail)]
        AccountItem(keys.account(account_id), "A").update(actions, AccountItem.pk.exists())

    def _change_address(self, email: str, action: Action, condition: Any = None, *more: Action) -> None:
        AddressItem(keys.address(email), "E").update(
            [AddressItem.kind.set(AddressItem), AddressItem.email.set(email), action, *more], condition
        )

    def save_meeting_url(self, account_id: str, url: str) -> None:
        chosen = AccountItem.meeting_url.set(url) if url else AccountItem.meeting_url.remove()
        AccountItem(keys.account(account_id), "A").update([chosen], AccountItem.pk.exists())

    def save_quiet_times(
        self, account_id: str, time_zone: str, quiet: QuietHours | None, dnd_until: datetime | None, push_text: bool
    ) -> None:
        hours = [f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}"] if quiet else None
        actions: list[Action] = [
            AccountItem.time_zone.set(time_zone) if time_zone else AccountItem.time_zone.remove(),
            AccountItem.quiet.set(hours) if hours else AccountItem.quiet.remove(),
            AccountItem.dnd_until.set(dnd_until) if dnd_until else AccountItem.dnd_until.remove(),
            AccountItem.push_text.set(push_text),
        ]
        AccountItem(keys.account(account_id), "A").update(actions, AccountItem.pk.exists())

    def save_profile(self, account_id: str, name: str, locale: str) -> None:
        AccountItem(keys.account(account_id), "A").update(
            [AccountItem.name.set(name), AccountItem.locale.set(locale)], AccountItem.pk.exists()
        )

    def save_picture(self, account_id: str, picture: str) -> bool:
        with conditional_write() as outcome:
            chosen = AccountItem.picture.set(picture) if picture else AccountItem.picture.remove()
            AccountItem(keys.account(account_id), "A").update([chosen], AccountItem.pk.exists())
        return outcome.held

    def set_password(self, account_id: str, password_hash: str, use: Use, session: Session) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            _enter(write, (use, session))
            write.update(
                AccountItem(keys.account(account_id), "A"),
                actions=[
                    AccountItem.password_hash.set(password_hash),
                    AccountItem.sessions_from.set(session.created_at),
                ],
                condition=AccountItem.pk.exists(),
            )
        return outcome.held

    def add_session(self, session: Session) -> None:
        session_item(session).save()

    def add_session_by(self, use: Use, session: Session) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            _enter(write, (use, session))
        return outcome.held

    def touch_session(self, session: Session, seen_at: datetime) -> None:
        item = SessionItem(keys.account(session.account_id), f"S#{session.hash}")
        with conditional_write():
            item.update([SessionItem.seen_at.set(seen_at)], SessionItem.pk.exists())

    def prove(self, session: Session, proved: Sequence[tuple[str, datetime]]) -> None:
        item = SessionItem(keys.account(session.account_id), f"S#{session.hash}")
        with conditional_write():
            item.update(
                [SessionItem.proved.set([[invitation, until.timestamp()] for invitation, until in proved])],
                SessionItem.pk.exists(),
            )

    def sessions(self, account_id: str) -> list[Session]:
        items = SessionItem.query(keys.account(account_id), SessionItem.sk.startswith("S#"), consistent_read=True)
        return list(each(_SESSIONS.read, items))

    def end_session(self, session: Session) -> None:
        SessionItem(keys.account(session.account_id), f"S#{session.hash}").delete()


def _address(item: AddressItem) -> Address:
    """A complaint of the time when it was stored as the reason is one too."""
    complained_before = item.unreachable == Unreachable.COMPLAINED
    return Address(
        email=item.email,
        account_id=item.account_id,
        unreachable="" if complained_before else item.unreachable,
        complained=item.complained or complained_before,
        locale=item.locale,
        blocks=tuple(sorted(item.blocked or ())),
    )


def _enter(write: RetryingTransaction, by: tuple[Use, Session] | None) -> None:
    if by:
        use_up(write, by[0])
        write.save(session_item(by[1]))


_SESSIONS = Codec(
    Session,
    SessionItem,
    nearest={"method": SignInMethod.PASSWORD},
    stored={
        "proved": Stored(
            lambda proved: [[invitation, until.timestamp()] for invitation, until in proved],
            lambda stored: tuple(
                (invitation, datetime.fromtimestamp(until, UTC)) for invitation, until in stored or ()
            ),
        )
    },
)


def session_item(session: Session) -> SessionItem:
    gone_at = session.created_at + SESSION_LONGEST
    return _SESSIONS.item(session, keys.account(session.account_id), f"S#{session.hash}", gone_at=gone_at)
