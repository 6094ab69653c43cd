"""Chats and who is in them."""

from ...domain.chats import Chat, Place
from ...domain.history import chosen
from ...domain.invitations import Seat
from ...domain.inviting import Invitee
from ...shapes import inviting as i
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...usecases import chats, deliveries, inviting, links_of
from ...usecases import history as histories
from .. import cursors
from ..requests import checked_path
from ..routing import Call, Reply, Routes

routes = Routes(__name__)


@routes.json(
    "POST",
    "/chats",
    "A new chat with its invitation list; one mail goes to each invitee.",
    takes=s.NewChat,
    answers=s.ChatCreated,
    status=201,
    query=i.Checking,
    or_answers={200: i.CheckedOut},
)
def create_chat(call: Call, body: s.NewChat) -> s.ChatCreated | Reply:
    workspace_id = checked_path({"workspace_id": body.workspace_id})["workspace_id"]
    people, name, line = invitees(call, body.invitees), body.name or "", body.line or ""
    if call.query(i.Checking).is_check:
        return checked(inviting.check_chat(call.ports, call.account, workspace_id, people, name, call.ids, line))
    made = inviting.create_chat(call.ports, call.account, workspace_id, people, name, call.ids, line)
    chat, place = chats.as_participant(call.ports, call.account, made.chat.id)
    return s.ChatCreated(
        _with_people(call, chat, place),
        [shown(call, seat) for seat in made.seats],
        [shapes.result(one) for one in made.results],
    )


@routes.json("GET", "/chats", "Your chats, most recent activity first.", answers=s.ChatsPage, query=s.Paging)
def list_chats(call: Call) -> s.ChatsPage:
    paging = call.query(s.Paging)
    found = chats.listed(call.ports, call.account)
    after = cursors.read(call.ports, call.account.id, call.got.path, paging.cursor)
    page, last = cursors.slice_of(found, [one.chat.id for one in found], after, paging.limit)
    following = cursors.make(call.ports, call.account.id, call.got.path, last) if last else None
    return s.ChatsPage([shapes.chat(one.chat, one.place) for one in page], following)


@routes.json("GET", "/chats/{chat_id}", "A chat of yours, with its people.", answers=s.ChatWithPeople)
def get_chat(call: Call) -> s.ChatWithPeople:
    chat, place = chats.as_participant(call.ports, call.account, call.path["chat_id"])
    return _with_people(call, chat, place)


@routes.json("PATCH", "/chats/{chat_id}", "Name a group chat; members only.", takes=s.NewName, answers=s.ChatWithPeople)
def rename_chat(call: Call, body: s.NewName) -> s.ChatWithPeople:
    chats.rename(call.ports, call.account, call.path["chat_id"], body.name or "")
    return get_chat(call)


@routes.json(
    "DELETE", "/chats/{chat_id}/participants/{account_id}", "Remove somebody from outside; or leave.", status=204
)
def remove_participant(call: Call) -> None:
    chats.remove(call.ports, call.account, call.path["chat_id"], call.path["account_id"])


@routes.json(
    "GET",
    "/chats/{chat_id}/preview",
    "Messages as a person who joins now with that history would see them; members only.",
    answers=s.MessagesPage,
    query=i.PreviewRange,
)
def preview_history(call: Call) -> s.MessagesPage:
    wanted = call.query(i.PreviewRange)
    history = chosen(wanted.history, "history", call.ports.now())
    found = histories.preview(call.ports, call.account, call.path["chat_id"], history, wanted.before, wanted.limit)
    return s.MessagesPage(shapes.messages(found.page, found.place, {}, call.account.locale), None)


def invitees(call: Call, sent: list[s.Invitee]) -> list[Invitee]:
    now = call.ports.now()
    return [
        Invitee(
            email=one.email,
            name=one.name or "",
            locale=one.locale or "",
            history=chosen(one.history, f"invitees[{at}].history", now),
        )
        for at, one in enumerate(sent)
    ]


@routes.json(
    "PUT",
    "/chats/{chat_id}/notifications",
    "Of what you want to be told while you are away.",
    takes=s.NotificationLevel,
    status=204,
)
def choose_level(call: Call, body: s.NotificationLevel) -> None:
    chats.choose_level(call.ports, call.account, call.path["chat_id"], body.level)


def checked(found: inviting.Checked) -> Reply:
    """What a call would do, where one only asked."""
    problems = [i.ProblemOut(one.code, one.detail) for one in found.problems]
    results = [shapes.result(one) for one in found.results]
    return Reply(i.CheckedOut(results, found.mails, found.mails_left, problems), 200)


def _with_people(call: Call, chat: Chat, place: Place) -> s.ChatWithPeople:
    people = chats.participants(call.ports, chat.id)
    return shapes.chat_with_people(chat, place, people, deliveries.shown(call.ports, people))


def shown(call: Call, seat: Seat) -> s.InvitationOut:
    """An invitation as its members see it, with the three words that its mail has."""
    return shapes.invitation(seat, call.ports.now(), links_of.three_words(call.ports, seat))
