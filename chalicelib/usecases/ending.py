"""How places end, with a receipt for whoever is from outside: the one way out of a chat, whoever ends it.

What follows takes effect at the next look: whoever has no place gets no page, no event of a socket, and nothing of the
relay. The stream tells the chat, and hands the receipt to the person and to the owner of their place.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ..domain import errors
from ..domain.chats import Chat, Membership, refuse_unless_member
from ..domain.ends import EndReason
from ..domain.invitations import Invitation
from ..domain.outside import NOBODY, PersonRef, owner_among
from ..domain.people import Account
from ..domain.providers import SIGNED_IN_FROM, Via, via_of
from ..domain.receipts import COUNTED, MOST_CHATS, EndedPlace, Receipt, document, signed_bytes, stays
from ..ports import Ports
from . import chats

log = logging.getLogger(__name__)
_TRIES, _MOST_MEMBERS = 5, 1_000


def remove(ports: Ports, account: Account, chat_id: str, account_id: str) -> None:
    """Leave, or remove somebody from outside: by their inviter, or an owner or admin. At once, everywhere."""
    _, membership = chats.as_participant(ports, account, chat_id)
    if account_id == account.id:
        end(ports, [membership], PersonRef(account.id, account.name), EndReason.LEFT)
        return
    refuse_unless_member(membership)
    _, theirs = ports.chats.with_membership(chat_id, account_id)
    if theirs is None:
        raise errors.unknown()
    _refuse_unless_may_remove(ports, account, membership, theirs)
    end(ports, [theirs], PersonRef(account.id, account.name), EndReason.REMOVED)


def end(ports: Ports, places: Sequence[Membership], by: PersonRef, reason: EndReason) -> list[Receipt]:
    """These places of one person are over, at once; of the workspace's own people without a receipt.

    Whoever ends what another has ended meanwhile does nothing, and gets no receipt for it.
    """
    for place in places:
        if place.is_member:
            ports.receipts.end([place], by, ports.now(), reason, None)
    outside = [place for place in places if not place.is_member]
    parts = [outside[at : at + MOST_CHATS] for at in range(0, len(outside), MOST_CHATS)]
    receipts = [_ended_together(ports, part, by, reason) for part in parts]
    return [receipt for receipt in receipts if receipt]


def acknowledge(ports: Ports, chat_id: str, account_id: str, by: PersonRef, at: datetime) -> None:
    """A receipt for somebody who reads on in a chat that was closed: nothing of theirs ends with it."""
    place = ports.receipts.overdue(chat_id, account_id)
    chat, invitation = _record(ports, place) if place and not place.is_member else (None, None)
    if place and chat and invitation:
        issued = _issued(ports, [(place, chat, invitation)], by, EndReason.CLOSED, at)
        ports.receipts.end([], by, at, EndReason.CLOSED, issued)


def end_overdue(ports: Ports, chat_id: str, invitation_id: str) -> bool:
    """Writes down what the clock has ended already; False where there is nothing of the kind."""
    _, invitation = ports.invitations.stored(chat_id, invitation_id)
    place = ports.receipts.overdue(chat_id, invitation.account_id) if invitation and invitation.account_id else None
    if place is None or place.holds_at(ports.now()):
        return False
    return bool(end(ports, [place], NOBODY, EndReason.ENDED))


def _refuse_unless_may_remove(ports: Ports, account: Account, by: Membership, whom: Membership) -> None:
    if whom.is_member:
        raise errors.may_not("remove a member")
    invitation = ports.invitations.get(whom.chat_id, whom.invitation_id)
    if invitation is not None and invitation.inviter_id == account.id:
        return
    member = ports.workspaces.members_among(by.workspace_id, [account.id]).get(account.id)
    if member is None or not member.role.may_manage:
        raise errors.may_not("remove this person")


def _ended_together(ports: Ports, places: Sequence[Membership], by: PersonRef, reason: EndReason) -> Receipt | None:
    for _ in range(_TRIES):
        records = [(place, *_record(ports, place)) for place in places]
        here = [(place, chat, invitation) for place, chat, invitation in records if chat and invitation]
        if not here:
            return None
        issued = _issued(ports, here, by, reason)
        if ports.receipts.end([place for place, _, _ in here], by, issued.issued_at, reason, issued):
            log.info("places ended: account %s, %s, %d, by %s", issued.account_id, reason, len(here), by.account_id)
            return issued
        places = [place for place in places if _stands(ports, place)]
    raise errors.busy()


def _record(ports: Ports, place: Membership) -> tuple[Chat | None, Invitation | None]:
    chat, invitation = ports.invitations.stored(place.chat_id, place.invitation_id)
    return (chat, invitation) if invitation and invitation.is_taken else (chat, None)


def _stands(ports: Ports, place: Membership) -> bool:
    now = ports.receipts.overdue(place.chat_id, place.account_id)
    return now is not None and now.invitation_id == place.invitation_id


def _issued(
    ports: Ports,
    ended: Sequence[tuple[Membership, Chat, Invitation]],
    by: PersonRef,
    reason: EndReason,
    at: datetime | None = None,
) -> Receipt:
    now, (_, _, last) = at or ports.now(), ended[-1]
    workspace = ports.workspaces.get(last.workspace_id)
    by = NOBODY if reason is EndReason.ENDED else by
    receipt = Receipt(
        id=ports.new_id(),
        account_id=last.account_id,
        owner_id=owner_of(ports, last).account_id,
        name=last.name,
        invited_as=last.email,
        organization=last.organization,
        via=last.via,
        workspace_id=last.workspace_id,
        workspace_name=workspace.name if workspace else "",
        places=tuple(
            EndedPlace(
                chat.id, chat.name, invitation.joined_at or invitation.created_at, min(now, place.ends_at or now)
            )
            for place, chat, invitation in ended
        ),
        ended_by=by.name,
        by_id=by.account_id,
        reason=reason,
        stays=stays(_copies(ports, ended), any(_has_mail(place, each) for place, _, each in ended)),
        issued_at=now,
    )
    return replace(receipt, signature=ports.receipt_signer.sign(signed_bytes(document(receipt))))


def _copies(ports: Ports, ended: Sequence[tuple[Membership, Chat, Invitation]]) -> dict[tuple[Via, str], int]:
    """Messages that the ledger knows to stand in this person's own applications, in those of before, too; without those taken
    back lately."""
    profiles = ports.identities.of_account(ended[-1][0].account_id)
    linked = {profile.identity.key: profile.organization for profile in profiles}
    counts = Counter[tuple[Via, str]]()
    for place, chat, invitation in ended:
        now = {invitation.identity: invitation.organization} if invitation.via in SIGNED_IN_FROM else {}
        known = {key: organization for key, organization in (linked | now).items() if key}
        relayed = ports.relayed_messages.latest(chat.id, place.reads_from, chat.last_seq, COUNTED) if known else ()
        counts.update(
            (via_of(each.destination), known[each.destination])
            for each in relayed
            if each.destination in known and each.remote_id and each.seq not in chat.deleted
        )
    return dict(sorted(counts.items()))


def _has_mail(place: Membership, invitation: Invitation) -> bool:
    """The invitation's own mail was sent, or one that told what was missed here."""
    return (invitation.mail is not None and invitation.mail.done > 0) or place.notified_text_count > 0


def owner_of(ports: Ports, invitation: Invitation) -> PersonRef:
    """Who answers for this place now. The usual owner's own place is asked first: only where it is gone is the roster read."""
    inviter = PersonRef(invitation.inviter_id, invitation.inviter_name)
    if not invitation.owner_id:
        _, membership = ports.chats.with_membership(invitation.chat_id, inviter.account_id)
        if membership and membership.is_member:
            return inviter
    members, _ = ports.workspaces.members(invitation.workspace_id, _MOST_MEMBERS, "")
    return owner_among(invitation, chats.participants(ports, invitation.chat_id), members)
