"""Addresses to offer while somebody types: their own people of one workspace, and nobody else's."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..domain import errors
from ..domain.people import Account
from ..ports import Ports
from . import chats, workspaces

SHORTEST, LONGEST, MOST_SHOWN = 2, 100, 10
_CHATS_LOOKED_AT, _MEMBERS_LOOKED_AT = 50, 1_000


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to invite. `account_id` is empty for who was invited and hasn't joined."""

    email: str
    name: str = ""
    account_id: str = ""

    def matches(self, text: str) -> bool:
        return text in self.email.casefold() or text in self.name.casefold()

    def begins_with(self, text: str) -> bool:
        return self.email.casefold().startswith(text) or self.name.casefold().startswith(text)


def matching(ports: Ports, account: Account, workspace_id: str, text: str) -> list[Contact]:
    """Up to ten whose address or name holds `text`, those that begin with it first. Costs a read for each of the person's
    50 newest chats of the workspace."""
    workspaces.as_member(ports, account, workspace_id)
    wanted = text.strip().casefold()
    if not SHORTEST <= len(wanted) <= LONGEST:
        raise errors.wrong_field("q", "how_long", "Type {least} to {most} characters.", least=SHORTEST, most=LONGEST)
    results: dict[str, Contact] = {}
    for contact in _own_people(ports, account, workspace_id):
        if contact.email and contact.account_id != account.id and contact.matches(wanted):
            results.setdefault(contact.email, contact)
    ordered = sorted(
        results.values(), key=lambda contact: (not contact.begins_with(wanted), contact.name.casefold(), contact.email)
    )
    return ordered[:MOST_SHOWN]


def _own_people(ports: Ports, account: Account, workspace_id: str) -> Iterator[Contact]:
    members, _ = ports.workspaces.members(workspace_id, _MEMBERS_LOOKED_AT, "")
    yield from (Contact(member.email, member.name, member.account_id) for member in members)
    mine = [place for place in ports.chats.memberships(account.id) if place.workspace_id == workspace_id]
    for membership in sorted(mine, key=lambda membership: membership.joined_at, reverse=True)[:_CHATS_LOOKED_AT]:
        yield from _of_chat(ports, account, membership.chat_id)


def _of_chat(ports: Ports, account: Account, chat_id: str) -> Iterator[Contact]:
    """Who is in it, and whom this person invited, as long as the invitation is kept."""
    now = ports.now()
    for invitation in chats.roster(ports, chat_id)[1]:
        if invitation.is_taken:
            yield Contact(invitation.account_email or invitation.email, invitation.name, invitation.account_id)
        elif invitation.inviter_id == account.id and invitation.is_listed_at(now):
            yield Contact(invitation.email, invitation.invited_name)
