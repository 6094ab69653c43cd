"""People as pages show them: name, picture, initials, and the tint of their avatar."""

from collections.abc import Mapping
from typing import Any

from ...domain.messages import Author
from ...domain.names import initials, tint
from ...domain.people import Account
from ...ports import Ports
from ...schemas import profile_pictures
from ...usecases.workspaces import of_account


def me(account: Account) -> dict[str, Any]:
    return {"id": account.id, "email": account.email, **avatar(account.id, account.name, account.picture)}


def avatar(identifier: str, name: str, picture: str = "") -> dict[str, Any]:
    """`picture` is the id of one of that account's."""
    path = profile_pictures.path(identifier, picture)
    return {"name": name, "initials": initials(name), "tint": tint(identifier), "picture_url": path}


def author(author: Author, pictures: Mapping[str, str]) -> dict[str, Any]:
    """Who wrote a message; `pictures` by account."""
    shown = avatar(author.account_id, author.name, pictures.get(author.account_id, ""))
    return {"account_id": author.account_id, **shown, "role": author.role, "via": author.via}


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
