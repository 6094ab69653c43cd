"""Forgetting an invitation, and with it the address it was for: in the list, in the chat's lines, wherever it is found by it."""

from collections.abc import Iterator

from ..domain.invitations import Seat
from ..domain.messages import EventType
from ..ports import Ports
from . import chats, links_of


def forget(ports: Ports, seat: Seat) -> None:
    """The invitation itself goes last: as long as it is there, whoever was cut off here begins again."""
    _leave_chat(ports, seat)
    ports.pointers.remove(seat, links_of.short_code(ports, seat))
    ports.invitations.forget(seat)


def erase(ports: Ports, seat: Seat) -> None:
    """At once, because its address asked for it. What is left is an invitation of nobody's that was declined."""
    ports.invitations.erase(seat, ports.now())
    _leave_chat(ports, seat)
    ports.pointers.remove(seat, links_of.short_code(ports, seat))


def _leave_chat(ports: Ports, seat: Seat) -> None:
    ports.messages.forget_invited(seat.chat_id, seat.id, _told_as(seat))
    ports.chats.forget_invited(seat.chat_id, seat.id)
    chats.show(ports, *chats.roster(ports, seat.chat_id))


def _told_as(seat: Seat) -> Iterator[str]:
    """By which nonces the chat may have been told of it."""
    yield f"{EventType.INVITATION_SENT}:{seat.since}"
    for kind in (EventType.INVITATION_DECLINED, EventType.INVITATION_REVOKED):
        yield f"{kind}:{seat.id}:{seat.generation}"
    for number in range(1, (seat.mail.wanted if seat.mail else 0) + 1):
        yield f"{EventType.INVITATION_EXPIRED}:{seat.id}:{number}"
        yield f"{EventType.INVITATION_BOUNCED}:{seat.id}:{number}"
