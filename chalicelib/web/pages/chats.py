"""The list of chats, and a new one with its invitation list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.chats import Level
from ...domain.history import History, chosen_or
from ...domain.inviting import Invitee
from ...domain.messages import MessageKind
from ...domain.names import initials
from ...domain.plans import ALLOWANCES, offered
from ...domain.workspaces import Workspace
from ...schemas import serializers as shapes
from ...templating import languages, marks
from ...usecases import chats, inviting, sessions
from ...usecases.chats import Listed
from . import flash, refused
from .inbox import inbox
from .routing import Page, PageRequest, Pages, Redirect
from .shell import row, shell, when

routes = Pages(__name__)
_PREVIEWS, _LONGEST = 20, 160
_FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "all": lambda item: True,
    "unread": lambda item: item["unread"] > 0,
    "mentions": lambda item: item["mentions"] > 0,
}


@routes.page("/chats", signed_in=True)
def list_chats(request: PageRequest) -> Page:
    wanted = request.incoming.query.get("filter", "all")
    if request.incoming.query.get("view") == "inbox":
        return inbox(request, wanted)
    listed_chats = chats.listed(request.ports, request.account)
    rows = [_row(request, listed_chat) for listed_chat in listed_chats]
    numbers = {"unread": sum(row["unread"] > 0 for row in rows), "mentions": sum(row["mentions"] > 0 for row in rows)}
    chosen = wanted if wanted in _FILTERS else "all"
    shown = [row for row in rows if _FILTERS[chosen](row)]
    listed = {listed_chat.chat.id: listed_chat for listed_chat in listed_chats}
    for item in shown[:_PREVIEWS]:
        item["preview"] = _preview(request, listed[item["id"]])
    return shell(
        request,
        "chats.html",
        "chats",
        listed_chats=listed_chats,
        view="chats",
        filter=chosen,
        numbers=numbers,
        rows=shown,
        next_url=None,
        notice=flash.notice(request),
    )


@routes.form("/chats/read", signed_in=True)
def read_all(request: PageRequest) -> Redirect:
    for listed_chat in chats.listed(request.ports, request.account):
        if listed_chat.membership.unread(listed_chat.chat):
            request.ports.chats.mark_read(listed_chat.membership, listed_chat.chat.head)
    return Redirect("/chats")


@routes.page("/chats/new", signed_in=True)
def new_chat_page(request: PageRequest) -> Page:
    return _new_chat(request, _workspace(request, request.incoming.query.get("workspace", "")), [], {}, "")


@routes.form("/chats/new", signed_in=True)
def new_chat(request: PageRequest) -> Page | Redirect:
    """One form that does it all without a script: `do` says which button was pressed.

    `add` is the script's Invite: to it, a list of which a part stays in the field is an answer like any other.
    """
    do, _, at = request.field("do").partition(":")
    workspace, rows = _workspace(request, request.field("workspace_id")), _rows(request)
    problems: dict[str, str] = {}
    address = request.field("address")
    if do in ("remove", "fix") and at.isdecimal() and len(at) < 5 and int(at) < len(rows):
        taken = rows.pop(int(at))
        address = taken["email"] if do == "fix" else address
    elif address.strip():
        address, problems = _add(request, rows, address, workspace)
    if do == "create" and not problems and rows:
        try:
            return _created(request, workspace, rows)
        except errors.Refusal as refusal:
            problems = _problems_by_row(request, refusal, rows)
    return _new_chat(request, workspace, rows, problems, address, 422 if problems and do != "add" else 200)


def _created(request: PageRequest, workspace: Workspace, rows: list[dict[str, Any]]) -> Redirect:
    invitees = [
        Invitee(
            email=row["email"], name=row["invitee_name"], locale=row["locale"], history=History.parse(row["history"])
        )
        for row in rows
    ]
    name = request.field("name") if len(rows) > 1 else ""
    made = inviting.create_chat(request.ports, request.account, workspace.id, invitees, name, request.ids)
    return Redirect(refused.told(request, made) or f"/chats/{made.chat.id}")


def _rows(request: PageRequest) -> list[dict[str, Any]]:
    """The invitation list as it was posted: four fields for each row."""
    columns = [request.form.get(name, []) for name in ("email", "invitee_name", "locale", "history")]
    rows = [values for values in zip(*columns, strict=False) if values[0]]
    now = request.ports.now()
    return [_new_row(row[0], row[1], row[2], str(chosen_or(row[3], History.FROM_JOIN, now))) for row in rows]


def _new_row(email: str, name: str, locale: str, history: str) -> dict[str, Any]:
    face = initials(name or email)
    return {"email": email, "invitee_name": name, "initials": face, "locale": locale, "history": history, "error": None}


def _add(
    request: PageRequest, rows: list[dict[str, Any]], text: str, workspace: Workspace
) -> tuple[str, dict[str, str]]:
    """Puts what was typed into the list; what can't go there stays in the field, with the reasons, one a line."""
    before, added = {row["email"] for row in rows}, dict[str, str]()
    left, wrong = [], dict[str, None]()
    for entry in of_field(text):
        try:
            email = sessions.address(entry.text)
            if email in before or email in added:
                raise errors.wrong_field("email", "repeated", "“{email}” is in the list already.", email=email)
        except errors.Refusal as refusal:
            wrong[request.problems(refusal)["email"]] = None
            left += [] if refusal.fields[0].code == "repeated" and email in added else [entry.text]
            continue
        added[email] = entry.name
    rows += [_new_row(email, name, workspace.locale, str(History.FROM_JOIN)) for email, name in added.items()]
    return ", ".join(left), {"address": _said(request, list(wrong), len(added))} if wrong else {}


