"""The page of the whole mail behind a message, as text: with what it quotes, and with the signature."""

from ...templating import languages
from ...usecases import chats, messages, whole_mails
from .routing import Page, PageRequest, Pages
from .shell import shell

routes = Pages(__name__)


@routes.page("/chats/{chat_id}/messages/{message_id}/mail", signed_in=True)
def whole_mail_page(request: PageRequest) -> Page:
    ports, account, path = request.ports, request.account, request.path
    text, is_cut = whole_mails.show(ports, account, path["chat_id"], path["message_id"])
    chat, membership = chats.as_participant(ports, account, path["chat_id"])
    message, _ = messages.seen(ports, account, path["chat_id"], path["message_id"])
    return shell(
        request,
        "whole_mail.html",
        chat.id,
        chat={"id": chat.id, "title": chat.title_for(membership)},
        author=message.author.name if message.author else "",
        when=languages.moment(message.created_at, request.locale, ports.now()),
        text=text,
        is_cut=is_cut,
        back=f"/chats/{chat.id}?at={message.seq}",
    )
