"""The page for searching, in all of one's chats or in one of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup

from ...domain import errors
from ...schemas import serializers as shapes
from ...schemas.searching import SearchQuery
from ...usecases import chats, profile_pictures
from ...usecases.searching import Hit
from .. import requests
from ..searching import results_of
from . import people, thread
from .routing import Page, PageRequest, Pages
from .shell import shell, when

routes = Pages(__name__)
_FIELDS = ("q", "after", "before", "has", "from", "chat")


@routes.page("/search", signed_in=True)
def search_page(request: PageRequest) -> Page:
    """Without a `q` it only asks for one. `chat` names the one chat to search."""
    asked = {name: value for name in _FIELDS if (value := request.incoming.query.get(name, "").strip())}
    base: dict[str, Any] = {"asked": asked, "chat": None, "rows": None, "next_url": None, "searched_to": None}
    if "chat" in asked:
        chat_id = requests.checked_path({"chat_id": asked["chat"]})["chat_id"]
        chat, membership = chats.as_participant(request.ports, request.account, chat_id)
        base["chat"] = {"id": chat.id, "title": chat.title_for(membership)}
    if "q" not in asked:
        return shell(request, "search.html", "search", **base)
    try:
        query = requests.convert(_query(request, asked), SearchQuery, strict=False)
        results, cursor = results_of(request, query, asked.get("chat", ""))
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.WRONG_FIELD:
            raise
        return shell(request, "search.html", "search", 422, **base, errors=request.problems(refusal))
    base |= {
        "rows": _rows(request, results.hits),
        "next_url": f"/search?{urlencode(asked | {'cursor': cursor})}" if cursor else None,
        "searched_to": results.searched_to,
    }
    return shell(request, "search.html", "search", **base)


def _query(request: PageRequest, asked: dict[str, str]) -> dict[str, str]:
    """What a form sends for a field that was left empty isn't asked for."""
    cursor = request.incoming.query.get("cursor", "")
    return {name: value for name, value in asked.items() if name != "chat"} | {"cursor": cursor}


def _rows(request: PageRequest, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    authors = {hit.message.author.account_id for hit in hits if hit.message.author}
    pictures = profile_pictures.of(request.ports, authors)
    return [_row(request, hit, pictures) for hit in hits]


def _row(request: PageRequest, hit: Hit, pictures: Mapping[str, str]) -> dict[str, Any]:
    shown = msgspec.to_builtins(shapes.message(hit.message, hit.page, hit.membership))
    author = hit.message.author
    return {
        "href": thread.place(hit.chat.id, hit.message.seq, hit.chat.last_seq),
        "author": people.author(author, pictures) if author else None,
        "chat_title": hit.chat.title_for(hit.membership),
        "html": Markup(shown["html"]),  # noqa: S704  # cleaned by templating.marks
        "at": hit.message.created_at,
        "when": when(request, hit.message.created_at),
    }
