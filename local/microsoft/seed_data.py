"""Who is there at first: two organisations, one household of personal accounts, and their people."""

import base64
import hashlib

from local.fake_provider.state import Json

PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""Microsoft's own tenant of all personal accounts."""
APP_NAME = "Webtop"

_KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
_NORTHWIND = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a02"
_TENANTS = {
    _KESSEL: ("Kessel & Söhne", "kessel.example"),
    _NORTHWIND: ("Northwind", "northwind.example"),
    PERSONAL: ("Personal accounts", "outlook.example"),
}
_PEOPLE: list[tuple[str, str, str, str | None]] = [
    (_KESSEL, "Jonas Weber-Oppenheimer", "member", "jonas"),
    (_KESSEL, "Katrin Kessel", "admin", "katrin"),
    (_KESSEL, "Emre Aydın", "member", "emre"),
    (_KESSEL, "Lena Ohnemail", "member", None),
    (_NORTHWIND, "Nora Quist", "member", "nora"),
    (_NORTHWIND, "Ned Alder", "admin", "ned"),
    (PERSONAL, "Pat Moss", "member", "pat"),
]


def fresh() -> Json:
    """The state of a new Microsoft."""
    people = [_person(number, *item) for number, item in enumerate(_PEOPLE, start=1)]
    return {
        "tenants": {key: _tenant(key, *about) for key, about in _TENANTS.items()},
        "people": {person["oid"]: person for person in people},
        "codes": {},
        "requests": [],
        "last_id": 0,
    }


def _tenant(key: str, name: str, domain: str) -> Json:
    return {"id": key, "name": name, "domain": domain, "allows_apps": True}


def _person(number: int, tenant: str, name: str, role: str, mailbox: str | None) -> Json:
    domain = _TENANTS[tenant][1]
    login = mailbox or name.split(maxsplit=1)[0].lower()
    return {
        "oid": f"7b2e4c90-1d3f-4a6b-8c5d-{number:012}",
        "tid": tenant,
        "name": name,
        "role": role,
        "email": f"{mailbox}@{domain}" if mailbox else None,
        "login": f"{login}@{domain}",
        "user_id": f"29:1{_opaque('user', number)}",
        "conversation": f"a:1{_opaque('conversation', number)}",
        "has_app": False,
        "seen": False,
        "blocked": False,
        "messages": [],
    }


def _opaque(kind: str, number: int) -> str:
    """An id that tells nothing, and is always the same."""
    digest = hashlib.sha256(f"{kind}|{number}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
