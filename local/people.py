"""Who is there from the start on one machine, and how they sign in."""

import re
from dataclasses import dataclass

from chalicelib.domain.people import Role
from chalicelib.domain.plans import Plan
from local.config import HOST

PASSWORD = "webtop-demo-2026"  # noqa: S105  # for this machine only; README names it


@dataclass(frozen=True, slots=True)
class Seeded:
    """A person, and their place in a workspace."""

    email: str
    name: str
    workspace: str
    plan: Plan
    role: Role


PEOPLE = (
    Seeded("owner@free.example", "Frida Free", "Free Co", Plan.FREE, Role.OWNER),
    Seeded("owner@pro.example", "Paula Prowse", "Pro Co", Plan.PRO, Role.OWNER),
    Seeded("member@pro.example", "Max Member", "Pro Co", Plan.PRO, Role.MEMBER),
    Seeded("owner@enterprise.example", "Emil Enter", "Enterprise Co", Plan.ENTERPRISE, Role.OWNER),
)
"""Each workspace's owner comes before its members."""


def host_of(email: str) -> str:
    """Where this person's own browser window is: a browser keeps cookies by host, and each name below `localhost` is this machine.

    `dana-acme-example.localhost`.
    """
    return re.sub(r"[^a-z0-9]+", "-", email.casefold()).strip("-")[:60] + ".localhost"


def as_public(origin: str) -> str:
    """The origin of such a window as that of the application, which knows no other address; any other as it is."""
    match = re.fullmatch(r"http://[a-z0-9-]{1,60}\.localhost:([0-9]{1,5})", origin)
    return f"http://{HOST}:{match[1]}" if match else origin
