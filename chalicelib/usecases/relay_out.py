"""Out: each message reaches each participant's own Slack or Teams once, in order, and follows its edits.

A job says only "bring this message's copy at that destination up to date"; what is to be done follows from the ledger and
from the message as it is now. So a job that comes twice, late or after a crash does no harm.
"""

import json
import logging
from dataclasses import dataclass, replace

from ..domain.changes import Change, MessageChanged, ReactionChanged
from ..domain.chats import Chat, Place
from ..domain.identities import Identity, of_key
from ..domain.invitations import Seat
from ..domain.messages import Event, EventType, Message, MessageKind, Page
from ..domain.people import Via
from ..domain.relaying import ROOT, Copy, CopyState, Far, version_of
from ..ports import CutOff, Line, Ports, RelayLater, RelaySide
from . import chats, messages

log = logging.getLogger(__name__)
_CAUGHT_UP = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Bring the copy of message `seq` at `destination` (an identity's key) up to date."""

    chat_id: str
    seq: int
    account_id: str
    destination: str


@dataclass(frozen=True, slots=True)
class _Thread:
    """The chat's own thread at a destination."""

    far: Far
    root: Copy

    @property
    def cut_off(self) -> bool:
        return self.root.state is CopyState.CUT_OFF


def fan_out(ports: Ports, change: Change) -> None:
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
    found = ports.chats.roster(chat_id)
    for seat in _reading_elsewhere(found[1] if found else ()):
        if seat.identity != origin:
            put(ports, Job(chat_id, seq, seat.account_id, seat.identity), mark)


def put(ports: Ports, job: Job, mark: str) -> None:
    body = {"chat": job.chat_id, "seq": job.seq, "account": job.account_id, "to": job.destination}
    ports.relay_queue.put(json.dumps(body), job.destination, f"{job.chat_id}-{job.seq}-{job.destination}-{mark}")


def run(ports: Ports, job: Job) -> None:
    """Does what is missing. Raises RelayLater where the side can't take it now; what can't heal cuts that side off."""
    chat, place = ports.chats.with_place(job.chat_id, job.account_id)
    identity, page = of_key(job.destination), ports.messages.page(job.chat_id, job.seq, job.seq)
    if chat is None or place is None or identity is None or not page.messages or not place.may_see(job.seq):
        return
    side = ports.relay_sides[identity.provider]
    if not side.is_reached(identity):
        _not_reached(ports, chat, place, identity)
        return
    known = ports.copies.get(job.chat_id, job.seq, job.destination)
    if _is_up_to_date(known, page):
        return
    if not ports.copies.claim(known, ports.now()):
        raise RelayLater(2, "somebody else is at it")
    try:
        thread = _thread(ports, side, identity, chat, place)
        done = _brought_up_to_date(ports, side, identity, thread.far, known, page)
    except RelayLater as later:
        ports.copies.release(known, CopyState.RETRYING, later.reason)
        raise
    except CutOff as reason:
        ports.copies.release(known, CopyState.CUT_OFF, reason.reason)
        _cut_off(ports, chat, place, identity, reason.reason)
        return
    if thread.cut_off:
        _restored(ports, chat, place, thread)
    ports.copies.finish(done, Far(side.system(identity), done.place, done.far_id) if done.far_id else None)


def catch_up(ports: Ports, identity: Identity) -> None:
    """The side is open, for the first time or again: whatever this person may see and doesn't have there is brought."""
    account_id = ports.identities.account_of(identity)
    for place in ports.chats.places(account_id) if account_id else ():
        chat, _ = ports.chats.with_place(place.chat_id, account_id)
        if chat is None or place.via is not identity.provider.via:
            continue
        first = max(place.reads_from, chat.last_seq - _CAUGHT_UP + 1)
        for message in ports.messages.page(chat.id, first, None).messages:
            if message.kind is MessageKind.TEXT and message.origin != identity.key and not message.deleted_at:
                put(ports, Job(chat.id, message.seq, account_id, identity.key), f"again {ports.now().timestamp()}")


def _not_reached(ports: Ports, chat: Chat, place: Place, identity: Identity) -> None:
    """Not yet, which is nobody's fault, or not any more, which the chat must know. Either way it is caught up later."""
    if ports.copies.get(chat.id, ROOT, identity.key).far_id:
        _cut_off(ports, chat, place, identity, "the app isn't there any more")


def _reading_elsewhere(seats: tuple[Seat, ...]) -> list[Seat]:
    return [seat for seat in seats if seat.is_taken and seat.via is not Via.WEBTOP and seat.identity]


def _is_up_to_date(known: Copy, page: Page) -> bool:
    return known.version >= version_of(page.messages[0]) and set(known.reactions) == _wanted_reactions(page, known)


def _wanted_reactions(page: Page, known: Copy) -> set[str]:
    return {one.emoji for one in page.reactions if one.seq == known.seq}


def _thread(ports: Ports, side: RelaySide, identity: Identity, chat: Chat, place: Place) -> _Thread:
    """Begun with the first message that goes there."""
    root = ports.copies.get(chat.id, ROOT, identity.key)
    if root.far_id:
        return _Thread(Far(side.system(identity), root.place, root.far_id), root)
    opened = side.begin(identity, chat.title_for(place))
    done = replace(root, place=opened.place, far_id=opened.id, version=1, state=CopyState.SENT)
    ports.copies.finish(done, opened)
    return _Thread(opened, done)


def _brought_up_to_date(
    ports: Ports, side: RelaySide, identity: Identity, thread: Far, known: Copy, page: Page
) -> Copy:
    message = page.messages[0]
    wanted = version_of(message)
    if known.version < wanted:
        known = _text_up_to_date(ports, side, identity, thread, known, page)
    before, after = set(known.reactions), set() if message.deleted_at else _wanted_reactions(page, known)
    if known.far_id and before != after:
        side.react(identity, Far(side.system(identity), known.place, known.far_id), before, after)
    return replace(known, version=wanted, reactions=tuple(sorted(after)))


def _text_up_to_date(ports: Ports, side: RelaySide, identity: Identity, thread: Far, known: Copy, page: Page) -> Copy:
    message = page.messages[0]
    there = Far(side.system(identity), known.place, known.far_id)
    if not known.far_id and known.tried:
        # An earlier try was cut short: perhaps it got through.
        found = side.find(identity, thread, message.id)
        there = found or there
    if message.deleted_at:
        if there.id:
            side.delete(identity, there)
        return replace(known, place=there.place, far_id=there.id, state=CopyState.SENT, detail="")
    line = _line(ports, message, page)
    if there.id:
        lost = side.edit(identity, there, line)
        state = CopyState.NOT_SHOWN if lost else CopyState.SENT
        return replace(known, place=there.place, far_id=there.id, state=state, detail=lost)
    posted, lost = side.post(identity, thread, line)
    return replace(
        known, place=posted.place, far_id=posted.id, state=CopyState.NOT_SHOWN if lost else CopyState.SENT, detail=lost
    )


def _line(ports: Ports, message: Message, page: Page) -> Line:
    author = message.author
    replied = page.replied.get(message.reply_to)
    return Line(
        id=message.id,
        author=author.name if author else "",
        via=str(author.via) if author else "",
        text=message.text,
        mentions=tuple((one.account_id, one.name) for one in message.mentions),
        reply_author=replied.author.name if replied and replied.author else "",
        reply_text=replied.text[:200] if replied else "",
    )


def _cut_off(ports: Ports, chat: Chat, place: Place, identity: Identity, reason: str) -> None:
    """The chat says so, once until it is restored."""
    root = ports.copies.get(chat.id, ROOT, identity.key)
    if root.state is CopyState.CUT_OFF:
        return
    log.warning("relay cut off: chat %s, seat %s: %s", chat.id, place.seat_id, reason)
    _tell(ports, chat, place, EventType.CUT_OFF, reason, root.version)
    ports.copies.finish(replace(root, state=CopyState.CUT_OFF, detail=reason, version=root.version + 1), None)


def _restored(ports: Ports, chat: Chat, place: Place, thread: _Thread) -> None:
    _tell(ports, chat, place, EventType.RESTORED, "", thread.root.version)
    ports.copies.finish(replace(thread.root, state=CopyState.SENT, detail="", version=thread.root.version + 1), None)


def _tell(ports: Ports, chat: Chat, place: Place, kind: EventType, reason: str, number: int) -> None:
    for person in chats.participants(ports, chat.id):
        if person.account_id == place.account_id:
            event = Event(type=kind, account_id=person.account_id, name=person.name, via=person.via, reason=reason)
            messages.tell(ports, chat, event, f"{kind}:{place.seat_id}:{number}")
