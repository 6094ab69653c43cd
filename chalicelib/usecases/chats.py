"""Chats: finding them, naming them, leaving them. Making one is in `invitations`, for it starts with inviting."""

from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import errors, names
from ..domain.characters import is_blank
from ..domain.chats import FACES, Chat, ChatKind, ChatRole, Face, Level, Participant, Place, refuse_unless_member
from ..domain.invitations import FOUNDER, Seat
from ..domain.people import Account, Via
from ..ports import Ports

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A chat as one person sees it in a list. `name` is empty for a direct chat."""

    chat: Chat
    place: Place


def as_participant(ports: Ports, account: Account, chat_id: str) -> tuple[Chat, Place]:
    """The only way from a request to a chat: what is not yours is not there."""
    chat, place = ports.chats.with_place(chat_id, account.id)
    if chat is None or place is None:
        raise errors.unknown()
    return chat, place


def listed(ports: Ports, account: Account) -> list[Listed]:
    """All chats this person is in, most recent activity first."""
    places = {place.chat_id: place for place in ports.chats.places(account.id)}
    chats = ports.chats.get_many(places)
    found = [Listed(chat, places[chat.id]) for chat in chats.values()]
    return sorted(found, key=lambda one: (one.chat.last_at, one.chat.id), reverse=True)


def participants(ports: Ports, chat_id: str) -> tuple[Participant, ...]:
    chat, seats = roster(ports, chat_id)
    return participants_of(chat, seats)


def participants_of(chat: Chat, seats: tuple[Seat, ...]) -> tuple[Participant, ...]:
    """Who is in the chat now, the founder first, then in order of joining."""
    founder = Participant(
        account_id=chat.founder_id,
        name=chat.founder_name,
        role=ChatRole.MEMBER,
        via=Via.WEBTOP,
        joined_at=chat.created_at,
        seat_id=FOUNDER,
    )
    joined = sorted(
        (_participant(seat) for seat in seats if seat.is_taken), key=lambda one: (one.joined_at, one.seat_id)
    )
    return tuple(joined) if chat.founder_left else (founder, *joined)


def faces_of(chat: Chat, seats: tuple[Seat, ...], now: datetime) -> tuple[Face, ...]:
    """Who stands for the chat in lists: who joined, then who is invited."""
    joined = [Face(one.account_id, one.name, one.role) for one in participants_of(chat, seats)]
    invited = [Face("", seat.email, seat.role) for seat in seats if seat.is_invitation and seat.is_open_at(now)]
    return tuple([*joined, *invited][:FACES])


def show(ports: Ports, chat: Chat, seats: tuple[Seat, ...]) -> None:
    """Lists show who is in the chat, and who is invited now."""
    faces = faces_of(chat, seats, ports.now())
    if faces != chat.faces:
        ports.chats.show(chat.id, faces)


def roster(ports: Ports, chat_id: str) -> tuple[Chat, tuple[Seat, ...]]:
    found = ports.chats.roster(chat_id)
    if found is None:
        raise errors.unknown()
    return found


def rename(ports: Ports, account: Account, chat_id: str, name: str) -> Chat:
    chat, place = as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    if chat.kind is ChatKind.DIRECT:
        raise errors.conflict("direct_chat", "A chat of two has no name. Invite a third person first.")
    name = "" if is_blank(name) else names.clean(name, "name", names.TITLE)
    for _ in range(_TRIES):
        if ports.chats.rename(chat, name, account.name, ports.now()):
            return replace(chat, name=name)
        chat, place = as_participant(ports, account, chat_id)
    raise errors.busy()


def choose_level(ports: Ports, account: Account, chat_id: str, level: Level) -> None:
    """Of what in this chat the person is mailed while they are away."""
    _, place = as_participant(ports, account, chat_id)
    ports.chats.choose_level(place, level)


def remove(ports: Ports, account: Account, chat_id: str, account_id: str) -> None:
    """Leave, or remove somebody from outside: by their inviter, or an owner or admin. At once, everywhere."""
    _, place = as_participant(ports, account, chat_id)
    if account_id == account.id:
        ports.chats.leave(place, ports.now(), "")
        return
    refuse_unless_member(place)
    _, theirs = ports.chats.with_place(chat_id, account_id)
    if theirs is None:
        raise errors.unknown()
    _refuse_unless_may_remove(ports, account, place, theirs)
    ports.chats.leave(theirs, ports.now(), account.name)


def _refuse_unless_may_remove(ports: Ports, account: Account, by: Place, whom: Place) -> None:
    if whom.is_member:
        raise errors.may_not("remove a member")
    seat = ports.invitations.get(whom.chat_id, whom.seat_id)
    if seat is not None and seat.inviter_id == account.id:
        return
    member = ports.workspaces.members_among(by.workspace_id, [account.id]).get(account.id)
    if member is None or not member.role.may_manage:
        raise errors.may_not("remove this person")


def _participant(seat: Seat) -> Participant:
    return Participant(
        account_id=seat.account_id,
        name=seat.name,
        role=seat.role,
        via=seat.via,
        joined_at=seat.joined_at or seat.created_at,
        seat_id=seat.id,
        organization=seat.organization,
        invited_as=seat.email,
        inviter_id=seat.inviter_id,
    )
