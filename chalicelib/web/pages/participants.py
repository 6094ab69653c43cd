"""Who is in a chat and who is invited, as its page shows them, with what the reader may do about each."""

from datetime import datetime
from typing import Any

import msgspec

from ... import wiring
from ...domain.chats import Membership, Participant
from ...domain.erasing import SOMEBODY_WHO_LEFT
from ...domain.identities import of_key
from ...domain.invitations import AskKind, AskState, HandedOver, Invitation, Status, can_resend_in
from ...domain.mail_reasons import sentence_of
from ...domain.names import initials
from ...domain.providers import Via
from ...domain.workspaces import Member
from ...schemas import serializers as shapes
from ...templating import languages
from ...usecases import deliveries, identities, invitation_links, invitations
from . import people
from .routing import PageRequest

_DONE = {
    "invited": "The invitations go out now.",
    "resent": "The invitation was sent again to {email}.",
    "allowed": "Allowed. The invitation for {email} can be used now.",
    "refused": "Refused. No one joins with the invitation for {email} this way.",
    "revoked": "The invitation for {email} was revoked.",
    "fixed": "The address is {email} now, and a new e-mail goes there.",
}
_NAMED = 6  # five, and perhaps oneself


def done(request: PageRequest, records: tuple[Invitation, ...]) -> dict[str, Any] | None:
    """What a button in the panel has done, as the page says it after the redirect; of an invitation that the reader may see."""
    sentence, of = _DONE.get(request.incoming.query.get("done", "")), request.incoming.query.get("of", "")
    email = next((invitation.email for invitation in records if invitation.id == of), "")
    if not sentence or ("{email}" in sentence and not email):
        return None
    return {"kind": "good", "text": languages.text(sentence, request.locale, email=email)}


def participants(
    participants: tuple[Participant, ...],
    reader: Membership,
    records: tuple[Invitation, ...],
    member: Member | None,
    request: PageRequest,
) -> list[dict[str, Any]]:
    only_here = _not_reached(request, participants, records)
    disconnected = deliveries.disconnected(request.ports, participants, records)
    inviters = {invitation.account_id: invitation.inviter_id for invitation in records if invitation.is_taken}
    manages = member is not None and member.role.may_manage
    rows = []
    for participant in sorted(participants, key=lambda person: person.role == "external"):
        removable = (
            reader.is_member
            and participant.role == "external"
            and (manages or inviters.get(participant.account_id) == reader.account_id)
        )
        shown = {
            "organization": None,
            "invited_as": None,
            "ends_at": None,
            **msgspec.to_builtins(shapes.participant(participant, reader)),
        }
        reads_in: Via | None = Via.WEBTOP if participant.account_id in only_here else participant.via
        if participant.account_id in disconnected:
            reads_in = None
        rows.append(
            {
                **shown,
                **people.avatar(participant.account_id, participant.name, participant.picture),
                "can_remove": removable,
                "can_change": removable and (manages or participant.owner_id == reader.account_id),
                "reads_in": reads_in and str(reads_in),
            }
        )
    return rows


def _not_reached(
    request: PageRequest, participants: tuple[Participant, ...], records: tuple[Invitation, ...]
) -> set[str]:
    """Who has no app of ours in their own application yet, or none any more; asked only of whom the composer may name."""
    named = [participant.account_id for participant in participants if participant.role == "external"][:_NAMED]
    return {
        invitation.account_id
        for invitation in records
        if invitation.account_id in named
        and invitation.via is not Via.WEBTOP
        and not identities.is_reached(request.ports, invitation.identity)
    }


def invited(request: PageRequest, records: tuple[Invitation, ...], member: Member | None) -> list[dict[str, Any]]:
    """What waits for an answer or is to be mended comes first."""
    now, rows = request.ports.now(), []
    for invitation in sorted(invitations.listed_of(request.ports, records), key=lambda each: each.urgency_at(now)):
        handles = invitation.inviter_id == request.account.id or (member is not None and member.role.may_manage)
        shown = msgspec.to_builtins(
            shapes.invitation(invitation, now, invitation_links.three_words(request.ports, invitation))
        )
        reason = languages.text(sentence_of(invitation.mail.reason), request.locale) if invitation.mail else ""
        rows.append(
            {
                **shown,
                "mail": {**shown["mail"], "detail": reason},
                "initials": initials(invitation.email),
                "history": str(invitation.history),
                "reason": invitation.reason,
                "handed_over": [_move(move, request.locale) for move in invitation.handed_over],
                "allowed": _allowed(invitation, now),
                "can_resend_in": -(-can_resend_in(invitation, now) // 60),
                "can_resend": handles and invitation.status in (Status.PENDING, Status.EXPIRED),
                "can_fix": handles and invitation.status is Status.PENDING,
            }
        )
    return rows


def _move(move: HandedOver, locale: str) -> dict[str, Any]:
    left = languages.text(SOMEBODY_WHO_LEFT, locale)
    return {"from": move.from_email or left, "to": move.to_email or left, "at": move.at}


def _allowed(invitation: Invitation, now: datetime) -> str:
    """Who was let in by the inviter and hasn't joined yet."""
    asks = invitation.asks if invitation.is_open_at(now) else ()
    return next((ask.name for ask in asks if ask.state is AskState.ALLOWED and ask.kind is AskKind.JOIN), "")


def reach(request: PageRequest, membership: Membership, records: tuple[Invitation, ...]) -> dict[str, str] | None:
    """The step that is still missing for somebody who reads in an application of theirs, so that messages go there."""
    key = next((each.identity for each in records if each.id == membership.invitation_id), "")
    identity = of_key(key)
    if identity is None or not identity.provider.signs_in or identities.is_reached(request.ports, key):
        return None
    step = wiring.configured().providers[identity.provider].next_step(identity)
    if step is None:
        return None
    return {
        "fact": languages.text(step.fact, request.locale),
        "text": languages.text(step.text, request.locale),
        "button": languages.text(step.button, request.locale),
        "href": f"{step.href}?account={request.account.id}" if step.href.startswith("/") else step.href,
    }


def invites_colleagues(membership: Membership) -> str:
    """The page from which this person invites people into their own company's application; empty where there is none."""
    specifications = wiring.configured().providers.values()
    return next((own.invites_colleagues for own in specifications if own.provider.via is membership.via), "")
