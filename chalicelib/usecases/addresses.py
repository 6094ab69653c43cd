"""What is known of a mailbox that somebody invites: whose it is, and whether it wants anything from them."""

from collections.abc import Iterable
from dataclasses import replace

from ..domain.invitations import Invitation
from ..domain.people import Address, Unreachable
from ..ports import Ports
from . import invitation_links


def get_many(ports: Ports, emails: Iterable[str]) -> dict[str, Address]:
    """Each of these; one that was erased is known by a keyed hash only, and left in peace."""
    results = ports.accounts.addresses(emails)
    hashes = invitation_links.erased_hashes(ports, results)
    erased = ports.accounts.erased([item for each in hashes.values() for item in each])
    return {
        email: replace(address, unreachable=Unreachable.ERASED) if erased.intersection(hashes[email]) else address
        for email, address in results.items()
    }


def get(ports: Ports, email: str) -> Address:
    return get_many(ports, [email])[email]


def bounces(ports: Ports, email: str) -> bool:
    """Whether mail to this address, an account's own, comes back; False for an account without one."""
    return bool(email) and ports.accounts.addresses([email])[email].bounces


def of_invited(ports: Ports, invitation: Invitation) -> tuple[Address, bool]:
    """The invited address, and whether it may get mail for this invitation now."""
    address = get(ports, invitation.email)
    return address, not address.blocks_mail_from(invitation.inviter_id, invitation.workspace_id)
