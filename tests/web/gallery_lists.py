"""The list of chats, the inbox, the page that makes a new chat, and the settings."""

from typing import Any

from markupsafe import Markup

from chalicelib.templating import pages
from chalicelib.web.pages import documents

from .gallery_chats import CHATS, LENA, PEOPLE, SHELL, WORKSPACES
from .gallery_join import LONG

Case = tuple[str, dict[str, Any]]

WHEN = ["10:02", "09:47", "09:20", "Wed", "Tue", "Mon"]
ROWS = [chat | {"when": when} for chat, when in zip(CHATS, WHEN, strict=True)]
INBOX: list[dict[str, Any]] = [
    {
        "kind": "message",
        "chat_id": "c1",
        "chat_title": "Spring launch",
        "direct": False,
        "author": PEOPLE["jonas"],
        "html": Markup('<span class="mention">@Mara Lindqvist</span> we can hold the Teams announcement until then.'),
        "at": "2026-11-19T10:02:00Z",
        "when": "10:02",
        "unread": 2,
        "mentions": 1,
        "answers": 2,
        "href": "/chats/c1#m-4",
    },
    {
        "kind": "call",
        "chat_id": "c3",
        "chat_title": "Priya Raman",
        "direct": True,
        "author": PEOPLE["priya"],
        "call_id": "call1",
        "at": "2026-11-19T09:59:00Z",
        "when": "09:59",
    },
    {
        "kind": "call",
        "chat_id": "c1",
        "chat_title": "Spring launch",
        "direct": False,
        "author": PEOPLE["jonas"],
        "call_id": "",
        "at": "2026-11-19T09:50:00Z",
        "when": "09:50",
    },
    {
        "kind": "ask",
        "chat_id": "c2",
        "chat_title": "Kessel & Söhne packaging",
        "invitation": {"id": "i4", "email": "lena.fischer@kessel-soehne.example"},
        "ask": {"id": "a1", "kind": "join", "account": LENA | {"initials": "LF"}},
        "at": "2026-11-19T09:47:00Z",
        "when": "09:47",
    },
    {
        "kind": "ask",
        "chat_id": "c2",
        "chat_title": "Kessel & Söhne packaging",
        "invitation": {"id": "i5", "email": "d.smith@example.org", "initials": "DS"},
        "ask": {
            "id": "a3",
            "kind": "hand_over",
            "account": None,
            "email": "jonas@kessel.example",
            "note": "He runs it now",
        },
        "at": "2026-11-19T09:40:00Z",
        "when": "09:40",
    },
    {
        "kind": "message",
        "chat_id": "c3",
        "chat_title": "Priya Raman",
        "direct": True,
        "author": PEOPLE["priya"],
        "html": "Second draft is in the usual folder, comments welcome until Friday.",
        "at": "2026-11-19T09:20:00Z",
        "when": "09:20",
        "unread": 3,
        "mentions": 0,
        "answers": 0,
        "href": "/chats/c3#m-9",
    },
    {
        "kind": "bounced",
        "chat_id": "c1",
        "chat_title": "Spring launch",
        "invitation": {"id": "i1", "email": "accounts@harbor-print.example", "initials": "AH"},
        "detail": "no such mailbox",
        "at": "2026-11-19T09:12:00Z",
        "when": "09:12",
    },
]
INBOX_HITS: list[dict[str, Any]] = [
    {**row, "href": f"/chats/{row['chat_id']}#m-4"} for row in INBOX if row["kind"] == "message"
]


def _row(email: str, initials: str, locale: str, history: str, last: str = "", **more: Any) -> dict[str, Any]:
    written = f"last:{last}" if last else history
    fields = {"history": history, "history_last": last, "history_since": "", "written": written}
    return {"email": email, "initials": initials, "locale": locale, **fields, **more}


