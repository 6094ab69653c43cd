"""What the inviter sees of an invitation, and can do about it. Inviting itself is in `inviting`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from ..domain import errors, inviting, links
from ..domain.chats import Chat, refuse_unless_member
from ..domain.ids import Ids
from ..domain.invitations import (
    Ask,
    Invitation,
    Status,
    refuse_unless_open,
    refuse_unless_pending,
    refuse_unless_resendable,
)
from ..domain.inviting import InviteOutcome
from ..domain.people import Account
from ..domain.reports import refuse_if_paused
from ..domain.workspaces import Workspace, refuse_unless_may_invite
from ..ports import Ports
from . import addresses, chats, invitation_links, mails, sessions, workspaces
from .inviting import accounts_in, refuse_unless_room_for

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Renewal:
    """An invitation that is to have another mail and a new end, with the chat as it was read."""

    invitation: Invitation
    chat: Chat
    invitations: tuple[Invitation, ...]
    workspace: Workspace
    now: datetime

    @property
    def ends_at(self) -> datetime:
        return self.now + self.workspace.invitation_life


def listed(ports: Ports, account: Account, chat_id: str) -> tuple[Invitation, ...]:
    """Every invitation of the chat that is open, joined, or ended in the last 30 days.

    The newest first, those of one call as they were typed.
    """
    _, membership = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(membership)
    _, invitations = chats.roster(ports, chat_id)
    return listed_of(ports, invitations)


def listed_of(ports: Ports, invitations: tuple[Invitation, ...]) -> tuple[Invitation, ...]:
    shown = [invitation for invitation in invitations if invitation.is_listed_at(ports.now())]
    typed = sorted(shown, key=lambda invitation: (invitation.position, invitation.id))
    return tuple(sorted(typed, key=lambda invitation: invitation.created_at, reverse=True))


def resend(ports: Ports, account: Account, chat_id: str, invitation_id: str, ids: Ids) -> Invitation:
    """The same link once more, so that every earlier mail still works, with a new end.

    A try whose answer was lost and that is repeated finds that it was done.
    """
    invitation, renewal = to_handle(ports, account, chat_id, invitation_id), ids()
    if ids.may_repeat and invitation.renewal == renewal:
        return invitation
    refuse_unless_resendable(invitation, ports.now())
    return renew(ports, account, invitation, renewal)


def renew(ports: Ports, account: Account, invitation: Invitation, renewal: str = "") -> Invitation:
    """One more mail with the same link, and a new end; an invitation that ended takes its room in the chat again."""
    renewing = read_renewal(ports, account, invitation)
    _refuse_unless_reachable(ports, invitation)
    _refuse_unless_room(ports, renewing)
    with spent(ports, renewing, invitation):
        change = invitation.resend(renewing.ends_at, renewing.now, renewal)
        resent = ports.invitations.save(change, renewing.chat)
    if not resent:
        raise changed_meanwhile(ports, renewing)
    return fresh(ports, invitation)


def fix_address(ports: Ports, account: Account, chat_id: str, invitation_id: str, email: str) -> Invitation:
    """Moves the invitation to another address; the old link dies, and what was asked for by it."""
    invitation = to_handle(ports, account, chat_id, invitation_id)
    email = sessions.address(email)
    refuse_unless_pending(invitation, ports.now())
    if email == invitation.email:
        return invitation
    renewing = read_renewal(ports, account, invitation)
    refuse_unless_free(ports, renewing, email)
    _refuse_unless_room(ports, renewing)
    with spent(ports, renewing, invitation):
        change = invitation.fix(email, renewing.ends_at, renewing.now)
        fixed = ports.invitations.save(change, renewing.chat)
    if not fixed:
        raise changed_meanwhile(ports, renewing)
    return unlist_old(ports, invitation)


def revoke(ports: Ports, account: Account, chat_id: str, invitation_id: str) -> None:
    """Takes an invitation back; what ended otherwise stays as it is."""
    invitation = to_handle(ports, account, chat_id, invitation_id)
    if invitation.is_open_at(ports.now()) and not _revoked(ports, account, invitation):
        invitation = fresh(ports, invitation)
        if invitation.is_open_at(ports.now()) and not _revoked(ports, account, invitation):
            raise errors.busy()
    if invitation.status in (Status.ACCEPTED, Status.LEFT):
        raise errors.conflict("already_joined", "This person has joined. Remove them from the chat instead.")


def _revoked(ports: Ports, account: Account, invitation: Invitation) -> bool:
    return ports.invitations.save(invitation.revoke(account.name, ports.now()))


def copied_link(ports: Ports, account: Account, chat_id: str, invitation_id: str) -> str:
    """An address that the inviter can pass on by hand. It proves no mailbox, so it opens less than the mailed one."""
    invitation = to_handle(ports, account, chat_id, invitation_id)
    refuse_unless_open(invitation, ports.now())
    return invitation_links.join_url(ports, invitation, links.Purpose.COPIED)


def get(ports: Ports, chat_id: str, invitation_id: str) -> Invitation | None:
    """For whoever may see it; they were judged before."""
    return ports.invitations.get(chat_id, invitation_id)


def workspace_of(ports: Ports, invitation: Invitation) -> Workspace | None:
    return ports.invitations.workspace_and_inviter(invitation)[0]


def to_handle(ports: Ports, account: Account, chat_id: str, invitation_id: str) -> Invitation:
    """The invitation, for its inviter and for owners and admins; to other members it is there, but not theirs to change."""
    _, membership = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(membership)
    invitation = ports.invitations.get(chat_id, invitation_id)
    if invitation is None or not invitation.is_listed_at(ports.now()):
        raise errors.unknown()
    if invitation.inviter_id != account.id:
        member = ports.workspaces.members_among(invitation.workspace_id, [account.id]).get(account.id)
        if member is None or not member.role.may_manage:
            raise errors.may_not("change someone else's invitation")
    return invitation


def fresh(ports: Ports, invitation: Invitation) -> Invitation:
    fresh = ports.invitations.get(invitation.chat_id, invitation.id)
    if fresh is None:
        raise errors.unknown()
    return fresh


def read_renewal(ports: Ports, account: Account, invitation: Invitation) -> Renewal:
    """The mail goes out in its inviter's name, whoever presses the button: neither may have been stopped."""
    workspace, member = workspaces.as_member(ports, account, invitation.workspace_id)
    refuse_unless_may_invite(workspace, member)
    refuse_if_paused(account)
    if invitation.inviter_id != account.id:
        refuse_if_paused(ports.accounts.get(invitation.inviter_id))
    return Renewal(invitation, *chats.roster(ports, invitation.chat_id), workspace, ports.now())


