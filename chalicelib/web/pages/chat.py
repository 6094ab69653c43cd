"""One chat: reading, writing, and the people in it. Every form works without a script and answers 303."""

import io
from dataclasses import asdict, replace
from typing import Any

import msgspec
import segno

from ... import wiring
from ...domain import errors, history
from ...domain.address_lists.reading import of_field
from ...domain.chats import Chat, ChatKind, Level, Participant, Place
from ...domain.history import History
from ...domain.invitations import Seat, Status, can_resend_in, open_in, people_in
from ...domain.inviting import Invitee
from ...domain.mail_reasons import sentence_of
from ...domain.names import initials
from ...domain.people import Via
from ...domain.workspaces import Member, WhoMayInvite, Workspace
from ...shapes import shown as shapes
from ...templating import languages
from ...usecases import asking, chats, deliveries, identities, invitations, inviting, links_of, messages
from ...usecases.deliveries import Delivery
from . import people, refused, said
from .routing import File, Page, Pages, See, Visit
from .shell import shell
from .thread import items

routes = Pages(__name__)
_NAMED = 6  # five, and perhaps oneself


@routes.page("/chats/{chat_id}", signed_in=True)
def chat_page(visit: Visit) -> Page:
    return _chat_page(visit)


@routes.form("/chats/{chat_id}/messages", signed_in=True)
def post_message(visit: Visit) -> Page | See:
    try:
        message, _ = messages.post(
            visit.ports, visit.account, visit.path["chat_id"], visit.field("text"), visit.field("reply_to"), visit.ids
        )
    except errors.Refusal as refusal:
        return _again(visit, refusal, draft=visit.field("text"))
    return See(f"{_base(visit)}#m-{message.seq}")


@routes.form("/chats/{chat_id}/messages/{message_id}/edit", signed_in=True)
def edit_message(visit: Visit) -> Page | See:
    path = visit.path
    try:
        message, _ = messages.edit(visit.ports, visit.account, path["chat_id"], path["message_id"], visit.field("text"))
    except errors.Refusal as refusal:
        return _again(visit, refusal, draft=visit.field("text"), editing=path["message_id"])
    return See(f"{_base(visit)}#m-{message.seq}")


@routes.form("/chats/{chat_id}/messages/{message_id}/delete", signed_in=True)
def delete_message(visit: Visit) -> See:
    messages.delete(visit.ports, visit.account, visit.path["chat_id"], visit.path["message_id"])
    return See(_base(visit))


@routes.form("/chats/{chat_id}/messages/{message_id}/react", signed_in=True)
def react(visit: Visit) -> See:
    path = visit.path
    messages.react(
        visit.ports, visit.account, path["chat_id"], path["message_id"], visit.field("emoji"), visit.field("on") != "0"
    )
    return See(f"{_base(visit)}#m-{path['message_id'].rpartition('-')[2]}")


@routes.form("/chats/{chat_id}/read", signed_in=True)
def mark_read(visit: Visit) -> See:
    seq = visit.field("seq")
    if seq.isdecimal() and len(seq) < 10:
        messages.mark_read(visit.ports, visit.account, visit.path["chat_id"], int(seq))
    return See(_base(visit))


@routes.form("/chats/{chat_id}/name", signed_in=True)
def rename(visit: Visit) -> See:
    chats.rename(visit.ports, visit.account, visit.path["chat_id"], visit.field("name"))
    return See(_base(visit))


@routes.form("/chats/{chat_id}/notifications", signed_in=True)
def choose_level(visit: Visit) -> See:
    level = visit.field("level")
    if level in list(Level):
        chats.choose_level(visit.ports, visit.account, visit.path["chat_id"], Level(level))
    return See(_base(visit))


