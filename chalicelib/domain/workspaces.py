"""Workspaces: a company's space, its people, its plan, and what it decides about outside people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .calls import NO_CALLS, CallSettings
from .people import Role
from .plans import ALLOWANCES, Allowance, Plan


class WhoMayInvite(StrEnum):
    MEMBERS = "members"
    ADMINS = "admins"


class Mismatch(StrEnum):
    """What happens when the joining account doesn't own the invited address."""

    TELL = "tell"
    ASK = "ask"
    REFUSE = "refuse"


class HandOverPolicy(StrEnum):
    """What happens when an invited person names another address as the right one."""

    ASK = "ask"
    SAME_DOMAIN = "same_domain"
    OFF = "off"


class FilePolicy(StrEnum):
    """Who may send files into the workspace's chats."""

    ALL = "all"
    MEMBERS = "members"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`invitation_days` is 1 to 90; domains are in their ASCII form; `lines` are those to choose from when inviting.
    `outside_days` is how long people from outside stay where nothing else is said; 0 for no end."""

    id: str
    name: str
    plan: Plan
    communicate: bool
    created_at: datetime
    invitation_days: int = 14
    allowed_domains: tuple[str, ...] = ()
    denied_domains: tuple[str, ...] = ()
    who_may_invite: WhoMayInvite = WhoMayInvite.MEMBERS
    mismatch: Mismatch = Mismatch.TELL
    locale: str = "en"
    lines: tuple[str, ...] = ()
    hand_over: HandOverPolicy = HandOverPolicy.ASK
    calls: CallSettings = NO_CALLS
    outside_days: int = 0
    files: FilePolicy = FilePolicy.ALL

    @property
    def allowance(self) -> Allowance:
        return ALLOWANCES[self.plan]

    @property
    def invitation_life(self) -> timedelta:
        return timedelta(days=self.invitation_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    workspace_id: str
    account_id: str
    name: str
    email: str
    role: Role
    picture: str = ""


def refuse_unless_communicate(workspace: Workspace) -> None:
    if not workspace.communicate:
        raise errors.communicate_off(workspace.name)


def refuse_unless_may_invite(workspace: Workspace, member: Member) -> None:
    if not workspace.communicate:
        raise errors.communicate_off(workspace.name, member.role.may_manage)
    if workspace.who_may_invite is WhoMayInvite.ADMINS and not member.role.may_manage:
        raise errors.may_not("invite people")


def refuse_unless_may_manage(role: Role, what: str) -> None:
    if not role.may_manage:
        raise errors.may_not(what)


def may_give_role(by: Role, to: Role) -> bool:
    """Only an owner makes an owner."""
    return by.may_manage and (to is not Role.OWNER or by is Role.OWNER)


def refuse_unless_may_change_role(by: Member, whom: Member, to: Role | None) -> None:
    """Admins look after members and admins; only an owner makes, changes or removes an owner. `to` None is removal."""
    touches_owner = whom.role is Role.OWNER or to is Role.OWNER
    if not by.role.may_manage or (touches_owner and by.role is not Role.OWNER):
        raise errors.may_not("change this person's role")
