"""What follows from a change in the table: mails are queued, lines appear in the chat, mentions are counted.

Each change may come twice, late or out of order; every effect is claimed by a condition of its own.
"""

import json
from collections.abc import Iterable

from ..domain import due, errors
from ..domain.changes import Change, ChatTold, LetterPromised, MemberRemoved, MessageChanged, SeatChanged, SessionsEnded
from ..domain.invitations import AskKind, MailState, Seat, Status
from ..domain.letters import LetterKind
from ..domain.messages import Event, EventType, MessageKind
from ..ports import Ports
from . import chats, letters, live, mails, messages, workspaces


def tell_the_world(ports: Ports, change: Change) -> None:
    match change:
        case SeatChanged():
            _follow_invitation(ports, change)
            _tell_chat_of_seat(ports, change)
        case ChatTold(chat, event, nonce):
            ports.workspaces.note_chat(chat.workspace_id, chat.id)
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


def _follow_invitation(ports: Ports, change: SeatChanged) -> None:
    """Its mail is queued, what will be due is noted, and its inviter is told what became of it."""
    before, after = change.before, change.after
    if not after.is_invitation:
        return
    if before is None or (before.status, before.expires_at) != (after.status, after.expires_at):
        ports.agenda.add(list(due.of_invitation(after)))
    _queue_mail(ports, before, after)
    _tell_inviter(ports, before, after)


def _queue_mail(ports: Ports, before: Seat | None, after: Seat) -> None:
    """As often as a mail is wanted anew. The queue's worker claims each mail, so that asking twice does no harm."""
    wanted, known = after.mail, before.mail if before else None
    if wanted and wanted.wanted > wanted.done and (known is None or wanted.wanted > known.wanted):
        queue_if_allowed(ports, after)


def queue_if_allowed(ports: Ports, seat: Seat) -> None:
    """Into the queue, unless the address has had its mails for today: then it waits for tomorrow."""
    if seat.mail and mails.may_go_today(ports, seat):
        ports.mail_queue.put([json.dumps({"chat": seat.chat_id, "seat": seat.id, "number": seat.mail.wanted})])


def _tell_inviter(ports: Ports, before: Seat | None, after: Seat) -> None:
    known = {ask.id for ask in before.asks} if before else set()
    for ask in after.open_asks:
        if ask.id not in known:
            letters.tell_inviter(ports, after, LetterKind(ask.kind if ask.kind is AskKind.RENEW else "ask"), ask.id)
    if before is None:
        return
    if after.status is Status.DECLINED and before.status is not Status.DECLINED:
        letters.tell_inviter(ports, after, LetterKind.DECLINED, after.reason)
    if _bounced(after) and not _bounced(before):
        letters.tell_inviter(ports, after, LetterKind.BOUNCED, after.mail.detail if after.mail else "")


def _bounced(seat: Seat) -> bool:
    return seat.mail is not None and seat.mail.state is MailState.BOUNCED


def _tell_chat_of_seat(ports: Ports, change: SeatChanged) -> None:
    before, after = change.before, change.after
    bounced = _bounced(after) and before is not None and not _bounced(before)
    if not bounced and before is not None and before.status is after.status:
        return
    for event, nonce in _bounce(after) if bounced else _events(after, before.status if before else None):
        found = ports.chats.get_many([after.chat_id]).get(after.chat_id)
        if found is None:
            raise errors.busy()  # a new chat's own item comes last
        messages.tell(ports, found, event, nonce)
    if not bounced:
        _show_faces(ports, change)


def _show_faces(ports: Ports, change: SeatChanged) -> None:
    """Lists show who is in the chat. A new chat shows them from the start."""
    if change.before is not None:
        chat, seats = chats.roster(ports, change.after.chat_id)
        faces = chats.faces_of(chat, seats, ports.now())
        if faces != chat.faces:
            ports.chats.show(chat.id, faces)


def _bounce(seat: Seat) -> Iterable[tuple[Event, str]]:
    mail = seat.mail
    if mail:
        event = Event(type=EventType.INVITATION_BOUNCED, email=seat.email, reason=mail.detail)
        yield event, f"{event.type}:{seat.id}:{mail.wanted}"


def _events(seat: Seat, before: Status | None) -> Iterable[tuple[Event, str]]:
    for event in _of_status(seat, before):
        yield event, f"{event.type}:{seat.id}:{seat.generation}"


def _of_status(seat: Seat, before: Status | None) -> Iterable[Event]:
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
        ports.agenda.add_once(due.missed(after.chat_id, ports.now()))
