"""What of a chat's page changes while it is open, beside its messages: rendered here, so that the script only puts it in place.

The query says what is asked for: `people`, `chats` and `deliveries`, each `all` or the rows that changed, with commas. What
stands around the rows comes whole; of the rows that didn't change no more than their place, for the page has them.
"""

from typing import Any

from ...domain.chats import Chat, Membership
from ...domain.invitations import Invitation, Status
from ...domain.messages import PAGE
from ...usecases import chats, messages
from . import chat_shown, thread
from .routing import Page, PageRequest, Pages
from .shell import sidebar

routes = Pages(__name__)


Rows = frozenset[str] | None
"""Those that changed; None for all."""


@routes.page("/chats/{chat_id}/fragments", signed_in=True)
def fragments(request: PageRequest) -> Page:
    query = request.incoming.query
    asked = {name: _rows(query[name]) for name in ("people", "chats", "deliveries") if name in query}
    chat_id = request.path["chat_id"]
    membership = chats.as_participant(request.ports, request.account, chat_id)[1]
    context: dict[str, Any] = {"asked": set(asked), "items": []}
    if asked.keys() & {"people", "deliveries"}:
        chat, invitations = chats.roster(request.ports, chat_id)
        context |= chat_shown.with_people(request, membership, chat, invitations)
        _leave_out(context["participants"] + context["invitations"], asked.get("people"))
        if "deliveries" in asked:
            context["items"] = _messages(request, chat, membership, invitations, asked["deliveries"])
    if asked.keys() & {"people", "chats"}:
        context |= sidebar(request, chats.listed(request.ports, request.account), chat_id)
        _leave_out(context["chats"], asked.get("chats"))
    return request.page("_fragments.html", **context)


def _rows(text: str) -> Rows:
    return None if text == "all" else frozenset(text.split(","))


def _leave_out(shown: list[dict[str, Any]], changed: Rows) -> None:
    """Of what didn't change only its place. An invitation that is over is told anew: the clock ends it, and no event says so."""
    for row in shown:
        named = row.get("account_id", row.get("id"))
        row["kept"] = changed is not None and named not in changed and row.get("status") in (None, Status.PENDING)


def _messages(
    request: PageRequest, chat: Chat, membership: Membership, invitations: tuple[Invitation, ...], changed: Rows
) -> list[dict[str, Any]]:
    """One's own; of messages further up than a page, the newest that changed and what is below it, as far as a page goes."""
    seqs = [seq for seq in map(thread.number, changed or ()) if seq]
    before, limit = (max(seqs) + 1, min(max(seqs) - min(seqs) + 1, PAGE)) if seqs else (None, PAGE)
    read = messages.page_for(request.ports, chat, membership, before, None, limit)
    return [item for item in chat_shown.items(request, read, invitations) if item["kind"] == "message" and item["mine"]]
