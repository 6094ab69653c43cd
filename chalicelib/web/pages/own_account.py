"""One's own account, apart from the name: where one is signed in, and its address."""

from collections.abc import Callable
from typing import Any

from ...domain import errors
from ...domain.people import Session
from ...domain.providers import Provider
from ...usecases import deleting, exporting, own_account
from .. import guards
from . import people
from .accounts import browser_of, entered, link_over, linked
from .routing import KEEP_PAGE, Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_HERE = "/settings/account"
_DONE = {
    "session": "sessions",
    "sessions": "sessions",
    "asked": "address",
    "address": "address",
    "back": "address",
    "kept": "delete",
    "export": "export",
}
"""What was done, and the section that says it."""
_PROVIDERS = {str(provider): provider.shown for provider in Provider}


@routes.page(_HERE, signed_in=True)
def account_page(request: PageRequest) -> Page:
    return _page(request)


@routes.form(f"{_HERE}/sessions/{{session_id}}/end", signed_in=True)
def end_session(request: PageRequest) -> Redirect:
    ended = own_account.end_session(request.ports, request.account, request.path["session_id"])
    if ended.hash == request.session.hash:
        return Redirect("/", (guards.no_session_cookie(request.ports),), guards.FORGET)
    return Redirect(_after("session"))


@routes.form(f"{_HERE}/sessions/end-others", signed_in=True)
def end_other_sessions(request: PageRequest) -> Redirect:
    own_account.end_other_sessions(request.ports, request.account, request.session)
    return Redirect(_after("sessions"))


@routes.form(f"{_HERE}/email", signed_in=True)
def ask_address(request: PageRequest) -> Page | Redirect:
    caller = _caller(request, "email")
    return _done(
        request,
        "email",
        lambda: own_account.ask_address(request.ports, caller, request.field("email"), request.ids),
        "asked",
    )


@routes.page("/address/{token}", signed_in=True)
def new_address_page(request: PageRequest) -> Page:
    """Changes nothing. Only the account that asked for it sees it."""
    browser = browser_of(request)
    return linked(
        request,
        "new_address",
        lambda: own_account.peek_new_address(request.ports, request.account, request.path["token"], browser),
    )


@routes.form("/address/{token}", signed_in=True)
def change_address(request: PageRequest) -> Page | Redirect:
    try:
        own_account.change_address(request.ports, request.account, request.path["token"], browser_of(request))
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.GONE:
            raise
        return link_over(request, "new_address")
    return Redirect(_after("address"), (guards.cookie(request.ports, "link", "", 0),))


@routes.page("/address-back/{token}")
def way_back_page(request: PageRequest) -> Page:
    """Changes nothing."""
    browser = browser_of(request)
    return linked(
        request,
        "address_changed",
        lambda: own_account.peek_way_back(request.ports, request.path["token"], browser)[0],
    )


@routes.form("/address-back/{token}", own_proof=True)
def take_address_back(request: PageRequest) -> Page | Redirect:
    try:
        signed_in = own_account.take_address_back(request.ports, request.path["token"], browser_of(request))
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.GONE:
            raise
        return link_over(request, "address_changed")
    done = entered(request, signed_in, _after("back"))
    return Redirect(done.path, (*done.cookies, guards.cookie(request.ports, "link", "", 0)))


@routes.form(f"{_HERE}/export", signed_in=True)
def ask_export(request: PageRequest) -> Page | Redirect:
    return _done(request, "export", lambda: exporting.ask(request.ports, request.account, request.ids), "export")


@routes.page("/export/{token}", signed_in=True)
def export(request: PageRequest) -> Redirect:
    """Of the mailed link; whoever isn't signed in is asked to be, and comes back here."""
    return Redirect(exporting.address(request.ports, request.account, request.path["token"]))


@routes.form(f"{_HERE}/delete", signed_in=True)
def delete_account(request: PageRequest) -> Page | Redirect:
    caller, empties = _caller(request, "delete"), request.field("messages") == "empty"
    done = _done(request, "delete", lambda: deleting.delete(request.ports, caller, empties, request.ids), "")
    if isinstance(done, Page):
        return done
    return Redirect("/sign-in?notice=leaving", (guards.no_session_cookie(request.ports),), guards.FORGET)


@routes.page(KEEP_PAGE, signed_in=True, while_leaving=True)
def keep_page(request: PageRequest) -> Page | Redirect:
    if request.account.leaves_at is None:
        return Redirect(_HERE)
    return request.page("own_account_keep.html", leaves_at=request.account.leaves_at)


@routes.form(KEEP_PAGE, signed_in=True, while_leaving=True)
def keep_account(request: PageRequest) -> Redirect:
    deleting.keep(request.ports, request.account)
    return Redirect(_after("kept"))


def _after(done: str) -> str:
    """The page, at the section that says so."""
    return f"{_HERE}?done={done}#{_DONE[done]}"


def _caller(request: PageRequest, form: str) -> own_account.Caller:
    """Each form of the page has its own fields for it."""
    return own_account.Caller(
        account=request.account,
        session=request.session,
        source=request.incoming.source,
        password=request.field(f"{form}_password"),
        code=request.field(f"{form}_code"),
    )


def _done(request: PageRequest, form: str, do: Callable[[], object], done: str) -> Page | Redirect:
    try:
        do()
    except errors.Refusal as refusal:
        if refusal.kind is errors.RefusalKind.UNKNOWN:
            raise
        if refusal.code == "code_needed":
            return _page(request, {}, asked=form)
        return _page(request, _problems(request, form, refusal), asked=form if request.field(f"{form}_code") else "")
    return Redirect(_after(done) if done else _HERE)


def _problems(request: PageRequest, form: str, refusal: errors.Refusal) -> dict[str, str]:
    problems = request.problems(refusal)
    text = problems.get("form", "")
    at = {"wrong_password": f"{form}_password", "code_dead": f"{form}_code"}.get(refusal.code)
    return {at: text} if at else {f"{form}_code" if name == "code" else name: said for name, said in problems.items()}


def _page(request: PageRequest, problems: dict[str, str] | None = None, asked: str = "") -> Page:
    """`asked`: the form that waits for a code which was mailed."""
    own = own_account.sessions_of(request.ports, request.account, request.session)
    done, said = request.incoming.query.get("done", ""), (problems or {}).get("form", "")
    return request.page(
        "own_account.html",
        200 if problems is None else 422,
        account={"email": request.account.email, "has_password": bool(request.account.password_hash)},
        workspace=next(iter(people.workspaces(request.ports, request.account)), None),
        sessions=[_session(session, request.session) for session in own],
        done=done if done in _DONE else "",
        asked=asked,
        messages=request.field("messages") or "keep",
        errors=problems or {},
        notice={"kind": "danger", "text": said} if said else None,
    )


def _session(session: Session, current: Session) -> dict[str, Any]:
    via = session.signed_in_by
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_used_at": session.seen_at,
        "current": session.hash == current.hash,
        "via": via,
        "provider": _PROVIDERS.get(via, ""),
    }