@routes.form("/chats/{chat_id}/invite", signed_in=True)
def invite(visit: Visit) -> Page | See:
    chosen = history.chosen_or(visit.field("history"), History.FROM_JOIN, visit.ports.now())
    typed = [
        Invitee(email=one.text, name=one.name, locale=visit.field("locale"), history=chosen)
        for one in of_field(visit.field("address"))
    ]
    try:
        made = inviting.invite(visit.ports, visit.account, visit.path["chat_id"], typed, visit.ids)
    except errors.Refusal as refusal:
        return _chat_page(visit, refusal, **refused.of_refusal(visit, refusal, typed), people=True)
    return See(refused.told(visit, made) or f"{_base(visit)}?people=1")


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/resend", signed_in=True)
def resend(visit: Visit) -> Page | See:
    return _handled(visit, lambda: invitations.resend(visit.ports, visit.account, *_names(visit), visit.ids))


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/revoke", signed_in=True)
def revoke(visit: Visit) -> Page | See:
    return _handled(visit, lambda: invitations.revoke(visit.ports, visit.account, *_names(visit)))


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/fix", signed_in=True)
def fix_address(visit: Visit) -> Page | See:
    try:
        invitations.fix_address(visit.ports, visit.account, *_names(visit), visit.field("email"))
    except errors.Refusal as refusal:
        form = {"invitation_id": visit.path["invitation_id"], "email": visit.field("email")}
        problems = visit.problems(refusal)
        return _chat_page(
            visit,
            refusal,
            errors={"email": problems.get("email") or "; ".join(problems.values())},
            form=form,
            people=True,
        )
    return See(f"{_base(visit)}?people=1")


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/asks/{ask_id}", signed_in=True)
def answer_ask(visit: Visit) -> Page | See:
    names, ask_id, allow = _names(visit), visit.path["ask_id"], visit.field("decision") == "allow"
    return _handled(visit, lambda: asking.answer(visit.ports, visit.account, *names, ask_id, allow))


@routes.page("/chats/{chat_id}/invitations/{invitation_id}/link", signed_in=True)
def link_page(visit: Visit) -> Page:
    chat_id, seat_id = _names(visit)
    url = invitations.copied_link(visit.ports, visit.account, chat_id, seat_id)
    chat, place = chats.as_participant(visit.ports, visit.account, chat_id)
    seat = visit.ports.invitations.get(chat_id, seat_id)
    return visit.page(
        "link_page.html",
        chat={"id": chat.id, "title": chat.title_for(place)},
        invitation={"email": seat.email if seat else "", "expires_at": seat.expires_at if seat else None},
        url=url,
        qr_svg_url=f"{_base(visit)}/invitations/{seat_id}/qr.svg",
    )


@routes.page("/chats/{chat_id}/invitations/{invitation_id}/qr.svg", signed_in=True)
def qr_code(visit: Visit) -> File:
    url = invitations.copied_link(visit.ports, visit.account, *_names(visit))
    drawn = io.BytesIO()
    segno.make(url, error="m").save(
        drawn, kind="svg", scale=8, border=4, dark="#1B2426", light="#FFFFFF", xmldecl=False
    )
    return File(drawn.getvalue().decode(), {"Content-Type": "image/svg+xml"})


@routes.form("/chats/{chat_id}/participants/{account_id}/remove", signed_in=True)
def remove(visit: Visit) -> See:
    chats.remove(visit.ports, visit.account, visit.path["chat_id"], visit.path["account_id"])
    return See("/chats" if visit.path["account_id"] == visit.account.id else f"{_base(visit)}?people=1")


