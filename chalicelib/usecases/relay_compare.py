"""After an outage: what stands in a person's own application is compared with the chat, and the gaps of both are filled.

Each gap is filled by what would have filled it in time, so that what was there after all does no harm.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from ..domain.chats import Chat, Place
from ..domain.due import Due
from ..domain.identities import Identity, of_key
from ..domain.messages import EventType, Message, MessageKind, Page
from ..domain.relaying import ROOT, Copy, CopyState, Far, Heard, Standing, version_of
from ..ports import CutOff, NotTaken, Ports, WindowGone
from . import relay_in, relay_out

log = logging.getLogger(__name__)
_LOOKED_AT, _ASKED_FOR = 500, 50
_BEFORE = timedelta(hours=26)
"""An outage is noted for the next hour, and by tries that go on for a day."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`noted` is when the outage was noted; `since` the far id from which to read on, empty at the beginning.

    Each is one step, for a history may be read once a minute: the next page of the thread; with `cursor`, more of what
    stands outside of it; with `missing`, whether the first of these far ids was deleted.
    """

    chat_id: str
    account_id: str
    destination: str
    noted: str
    since: str = ""
    cursor: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Both:
    """What we have, read before what they have: so what is missing there was taken away."""

    identity: Identity
    place: Place
    page: Page
    copies: dict[int, Copy]

    @property
    def by_far(self) -> dict[str, Message]:
        stands = {seq: copy.far_id for seq, copy in self.copies.items() if copy.far_id}
        return {stands[one.seq]: one for one in self.page.messages if one.seq in stands}


def begin(ports: Ports, due: Due) -> bool:
    """From the hourly job: the rest is the relay's, with its rights and its patience."""
    seat = ports.invitations.get(due.chat_id, due.seat_id)
    if seat is None or not seat.is_taken or not seat.identity:
        return False
    _put(ports, Comparison(due.chat_id, seat.account_id, seat.identity, due.at.isoformat()))
    return True


def run(ports: Ports, wanted: Comparison) -> None:
    """A step at a time: what there is to do further is a body of its own."""
    chat, place = ports.chats.with_place(wanted.chat_id, wanted.account_id)
    identity = of_key(wanted.destination)
    if (
        chat is None
        or place is None
        or identity is None
        or not ports.relay_sides[identity.provider].is_reached(identity)
    ):
        return
    both = _read(ports, chat, place, identity)
    if not (wanted.since or wanted.cursor or wanted.missing):
        _fill_theirs(ports, both, wanted)
    root = ports.copies.get(chat.id, ROOT, identity.key)
    if not root.far_id or root.state is CopyState.CUT_OFF:
        return
    try:
        if wanted.missing:
            _ask_for(ports, both, root, wanted)
        else:
            _fill_ours(ports, both, root, wanted)
    except (CutOff, NotTaken, WindowGone) as reason:
        log.warning("nothing to compare: chat %s, seat %s: %s", chat.id, place.seat_id, reason)


def _fill_ours(ports: Ports, both: _Both, root: Copy, wanted: Comparison) -> None:
    """What they did and we weren't told."""
    side = ports.relay_sides[both.identity.provider]
    since = wanted.since or _since(both, datetime.fromisoformat(wanted.noted), root)
    found = side.stands(both.identity, Far(side.system(both.identity), root.place, root.far_id), since, wanted.cursor)
    if found is None:
        return
    for standing in found.items:
        for heard in _unheard(both, standing):
            relay_in.take(ports, heard)
    if found.cursor:
        _put(ports, replace(wanted, since=since, cursor=found.cursor))
    if wanted.cursor:
        return
    if missing := _missing(both, {one.far.id for one in found.items}, since, found.upto):
        _put(ports, replace(wanted, since=since, missing=missing))
    if found.upto:
        _put(ports, replace(wanted, since=found.upto))


