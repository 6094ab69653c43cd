"""Deleting one's own account: asked for now, done in seven days, unless one changes one's mind."""

import logging

from ..domain import errors
from ..domain.ids import Ids
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.people import CHANGE_OF_MIND, Account, Role
from ..ports import Ports
from . import own_account, sessions
from .own_account import Caller

log = logging.getLogger(__name__)
_PURPOSE = "delete"
_MOST_MEMBERS = 1_000


def delete(ports: Ports, caller: Caller, empties: bool, ids: Ids) -> Account:
    """The account as it is from now on: every session and socket is over, places and words stay until it is erased."""
    account = caller.account
    refuse_if_last_owner(ports, account)
    own_account.refuse_unless_proved(ports, caller, _PURPOSE, ids)
    leaves_at = ports.now() + CHANGE_OF_MIND
    ports.own_accounts.leave(account.id, leaves_at, empties, ports.now())
    for session in ports.accounts.sessions(account.id):
        sessions.sign_out(ports, session)
    if account.email:
        _tell(ports, account, ids)
    log.info("account will be erased: %s", account.id)
    left = ports.accounts.get(account.id)
    if left is None:
        raise errors.busy()
    return left


def keep(ports: Ports, account: Account) -> None:
    """Again, or with nothing to keep, is the same answer."""
    if account.leaves_at is not None:
        ports.own_accounts.keep(account.id)
        log.info("account is kept: %s", account.id)


def refuse_if_last_owner(ports: Ports, account: Account) -> None:
    """Whoever leaves other people behind names another owner first. One who is leaving, too, doesn't count."""
    for workspace, role in ports.workspaces.of_account(account.id):
        members, _ = ports.workspaces.members(workspace.id, _MOST_MEMBERS, "")
        others = [member for member in members if member.account_id != account.id]
        owners = [member.account_id for member in others if member.role is Role.OWNER]
        if role is Role.OWNER and others and not any(_stays(ports, owner) for owner in owners):
            raise errors.conflict(
                "last_owner",
                "You are the last owner of {workspace}. Make someone else an owner first.",
                workspace=workspace.name,
            )


def _stays(ports: Ports, account_id: str) -> bool:
    account = ports.accounts.get(account_id)
    return account is not None and account.leaves_at is None


def _tell(ports: Ports, account: Account, ids: Ids) -> None:
    ports.notifications.add(
        NotificationMail(
            id=ids(),
            kind=NotificationKind.LEAVING,
            email="",
            created_at=ports.now(),
            locale=account.locale,
            account_id=account.id,
        )
    )
