"""Live: who gets which event at once. Rights are looked up for every event, so who was removed gets no further one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ..domain import errors, links
from ..domain.changes import Change, ChatTold, CopyChanged, MessageChanged, PlaceChanged, ReactionChanged, SeatChanged
from ..domain.chats import Chat, Place
from ..domain.invitations import Seat, Status, place_of_founder
from ..domain.letters import SOCKET_TICKET_LIFE, LetterKind, Secret
from ..domain.messages import Message, Page
from ..domain.people import Session
from ..ports import Connection, Ports
from . import chats, deliveries, sessions
from .deliveries import Delivery
from .onlookers import Onlookers

_HANDSHAKE = 15
_PONG = '{"type":"pong"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One event for everybody in a chat; what each person may see of it is decided when it is shown to them.

    `only` limits it to one person; `members_only` to the workspace's own people.
    """

    type: str
    chat_id: str
    message: Message | None = None
    page: Page | None = None
    seat: Seat | None = None
    chat: Chat | None = None
    seq: int = 0
    name: str = ""
    account_id: str = ""
    only: str = ""
    members_only: bool = False
    fares: tuple[Delivery, ...] = ()


Show = Callable[[Announcement, Place], dict[str, Any] | None]
Write = Callable[[dict[str, Any]], str]


def ticket(ports: Ports, session: Session) -> str:
    """A WebSocket address that works once, within 30 seconds, for this session."""
    token = ports.new_token()
    secret = Secret(
        purpose=LetterKind.SOCKET,
        email="",
        expires_at=ports.now() + SOCKET_TICKET_LIFE,
        account_id=session.account_id,
        next=session.hash,
    )
    ports.secrets.put(sessions.digest(token), secret)
    return f"{ports.socket_url}?ticket={token}"


def connect(ports: Ports, token: str, connection_id: str, origin: str) -> None:
    if origin and origin != links.origin_of(ports.public_url):
        raise errors.wrong_origin()
    secret = sessions.consume(ports, token, LetterKind.SOCKET)
    connection = Connection(connection_id, secret.account_id, secret.next)
    if not _holds(ports, connection):
        raise errors.not_signed_in()
    ports.connections.open(connection, ports.now())
    if not _holds(ports, connection):  # it ended in this moment: who hung its sockets up didn't see this one yet
        raise errors.not_signed_in()


def _holds(ports: Ports, connection: Connection) -> bool:
    account, session = ports.accounts.with_session(connection.account_id, connection.session_hash)
    return account is not None and session is not None and session.holds_at(ports.now(), account)


def disconnect(ports: Ports, connection_id: str) -> None:
    connection = ports.connections.get(connection_id)
    if connection:
        ports.connections.close(connection)


def ping(ports: Ports, connection_id: str) -> None:
    """Answers a connection that gets events. One that gets none any more (its session is over, or it was forgotten
    because the person opened more than are kept) is closed, so that the page opens another."""
    connection = ports.connections.get(connection_id)
    known = connection and any(
        one.id == connection_id for one in ports.connections.of_accounts([connection.account_id])
    )
    if connection and known and _holds(ports, connection):
        ports.sockets.send([connection_id], [_PONG])
    elif connection:
        hang_up(ports, [connection])
    else:
        ports.sockets.hang_up(connection_id)


def typing(ports: Ports, connection_id: str, chat_id: str, show: Show, write: Write) -> None:
    """Tells the others in the chat; only from somebody who is in it now, by a session that holds now."""
    connection = ports.connections.get(connection_id)
    if connection is None:
        return
    account, session = ports.accounts.with_session(connection.account_id, connection.session_hash)
    if account is None or session is None or not session.holds_at(ports.now(), account):
        hang_up(ports, [connection])
        return
    chats.as_participant(ports, account, chat_id)
    announce(
        ports,
        [Announcement(type="typing", chat_id=chat_id, account_id=account.id, name=account.name)],
        Onlookers(ports),
        show,
        write,
    )


def hang_up_sessions(ports: Ports, account_id: str, session_hash: str = "") -> None:
    """A session is over, or all of the account are, and so are the sockets that they opened."""
    own = ports.connections.of_accounts([account_id])
    hang_up(ports, [one for one in own if session_hash in ("", one.session_hash)])


def hang_up(ports: Ports, connections: Iterable[Connection]) -> None:
    for connection in connections:
        ports.connections.close(connection)
        ports.sockets.hang_up(connection.id)


