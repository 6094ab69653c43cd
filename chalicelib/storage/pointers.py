"""Invitations found by their address, and by the short code in their mail."""

from collections.abc import Sequence

from ..domain.invitations import KEPT_AFTER_END, Seat
from . import items, keys, mapping
from .border import guarded
from .items import PointerItem, SeatItem
from .reading import each, maybe


@guarded
class Pointers:
    def add(self, coded: Sequence[tuple[Seat, str]]) -> None:
        """From now on each invitation is found by its address and by its short code. Again changes nothing."""
        items.put_all(_pointer(seat, key) for seat, code in coded for key in (_by_address(seat), _by_code(code)))

    def remove(self, seat: Seat, code: str) -> None:
        PointerItem(*_by_address(seat)).delete()
        PointerItem(*_by_code(code)).delete()

    def of_address(self, email: str) -> list[Seat]:
        """Every invitation that this address has now."""
        pointers = PointerItem.query(keys.address(email), PointerItem.sk.startswith("I#"), consistent_read=True)
        found = items.get_all((keys.chat(one.chat_id), keys.seat(one.seat_id)) for one in pointers)
        return list(each(mapping.seat, (item for item in found.values() if item.email == email)))

    def of_code(self, code: str) -> Seat | None:
        pointer = items.get(PointerItem, *_by_code(code))
        item = items.get(SeatItem, keys.chat(pointer.chat_id), keys.seat(pointer.seat_id)) if pointer else None
        return maybe(mapping.seat, item)


def _pointer(seat: Seat, key: tuple[str, str]) -> PointerItem:
    gone_at = (seat.expires_at or seat.created_at) + KEPT_AFTER_END
    return PointerItem(*key, chat_id=seat.chat_id, seat_id=seat.id, gone_at=gone_at)


def _by_address(seat: Seat) -> tuple[str, str]:
    return keys.address(seat.email), f"I#{seat.chat_id}#{seat.id}"


def _by_code(code: str) -> tuple[str, str]:
    return f"Z#{keys.digest(code)}", "Z"
