"""The register of people from outside, for a workspace's owners and admins; and one person's places in it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from ...domain import errors
from ...domain.outside import OutsidePerson, OutsidePlace
from ...schemas import outside as shapes
from ...schemas import sheets
from ...usecases import outside, receipts
from ...usecases.outside import RegisterFilter
from .. import cursors, requests
from . import people
from .routing import Content, Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
_AT_ONCE = 50


@routes.page("/outside", signed_in=True)
def register_page(request: PageRequest) -> Page:
    """`workspace`: which one; without it the first that the person looks after. `q` and `chat` narrow it."""
    managed, workspace = managed_workspace(request)
    query = request.incoming.query
    wanted = RegisterFilter(query.get("q", "").strip()[:200], query.get("chat", ""))
    here = {"workspace": workspace["id"], "q": wanted.words, "chat": wanted.chat_id}
    listed = urlencode({name: value for name, value in here.items() if value})
    after = cursors.read(request.ports, request.account.id, f"/outside?{listed}", query.get("cursor", ""))
    page = outside.register(request.ports, request.account, workspace["id"], wanted, _AT_ONCE, after)
    following = page.after and cursors.make(request.ports, request.account.id, f"/outside?{listed}", page.after)
    return shell(
        request,
        "outside.html",
        "outside",
        managed=managed,
        workspace=workspace,
        asked=here,
        rows=[_person(person) for person in page.people],
        next_url=f"/outside?{listed}&{urlencode({'cursor': following})}" if following else None,
        csv_url=f"/outside.csv?{listed}",
        **_done(request),
    )


@routes.page("/outside.csv", signed_in=True)
def register_sheet(request: PageRequest) -> Content:
    _, workspace = managed_workspace(request)
    query = request.incoming.query
    wanted = RegisterFilter(query.get("q", "").strip()[:200], query.get("chat", ""))
    text = shapes.sheet(outside.everybody(request.ports, request.account, workspace["id"], wanted))
    return sheet(text, "outside.csv")


@routes.page("/outside/{account_id}", signed_in=True)
def person_page(request: PageRequest) -> Page:
    _, workspace = managed_workspace(request)
    person = outside.person(request.ports, request.account, workspace["id"], request.path["account_id"])
    return shell(
        request, "outside_person.html", "outside", workspace=workspace, person=_person(person), **_done(request)
    )


@routes.form("/outside/{account_id}/remove", signed_in=True)
def remove_person(request: PageRequest) -> Redirect:
    """From the chat `chat_id`, or from all of the workspace without one."""
    chat_id, account_id, workspace_id = request.field("chat_id"), request.path["account_id"], workspace_of(request)
    issued = outside.remove(request.ports, request.account, workspace_id, account_id, chat_id)
    left = outside.is_in(request.ports, workspace_id, account_id)
    receipt = receipts.url(request.ports, issued[-1].id).rpartition("/")[2] if issued else ""
    query = urlencode({"workspace": workspace_id, "done": "removed", "receipt": receipt})
    return Redirect(f"/outside/{account_id}?{query}" if left else f"/outside?{query}")


def managed_workspace(request: PageRequest) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The workspaces that this person is an owner or admin of, and the chosen one. None at all is like none of theirs."""
    mine = people.workspaces(request.ports, request.account)
    managed = [workspace for workspace in mine if workspace["role"] in ("owner", "admin")]
    wanted = request.incoming.query.get("workspace", "")
    chosen = next((workspace for workspace in managed if wanted in ("", workspace["id"])), None)
    if chosen is None and any(workspace["id"] == wanted or not wanted for workspace in mine):
        raise errors.may_not("manage guests")
    if chosen is None:
        raise errors.unknown()
    return managed, chosen


def workspace_of(request: PageRequest) -> str:
    """From the form; judged like an id in a path."""
    return requests.checked_path({"workspace_id": request.field("workspace_id")})["workspace_id"]


def sheet(text: str, name: str) -> Content:
    """A table to save."""
    headers = {"Content-Type": sheets.MEDIA, "Content-Disposition": f'attachment; filename="{name}"'}
    return Content(text, headers)


def _done(request: PageRequest) -> dict[str, Any]:
    """What was just done, with the receipt of it, if the link leads to one."""
    query = request.incoming.query
    if query.get("done") != "removed":
        return {"done": "", "receipt_url": ""}
    try:
        receipt = receipts.of_token(request.ports, query.get("receipt", ""))
    except errors.Refusal:
        return {"done": "removed", "receipt_url": ""}
    return {"done": "removed", "receipt_url": receipts.url(request.ports, receipt.id)}


def _person(person: OutsidePerson) -> dict[str, Any]:
    last = person.last_joined
    wrote = [place.last_wrote_at for place in person.places if place.last_wrote_at]
    return {
        "account_id": person.account_id,
        **people.avatar(person.account_id, person.name, person.picture),
        "email": person.email,
        "via": last.via,
        "organization": last.organization,
        "places": [_place(place) for place in person.places],
        "since": min(place.joined_at for place in person.places),
        "last_wrote_at": max(wrote) if wrote else None,
        "ends_at": _last_end(person),
    }


def _last_end(person: OutsidePerson) -> datetime | None:
    """When the last of the places ends; None while one of them has no end."""
    ends = [place.ends_at for place in person.places]
    return max(end for end in ends if end) if all(ends) else None


def _place(place: OutsidePlace) -> dict[str, Any]:
    return {
        "chat_id": place.chat_id,
        "chat": place.chat_name,
        "via": place.via,
        "organization": place.organization,
        "invited_as": place.invited_as,
        "invited_by": place.invited_by.name,
        "owner": place.owner.name,
        "joined_at": place.joined_at,
        "last_wrote_at": place.last_wrote_at,
        "ends_at": place.ends_at,
    }
