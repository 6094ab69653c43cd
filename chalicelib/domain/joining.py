"""May this person take this seat? Asked when the page is shown and again, in full, at the last step."""

from datetime import datetime

from . import errors
from .chats import Place
from .invitations import Seat, refuse_unless_open
from .links import Purpose
from .people import Account
from .workspaces import Mismatch, Workspace, refuse_unless_communicate


def refuse_unless_usable(seat: Seat, workspace: Workspace, inviter: Place | None, now: datetime) -> None:
    """The invitation is open, Communicate is on, and whoever invites still may: a member who is still in the chat."""
    refuse_unless_open(seat, now)
    if inviter is None or not inviter.is_member:
        raise errors.invitation_over("revoked")
    refuse_unless_communicate(workspace)


def owns_address(account: Account, seat: Seat) -> bool:
    return account.email == seat.email


def ways_on(policy: Mismatch, purpose: Purpose) -> tuple[str, ...]:
    """What a person can do whose account doesn't own the invited address; see PRODUCT.md, section 6."""
    may_confirm = purpose is Purpose.MAILED and policy is Mismatch.TELL
    return ("switch", "confirm") if may_confirm else ("switch",)


def refuse_unless_may_take(
    account: Account, seat: Seat, workspace: Workspace, purpose: Purpose, confirmed: bool
) -> None:
    """Whoever owns the invited address may; anybody else only by a way that the workspace's policy leaves open."""
    if owns_address(account, seat):
        return
    ways = ways_on(workspace.mismatch, purpose)
    if not (confirmed and "confirm" in ways):
        raise errors.address_mismatch(ways)


def refuse_unless_address_proved(purpose: Purpose) -> None:
    """The copied link proves no address, so it can't make an account for one."""
    if purpose is not Purpose.MAILED:
        raise errors.Refusal(
            errors.Kind.FORBIDDEN,
            "code_needed",
            "Prove the invited address first: open the link in the mail that was sent to it.",
        )
