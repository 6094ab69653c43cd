"""Tickets for the live connection."""

from ...shapes import schemas as s
from ...usecases import live
from ..routing import Call, Routes

routes = Routes(__name__)


@routes.json(
    "POST", "/socket-tickets", "A WebSocket address that works once, within 30 s.", answers=s.SocketTicket, status=201
)
def socket_ticket(call: Call) -> s.SocketTicket:
    return s.SocketTicket(live.ticket(call.ports, call.session))
