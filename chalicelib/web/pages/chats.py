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
from ...shapes import shown as shapes
from ...templating import languages, marks
from ...usecases import chats, inviting, sessions
from ...usecases.chats import Listed
from . import refused, said
from .inbox import inbox
from .routing import Page, Pages, See, Visit
from .shell import row, shell, when

routes = Pages(__name__)
_PREVIEWS, _LONGEST = 20, 160
_FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "all": lambda one: True,
    "unread": lambda one: one["unread"] > 0,
    "mentions": lambda one: one["mentions"] > 0,
}


@routes.page("/chats", signed_in=True)
def list_chats(visit: Visit) -> Page:
    wanted = visit.got.query.get("filter", "all")
    if visit.got.query.get("view") == "inbox":
        return inbox(visit, wanted)
    found = chats.listed(visit.ports, visit.account)
    rows = [_row(visit, one) for one in found]
    numbers = {"unread": sum(one["unread"] > 0 for one in rows), "mentions": sum(one["mentions"] > 0 for one in rows)}
    chosen = wanted if wanted in _FILTERS else "all"
    shown = [one for one in rows if _FILTERS[chosen](one)]
    listed = {one.chat.id: one for one in found}
    for one in shown[:_PREVIEWS]:
        one["preview"] = _preview(visit, listed[one["id"]])
    return shell(
        visit,
        "chats.html",
        "chats",
        found=found,
        view="chats",
        filter=chosen,
        numbers=numbers,
        rows=shown,
        next_url=None,
        notice=said.notice(visit),
    )


@routes.form("/chats/read", signed_in=True)
def read_all(visit: Visit) -> See:
    for one in chats.listed(visit.ports, visit.account):
        if one.place.unread(one.chat):
            visit.ports.chats.mark_read(one.place, one.chat.newest)
    return See("/chats")


@routes.page("/chats/new", signed_in=True)
def new_chat_page(visit: Visit) -> Page:
    return _new_chat(visit, _workspace(visit, visit.got.query.get("workspace", "")), [], {}, "")


@routes.form("/chats/new", signed_in=True)
def new_chat(visit: Visit) -> Page | See:
    """One form that does it all without a script: `do` says which button was pressed.

    `add` is the script's Invite: to it, a list of which a part stays in the field is an answer like any other.
    """
    do, _, at = visit.field("do").partition(":")
    workspace, rows = _workspace(visit, visit.field("workspace_id")), _rows(visit)
    problems: dict[str, str] = {}
    address = visit.field("address")
    if do in ("remove", "fix") and at.isdecimal() and len(at) < 5 and int(at) < len(rows):
        taken = rows.pop(int(at))
        address = taken["email"] if do == "fix" else address
    elif address.strip():
        address, problems = _add(visit, rows, address, workspace)
    if do == "create" and not problems and rows:
        try:
            return _created(visit, workspace, rows)
        except errors.Refusal as refusal:
            problems = _placed(visit, refusal, rows)
    return _new_chat(visit, workspace, rows, problems, address, 422 if problems and do != "add" else 200)


def _created(visit: Visit, workspace: Workspace, rows: list[dict[str, Any]]) -> See:
    invitees = [
        Invitee(
            email=one["email"], name=one["invitee_name"], locale=one["locale"], history=History.parse(one["history"])
        )
        for one in rows
    ]
    name = visit.field("name") if len(rows) > 1 else ""
    made = inviting.create_chat(visit.ports, visit.account, workspace.id, invitees, name, visit.ids)
    return See(refused.told(visit, made) or f"/chats/{made.chat.id}")


def _rows(visit: Visit) -> list[dict[str, Any]]:
    """The invitation list as it was posted: four fields for each row."""
    columns = [visit.form.get(name, []) for name in ("email", "invitee_name", "locale", "history")]
    rows = [values for values in zip(*columns, strict=False) if values[0]]
    now = visit.ports.now()
    return [_new_row(row[0], row[1], row[2], str(chosen_or(row[3], History.FROM_JOIN, now))) for row in rows]


def _new_row(email: str, name: str, locale: str, history: str) -> dict[str, Any]:
    face = initials(name or email)
    return {"email": email, "invitee_name": name, "initials": face, "locale": locale, "history": history, "error": None}


