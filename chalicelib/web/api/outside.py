"""People from outside in a workspace's chats, for its owners and admins."""

from ...schemas import outside as o
from ...schemas import sheets
from ...schemas.receipts import receipt
from ...usecases import outside, receipts
from ...usecases.outside import RegisterFilter
from .. import cursors
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "GET",
    "/workspaces/{workspace_id}/outside",
    "Who from outside is in the workspace's chats; owners and admins. As CSV, whole, with `Accept: text/csv`.",
    answers=o.OutsidePage,
    query=o.OutsideQuery,
)
def list_outside(request: RequestContext) -> o.OutsidePage | Reply:
    asked, workspace_id, path = request.query(o.OutsideQuery), request.path["workspace_id"], request.incoming.path
    call = request.ports, request.account, workspace_id, RegisterFilter(asked.q.strip(), asked.chat_id)
    if request.wants(sheets.MEDIA):
        return Reply(o.sheet(outside.everybody(*call)), media=sheets.MEDIA)
    listed = f"{path}?{asked.q}#{asked.chat_id}"
    after = cursors.read(request.ports, request.account.id, listed, asked.cursor)
    page = outside.register(*call, asked.limit, after)
    following = page.after and cursors.make(request.ports, request.account.id, listed, page.after)
    return o.OutsidePage([o.outside(person) for person in page.people], following or None)


@routes.json(
    "DELETE",
    "/workspaces/{workspace_id}/outside/{account_id}",
    "Remove somebody from outside, from one chat or from all; owners and admins, in the chat or not.",
    answers=o.Removed,
    query=o.RemovalQuery,
)
def remove_outside(request: RequestContext) -> o.Removed:
    chat_id = request.query(o.RemovalQuery).chat_id
    of = request.path["workspace_id"], request.path["account_id"]
    issued = outside.remove(request.ports, request.account, *of, chat_id)
    return o.Removed([receipt(each, receipts.url(request.ports, each.id)) for each in issued])