INVITEES = [
    _row("d.smith@example.org", "DS", "en", "from_join"),
    _row("maximiliana.featherstonehaugh-oyelaran@kessel-soehne.example", "MF", "de", "last", last="10"),
    _row("r.okafor@example.org", "RO", "fr", "all"),
]
FACTS = {
    "options": ["account", "new_account", "slack", "teams"],
    "days": 14,
    "until": "2026-12-07T14:00:00Z",
    "reminder": True,
    "mails_used": 12,
    "mails_cap": 500,
}
CHECKED = [
    row | {"check": {"email": row["email"], "good": good, "why": why}}
    for row, good, why in zip(
        INVITEES,
        (True, False, True),
        (
            "gets an invitation e-mail",
            "We can't send e-mail to this address. Ask the person for another one.",
            "joins at once",
        ),
        strict=True,
    )
]
CAP = "Your workspace has sent its invitation mails for today. Try again tomorrow."
FILE = {
    "people": 2,
    "skipped": [
        {"row": 4, "text": "Bob;bob at acme.example", "why": "no e-mail address"},
        {"row": 9, "text": "", "why": "no address in this row"},
    ],
    "more": 3,
}
BRIGHTWATER = WORKSPACES[0] | {"locale": "en", "lines": ["Here is what we talked about."], "line_is_mailed": True}


def list_cases() -> dict[str, Case]:
    numbers = {"unread": 3, "mentions": 2, "all": 7, "answers": 1, "invitations": 2, "hidden": 1}
    nothing = {"unread": 0, "mentions": 0, "all": 0, "answers": 0, "invitations": 0, "hidden": 0}
    wrong = {
        "form": {"address": "tom@@acme"},
        "errors": {"address": "“tom@@acme” is not an e-mail address. The other 2 are in the list."},
    }
    return {
        "chats": (
            "chats.html",
            SHELL | {"view": "chats", "filter": "all", "numbers": numbers, "rows": ROWS, "next_url": None},
        ),
        "chats-none": (
            "chats.html",
            SHELL | {"view": "chats", "filter": "all", "numbers": nothing, "rows": [], "chats": [], "next_url": None},
        ),
        "chats-many": (
            "chats.html",
            SHELL
            | {
                "view": "chats",
                "filter": "all",
                "numbers": numbers,
                "rows": ROWS * 8,
                "chats": CHATS * 5,
                "next_url": "?cursor=x",
            },
        ),
        "inbox": (
            "chats.html",
            SHELL
            | {"here": "inbox", "view": "inbox", "filter": "all", "numbers": numbers, "rows": INBOX, "next_url": None},
        ),
        "inbox-none": (
            "chats.html",
            SHELL
            | {"here": "inbox", "view": "inbox", "filter": "all", "numbers": nothing, "rows": [], "next_url": None},
        ),
        "search": _search({"q": "until"}, INBOX_HITS, next_url="/search?q=until&cursor=x"),
        "search-none": _search({"q": "plan", "has": "link"}, []),
        "search-empty": _search({}, None),
        "search-wrong": _search({"q": "p"}, None, errors={"q": "Type 2 to 100 characters."}),
        "search-chat": _search({"q": "until", "chat": "c1"}, INBOX_HITS, chat={"id": "c1", "title": "Spring launch"}),
        "whole-mail": _whole_mail(is_cut=False),
        "whole-mail-long": _whole_mail(is_cut=True),
        "new-chat": _new(INVITEES, form={"name": "Spring launch"}),
        "new-chat-empty": _new([]),
        "new-chat-one": _new(INVITEES[:1]),
        "new-chat-checked": _new(CHECKED, check={"mails": 2, "mails_left": 1, "problems": [CAP]}),
        "new-chat-file": _new(INVITEES[:2], file=FILE),
        "new-chat-wrong": _new(INVITEES[:2], **wrong),
        "new-chat-preview": _preview(),
        "new-chat-colleague-preview": _preview(email="Tom Berg", mail=None, page=None, history="all"),
        "new-chat-off": _new(
            [],
            workspace=BRIGHTWATER | {"communicate": False},
            workspaces=[*WORKSPACES, WORKSPACES[0] | {"id": "ws_2", "name": "Free Co"}],
        ),
    }


def _search(asked: dict[str, str], rows: list[dict[str, Any]] | None, **more: Any) -> Case:
    page = {"asked": asked, "chat": None, "rows": rows, "next_url": None, "searched_to": "2026-11-03T09:00:00Z"}
    return "search.html", SHELL | {"here": "search"} | page | more


