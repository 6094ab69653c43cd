"""Who of those that were typed can be invited, and what each address is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .addresses import allowed_here
from .errors import FieldError, format_message, wrong_fields
from .history import History
from .invitations import Invitation
from .people import Address
from .workspaces import Member, Workspace

MOST_AT_ONCE = 1_000
MAILS_TO_ONE_ADDRESS, MAILS_OF_ONE_INVITER, MAILS_OF_ALL = 5, 5_000, 50_000


class InviteOutcome(StrEnum):
    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    MEMBER_ADDED = "member_added"
    ALREADY_IN_CHAT = "already_in_chat"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """One row of the invitation list, as typed."""

    email: str
    name: str = ""
    locale: str = ""
    history: History = History.FROM_JOIN
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteResult:
    email: str
    outcome: InviteOutcome
    code: str = ""
    sentence: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return format_message(self.sentence, self.values)

    @property
    def is_told(self) -> bool:
        """Whether somebody who invites must hear of it: it isn't what they wanted."""
        return not self.has_invitation and self.code != "repeated"

    @property
    def has_invitation(self) -> bool:
        return self.outcome in (InviteOutcome.INVITED, InviteOutcome.MEMBER_ADDED)


def refused(email: str, code: str, sentence: str, **values: object) -> InviteResult:
    return InviteResult(email=email, outcome=InviteOutcome.REFUSED, code=code, sentence=sentence, values=values)


def made_before(address: str, stored: Invitation, now: datetime) -> InviteResult:
    """Of a call that is repeated, what it made the first time. It may have ended since; then it isn't said to be there."""
    if not stored.is_taken and not stored.is_open_at(now):
        return refused(address, "ended_since", "This invitation has ended since. Invite the address again.")
    return InviteResult(
        email=address, outcome=InviteOutcome.INVITED if stored.was_mailed else InviteOutcome.MEMBER_ADDED
    )


def already_in_chat(email: str) -> InviteResult:
    return InviteResult(
        email=email,
        outcome=InviteOutcome.ALREADY_IN_CHAT,
        code="already_in_chat",
        sentence="This person is in the chat already.",
    )


def repeated(email: str) -> InviteResult:
    return InviteResult(
        email=email,
        outcome=InviteOutcome.ALREADY_INVITED,
        code="repeated",
        sentence="This address is in the list twice.",
    )


def screen(  # noqa: PLR0913  # all that decides about one address
    address: Address,
    member: Member | None,
    workspace: Workspace,
    invited: tuple[Invitation, ...],
    existing: frozenset[str],
    inviter_id: str,
    capped: bool,
    now: datetime,
) -> InviteResult:
    """What becomes of one good address in this chat; `there` are the accounts that are in it."""
    email = address.email
    if address.account_id in existing:
        return already_in_chat(email)
    if member is not None:
        return InviteResult(email=email, outcome=InviteOutcome.MEMBER_ADDED)
    invitations = [invitation for invitation in invited if invitation.email == email]
    if any(invitation.is_taken for invitation in invitations):
        return already_in_chat(email)
    if any(invitation.is_open_at(now) for invitation in invitations):
        return InviteResult(
            email=email,
            outcome=InviteOutcome.ALREADY_INVITED,
            code="already_invited",
            sentence="This address is invited already. You can send it again.",
        )
    if not allowed_here(email, workspace.allowed_domains, workspace.denied_domains):
        return refused(
            email,
            "domain_refused",
            "{workspace} doesn't invite addresses of this domain. An owner or admin can change that.",
            workspace=workspace.name,
        )
    if address.blocks_mail_from(inviter_id, workspace.id):
        return refused(email, "not_reachable", "We can't send e-mail to this address. Ask the person for another one.")
    if capped:
        return refused(email, "address_capped", "This address has had its invitations for today. Invite it tomorrow.")
    return InviteResult(email=email, outcome=InviteOutcome.INVITED)


def refuse_early_ends(invitees: Sequence[Invitee], earliest: datetime) -> None:
    """A place that would end before its invitation does is no place."""
    sentence = "Choose a time after the invitation's own end."
    early = tuple(
        FieldError(f"invitees[{at}].ends_at", "too_early", sentence)
        for at, invitee in enumerate(invitees)
        if invitee.ends_at is not None and invitee.ends_at <= earliest
    )
    if early:
        raise wrong_fields(early)
