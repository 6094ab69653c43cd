"""One's own account: where one is signed in."""

from ...domain.people import Session
from ...schemas import own_account as s
from ...schemas.bodies import Paging
from ...usecases import own_account
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


def _session(session: Session, current: Session) -> s.OwnSessionOut:
    return s.OwnSessionOut(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.seen_at,
        current=session.hash == current.hash,
        via=session.signed_in_by,
    )
