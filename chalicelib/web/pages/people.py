"""People as pages show them: name, initials, and the tint of their avatar."""

from typing import Any

from ...domain.names import initials
from ...domain.people import Account
from ...ports import Ports
from ...templating.environment import tint
from ...usecases.workspaces import of_account


def me(account: Account) -> dict[str, Any]:
    return {"id": account.id, "email": account.email, **avatar(account.id, account.name)}


def avatar(identifier: str, name: str) -> dict[str, Any]:
    return {"name": name, "initials": initials(name), "tint": tint(identifier)}


def workspaces(ports: Ports, account: Account) -> list[dict[str, Any]]:
    mine = of_account(ports, account)
    return [
        {
            "id": workspace.id,
            "name": workspace.name,
            "role": role,
            "plan": workspace.plan,
            "communicate": workspace.communicate,
            "locale": workspace.locale,
        }
        for workspace, role in mine
    ]
