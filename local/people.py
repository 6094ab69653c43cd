"""Who is there from the start on one machine, and how they sign in."""

from dataclasses import dataclass

from chalicelib.domain.people import Role
from chalicelib.domain.plans import Plan

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
