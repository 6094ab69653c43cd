"""How one's own messages fare with those who read elsewhere: from the ledger, in one query for a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..domain import errors
from ..domain.chats import Participant, Place
from ..domain.invitations import Seat
from ..domain.messages import Message, MessageKind, Page
from ..domain.people import Account, Via
from ..domain.relaying import NOT_SHOWN_THERE, Copy, CopyState, DeliveryState, Shows, version_of
from ..ports import Ports
from . import chats, messages

_MOST = 1000
"""Copies that are read for a page: what is older than these is asked for by message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message with one person who reads elsewhere; `detail` says why, where it isn't simply there.

    `sentences` are what it is made of, each with the emojis that belong into it.
    """

    account_id: str
    name: str
    via: Via
    state: DeliveryState
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def detail(self) -> str:
        return " ".join(sentence.format(emojis=emojis) if emojis else sentence for sentence, emojis in self.sentences)


def of_page(
    ports: Ports, page: Page, reader: Place, seats: Iterable[Seat] | None = None
) -> dict[int, tuple[Delivery, ...]]:
    """By `seq`. A page without own messages asks nothing; the roster, where it isn't known, only if there are copies."""
    own = {one.seq: one for one in page.messages if _is_own(one, reader)}
    if not own or (seats is not None and not _elsewhere(seats)):
        return {}
    copies = ports.copies.newest(reader.chat_id, min(own), max(own), _MOST)
    if len(copies) == _MOST:
        # Of the oldest of them some are perhaps left out.
        copies = [one for one in copies if one.seq != copies[-1].seq]
    if seats is None:
        seats = chats.roster(ports, reader.chat_id)[1] if copies else ()
    elsewhere, found = _elsewhere(seats), dict[int, tuple[Delivery, ...]]()
    for copy in copies:
        message, seat = own.get(copy.seq), elsewhere.get(copy.destination)
        if message and seat and message.origin != copy.destination:
            found[copy.seq] = (*found.get(copy.seq, ()), _delivery(copy, message, seat))
    return found


def of_one(ports: Ports, message: Message, seats: Iterable[Seat]) -> tuple[Delivery, ...]:
    """What the ledger knows of one message, with those of these seats who read elsewhere."""
    copies = ports.copies.of_chat(message.chat_id, message.seq, message.seq)
    elsewhere = _elsewhere(seats)
    there = [(copy, elsewhere[copy.destination]) for copy in copies if copy.destination in elsewhere]
    return tuple(_delivery(copy, message, seat) for copy, seat in there if message.origin != copy.destination)


def of_message(ports: Ports, account: Account, chat_id: str, message_id: str) -> list[Delivery]:
    """Everybody who reads elsewhere and may see it, for its author, in the order of the roster."""
    message, place = messages.seen(ports, account, chat_id, message_id)
    if message.kind is not MessageKind.TEXT or message.author is None or message.author.account_id != place.account_id:
        raise errors.Refusal(errors.Kind.FORBIDDEN, "not_author", "Only the author sees how a message fares.")
    known = {one.destination: one for one in ports.copies.of_chat(chat_id, message.seq, message.seq)}
    found = []
    for identity, seat in _elsewhere(chats.roster(ports, chat_id)[1]).items():
        if identity != message.origin and seat.reads_from <= message.seq:
            copy = known.get(identity) or Copy(chat_id=chat_id, seq=message.seq, destination=identity)
            found.append(_delivery(copy, message, seat))
    return found


def shown(ports: Ports, people: Iterable[Participant]) -> dict[Via, Shows]:
    """What each application can show from which somebody here chats."""
    there = {one.via for one in people}
    return {provider.via: side.shows for provider, side in ports.relay_sides.items() if provider.via in there}


def _elsewhere(seats: Iterable[Seat]) -> dict[str, Seat]:
    return {seat.identity: seat for seat in seats if seat.is_taken and seat.via is not Via.WEBTOP and seat.identity}


def _is_own(message: Message, reader: Place) -> bool:
    return message.author is not None and message.author.account_id == reader.account_id and not message.deleted_at


def _delivery(copy: Copy, message: Message, seat: Seat) -> Delivery:
    state = _state(copy, message)
    told = () if state in (DeliveryState.SENT, DeliveryState.DELIVERED) else tuple(_sentences(copy))
    return Delivery(account_id=seat.account_id, name=seat.name, via=seat.via, state=state, sentences=told)


def _sentences(copy: Copy) -> Iterator[tuple[str, str]]:
    if copy.detail:
        yield copy.detail, ""
    if copy.refused_emojis:
        yield NOT_SHOWN_THERE, " ".join(copy.refused_emojis)


def _state(copy: Copy, message: Message) -> DeliveryState:
    if copy.state is CopyState.CUT_OFF:
        return DeliveryState.CUT_OFF
    if copy.state is CopyState.NOT_REACHED:
        return DeliveryState.NOT_REACHED
    if copy.version < version_of(message):
        return DeliveryState.RETRYING if copy.state is CopyState.RETRYING and copy.detail else DeliveryState.SENT
    is_whole = copy.state is not CopyState.NOT_SHOWN and not copy.refused_emojis
    return DeliveryState.DELIVERED if is_whole else DeliveryState.NOT_SHOWN
