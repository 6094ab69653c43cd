"""The shape of a ticket for the live connection."""

from msgspec import Struct


class SocketTicket(Struct):
    url: str
