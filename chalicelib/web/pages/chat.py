"""One chat: reading, writing, and the people in it. Every form works without a script and answers 303."""

import io
from dataclasses import replace
from typing import Any

import msgspec

from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.chats import Level
from ...domain.inviting import Invitee
from ...schemas import serializers as shapes
from ...usecases import (
    asking,
    calls,
    chats,
    checking,
    ending,
    files,
    invitations,
    inviting,
    messages,
)
from ...usecases.files import Declared
from ...usecases.messages import MessageDraft
from ..requests import MOST_BYTES_OF_LIST, MOST_BYTES_WITH_FILE
from . import chat_shown, flash, invitees, participants, refused, thread
from .routing import Content, Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)


@routes.page("/chats/{chat_id}", signed_in=True)
def chat_page(request: PageRequest) -> Page | Redirect:
    """`?at=8` leads to that message: an address that any way of signing in keeps, which none does with what follows a #."""
    at = thread.number(request.incoming.query.get("at", ""))
    if at is None:
        return _chat_page(request)
    chat, membership = chats.as_participant(request.ports, request.account, request.path["chat_id"])
    readable = max(1, membership.reads_from) <= at <= chat.last_seq
    return Redirect(thread.place(chat.id, at, chat.last_seq) if readable else _base(request))


@routes.form("/chats/{chat_id}/messages", signed_in=True, most_bytes=MOST_BYTES_WITH_FILE)
def post_message(request: PageRequest) -> Page | Redirect:
    """Without a script one file comes with it, through us."""
    try:
        message, _ = messages.post(
            request.ports, request.account, request.path["chat_id"], _draft(request), request.ids
        )
    except errors.Refusal as refusal:
        return _again(request, refusal, draft=request.field("text"))
    return Redirect(f"{_base(request)}#m-{message.seq}")


@routes.form("/chats/{chat_id}/messages/{message_id}/edit", signed_in=True)
def edit_message(request: PageRequest) -> Page | Redirect:
    path = request.path
    try:
        message, _ = messages.edit(
            request.ports, request.account, path["chat_id"], path["message_id"], request.field("text")
        )
    except errors.Refusal as refusal:
        return _again(request, refusal, draft=request.field("text"), editing=path["message_id"])
    return Redirect(f"{_base(request)}?at={message.seq}")


@routes.form("/chats/{chat_id}/messages/{message_id}/delete", signed_in=True)
def delete_message(request: PageRequest) -> Redirect:
    """Asked first, for it can't be undone; with a script the page itself has asked, and calls the API."""
    message_id = request.path["message_id"]
    if request.field("sure") != "1":
        return Redirect(f"{_base(request)}?delete={message_id}#m-{message_id.rpartition('-')[2]}")
    messages.delete(request.ports, request.account, request.path["chat_id"], message_id)
    return Redirect(_base(request))


@routes.form("/chats/{chat_id}/messages/{message_id}/react", signed_in=True)
def react(request: PageRequest) -> Redirect:
    path = request.path
    messages.react(
        request.ports,
        request.account,
        path["chat_id"],
        path["message_id"],
        request.field("emoji"),
        request.field("on") != "0",
    )
    return Redirect(f"{_base(request)}?at={path['message_id'].rpartition('-')[2]}")


@routes.form("/chats/{chat_id}/read", signed_in=True)
def mark_read(request: PageRequest) -> Redirect:
    seq = thread.number(request.field("seq"))
    if seq is not None:
        messages.mark_read(request.ports, request.account, request.path["chat_id"], seq)
    return Redirect(_base(request))


@routes.form("/chats/{chat_id}/calls", signed_in=True)
def begin_call(request: PageRequest) -> Page | Redirect:
    """Back to the chat, where the line with Join stands: a form may not lead to another site."""
    try:
        calls.begin(request.ports, request.account, request.path["chat_id"], request.ids)
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.CONFLICT:
            raise
        return _chat_page(
            request, refusal, notice={"kind": "warn", "text": "; ".join(request.problems(refusal).values())}
        )
    return Redirect(_base(request))


@routes.form("/chats/{chat_id}/unread", signed_in=True)
def mark_unread(request: PageRequest) -> Redirect:
    """To the list, for a chat that is open is read."""
    messages.mark_last_unread(request.ports, request.account, request.path["chat_id"])
    return Redirect("/chats")


@routes.form("/chats/{chat_id}/hidden", signed_in=True)
def hide(request: PageRequest) -> Redirect:
    on = request.field("on") != "0"
    chats.hide(request.ports, request.account, request.path["chat_id"], on)
    return Redirect("/chats" if on else _base(request))


