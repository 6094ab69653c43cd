"""What the settings page shows of each of its parts."""

from typing import Any

from ... import wiring
from ...domain.identities import Identity, Profile
from ...domain.people import Role
from ...domain.personal_lines import MOST_SAVED
from ...domain.quiet_hours import zone_names
from ...domain.workspaces import Member, Workspace
from ...usecases import accounts, installing, workspaces
from ...usecases import identities as linked
from . import people
from .routing import PageRequest

_NIGHT = ("22:00", "07:00")
_MB = 1024 * 1024


def quiet(request: PageRequest) -> dict[str, Any]:
    settings, until = accounts.settings_of(request.account), request.account.dnd_until
    begins, ends = settings.quiet or _NIGHT
    return {
        "time_zones": [(name, name.replace("_", " ")) for name in zone_names()],
        "time_zone": settings.time_zone or "UTC",
        "on": settings.quiet is not None,
        "from": begins,
        "to": ends,
        "until": until if until and until > request.ports.now() else None,
        "push_text": settings.push_text,
    }


def identities(request: PageRequest) -> list[dict[str, Any]]:
    """`invites`: the page from which this session invites people into the company's own application, or empty."""
    profiles = linked.profiles(request.ports, request.account)
    return [{**_identity(profile), "invites": _invites(request, profile.identity)} for profile in profiles]


def _invites(request: PageRequest, identity: Identity) -> str:
    page = wiring.configured().providers[identity.provider].invites_colleagues
    return (
        page if page and installing.identity_at(request.ports, request.session, identity.provider) == identity else ""
    )


def _identity(profile: Profile) -> dict[str, Any]:
    return {
        "key": profile.identity.key,
        "shown": profile.identity.provider.shown,
        "organization": profile.organization,
        "name": profile.name,
        "email": profile.email,
    }


def workspace(request: PageRequest, workspace: Workspace, member: Member) -> dict[str, Any]:
    stored = workspaces.stored_bytes(request.ports, workspace.id) if member.role.may_manage else 0
    return {
        "id": workspace.id,
        "name": workspace.name,
        "role": member.role,
        "plan": workspace.plan,
        "communicate": workspace.communicate,
        "invitation_days": workspace.invitation_days,
        "allowed_domains": list(workspace.allowed_domains),
        "denied_domains": list(workspace.denied_domains),
        "who_may_invite": workspace.who_may_invite,
        "mismatch": workspace.mismatch,
        "locale": workspace.locale,
        "hand_over": workspace.hand_over,
        "outside_days": workspace.outside_days,
        "calls": {"kind": workspace.calls.kind, "url": workspace.calls.url},
        "files": workspace.files,
        "file_mb": workspace.allowance.file_bytes // _MB,
        "stored_mb": -(-stored // _MB),
        "can_change": member.role.may_manage,
        "lines": [*workspace.lines, *[""] * (MOST_SAVED - len(workspace.lines))],
    }


def member(member: Member, own_member: Member) -> dict[str, Any]:
    may_touch = own_member.role is Role.OWNER or (own_member.role is Role.ADMIN and member.role is not Role.OWNER)
    return {
        "account_id": member.account_id,
        "email": member.email,
        "role": member.role,
        **people.avatar(member.account_id, member.name, member.picture),
        "me": member.account_id == own_member.account_id,
        "can_change": may_touch,
    }
