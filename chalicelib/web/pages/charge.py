"""A chat that no member is in: taken over or closed by an owner or admin. Opening the page changes nothing."""

from ...usecases import charge
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)


@routes.page("/chats/{chat_id}/take-over", signed_in=True)
def take_over_page(request: PageRequest) -> Page:
    chat, workspace = charge.look(request.ports, request.account, request.path["chat_id"])
    closes_at = charge.closes_at(chat)
    return shell(
        request,
        "take_over.html",
        chat.id,
        chat={"id": chat.id, "name": chat.name},
        workspace={"id": workspace.id, "name": workspace.name},
        closes_at=closes_at,
    )


@routes.form("/chats/{chat_id}/take-over", signed_in=True)
def take_over(request: PageRequest) -> Redirect:
    chat, _ = charge.take_over(request.ports, request.account, request.path["chat_id"])
    return Redirect(f"/chats/{chat.id}")


@routes.form("/chats/{chat_id}/close", signed_in=True)
def close(request: PageRequest) -> Redirect:
    chat = charge.close(request.ports, request.account, request.path["chat_id"])
    return Redirect(f"/outside?workspace={chat.workspace_id}&chat={chat.id}")
