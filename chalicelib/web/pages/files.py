"""A file by its own address: the one that stands in Slack, in Teams, and behind a name without a script. And those of a chat."""

from typing import Any
from urllib.parse import urlencode

import msgspec

from ...domain.chats import Chat
from ...schemas.chat_files import ListedFileOut
from ...usecases import chats, files
from ..chat_files import files_page
from . import thread
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell, when

routes = Pages(__name__)
_A_PAGE = 30


@routes.page("/files/{file_id}", signed_in=True)
def file_page(request: PageRequest) -> Redirect:
    """Who isn't signed in is asked to, and comes back here."""
    return Redirect(files.address(request.ports, request.account, request.path["file_id"], files.ShownAs.SAVED))


@routes.page("/chats/{chat_id}/files", signed_in=True)
def chat_files_page(request: PageRequest) -> Page:
    chat, membership = chats.as_participant(request.ports, request.account, request.path["chat_id"])
    listed = files_page(request, chat.id, _A_PAGE, request.incoming.query.get("cursor", ""))
    context: dict[str, Any] = {
        "chat": {"id": chat.id, "title": chat.title_for(membership)},
        "rows": [_row(request, chat, each) for each in listed.items],
        "next_url": f"/chats/{chat.id}/files?{urlencode({'cursor': listed.next})}" if listed.next else None,
        "searched_to": listed.searched_to,
    }
    return shell(request, "files.html", chat.id, **context)


def _row(request: PageRequest, chat: Chat, listed: ListedFileOut) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(listed),
        "href": thread.place(chat.id, listed.seq, chat.last_seq),
        "at": listed.sent_at,
        "when": when(request, listed.sent_at),
    }
