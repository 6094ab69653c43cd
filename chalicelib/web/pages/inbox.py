"""The inbox: what waits for an answer in all chats. And the overview of a workspace, in numbers."""

import functools
import json
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from ...domain import errors
from ...domain.calls import LASTS
from ...domain.chats import ChatKind, Membership
from ...domain.erasing import SOMEBODY_WHO_LEFT
from ...domain.invitations import AskKind
from ...domain.mail_reasons import sentence_of
from ...domain.messages import PAGE_MOST, Event, EventType, Message, MessageKind
from ...domain.names import initials
from ...domain.providers import APPLICATIONS, SIGNED_IN_FROM
from ...schemas import serializers as shapes
from ...templating import languages
from ...usecases import chats, messages, overview, profile_pictures, workspaces
from ...usecases.chats import Listed
from . import people
from .routing import Page, PageRequest, Pages
from .shell import shell, when

routes = Pages(__name__)
_MOST, _MOST_WAITING = 20, 50
_PERIODS = (7, 30, 90)


def inbox(request: PageRequest, wanted: str) -> Page:
    """Unread messages and calls, of the chats of most recent activity; people who ask and mails that bounced, of all."""
    listed_chats = chats.listed(request.ports, request.account)
    new = [each for each in listed_chats if each.chat.last_seq > each.membership.read_to]
    unread = [each for each in new if each.membership.unread(each.chat)]
    looked_at = unread[:_MOST] + [each for each in new if each not in unread][:_MOST]  # these may have a call
    waiting = [each for each in listed_chats if each.chat.waits_for(request.account.id) and each.membership.is_member]
    rows = [row for each in looked_at for row in _of_messages(request, each, _base(each))]
    rows += [row for each in waiting[:_MOST_WAITING] for row in _of_invitations(request, each, _base(each))]
    rows.sort(key=lambda row: row["at"], reverse=True)
    kinds: dict[str, Callable[[dict[str, Any]], bool]] = {
        "mentions": lambda row: row["kind"] == "message" and row["mentions"] > 0,
        "answers": lambda row: row["kind"] == "message" and row["answers"] > 0,
        "invitations": lambda row: row["kind"] in ("ask", "bounced"),
    }
    numbers = {"all": len(rows), **{name: sum(map(judge, rows)) for name, judge in kinds.items()}}
    chosen = wanted if wanted in kinds else "all"
    shown = [row for row in rows if chosen == "all" or kinds[chosen](row)]
    if chosen == "answers":
        shown = [row | row["answer"] for row in shown]
    _add_pictures(request, shown)
    return shell(
        request,
        "chats.html",
        "inbox",
        listed_chats=listed_chats,
        view="inbox",
        filter=chosen,
        numbers=numbers,
        rows=shown,
        next_url=None,
        all_seen=len(unread) <= _MOST and len(waiting) <= _MOST_WAITING,
    )


def _add_pictures(request: PageRequest, rows: list[dict[str, Any]]) -> None:
    """To the authors of messages and calls, with one read for all rows that are shown."""
    authors = [row["author"] for row in rows if row.get("author")]
    pictures = profile_pictures.of(request.ports, {author["account_id"] for author in authors})
    for author in authors:
        author.update(people.avatar(author["account_id"], author["name"], pictures.get(author["account_id"], "")))


@routes.page("/overview", signed_in=True)
def overview_page(request: PageRequest) -> Page:
    """Of one workspace, for its owners and admins."""
    mine = people.workspaces(request.ports, request.account)
    wanted = request.incoming.query.get("workspace", "")
    chosen = next((item["id"] for item in mine if wanted in ("", item["id"])), "")
    if not chosen:
        raise errors.unknown()
    days = (
        int(request.incoming.query.get("days", "30"))
        if request.incoming.query.get("days", "30") in map(str, _PERIODS)
        else 30
    )
    seen = overview.look(request.ports, request.account, chosen, days)
    return request.page(
        "overview.html",
        workspaces=mine,
        as_of=request.ports.now(),
        audit=_audit(request, chosen),
        **_figures(seen, chosen, request.locale),
    )


def _audit(request: PageRequest, workspace_id: str) -> list[dict[str, Any]]:
    """Who invited whom, when, as what: the newest first."""
    rows = []
    entries = [(at, json.loads(text)) for at, text in workspaces.audit_log(request.ports, workspace_id, 100)]
    names = workspaces.names_of(request.ports, {entry["by_id"] for _, entry in entries if "by_id" in entry})
    left = languages.text(SOMEBODY_WHO_LEFT, request.locale)
    for at, entry in entries:
        by = entry.get("by") or names.get(entry["by_id"], left)  # entries of before have the name itself
        rows += [
            {"at": at, "by": by, "email": result["email"], "kind": entry["kind"], "outcome": result["outcome"]}
            for result in entry["results"]
        ]
    return rows


def _base(listed_chat: Listed) -> dict[str, Any]:
    return {"chat_id": listed_chat.chat.id, "chat_title": listed_chat.chat.title_for(listed_chat.membership)}


def _of_messages(request: PageRequest, listed_chat: Listed, base: dict[str, Any]) -> list[dict[str, Any]]:
    """What of this chat isn't read yet: its last message, with how many mention or answer the reader, and each call."""
    new = listed_chat.chat.last_seq - listed_chat.membership.read_to
    read = messages.read(request.ports, request.account, listed_chat.chat.id, None, None, min(max(10, new), PAGE_MOST))
    base = {**base, "direct": listed_chat.chat.kind is ChatKind.DIRECT}
    texts = [
        each for each in read.page.messages if each.kind is MessageKind.TEXT and each.author and not each.deleted_at
    ]
    rows = [_call(request, each, base) for each in read.page.messages if _calls(each, read.membership)]
    if texts and listed_chat.membership.unread(listed_chat.chat):
        answers = [each for each in texts if _answers(each, read)]
        rows.append(
            {
                **base,
                "kind": "message",
                **_shown(request, texts[-1], read),
                "unread": listed_chat.membership.unread(listed_chat.chat),
                "mentions": listed_chat.membership.mentions,
                "answers": len(answers),
                "answer": _shown(request, answers[-1], read) if answers else {},
            }
        )
    return rows


