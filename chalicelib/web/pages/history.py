"""What a new person will see of a chat: their own page, drawn by the same code for somebody who isn't there yet."""

from ...domain.history import chosen
from ...usecases import chats
from ...usecases import history as histories
from .routing import Page, PageRequest, Pages
from .shell import shell
from .thread import items

routes = Pages(__name__)


@routes.page("/chats/{chat_id}/preview", signed_in=True)
def preview_page(request: PageRequest) -> Page:
    """`?history=` as it is written in the API, and `?before=` for older messages; members in the chat only."""
    chat_id, query = request.path["chat_id"], request.incoming.query
    history = chosen(query.get("history", ""), "history", request.ports.now())
    before = query.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 10 else None
    read = histories.preview(request.ports, request.account, chat_id, history, older_than, None)
    chat, membership = chats.as_participant(request.ports, request.account, chat_id)
    people = chats.participants(request.ports, chat_id)
    shown = read.page.messages
    older = shown[0].seq if shown and shown[0].seq > max(1, read.membership.reads_from) else None
    return shell(
        request,
        "preview.html",
        chat.id,
        chat={"id": chat.id, "title": chat.title_for(membership), "people": len(people)},
        history=str(history),
        items=items(read, people, {}, request.locale),
        older_url=f"?history={history}&before={older}" if older else None,
    )