def _refuse_unless_room(ports: Ports, renewal: Renewal) -> None:
    reopened = renewal.invitation.status_at(renewal.now) is Status.EXPIRED
    refuse_unless_room_for(ports, renewal.workspace, renewal.chat, renewal.invitations, int(reopened))


def refuse_unless_free(ports: Ports, renewal: Renewal, email: str) -> None:
    """Whoever can't be invited to this chat can't be given somebody else's invitation either. The mail goes out in its
    inviter's name, whoever presses the button: it is theirs that the address may have blocked."""
    address, workspace = addresses.get(ports, email), renewal.workspace
    owner = address.account_id
    member = ports.workspaces.members_among(workspace.id, [owner]).get(owner) if owner else None
    existing = accounts_in(renewal.chat, renewal.invitations)
    capped = bool(mails.capped(ports, [email]))
    inviter_id = renewal.invitation.inviter_id
    result = inviting.screen(address, member, workspace, renewal.invitations, existing, inviter_id, capped, renewal.now)
    if result.outcome is InviteOutcome.MEMBER_ADDED:
        raise errors.conflict(
            "already_member", "This address belongs to a member of the workspace. Invite them as one."
        )
    if result.outcome in (InviteOutcome.ALREADY_IN_CHAT, InviteOutcome.ALREADY_INVITED):
        raise errors.conflict(result.code, result.sentence, **result.values)
    if result.outcome is InviteOutcome.REFUSED:
        raise errors.unfit("email", result.code, result.sentence, **result.values)


def _refuse_unless_reachable(ports: Ports, invitation: Invitation) -> None:
    _, reachable = addresses.of_invited(ports, invitation)
    if not reachable:
        raise errors.conflict("not_reachable", "We can't send e-mail to this address. Fix the address.")
    if mails.capped(ports, [invitation.email]):
        raise errors.too_many(
            "address_capped",
            "This address has had its invitations for today.",
            mails.until_tomorrow(ports),
        )


@contextmanager
def spent(ports: Ports, renewal: Renewal, invitation: Invitation) -> Iterator[None]:
    """One more mail is spent; given back where the table is busy and the invitation is as it was."""
    mails.consume_quota(ports, renewal.workspace, 1)
    try:
        yield
    except errors.Refusal:
        with suppress(errors.Refusal):
            if ports.invitations.get(invitation.chat_id, invitation.id) == invitation:
                mails.consume_quota(ports, renewal.workspace, -1)
        raise


def changed_meanwhile(ports: Ports, renewal: Renewal) -> errors.Refusal:
    """Nothing was written: the mail that was spent is given back."""
    mails.consume_quota(ports, renewal.workspace, -1)
    return errors.conflict("changed_meanwhile", "This was just changed. Reload and try again.")


def unlist_old(ports: Ports, moved: Invitation) -> Invitation:
    """The invitation as it is now. As it was before it moved, it isn't found by its short code any more; nor by its address,
    unless a hand-over names it."""
    now = fresh(ports, moved)
    ports.invitation_lookup.remove_code(invitation_links.short_code(ports, moved))
    if moved.email not in (now.email, *now.named_addresses):
        ports.invitation_lookup.remove_named(moved, [moved.email])
    return now


def change_asks(ports: Ports, invitation: Invitation, change: Callable[[Invitation], Sequence[Ask]]) -> Invitation:
    """The asks as `change` makes them of what is there, however many ask at once. What moved to another address meanwhile is
    another promise: who asked by the old link asked for nothing."""
    read = invitation
    for _ in range(_TRIES):
        after = tuple(change(read))
        if after == read.asks or ports.invitations.save(read.ask(after)):
            return fresh(ports, read)
        read = fresh(ports, read)
        refuse_unless_pending(read, ports.now())
        if read.generation != invitation.generation:
            raise errors.unknown()
    raise errors.busy()