@routes.form("/chats/{chat_id}/name", signed_in=True)
def rename(request: PageRequest) -> Redirect:
    chats.rename(request.ports, request.account, request.path["chat_id"], request.field("name"))
    return Redirect(_base(request))


@routes.form("/chats/{chat_id}/notifications", signed_in=True)
def choose_level(request: PageRequest) -> Redirect:
    level = request.field("level")
    if level in list(Level):
        chats.choose_level(request.ports, request.account, request.path["chat_id"], Level(level))
    return Redirect(_base(request))


@routes.form("/chats/{chat_id}/invite", signed_in=True, most_bytes=MOST_BYTES_OF_LIST)
def invite(request: PageRequest) -> Page | Redirect:
    """`do` says which button was pressed: file, preview, check, or that which invites."""
    typed = [
        Invitee(email=entry.text, name=entry.name, locale=request.field("locale"))
        for entry in of_field(request.field("address"))
    ]
    try:
        if request.field("do") == "file":
            return _with_file(request)
        chosen = invitees.choice(request).history(request)
        if request.field("do") == "preview":
            return Redirect(f"{_base(request)}/preview?history={chosen}")
        invitees.refuse_unread_file(request)
        people = invitees.with_last_day(request, typed)
        return _invited(request, [replace(invitee, history=chosen) for invitee in people])
    except errors.Refusal as refusal:
        return _chat_page(request, refusal, **refused.of_refusal(request, refusal, typed), people=True)


def _invited(request: PageRequest, people: list[Invitee]) -> Page | Redirect:
    """The call, or a check of it."""
    call = request.ports, request.account, request.path["chat_id"], people, request.ids, invitees.line(request)
    if request.field("do") == "check":
        check = invitees.checked(request, checking.check(*call))
        return _chat_page(request, check=check, form=request.typed(), people=True)
    return Redirect(refused.told(request, inviting.invite(*call)) or f"{_base(request)}?people=1&done=invited")


def _with_file(request: PageRequest) -> Page:
    """The people of the chosen file stand in the address field, behind what was typed."""
    address_list = invitees.file_of(request)
    parts = [request.field("address").strip(), invitees.typed_list(address_list)]
    form = {**request.typed(), "address": "\n".join(part for part in parts if part)}
    file = invitees.skipped(address_list, request.locale)
    return _chat_page(request, form=form, file=file, people=True)


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/resend", signed_in=True)
def resend(request: PageRequest) -> Page | Redirect:
    return _handled(
        request, lambda: invitations.resend(request.ports, request.account, *_names(request), request.ids), "resent"
    )


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/revoke", signed_in=True)
def revoke(request: PageRequest) -> Page | Redirect:
    return _handled(request, lambda: invitations.revoke(request.ports, request.account, *_names(request)), "revoked")


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/fix", signed_in=True)
def fix_address(request: PageRequest) -> Page | Redirect:
    try:
        invitations.fix_address(request.ports, request.account, *_names(request), request.field("email"))
    except errors.Refusal as refusal:
        form = {"invitation_id": request.path["invitation_id"], "email": request.field("email")}
        problems = request.problems(refusal)
        return _chat_page(
            request,
            refusal,
            errors={"email": problems.get("email") or "; ".join(problems.values())},
            form=form,
            people=True,
        )
    return _done(request, "fixed")


@routes.form("/chats/{chat_id}/invitations/{invitation_id}/asks/{ask_id}", signed_in=True)
def answer_ask(request: PageRequest) -> Page | Redirect:
    names, ask_id, allow = _names(request), request.path["ask_id"], request.field("decision") == "allow"
    what = "allowed" if allow else "refused"
    return _handled(request, lambda: asking.answer(request.ports, request.account, *names, ask_id, allow), what)


@routes.page("/chats/{chat_id}/invitations/{invitation_id}/link", signed_in=True)
def link_page(request: PageRequest) -> Page:
    chat_id, invitation_id = _names(request)
    url = invitations.copied_link(request.ports, request.account, chat_id, invitation_id)
    chat, membership = chats.as_participant(request.ports, request.account, chat_id)
    invitation = invitations.get(request.ports, chat_id, invitation_id)
    return request.page(
        "link_page.html",
        chat={"id": chat.id, "title": chat.title_for(membership)},
        invitation={
            "email": invitation.email if invitation else "",
            "expires_at": invitation.expires_at if invitation else None,
        },
        url=url,
        qr_svg_url=f"{_base(request)}/invitations/{invitation_id}/qr.svg",
    )


