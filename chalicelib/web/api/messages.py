"""Messages of a chat."""

from ...domain import errors
from ...schemas import bodies as s
from ...schemas import messages as m
from ...schemas import serializers as shapes
from ...schemas.files import DescribedFile
from ...schemas.relaying import Deliveries
from ...usecases import deliveries, messages, whole_mails
from ...usecases.messages import MessageDraft
from ..routing import RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "GET", "/chats/{chat_id}/messages", "Messages in order of seq.", answers=s.MessagesPage, query=s.MessageRange
)
def list_messages(request: RequestContext) -> s.MessagesPage:
    wanted = request.query(s.MessageRange)
    if wanted.before is not None and wanted.after is not None:
        raise errors.wrong_field("before", "both", "Send before or after, not both.")
    read = messages.read(
        request.ports, request.account, request.path["chat_id"], wanted.before, wanted.after, wanted.limit
    )
    states = deliveries.of_page(request.ports, read.page, read.membership)
    return s.MessagesPage(shapes.messages(read.page, read.membership, states, request.locale), None)


@routes.json(
    "POST", "/chats/{chat_id}/messages", "Write a message.", takes=m.NewMessage, answers=s.MessageOut, status=201
)
def post_message(request: RequestContext, body: m.NewMessage) -> s.MessageOut:
    message, membership = messages.post(
        request.ports,
        request.account,
        request.path["chat_id"],
        _draft(body),
        request.ids,
    )
    return shapes.message(message, messages.around(request.ports, message), membership)


@routes.json(
    "PATCH", "/chats/{chat_id}/messages/{message_id}", "Edit one's own message.", takes=m.NewText, answers=s.MessageOut
)
def edit_message(request: RequestContext, body: m.NewText) -> s.MessageOut:
    message, membership = messages.edit(
        request.ports, request.account, request.path["chat_id"], request.path["message_id"], body.text, body.mentions
    )
    return shapes.message(message, messages.page_of(request.ports, message), membership)


@routes.json("DELETE", "/chats/{chat_id}/messages/{message_id}", "Delete one's own message.", status=204)
def delete_message(request: RequestContext) -> None:
    messages.delete(request.ports, request.account, request.path["chat_id"], request.path["message_id"])


@routes.json(
    "GET",
    "/chats/{chat_id}/messages/{message_id}/deliveries",
    "How one's own message fares with each person who reads in another application.",
    answers=Deliveries,
)
def list_deliveries(request: RequestContext) -> Deliveries:
    results = deliveries.of_message(request.ports, request.account, request.path["chat_id"], request.path["message_id"])
    return Deliveries([shapes.delivery(delivery) for delivery in results], None)


@routes.json(
    "GET",
    "/chats/{chat_id}/messages/{message_id}/mail",
    "The whole mail behind a message: with what it quotes, and with the signature.",
    answers=m.WholeMailOut,
)
def show_whole_mail(request: RequestContext) -> m.WholeMailOut:
    return m.WholeMailOut(
        *whole_mails.show(request.ports, request.account, request.path["chat_id"], request.path["message_id"])
    )


@routes.json("PUT", "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}", "React.", status=204)
def react(request: RequestContext) -> None:
    messages.react(
        request.ports, request.account, request.path["chat_id"], request.path["message_id"], request.path["emoji"], True
    )


@routes.json("DELETE", "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}", "Take a reaction back.", status=204)
def unreact(request: RequestContext) -> None:
    messages.react(
        request.ports,
        request.account,
        request.path["chat_id"],
        request.path["message_id"],
        request.path["emoji"],
        False,
    )


@routes.json("PUT", "/chats/{chat_id}/read", "Read up to here; goes back only as unread.", takes=s.ReadMark, status=204)
def mark_read(request: RequestContext, body: s.ReadMark) -> None:
    mark = messages.mark_unread if body.unread else messages.mark_read
    mark(request.ports, request.account, request.path["chat_id"], body.seq)


def _draft(body: m.NewMessage) -> MessageDraft:
    described = [file if isinstance(file, DescribedFile) else DescribedFile(file) for file in body.files or ()]
    return MessageDraft(
        text=body.text,
        reply_to=body.reply_to or "",
        mentions=body.mentions or (),
        files=[file.id for file in described],
        alts={file.id: file.alt for file in described},
    )
