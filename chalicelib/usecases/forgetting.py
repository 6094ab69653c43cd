"""Forgetting an invitation, and with it the address it was for: in the list, in the chat's lines, wherever it is found by it."""

from collections.abc import Iterator

from ..domain.invitations import Invitation
from ..domain.messages import EventType
from ..ports import Ports
from . import chats, handing_over, invitation_links


def forget(ports: Ports, invitation: Invitation) -> None:
    """The invitation itself goes last: as long as it is there, whoever was disconnected here begins again."""
    _leave_chat(ports, invitation)
    ports.invitation_lookup.remove(invitation, invitation_links.short_code(ports, invitation))
    ports.invitation_lookup.remove_named(invitation, invitation.named_addresses)
    ports.invitations.forget(invitation)


def erase(ports: Ports, invitation: Invitation) -> None:
    """At once, because its address asked for it. What is left is an invitation of nobody's that was declined."""
    ports.invitations.erase(invitation, ports.now())
    _leave_chat(ports, invitation)
    ports.invitation_lookup.remove(invitation, invitation_links.short_code(ports, invitation))


def erase_hand_overs(ports: Ports, email: str) -> None:
    """Neither the hand-overs of any invitation name this address any more, nor the lines of those that were once for it."""
    for invitation in handing_over.erase(ports, email):
        if invitation.email != email:
            _leave_chat(ports, invitation)


def _leave_chat(ports: Ports, invitation: Invitation) -> None:
    ports.messages.forget_invited(invitation.chat_id, invitation.id, _event_nonces(invitation))
    ports.chats.forget_invited(invitation.chat_id, invitation.id)
    chat, invitations = chats.roster(ports, invitation.chat_id)
    chats.update_preview(ports, chat, tuple(other for other in invitations if other.id != invitation.id))


def _event_nonces(invitation: Invitation) -> Iterator[str]:
    """By which nonces the chat may have been told of it."""
    yield f"{EventType.INVITATION_SENT}:{invitation.since}"
    for kind in (EventType.INVITATION_DECLINED, EventType.INVITATION_REVOKED):
        yield f"{kind}:{invitation.id}:{invitation.generation}"
    for number in range(1, (invitation.mail.wanted if invitation.mail else 0) + 1):
        yield f"{EventType.INVITATION_EXPIRED}:{invitation.id}:{number}"
        yield f"{EventType.INVITATION_BOUNCED}:{invitation.id}:{number}"
