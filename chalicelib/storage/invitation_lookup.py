"""Invitations found by their address, and by the short code in their mail."""

from collections.abc import Sequence

from ..domain.invitations import KEPT_AFTER_END, Invitation
from . import items, keys, mapping
from .errors import translate_errors
from .items import InvitationItem, InvitationLookupItem
from .reading import each, maybe


@translate_errors
class InvitationLookup:
    def add(self, coded: Sequence[tuple[Invitation, str]]) -> None:
        """From now on each invitation is found by its address and by its short code. Again changes nothing."""
        items.put_all(
            _pointer(invitation, key) for invitation, code in coded for key in (_by_address(invitation), _by_code(code))
        )

    def remove(self, invitation: Invitation, code: str) -> None:
        InvitationLookupItem(*_by_address(invitation)).delete()
        InvitationLookupItem(*_by_code(code)).delete()

    def of_address(self, email: str) -> list[Invitation]:
        """Every invitation that this address has now."""
        lookups = InvitationLookupItem.query(
            keys.address(email), InvitationLookupItem.sk.startswith("I#"), consistent_read=True
        )
        results = items.get_all(
            (keys.chat(invitation_lookup_item.chat_id), keys.invitation(invitation_lookup_item.invitation_id))
            for invitation_lookup_item in lookups
        )
        return list(each(mapping.invitation, (item for item in results.values() if item.email == email)))

    def of_code(self, code: str) -> Invitation | None:
        lookup = items.get(InvitationLookupItem, *_by_code(code))
        item = (
            items.get(InvitationItem, keys.chat(lookup.chat_id), keys.invitation(lookup.invitation_id))
            if lookup
            else None
        )
        return maybe(mapping.invitation, item)


def _pointer(invitation: Invitation, key: tuple[str, str]) -> InvitationLookupItem:
    gone_at = (invitation.expires_at or invitation.created_at) + KEPT_AFTER_END
    return InvitationLookupItem(*key, chat_id=invitation.chat_id, invitation_id=invitation.id, gone_at=gone_at)


def _by_address(invitation: Invitation) -> tuple[str, str]:
    return keys.address(invitation.email), f"I#{invitation.chat_id}#{invitation.id}"


def _by_code(code: str) -> tuple[str, str]:
    return f"Z#{keys.digest(code)}", "Z"
