"""The register of people from outside and what belongs to it."""

from typing import Any

from .gallery_chats import PEOPLE, SHELL, WORKSPACES
from .gallery_join import Case

PLACE: dict[str, Any] = {
    "chat_id": "c1",
    "chat": "Spring launch",
    "via": "slack",
    "organization": "Acme",
    "invited_as": "d.smith@example.org",
    "invited_by": "Mara Lindqvist",
    "owner": "Mara Lindqvist",
    "joined_at": "2026-11-12T10:02:00Z",
    "last_wrote_at": "2026-11-19T10:02:00Z",
    "ends_at": None,
}
SHORT = PLACE | {"chat_id": "c2", "chat": "", "ends_at": "2026-12-24T17:00:00Z", "last_wrote_at": None, "via": "webtop"}
LONG = PLACE | {
    "chat_id": "c3",
    "chat": "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz " * 2,
    "invited_as": "a.very.long.address.of.somebody.from.far.away@sub.department.of.a-very-long-company-name.example",
}
DANA: dict[str, Any] = {
    "account_id": "acc_dana",
    "name": "Dana Smith",
    "initials": "DS",
    "tint": 2,
    "email": "dana@acme.example",
    "via": "slack",
    "organization": "Acme",
    "since": "2026-11-12T10:02:00Z",
    "last_wrote_at": "2026-11-19T10:02:00Z",
    "ends_at": None,
    "places": [PLACE, SHORT],
}
PRIYA = DANA | {
    "account_id": "acc_priya",
    **PEOPLE["priya"],
    "organization": "",
    "email": "",
    "ends_at": SHORT["ends_at"],
}
UNKIND = DANA | {"name": "\u202e" + "Wolfeschlegelsteinhausenbergerdorff" * 3, "places": [LONG]}
PAGE = SHELL | {
    "here": "outside",
    "managed": WORKSPACES,
    "workspace": WORKSPACES[0],
    "asked": {"workspace": "w1", "q": "", "chat": ""},
    "next_url": None,
    "csv_url": "/outside.csv?workspace=w1",
    "done": "",
}


def outside_cases() -> dict[str, Case]:
    return register_cases() | person_cases()


def register_cases() -> dict[str, Case]:
    asked = {"workspace": "w1", "q": "zzz", "chat": "c1"}
    return {
        "outside": ("outside.html", PAGE | {"rows": [DANA, PRIYA]}),
        "outside-nothing": ("outside.html", PAGE | {"rows": [], "managed": WORKSPACES[:1]}),
        "outside-unkind": (
            "outside.html",
            PAGE | {"rows": [UNKIND], "next_url": "/outside?cursor=x", "done": "removed_all"},
        ),
        "outside-unknown": ("outside.html", PAGE | {"rows": [], "asked": asked}),
    }


def person_cases() -> dict[str, Case]:
    return {
        "outside-person": ("outside_person.html", PAGE | {"person": DANA}),
        "outside-person-unkind": ("outside_person.html", PAGE | {"person": UNKIND, "done": "removed"}),
    }
