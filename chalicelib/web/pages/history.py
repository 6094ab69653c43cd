"""What a new person will see: their own pages, drawn by the same code for somebody who isn't there yet."""

from typing import Any

from markupsafe import Markup

from ...domain import handing_over
from ...domain.history import chosen
from ...domain.people import locale_or
from ...templating import pages
from ...usecases import chats
from ...usecases import history as histories
from ...usecases.checking import Preview
from . import joining
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


def of_new_chat(request: PageRequest, preview: Preview) -> Page:
    """Before a chat is there: the mail of one invitee, the page that it opens, the first two in its language, and the chat."""
    opened, mail = preview.opened, preview.mail
    invitation, chat = opened.invitation, opened.chat
    locale = locale_or(invitation.locale, request.locale)
    return shell(
        request,
        "chat_new_preview.html",
        "new",
        email=invitation.email or invitation.name,
        lang=locale,
        mail={"from_name": mail.from_name, "subject": mail.subject, "text": mail.text} if mail else None,
        page=Markup(pages.render("_join_seen.html", locale, **_join_page(request, preview))) if mail else None,  # noqa: S704  # escaped by its own template
        chat={"id": chat.id, "title": chat.name or chat.founder_name},
        history=str(invitation.history),
        items=items(preview.read, (), {}, request.locale),
    )


def _join_page(request: PageRequest, preview: Preview) -> dict[str, Any]:
    """What the template of the joining page needs, of a link that isn't made yet."""
    opened = preview.opened
    shown = joining.invitation_shown(
        request, opened.invitation, opened.chat, opened.workspace, 1, opened.purpose, opened
    )
    return {
        **request.frame(),
        "is_preview": True,
        "step": "options",
        "join_url": "",
        "person": None,
        "invitation": shown | {"three_words": None},
        "can_hand_over": handing_over.is_offered(opened.invitation, opened.workspace),
    }
