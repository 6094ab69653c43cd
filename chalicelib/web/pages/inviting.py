"""A new chat with its invitation list: one form that does it all, without a script too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.address_lists.typed import Entry
from ...domain.inviting import MOST_AT_ONCE, Invitee
from ...domain.names import initials
from ...domain.plans import ALLOWANCES, offered
from ...domain.workspaces import Workspace
from ...templating import languages
from ...usecases import checking, inviting, sessions, workspaces
from ..requests import MOST_BYTES_OF_LIST
from . import history, invitees, refused
from .invitees import Choice
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
Row = dict[str, Any]
_ANYBODY = "name@company.example"
_APART = ("name", "form", "line", "file", "all_history", "ends_at")
_COLUMNS = ("email", "invitee_name", "locale", "history", "history_last", "history_since")


@dataclass(slots=True)
class _Form:
    """The form between two presses of its buttons: rows, what stays in the address field, and what is to be said."""

    rows: list[Row]
    address: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    file: dict[str, Any] | None = None
    check: dict[str, Any] | None = None


@routes.page("/chats/new", signed_in=True)
def new_chat_page(request: PageRequest) -> Page:
    return _page(request, _workspace(request, request.incoming.query.get("workspace", "")), _Form([]))


@routes.form("/chats/new", signed_in=True, most_bytes=MOST_BYTES_OF_LIST)
def new_chat(request: PageRequest) -> Page | Redirect:
    """`do` says which button was pressed.

    `add` is the script's Invite: to it, a list of which a part stays in the field is an answer like any other.
    """
    do, _, at = request.field("do").partition(":")
    workspace = _posted_workspace(request)
    at = at if at.isdecimal() and len(at) < 5 else ""
    form = _Form(_rows(request), request.field("address"))
    if do in ("remove", "fix") and at and int(at) < len(form.rows):
        taken = form.rows.pop(int(at))
        form.address = taken["email"] if do == "fix" else form.address
    elif form.address.strip():
        _add_typed(request, form, workspace)
    if do == "see":
        return _seen(request, workspace, form, int(at) if at else -1)
    result = _did(request, workspace, form, do)
    return result or _page(request, workspace, form, 422 if form.problems and do != "add" else 200)


def _did(request: PageRequest, workspace: Workspace, form: _Form, do: str) -> Redirect | None:
    """What the other buttons do; a refusal stands where it belongs."""
    try:
        if do == "file":
            _add_file(request, form, workspace)
        elif do == "history":
            chosen = invitees.choice(request, "all_")
            chosen.history(request, "all_history")
            form.rows = [row | chosen.shown(request) for row in form.rows]
        elif do in ("create", "check") and not form.problems:
            invitees.refuse_unread_file(request)
            if form.rows and do == "create":
                return _created(request, workspace, form.rows)
            if form.rows:
                _checked(request, workspace, form)
    except errors.Refusal as refusal:
        form.problems = _problems_by_row(request, refusal, form.rows)
    return None


def _created(request: PageRequest, workspace: Workspace, rows: list[Row]) -> Redirect:
    people, name, line = _invitees(request, rows), _name(request, rows), invitees.line(request)
    made = inviting.create_chat(request.ports, request.account, workspace.id, people, name, request.ids, line)
    return Redirect(refused.told(request, made) or f"/chats/{made.chat.id}")


def _checked(request: PageRequest, workspace: Workspace, form: _Form) -> None:
    """What Create would do, beside each row and above them all."""
    people, name, line = _invitees(request, form.rows), _name(request, form.rows), invitees.line(request)
    result = checking.check_chat(request.ports, request.account, workspace.id, people, name, request.ids, line)
    form.check = invitees.checked(request, result)
    for row, outcome in zip(form.rows, form.check["rows"], strict=True):
        row["check"] = outcome


def _seen(request: PageRequest, workspace: Workspace, form: _Form, at: int) -> Page:
    """What one of the list will see; without `at` the first, or anybody, with what is chosen for all."""
    rows = form.rows or [_new_row(request, _ANYBODY, "", workspace.locale, Choice())]
    if not 0 <= at < len(rows):
        at, rows[0] = 0, rows[0] | invitees.choice(request, "all_").shown(request)
    form.problems = {}
    try:
        call = workspace.id, _invitees(request, rows), at, _name(request, rows), request.ids, invitees.line(request)
        seen = checking.preview_new_chat(request.ports, request.account, *call)
    except errors.Refusal as refusal:
        form.problems = _problems_by_row(request, refusal, rows)
        return _page(request, workspace, form, 422)
    return history.of_new_chat(request, seen)


def _name(request: PageRequest, rows: list[Row]) -> str:
    return request.field("name") if len(rows) > 1 else ""


def _invitees(request: PageRequest, rows: list[Row]) -> list[Invitee]:
    """422 at each row whose history can't be read."""
    people: list[Invitee] = []
    faults: list[errors.FieldError] = []
    for at, row in enumerate(rows):
        try:
            history = _choice(row).history(request, f"invitees[{at}].history")
        except errors.Refusal as refusal:
            faults += refusal.fields
            continue
        people.append(Invitee(email=row["email"], name=row["invitee_name"], locale=row["locale"], history=history))
    if faults:
        raise errors.wrong_fields(tuple(faults))
    return invitees.with_last_day(request, people)


def _choice(row: Row) -> Choice:
    return Choice(row["history"], row["history_last"], row["history_since"])


