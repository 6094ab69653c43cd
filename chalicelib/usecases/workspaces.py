"""Looking after a workspace: its settings, its people, its plan."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..domain import errors, names, personal_lines
from ..domain.addresses import NotAnAddress, bare, canonical, domain_of
from ..domain.calls import CallSettings, checked_settings
from ..domain.ends import EndReason
from ..domain.ids import Ids
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.outside import PersonRef
from ..domain.people import LOCALES, Account, Role
from ..domain.plans import Plan
from ..domain.reports import refuse_if_paused
from ..domain.workspaces import (
    FilePolicy,
    HandOverPolicy,
    Member,
    Mismatch,
    WhoMayInvite,
    Workspace,
    refuse_unless_may_change_role,
    refuse_unless_may_manage,
)
from ..ports import Limit, Ports
from . import addresses, ending, sessions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """What to change; None leaves a setting as it is. `outside_days` 0 is no end."""

    name: str | None = None
    communicate: bool | None = None
    invitation_days: int | None = None
    allowed_domains: tuple[str, ...] | None = None
    denied_domains: tuple[str, ...] | None = None
    who_may_invite: WhoMayInvite | None = None
    mismatch: Mismatch | None = None
    locale: str | None = None
    hand_over: HandOverPolicy | None = None
    calls: CallSettings | None = None
    outside_days: int | None = None
    files: FilePolicy | None = None


def as_member(ports: Ports, account: Account, workspace_id: str) -> tuple[Workspace, Member]:
    """The only way from a request to a workspace: what is not yours is not there."""
    workspace, member = ports.workspaces.member(workspace_id, account.id)
    if workspace is None or member is None:
        raise errors.unknown()
    return workspace, member


def of_account(ports: Ports, account: Account) -> list[tuple[Workspace, Role]]:
    """The workspaces that this person is a member of, with their role."""
    return ports.workspaces.of_account(account.id)


def membership(ports: Ports, account: Account, workspace_id: str) -> tuple[Workspace | None, Member | None]:
    """The workspace, and what this person is in it: None for who is from outside."""
    return ports.workspaces.member(workspace_id, account.id)


def members(ports: Ports, reader: Member, most: int, after: str = "") -> tuple[list[Member], str]:
    """The people of the reader's workspace; and behind whom the next page begins, empty for the last one."""
    return ports.workspaces.members(reader.workspace_id, most, after)


def audit_log(ports: Ports, workspace_id: str, most: int) -> list[tuple[datetime, str]]:
    """What stands in it, the newest first."""
    return ports.workspaces.notes(workspace_id, most)


def names_of(ports: Ports, account_ids: Iterable[str]) -> dict[str, str]:
    """Of those who are there still."""
    accounts, _, _ = ports.audit.look_up(account_ids, (), ())
    return {account.id: account.name for account in accounts.values()}


def mails_used(ports: Ports, workspace_id: str) -> int:
    """Of the last 24 hours' allowance."""
    return ports.workspaces.mail_quota(workspace_id).within(ports.now())


def stored_bytes(ports: Ports, workspace_id: str) -> int:
    """What the workspace's files take."""
    return ports.workspaces.stored_bytes(workspace_id)


def change(ports: Ports, account: Account, workspace_id: str, settings: WorkspaceSettings) -> Workspace:
    workspace, member = as_member(ports, account, workspace_id)
    refuse_unless_may_manage(member.role, "change the workspace's settings")
    changed = replace(workspace, **_checked(settings))
    ports.workspaces.save_settings(changed)
    return changed


