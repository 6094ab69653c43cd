"""The chat page: a lively chat, an empty one, its people, and unkind content."""

from typing import Any

from markupsafe import Markup

from chalicelib.templating.marks import to_html

Case = tuple[str, dict[str, Any]]

MARA = {"id": "acc_mara", "name": "Mara Lindqvist", "email": "mara@brightwater.example", "initials": "ML", "tint": 1}
WORKSPACES = [{"id": "ws_1", "name": "Brightwater Studio", "role": "owner", "plan": "pro", "communicate": True}]


def chat_row(key: str, title: str, initials: str, tint: int, outside: bool, **more: Any) -> dict[str, Any]:
    row = {
        "id": key,
        "title": title,
        "initials": initials,
        "tint": tint,
        "outside": outside,
        "unread": 0,
        "mentions": 0,
    }
    return row | {"preview": None, "last_at": None} | more


CHATS = [
    chat_row(
        "c1",
        "Spring launch",
        "SL",
        4,
        True,
        unread=2,
        mentions=1,
        preview="Jonas: @Mara Lindqvist we can hold the Teams announcement until then.",
        last_at="2026-11-19T10:02:00Z",
    ),
    chat_row(
        "c2",
        "Kessel & Söhne packaging",
        "KS",
        5,
        True,
        unread=1,
        mentions=1,
        preview="Lena asked to join with another address",
        last_at="2026-11-19T09:47:00Z",
    ),
    chat_row(
        "c3",
        "Priya Raman",
        "PR",
        4,
        True,
        unread=3,
        preview="Second draft is attached to the usual folder",
        last_at="2026-11-19T09:20:00Z",
    ),
    chat_row(
        "c4",
        "Maximiliana Featherstonehaugh-Oyelaran",
        "MF",
        2,
        True,
        preview="You: Thank you, that settles it",
        last_at="2026-11-18T16:20:00Z",
    ),
    chat_row(
        "c5",
        "Annual report, printers and proofs",
        "AR",
        1,
        False,
        preview="Tom: The printer confirmed Friday",
        last_at="2026-11-17T16:20:00Z",
        muted=True,
    ),
    chat_row("c6", "Tom Abara", "TA", 3, False, preview="You: See you at ten", last_at="2026-11-16T16:20:00Z"),
]

SHELL = {"me": MARA, "workspaces": WORKSPACES, "chats": CHATS, "here": "chats", "path": "/chats"}


def participant(key: str, name: str, initials: str, tint: int, **more: Any) -> dict[str, Any]:
    person = {
        "account_id": f"acc_{key}",
        "name": name,
        "initials": initials,
        "tint": tint,
        "role": "member",
        "via": "webtop",
    }
    return (
        person
        | {"reads_in": more.get("via", "webtop")}
        | {"organization": None, "invited_as": None, "joined_at": "2026-11-19T09:00:00Z", "can_remove": False}
        | more
    )


PEOPLE = {
    "mara": participant("mara", "Mara Lindqvist", "ML", 1),
    "tom": participant("tom", "Tom Abara", "TA", 3),
    "dana": participant(
        "dana",
        "Dana Smith",
        "DS",
        2,
        role="external",
        via="slack",
        organization="Acme",
        invited_as="d.smith@example.org",
        can_remove=True,
    ),
    "jonas": participant(
        "jonas",
        "Jonas Weber-Oppenheimer",
        "JW",
        5,
        role="external",
        via="teams",
        organization="Kessel & Söhne",
        can_remove=True,
    ),
    "priya": participant("priya", "Priya Raman", "PR", 4, role="external", organization="Raman Texts", can_remove=True),
}


REASONS = {
    "bounced": "no such mailbox",
    "delayed": "their server asks us to wait",
    "complained": "marked as spam",
    "delivered": "",
}


def invitation(key: str, email: str, state: str, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": key,
        "email": email,
        "initials": email[:2].upper(),
        "status": "pending",
        "history": "from_join",
        "asks": [],
        "handed_over": [],
    }
    base |= {
        "mail": {"state": state, "detail": REASONS.get(state, ""), "at": "2026-11-19T09:41:00Z"},
        "expires_at": "2026-12-07T14:00:00Z",
    }
    base |= {
        "three_words": ["copper", "lantern", "fern"],
        "can_resend": True,
        "can_resend_in": 0,
        "can_fix": True,
        "allowed": "",
        "joined": None,
    }
    return base | more


