"""One place from outside: when it ends, and who answers for it; kept, ended now, or given another end. Opening changes nothing."""

from typing import Any
from urllib.parse import urlencode

from ...domain import errors
from ...domain.chats import ChatRole
from ...domain.ends import end_of_day
from ...domain.outside import PersonRef
from ...usecases import places, receipts
from ...usecases.places import PlaceSettings, PlaceView
from . import people
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
_PATH = "/chats/{chat_id}/participants/{account_id}/end"
_DONE = ("kept", "saved")


@routes.page(_PATH, signed_in=True)
def place_page(request: PageRequest) -> Page:
    return _page(request)


@routes.form(_PATH, signed_in=True)
def save_place(request: PageRequest) -> Page | Redirect:
    """The day after whose end the place ends, none for no end; and the owner."""
    try:
        ends_at = end_of_day(request.field("ends_at"))
        wanted = PlaceSettings(has_end=True, ends_at=ends_at, owner_id=request.field("owner"))
        places.change(request.ports, request.account, *_of(request), wanted)
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.WRONG_FIELD:
            raise
        return _page(request, request.problems(refusal))
    return Redirect(f"{_here(request)}?done=saved")


@routes.form(f"{_PATH}/keep", signed_in=True)
def keep_place(request: PageRequest) -> Redirect:
    places.keep(request.ports, request.account, *_of(request))
    return Redirect(f"{_here(request)}?done=kept")


@routes.form(f"{_PATH}/now", signed_in=True)
def end_place(request: PageRequest) -> Redirect:
    """On to the receipt, which says what came of it."""
    issued = places.end_now(request.ports, request.account, *_of(request))
    if not issued:
        raise errors.unknown()
    return Redirect(receipts.url(request.ports, issued[0].id).removeprefix(request.ports.public_url))


def _page(request: PageRequest, problems: dict[str, str] | None = None) -> Page:
    view = places.look(request.ports, request.account, *_of(request))
    if view.participant.role is not ChatRole.EXTERNAL:
        raise errors.unknown()
    done = request.incoming.query.get("done", "")
    return shell(
        request,
        "place.html",
        view.chat.id,
        422 if problems else 200,
        person=_person(view),
        chat={"id": view.chat.id, "title": view.chat.title_for(view.reader), "is_mine": _is_mine(request, view)},
        workspace={"id": view.workspace.id, "name": view.workspace.name, "days": view.workspace.outside_days},
        owners=[(person.account_id, person.name) for person in view.people if person.role is ChatRole.MEMBER],
        here=_here(request),
        back=_back(request, view),
        done=done if done in _DONE else "",
        errors=problems or {},
    )


def _person(view: PlaceView) -> dict[str, Any]:
    participant = view.participant
    return {
        **people.avatar(participant.account_id, participant.name, participant.picture),
        "via": participant.via,
        "organization": participant.organization,
        "invited_as": participant.invited_as,
        "joined_at": participant.joined_at,
        "ends_at": participant.ends_at,
        "owner": PersonRef(participant.owner_id, participant.owner_name),
    }


def _is_mine(request: PageRequest, view: PlaceView) -> bool:
    return any(person.account_id == request.account.id for person in view.people)


def _back(request: PageRequest, view: PlaceView) -> str:
    """To the people of the chat, for who is in it; else to the person in the register."""
    if _is_mine(request, view):
        return f"/chats/{view.chat.id}?people=1"
    return f"/outside/{view.participant.account_id}?{urlencode({'workspace': view.workspace.id})}"


def _of(request: PageRequest) -> tuple[str, str]:
    return request.path["chat_id"], request.path["account_id"]


def _here(request: PageRequest) -> str:
    chat_id, account_id = _of(request)
    return f"/chats/{chat_id}/participants/{account_id}/end"
