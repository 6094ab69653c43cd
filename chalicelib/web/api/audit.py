"""The audit log of a workspace, for its owners and admins."""

from msgspec import UNSET

from ...schemas import audit as a
from ...schemas import sheets
from ...usecases import audit
from .. import cursors
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "GET",
    "/workspaces/{workspace_id}/audit",
    "Who did what about people from outside, the newest first; owners and admins. As CSV, whole, with `Accept: text/csv`.",
    answers=a.AuditPageOut,
    query=a.AuditQuery,
)
def read_audit(request: RequestContext) -> a.AuditPageOut | Reply:
    asked, workspace_id, path = request.query(a.AuditQuery), request.path["workspace_id"], request.incoming.path
    kind = "" if asked.kind is UNSET else str(asked.kind)
    call = request.ports, request.account, workspace_id, kind, asked.after
    if request.wants(sheets.MEDIA):
        return Reply(a.sheet(audit.everything(*call)), media=sheets.MEDIA)
    listed = f"{path}?{kind}#{asked.after}"
    before = cursors.read(request.ports, request.account.id, listed, asked.cursor)
    page = audit.log(*call, before, asked.limit)
    following = page.before and cursors.make(request.ports, request.account.id, listed, page.before)
    return a.AuditPageOut([a.entry(shown) for shown in page.entries], following or None)
