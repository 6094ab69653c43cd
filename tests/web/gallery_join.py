"""The joining page in all its steps."""

from typing import Any

Case = tuple[str, dict[str, Any]]

INVITATION = {
    "status": "pending",
    "inviter": {"name": "Mara Lindqvist", "initials": "ML", "tint": 1},
    "workspace": {"name": "Brightwater Studio"},
    "chat": {"name": "Spring launch", "kind": "group", "participants": 4},
    "email": "d.smith@example.org",
    "expires_at": "2026-12-07T14:00:00Z",
    "options": ["account", "new_account", "slack", "teams"],
    "link": "mailed",
    "history": "from_join",
    "line": None,
    "three_words": ["copper", "lantern", "fern"],
}
DANA = {
    "id": "acc_dana",
    "name": "Dana Smith",
    "email": "d.smith@example.org",
    "initials": "DS",
    "tint": 2,
    "via": "slack",
    "organization": "Acme",
    "is_invited_address": True,
    "is_same_address": True,
}
LONG = {
    **INVITATION,
    "history": "since:2026-10-01",
    "line": "Here are the proofs that we talked about last week in Wien; the second round of corrections is due on Friday. "
    * 2,
    "inviter": {"name": "Maximiliana Featherstonehaugh-Oyelaran von und zu Hohenlohe", "initials": "MH", "tint": 3},
    "workspace": {"name": "Donaudampfschifffahrtsgesellschaftskapitänsbund Wien"},
    "chat": {
        "name": "Annual report, printers and proofs, second round of corrections <b>",
        "kind": "group",
        "participants": 250,
    },
    "email": "maximiliana.featherstonehaugh-oyelaran@kessel-soehne.example",
}


def join_cases() -> dict[str, Case]:
    return (
        {f"join-{name}": ("join.html", _page(**context)) for name, context in _steps().items()}
        | _ended()
        | _handed_over()
        | _by_mail()
    )


def _steps() -> dict[str, dict[str, Any]]:
    mismatch = {
        "step": "mismatch",
        "person": {**DANA, "email": "dana@acme.example", "is_invited_address": False, "is_same_address": False},
    }
    return {
        "options": {"step": "options"},
        "options-free": {"step": "options", "invitation": {**INVITATION, "options": ["account", "new_account"]}},
        "options-direct": {
            "step": "options",
            "invitation": {**INVITATION, "chat": {"name": None, "kind": "direct", "participants": 1}, "history": "all"},
        },
        "options-long": {"step": "options", "invitation": LONG},
        "options-failed": {
            "step": "options",
            "notice": {
                "kind": "warn",
                "text": "Slack didn’t sign you in.",
                "detail": "Your invitation is still valid.",
            },
        },
        "account": {"step": "account"},
        "account-wrong": {
            "step": "account",
            "form": {"email": "d.smith@example.org"},
            "errors": {"form": "The address and the password don’t belong together."},
        },
        "new-account": {"step": "new_account"},
        "new-account-wrong": {
            "step": "new_account",
            "form": {"name": "Dana Smith"},
            "errors": {"password": "This password is among the most common ones. Take another."},
        },
        "decline": {"step": "decline"},
        "hand-over": {"step": "hand_over"},
        "hand-over-own-free": {"step": "hand_over", "own_domain_passes": True, "invitation": LONG},
        "hand-over-wrong": {
            "step": "hand_over",
            "form": {"email": "d.smith@example.org", "note": "See evil-site.com"},
            "errors": {
                "email": "The invitation is for this very address. Name another one.",
                "note": "Leave out links, addresses and markup: this line is plain words.",
            },
        },
        "confirm": {"step": "confirm", "person": DANA},
        "mismatch": mismatch | {"ways": ["switch", "code", "ask", "confirm"]},
        "mismatch-asked": mismatch | {"ways": ["switch", "ask"], "asked_at": "2026-11-19T10:12:00Z"},
        "code": {"step": "code", "person": DANA},
        "code-wrong": {
            "step": "code",
            "person": DANA,
            "form": {"code": "123456"},
            "errors": {"code": "That is not the code. 4 tries are left."},
        },
    }


def _page(**context: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "join_url": "/join/abc",
        "invitation": INVITATION,
        "person": None,
        "ways": [],
        "asked_at": None,
    }
    return plain | {"can_hand_over": True, "can_block": True, "answers_into_chat": False} | context


def _ended() -> dict[str, Case]:
    ended: dict[str, dict[str, Any]] = {
        "expired": {"reason": "expired", "ended_day": "Monday", "can_ask": True},
        "asked": {"reason": "expired", "ended_day": "Monday", "can_ask": True, "asked_at": "2026-12-09T10:12:00Z"},
        "revoked": {"reason": "revoked"},
        "declined": {"reason": "declined", "just_now": True},
        "accepted": {"reason": "accepted"},
        "revoked-by-mail": {"reason": "revoked", "answers_into_chat": True},
        "accepted-left": {"reason": "accepted", "left": "left", "me": DANA},
        "accepted-removed": {"reason": "accepted", "left": "removed", "me": DANA},
        "accepted-slack": {"reason": "accepted", "joined_with": ("slack", "Slack")},
        "communicate-off": {"reason": "communicate_off"},
        "unknown": {"reason": "unknown", "invitation": None},
    }
    return {f"ended-{name}": ("join_ended.html", _page(**context)) for name, context in ended.items()}


def _handed_over() -> dict[str, Case]:
    plain = {"inviter": LONG["inviter"], "email": LONG["email"], "join_url": "/join/abc"}
    return {
        "handed-over-asked": ("join_handed_over.html", plain | {"has_moved": False}),
        "handed-over-sent": ("join_handed_over.html", plain | {"has_moved": True}),
    }


_MAILBOX_PAGES = {
    "": "mail",
    "mail": "mail",
    "stopped": "mail",
    "browser": "webtop",
    "elsewhere": "mail",
    "left": "",
}
"""What was done on the mailbox's page, and from where they read then."""


def _by_mail() -> dict[str, Case]:
    plain = {"title": "Harbour house", "email": LONG["email"], "is_in": True, "done": "", "at": "/by-mail/abc"}
    pages: dict[str, Case] = {
        f"by-mail-{done or 'open'}": (
            "by_mail.html",
            plain
            | {"done": done, "is_in": done != "left", "via": via, "is_mailed": done in ("", "mail", "elsewhere")}
            | {"elsewhere": ["Slack", "Microsoft Teams"]},
        )
        for done, via in _MAILBOX_PAGES.items()
    }
    pages |= {
        "mail-answer": ("mail_answer.html", {"text": "See you at nine.", "done": False}),
        "mail-answer-other": (
            "mail_answer.html",
            {"text": "See you at nine.", "sender": "dana.smith@private.example", "done": False},
        ),
        "mail-answer-sent": ("mail_answer.html", {"text": "", "done": True}),
    }
    return pages | {"joined-by-mail": ("joined_by_mail.html", {"email": LONG["email"], "inviter": "Mara"})}
