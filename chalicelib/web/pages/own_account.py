"""One's own account, apart from the name: where one is signed in."""

from typing import Any

from ...domain.people import Session
from ...domain.providers import Provider
from ...usecases import own_account
from .. import guards
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_HERE = "/settings/account"
_DONE = ("session", "sessions")
_PROVIDERS = {str(provider): provider.shown for provider in Provider}


@routes.page(_HERE, signed_in=True)
def account_page(request: PageRequest) -> Page:
    return _page(request)


@routes.form(f"{_HERE}/sessions/{{session_id}}/end", signed_in=True)
def end_session(request: PageRequest) -> Redirect:
    ended = own_account.end_session(request.ports, request.account, request.path["session_id"])
    if ended.hash == request.session.hash:
        return Redirect("/", (guards.no_session_cookie(request.ports),), guards.FORGET)
    return Redirect(f"{_HERE}?done=session")


@routes.form(f"{_HERE}/sessions/end-others", signed_in=True)
def end_other_sessions(request: PageRequest) -> Redirect:
    own_account.end_other_sessions(request.ports, request.account, request.session)
    return Redirect(f"{_HERE}?done=sessions")


def _page(request: PageRequest, problems: dict[str, str] | None = None) -> Page:
    own = own_account.sessions_of(request.ports, request.account, request.session)
    done = request.incoming.query.get("done", "")
    return request.page(
        "own_account.html",
        422 if problems else 200,
        sessions=[_session(session, request.session) for session in own],
        done=done if done in _DONE else "",
        errors=problems or {},
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
