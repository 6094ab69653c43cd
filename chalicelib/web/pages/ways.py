"""From where one reads a chat: the ways open to one's place, and another one from now on. Opening the page changes nothing."""

from typing import Any

from ...domain.providers import APPLICATIONS, Via
from ...usecases import ways
from ...usecases.ways import ReadingOption
from . import flash
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
_PATH = "/chats/{chat_id}/way"
_CHOSEN = {Via.WEBTOP: "way_here", Via.MAIL: "way_mail"}


@routes.page(_PATH, signed_in=True)
def way_page(request: PageRequest) -> Page:
    chat, place, options = ways.of_place(request.ports, request.session, request.account, request.path["chat_id"])
    return shell(
        request,
        "way.html",
        chat.id,
        chat={"id": chat.id, "title": chat.title_for(place)},
        ways=[_shown(way) for way in options],
        notice=flash.notice(request),
    )


@routes.form(_PATH, signed_in=True)
def choose_way(request: PageRequest) -> Redirect:
    """Back into the chat, where a step that is still missing stands."""
    chat_id, via = request.path["chat_id"], request.field("via")
    way = ways.choose(request.ports, request.session, request.account, chat_id, via)
    by = f"&by={way.profile.identity.provider}" if way.profile else ""
    return Redirect(f"/chats/{chat_id}?notice={_CHOSEN.get(way.via, 'way_there')}{by}")


def _shown(way: ReadingOption) -> dict[str, Any]:
    profile = way.profile
    names = way.provider.names if way.provider else None
    return {
        "via": way.via,
        "application": APPLICATIONS[way.via],
        "provider": str(names.provider) if names and names.signs_in else "",
        "signs_in_with": names.company if names else "",
        "is_now": way.is_now,
        "is_open": way.is_open,
        "name": profile.name if profile else "",
        "organization": profile.organization if profile else "",
        "email": way.email,
    }
