"""Messages of a chat."""

from ...domain import errors
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...shapes.relaying import Deliveries
from ...usecases import deliveries, messages
from ..routing import Call, Routes

routes = Routes(__name__)


@routes.json(
    "GET", "/chats/{chat_id}/messages", "Messages in order of seq.", answers=s.MessagesPage, query=s.MessageRange
)
def list_messages(call: Call) -> s.MessagesPage:
    wanted = call.query(s.MessageRange)
    if wanted.before is not None and wanted.after is not None:
        raise errors.wrong_field("before", "both", "Send before or after, not both.")
    found = messages.read(call.ports, call.account, call.path["chat_id"], wanted.before, wanted.after, wanted.limit)
    fares = deliveries.of_page(call.ports, found.page, found.place)
    return s.MessagesPage(shapes.messages(found.page, found.place, fares, call.account.locale), None)


@routes.json(
    "POST", "/chats/{chat_id}/messages", "Write a message.", takes=s.NewMessage, answers=s.MessageOut, status=201
)
def post_message(call: Call, body: s.NewMessage) -> s.MessageOut:
    message, place = messages.post(
        call.ports, call.account, call.path["chat_id"], body.text, body.reply_to or "", call.ids, body.mentions or ()
    )
    return shapes.message(message, messages.around(call.ports, message), place)


@routes.json(
    "PATCH", "/chats/{chat_id}/messages/{message_id}", "Edit one's own message.", takes=s.NewText, answers=s.MessageOut
)
def edit_message(call: Call, body: s.NewText) -> s.MessageOut:
    message, place = messages.edit(
        call.ports, call.account, call.path["chat_id"], call.path["message_id"], body.text, body.mentions
    )
    return shapes.message(message, call.ports.messages.page(message.chat_id, message.seq, message.seq), place)


@routes.json("DELETE", "/chats/{chat_id}/messages/{message_id}", "Delete one's own message.", status=204)
def delete_message(call: Call) -> None:
    messages.delete(call.ports, call.account, call.path["chat_id"], call.path["message_id"])


@routes.json(
    "GET",
    "/chats/{chat_id}/messages/{message_id}/deliveries",
    "How one's own message fares with each person who reads in Slack or Teams.",
    answers=Deliveries,
)
def list_deliveries(call: Call) -> Deliveries:
    found = deliveries.of_message(call.ports, call.account, call.path["chat_id"], call.path["message_id"])
    return Deliveries([shapes.delivery(one) for one in found], None)


@routes.json("PUT", "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}", "React.", status=204)
def react(call: Call) -> None:
    messages.react(call.ports, call.account, call.path["chat_id"], call.path["message_id"], call.path["emoji"], True)


@routes.json("DELETE", "/chats/{chat_id}/messages/{message_id}/reactions/{emoji}", "Take a reaction back.", status=204)
def unreact(call: Call) -> None:
    messages.react(call.ports, call.account, call.path["chat_id"], call.path["message_id"], call.path["emoji"], False)


@routes.json("PUT", "/chats/{chat_id}/read", "Read up to here; never goes back.", takes=s.ReadMark, status=204)
def mark_read(call: Call, body: s.ReadMark) -> None:
    messages.mark_read(call.ports, call.account, call.path["chat_id"], body.seq)
