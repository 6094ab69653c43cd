"""A workspace's settings and its own people."""

from msgspec import UNSET

from ...domain.calls import CallSettings
from ...schemas import bodies as s
from ...schemas import inviting as i
from ...schemas import serializers as shapes
from ...usecases import contacts, workspaces
from .. import cursors
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json("GET", "/workspaces/{workspace_id}", "A workspace of yours.", answers=s.WorkspaceOut)
def get_workspace(request: RequestContext) -> s.WorkspaceOut:
    workspace, _ = workspaces.as_member(request.ports, request.account, request.path["workspace_id"])
    return shapes.workspace(workspace)


@routes.json(
    "PATCH",
    "/workspaces/{workspace_id}",
    "Change settings; owners and admins.",
    takes=s.SettingsChange,
    answers=s.WorkspaceOut,
)
def change_workspace(request: RequestContext, body: s.SettingsChange) -> s.WorkspaceOut:
    settings = _settings(body)
    return shapes.workspace(workspaces.change(request.ports, request.account, request.path["workspace_id"], settings))


def _settings(body: s.SettingsChange) -> workspaces.WorkspaceSettings:
    return workspaces.WorkspaceSettings(
        name=body.name,
        communicate=body.communicate,
        invitation_days=body.invitation_days,
        allowed_domains=tuple(body.allowed_domains) if body.allowed_domains is not None else None,
        denied_domains=tuple(body.denied_domains) if body.denied_domains is not None else None,
        who_may_invite=body.who_may_invite,
        mismatch=body.mismatch,
        locale=body.locale,
        hand_over=body.hand_over,
        files=body.files,
        calls=CallSettings(body.calls.kind, body.calls.url or "") if body.calls else None,
        outside_days=None if body.outside_days is UNSET else body.outside_days or 0,
    )


@routes.json("GET", "/workspaces/{workspace_id}/lines", "Lines to choose from when inviting.", answers=i.Lines)
def get_lines(request: RequestContext) -> i.Lines:
    workspace, _ = workspaces.as_member(request.ports, request.account, request.path["workspace_id"])
    return i.Lines(list(workspace.lines))


@routes.json(
    "PUT",
    "/workspaces/{workspace_id}/lines",
    "Keep up to three lines to choose from; owners and admins.",
    takes=i.Lines,
    answers=i.Lines,
)
def save_lines(request: RequestContext, body: i.Lines) -> i.Lines:
    kept = workspaces.save_lines(request.ports, request.account, request.path["workspace_id"], body.items)
    return i.Lines(list(kept))


@routes.json(
    "GET",
    "/workspaces/{workspace_id}/contacts",
    "People to invite, offered while typing: your own people of this workspace.",
    answers=i.Contacts,
    query=i.ContactsQuery,
)
def find_contacts(request: RequestContext) -> i.Contacts:
    results = contacts.matching(
        request.ports, request.account, request.path["workspace_id"], request.query(i.ContactsQuery).q
    )
    return i.Contacts(
        [i.ContactOut(contact.email, contact.name or UNSET, contact.account_id or UNSET) for contact in results]
    )


@routes.json(
    "GET", "/workspaces/{workspace_id}/members", "The workspace's own people.", answers=s.WorkspacesPage, query=s.Paging
)
def list_members(request: RequestContext) -> s.WorkspacesPage:
    paging, workspace_id = request.query(s.Paging), request.path["workspace_id"]
    _, reader = workspaces.as_member(request.ports, request.account, workspace_id)
    after = cursors.read(request.ports, request.account.id, request.incoming.path, paging.cursor)
    members, last = workspaces.members(request.ports, reader, paging.limit, after)
    following = cursors.make(request.ports, request.account.id, request.incoming.path, last) if last else None
    return s.WorkspacesPage([shapes.member(member) for member in members], following)


@routes.json(
    "POST",
    "/workspaces/{workspace_id}/members",
    "Add a member; 202 where the address has no account yet and gets a mail to make one.",
    takes=s.NewMember,
    answers=s.MemberOut,
    status=201,
    refusals=(202,),
)
def add_member(request: RequestContext, body: s.NewMember) -> Reply:
    member = workspaces.add_member(
        request.ports, request.account, request.path["workspace_id"], body.email, body.role, request.ids
    )
    return Reply(shapes.member(member)) if member else Reply(s.Accepted(), 202)


@routes.json(
    "PATCH",
    "/workspaces/{workspace_id}/members/{account_id}",
    "Change a member's role.",
    takes=s.NewRole,
    answers=s.MemberOut,
)
def change_member(request: RequestContext, body: s.NewRole) -> s.MemberOut:
    member = workspaces.change_role(
        request.ports, request.account, request.path["workspace_id"], request.path["account_id"], body.role
    )
    return shapes.member(member)


@routes.json(
    "DELETE",
    "/workspaces/{workspace_id}/members/{account_id}",
    "Remove a member, from its chats too; or leave.",
    status=204,
)
def remove_member(request: RequestContext) -> None:
    workspaces.remove_member(request.ports, request.account, request.path["workspace_id"], request.path["account_id"])