def _chat_page(visit: Visit, refusal: errors.Refusal | None = None, **more: Any) -> Page:
    """The page, with what was refused where it belongs."""
    ports, query, chat_id = visit.ports, visit.got.query, visit.path["chat_id"]
    before = query.get("before", "")
    read = messages.read(
        ports, visit.account, chat_id, int(before) if before.isdecimal() and len(before) < 10 else None, None, None
    )
    chat, seats = chats.roster(ports, chat_id)
    workspace, member = ports.workspaces.member(chat.workspace_id, visit.account.id)
    there = chats.participants_of(chat, seats)
    shown = read.page.messages
    older = shown[0].seq if shown and shown[0].seq > max(1, read.place.reads_from) else None
    context = {
        "chat": _chat(chat, read.place, workspace, member, seats, there, visit),
        "participants": _participants(there, read.place, seats, member, visit),
        "shows": {via: asdict(each) for via, each in deliveries.shown(ports, there).items()},
        "invitations": _invitations(visit, seats, member) if read.place.is_member else [],
        "items": items(read, there, _fares(visit, read, seats), visit.locale),
        "older_url": f"?before={older}" if older else None,
        "draft": "",
        "reply_target": _message(visit, read, query.get("reply", "")),
        "editing": _message(visit, read, query.get("edit", "")),
        "reacting": query.get("react"),
        "people": {"1": True, "0": False}.get(query.get("people", "")),
        "joined": "joined" in query,
        "notice": said.notice(visit),
        "reach": _reach(visit, read.place),
        **refused.shown(visit),
        **more,
    }
    context["me_participant"] = next(
        (one for one in context["participants"] if one["account_id"] == visit.account.id), None
    )
    return shell(visit, "chat.html", chat.id, 422 if refusal else 200, **context)


def _fares(visit: Visit, read: messages.Read, seats: tuple[Seat, ...]) -> dict[int, list[Delivery]]:
    """How one's own messages fare elsewhere; why, in the reader's language where it is a sentence of ours."""
    found = deliveries.of_page(visit.ports, read.page, read.place, seats)
    return {seq: [_in_words(one, visit.locale) for one in each] for seq, each in found.items()}


def _in_words(one: Delivery, locale: str) -> Delivery:
    told = [languages.text(text, locale, **({"emojis": with_} if with_ else {})) for text, with_ in one.sentences]
    return replace(one, sentences=tuple((text, "") for text in told))


def _again(visit: Visit, refusal: errors.Refusal, draft: str, editing: str = "") -> Page:
    if refusal.kind is not errors.Kind.WRONG_FIELD:
        raise refusal
    more: dict[str, Any] = (
        {"editing": {"id": editing, "text": draft, "seq": int(editing.rpartition("-")[2])}} if editing else {}
    )
    return _chat_page(visit, refusal, errors=visit.problems(refusal), draft=draft, **more)


def _handled(visit: Visit, do: Any) -> Page | See:
    try:
        do()
    except errors.Refusal as refusal:
        if refusal.kind in (errors.Kind.UNKNOWN, errors.Kind.FORBIDDEN):
            raise
        notice = {"kind": "warn", "text": "; ".join(visit.problems(refusal).values())}
        return _chat_page(visit, refusal, notice=notice, people=True)
    return See(f"{_base(visit)}?people=1")


def _chat(
    chat: Chat,
    place: Place,
    workspace: Workspace | None,
    member: Member | None,
    seats: tuple[Seat, ...],
    there: tuple[Participant, ...],
    visit: Visit,
) -> dict[str, Any]:
    may_invite = (
        workspace is not None
        and member is not None
        and workspace.communicate
        and (workspace.who_may_invite is WhoMayInvite.MEMBERS or member.role.may_manage)
    )
    cap = workspace.allowance.people_in_a_chat if workspace else 0
    used = people_in(seats, chat.founder_left) + open_in(seats, visit.ports.now())
    others = [one.name for one in there if one.account_id != visit.account.id]
    return {
        **msgspec.to_builtins(shapes.chat(chat, place)),
        "title": chat.name or ", ".join(others[:3]) or chat.title_for(place),
        "workspace_name": workspace.name if workspace else "",
        "can_invite": may_invite,
        "can_rename": place.is_member and chat.kind is ChatKind.GROUP,
        "level": place.level,
        "capacity_left": max(0, cap - used),
    }


