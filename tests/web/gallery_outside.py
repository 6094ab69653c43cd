"""The register of people from outside and what belongs to it."""

import json
from datetime import UTC, datetime
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
    "receipt_url": "/receipts/TOKEN",
}


def outside_cases() -> dict[str, Case]:
    return register_cases() | person_cases() | receipt_cases() | place_cases() | audit_cases() | charge_cases()


def place_cases() -> dict[str, Case]:
    at = datetime(2026, 12, 24, 23, 59, 59, tzinfo=UTC)
    owner = {"account_id": "acc_mara", "name": "Mara Lindqvist"}
    person = DANA | {
        "invited_as": "d.smith@example.org",
        "joined_at": "2026-11-12T10:02:00Z",
        "ends_at": at,
        "owner": owner,
    }
    page = SHELL | {
        "here": "/chats/c1/participants/acc_dana/end",
        "person": person,
        "chat": {"id": "c1", "title": "Spring launch", "is_mine": True},
        "workspace": {"id": "ws_1", "name": "Brightwater Studio", "days": 90},
        "owners": [("acc_mara", "Mara Lindqvist"), ("acc_tom", "Tom Abara")],
        "back": "/chats/c1?people=1",
        "done": "",
    }
    nobody = person | {"ends_at": None, "owner": {"account_id": "", "name": ""}, "name": UNKIND["name"]}
    return {
        "place": ("place.html", page),
        "place-long": ("place.html", page | {"person": nobody, "owners": [], "done": "kept"}),
        "place-wrong": ("place.html", page | {"errors": {"ends_at": "Choose a time that is still to come."}}),
    }


def register_cases() -> dict[str, Case]:
    asked = {"workspace": "w1", "q": "zzz", "chat": "c1"}
    return {
        "outside": ("outside.html", PAGE | {"rows": [DANA, PRIYA]}),
        "outside-nothing": ("outside.html", PAGE | {"rows": [], "managed": WORKSPACES[:1]}),
        "outside-unkind": (
            "outside.html",
            PAGE | {"rows": [UNKIND], "next_url": "/outside?cursor=x", "done": "removed"},
        ),
        "outside-unknown": ("outside.html", PAGE | {"rows": [], "asked": asked}),
    }


def person_cases() -> dict[str, Case]:
    return {
        "outside-person": ("outside_person.html", PAGE | {"person": DANA}),
        "outside-person-unkind": ("outside_person.html", PAGE | {"person": UNKIND, "done": "removed"}),
    }


RECEIPT: dict[str, Any] = {
    "id": "r1",
    "person": {"name": "Dana Smith", "invited_as": "d.smith@example.org", "organization": "Acme", "via": "slack"},
    "workspace": {"id": "w1", "name": "Brightwater Studio"},
    "chats": [
        {"id": "c1", "name": "Spring launch", "from": "2026-11-12T10:02:00Z", "to": "2026-11-19T10:02:00Z"},
        {"id": "c2", "name": None, "from": "2026-11-13T10:02:00Z", "to": "2026-11-19T10:02:00Z"},
    ],
    "ended_by": {"name": "Mara Lindqvist"},
    "reason": "removed",
    "stays": [],
    "issued_at": "2026-11-19T10:02:00Z",
    "signature": "hN2eS1p0.dGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSwgb25seSBhcyBsb25nIGFzIG9uZSBvZiB0aGVt",
}
CARRIED = "12 messages were carried to their Slack (Acme) and stay there. We can’t reach them any more."


def receipt_cases() -> dict[str, Case]:
    shown = {"receipt": RECEIPT, "stays": [CARRIED], "is_checked": True, "copy": json.dumps(RECEIPT, indent=2)}
    ended = RECEIPT | {
        "ended_by": None,
        "reason": "ended",
        "person": {"name": UNKIND["name"], "invited_as": "", "via": "webtop"},
    }
    return {
        "receipt": ("receipt.html", shown),
        "receipt-long": ("receipt.html", shown | {"receipt": ended, "stays": [], "is_checked": False}),
        "receipt-check": ("receipt_check.html", {"valid": None}),
        "receipt-check-checked": ("receipt_check.html", {"valid": True, "form": {"copy": json.dumps(RECEIPT)}}),
        "receipt-check-wrong": ("receipt_check.html", {"valid": False, "form": {"copy": "x"}}),
    }


def audit_cases() -> dict[str, Case]:
    row = {
        "at": "2026-11-19T10:02:00Z",
        "actor": "Mara Lindqvist",
        "what": "Removed",
        "subject": "Dana Smith",
        "chat": "Spring launch",
        "details": "",
    }
    rows = [
        row,
        row | {"actor": "", "what": "Ended by its end date", "chat": ""},
        row | {"what": "Changed settings", "subject": "", "chat": "", "details": "communicate, outside_days"},
    ]
    kinds = [("participant.removed", "Removed"), ("settings.changed", "Changed settings")]
    page = PAGE | {"here": "audit", "kind": "", "kinds": kinds, "csv_url": "/audit.csv?workspace=w1"}
    return {
        "audit": ("audit.html", page | {"rows": rows}),
        "audit-nothing": ("audit.html", page | {"rows": [], "kind": "participant.removed"}),
        "audit-unkind": ("audit.html", page | {"rows": [row | {"subject": UNKIND["name"], "chat": LONG["chat"]}]}),
    }


def charge_cases() -> dict[str, Case]:
    page = SHELL | {
        "chat": {"id": "c1", "name": "Spring launch"},
        "workspace": {"id": "ws_1", "name": "Brightwater Studio"},
        "closes_at": "2026-11-26T10:02:00Z",
    }
    return {"take-over": ("take_over.html", page)} | _ways()


def _ways() -> dict[str, Case]:
    def way(via: str, application: str, **more: Any) -> dict[str, Any]:
        nothing = {"provider": "", "signs_in_with": "", "is_now": False, "is_open": True}
        return nothing | {"name": "", "organization": "", "email": "", "via": via, "application": application} | more

    slack = way("slack", "Slack", provider="slack", signs_in_with="Slack", name=UNKIND["name"], organization="Acme")
    teams = way("teams", "Microsoft Teams", provider="microsoft", signs_in_with="Microsoft", is_open=False)
    here, mail = way("webtop", "Webtop"), way("mail", "E-mail", email="dana.smith@acme.example", is_now=True)
    none = way("mail", "E-mail", is_open=False)
    page = SHELL | {"here": "c1", "chat": {"id": "c1", "title": LONG["chat"]}, "notice": None}
    linked = {"kind": "good", "text": "Slack is linked. You can sign in with it from now on."}
    return {
        "way": ("way.html", page | {"ways": [here, slack, teams, mail]}),
        "way-without-address": ("way.html", page | {"ways": [here, slack | {"is_now": True}, none], "notice": linked}),
    }
