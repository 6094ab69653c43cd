"""The audit log as a page, for a workspace's owners and admins."""

from typing import Any
from urllib.parse import urlencode

from ...domain.audit import AuditKind
from ...domain.erasing import SOMEBODY_WHO_LEFT
from ...domain.sentences import sentence
from ...schemas import audit as shapes
from ...templating import languages
from ...usecases import audit
from .. import cursors
from .outside import managed_workspace, sheet
from .routing import Content, Page, PageRequest, Pages
from .shell import shell

routes = Pages(__name__)
_AT_ONCE = 50
KINDS = {
    AuditKind.INVITATION_SENT: sentence("Invited"),
    AuditKind.INVITATION_REVOKED: sentence("Withdrew an invitation"),
    AuditKind.INVITATION_RESENT: sentence("Sent an invitation again"),
    AuditKind.INVITATION_MOVED: sentence("Corrected the address of an invitation"),
    AuditKind.INVITATION_ASKED: sentence("Asked"),
    AuditKind.INVITATION_ALLOWED: sentence("Allowed"),
    AuditKind.INVITATION_REFUSED: sentence("Refused"),
    AuditKind.INVITATION_HANDED_OVER: sentence("An invitation was handed over"),
    AuditKind.PARTICIPANT_JOINED: sentence("Joined"),
    AuditKind.PARTICIPANT_REMOVED: sentence("Removed"),
    AuditKind.PARTICIPANT_LEFT: sentence("Left"),
    AuditKind.PARTICIPANT_ENDED: sentence("Ended by its end date"),
    AuditKind.PARTICIPANT_END_SET: sentence("Set an end"),
    AuditKind.PARTICIPANT_OWNER_SET: sentence("Put someone in charge"),
    AuditKind.MEMBER_ADDED: sentence("Added a member"),
    AuditKind.MEMBER_CHANGED: sentence("Changed a member’s role"),
    AuditKind.MEMBER_REMOVED: sentence("A member is out"),
    AuditKind.SETTINGS_CHANGED: sentence("Changed settings"),
    AuditKind.PLAN_CHANGED: sentence("The plan was changed"),
    AuditKind.CHAT_TAKEN_OVER: sentence("Took a chat over"),
    AuditKind.CHAT_CLOSED: sentence("A chat was closed"),
    AuditKind.RELAY_OPENED: sentence("Reads in their own app"),
    AuditKind.RELAY_CUT_OFF: sentence("No longer gets messages in their app"),
    AuditKind.FILE_BLOCKED: sentence("A file was blocked"),
    AuditKind.ABUSE_STOPPED: sentence("Stopped after reports"),
    AuditKind.ABUSE_DISMISSED: sentence("Reports were dismissed"),
}


@routes.page("/audit", signed_in=True)
def audit_page(request: PageRequest) -> Page:
    """`workspace`: which one; without it the first that the person looks after. `kind` narrows it."""
    managed, workspace = managed_workspace(request)
    kind = _kind(request)
    listed = urlencode({"workspace": workspace["id"], **({"kind": kind} if kind else {})})
    before = cursors.read(
        request.ports, request.account.id, f"/audit?{listed}", request.incoming.query.get("cursor", "")
    )
    page = audit.log(request.ports, request.account, workspace["id"], kind, "", before, _AT_ONCE)
    following = page.before and cursors.make(request.ports, request.account.id, f"/audit?{listed}", page.before)
    return shell(
        request,
        "audit.html",
        "audit",
        managed=managed,
        workspace=workspace,
        kind=kind,
        kinds=[(str(each), languages.text(words, request.locale)) for each, words in KINDS.items()],
        rows=[_row(request, shown) for shown in page.entries],
        next_url=f"/audit?{listed}&{urlencode({'cursor': following})}" if following else None,
        csv_url=f"/audit.csv?{listed}",
    )


@routes.page("/audit.csv", signed_in=True)
def audit_sheet(request: PageRequest) -> Content:
    _, workspace = managed_workspace(request)
    items = audit.everything(request.ports, request.account, workspace["id"], _kind(request), "")
    return sheet(shapes.sheet(items), "audit.csv")


def _kind(request: PageRequest) -> str:
    kind = request.incoming.query.get("kind", "")
    return kind if kind in list(AuditKind) else ""


def _row(request: PageRequest, shown: audit.Shown) -> dict[str, Any]:
    item = shapes.entry(shown)
    left = languages.text(SOMEBODY_WHO_LEFT, request.locale)
    people = {
        name: left if person and person.name == SOMEBODY_WHO_LEFT else person.name if person else ""
        for name, person in (("actor", item.actor), ("subject", item.subject or None))
    }
    more = ("settings", "plan", "role", "ends_at", "owner_name")
    return {
        **people,
        "at": item.at,
        "what": languages.text(KINDS[item.kind], request.locale),
        "chat": item.details.get("chat_name") or "",
        "details": ", ".join(filter(None, (item.details.get(name) for name in more))),
    }
