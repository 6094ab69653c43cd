"""The inbox: what waits for an answer in all chats. And the overview of a workspace, in numbers."""

import json
from typing import Any

from markupsafe import Markup

from ...domain import errors
from ...domain.invitations import AskKind, MailState
from ...domain.mail_reasons import sentence_of
from ...domain.messages import MessageKind
from ...domain.names import initials
from ...shapes import shown as shapes
from ...templating import languages
from ...usecases import chats, messages, overview
from ...usecases.chats import Listed
from . import people
from .routing import Page, Pages, Visit
from .shell import shell, when

routes = Pages(__name__)
_MOST = 20
_PERIODS = (7, 30, 90)


def inbox(visit: Visit, wanted: str) -> Page:
    """Unread messages, people who ask, mails that bounced: in the chats of most recent activity."""
    found = chats.listed(visit.ports, visit.account)
    rows = [row for one in found[:_MOST] for row in _rows(visit, one)]
    rows.sort(key=lambda row: row["at"], reverse=True)
    kinds = {
        "mentions": lambda row: row["kind"] == "message" and row["mentions"] > 0,
        "invitations": lambda row: row["kind"] != "message",
    }
    numbers = {"all": len(rows), **{name: sum(map(judge, rows)) for name, judge in kinds.items()}}
    chosen = wanted if wanted in kinds else "all"
    shown = [row for row in rows if chosen == "all" or kinds[chosen](row)]
    return shell(
        visit,
        "chats.html",
        "inbox",
        found=found,
        view="inbox",
        filter=chosen,
        numbers=numbers,
        rows=shown,
        next_url=None,
    )


@routes.page("/overview", signed_in=True)
def overview_page(visit: Visit) -> Page:
    """Of one workspace, for its owners and admins."""
    mine = people.workspaces(visit.ports, visit.account)
    wanted = visit.got.query.get("workspace", "")
    chosen = next((one["id"] for one in mine if wanted in ("", one["id"])), "")
    if not chosen:
        raise errors.unknown()
    days = int(visit.got.query.get("days", "30")) if visit.got.query.get("days", "30") in map(str, _PERIODS) else 30
    seen = overview.look(visit.ports, visit.account, chosen, days)
    return visit.page(
        "overview.html", workspaces=mine, as_of=visit.ports.now(), audit=_audit(visit, chosen), **_figures(seen, chosen)
    )


def _audit(visit: Visit, workspace_id: str) -> list[dict[str, Any]]:
    """Who invited whom, when, as what: the newest first."""
    rows = []
    for at, text in visit.ports.workspaces.notes(workspace_id, 100):
        entry = json.loads(text)
        rows += [
            {"at": at, "by": entry["by"], "email": one["email"], "kind": entry["kind"], "outcome": one["outcome"]}
            for one in entry["results"]
        ]
    return rows


def _rows(visit: Visit, one: Listed) -> list[dict[str, Any]]:
    base = {"chat_id": one.chat.id, "chat_title": one.chat.title_for(one.place)}
    rows = [_message(visit, one, base)] if one.place.unread(one.chat) else []
    return [row for row in rows if row] + (_of_invitations(visit, one, base) if one.place.is_member else [])


def _message(visit: Visit, one: Listed, base: dict[str, Any]) -> dict[str, Any]:
    read = messages.read(visit.ports, visit.account, one.chat.id, None, None, 10)
    texts = [
        each for each in read.page.messages if each.kind is MessageKind.TEXT and each.author and not each.deleted_at
    ]
    if not texts or texts[-1].author is None:
        return {}
    last, author = texts[-1], texts[-1].author
    return {
        **base,
        "kind": "message",
        "direct": one.chat.kind == "direct",
        "author": {**people.face(author.account_id, author.name), "role": author.role, "via": author.via},
        "html": Markup(shapes.message(last, read.page, read.place).html),  # noqa: S704  # cleaned by templating.marks
        "at": last.created_at,
        "when": when(visit, last.created_at),
        "unread": one.place.unread(one.chat),
        "mentions": one.place.mentions,
    }


def _of_invitations(visit: Visit, one: Listed, base: dict[str, Any]) -> list[dict[str, Any]]:
    """What the inviter has to answer or mend."""
    _, seats = chats.roster(visit.ports, one.chat.id)
    rows: list[dict[str, Any]] = []
    for seat in seats:
        if seat.inviter_id != visit.account.id or not seat.is_invitation:
            continue
        invitation = {"id": seat.id, "email": seat.email, "initials": initials(seat.email)}
        for ask in seat.asks_at(visit.ports.now()):
            who = {
                **people.face(ask.account_id, ask.name),
                "email": ask.email,
                "via": ask.via,
                "organization": ask.organization,
            }
            account = who if ask.kind is AskKind.JOIN else None
            shown = {"id": ask.id, "kind": ask.kind, "account": account}
            rows.append({**base, "kind": "ask", "invitation": invitation, "ask": shown, "at": ask.asked_at})
        if seat.mail and seat.mail.state is MailState.BOUNCED and seat.is_open_at(visit.ports.now()):
            rows.append(
                {
                    **base,
                    "kind": "bounced",
                    "invitation": invitation,
                    "detail": languages.text(sentence_of(seat.mail.reason), visit.locale),
                    "at": seat.mail.at,
                }
            )
    return [{**row, "when": when(visit, row["at"])} for row in rows]


def _figures(seen: overview.Overview, workspace_id: str) -> dict[str, Any]:
    whole = max(1, seen.invited)
    steps = (
        ("Invited", None, seen.invited),
        ("Delivered", "as far as mail servers tell", seen.delivered),
        ("Joined", None, seen.joined),
    )
    return {
        "title": "Invitations",
        "scope": seen.workspace.name,
        "days": seen.days,
        "periods": [
            {"days": days, "href": f"/overview?workspace={workspace_id}&days={days}", "current": days == seen.days}
            for days in _PERIODS
        ],
        "numbers": [
            {"label": "Open", "value": seen.open, "note": "wait for an answer", "warn": False},
            {"label": "Joined", "value": seen.joined, "note": f"of {seen.invited} invited", "warn": False},
            {
                "label": "Declined or ended",
                "value": seen.declined + seen.expired,
                "note": f"{seen.declined} said no",
                "warn": False,
            },
            {
                "label": "Bounced",
                "value": seen.bounced,
                "note": "fix the address" if seen.bounced else "none",
                "warn": seen.bounced > 0,
            },
        ],
        "funnel": [{"label": label, "note": note, "n": n, "share": n / whole} for label, note, n in steps],
        "joined": [
            {"label": label, "n": seen.by_way.get(via, 0)}
            for via, label in (("webtop", "Webtop"), ("slack", "Slack"), ("teams", "Microsoft Teams"))
        ],
        "per_day": [{"day": day, "invited": invited, "joined": joined} for day, invited, joined in seen.per_day],
        "look": [],
        "look_of": 1,
    }
