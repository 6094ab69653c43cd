"""Out: each message reaches each participant's own Slack or Teams once, in order, and follows its edits.

A job says only "bring this message's copy at that destination up to date"; what is to be done follows from the ledger and
from the message as it is now. So a job that comes twice, late or after a crash does no harm.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..domain import due as agenda
from ..domain.changes import Change, MessageChanged, ReactionChanged
from ..domain.chats import Chat, Place
from ..domain.identities import Identity, of_key
from ..domain.invitations import Seat
from ..domain.messages import Event, EventType, Message, MessageKind, Page
from ..domain.people import Via
from ..domain.relaying import ROOT, CopyState, version_of
from ..ports import CutOff, Ports, RelayLater
from . import messages, relay_copies
from .onlookers import Onlookers
from .relay_copies import At, Thread

log = logging.getLogger(__name__)
_CAUGHT_UP = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Bring the copy of message `seq` at `destination` (an identity's key) up to date."""

    chat_id: str
    seq: int
    account_id: str
    destination: str


def fan_out(ports: Ports, change: Change, onlookers: Onlookers) -> None:
    """A job for each participant who reads elsewhere, but not for the one from whose side it came."""
    if isinstance(change, MessageChanged):
        chat_id, seq, origin = change.after.chat_id, change.after.seq, change.after.origin
        mark = str(version_of(change.after))
        if change.after.kind is MessageKind.EVENT:
            return
    elif isinstance(change, ReactionChanged):
        chat_id, seq, origin, mark = change.chat_id, change.seq, "", f"r{ports.now().timestamp()}"
    else:
        return
    elsewhere = _reading_elsewhere(onlookers.seats(chat_id))
    quoting = _quoting(ports, change) if elsewhere and isinstance(change, MessageChanged) else []
    for number, came_from in [(seq, origin), *((one.seq, one.origin) for one in quoting)]:
        for seat in elsewhere:
            if seat.identity != came_from:
                put(ports, Job(chat_id, number, seat.account_id, seat.identity), mark)


def _quoting(ports: Ports, change: MessageChanged) -> Sequence[Message]:
    """The answers whose copies quote words that stand there no more."""
    before, after = change.before, change.after
    if before is None or before.text == after.text:
        return ()
    return ports.messages.answers(after.chat_id, after.seq)


def put(ports: Ports, job: Job, mark: str) -> None:
    body = {"chat": job.chat_id, "seq": job.seq, "account": job.account_id, "to": job.destination}
    once = f"{job.chat_id}-{job.seq}-{job.destination}-{mark}"
    ports.relay_queue.put(json.dumps(body), group_of(job.chat_id, job.destination), once)


def group_of(chat_id: str, destination: str) -> str:
    """In order for each chat at each destination: where one waits, the person's other chats go on."""
    return f"{destination} {chat_id}"


def run(ports: Ports, job: Job) -> None:
    """Does what is missing. Raises RelayLater where the side can't take it now; what can't heal cuts that side off."""
    chat, place = ports.chats.with_place(job.chat_id, job.account_id)
    identity, page = of_key(job.destination), ports.messages.page(job.chat_id, job.seq, job.seq)
    if chat is None or place is None or identity is None or not relay_copies.is_for(page, place):
        return
    if ports.identities.account_of(identity) != job.account_id:
        return  # it was unlinked: what is written here goes there no more
    side = ports.relay_sides[identity.provider]
    if not side.is_reached(identity):
        _not_reached(ports, chat, place, identity, page)
        return
    _bring(ports, At(side, identity, chat, place), page)


def _bring(ports: Ports, at: At, page: Page) -> None:
    known = ports.copies.get(at.chat.id, page.messages[0].seq, at.identity.key)
    if relay_copies.is_up_to_date(known, page, at.place):
        return
    try:
        thread = relay_copies.bring(ports, at, known, page, fill=True)
    except RelayLater as later:
        if later.outage:
            _compare_later(ports, at.place)
        raise
    except CutOff as reason:
        _cut_off(ports, at.chat, at.place, at.identity, reason.reason)
        return
    if thread.cut_off:
        _restored(ports, at.chat, at.place, thread)