def _whole_mail(is_cut: bool) -> Case:
    text = (
        "Nine works for me.\n\nJonas Weber-Oppenheimer\nKessel & Söhne GmbH · +49 421 555 0110\n\n"
        "Am Do., 19. Nov. 2026 um 10:02 Uhr schrieb Mara Lindqvist (Webtop) <mara@brightwater.example>:\n\n"
        "> Can we hold the Teams announcement until then?\n>\n> Open in the browser: https://chat.example/by-mail/…\n"
    )
    page = {"here": "c1", "chat": {"id": "c1", "title": "Spring launch"}, "back": "/chats/c1?at=4", "is_cut": is_cut}
    return "whole_mail.html", SHELL | page | {"author": "Jonas Weber-Oppenheimer", "when": "10:02", "text": text}


def _new(rows: list[dict[str, Any]], **more: Any) -> Case:
    fields = {"history": "from_join", "history_last": "", "history_since": ""}
    page = {"here": "new", "rows": rows, "workspace": BRIGHTWATER, "facts": FACTS, "all_history": fields}
    return "chat_new.html", SHELL | page | {"file": None, "check": None} | more


def _preview(**more: Any) -> Case:
    join = {"step": "options", "join_url": "", "is_preview": True, "can_hand_over": True, "person": None}
    frame: dict[str, Any] = {"form": {}, "errors": {}, "notice": None, "now": "2026-11-19T11:00:00Z"}
    card = pages.render("_join_seen.html", "de", **frame | join | {"invitation": LONG | {"three_words": None}})
    shown = {
        "email": LONG["email"],
        "lang": "de",
        "mail": {
            "from_name": "Mara Lindqvist über Webtop",
            "subject": "Mara Lindqvist lädt Sie zu „Spring launch“ ein",
            "text": f"Ein Gruppenchat von Brightwater Studio.\n\nEinladung ansehen:\n\nhttps://{'chat.' * 20}example/join/…\n",
        },
        "page": Markup(card),  # noqa: S704  # escaped by its own template
        "chat": {"id": "c1", "title": "Spring launch"},
        "history": "since:2026-10-01",
        "items": [],
    }
    return "chat_new_preview.html", SHELL | {"here": "new"} | shown | more


QUIET = {
    "time_zones": [("UTC", "UTC"), ("Europe/Berlin", "Europe/Berlin")],
    "time_zone": "Europe/Berlin",
    "on": False,
    "from": "22:00",
    "to": "07:00",
    "until": None,
    "push_text": True,
}


def settings_cases() -> dict[str, Case]:
    account = {"name": "Mara Lindqvist", "email": "mara@brightwater.example", "locale": "en"}
    workspace = BRIGHTWATER | {
        "invitation_days": 14,
        "allowed_domains": [],
        "denied_domains": ["mailinator.example"],
        "who_may_invite": "members",
        "mismatch": "tell",
        "hand_over": "ask",
        "outside_days": 90,
        "files": "all",
        "file_mb": 25,
        "stored_mb": 12,
        "calls": {"kind": "jitsi", "url": "https://meet.example.org"},
        "can_change": True,
    }
    members = [
        PEOPLE["mara"] | {"email": "mara@brightwater.example", "role": "owner", "me": True},
        PEOPLE["tom"] | {"email": "tom.abara@brightwater.example", "role": "member", "can_change": True},
    ]
    page = {
        "me": SHELL["me"],
        "workspaces": WORKSPACES,
        "account": account,
        "workspace": workspace,
        "members": members,
        "quiet": QUIET,
        "saved": None,
    }
    wrong = {"form": {"invitation_days": "120"}, "errors": {"invitation_days": "Between 1 and 90 days."}}
    return {
        "settings": ("settings.html", page | {"saved": "account"}),
        "settings-quiet": (
            "settings.html",
            page | {"quiet": QUIET | {"on": True, "until": "2026-11-19T15:00:00Z"}, "saved": "notifications"},
        ),
        "settings-bounces": ("settings.html", page | {"account": account | {"bounces": True}}),
        "settings-wrong": (
            "settings.html",
            page | wrong | {"workspaces": [*WORKSPACES, WORKSPACES[0] | {"id": "ws_2", "name": "Free Co"}]},
        ),
        "settings-member": ("settings.html", page | {"workspace": workspace | {"can_change": False, "role": "member"}}),
        "settings-outside": (
            "settings.html",
            page | {"workspace": None, "workspaces": [], "members": [], "identities": LINKED, "can_link": []},
        ),
        **_account_cases(),
        "docs": ("docs.html", documents.shown("https://webtop.example/api/v1")),
        "overview": ("overview.html", _overview()),
    }


