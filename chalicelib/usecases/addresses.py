"""What is known of a mailbox that somebody invites: whose it is, and whether it wants anything from them."""

from collections.abc import Iterable
from dataclasses import replace

from ..domain.invitations import Seat
from ..domain.people import Address, Unreachable
from ..ports import Ports
from . import links_of


def known(ports: Ports, emails: Iterable[str]) -> dict[str, Address]:
    """Each of these; one that was erased is known by a keyed hash only, and left in peace."""
    found = ports.accounts.addresses(emails)
    hashes = links_of.erased_hashes(ports, found)
    erased = ports.accounts.erased([one for each in hashes.values() for one in each])
    return {
        email: replace(one, unreachable=Unreachable.ERASED) if erased.intersection(hashes[email]) else one
        for email, one in found.items()
    }


def one(ports: Ports, email: str) -> Address:
    return known(ports, [email])[email]


def bounces(ports: Ports, email: str) -> bool:
    """Whether mail to this address, an account's own, comes back; False for an account without one."""
    return bool(email) and ports.accounts.addresses([email])[email].bounces


def of_invited(ports: Ports, seat: Seat) -> tuple[Address, bool]:
    """The invited address, and whether it may get mail for this invitation now."""
    address = one(ports, seat.email)
    return address, not address.turns_away(seat.inviter_id, seat.workspace_id)
