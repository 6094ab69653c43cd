"""A workspace's settings and its own people."""

from msgspec import UNSET

from ...shapes import inviting as i
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...usecases import contacts, workspaces
from .. import cursors
from ..routing import Call, Reply, Routes

routes = Routes(__name__)


@routes.json("GET", "/workspaces/{workspace_id}", "A workspace of yours.", answers=s.WorkspaceOut)
def get_workspace(call: Call) -> s.WorkspaceOut:
    workspace, _ = workspaces.as_member(call.ports, call.account, call.path["workspace_id"])
    return shapes.workspace(workspace)


@routes.json(
    "PATCH",
    "/workspaces/{workspace_id}",
    "Change settings; owners and admins.",
    takes=s.SettingsChange,
    answers=s.WorkspaceOut,
)
def change_workspace(call: Call, body: s.SettingsChange) -> s.WorkspaceOut:
    wanted = workspaces.Settings(
        name=body.name,
        communicate=body.communicate,
        invitation_days=body.invitation_days,
        allowed_domains=tuple(body.allowed_domains) if body.allowed_domains is not None else None,
        denied_domains=tuple(body.denied_domains) if body.denied_domains is not None else None,
        who_may_invite=body.who_may_invite,
        mismatch=body.mismatch,
        locale=body.locale,
    )
    return shapes.workspace(workspaces.change(call.ports, call.account, call.path["workspace_id"], wanted))


@routes.json("GET", "/workspaces/{workspace_id}/lines", "Lines to choose from when inviting.", answers=i.Lines)
def get_lines(call: Call) -> i.Lines:
    workspace, _ = workspaces.as_member(call.ports, call.account, call.path["workspace_id"])
    return i.Lines(list(workspace.lines))


@routes.json(
    "PUT",
    "/workspaces/{workspace_id}/lines",
    "Keep up to three lines to choose from; owners and admins.",
    takes=i.Lines,
    answers=i.Lines,
)
def save_lines(call: Call, body: i.Lines) -> i.Lines:
    kept = workspaces.save_lines(call.ports, call.account, call.path["workspace_id"], body.items)
    return i.Lines(list(kept))


@routes.json(
    "GET",
    "/workspaces/{workspace_id}/contacts",
    "People to invite, offered while typing: your own people of this workspace.",
    answers=i.Contacts,
    query=i.ContactsQuery,
)
def find_contacts(call: Call) -> i.Contacts:
    found = contacts.matching(call.ports, call.account, call.path["workspace_id"], call.query(i.ContactsQuery).q)
    return i.Contacts([i.ContactOut(one.email, one.name or UNSET, one.account_id or UNSET) for one in found])


@routes.json(
    "GET", "/workspaces/{workspace_id}/members", "The workspace's own people.", answers=s.WorkspacesPage, query=s.Paging
)
def list_members(call: Call) -> s.WorkspacesPage:
    paging, workspace_id = call.query(s.Paging), call.path["workspace_id"]
    workspaces.as_member(call.ports, call.account, workspace_id)
    after = cursors.read(call.ports, call.account.id, call.got.path, paging.cursor)
    found, last = call.ports.workspaces.members(workspace_id, paging.limit, after)
    following = cursors.make(call.ports, call.account.id, call.got.path, last) if last else None
    return s.WorkspacesPage([shapes.member(one) for one in found], following)


@routes.json(
    "POST",
    "/workspaces/{workspace_id}/members",
    "Add a member; 202 where the address has no account yet and gets a mail to make one.",
    takes=s.NewMember,
    answers=s.MemberOut,
    status=201,
    refusals=(202,),
)
def add_member(call: Call, body: s.NewMember) -> Reply:
    member = workspaces.add_member(call.ports, call.account, call.path["workspace_id"], body.email, body.role, call.ids)
    return Reply(shapes.member(member)) if member else Reply(s.Accepted(), 202)


@routes.json(
    "PATCH",
    "/workspaces/{workspace_id}/members/{account_id}",
    "Change a member's role.",
    takes=s.NewRole,
    answers=s.MemberOut,
)
def change_member(call: Call, body: s.NewRole) -> s.MemberOut:
    member = workspaces.change_role(
        call.ports, call.account, call.path["workspace_id"], call.path["account_id"], body.role
    )
    return shapes.member(member)


@routes.json(
    "DELETE",
    "/workspaces/{workspace_id}/members/{account_id}",
    "Remove a member, from its chats too; or leave.",
    status=204,
)
def remove_member(call: Call) -> None:
    workspaces.remove_member(call.ports, call.account, call.path["workspace_id"], call.path["account_id"])