def _participants(
    there: tuple[Participant, ...], reader: Place, seats: tuple[Seat, ...], member: Member | None, visit: Visit
) -> list[dict[str, Any]]:
    only_here = _not_reached(visit, there, seats)
    inviters = {seat.account_id: seat.inviter_id for seat in seats if seat.is_taken}
    manages = member is not None and member.role.may_manage
    rows = []
    for one in sorted(there, key=lambda person: person.role == "external"):
        removable = (
            reader.is_member
            and one.role == "external"
            and (manages or inviters.get(one.account_id) == reader.account_id)
        )
        shown = {"organization": None, "invited_as": None, **msgspec.to_builtins(shapes.participant(one, reader))}
        reads_in = Via.WEBTOP if one.account_id in only_here else one.via
        rows.append(
            {**shown, **people.face(one.account_id, one.name), "can_remove": removable, "reads_in": str(reads_in)}
        )
    return rows


def _not_reached(visit: Visit, there: tuple[Participant, ...], seats: tuple[Seat, ...]) -> set[str]:
    """Who has no app of ours in their Slack or Teams yet, or none any more; asked only of whom the composer may name."""
    named = [one.account_id for one in there if one.role == "external"][:_NAMED]
    return {
        seat.account_id
        for seat in seats
        if seat.account_id in named
        and seat.via is not Via.WEBTOP
        and not identities.is_reached(visit.ports, seat.identity)
    }


def _invitations(visit: Visit, seats: tuple[Seat, ...], member: Member | None) -> list[dict[str, Any]]:
    now, rows = visit.ports.now(), []
    for seat in invitations.listed_of(visit.ports, seats):
        handles = seat.inviter_id == visit.account.id or (member is not None and member.role.may_manage)
        shown = msgspec.to_builtins(shapes.invitation(seat, now, links_of.three_words(visit.ports, seat)))
        reason = languages.text(sentence_of(seat.mail.reason), visit.locale) if seat.mail else ""
        rows.append(
            {
                **shown,
                "mail": {**shown["mail"], "detail": reason},
                "initials": initials(seat.email),
                "reason": seat.reason,
                "can_resend_in": -(-can_resend_in(seat, now) // 60),
                "can_resend": handles and seat.status in (Status.PENDING, Status.EXPIRED),
                "can_fix": handles and seat.status is Status.PENDING,
            }
        )
    return rows


def _reach(visit: Visit, place: Place) -> dict[str, str] | None:
    """The step that is still missing for somebody who joined through Slack or Teams, so that messages go there."""
    identity = visit.session.identity
    if place.via is Via.WEBTOP or not identity or identities.is_reached(visit.ports, identity):
        return None
    locale = visit.locale
    if place.via is Via.SLACK:
        return {
            "fact": languages.text("Chat from Slack", locale),
            "text": languages.text(
                "Add the app to your Slack, and messages come there. An admin may have to agree; until then, chat here.",
                locale,
            ),
            "button": languages.text("Add to Slack", locale),
            "href": "/oauth/slack/install",
        }
    teams = wiring.configured().teams
    if not teams.app_id:
        return None
    tenant = identity.split("#")[1]
    return {
        "fact": languages.text("Chat from Teams", locale),
        "text": languages.text(
            "Add the app to your Teams, and messages come there. If your organisation forbids it, chat here.", locale
        ),
        "button": languages.text("Add to Teams", locale),
        "href": f"{teams.link_base}/l/app/{teams.app_id}?tenantId={tenant}",
    }


def _message(visit: Visit, read: messages.Read, message_id: str) -> dict[str, Any] | None:
    """A message that is on the page, for a reply to it or its edit."""
    found = next((one for one in read.page.messages if one.id == message_id), None)
    shown = msgspec.to_builtins(shapes.message(found, read.page, read.place)) if found else None
    return (
        {**shown, "mine": found.author is not None and found.author.account_id == visit.account.id}
        if shown and found
        else None
    )


def _names(visit: Visit) -> tuple[str, str]:
    return visit.path["chat_id"], visit.path["invitation_id"]


def _base(visit: Visit) -> str:
    return f"/chats/{visit.path['chat_id']}"