def give_up(ports: Ports, job: Job, reason: str) -> None:
    """After a day of trying this is no side that is only slow."""
    chat, place = ports.chats.with_place(job.chat_id, job.account_id)
    identity = of_key(job.destination)
    if chat is not None and place is not None and identity is not None:
        ports.copies.release(ports.copies.get(job.chat_id, job.seq, job.destination), CopyState.CUT_OFF, reason)
        _cut_off(ports, chat, place, identity, reason)


def catch_up(ports: Ports, identity: Identity) -> None:
    """The side is open, for the first time or again: whatever this person may see and doesn't have there is brought."""
    account_id = ports.identities.account_of(identity)
    for place in ports.chats.places(account_id) if account_id else ():
        chat, _ = ports.chats.with_place(place.chat_id, account_id)
        if chat is None or place.via is not identity.provider.via:
            continue
        first = max(place.reads_from, chat.last_seq - _CAUGHT_UP + 1)
        for message in ports.messages.page(chat.id, first, None).messages:
            if message.kind is MessageKind.TEXT and message.origin != identity.key:
                put(ports, Job(chat.id, message.seq, account_id, identity.key), f"again {ports.now().timestamp()}")


def _not_reached(ports: Ports, chat: Chat, place: Place, identity: Identity, page: Page) -> None:
    """Not yet, which is nobody's fault, or not any more, which the chat must know. Either way it is caught up later."""
    known = ports.copies.get(chat.id, page.messages[0].seq, identity.key)
    if ports.copies.get(chat.id, ROOT, identity.key).far_id:
        reason = "the app isn't there any more"
        ports.copies.release(known, CopyState.CUT_OFF, reason)
        _cut_off(ports, chat, place, identity, reason)
    elif known.state is not CopyState.NOT_REACHED:
        ports.copies.release(known, CopyState.NOT_REACHED, "")


def _reading_elsewhere(seats: tuple[Seat, ...]) -> list[Seat]:
    return [seat for seat in seats if seat.is_taken and seat.via is not Via.WEBTOP and seat.identity]


def _cut_off(ports: Ports, chat: Chat, place: Place, identity: Identity, reason: str) -> None:
    """The chat says so, once until it is restored."""
    root = ports.copies.get(chat.id, ROOT, identity.key)
    if root.state is CopyState.CUT_OFF:
        return
    log.warning("relay cut off: chat %s, seat %s: %s", chat.id, place.seat_id, reason)
    _tell(ports, chat, place, EventType.CUT_OFF, reason, root.version)
    ports.copies.finish(replace(root, state=CopyState.CUT_OFF, detail=reason, version=root.version + 1), None)


def _restored(ports: Ports, chat: Chat, place: Place, thread: Thread) -> None:
    _tell(ports, chat, place, EventType.RESTORED, "", thread.root.version)
    _compare_later(ports, place)
    ports.copies.finish(replace(thread.root, state=CopyState.SENT, detail="", version=thread.root.version + 1), None)


def _compare_later(ports: Ports, place: Place) -> None:
    """Whoever couldn't be told may have told us less, too: the hourly job looks."""
    ports.agenda.add_once(agenda.compare(place.chat_id, place.seat_id, ports.now()))


def _tell(ports: Ports, chat: Chat, place: Place, kind: EventType, reason: str, number: int) -> None:
    seat = ports.invitations.get(chat.id, place.seat_id)
    if seat and seat.is_taken:
        event = Event(type=kind, account_id=seat.account_id, name=seat.name, via=seat.via, reason=reason)
        messages.tell(ports, chat, event, f"{kind}:{place.seat_id}:{number}")
