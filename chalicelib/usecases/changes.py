"""What follows from a change in the table: mails are queued, lines appear in the chat, mentions are counted.

Each change may come twice, late or out of order; every effect is claimed by a condition of its own.
"""

import json
from collections.abc import Iterable

from ..domain import errors
from ..domain.changes import Change, ChatTold, LetterPromised, MemberRemoved, MessageChanged, SeatChanged, SessionsEnded
from ..domain.invitations import Seat, Status
from ..domain.messages import Event, EventType, MessageKind
from ..ports import Ports
from . import chats, live, messages, workspaces


def tell_the_world(ports: Ports, change: Change) -> None:
    match change:
        case SeatChanged():
            _queue_mail(ports, change)
            _tell_chat_of_seat(ports, change)
        case ChatTold(chat, event, nonce):
            if event.type is not EventType.INVITATION_SENT or event.count:
                messages.tell(ports, chat, event, nonce)
        case LetterPromised(letter_id):
            ports.mail_queue.put([json.dumps({"letter": letter_id})])
        case MessageChanged():
            _count_mentions(ports, change)
        case SessionsEnded(account_id, session_hash):
            live.hang_up_sessions(ports, account_id, session_hash)
        case MemberRemoved(member):
            workspaces.leave_chats(ports, member.account_id, member.workspace_id, "")


def _queue_mail(ports: Ports, change: SeatChanged) -> None:
    """As often as a mail is wanted anew. The queue's worker claims each mail, so that asking twice does no harm."""
    after, before = change.after.mail, change.before.mail if change.before else None
    if after and after.wanted > after.done and (before is None or after.wanted > before.wanted):
        seat = change.after
        ports.mail_queue.put([json.dumps({"chat": seat.chat_id, "seat": seat.id, "number": after.wanted})])


def _tell_chat_of_seat(ports: Ports, change: SeatChanged) -> None:
    before = change.before.status if change.before else None
    if before is change.after.status:
        return
    for event in _events(change.after, before):
        found = ports.chats.get_many([change.after.chat_id]).get(change.after.chat_id)
        if found is None:
            raise errors.busy()  # a new chat's own item comes last
        messages.tell(ports, found, event, f"{event.type}:{change.after.id}:{change.after.generation}")
    _show_faces(ports, change)


def _show_faces(ports: Ports, change: SeatChanged) -> None:
    """Lists show who is in the chat. A new chat shows them from the start."""
    if change.before is not None:
        chat, seats = chats.roster(ports, change.after.chat_id)
        faces = chats.faces_of(chat, seats, ports.now())
        if faces != chat.faces:
            ports.chats.show(chat.id, faces)


def _events(seat: Seat, before: Status | None) -> Iterable[Event]:
    own = seat.account_email == seat.email
    match seat.status:
        case Status.ACCEPTED:
            yield Event(
                type=EventType.JOINED,
                account_id=seat.account_id,
                name=seat.name,
                by="" if seat.is_invitation else seat.inviter_name,
                via=seat.via,
                organization=seat.organization,
                email=seat.email,
                own_address="" if own else seat.account_email,
            )
        case Status.DECLINED:
            yield Event(type=EventType.INVITATION_DECLINED, email=seat.email, reason=seat.reason)
        case Status.REVOKED:
            yield Event(type=EventType.INVITATION_REVOKED, email=seat.email, by=seat.ended_by)
        case Status.LEFT if before is not None:
            kind = EventType.REMOVED if seat.ended_by else EventType.LEFT
            yield Event(type=kind, account_id=seat.account_id, name=seat.name, by=seat.ended_by)
        case _:
            return


def _count_mentions(ports: Ports, change: MessageChanged) -> None:
    after = change.after
    if change.before is None and after.kind is MessageKind.TEXT and after.author is not None:
        for mention in after.mentions:
            if mention.account_id != after.author.account_id:
                ports.chats.count_mention(mention.account_id, after.chat_id, after.seq)
