"""May this person accept this invitation? Asked when the page is shown and again, in full, at the last step."""

from dataclasses import dataclass
from datetime import datetime

from . import errors
from .addresses import allowed_here
from .chats import Membership
from .invitations import AskState, Invitation, refuse_unless_open
from .links import Purpose
from .people import Account
from .workspaces import Mismatch, Workspace, refuse_unless_communicate


def refuse_unless_usable(
    invitation: Invitation, workspace: Workspace, inviter: Membership | None, now: datetime
) -> None:
    """The invitation is open, Communicate is on, and whoever invites still may: a member who is still in the chat."""
    refuse_unless_open(invitation, now)
    if inviter is None or not inviter.is_member:
        raise errors.invitation_over("revoked")
    if invitation.ends_at is not None and now >= invitation.ends_at:
        raise errors.invitation_over("expired")  # renewed past the end of the place that it promises
    refuse_unless_communicate(workspace)


def owns_address(account: Account, invitation: Invitation) -> bool:
    return account.email == invitation.email


def ways_on(policy: Mismatch, purpose: Purpose) -> tuple[str, ...]:
    """What a person can do whose account doesn't own the invited address; see PRODUCT.md, section 6."""
    may_ask = ("ask",) if policy is not Mismatch.REFUSE else ()
    may_confirm = ("confirm",) if purpose is Purpose.MAILED and policy is Mismatch.TELL else ()
    return ("switch", "code", *may_ask, *may_confirm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """On what somebody rests who wants to take an invitation: the kind of link, a proof of the address, a word of
    confirmation."""

    purpose: Purpose
    proved: bool
    confirmed: bool


def refuse_unless_may_take(
    account: Account, shown: str, invitation: Invitation, workspace: Workspace, claim: Claim
) -> None:
    """Whoever owns or proved the invited address may; anybody else only by a way that the policy leaves open, and with an
    address that the workspace lets in: `shown`, the account's or what Slack or Microsoft say.

    The copied link proves no address: without a proof it opens nothing but the way to one.
    """
    if owns_address(account, invitation) or claim.proved:
        return
    refuse_unless_domain_allowed(shown, workspace)
    ask = invitation.ask_of(account.id)
    if ask is not None and ask.state is AskState.ALLOWED:
        return
    ways = ways_on(workspace.mismatch, claim.purpose)
    if claim.purpose is not Purpose.MAILED:
        raise code_needed(ways)
    if not (claim.confirmed and "confirm" in ways):
        raise errors.address_mismatch(ways)


def refuse_unless_address_proved(claim: Claim) -> None:
    """An account for an address is made only where its mailbox is proved: by the mailed link, or by a code."""
    if claim.purpose is not Purpose.MAILED and not claim.proved:
        raise code_needed(("code",))


def refuse_unless_domain_allowed(email: str, workspace: Workspace) -> None:
    """The workspace's rules for domains hold at joining as they do at inviting."""
    if not allowed_here(email, workspace.allowed_domains, workspace.denied_domains):
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "domain_refused",
            "{workspace} doesn't let in addresses of this domain. Write to the person who invited you.",
            values={"workspace": workspace.name},
        )


def code_needed(ways: tuple[str, ...]) -> errors.Refusal:
    return errors.Refusal(
        errors.RefusalKind.FORBIDDEN,
        "code_needed",
        "Confirm the invited address first: have a code sent to it, or open the link in the e-mail.",
        ways=ways,
    )
