"""The sidebar that every signed-in page has."""

from datetime import datetime
from typing import Any

from ...templating import languages
from ...usecases import chats
from ...usecases.chats import Listed
from . import people
from .routing import Page, Visit

_MOST = 30


def shell(
    visit: Visit, template: str, here: str, code: int = 200, /, *, found: list[Listed] | None = None, **context: Any
) -> Page:
    """A signed-in page: `here` names the place in the sidebar that is lit."""
    found = chats.listed(visit.ports, visit.account) if found is None else found
    base = {"chats": [row(one) for one in found[:_MOST]], "here": here}
    if "workspaces" not in context:
        base["workspaces"] = people.workspaces(visit.ports, visit.account)
    return visit.page(template, code, **{**base, **context})


def row(one: Listed) -> dict[str, Any]:
    title = one.chat.title_for(one.place)
    return {
        "id": one.chat.id,
        **people.face(one.chat.id, title),
        "title": title,
        "outside": one.chat.has_outside,
        "unread": one.place.unread(one.chat),
        "mentions": one.place.mentions,
    }


def when(visit: Visit, at: datetime) -> str:
    """The time for today, else the day."""
    now = visit.ports.now()
    return languages.clock(at) if at.date() == now.date() else languages.day(at, visit.locale, now)
