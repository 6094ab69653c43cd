"""One's own account: where one is signed in, and its address."""

from ...domain.people import Session
from ...schemas import own_account as s
from ...schemas.bodies import Accepted, Paging
from ...usecases import deleting, exporting, own_account
from .. import cursors, guards
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json("GET", "/me/sessions", "Where you are signed in.", answers=s.OwnSessionsPage, query=Paging)
def list_own_sessions(request: RequestContext) -> s.OwnSessionsPage:
    paging, path = request.query(Paging), request.incoming.path
    after = cursors.read(request.ports, request.account.id, path, paging.cursor)
    own = own_account.sessions_of(request.ports, request.account, request.session)
    page, last = cursors.slice_of(own, [session.id for session in own], after, paging.limit)
    following = cursors.make(request.ports, request.account.id, path, last) if last else None
    return s.OwnSessionsPage([_session(session, request.session) for session in page], following)


@routes.json("DELETE", "/me/sessions/{session_id}", "End a session of yours, with its live connections.", status=204)
def end_own_session(request: RequestContext) -> Reply:
    ended = own_account.end_session(request.ports, request.account, request.path["session_id"])
    if ended.hash != request.session.hash:
        return Reply()
    return Reply(cookies=(guards.no_session_cookie(request.ports),), headers=guards.FORGET)


@routes.json(
    "POST",
    "/me/email",
    "Change your address: a link is mailed to the new one; the old one is told, and can undo it for seven days.",
    takes=s.NewAddress,
    answers=Accepted,
    status=202,
)
def change_email(request: RequestContext, body: s.NewAddress) -> Accepted:
    own_account.ask_address(request.ports, _caller(request, body.password, body.code), body.email, request.ids)
    return Accepted()


@routes.json(
    "POST",
    "/me/export",
    "Take your data along: a mail with a link, good for a day, to a zip of what you can read.",
    answers=Accepted,
    status=202,
)
def export_account(request: RequestContext) -> Accepted:
    exporting.ask(request.ports, request.account, request.ids)
    return Accepted()


@routes.json(
    "DELETE",
    "/me",
    "Delete your account: in seven days your name and address are gone everywhere. Until then you can keep it.",
    takes=s.AccountDeletion,
    answers=s.AccountLeaving,
    status=202,
)
def delete_account(request: RequestContext, body: s.AccountDeletion) -> Reply:
    caller = _caller(request, body.password, body.code)
    left = deleting.delete(request.ports, caller, body.messages == "empty", request.ids)
    return Reply(
        s.AccountLeaving(left.leaves_at or request.ports.now()),
        cookies=(guards.no_session_cookie(request.ports),),
        headers=guards.FORGET,
    )


@routes.json("POST", "/me/keep", "Keep your account after all.", status=204, while_leaving=True)
def keep_account(request: RequestContext) -> None:
    deleting.keep(request.ports, request.account)


def _caller(request: RequestContext, password: str, code: str) -> own_account.Caller:
    return own_account.Caller(
        account=request.account,
        session=request.session,
        source=request.incoming.source,
        password=password,
        code=code,
    )


def _session(session: Session, current: Session) -> s.OwnSessionOut:
    return s.OwnSessionOut(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.seen_at,
        current=session.hash == current.hash,
        via=session.signed_in_by,
    )