def _add(visit: Visit, rows: list[dict[str, Any]], text: str, workspace: Workspace) -> tuple[str, dict[str, str]]:
    """Puts what was typed into the list; what can't go there stays in the field, with the reasons, one a line."""
    before, added = {one["email"] for one in rows}, dict[str, str]()
    left, wrong = [], dict[str, None]()
    for entry in of_field(text):
        try:
            email = sessions.address(entry.text)
            if email in before or email in added:
                raise errors.wrong_field("email", "repeated", "“{email}” is in the list already.", email=email)
        except errors.Refusal as refusal:
            wrong[visit.problems(refusal)["email"]] = None
            left += [] if refusal.fields[0].code == "repeated" and email in added else [entry.text]
            continue
        added[email] = entry.name
    rows += [_new_row(email, name, workspace.locale, str(History.FROM_JOIN)) for email, name in added.items()]
    return ", ".join(left), {"address": _said(visit, list(wrong), len(added))} if wrong else {}


def _said(visit: Visit, wrong: list[str], added: int) -> str:
    """A line for each entry that isn't in the list now, and how many are."""
    if added == 1:
        wrong[-1] += " " + languages.text("The other one is in the list.", visit.locale)
    elif added:
        wrong[-1] += " " + languages.text("The other {n} are in the list.", visit.locale, n=added)
    return "\n".join(wrong)


def _placed(visit: Visit, refusal: errors.Refusal, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Refusals of single addresses stand in their rows, everything else above the form."""
    problems = visit.problems(refusal)
    for at, one in enumerate(rows):
        one["error"] = problems.pop(f"invitees[{at}].email", None)
    rest = {name: text for name, text in problems.items() if name in ("name", "form")}
    return rest or {"form": "; ".join(problems.values()) or "Some addresses can’t be invited. Remove or fix them."}


def _new_chat(
    visit: Visit,
    workspace: Workspace,
    rows: list[dict[str, Any]],
    problems: dict[str, str],
    address: str,
    status: int = 200,
) -> Page:
    now, allowance = visit.ports.now(), ALLOWANCES[workspace.plan]
    facts = {
        "options": list(offered(workspace.plan, visit.ports.configured)),
        "days": workspace.invitation_days,
        "until": now + timedelta(days=workspace.invitation_days),
        "reminder": workspace.invitation_days >= 4,
        "mails_used": visit.ports.workspaces.mails_spent(workspace.id).within(now),
        "mails_cap": allowance.mails_in_24_h,
    }
    chosen = {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "communicate": workspace.communicate,
        "locale": workspace.locale,
    }
    form = {**visit.typed(), "address": address}
    return shell(
        visit, "chat_new.html", "new", status, rows=rows, errors=problems, form=form, workspace=chosen, facts=facts
    )


def _workspace(visit: Visit, chosen: str) -> Workspace:
    """The one that was chosen, else the first: people without a workspace can't invite."""
    mine = [one for one, _ in visit.ports.workspaces.of_account(visit.account.id)]
    if not mine:
        raise errors.members_only()
    return next((one for one in mine if one.id == chosen), mine[0])


def _preview(visit: Visit, one: Listed) -> str | None:
    """The chat's last line, as far as this person may see it."""
    seq = one.chat.newest.seq
    page = visit.ports.messages.page(one.chat.id, seq, seq) if seq and one.place.may_see(seq) else None
    if page is None or not page.messages:
        return None
    last = page.messages[0]
    if last.deleted_at:
        return languages.text("This message was deleted by its author.", visit.locale)
    if last.author is None or last.kind is MessageKind.EVENT:
        return shapes.message(last, page, one.place, locale=visit.locale).text
    mine = last.author.account_id == visit.account.id
    name = languages.text("You", visit.locale) if mine else last.author.name
    return f"{name}: {marks.to_plain(last.text)[:_LONGEST]}"


def _row(visit: Visit, one: Listed) -> dict[str, Any]:
    at = one.chat.last_at
    return {**row(one), "preview": None, "last_at": at, "when": when(visit, at), "muted": one.place.level is Level.NONE}