def _shown(request: PageRequest, message: Message, read: messages.Read) -> dict[str, Any]:
    author = message.author
    return {
        "author": people.author(author, {}) if author else None,
        "html": Markup(shapes.message(message, read.page, read.membership).html),  # noqa: S704  # cleaned by templating.marks
        "href": f"/chats/{message.chat_id}#m-{message.seq}",
        "at": message.created_at,
        "when": when(request, message.created_at),
    }


def _answers(message: Message, read: messages.Read) -> bool:
    """Whether it is new, and replies to what the reader wrote."""
    target, me = read.page.replied.get(message.reply_to), read.membership.account_id
    is_mine = target is not None and target.author is not None and target.author.account_id == me
    return (
        is_mine
        and message.seq > read.membership.read_to
        and (message.author is None or message.author.account_id != me)
    )


def _calls(message: Message, reader: Membership) -> bool:
    """Whether it tells of a call that somebody else began, and that the reader hasn't seen."""
    event = message.event
    is_call = event is not None and event.type is EventType.CALL_STARTED and event.account_id != reader.account_id
    return is_call and message.seq > reader.read_to


def _call(request: PageRequest, message: Message, base: dict[str, Any]) -> dict[str, Any]:
    event = message.event or Event(type=EventType.CALL_STARTED)
    is_open = not event.ended_at and request.ports.now() < message.created_at + LASTS
    return {
        **base,
        "kind": "call",
        "author": {"account_id": event.account_id, **people.avatar(event.account_id, event.by)},
        "call_id": event.call_id if is_open else "",
        "at": message.created_at,
        "when": when(request, message.created_at),
    }


def _of_invitations(request: PageRequest, listed_chat: Listed, base: dict[str, Any]) -> list[dict[str, Any]]:
    """What the inviter has to answer or mend."""
    _, invitations = chats.roster(request.ports, listed_chat.chat.id)
    rows: list[dict[str, Any]] = []
    for invited in invitations:
        if invited.inviter_id != request.account.id or not invited.was_mailed:
            continue
        invitation = {"id": invited.id, "email": invited.email, "initials": initials(invited.email)}
        for ask in invited.asks_at(request.ports.now()):
            who = {
                **people.avatar(ask.account_id, ask.name),
                "email": ask.email,
                "via": ask.via,
                "organization": ask.organization,
            }
            account = who if ask.kind is AskKind.JOIN else None
            shown = {
                "id": ask.id,
                "kind": ask.kind,
                "account": account,
                "email": ask.email,
                "note": ask.note,
                "text": ask.text,
            }
            rows.append({**base, "kind": "ask", "invitation": invitation, "ask": shown, "at": ask.asked_at})
        if invited.mail and invited.has_bounced_at(request.ports.now()):
            rows.append(
                {
                    **base,
                    "kind": "bounced",
                    "invitation": invitation,
                    "detail": languages.text(sentence_of(invited.mail.reason), request.locale),
                    "at": invited.mail.at,
                }
            )
    return [{**row, "when": when(request, row["at"])} for row in rows]


def _figures(seen: overview.Overview, workspace_id: str, locale: str) -> dict[str, Any]:
    text = functools.partial(languages.text, locale=locale)
    whole = max(1, seen.invited)
    steps = (
        (text("Invited"), None, seen.invited),
        (text("Delivered"), text("as reported by mail servers"), seen.delivered),
        (text("Joined"), None, seen.joined),
    )
    return {
        "title": text("Invitations"),
        "scope": seen.workspace.name,
        "days": seen.days,
        "periods": [
            {"days": days, "href": f"/overview?workspace={workspace_id}&days={days}", "current": days == seen.days}
            for days in _PERIODS
        ],
        "numbers": _numbers(seen, locale),
        "funnel": [{"label": label, "note": note, "n": n, "share": n / whole} for label, note, n in steps],
        "joined": [
            {"label": label, "n": seen.by_way.get(via, 0)}
            for via, label in APPLICATIONS.items()
            if via in seen.by_way or via in SIGNED_IN_FROM
        ],
        "per_day": [{"day": day, "invited": invited, "joined": joined} for day, invited, joined in seen.per_day],
        "look": [],
        "look_of": 1,
    }


def _numbers(seen: overview.Overview, locale: str) -> list[dict[str, Any]]:
    """`kind`: good, where there is something to be glad of; warn, where something is to be mended; else neither."""
    text = functools.partial(languages.text, locale=locale)
    ended, bounced = seen.declined + seen.expired, seen.bounced
    return [
        {"label": text("Pending"), "value": seen.open, "note": text("awaiting reply"), "kind": ""},
        {
            "label": text("Joined"),
            "value": seen.joined,
            "note": text("of {n} invited", n=seen.invited),
            "kind": "good" if seen.joined else "",
        },
        {"label": text("Ended"), "value": ended, "note": text("{n} declined", n=seen.declined), "kind": ""},
        {
            "label": text("Undeliverable"),
            "value": bounced,
            "note": text("correct the address") if bounced else text("none"),
            "kind": "warn" if bounced else "good",
        },
    ]
