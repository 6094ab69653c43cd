"""The people and workspaces that a new system starts with. Planted once; what is there stays as it is."""

import os
import subprocess
import sys

from chalicelib import settings, wiring
from chalicelib.domain.people import Account, Role
from chalicelib.domain.plans import Plan
from chalicelib.domain.workspaces import Member, Workspace
from chalicelib.ports import Ports

PASSWORD = "webtop-demo-2026"  # noqa: S105  # for this machine only; README names it
_WORKSPACES = (
    ("Free Co", Plan.FREE, "owner@free.example", "Frida Free"),
    ("Pro Co", Plan.PRO, "owner@pro.example", "Paula Prowse"),
    ("Enterprise Co", Plan.ENTERPRISE, "owner@enterprise.example", "Emil Enter"),
)


def plant(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts planting, in a process with the application's own environment."""
    return subprocess.Popen([sys.executable, "-m", "local.seeds"], env=environment)


def _plant(ports: Ports) -> None:
    password_hash = ""
    for name, plan, email, person in _WORKSPACES:
        if ports.accounts.of(email):
            continue
        password_hash = password_hash or ports.passwords.hash(PASSWORD)
        owner = _account(ports, email, person, password_hash)
        workspace = Workspace(id=ports.new_id(), name=name, plan=plan, communicate=True, created_at=ports.now())
        ports.accounts.add(owner, workspace, _member(workspace, owner, Role.OWNER))
        if plan is Plan.PRO:
            member = _account(ports, "member@pro.example", "Max Member", password_hash)
            ports.accounts.add(member, None, _member(workspace, member, Role.MEMBER))


def _account(ports: Ports, email: str, name: str, password_hash: str) -> Account:
    now = ports.now()
    return Account(
        id=ports.new_id(),
        name=name,
        email=email,
        password_hash=password_hash,
        locale="en",
        created_at=now,
        sessions_from=now,
    )


def _member(workspace: Workspace, account: Account, role: Role) -> Member:
    return Member(workspace_id=workspace.id, account_id=account.id, name=account.name, email=account.email, role=role)


if __name__ == "__main__":
    _plant(wiring.build(settings.read(os.environ)))
