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
from ..domain.relaying import ROOT, Copy, CopyState, Far, Way, version_of
from ..ports import CutOff, Line, Ports, RelayLater, RelaySide
from . import messages
from .onlookers import Onlookers

log = logging.getLogger(__name__)
_CAUGHT_UP, _AT_ONCE = 200, 20
_NO_REACTIONS = "Reactions aren't shown there."
_NO_EDITS = "The first version stands there."
_NO_DELETIONS = "It still stands there."


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


@dataclass(frozen=True, slots=True)
class _At:
    """One person's own application, and the chat that they read there."""

    side: RelaySide
    identity: Identity
    chat: Chat
    place: Place

    @property
    def system(self) -> str:
        return self.side.system(self.identity)


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
    ports.relay_queue.put(json.dumps(body), job.destination, f"{job.chat_id}-{job.seq}-{job.destination}-{mark}")


def run(ports: Ports, job: Job) -> None:
    """Does what is missing. Raises RelayLater where the side can't take it now; what can't heal cuts that side off."""
    chat, place = ports.chats.with_place(job.chat_id, job.account_id)
    identity, page = of_key(job.destination), ports.messages.page(job.chat_id, job.seq, job.seq)
    if chat is None or place is None or identity is None or not _is_for(page, place):
        return
    if ports.identities.account_of(identity) != job.account_id:
        return  # it was unlinked: what is written here goes there no more
    side = ports.relay_sides[identity.provider]
    if not side.is_reached(identity):
        _not_reached(ports, chat, place, identity, page)
        return
    known = ports.copies.get(job.chat_id, job.seq, job.destination)
    if _is_up_to_date(known, page, place):
        return
    try:
        thread = _bring(ports, _At(side, identity, chat, place), known, page, fill=True)
    except CutOff as reason:
        _cut_off(ports, chat, place, identity, reason.reason)
        return
    if thread.cut_off:
        _restored(ports, chat, place, thread)


def give_up(ports: Ports, job: Job, reason: str) -> None:
    """After a day of trying this is no side that is only slow."""
    chat, place = ports.chats.with_place(job.chat_id, job.account_id)
    identity = of_key(job.destination)
    if chat is not None and place is not None and identity is not None:
        ports.copies.release(ports.copies.get(job.chat_id, job.seq, job.destination), CopyState.CUT_OFF, reason)
        _cut_off(ports, chat, place, identity, reason)


def _bring(ports: Ports, at: _At, known: Copy, page: Page, fill: bool) -> _Thread:
    """One copy, claimed before anything is sent. `fill`: what was left out while the side was cut off comes first."""
    if not ports.copies.claim(known, ports.now()):
        raise RelayLater(2, "somebody else is at it")
    try:
        thread = _thread(ports, at)
        if thread.cut_off and fill:
            _fill_gaps(ports, at, known)
        done = _brought_up_to_date(ports, at, thread.far, known, page)
    except RelayLater as later:
        # Where only reactions are missing, the text stands there as was said.
        waits = known.version < _version(page, at.place) or known.state is CopyState.CUT_OFF
        ports.copies.release(known, *((CopyState.RETRYING, later.reason) if waits else (known.state, known.detail)))
        if later.outage:
            _compare_later(ports, at.place)
        raise
    except CutOff as reason:
        ports.copies.release(known, CopyState.CUT_OFF, reason.reason)
        raise
    ports.copies.finish(done, Far(at.system, done.place, done.far_id) if done.far_id else None)
    return thread


def _fill_gaps(ports: Ports, at: _At, known: Copy) -> None:
    """What wasn't taken while the side was cut off, in order, some at a time."""
    before = ports.copies.of_chat(known.chat_id, max(1, known.seq - _CAUGHT_UP), known.seq - 1)
    gaps = [one for one in before if one.destination == known.destination and one.state is CopyState.CUT_OFF]
    for gap in gaps[:_AT_ONCE]:
        page = ports.messages.page(gap.chat_id, gap.seq, gap.seq)
        if _is_for(page, at.place):
            _bring(ports, at, gap, page, fill=False)
    if len(gaps) > _AT_ONCE:
        raise RelayLater(1, "catching up")


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


def _is_for(page: Page, place: Place) -> bool:
    """Whether there is something that this person reads elsewhere: what somebody wrote, within their history."""
    return any(one.kind is MessageKind.TEXT and place.may_see(one.seq) for one in page.messages)


