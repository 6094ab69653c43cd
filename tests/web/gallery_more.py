"""The invited person's own pages, and the page that invites colleagues into one's own Slack."""

from typing import Any

from .gallery_chats import PEOPLE, SHELL
from .gallery_join import Case

D_SMITH = "d.smith@example.org"
CHANNELS = [
    {"id": f"C{number}", "name": name}
    for number, name in enumerate(("general", "legal-review", "launches", "press", "design", "random"))
]
ACME = {
    "here": "slack",
    "team": "Acme",
    "plan": "plus",
    "role": "owner",
    "mode": "api",
    "kinds": ["members", "guests"],
    "channels": CHANNELS,
    "authorize_url": None,
    "sent": None,
    "results": [],
    "chosen": ["C0", "C1"],
    "picked": [],
    "steps": [],
    "message": "",
    "again": "",
    "outside": "",
    "connects": True,
    "installed": True,
    "slack_url": "https://slack.com/app_redirect?app=A1&team=T1",
}
CONNECT = {
    "here": "slack",
    "team": "Acme",
    "plan": "plus",
    "role": "member",
    "connects": True,
    "may_connect": True,
    "shareable": [{"id": "C2", "name": "launches"}],
    "channels_of": [("C2", "# launches")],
    "app": "Webtop",
    "sent": None,
    "results": [],
    "again": "",
}
STEPS = [
    "Open Slack, and click the name Acme at the top left.",
    "Choose “Invite people to Acme”.",
    "Paste the addresses, press Send, then Done.",
]


def more_cases() -> dict[str, Case]:
    return mailbox_cases() | stop_cases() | slack_cases()


def mailbox_cases() -> dict[str, Case]:
    words = ["copper", "lantern", "fern"]
    open_one = {
        "inviter": PEOPLE["mara"],
        "workspace": "Brightwater Studio",
        "chat": "Spring launch",
        "expires_at": "2026-12-07T14:00:00Z",
        "url": "/join/TOKEN",
        "three_words": words,
    }
    page: dict[str, Any] = {"email": D_SMITH, "blocked": [], "stopped": False, "chosen_locale": "en"}
    results = {"workspace": "Brightwater Studio", "email": "d•••••@example.org", "open": True}
    return {
        "mailbox": (
            "invitations.html",
            page | {"invitations": [open_one, open_one | {"chat": None}], "blocked": [("b1", "Kessel & Söhne")]},
        ),
        "mailbox-none": ("invitations.html", page | {"invitations": [], "stopped": True}),
        "mailbox-address": ("invitations_enter.html", {"step": "address", "email": ""}),
        "mailbox-code": ("invitations_enter.html", {"step": "code", "email": D_SMITH}),
        "mailbox-erased": ("invitations_enter.html", {"step": "erased", "email": D_SMITH}),
        "check": ("check.html", {"found": None, "tried": False}),
        "check-real": ("check.html", {"found": results, "tried": True}),
        "check-over": ("check.html", {"found": results | {"open": False}, "tried": True}),
        "check-unknown": ("check.html", {"found": None, "tried": True, "form": {"code": "ABCD-EFGH-IJKL"}}),
    }


def stop_cases() -> dict[str, Case]:
    return {
        f"{name}{'-done' if done else ''}": (f"{name}.html", {"email": D_SMITH, "done": done})
        for name in ("unsubscribe", "stop")
        for done in (False, True)
    }


def slack_cases() -> dict[str, Case]:
    page = SHELL | ACME
    results = [
        {"email": "noor@acme.example", "outcome": "sent", "message": "", "pause": 0},
        {"email": "amir@acme.example", "outcome": "already_in_team", "message": "", "pause": 0},
        {
            "email": "jo@print-partner.example",
            "outcome": "refused",
            "message": "Acme allows acme.example only.",
            "pause": 0,
        },
    ]
    prepared = [result | {"outcome": "prepared", "message": ""} for result in results]
    guide = {
        "sent": {"mode": "guide"},
        "results": prepared,
        "message": "Hello! Come and see the launch.",
        "steps": STEPS,
    }
    wrong = {"emails": "“jo@@acme” is not an e-mail address.", "channel_ids": "Choose at least one channel for guests."}
    typed = {"form": {"emails": "noor@acme.example, jo@@acme", "kind": "guests"}, "errors": wrong}
    return {
        "slack": ("slack_invite.html", page),
        "slack-wrong": ("slack_invite.html", page | typed),
        "slack-authorize": ("slack_invite.html", page | {"authorize_url": "/oauth/slack/admin"}),
        "slack-unknown": (
            "slack_invite.html",
            page | {"installed": False, "connects": False, "plan": "", "mode": "guide", "channels": []},
        ),
        "slack-member": (
            "slack_invite.html",
            page | {"role": "member", "kinds": ["members"], "mode": "guide", "channels": []},
        ),
        "slack-guest": ("slack_invite.html", page | {"role": "guest", "kinds": [], "channels": []}),
        "slack-sent": (
            "slack_invite.html",
            page | {"sent": {"mode": "api"}, "results": results, "again": "jo@print-partner.example"},
        ),
        "slack-prepared": (
            "slack_invite.html",
            page | guide | {"mode": "guide", "picked": CHANNELS[:2], "outside": "jo@print-partner.example"},
        ),
        "slack-silent": (
            "slack_invite.html",
            page | {"connects": False, "plan": "", "mode": "guide", "kinds": ["members"], "channels": []},
        ),
        **connect_cases(results[:1]),
    }


def connect_cases(results: list[dict[str, Any]]) -> dict[str, Case]:
    page = SHELL | CONNECT
    wrong = {"form": {"emails": "jo@print-partner.example"}, "errors": {"channel_ids": "Choose one channel."}}
    return {
        "connect": ("slack_connect.html", page),
        "connect-wrong": ("slack_connect.html", page | wrong),
        "connect-ask": ("slack_connect.html", page | {"may_connect": False}),
        "connect-nowhere": ("slack_connect.html", page | {"shareable": []}),
        "connect-free": ("slack_connect.html", page | {"connects": False, "plan": "free"}),
        "connect-sent": ("slack_connect.html", page | {"sent": {"mode": "api"}, "results": results}),
    }
