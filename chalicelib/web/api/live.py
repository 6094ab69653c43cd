"""Tickets for the live connection."""

from ...schemas.live import SocketTicket
from ...usecases import live
from ..routing import RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "POST", "/socket-tickets", "A WebSocket address that works once, within 30 s.", answers=SocketTicket, status=201
)
def socket_ticket(request: RequestContext) -> SocketTicket:
    return SocketTicket(live.ticket(request.ports, request.session))
