"""Live: who gets which event at once. Rights are looked up for every event, so who was removed gets no further one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ..domain import errors, links
from ..domain.changes import (
    Change,
    ChatEventAdded,
    FileChanged,
    InvitationChanged,
    MembershipChanged,
    MessageChanged,
    ReactionChanged,
    RelayedMessageChanged,
)
from ..domain.chats import Chat, Membership
from ..domain.files import File
from ..domain.invitations import Invitation, Status
from ..domain.messages import Message, MessagePage
from ..domain.notifications import SOCKET_TICKET_LIFE, NotificationKind, OneTimeToken
from ..domain.people import Session
from ..domain.rosters import founder_membership
from ..ports import Connection, Ports
from . import chats, deliveries, sessions
from .deliveries import Delivery
from .onlookers import Onlookers

_HANDSHAKE = 15
_PONG = '{"type":"pong"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One event for everybody in a chat; what each person may see of it is decided when it is shown to them.

    `only` limits it to one person; `members_only` to the workspace's own people. `about` is for kinds that bring something else.
    """

    type: str
    chat_id: str
    message: Message | None = None
    page: MessagePage | None = None
    invitation: Invitation | None = None
    chat: Chat | None = None
    file: File | None = None
    seq: int = 0
    name: str = ""
    account_id: str = ""
    only: str = ""
    members_only: bool = False
    deliveries: tuple[Delivery, ...] = ()
    about: object = None


Serialize = Callable[[Announcement, Membership], object | None]
Write = Callable[[object], str]


def ticket(ports: Ports, session: Session) -> str:
    """A WebSocket address that works once, within 30 seconds, for this session. Chalice's own server has none."""
    if not ports.socket_url:
        raise errors.live_off()
    token = ports.new_token()
    one_time_token = OneTimeToken(
        purpose=NotificationKind.SOCKET,
        email="",
        expires_at=ports.now() + SOCKET_TICKET_LIFE,
        account_id=session.account_id,
        next=session.hash,
    )
    ports.one_time_tokens.put(sessions.digest(token), one_time_token)
    return f"{ports.socket_url}?ticket={token}"


def connect(ports: Ports, token: str, connection_id: str, origin: str) -> None:
    if origin and origin != links.origin_of(ports.public_url):
        raise errors.wrong_origin()
    one_time_token = sessions.consume(ports, token, NotificationKind.SOCKET)
    connection = Connection(connection_id, one_time_token.account_id, one_time_token.next)
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
    if connection and _holds(ports, connection) and ports.connections.note_activity(connection, ports.machine_now()):
        ports.sockets.send([connection_id], [_PONG])
    elif connection:
        hang_up(ports, [connection])
    else:
        ports.sockets.hang_up(connection_id)


def typing(ports: Ports, connection_id: str, chat_id: str, show: Serialize, write: Write) -> None:
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


def note_looking(ports: Ports, connection_id: str) -> None:
    """Somebody looks at a page: for half a minute they need no push."""
    connection = ports.connections.get(connection_id)
    if connection and _holds(ports, connection):
        ports.push_subscriptions.note_looking(connection.account_id, ports.now())


def hang_up_sessions(ports: Ports, account_id: str, session_hash: str = "") -> None:
    """A session is over, or all of the account are, and so are the sockets that they opened."""
    connections = ports.connections.of_accounts([account_id])
    hang_up(ports, [connection for connection in connections if session_hash in ("", connection.session_hash)])


def hang_up(ports: Ports, connections: Iterable[Connection]) -> None:
    for connection in connections:
        ports.connections.close(connection)
        ports.sockets.hang_up(connection.id)