def _account_cases() -> dict[str, Case]:
    here = {
        "id": "s1",
        "created_at": "2026-11-12T10:02:00Z",
        "last_used_at": "2026-11-19T10:02:00Z",
        "current": True,
        "via": "password",
        "provider": "",
    }
    elsewhere = here | {"id": "s2", "current": False, "via": "slack", "provider": "Slack"}
    account = {"email": "mara@brightwater.example", "has_password": True}
    page = {"me": SHELL["me"], "account": account, "sessions": [here, elsewhere], "done": "session", "asked": ""}
    code = {"account": account | {"has_password": False}, "asked": "email", "done": ""}
    unlinked = {"account": {"email": "", "has_password": False}, "done": ""}
    return {
        "own-account": ("own_account.html", page),
        "own-account-code": ("own_account.html", page | code | {"errors": {"email_code": "That code isn’t right."}}),
        "own-account-back": ("own_account.html", page | {"done": "back"}),
        "own-account-keep": (
            "own_account_keep.html",
            {"me": SHELL["me"], "leaves_at": "2026-11-26T10:02:00Z"},
        ),
        "own-account-providers": ("own_account.html", page | unlinked),
    }


LINKED = [
    {
        "key": "k1",
        "shown": "Slack",
        "organization": "Kessel & Söhne",
        "name": "Jonas",
        "email": "jonas@kessel.example",
        "invites": True,
    },
    {"key": "k2", "shown": "Microsoft", "organization": "", "name": "Jonas Weber", "email": "", "invites": False},
]


def _overview() -> dict[str, Any]:
    invited = [
        18,
        22,
        9,
        6,
        24,
        27,
        31,
        25,
        22,
        8,
        7,
        26,
        30,
        33,
        29,
        24,
        11,
        8,
        28,
        35,
        38,
        31,
        27,
        12,
        9,
        33,
        36,
        41,
        37,
        32,
    ]
    joined = [
        10,
        12,
        6,
        4,
        15,
        17,
        19,
        15,
        13,
        5,
        4,
        12,
        12,
        12,
        11,
        9,
        4,
        3,
        13,
        17,
        20,
        17,
        16,
        7,
        5,
        20,
        20,
        22,
        18,
        14,
    ]
    per_day = [
        {"day": f"2026-11-{n + 1:02}", "invited": i, "joined": j}
        for n, (i, j) in enumerate(zip(invited, joined, strict=True))
    ]
    steps = [
        ("Invited", None, 719),
        ("Delivered", "14 bounced, 7 delayed", 698),
        ("Answered", "said yes or no", 441),
        ("Started to join", "chose a way", 402),
        ("Joined", None, 372),
    ]
    return {
        "title": "Invitations",
        "scope": "All workspaces",
        "as_of": "2026-11-19T11:20:00Z",
        "days": 30,
        "periods": [{"days": 30, "href": "?days=30", "current": True}],
        "numbers": [
            {
                "label": "Time from mail to joining, median",
                "value": "1 h 52 min",
                "note": "12 min less than in October",
                "kind": "good",
            },
            {"label": "Hard bounces", "value": "1.9 %", "note": "14 of 719, limit is 5 %", "kind": "good"},
            {"label": "Complaints", "value": "0.14 %", "note": "1 of 698, limit is 0.1 %", "kind": "warn"},
            {
                "label": "Oldest message waiting to be relayed",
                "value": "4 s",
                "note": "Slack 2 s, Teams 4 s",
                "kind": "",
            },
        ],
        "funnel": [{"label": label, "note": note, "n": n, "share": n / 719} for label, note, n in steps],
        "joined": [
            {"label": "Webtop account", "n": 141},
            {"label": "new account", "n": 98},
            {"label": "Slack", "n": 87},
            {"label": "Teams", "n": 46},
        ],
        "per_day": per_day,
        "look": [
            {
                "workspace": "Kessel & Söhne",
                "plan": "pro",
                "what": "Teams side cut off, 14 messages kept",
                "since": "10:31",
            },
            {"workspace": "Fischer Repro", "plan": "free", "what": "20 of 20 mails used, 6 refused", "since": "09:02"},
        ],
    }