@routes.page("/chats/{chat_id}/invitations/{invitation_id}/qr.svg", signed_in=True)
def qr_code(request: PageRequest) -> Content:
    url = invitations.copied_link(request.ports, request.account, *_names(request))
    import segno

    drawn = io.BytesIO()
    segno.make(url, error="m").save(
        drawn, kind="svg", scale=8, border=4, dark="#1B2426", light="#FFFFFF", xmldecl=False
    )
    return Content(drawn.getvalue().decode(), {"Content-Type": "image/svg+xml"})


@routes.form("/chats/{chat_id}/participants/{account_id}/remove", signed_in=True)
def remove(request: PageRequest) -> Redirect:
    ending.remove(request.ports, request.account, request.path["chat_id"], request.path["account_id"])
    return Redirect("/chats" if request.path["account_id"] == request.account.id else f"{_base(request)}?people=1")


def _chat_page(request: PageRequest, refusal: errors.Refusal | None = None, **more: Any) -> Page:
    """The page, with what was refused where it belongs."""
    ports, query, chat_id = request.ports, request.incoming.query, request.path["chat_id"]
    before = thread.number(query.get("before", ""))
    read = messages.read(ports, request.account, chat_id, before, None, None)
    chat, invitations = chats.roster(ports, chat_id)
    shown = read.page.messages
    older = shown[0].seq if shown and shown[0].seq > max(1, read.membership.reads_from) else None
    context = {
        **chat_shown.with_people(request, read.membership, chat, invitations),
        "items": chat_shown.items(request, replace(read, chat=chat), invitations),
        "older_url": f"?before={older}" if older else None,
        "newer_url": _base(request) if before is not None and shown and shown[-1].seq < chat.last_seq else None,
        "draft": "",
        "reply_target": _message(request, read, query.get("reply", "")),
        "editing": _message(request, read, query.get("edit", "")),
        "reacting": query.get("react"),
        "deleting": query.get("delete"),
        "people": {"1": True, "0": False}.get(query.get("people", "")),
        "joined": "joined" in query,
        "notice": participants.done(request, invitations) or flash.notice(request),
        "reach": participants.reach(request, read.membership, invitations),
        "chosen_history": invitees.choice(request).shown(request),
        "file": None,
        "check": None,
        **refused.shown(request),
        **more,
    }
    return shell(request, "chat.html", chat.id, 422 if refusal else 200, **context)


def _draft(request: PageRequest) -> MessageDraft:
    uploaded, ports, chat_id = request.files.get("file"), request.ports, request.path["chat_id"]
    alts: dict[str, str] = {}
    if uploaded:
        declared = Declared(uploaded.name, len(uploaded.content), uploaded.media)
        file = files.take(ports, request.account, chat_id, declared, uploaded.content, request.ids)
        alts = {file.id: request.field("alt")}
    return MessageDraft(text=request.field("text"), reply_to=request.field("reply_to"), files=tuple(alts), alts=alts)


def _again(request: PageRequest, refusal: errors.Refusal, draft: str, editing: str = "") -> Page:
    """What is wrong with its file is said at the field, too."""
    if refusal.kind is not errors.RefusalKind.WRONG_FIELD:
        raise refusal
    more: dict[str, Any] = (
        {"editing": {"id": editing, "text": draft, "seq": int(editing.rpartition("-")[2])}} if editing else {}
    )
    sentences = "; ".join(request.problems(refusal).values())
    return _chat_page(request, refusal, errors={"text": sentences}, draft=draft, **more)


def _handled(request: PageRequest, do: Any, what: str) -> Page | Redirect:
    try:
        do()
    except errors.Refusal as refusal:
        if refusal.kind in (errors.RefusalKind.UNKNOWN, errors.RefusalKind.FORBIDDEN):
            raise
        notice = {"kind": "warn", "text": "; ".join(request.problems(refusal).values())}
        return _chat_page(request, refusal, notice=notice, people=True)
    return _done(request, what)


def _done(request: PageRequest, what: str) -> Redirect:
    """Back to the row, which has the focus then, with a word that it was done."""
    invitation_id = request.path["invitation_id"]
    return Redirect(f"{_base(request)}?people=1&done={what}&of={invitation_id}#i-{invitation_id}")


def _message(request: PageRequest, read: messages.Read, message_id: str) -> dict[str, Any] | None:
    """A message that is on the page, for a reply to it or its edit."""
    message = next((item for item in read.page.messages if item.id == message_id), None)
    shown = msgspec.to_builtins(shapes.message(message, read.page, read.membership)) if message else None
    return (
        {**shown, "mine": message.author is not None and message.author.account_id == request.account.id}
        if shown and message
        else None
    )


def _names(request: PageRequest) -> tuple[str, str]:
    return request.path["chat_id"], request.path["invitation_id"]


def _base(request: PageRequest) -> str:
    return f"/chats/{request.path['chat_id']}"