def _is_up_to_date(known: Copy, page: Page, place: Place) -> bool:
    return known.version >= _version(page, place) and set(known.reactions) == _wanted_reactions(page, place)


def _version(page: Page, place: Place) -> int:
    """Of a copy that is as it should be: of the message, and of the words that it quotes."""
    replied = _quoted(page, place)
    return max(version_of(page.messages[0]), version_of(replied) if replied else 0)


def _quoted(page: Page, place: Place) -> Message | None:
    """What is quoted lies within the reader's own history, like everything else."""
    reply_to = page.messages[0].reply_to
    return page.replied.get(reply_to) if reply_to and place.may_see(reply_to) else None


def _wanted_reactions(page: Page, place: Place) -> set[str]:
    """The others': one's own are there already."""
    message = page.messages[0]
    found = {one.emoji for one in page.reactions if one.seq == message.seq and one.account_id != place.account_id}
    return set() if message.deleted_at else found


def _thread(ports: Ports, at: _At) -> _Thread:
    """Begun with the first message that goes there."""
    root = ports.copies.get(at.chat.id, ROOT, at.identity.key)
    if root.far_id:
        return _Thread(Far(at.system, root.place, root.far_id), root)
    opened = at.side.begin(at.identity, at.chat.title_for(at.place))
    state = CopyState.CUT_OFF if root.state is CopyState.CUT_OFF else CopyState.SENT
    done = replace(root, place=opened.place, far_id=opened.id, version=root.version + 1, state=state)
    ports.copies.finish(done, opened)
    return _Thread(opened, done)


def _brought_up_to_date(ports: Ports, at: _At, thread: Far, known: Copy, page: Page) -> Copy:
    message = page.messages[0]
    wanted = _version(page, at.place)
    if known.version >= wanted and known.state is CopyState.CUT_OFF:
        known = replace(known, state=CopyState.SENT, detail="")
    if known.version < wanted and message.origin != at.identity.key:
        known = _text_up_to_date(ports, at, thread, known, page)
    before, after = set(known.reactions), _wanted_reactions(page, at.place)
    if at.side.shows.reactions is Way.NOT:
        known = _without_reactions(known, bool(after) and message.origin != at.identity.key)
    elif known.far_id and before != after:
        at.side.react(at.identity, Far(at.system, known.place, known.far_id), before, after)
    return replace(known, version=wanted, reactions=tuple(sorted(after)))


def _without_reactions(known: Copy, lost: bool) -> Copy:
    """Said as long as there are any, beside whatever else can't be shown."""
    detail = " ".join([known.detail.replace(_NO_REACTIONS, "").strip(), *([_NO_REACTIONS] if lost else [])]).strip()
    if not known.far_id or known.state not in (CopyState.SENT, CopyState.NOT_SHOWN):
        return known
    return replace(known, state=CopyState.NOT_SHOWN if detail else CopyState.SENT, detail=detail)


def _text_up_to_date(ports: Ports, at: _At, thread: Far, known: Copy, page: Page) -> Copy:
    message = page.messages[0]
    there = Far(at.system, known.place, known.far_id)
    if not known.far_id and known.tried:
        # An earlier try was cut short: perhaps it got through.
        found = at.side.find(at.identity, thread, message.id)
        there = found or there
    if message.deleted_at:
        lost = _deleted_there(at, there) if there.id else ""
        return _stands(known, there, lost)
    line = _line(message, page, at.place)
    if there.id:
        lost = at.side.edit(at.identity, there, line) if at.side.shows.edits is not Way.NOT else _NO_EDITS
    else:
        there, lost = at.side.post(at.identity, thread, line)
    return _stands(known, there, lost)


def _deleted_there(at: _At, there: Far) -> str:
    if at.side.shows.deletions is Way.NOT:
        return _NO_DELETIONS
    at.side.delete(at.identity, there)
    return ""


def _stands(known: Copy, there: Far, lost: str) -> Copy:
    state = CopyState.NOT_SHOWN if lost else CopyState.SENT
    return replace(known, place=there.place, far_id=there.id, state=state, detail=lost)


def _line(message: Message, page: Page, place: Place) -> Line:
    """A message that was deleted is quoted no more."""
    author, origin = message.author, of_key(message.origin)
    replied = _quoted(page, place)
    replied = None if replied and replied.deleted_at else replied
    return Line(
        id=message.id,
        author=author.name if author else "",
        via=origin.provider.via if origin else Via.WEBTOP,
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