def _ask_for(ports: Ports, both: _Both, root: Copy, wanted: Comparison) -> None:
    """The first of those that weren't seen: it may stand in another thread, or on another page."""
    side, known = ports.relay_sides[both.identity.provider], both.by_far.get(wanted.missing[0])
    place = both.copies[known.seq].place if known else root.place
    there = Far(side.system(both.identity), place, wanted.missing[0])
    if known and not known.deleted_at and side.is_gone(both.identity, there):
        relay_in.take(ports, Heard(what="deleted", identity=both.identity, target=there))
    if wanted.missing[1:]:
        _put(ports, replace(wanted, missing=tuple(wanted.missing[1:])))


def _read(ports: Ports, chat: Chat, place: Place, identity: Identity) -> _Both:
    first = max(1, place.reads_from, chat.last_seq - _LOOKED_AT + 1)
    page = ports.messages.page(chat.id, first, None)
    last = page.messages[-1].seq if page.messages else first
    copies = {one.seq: one for one in ports.copies.of_chat(chat.id, first, last) if one.destination == identity.key}
    return _Both(identity, place, page, copies)


def _fill_theirs(ports: Ports, both: _Both, wanted: Comparison) -> None:
    """What isn't there as it is here gets a job of its own, in order; one that is still in the queue does no harm."""
    for message in both.page.messages:
        known = both.copies.get(message.seq)
        if message.kind is not MessageKind.TEXT or message.origin == both.identity.key:
            continue
        if known is None or known.version < version_of(message) or known.state is CopyState.CUT_OFF:
            job = relay_out.Job(message.chat_id, message.seq, both.place.account_id, both.identity.key)
            relay_out.put(ports, job, f"compared {wanted.noted}")


def _since(both: _Both, noted: datetime, root: Copy) -> str:
    """The last message there from before the outage, by our clock; theirs may go otherwise."""
    began = noted - _BEFORE
    for message in both.page.messages:
        event = message.event
        if event and event.type is EventType.CUT_OFF and event.account_id == both.place.account_id:
            began = min(began, message.created_at - _BEFORE)
    before = [stamp for stamp, message in both.by_far.items() if message.created_at <= began]
    return max(before, default=root.far_id)


def _unheard(both: _Both, standing: Standing) -> list[Heard]:
    """What the person did to this message, as far as the chat doesn't know of it.

    A reaction that isn't there was perhaps made here, where one's own stays; so nothing is taken back.
    """
    known = both.by_far.get(standing.far.id)
    base = Heard(what="posted", identity=both.identity, target=standing.far, text=standing.text, at=standing.changed_at)
    found = [replace(base, parent=standing.parent)] if standing.is_theirs and known is None else []
    if standing.is_theirs and known and _second(standing.changed_at) > _second(both.copies[known.seq].heard):
        found.append(replace(base, what="edited"))
    emojis, seq = set(standing.emojis), known.seq if known else 0
    emojis -= {one.emoji for one in both.page.reactions if (one.seq, one.account_id) == (seq, both.place.account_id)}
    return found + [replace(base, what="reacted", emoji=one) for one in sorted(emojis)]


def _second(stamp: str) -> str:
    """A message says in whole seconds when it was changed, an event exactly."""
    return stamp.partition(".")[0]


def _missing(both: _Both, there: set[str], since: str, upto: str) -> tuple[str, ...]:
    """Their own that weren't seen there."""
    missing = [
        stamp
        for stamp, message in sorted(both.by_far.items())
        if message.origin == both.identity.key and not message.deleted_at and stamp not in there
        if stamp > since and (not upto or stamp <= upto)
    ]
    return tuple(missing[:_ASKED_FOR])


def _put(ports: Ports, wanted: Comparison) -> None:
    name = f"compare {wanted.chat_id} {wanted.destination}"
    step = f"{wanted.noted} {wanted.since} {wanted.cursor} {' '.join(wanted.missing)}"
    ports.relay_queue.put(json.dumps({"compare": asdict(wanted)}), name, f"{name} {step}")