LENA = {
    "account_id": "acc_lena",
    "name": "Lena Fischer",
    "email": "lena@fischer-repro.example",
    "via": "slack",
    "organization": "Fischer Repro",
}
INVITATIONS = [
    invitation("i2", "r.okafor@example.org", "delivered"),
    invitation("i1", "accounts@harbor-print.example", "bounced"),
    invitation(
        "i3",
        "maximiliana.featherstonehaugh-oyelaran@kessel-soehne.example",
        "sent",
        mail={"state": "sent", "at": "2026-11-19T10:06:00Z"},
    ),
    invitation("i4", "lena.fischer@kessel-soehne.example", "delivered", can_resend_in=7),
]
ALL_STATES = [
    invitation("s0", "new@example.org", "queued"),
    invitation("s1", "slow@example.org", "delayed"),
    invitation("s2", "spam@example.org", "complained"),
    invitation(
        "s3",
        "lena.fischer@kessel-soehne.example",
        "delivered",
        asks=[{"id": "a1", "kind": "join", "account": LENA, "asked_at": "2026-11-19T09:47:00Z"}],
    ),
    invitation("s4", "no@example.org", "delivered", status="declined", reason="Not my project any more"),
    invitation("s5", "back@example.org", "delivered", status="revoked"),
    invitation(
        "s6",
        "late@example.org",
        "delivered",
        status="expired",
        asks=[{"id": "a2", "kind": "renew", "asked_at": "2026-11-19T09:47:00Z"}],
    ),
    invitation(
        "s7",
        "d.smith@example.org",
        "delivered",
        asks=[
            {
                "id": "a3",
                "kind": "hand_over",
                "email": "maximiliana.featherstonehaugh-oyelaran@kessel-soehne.example",
                "note": "She looks after the printers now",
                "asked_at": "2026-11-19T09:47:00Z",
            }
        ],
        handed_over=[{"from": "Somebody who left", "to": "d.smith@example.org", "at": "2026-11-18T09:47:00Z"}],
    ),
]


def message(seq: int, who: str, text: str, clock: str, **more: Any) -> dict[str, Any]:
    person = PEOPLE[who]
    item = {
        "kind": "message",
        "id": f"m{seq}",
        "seq": seq,
        "author": person,
        "html": Markup(to_html(text, ["Mara Lindqvist"])),  # noqa: S704 - cleaned
        "text": text,
        "created_at": f"2026-11-19T{clock}:00Z",
    }
    item |= {
        "grouped": False,
        "mine": who == "mara",
        "tint": person["tint"],
        "initials": person["initials"],
        "organization": person["organization"],
    }
    return (
        item
        | {"files": [], "reactions": [], "reply_to": None, "edited_at": None, "deleted_at": None, "deliveries": []}
        | more
    )


def event(seq: int, html: str, clock: str, outside: bool = True) -> dict[str, Any]:
    return {
        "kind": "event",
        "id": f"e{seq}",
        "seq": seq,
        "html": Markup(html),  # noqa: S704 - ours
        "created_at": f"2026-11-19T{clock}:00Z",
        "outside": outside,
    }


REACTIONS = [
    {"emoji": "👍", "count": 3, "mine": True, "reactors": "You, Priya Raman, +1"},
    {"emoji": "🎉", "count": 1, "mine": False, "reactors": "Jonas Weber"},
]
NOT_SHOWN = {"state": "not_shown", "via": "teams", "name": "Jonas Weber", "detail": "Reactions aren't shown there."}
DELIVERIES = [
    NOT_SHOWN,
    {"state": "cut_off", "via": "slack", "name": "Dana Smith", "detail": "token_revoked"},
    {"state": "retrying", "via": "slack", "name": "Priya Nair", "detail": "Slack asks to wait"},
    {"state": "sent", "via": "slack", "name": "Olaf Nord", "detail": ""},
]
YES = dict.fromkeys(("text", "edits", "deletions"), "fully") | {"replies": "as_quote", "files": "fully"}
SHOWS = {
    "slack": YES | {"reactions": "each_once", "mentions": "fully"},
    "teams": YES | {"reactions": "not", "mentions": "as_name", "files": "as_link"},
}
LONG_CODE = """```
a line of code that is far longer than the message column is wide = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
short
```
- one
- two, https://example.org/a/very/long/path/that/goes/on/and/on/until/it/breaks"""

