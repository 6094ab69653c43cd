"""Settings of one's account and workspaces; and the workspace's people."""

from typing import Any

from ...domain import errors
from ...domain.identities import Profile, Provider
from ...domain.people import Role
from ...domain.workspaces import Member, Mismatch, WhoMayInvite, Workspace
from ...usecases import accounts, addresses, identities, workspaces
from ...usecases.workspaces import Settings
from . import people, said
from .routing import Page, Pages, See, Visit

routes = Pages(__name__)
_MOST_MEMBERS = 200


@routes.page("/settings", signed_in=True)
def settings_page(visit: Visit) -> Page:
    return _settings(visit, visit.got.query.get("workspace", ""), visit.got.query.get("saved"))


@routes.form("/settings/account", signed_in=True)
def save_account(visit: Visit) -> Page | See:
    def save() -> None:
        accounts.save_profile(visit.ports, visit.account, visit.field("name"), visit.field("locale"))
        notices, missed_mail = bool(visit.field("notices")), bool(visit.field("missed_mail"))
        visit.ports.accounts.save_notices(visit.account.id, notices, missed_mail)

    return _done(visit, "account", save)


@routes.form("/settings/identities/remove", signed_in=True)
def unlink(visit: Visit) -> Page | See:
    return _done(visit, "account", lambda: identities.unlink(visit.ports, visit.account, visit.field("key")))


@routes.form("/settings/workspace", signed_in=True)
def save_workspace(visit: Visit) -> Page | See:
    return _done(
        visit, "workspace", lambda: workspaces.change(visit.ports, visit.account, _workspace_id(visit), _wanted(visit))
    )


@routes.form("/settings/members", signed_in=True)
def add_member(visit: Visit) -> Page | See:
    def add() -> None:
        workspaces.add_member(
            visit.ports, visit.account, _workspace_id(visit), visit.field("email"), _role(visit), visit.ids
        )

    return _done(visit, "members", add)


@routes.form("/settings/members/{account_id}", signed_in=True)
def change_member(visit: Visit) -> Page | See:
    account_id = visit.path["account_id"]
    return _done(
        visit,
        "members",
        lambda: workspaces.change_role(visit.ports, visit.account, _workspace_id(visit), account_id, _role(visit)),
    )


@routes.form("/settings/members/{account_id}/remove", signed_in=True)
def remove_member(visit: Visit) -> Page | See:
    account_id = visit.path["account_id"]
    return _done(
        visit, "members", lambda: workspaces.remove_member(visit.ports, visit.account, _workspace_id(visit), account_id)
    )


def _done(visit: Visit, part: str, do: Any) -> Page | See:
    try:
        do()
    except errors.Refusal as refusal:
        if refusal.kind is errors.Kind.UNKNOWN:
            raise
        problems = visit.problems(refusal)
        text = problems.get("form")
        return _settings(
            visit, visit.field("workspace_id"), None, problems, {"kind": "danger", "text": text} if text else None
        )
    return See(f"/settings?workspace={visit.field('workspace_id')}&saved={part}")


def _settings(
    visit: Visit,
    chosen: str,
    saved: str | None,
    problems: dict[str, str] | None = None,
    notice: dict[str, str] | None = None,
) -> Page:
    mine = people.workspaces(visit.ports, visit.account)
    wanted = next((one["id"] for one in mine if one["id"] == chosen), mine[0]["id"] if mine else "")
    members: list[Member] = []
    workspace, own = None, None
    if wanted:
        workspace, own = workspaces.as_member(visit.ports, visit.account, wanted)
        members, _ = visit.ports.workspaces.members(wanted, _MOST_MEMBERS, "")
    return visit.page(
        "settings.html",
        422 if problems else 200,
        workspaces=mine,
        account={
            "name": visit.account.name,
            "email": visit.account.email,
            "bounces": addresses.bounces(visit.ports, visit.account.email),
            "locale": visit.account.locale,
            "notices": visit.account.notices,
            "missed_mail": visit.account.missed_mail,
        },
        workspace=_workspace(workspace, own) if workspace and own else None,
        members=[_member(one, own) for one in members] if own else [],
        identities=_identities(visit),
        can_link=[(str(one), one.shown) for one in Provider if one.option in visit.ports.configured],
        saved=saved,
        errors=problems or {},
        notice=notice or said.notice(visit),
    )


def _identities(visit: Visit) -> list[dict[str, Any]]:
    """`invites`: it is the one whose Slack workspace this session invites people to."""
    own = visit.ports.identities.of_account(visit.account.id)
    here = identities.slack_identity(visit.ports, visit.session) if _through_slack(own) else None
    return [{**_identity(one), "invites": one.identity == here} for one in own]


def _through_slack(own: list[Profile]) -> bool:
    return any(one.identity.provider is Provider.SLACK for one in own)


def _identity(one: Profile) -> dict[str, Any]:
    return {
        "key": one.identity.key,
        "shown": one.identity.provider.shown,
        "organization": one.organization,
        "name": one.name,
        "email": one.email,
    }


def _workspace(workspace: Workspace, own: Member) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "role": own.role,
        "plan": workspace.plan,
        "communicate": workspace.communicate,
        "invitation_days": workspace.invitation_days,
        "allowed_domains": list(workspace.allowed_domains),
        "denied_domains": list(workspace.denied_domains),
        "who_may_invite": workspace.who_may_invite,
        "mismatch": workspace.mismatch,
        "locale": workspace.locale,
        "can_change": own.role.may_manage,
    }


def _member(one: Member, own: Member) -> dict[str, Any]:
    may_touch = own.role is Role.OWNER or (own.role is Role.ADMIN and one.role is not Role.OWNER)
    return {
        "account_id": one.account_id,
        "email": one.email,
        "role": one.role,
        **people.face(one.account_id, one.name),
        "me": one.account_id == own.account_id,
        "can_change": may_touch,
    }


def _wanted(visit: Visit) -> Settings:
    days, who, mismatch = visit.field("invitation_days"), visit.field("who_may_invite"), visit.field("mismatch")
    if not days.isdecimal() or len(days) > 4:
        raise errors.wrong_field("invitation_days", "out_of_range", "Choose 1 to 90 days.")
    return Settings(
        name=visit.field("name"),
        communicate=bool(visit.field("communicate")),
        invitation_days=int(days),
        allowed_domains=tuple(visit.field("allowed_domains").replace(",", " ").split()),
        denied_domains=tuple(visit.field("denied_domains").replace(",", " ").split()),
        who_may_invite=WhoMayInvite(who) if who in list(WhoMayInvite) else None,
        mismatch=Mismatch(mismatch) if mismatch in list(Mismatch) else None,
        locale=visit.field("locale") or None,
    )


def _role(visit: Visit) -> Role:
    role = visit.field("role")
    return Role(role) if role in list(Role) else Role.MEMBER


def _workspace_id(visit: Visit) -> str:
    """From the form; judged like an id in a path."""
    chosen = visit.field("workspace_id")
    if not chosen.isalnum() or len(chosen) != 16:
        raise errors.unknown()
    return chosen
