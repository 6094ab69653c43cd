"""What follows from a change in the table: mails are queued, lines appear in the chat, mentions are counted.

Each change may come twice, late or out of order; every effect is claimed by a condition of its own.
"""

import json
from collections.abc import Iterable, Sequence

from ..domain import due
from ..domain.changes import Change, ChatTold, LetterPromised, MemberRemoved, MessageChanged, SeatChanged, SessionsEnded
from ..domain.chats import Chat
from ..domain.invitations import AskKind, MailState, Seat, Status
from ..domain.letters import LetterKind
from ..domain.messages import Event, EventType, Message, MessageKind
from ..ports import Ports
from . import chats, letters, links_of, live, mails, messages, workspaces
from .onlookers import Onlookers


def tell_the_world(ports: Ports, change: Change) -> None:
    match change:
        case SeatChanged():
            _follow_seat(ports, change)
        case ChatTold():
            _follow_chat(ports, change)
        case LetterPromised(letter_id):
            ports.mail_queue.put([json.dumps({"letter": letter_id})])
        case MessageChanged():
            _count(ports, change)
        case SessionsEnded(account_id, session_hash):
            live.hang_up_sessions(ports, account_id, session_hash)
        case MemberRemoved(member):
            workspaces.leave_chats(ports, member.account_id, member.workspace_id, "")


def show(onlookers: Onlookers, change: Change) -> None:
    """Whoever comes or goes, or is invited, may be one of those who stand for the chat in lists."""
    if isinstance(change, SeatChanged) and _has_new_status(change):
        onlookers.show(change.after.chat_id)


def _follow_chat(ports: Ports, told: ChatTold) -> None:
    ports.workspaces.note_chat(told.chat.workspace_id, told.chat.id)
    if told.event.type is not EventType.INVITATION_SENT or told.event.count:
        messages.tell(ports, told.chat, told.event, told.nonce)
    if told.is_new:
        _follow_new_chat(ports, told.chat.id)


def _follow_new_chat(ports: Ports, chat_id: str) -> None:
    """All that came with the chat. What came of a call that was cut off before there was a chat is never heard of."""
    chat, seats = chats.roster(ports, chat_id)
    came = [seat for seat in seats if seat.since == 1]
    invited = [seat for seat in came if seat.is_invitation]
    _note(ports, invited)
    mails.queue(ports, [seat for seat in invited if _waits(seat)])
    for seat in came:
        _tell_chat(ports, chat, _events(seat, None))


def _follow_seat(ports: Ports, change: SeatChanged) -> None:
    """Its mail is queued, what will be due is noted, its inviter and the chat are told what became of it."""
    before, after = change.before, change.after
    if before is None and after.since == 1:
        return  # it came with the chat, and is followed with it
    if after.is_invitation:
        if _is_to_note(before, after):
            _note(ports, [after])
        if _is_wanted_anew(before, after):
            mails.queue(ports, [after])
        _tell_inviter(ports, before, after)
    _tell_chat_of_seat(ports, change)


def _note(ports: Ports, seats: Sequence[Seat]) -> None:
    """In the agenda, and by address and short code."""
    ports.agenda.add([one for seat in seats for one in due.of_invitation(seat)], ports.now())
    ports.pointers.add([(seat, links_of.short_code(ports, seat)) for seat in seats])


def _is_to_note(before: Seat | None, after: Seat) -> bool:
    def named(seat: Seat) -> object:
        return seat.status, seat.expires_at, seat.generation, seat.mail and seat.mail.wanted

    return before is None or named(before) != named(after)


def _is_wanted_anew(before: Seat | None, after: Seat) -> bool:
    """The queue's worker claims each mail, so that asking twice does no harm."""
    known = before.mail.wanted if before and before.mail else 0
    return _waits(after) and after.mail is not None and after.mail.wanted > known


def _waits(seat: Seat) -> bool:
    return seat.mail is not None and seat.mail.wanted > seat.mail.done


def _tell_inviter(ports: Ports, before: Seat | None, after: Seat) -> None:
    known = {ask.id for ask in before.asks} if before else set()
    for ask in after.open_asks:
        if ask.id not in known:
            letters.tell_inviter(ports, after, _ASKED[ask.kind], ask.id)
    if before is None:
        return
    if after.status is Status.DECLINED and before.status is not Status.DECLINED:
        letters.tell_inviter(ports, after, LetterKind.DECLINED, after.reason)
    if _bounced(after) and not _bounced(before):
        letters.tell_inviter(ports, after, LetterKind.BOUNCED, after.mail.reason if after.mail else "")


_ASKED = {AskKind.JOIN: LetterKind.ASK, AskKind.RENEW: LetterKind.RENEW}


def _bounced(seat: Seat) -> bool:
    return seat.mail is not None and seat.mail.state is MailState.BOUNCED


def _tell_chat_of_seat(ports: Ports, change: SeatChanged) -> None:
    before, after = change.before, change.after
    events: list[tuple[Event, str]] = []
    if _bounced(after) and before is not None and not _bounced(before):
        events += _bounce(after)
    if _has_new_status(change):
        events += _events(after, before.status if before else None)
    chat = ports.chats.get_many([after.chat_id]).get(after.chat_id) if events else None
    if chat:
        _tell_chat(ports, chat, events)


def _has_new_status(change: SeatChanged) -> bool:
    """What came with the chat was shown with it."""
    if change.before is None:
        return change.after.since > 1
    return change.before.status is not change.after.status


def _tell_chat(ports: Ports, chat: Chat, events: Iterable[tuple[Event, str]]) -> None:
    for event, nonce in events:
        messages.tell(ports, chat, event, nonce)


def _bounce(seat: Seat) -> Iterable[tuple[Event, str]]:
    mail = seat.mail
    if mail:
        ids = (seat.id,)
        event = Event(type=EventType.INVITATION_BOUNCED, email=seat.email, reason=mail.reason, invitation_ids=ids)
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
            yield Event(
                type=EventType.INVITATION_DECLINED, email=seat.email, reason=seat.reason, invitation_ids=(seat.id,)
            )
        case Status.REVOKED:
            yield Event(
                type=EventType.INVITATION_REVOKED, email=seat.email, by=seat.ended_by, invitation_ids=(seat.id,)
            )
        case Status.LEFT if before is not None:
            kind = EventType.REMOVED if seat.ended_by else EventType.LEFT
            yield Event(type=kind, account_id=seat.account_id, name=seat.name, by=seat.ended_by)
        case _:
            return


def _count(ports: Ports, change: MessageChanged) -> None:
    """What is unread, and who is mentioned: by what the message says now, in whatever order its changes are told."""
    before, after = change.before, change.after
    if after.kind is not MessageKind.TEXT or after.author is None:
        return
    changed = _mentioned(before) ^ _mentioned(after)
    now = _mentioned(ports.messages.get(after.chat_id, after.seq)) if changed else set()
    for account_id in changed:
        count = ports.chats.count_mention if account_id in now else ports.chats.uncount_mention
        count(account_id, after.chat_id, after.seq)
    if before is None:
        ports.agenda.add_once(due.missed(after.chat_id, ports.now()))
    if after.deleted_at and not (before and before.deleted_at):
        ports.chats.note_deleted(after.chat_id, after.seq)


def _mentioned(message: Message | None) -> set[str]:
    author = message.author.account_id if message and message.author else ""
    return {one.account_id for one in message.mentions} - {author} if message else set()
