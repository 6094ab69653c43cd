"""Chats and who is in them."""

from msgspec import UNSET

from ...domain.chats import Chat, Membership
from ...domain.ends import checked_end
from ...domain.history import chosen
from ...domain.invitations import Invitation
from ...domain.inviting import Invitee
from ...domain.rosters import founder_membership
from ...schemas import bodies as s
from ...schemas import inviting as i
from ...schemas import serializers as shapes
from ...schemas.places import PlaceChange
from ...usecases import charge, chats, checking, deliveries, ending, invitation_links, inviting, places
from ...usecases import history as histories
from ...usecases.places import PlaceSettings
from .. import cursors
from ..requests import checked_path
from ..routing import Reply, RequestContext, Routes

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
def create_chat(request: RequestContext, body: s.NewChat) -> s.ChatCreated | Reply:
    workspace_id = checked_path({"workspace_id": body.workspace_id})["workspace_id"]
    people, name, line = invitees(request, body.invitees), body.name or "", body.line or ""
    call = request.ports, request.account, workspace_id, people, name, request.ids, line
    if request.query(i.Checking).is_check:
        return checked(checking.check_chat(*call))
    made = inviting.create_chat(*call)
    chat, membership = chats.as_participant(request.ports, request.account, made.chat.id)
    return s.ChatCreated(
        _with_people(request, chat, membership),
        [shown(request, invitation) for invitation in made.invitations],
        [shapes.result(result) for result in made.results],
    )


@routes.json(
    "GET",
    "/chats",
    "Your chats, most recent activity first; without those you hid, or those alone.",
    answers=s.ChatsPage,
    query=s.ChatsQuery,
)
def list_chats(request: RequestContext) -> s.ChatsPage:
    paging = request.query(s.ChatsQuery)
    listed_chats = chats.listed(request.ports, request.account, hidden=paging.hidden == "true")
    after = cursors.read(request.ports, request.account.id, request.incoming.path, paging.cursor)
    keys = [listed_chat.chat.id for listed_chat in listed_chats]
    page, last = cursors.slice_of(listed_chats, keys, after, paging.limit)
    following = cursors.make(request.ports, request.account.id, request.incoming.path, last) if last else None
    return s.ChatsPage([shapes.chat(listed_chat.chat, listed_chat.membership) for listed_chat in page], following)


@routes.json("GET", "/chats/{chat_id}", "A chat of yours, with its people.", answers=s.ChatWithPeople)
def get_chat(request: RequestContext) -> s.ChatWithPeople:
    chat, membership = chats.as_participant(request.ports, request.account, request.path["chat_id"])
    return _with_people(request, chat, membership)


@routes.json("PATCH", "/chats/{chat_id}", "Name a group chat; members only.", takes=s.NewName, answers=s.ChatWithPeople)
def rename_chat(request: RequestContext, body: s.NewName) -> s.ChatWithPeople:
    chats.rename(request.ports, request.account, request.path["chat_id"], body.name or "")
    return get_chat(request)


@routes.json(
    "DELETE", "/chats/{chat_id}/participants/{account_id}", "Remove somebody from outside; or leave.", status=204
)
def remove_participant(request: RequestContext) -> None:
    ending.remove(request.ports, request.account, request.path["chat_id"], request.path["account_id"])


@routes.json(
    "PATCH",
    "/chats/{chat_id}/participants/{account_id}",
    "When a place from outside ends, and who answers for it; its owner, and the workspace's owners and admins.",
    takes=PlaceChange,
    answers=s.ParticipantOut,
)
def change_participant(request: RequestContext, body: PlaceChange) -> s.ParticipantOut:
    wanted = PlaceSettings(
        has_end=body.ends_at is not UNSET,
        ends_at=body.ends_at or None,
        owner_id=body.owner or "",
    )
    participant, reader = places.change(
        request.ports, request.account, request.path["chat_id"], request.path["account_id"], wanted
    )
    return shapes.participant(participant, reader)


@routes.json(
    "POST",
    "/chats/{chat_id}/take-over",
    "Become a member of a chat that no member is in; the workspace's owners and admins.",
    answers=s.ChatOut,
    refusals=(409,),
)
def take_over_chat(request: RequestContext) -> s.ChatOut:
    return shapes.chat(*charge.take_over(request.ports, request.account, request.path["chat_id"]))


@routes.json(
    "POST",
    "/chats/{chat_id}/close",
    "Close a chat that no member is in; the workspace's owners and admins.",
    answers=s.ChatOut,
    refusals=(409,),
)
def close_chat(request: RequestContext) -> s.ChatOut:
    chat = charge.close(request.ports, request.account, request.path["chat_id"])
    return shapes.chat(chat, founder_membership(chat))


@routes.json(
    "GET",
    "/chats/{chat_id}/preview",
    "Messages as a person who joins now with that history would see them; members only.",
    answers=s.MessagesPage,
    query=i.PreviewRange,
)
def preview_history(request: RequestContext) -> s.MessagesPage:
    wanted = request.query(i.PreviewRange)
    history = chosen(wanted.history, "history", request.ports.now())
    read = histories.preview(
        request.ports, request.account, request.path["chat_id"], history, wanted.before, wanted.limit
    )
    return s.MessagesPage(shapes.messages(read.page, read.membership, {}, request.locale), None)


def invitees(request: RequestContext, sent: list[s.Invitee]) -> list[Invitee]:
    now = request.ports.now()
    return [
        Invitee(
            email=invitee.email,
            name=invitee.name or "",
            locale=invitee.locale or "",
            history=chosen(invitee.history, f"invitees[{at}].history", now),
            ends_at=checked_end(invitee.ends_at, now, f"invitees[{at}].ends_at"),
        )
        for at, invitee in enumerate(sent)
    ]


@routes.json(
    "PUT",
    "/chats/{chat_id}/notifications",
    "Of what you want to be told while you are away.",
    takes=s.NotificationLevel,
    status=204,
)
def choose_level(request: RequestContext, body: s.NotificationLevel) -> None:
    chats.choose_level(request.ports, request.account, request.path["chat_id"], body.level)


@routes.json("PUT", "/chats/{chat_id}/hidden", "Out of your list, until somebody writes there.", status=204)
def hide_chat(request: RequestContext) -> None:
    chats.hide(request.ports, request.account, request.path["chat_id"], True)


@routes.json("DELETE", "/chats/{chat_id}/hidden", "Back into your list.", status=204)
def show_chat(request: RequestContext) -> None:
    chats.hide(request.ports, request.account, request.path["chat_id"], False)


def checked(checked: checking.Checked) -> Reply:
    """What a call would do, where one only asked."""
    problems = [i.ProblemOut(refusal.code, refusal.detail) for refusal in checked.problems]
    results = [shapes.result(result) for result in checked.results]
    return Reply(i.CheckedOut(results, checked.mails, checked.mails_left, problems), 200)


def _with_people(request: RequestContext, chat: Chat, membership: Membership) -> s.ChatWithPeople:
    people = chats.participants(request.ports, chat.id)
    return shapes.chat_with_people(chat, membership, people, deliveries.capabilities_of(request.ports, people))


def shown(request: RequestContext, invitation: Invitation) -> s.InvitationOut:
    """An invitation as its members see it, with the three words that its mail has."""
    return shapes.invitation(invitation, request.ports.now(), invitation_links.three_words(request.ports, invitation))
