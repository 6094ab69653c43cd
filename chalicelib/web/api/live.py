"""Tickets for the live connection."""

from ...schemas import bodies as s
from ...usecases import live
from ..routing import RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "POST", "/socket-tickets", "A WebSocket address that works once, within 30 s.", answers=s.SocketTicket, status=201
)
def socket_ticket(request: RequestContext) -> s.SocketTicket:
    return s.SocketTicket(live.ticket(request.ports, request.session))
