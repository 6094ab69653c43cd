"""Who and what is there at first: three workspaces of different kinds, people of every role, channels, one app."""

from typing import Any

from local.fake_provider.state import Json

APP_ID = "A0WEBTOP"
APP_NAME = "Webtop"

_ROLES: dict[str, Json] = {
    "primary owner": {"is_primary_owner": True, "is_owner": True, "is_admin": True},
    "owner": {"is_owner": True, "is_admin": True},
    "admin": {"is_admin": True},
    "member": {},
    "multi-channel guest": {"is_restricted": True},
    "single-channel guest": {"is_restricted": True, "is_ultra_restricted": True},
    "bot": {"is_bot": True},
    "deactivated": {"deleted": True},
}
_FLAGS = ("is_primary_owner", "is_owner", "is_admin", "is_restricted", "is_ultra_restricted", "is_bot", "deleted")

_TEAMS: list[tuple[str, str, str, str, str | None]] = [
    ("ACME", "Acme", "acme", "plus", None),
    ("TINY", "Tiny", "tiny", "free", None),
    ("GRID", "Grid Corp", "gridcorp", "enterprise", "E0GRID"),
]
_PEOPLE: dict[str, list[tuple[str, str, bool]]] = {
    "ACME": [
        ("Dana Smith", "member", True),
        ("Olivia Park", "primary owner", True),
        ("Oscar Lind", "owner", True),
        ("Adam Reyes", "admin", True),
        ("Uma Novak", "member", False),
        ("Gus Moreno", "multi-channel guest", True),
        ("Sina Vogel", "single-channel guest", True),
        ("Build Bot", "bot", False),
        ("Dora Finch", "deactivated", True),
    ],
    "TINY": [
        ("Tom Hale", "member", True),
        ("Tina Brook", "primary owner", True),
        ("Tariq Aziz", "owner", True),
        ("Tess Orr", "admin", True),
        ("Tilda Ek", "member", False),
        ("Theo Lam", "multi-channel guest", True),
        ("Toni Berg", "single-channel guest", True),
        ("Deploy Bot", "bot", False),
    ],
    "GRID": [
        ("Maya Chen", "member", True),
        ("Greta Holm", "primary owner", True),
        ("Glen Ford", "owner", True),
        ("Gita Rao", "admin", True),
        ("Gabor Kiss", "member", False),
        ("Grace Obi", "multi-channel guest", True),
        ("Gil Santos", "single-channel guest", True),
        ("Audit Bot", "bot", False),
    ],
}


def fresh() -> Json:
    """The state of a new Slack."""
    teams = {f"T0{code}": _team(code, name, domain, plan, org) for code, name, domain, plan, org in _TEAMS}
    users = {
        user["id"]: user for code, people in _PEOPLE.items() for user in (_user(code, *person) for person in people)
    }
    channels = {channel["id"]: channel for code in _PEOPLE for channel in _channels(code, list(users.values()))}
    return {
        "teams": teams,
        "users": users,
        "channels": channels,
        "messages": {},
        "installs": {},
        "tokens": {},
        "codes": {},
        "requests": [],
        "invites": [],
        "shared_invites": [],
        "uploads": {},
        "files": {},
        "homes": {},
        "last_ts": 0,
    }


def role(user: Json) -> str:
    """What the person is, in words; the most special first."""
    if user["deleted"]:
        return "deactivated"
    if user["is_bot"]:
        return "bot"
    for name in ("primary owner", "owner", "admin", "single-channel guest", "multi-channel guest"):
        if all(user[flag] for flag in _ROLES[name]):
            return name
    return "member"


def _team(code: str, name: str, domain: str, plan: str, org: str | None) -> Json:
    return {
        "id": f"T0{code}",
        "name": name,
        "domain": domain,
        "email_domain": f"{domain}.example",
        "plan": plan,
        "enterprise_id": org,
        "enterprise_name": name if org else None,
    }


def _user(code: str, name: str, role_name: str, verified: bool) -> Json:
    first, _, last = name.partition(" ")
    flags: dict[str, Any] = {flag: _ROLES[role_name].get(flag, False) for flag in _FLAGS}
    return {
        "id": f"U{code}{first.upper()}",
        "team_id": f"T0{code}",
        "name": first.lower(),
        "real_name": name,
        "first": first,
        "last": last,
        "email": f"{first.lower()}@{ {t[0]: t[2] for t in _TEAMS}[code] }.example",
        "email_verified": verified,
        **flags,
    }


def _channels(code: str, users: list[Json]) -> list[Json]:
    here = [user for user in users if user["team_id"] == f"T0{code}" and not user["deleted"]]
    members = [user["id"] for user in here if not user["is_restricted"]]
    guests = [user["id"] for user in here if user["is_restricted"]]
    multi = [user["id"] for user in here if user["is_restricted"] and not user["is_ultra_restricted"]]
    owners = [user["id"] for user in here if user["is_admin"]]
    return [
        _channel(f"C{code}GENERAL", f"T0{code}", "general", members),
        _channel(f"C{code}RANDOM", f"T0{code}", "random", members + multi),
        _channel(f"C{code}PROJECT", f"T0{code}", "project-north", members + guests),
        _channel(f"C{code}LEADERS", f"T0{code}", "leaders", owners),
    ]


def _channel(channel_id: str, team_id: str, name: str, members: list[str]) -> Json:
    return {
        "id": channel_id,
        "team_id": team_id,
        "name": name,
        "kind": "channel",
        "members": members,
        "is_private": name == "leaders",
        "is_general": name == "general",
    }