ITEMS = [
    {"kind": "day", "at": "2026-11-19T09:00:00Z"},
    event(1, "<strong>You</strong> invited d.smith@example.org and 6 more people", "09:05"),
    message(
        2,
        "tom",
        "Morning all. The launch page freezes tonight, so please send **last corrections by 17:00**.",
        "09:12",
        reactions=REACTIONS,
    ),
    message(3, "tom", "The file is `launch-copy-v4`, in the same place as always.", "09:13", grouped=True),
    message(
        4,
        "priya",
        "I’m happy with the pricing paragraph. Is the headline “by the water” settled?",
        "09:20",
        has_mail=True,
    ),
    event(5, "<strong>Dana Smith</strong> joined from Slack (Acme), invited as d.smith@example.org", "09:31"),
    message(
        6,
        "dana",
        "Hello everyone! Legal needs until 18:00. Would that still work?",
        "09:33",
        reply_to={"id": "m2", "author": PEOPLE["tom"], "text": "please send last corrections by 17:00"},
    ),
    message(7, "dana", "Otherwise I can send the first half at 16:30.", "09:34", grouped=True),
    {"kind": "unread", "at": "2026-11-19T09:40:00Z"},
    message(
        8,
        "jonas",
        "@Mara Lindqvist we can hold the Teams announcement until then.",
        "10:02",
    ),
    message(
        9,
        "mara",
        "18:00 works. I’ve moved the freeze.",
        "10:04",
        edited_at="2026-11-19T10:05:00Z",
        deliveries=[NOT_SHOWN],
    ),
]
UNKIND = [
    {"kind": "day", "at": "2026-11-19T09:00:00Z"},
    message(1, "jonas", "" + "Donaudampfschifffahrt" * 190 + "", "09:00"),
    message(
        2,
        "dana",
        LONG_CODE,
        "09:01",
    ),
    message(3, "tom", "", "09:02", deleted_at="2026-11-19T10:05:00Z"),
    message(
        4,
        "tom",
        "<script>alert(1)</script> \u202edesrever\u202c 👨\u200d👩\u200d👧\u200d👦 <img src=x onerror=alert(1)>",
        "09:03",
        reply_to={"id": "m0"},
        reactions=[
            {"emoji": e, "count": 12, "mine": False, "reactors": "Priya Raman, Jonas Weber, +10"}
            for e in "👍🎉😂😮😢🙏👀✅🔥👏🚀❤"
        ],
    ),
    message(5, "mara", "Four of you read something else.", "09:04", deliveries=DELIVERIES),
    message(
        6,
        "mara",
        "All of you read this.",
        "09:05",
        deliveries=[
            {"state": "delivered", "via": via, "name": name} for via, name in (("slack", "Dana"), ("teams", "Jonas"))
        ],
    ),
]


def _file(name: str, state: str = "ready", media: str = "application/pdf", **more: object) -> dict[str, Any]:
    about = {"id": name.partition(".")[0], "name": name, "size": 1_234_567, "type": media, "state": state}
    return {**about, "url": "u", **more} if state == "ready" else {**about, **more}


FILES = [
    {"kind": "day", "at": "2026-11-19T09:00:00Z"},
    message(1, "dana", "The plan, and two pictures", "09:41", files=[
        _file("plan of the harbour house with a long name that goes on and on.pdf", checked=False),
        _file("front.png", media="image/png"),
        _file("back.png", media="image/png", width=720, height=480),
    ]),
    message(2, "mara", "", "09:43", files=[_file("eicar.txt", "blocked"), _file("new.zip", "checking")]),
]  # fmt: skip


def _listed(*files: dict[str, Any], **more: object) -> Case:
    rows = [
        file | {"author": PEOPLE["dana"], "href": "/chats/c1?at=1", "at": "2026-11-19T09:41:00Z", "when": "09:41"}
        for file in files
    ]
    page = {"chat": {"id": "c1", "title": "Spring launch"}, "rows": rows, "searched_to": "2026-11-03T09:00:00Z"}
    return "files.html", SHELL | {"here": "c1", "next_url": None} | page | more


