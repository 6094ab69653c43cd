"""The list of chats."""

from collections.abc import Callable
from typing import Any

from ...domain.chats import Level
from ...domain.messages import MessageKind
from ...schemas import serializers as shapes
from ...templating import languages, marks
from ...usecases import chats
from ...usecases.chats import Listed
from . import flash
from .inbox import inbox
from .routing import Page, PageRequest, Pages, Redirect
from .shell import row, shell, when

routes = Pages(__name__)
_PREVIEWS, _LONGEST = 20, 160
_FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "all": lambda item: True,
    "unread": lambda item: item["unread"] > 0,
    "mentions": lambda item: item["mentions"] > 0,
    "hidden": lambda item: True,
}


@routes.page("/chats", signed_in=True)
def list_chats(request: PageRequest) -> Page:
    wanted = request.incoming.query.get("filter", "all")
    if request.incoming.query.get("view") == "inbox":
        return inbox(request, wanted)
    return _listed(request, wanted if wanted in _FILTERS else "all")


@routes.form("/chats/read", signed_in=True)
def read_all(request: PageRequest) -> Redirect:
    chats.read_all(request.ports, request.account)
    return Redirect("/chats")


def _listed(request: PageRequest, chosen: str) -> Page:
    """The list, or of it what was chosen; what was hidden stands apart."""
    parts: dict[bool, list[Listed]] = {False: [], True: []}
    for listed_chat in chats.all_of(request.ports, request.account):
        parts[listed_chat.membership.hides(listed_chat.chat)].append(listed_chat)
    looked_at = {listed_chat.chat.id: listed_chat for listed_chat in parts[chosen == "hidden"]}
    shown = [row for row in (_row(request, each) for each in looked_at.values()) if _FILTERS[chosen](row)]
    for item in shown[:_PREVIEWS]:
        item["preview"] = _preview(request, looked_at[item["id"]])
    return shell(
        request,
        "chats.html",
        "chats",
        listed_chats=parts[False],
        view="chats",
        filter=chosen,
        numbers=_numbers(parts[False]) | {"hidden": len(parts[True])},
        rows=shown,
        next_url=None,
        notice=flash.notice(request),
    )


def _numbers(listed_chats: list[Listed]) -> dict[str, int]:
    rows = [row(listed_chat) for listed_chat in listed_chats]
    return {"unread": sum(item["unread"] > 0 for item in rows), "mentions": sum(item["mentions"] > 0 for item in rows)}


def _preview(request: PageRequest, listed_chat: Listed) -> str | None:
    """The chat's last line, as far as this person may see it."""
    page = chats.last_message(request.ports, listed_chat)
    if page is None or not page.messages:
        return None
    last = page.messages[0]
    if last.deleted_at:
        return languages.text("Message deleted", request.locale)
    if last.author is None or last.kind is MessageKind.EVENT:
        return shapes.message(last, page, listed_chat.membership, locale=request.locale).text
    mine = last.author.account_id == request.account.id
    name = languages.text("You", request.locale) if mine else last.author.name
    return f"{name}: {marks.to_plain(last.text)[:_LONGEST]}"


def _row(request: PageRequest, listed_chat: Listed) -> dict[str, Any]:
    at = listed_chat.chat.last_at
    return {
        **row(listed_chat),
        "preview": None,
        "last_at": at,
        "when": when(request, at),
        "muted": listed_chat.membership.level is Level.NONE,
    }