def _rows(request: PageRequest) -> list[Row]:
    """The invitation list as it was posted: the same fields for each row, of which the last two may be left out."""
    emails, names, locales, kinds, last, days = (request.form.get(name, []) for name in _COLUMNS)
    columns = (emails, names, locales, kinds, last or [""] * len(emails), days or [""] * len(emails))
    return [
        _new_row(request, email, name, locale, invitees.choice_of(*chosen))
        for email, name, locale, *chosen in zip(*columns, strict=False)
        if email
    ]


def _new_row(request: PageRequest, email: str, name: str, locale: str, chosen: Choice) -> Row:
    face = initials(name or email)
    row = {"email": email, "invitee_name": name, "initials": face, "locale": locale, "error": None, "check": None}
    return row | chosen.shown(request)


def _add_typed(request: PageRequest, form: _Form, workspace: Workspace) -> None:
    """Puts what was typed into the list; what can't go there stays in the field, with the reasons, one a line."""
    left, wrong, added = _add(request, form, workspace, of_field(form.address))
    form.address = ", ".join(left)
    if wrong:
        form.problems = {"address": _said(request, wrong, added)}


def _add_file(request: PageRequest, form: _Form, workspace: Workspace) -> None:
    """Puts the people of the chosen file into the list, and says what of it became nobody."""
    address_list = invitees.file_of(request)
    people = [Entry(person.email, person.name) for person in address_list.people]
    _, wrong, added = _add(request, form, workspace, people)
    form.file = invitees.skipped(address_list, request.locale) | {"people": added}
    if wrong:
        form.problems |= {"file": "\n".join(wrong)}


def _add(
    request: PageRequest, form: _Form, workspace: Workspace, entries: Sequence[Entry]
) -> tuple[list[str], list[str], int]:
    """What couldn't be added, why, and how many could."""
    before, added = {row["email"] for row in form.rows}, dict[str, str]()
    left, wrong = [], dict[str, None]()
    for entry in entries[:MOST_AT_ONCE]:
        try:
            email = sessions.address(entry.text)
            if email in before or email in added:
                raise errors.wrong_field("email", "repeated", "“{email}” is in the list already.", email=email)
            if len(before) + len(added) >= MOST_AT_ONCE:
                raise errors.wrong_field("email", "how_many", "A list has at most {most} addresses.", most=MOST_AT_ONCE)
        except errors.Refusal as refusal:
            wrong[request.problems(refusal)["email"]] = None
            left += [] if refusal.fields[0].code == "repeated" and email in added else [entry.text]
            continue
        added[email] = entry.name
    beyond = [entry.text for entry in entries[MOST_AT_ONCE:]]  # nobody looks at these before there is room
    if beyond:
        wrong[languages.text("A list has at most {most} addresses.", request.locale, most=MOST_AT_ONCE)] = None
    left += beyond
    chosen = invitees.choice(request, "all_")
    form.rows += [_new_row(request, email, name, workspace.locale, chosen) for email, name in added.items()]
    return left, list(wrong), len(added)


def _said(request: PageRequest, wrong: list[str], added: int) -> str:
    """A line for each entry that isn't in the list now, and how many are."""
    if added == 1:
        wrong[-1] += " " + languages.text("The other one is in the list.", request.locale)
    elif added:
        wrong[-1] += " " + languages.text("The other {n} are in the list.", request.locale, n=added)
    return "\n".join(wrong)


def _problems_by_row(request: PageRequest, refusal: errors.Refusal, rows: list[Row]) -> dict[str, str]:
    """Refusals of single addresses stand in their rows, everything else above the form."""
    problems = invitees.problems(request, refusal)
    for at, item in enumerate(rows):
        item["error"] = invitees.by_row(problems, at)
    rest = {name: text for name, text in problems.items() if name in _APART}
    return rest or {"form": "; ".join(problems.values()) or "Some addresses can’t be invited. Remove or fix them."}


def _page(request: PageRequest, workspace: Workspace, form: _Form, status: int = 200) -> Page:
    now, allowance = request.ports.now(), ALLOWANCES[workspace.plan]
    _, member = workspaces.membership(request.ports, request.account, workspace.id)
    facts = {
        "options": list(offered(workspace.plan, request.ports.configured)),
        "days": workspace.invitation_days,
        "until": now + timedelta(days=workspace.invitation_days),
        "reminder": workspace.invitation_days >= 4,
        "mails_used": workspaces.mails_used(request.ports, workspace.id),
        "mails_cap": allowance.mails_in_24_h,
    }
    chosen = {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "communicate": workspace.communicate,
        "can_manage": member is not None and member.role.may_manage,
        "locale": workspace.locale,
        **invitees.lines(request.ports, workspace),
    }
    typed = {**request.typed(), "address": form.address}
    return shell(
        request,
        "chat_new.html",
        "new",
        status,
        rows=form.rows,
        errors=form.problems,
        form=typed,
        workspace=chosen,
        facts=facts,
        file=form.file,
        check=form.check,
        all_history=invitees.choice(request, "all_").shown(request),
    )


def _posted_workspace(request: PageRequest) -> Workspace:
    """The one that the form names; another than one's own is refused, never replaced."""
    workspace, chosen = _workspace(request, request.field("workspace_id")), request.field("workspace_id")
    if chosen not in ("", workspace.id):
        raise errors.unknown()
    return workspace


def _workspace(request: PageRequest, chosen: str) -> Workspace:
    """The one that a link names, else the first: people without a workspace can't invite."""
    mine = [workspace for workspace, _ in workspaces.of_account(request.ports, request.account)]
    if not mine:
        raise errors.members_only()
    return next((workspace for workspace in mine if workspace.id == chosen), mine[0])
