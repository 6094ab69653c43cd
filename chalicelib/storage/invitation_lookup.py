"""Invitations found by their address, and by the short code in their mail."""

from collections.abc import Iterable, Sequence

from ..domain.invitations import KEPT_AFTER_END, Invitation
from . import items, keys, mapping
from .errors import translate_errors
from .items import InvitationItem, InvitationLookupItem
from .reading import each, maybe


@translate_errors
class InvitationLookup:
    def add(self, coded: Sequence[tuple[Invitation, str]]) -> None:
        items.put_all(
            pointer
            for invitation, code in coded
            for pointer in (_of_email(invitation, invitation.email), _pointer(invitation, _by_code(code)))
        )

    def add_named(self, invitation: Invitation, emails: Iterable[str]) -> None:
        items.put_all(_of_email(invitation, email) for email in emails)

    def remove(self, invitation: Invitation, code: str) -> None:
        self.remove_named(invitation, [invitation.email])
        self.remove_code(code)

    def remove_named(self, invitation: Invitation, emails: Iterable[str]) -> None:
        for email in emails:
            InvitationLookupItem(*_by_email(invitation, email)).delete()

    def remove_code(self, code: str) -> None:
        InvitationLookupItem(*_by_code(code)).delete()

    def of_address(self, email: str) -> list[Invitation]:
        return [invitation for invitation in self.naming(email) if invitation.email == email]

    def naming(self, email: str) -> list[Invitation]:
        lookups = InvitationLookupItem.query(
            keys.address(email), InvitationLookupItem.sk.startswith("I#"), consistent_read=True
        )
        results = items.get_all(
            (keys.chat(invitation_lookup_item.chat_id), keys.invitation(invitation_lookup_item.invitation_id))
            for invitation_lookup_item in lookups
        )
        invitations = each(mapping.invitation, results.values())
        return [invitation for invitation in invitations if email in (invitation.email, *invitation.named_addresses)]

    def of_code(self, code: str) -> Invitation | None:
        lookup = items.get(InvitationLookupItem, *_by_code(code))
        item = (
            items.get(InvitationItem, keys.chat(lookup.chat_id), keys.invitation(lookup.invitation_id))
            if lookup
            else None
        )
        return maybe(mapping.invitation, item)


def _of_email(invitation: Invitation, email: str) -> InvitationLookupItem:
    """What names an address is found as long as it does: a hand-over stays on the invitation of whoever joined by it."""
    pointer = _pointer(invitation, _by_email(invitation, email))
    if email in invitation.named_addresses:
        pointer.gone_at = None
    return pointer


def _pointer(invitation: Invitation, key: tuple[str, str]) -> InvitationLookupItem:
    gone_at = (invitation.expires_at or invitation.created_at) + KEPT_AFTER_END
    return InvitationLookupItem(*key, chat_id=invitation.chat_id, invitation_id=invitation.id, gone_at=gone_at)


def _by_email(invitation: Invitation, email: str) -> tuple[str, str]:
    return keys.address(email), f"I#{invitation.chat_id}#{invitation.id}"


def _by_code(code: str) -> tuple[str, str]:
    return f"Z#{keys.digest(code)}", "Z"