def of_message(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    if not isinstance(change, MessageChanged):
        return []
    before, after = change.before, change.after
    page = ports.messages.page(after.chat_id, after.seq, after.seq)
    kind = "message.created" if before is None else "message.deleted" if after.deleted_at else "message.edited"
    return [Announcement(type=kind, chat_id=after.chat_id, message=after, page=page)]


def of_reaction(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    if not isinstance(change, ReactionChanged):
        return []
    page = onlookers.page(change.chat_id, change.seq)
    messages = page.messages[:1]
    return [Announcement(type="reaction.changed", chat_id=change.chat_id, message=item, page=page) for item in messages]


def of_chat(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    if not isinstance(change, ChatEventAdded):
        return []
    return [Announcement(type="chat.changed", chat_id=change.chat.id, chat=change.chat)]


def of_read_mark(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """For the reader's own windows."""
    if not isinstance(change, MembershipChanged) or not change.before or change.after.read_to == change.before.read_to:
        return []
    after = change.after
    return [Announcement(type="read", chat_id=after.chat_id, seq=after.read_to, only=after.account_id)]


def of_file(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """Before it is sent it is its author's own."""
    if not isinstance(change, FileChanged) or not change.before or _shown(change.before) == _shown(change.after):
        return []
    after = change.after
    only = "" if after.seq else after.author_id
    return [Announcement(type="file.changed", chat_id=after.chat_id, file=after, only=only)]


def _shown(file: File) -> tuple[object, ...]:
    """What one sees of a file."""
    return file.state, file.size, file.type


def announce(ports: Ports, events: list[Announcement], onlookers: Onlookers, show: Serialize, write: Write) -> None:
    """To everybody who is in the chat now and connected. Whoever can't be reached catches up by `seq`.

    A socket that said that it lives, and then nothing for a minute, may have died without a word: API Gateway would keep it
    for ten more. It gets this event and is closed, so that whoever lives there opens another.
    """
    for event in events:
        _send(ports, event, _readers(ports, event, onlookers), onlookers, show, write)


def _readers(ports: Ports, event: Announcement, onlookers: Onlookers) -> dict[str, Membership]:
    """What is for one person asks for their sockets first, and then for their own place: no roster is read for it."""
    if event.only:
        looks_on = bool(onlookers.connected([event.only]))
        membership = ports.chats.with_membership(event.chat_id, event.only)[1] if looks_on else None
        return {event.only: membership} if membership else {}
    result = onlookers.roster(event.chat_id)
    memberships = _memberships(*result) if result else {}
    if event.members_only:
        return {account_id: joined for account_id, joined in memberships.items() if joined.is_member}
    return memberships


def _send(  # what is told to whom, and how it is written
    ports: Ports,
    event: Announcement,
    memberships: dict[str, Membership],
    onlookers: Onlookers,
    show: Serialize,
    write: Write,
) -> None:
    connections = onlookers.connected(memberships)
    texts: dict[str, str] = {}
    for account_id in {item.account_id for item in connections}:
        shown = show(event, memberships[account_id])
        if shown is not None:
            texts[account_id] = write(shown)
    reached = [item for item in connections if item.account_id in texts]
    gone = set(ports.sockets.send([item.id for item in reached], [texts[item.account_id] for item in reached]))
    for connection in reached:
        if connection.is_silent(ports.machine_now()):
            onlookers.gone(connection)
            ports.sockets.hang_up(connection.id)
            continue
        # One that is just being opened can't be reached yet: it is gone only if it is older than a handshake.
        if connection.id in gone and ports.now().timestamp() - connection.opened_at > _HANDSHAKE:
            onlookers.gone(connection)


def of_relayed_message(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """For the author alone, where they are looking on."""
    if not isinstance(change, RelayedMessageChanged):
        return []
    chat_id, page = change.chat_id, onlookers.page(change.chat_id, change.seq)
    message = page.messages[0] if page.messages else None
    if message is None or message.author is None or message.deleted_at:
        return []
    author = message.author.account_id
    if not onlookers.connected([author]):
        return []
    delivery_states = deliveries.of_one(ports, message, onlookers.invitations(chat_id))
    return [
        Announcement(
            type="delivery.changed",
            chat_id=chat_id,
            message=message,
            page=page,
            only=author,
            deliveries=delivery_states,
        )
    ]


def of_invitation(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    if not isinstance(change, InvitationChanged):
        return []
    before, after = change.before, change.after
    events = []
    came_with_chat = before is None and after.since == 1  # nobody looks on yet
    if after.was_mailed and after != before and not came_with_chat:
        events.append(
            Announcement(type="invitation.changed", chat_id=after.chat_id, invitation=after, members_only=True)
        )
    was = before.status if before else None
    if after.status is Status.ACCEPTED and was is not Status.ACCEPTED:
        events.append(Announcement(type="participant.joined", chat_id=after.chat_id, invitation=after))
    if after.status is Status.LEFT and was is Status.ACCEPTED:
        events.append(Announcement(type="participant.left", chat_id=after.chat_id, invitation=after))
    return events


def _memberships(chat: Chat, invitations: tuple[Invitation, ...]) -> dict[str, Membership]:
    """What each person who is there may see, from the roster alone."""
    founder = founder_membership(chat)
    memberships = {} if chat.founder_left else {founder.account_id: founder}
    for invitation in invitations:
        if invitation.is_taken:
            memberships[invitation.account_id] = replace(
                founder,
                account_id=invitation.account_id,
                invitation_id=invitation.id,
                role=invitation.role,
                via=invitation.via,
                reads_from=invitation.reads_from,
            )
    return memberships