def save_lines(ports: Ports, account: Account, workspace_id: str, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that members choose from when they invite; owners and admins."""
    workspace, member = as_member(ports, account, workspace_id)
    refuse_unless_may_manage(member.role, "change the workspace's settings")
    kept = personal_lines.saved(lines)
    ports.workspaces.save_lines(workspace.id, kept)
    return kept


def owner_is_confirmed(ports: Ports, workspace_id: str) -> bool:
    """Whether an owner has an address, which an account only gets by proving it."""
    everybody, _ = ports.workspaces.members(workspace_id, 1000, "")
    return any(member.role is Role.OWNER and member.email for member in everybody)


def add_member(ports: Ports, account: Account, workspace_id: str, email: str, role: Role, new_id: Ids) -> Member | None:
    """The member, where the address has an account; None where a mail was promised that lets them make one."""
    workspace, by = as_member(ports, account, workspace_id)
    email = sessions.address(email)
    whom = ports.accounts.of(email)
    new = Member(
        workspace_id=workspace.id,
        account_id=whom.id if whom else "",
        name=whom.name if whom else "",
        picture=whom.picture if whom else "",
        email=email,
        role=role,
    )
    refuse_unless_may_change_role(by, new, role)
    refuse_if_paused(account)
    if addresses.get(ports, email).blocks_mail_from(by.account_id, workspace.id):
        raise errors.conflict("not_reachable", "We can't send e-mail to this address. Ask the person for another one.")
    if whom is None:
        _ask_to_make_account(ports, by, workspace, email, role, new_id)
        return None
    if not ports.workspaces.add_member(new):
        raise errors.conflict("already_member", "This person is a member already.")
    return new


def change_role(ports: Ports, account: Account, workspace_id: str, account_id: str, role: Role) -> Member:
    by, whom = _manager_and_member(ports, account, workspace_id, account_id)
    refuse_unless_may_change_role(by, whom, role)
    other = _another_owner(ports, whom, role)
    if not ports.workspaces.change_role(whom, role, other):
        raise errors.conflict("changed_meanwhile", "This was just changed. Reload and try again.")
    return replace(whom, role=role)


def remove_member(ports: Ports, account: Account, workspace_id: str, account_id: str) -> None:
    """Out of the workspace and of all its chats, at once. People may always leave, except the last owner."""
    by, whom = _manager_and_member(ports, account, workspace_id, account_id)
    if account_id != account.id:
        refuse_unless_may_change_role(by, whom, None)
    other = _another_owner(ports, whom, None)
    if not ports.workspaces.remove_member(whom, other):
        raise errors.conflict("changed_meanwhile", "This was just changed. Reload and try again.")
    leave_chats(ports, account_id, workspace_id, PersonRef(by.account_id, by.name))


def leave_chats(ports: Ports, account_id: str, workspace_id: str, by: PersonRef) -> None:
    """Safe to run again: called once more when the table tells of the removal, in case the first run was cut short."""
    reason = EndReason.LEFT if by.account_id in ("", account_id) else EndReason.REMOVED
    for membership in ports.chats.memberships(account_id):
        if membership.workspace_id == workspace_id and membership.is_member:
            ending.end(ports, [membership], by, reason)


def set_plan(ports: Ports, workspace_id: str, plan: Plan) -> bool:
    is_set = ports.workspaces.set_plan(workspace_id, plan)
    if is_set:
        log.info("plan set: workspace %s, %s", workspace_id, plan)
    return is_set


def _manager_and_member(ports: Ports, account: Account, workspace_id: str, account_id: str) -> tuple[Member, Member]:
    _, by = as_member(ports, account, workspace_id)
    whom = (
        by if account_id == account.id else ports.workspaces.members_among(workspace_id, [account_id]).get(account_id)
    )
    if whom is None:
        raise errors.unknown()
    return by, whom


def _another_owner(ports: Ports, whom: Member, to: Role | None) -> Member | None:
    """Who stays an owner when this one goes; None where no owner goes. Two owners can't let each other go at once."""
    if whom.role is not Role.OWNER or to is Role.OWNER:
        return None
    everybody, _ = ports.workspaces.members(whom.workspace_id, 1000, "")
    for member in everybody:
        if member.role is Role.OWNER and member.account_id != whom.account_id:
            return member
    raise errors.conflict("last_owner", "A workspace needs at least one owner. Make someone else an owner first.")


def _ask_to_make_account(ports: Ports, by: Member, workspace: Workspace, email: str, role: Role, new_id: Ids) -> None:
    of_workspace = Limit(f"letters of {workspace.id}", workspace.allowance.mails_in_24_h, 86_400)
    sessions.refuse_too_many_mails(ports, email, f"member {by.account_id}", of_workspace)
    ports.notifications.add(
        NotificationMail(
            id=new_id(),
            kind=NotificationKind.JOIN_WORKSPACE,
            email=email,
            created_at=ports.now(),
            locale=workspace.locale,
            name=by.name,
            workspace=workspace.name,
            workspace_id=workspace.id,
            role=role,
            detail=by.account_id,
        )
    )


def _checked(settings: WorkspaceSettings) -> dict[str, Any]:
    given: dict[str, Any] = {
        field: getattr(settings, field)
        for field in WorkspaceSettings.__dataclass_fields__
        if getattr(settings, field) is not None
    }
    if settings.name is not None:
        given["name"] = names.clean(settings.name, "name")
    if settings.invitation_days is not None and not 1 <= settings.invitation_days <= 90:
        raise errors.wrong_field("invitation_days", "out_of_range", "Choose 1 to 90 days.")
    if settings.locale is not None and settings.locale not in LOCALES:
        raise errors.wrong_field("locale", "unknown", "Choose one of {known}.", known=", ".join(LOCALES))
    if settings.calls is not None:
        given["calls"] = checked_settings(settings.calls.kind, settings.calls.url)
    for field in ("allowed_domains", "denied_domains"):
        if field in given:
            given[field] = _domains(field, given[field])
    return given


def _domains(field: str, typed: tuple[str, ...]) -> tuple[str, ...]:
    if len(typed) > 100:
        raise errors.wrong_field(field, "too_many", "Use at most 100 domains.")
    try:
        return tuple(dict.fromkeys(domain_of(canonical(f"x@{bare(domain).removeprefix('@')}")) for domain in typed))
    except NotAnAddress as reason:
        raise errors.wrong_field(field, "bad_domain", "One of these is not a domain like example.org.") from reason