def announcements(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """What a change in the table means for those who are looking on."""
    match change:
        case MessageChanged(before, after):
            page = ports.messages.page(after.chat_id, after.seq, after.seq)
            kind = "message.created" if before is None else "message.deleted" if after.deleted_at else "message.edited"
            return [Announcement(type=kind, chat_id=after.chat_id, message=after, page=page)]
        case ReactionChanged(chat_id, seq):
            page = onlookers.page(chat_id, seq)
            return (
                [Announcement(type="reaction.changed", chat_id=chat_id, message=page.messages[0], page=page)]
                if page.messages
                else []
            )
        case CopyChanged(chat_id, seq):
            return _of_copy(ports, chat_id, seq, onlookers)
        case SeatChanged():
            return _of_seat(change)
        case ChatTold(chat, _, _):
            return [Announcement(type="chat.changed", chat_id=chat.id, chat=chat)]
        case PlaceChanged(before, after) if before and after.read_to > before.read_to:
            return [Announcement(type="read", chat_id=after.chat_id, seq=after.read_to, only=after.account_id)]
        case _:
            return []


def announce(ports: Ports, events: list[Announcement], onlookers: Onlookers, show: Show, write: Write) -> None:
    """To everybody who is in the chat now and connected. Whoever can't be reached catches up by `seq`."""
    for event in events:
        _send(ports, event, _readers(ports, event, onlookers), onlookers, show, write)


def _readers(ports: Ports, event: Announcement, onlookers: Onlookers) -> dict[str, Place]:
    """What is for one person asks for their sockets first, and then for their own place: no roster is read for it."""
    if event.only:
        looks_on = bool(onlookers.connected([event.only]))
        place = ports.chats.with_place(event.chat_id, event.only)[1] if looks_on else None
        return {event.only: place} if place else {}
    found = onlookers.roster(event.chat_id)
    places = _places(*found) if found else {}
    if event.members_only:
        return {account_id: place for account_id, place in places.items() if place.is_member}
    return places


def _send(  # what is told to whom, and how it is written
    ports: Ports, event: Announcement, places: dict[str, Place], onlookers: Onlookers, show: Show, write: Write
) -> None:
    connections = onlookers.connected(places)
    texts: dict[str, str] = {}
    for account_id in {one.account_id for one in connections}:
        shown = show(event, places[account_id])
        if shown is not None:
            texts[account_id] = write(shown)
    reached = [one for one in connections if one.account_id in texts]
    gone = set(ports.sockets.send([one.id for one in reached], [texts[one.account_id] for one in reached]))
    for one in reached:
        # One that is just being opened can't be reached yet: it is gone only if it is older than a handshake.
        if one.id in gone and ports.now().timestamp() - one.opened_at > _HANDSHAKE:
            onlookers.gone(one)


def _of_copy(ports: Ports, chat_id: str, seq: int, onlookers: Onlookers) -> list[Announcement]:
    """For the author alone, where they are looking on."""
    page = onlookers.page(chat_id, seq)
    message = page.messages[0] if page.messages else None
    if message is None or message.author is None or message.deleted_at:
        return []
    author = message.author.account_id
    if not onlookers.connected([author]):
        return []
    fares = deliveries.of_one(ports, message, onlookers.seats(chat_id))
    return [
        Announcement(type="delivery.changed", chat_id=chat_id, message=message, page=page, only=author, fares=fares)
    ]


def _of_seat(change: SeatChanged) -> list[Announcement]:
    before, after = change.before, change.after
    events = []
    came_with_chat = before is None and after.since == 1  # nobody looks on yet
    if after.is_invitation and after != before and not came_with_chat:
        events.append(Announcement(type="invitation.changed", chat_id=after.chat_id, seat=after, members_only=True))
    was = before.status if before else None
    if after.status is Status.ACCEPTED and was is not Status.ACCEPTED:
        events.append(Announcement(type="participant.joined", chat_id=after.chat_id, seat=after))
    if after.status is Status.LEFT and was is Status.ACCEPTED:
        events.append(Announcement(type="participant.left", chat_id=after.chat_id, seat=after))
    return events


def _places(chat: Chat, seats: tuple[Seat, ...]) -> dict[str, Place]:
    """What each person who is there may see, from the roster alone."""
    founder = place_of_founder(chat)
    places = {} if chat.founder_left else {founder.account_id: founder}
    for seat in seats:
        if seat.is_taken:
            places[seat.account_id] = replace(
                founder,
                account_id=seat.account_id,
                seat_id=seat.id,
                role=seat.role,
                via=seat.via,
                reads_from=seat.reads_from,
            )
    return places
