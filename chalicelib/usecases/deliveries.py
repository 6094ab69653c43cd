"""How one's own messages fare with those who read elsewhere: from the ledger, in one query for a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..domain.chats import Place
from ..domain.identities import of_key
from ..domain.invitations import Seat
from ..domain.messages import Message, Page
from ..domain.people import Via
from ..domain.relaying import Copy, CopyState, version_of
from ..ports import Ports


@dataclass(frozen=True, slots=True)
class Delivery:
    """`state` is waiting, delivered, not_shown or cut_off; `text` says with whom, where and why."""

    state: str
    text: str


def of_page(ports: Ports, page: Page, reader: Place, seats: Iterable[Seat]) -> dict[int, list[Delivery]]:
    """By `seq`. A chat that nobody reads elsewhere, and a page without own messages, ask nothing."""
    elsewhere = {
        seat.identity: seat for seat in seats if seat.is_taken and seat.via is not Via.WEBTOP and seat.identity
    }
    own = {one.seq: one for one in page.messages if _is_own(one, reader)}
    if not elsewhere or not own:
        return {}
    found: dict[int, list[Delivery]] = {}
    for copy in ports.copies.of_chat(reader.chat_id, min(own), max(own)):
        message, seat = own.get(copy.seq), elsewhere.get(copy.destination)
        if message and seat and message.origin != copy.destination:
            found.setdefault(copy.seq, []).append(_delivery(copy, message, seat))
    return found


def _is_own(message: Message, reader: Place) -> bool:
    return message.author is not None and message.author.account_id == reader.account_id and not message.deleted_at


def _delivery(copy: Copy, message: Message, seat: Seat) -> Delivery:
    identity = of_key(copy.destination)
    where = f"{identity.provider.option.capitalize()}, {seat.name}" if identity else seat.name
    if copy.state is CopyState.CUT_OFF:
        return Delivery("cut_off", f"{where}: cut off. {copy.detail}".strip())
    if copy.state is CopyState.RETRYING or copy.version < version_of(message):
        return Delivery("waiting", f"{where}: on its way.")
    if copy.state is CopyState.NOT_SHOWN:
        return Delivery("not_shown", f"{where}: not shown as it is here. {copy.detail}".strip())
    return Delivery("delivered", f"{where}: delivered.")