def chat_cases() -> dict[str, Case]:
    alone = {
        "participants": [PEOPLE["mara"]],
        "items": [event(1, "<strong>You</strong> invited d.smith@example.org", "09:05")],
    }
    return {
        "chat-files": _chat(items=FILES),
        "files": _listed(_file("plan.pdf"), _file("front.png", media="image/png"), _file("eicar.txt", "blocked")),
        "files-nothing": _listed(next_url="/chats/c1/files?cursor=x"),
        "chat": _chat(),
        "chat-people": _chat(people=True),
        "chat-closed": _chat(people=False, joined=True),
        "chat-states": _chat(people=True, invitations=ALL_STATES),
        "chat-fix": _chat(
            people=True,
            form={"invitation_id": "i1", "email": "accounts@harbor"},
            errors={"email": "“accounts@harbor” is not an e-mail address."},
        ),
        "chat-unkind": _chat(items=UNKIND, older_url="?before=1", reply_target=UNKIND[4]),
        "chat-react": _chat(reacting="m4", editing=ITEMS[-1]),
        "chat-ask": _chat(deleting=next(item["id"] for item in ITEMS if item.get("mine"))),
        "chat-empty": _chat(**alone, invitations=[invitation("i1", "d.smith@example.org", "sent")]),
        "chat-outside": _chat(
            me=MARA | {"id": "acc_dana"}, workspaces=[], invitations=[], chat=_head(can_invite=False, can_rename=False)
        ),
        "chat-from-slack": _chat(
            people=True,
            workspaces=[],
            invitations=[],
            chat=_head(can_invite=False, can_rename=False),
            me_participant=PEOPLE["mara"] | {"via": "slack", "organization": "Kessel & Söhne"},
        ),
        "chat-refused": _chat(
            draft="x" * 60, errors={"text": "A message can have 4,000 characters. This one has 4,210."}
        ),
        "chat-invited-refused": _chat(
            people=True,
            form={"address": "gone@fjord.example, tom@denied.example"},
            refused={
                "text": "1 invited.",
                "rows": [
                    {
                        "email": "gone@fjord.example",
                        "why": "We can't send e-mail to this address. Ask for another one.",
                    },
                    {"email": "tom@denied.example", "why": "Brightwater Studio doesn't invite this domain."},
                    {"email": "jörg@acme.example", "why": "“jörg@acme.example” is not an e-mail address."},
                ],
            },
        ),
        "chat-invited-checked": _chat(
            people=True,
            form={"address": "ida@fjord.example, r.okafor@example.org"},
            chosen_history={"history": "last", "history_last": "20", "history_since": ""},
            check={
                "mails": 1,
                "mails_left": 420,
                "problems": [],
                "rows": [
                    {"email": "ida@fjord.example", "good": True, "why": "gets an invitation e-mail"},
                    {"email": "r.okafor@example.org", "good": False, "why": "This address is invited already."},
                ],
            },
        ),
        "chat-preview": _preview("last:20", items=ITEMS, older_url="?history=last:20&before=3"),
        "chat-preview-nothing": _preview("from_join", items=[], older_url=None),
        "link-page": (
            "link_page.html",
            SHELL
            | {
                "chat": _head(),
                "invitation": INVITATIONS[0],
                "url": "https://chat.webtop.example/join/c.7Yb2fQk0aVb3cWd4eXf5gYh6",
                "qr_svg_url": "/static/1/icon.svg",
            },
        ),
    }


def _preview(history: str, **more: Any) -> Case:
    chat = {"id": "c1", "title": "Spring launch", "people": 4}
    return "preview.html", SHELL | {"here": "c1", "chat": chat, "history": history} | more


def _head(**more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": "c1",
        "title": "Spring launch",
        "name": "Spring launch",
        "kind": "group",
        "workspace_name": "Brightwater Studio",
    }
    return (
        base
        | {
            "unread": 2,
            "mentions": 1,
            "last_seq": 9,
            "can_invite": True,
            "can_rename": True,
            "level": "all",
            "hidden": False,
            "can_call": True,
            "takes_files": True,
            "file_mb": 25,
            "capacity_left": 40,
            "workspace_id": "ws_1",
            "lines": ["Here is what we talked about."],
            "line_is_mailed": False,
        }
        | more
    )


def _chat(**context: Any) -> Case:
    base: dict[str, Any] = SHELL | {
        "here": "c1",
        "chat": _head(),
        "participants": list(PEOPLE.values()),
        "me_participant": PEOPLE["mara"],
        "shows": SHOWS,
    }
    base |= {
        "invitations": INVITATIONS,
        "items": ITEMS,
        "older_url": None,
        "newer_url": None,
        "draft": "",
        "reply_target": None,
        "editing": None,
    }
    base |= {"chosen_history": {"history": "from_join", "history_last": "", "history_since": ""}}
    base |= {"file": None, "check": None}
    return "chat.html", base | {"reacting": None, "deleting": None, "people": None, "joined": False} | context
