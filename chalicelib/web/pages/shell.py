"""The sidebar that every signed-in page has."""

from datetime import datetime
from typing import Any

from ...schemas import profile_pictures
from ...templating import languages
from ...usecases import chats
from ...usecases.chats import Listed
from . import people
from .routing import Page, PageRequest

_MOST = 30


def shell(
    request: PageRequest,
    template: str,
    here: str,
    code: int = 200,
    /,
    *,
    listed_chats: list[Listed] | None = None,
    **context: Any,
) -> Page:
    """A signed-in page: `here` names the place in the sidebar that is lit."""
    listed_chats = chats.listed(request.ports, request.account) if listed_chats is None else listed_chats
    base = sidebar(request, listed_chats, here)
    if "workspaces" not in context:
        base["workspaces"] = people.workspaces(request.ports, request.account)
    return request.page(template, code, **{**base, **context})


def sidebar(request: PageRequest, listed_chats: list[Listed], here: str) -> dict[str, Any]:
    """Its chats, and how many invitations wait."""
    waiting = (each.chat.waits_for(request.account.id) for each in listed_chats if each.membership.is_member)
    return {
        "chats": [row(listed_chat) for listed_chat in _shown(listed_chats, here)],
        "chats_in_all": len(listed_chats),
        "waiting": sum(waiting),
        "here": here,
    }


def _shown(listed_chats: list[Listed], here: str) -> list[Listed]:
    """The newest, and in any case the one that is open."""
    return listed_chats[:_MOST] + [each for each in listed_chats[_MOST:] if each.chat.id == here]


def row(listed_chat: Listed) -> dict[str, Any]:
    title, other = listed_chat.chat.title_for(listed_chat.membership), listed_chat.chat.other_of(listed_chat.membership)
    return {
        "id": listed_chat.chat.id,
        **people.avatar(listed_chat.chat.id, title),
        "picture_url": profile_pictures.path(other.account_id, other.picture) if other else "",
        "title": title,
        "outside": listed_chat.chat.has_outside,
        "unread": listed_chat.membership.unread(listed_chat.chat),
        "mentions": listed_chat.membership.mentions,
    }


def when(request: PageRequest, at: datetime) -> str:
    """For a list; a script makes it the reader's own time."""
    return languages.in_list(at, request.locale, request.ports.now())