def _said(request: PageRequest, wrong: list[str], added: int) -> str:
    """A line for each entry that isn't in the list now, and how many are."""
    if added == 1:
        wrong[-1] += " " + languages.text("The other one is in the list.", request.locale)
    elif added:
        wrong[-1] += " " + languages.text("The other {n} are in the list.", request.locale, n=added)
    return "\n".join(wrong)


def _problems_by_row(request: PageRequest, refusal: errors.Refusal, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Refusals of single addresses stand in their rows, everything else above the form."""
    problems = request.problems(refusal)
    for at, item in enumerate(rows):
        item["error"] = problems.pop(f"invitees[{at}].email", None)
    rest = {name: text for name, text in problems.items() if name in ("name", "form")}
    return rest or {"form": "; ".join(problems.values()) or "Some addresses can’t be invited. Remove or fix them."}


def _new_chat(
    request: PageRequest,
    workspace: Workspace,
    rows: list[dict[str, Any]],
    problems: dict[str, str],
    address: str,
    status: int = 200,
) -> Page:
    now, allowance = request.ports.now(), ALLOWANCES[workspace.plan]
    facts = {
        "options": list(offered(workspace.plan, request.ports.configured)),
        "days": workspace.invitation_days,
        "until": now + timedelta(days=workspace.invitation_days),
        "reminder": workspace.invitation_days >= 4,
        "mails_used": request.ports.workspaces.mail_quota(workspace.id).within(now),
        "mails_cap": allowance.mails_in_24_h,
    }
    chosen = {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "communicate": workspace.communicate,
        "locale": workspace.locale,
    }
    form = {**request.typed(), "address": address}
    return shell(
        request, "chat_new.html", "new", status, rows=rows, errors=problems, form=form, workspace=chosen, facts=facts
    )


def _workspace(request: PageRequest, chosen: str) -> Workspace:
    """The one that was chosen, else the first: people without a workspace can't invite."""
    mine = [workspace for workspace, _ in request.ports.workspaces.of_account(request.account.id)]
    if not mine:
        raise errors.members_only()
    return next((workspace for workspace in mine if workspace.id == chosen), mine[0])


def _preview(request: PageRequest, listed_chat: Listed) -> str | None:
    """The chat's last line, as far as this person may see it."""
    seq = listed_chat.chat.head.seq
    page = (
        request.ports.messages.page(listed_chat.chat.id, seq, seq)
        if seq and listed_chat.membership.may_see(seq)
        else None
    )
    if page is None or not page.messages:
        return None
    last = page.messages[0]
    if last.deleted_at:
        return languages.text("This message was deleted by its author.", request.locale)
    if last.author is None or last.kind is MessageKind.EVENT:
        return shapes.message(last, page, listed_chat.membership, locale=request.locale).text
    mine = last.author.account_id == request.account.id
    name = languages.text("You", request.locale) if mine else last.author.name
    return f"{name}: {marks.to_plain(last.text)[:_LONGEST]}"


def _row(request: PageRequest, listed_chat: Listed) -> dict[str, Any]:
    at = listed_chat.chat.last_at
    return {
        **row(listed_chat),
        "preview": None,
        "last_at": at,
        "when": when(request, at),
        "muted": listed_chat.membership.level is Level.NONE,
    }
