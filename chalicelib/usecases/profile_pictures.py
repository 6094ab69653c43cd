"""The picture of a person: chosen, made small, shown to whoever shares a workspace or a chat with them, taken away.

It lies in the store under a key of its own before the account names it. What no account names is deleted an hour later.
"""

import logging
from collections.abc import Collection

from ..domain import errors, schedule
from ..domain import profile_pictures as rules
from ..domain.people import Account
from ..domain.schedule import ScheduledTask
from ..ports import Limit, Ports, SmallPicture

log = logging.getLogger(__name__)


def choose(ports: Ports, account: Account, content: bytes) -> str:
    """The picture's id. The chosen file is decoded by the function that has no rights, and gone when this returns."""
    picture = rules.checked(content)
    reached = ports.rate_limiter.reserve(
        [Limit(f"pictures of {account.id}", rules.CHOSEN, rules.CHOSEN_WITHIN)], ports.now()
    )
    if reached:
        raise errors.too_many(
            "too_many_pictures", "Those were many pictures at once. Try again in a while.", reached.seconds
        )
    picture_id = ports.new_id()
    ports.schedule.add_once(schedule.settle_picture(account.id, picture_id, ports.now()))
    if not _made(ports, account, picture_id, picture):
        raise rules.unreadable()
    if not ports.accounts.save_picture(account.id, picture_id):
        raise errors.unknown()
    log.info("picture chosen: account %s", account.id)
    return picture_id


def _made(ports: Ports, account: Account, picture_id: str, content: bytes) -> bool:
    chosen = rules.chosen_key(account.id, picture_id)
    small = SmallPicture(rules.key(account.id, picture_id), rules.SIDE, format="JPEG", square=True)
    ports.file_store.put(chosen, content)
    try:
        return ports.picture_maker.make(chosen, small) is not None
    finally:
        ports.file_store.delete([chosen])


def remove(ports: Ports, account: Account) -> None:
    """The initials stand there again; the stream deletes the file."""
    if account.picture:
        ports.accounts.save_picture(account.id, "")
        log.info("picture removed: account %s", account.id)


def forget(ports: Ports, account_id: str, picture_id: str) -> None:
    """The file of a picture that is its person's no more."""
    if picture_id:
        ports.file_store.delete([rules.key(account_id, picture_id)])


def settle(ports: Ports, task: ScheduledTask) -> bool:
    """Deletes what a request left that broke off between making the picture and giving it to its person."""
    account = ports.accounts.get(task.account_id)
    if account is not None and account.picture == task.invitation_id:
        return False
    ports.file_store.delete([place(task.account_id, task.invitation_id) for place in (rules.key, rules.chosen_key)])
    return True


def content(ports: Ports, reader: Account, account_id: str, picture_id: str) -> bytes:
    """The bytes, for whoever may see the person now. Another picture than their present one is not there."""
    account = reader if account_id == reader.id else ports.accounts.get(account_id)
    if account is None or account.picture != picture_id or not _may_see(ports, reader, account_id):
        raise errors.unknown()
    given = own(ports, account)
    if given is None:
        raise errors.unknown()
    return given


def own(ports: Ports, account: Account) -> bytes | None:
    """The bytes of an account's picture; None where it has none."""
    if not account.picture:
        return None
    return ports.file_store.read_up_to(rules.key(account.id, account.picture), rules.MOST_BYTES)


def of(ports: Ports, account_ids: Collection[str]) -> dict[str, str]:
    """The pictures' ids of those who have one, by account, in one read."""
    accounts = ports.audit.look_up(account_ids, (), ())[0] if account_ids else {}
    return {account.id: account.picture for account in accounts.values() if account.picture}


def _may_see(ports: Ports, reader: Account, account_id: str) -> bool:
    """Oneself, colleagues, whoever is in a chat with the reader, and guests of a workspace that the reader manages."""
    if account_id == reader.id:
        return True
    roles = {workspace.id: role for workspace, role in ports.workspaces.of_account(reader.id)}
    if roles and roles.keys() & {workspace.id for workspace, _ in ports.workspaces.of_account(account_id)}:
        return True
    theirs = ports.chats.memberships(account_id)
    managed = {workspace_id for workspace_id, role in roles.items() if role.may_manage}
    if any(place.workspace_id in managed for place in theirs):
        return True
    chats = {place.chat_id for place in theirs}
    return bool(chats) and any(place.chat_id in chats for place in ports.chats.memberships(reader.id))
