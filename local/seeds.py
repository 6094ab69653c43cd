"""The people and workspaces that a new system starts with. Planted once; what is there stays as it is."""

import os
import subprocess
import sys

from chalicelib import settings, wiring
from chalicelib.domain.people import Account, Role
from chalicelib.domain.workspaces import Member, Workspace
from chalicelib.ports import Ports
from local import people
from local.people import PEOPLE, Seeded

PASSWORD = people.PASSWORD


def plant(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts planting, in a process with the application's own environment."""
    return subprocess.Popen([sys.executable, "-m", "local.seeds"], env=environment)


def _plant(ports: Ports) -> None:
    password_hash, workspaces = "", dict[str, Workspace]()
    for seeded in PEOPLE:
        if ports.accounts.of(seeded.email) or (seeded.role is not Role.OWNER and seeded.workspace not in workspaces):
            continue
        password_hash = password_hash or ports.passwords.hash(PASSWORD)
        account = _account(ports, seeded.email, seeded.name, password_hash)
        new = _workspace(ports, seeded) if seeded.role is Role.OWNER else None
        if new:
            workspaces[seeded.workspace] = new
        ports.accounts.add(account, new, _member(workspaces[seeded.workspace], account, seeded.role))


def _workspace(ports: Ports, seeded: Seeded) -> Workspace:
    return Workspace(
        id=ports.new_id(), name=seeded.workspace, plan=seeded.plan, communicate=True, created_at=ports.now()
    )


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
