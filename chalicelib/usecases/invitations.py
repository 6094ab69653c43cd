"""What the inviter sees of an invitation, and can do about it. Inviting itself is in `inviting`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from ..domain import errors, inviting, links
from ..domain.chats import Chat, refuse_unless_member
from ..domain.ids import Ids
from ..domain.invitations import Seat, Status, refuse_unless_open, refuse_unless_resendable
from ..domain.inviting import Outcome
from ..domain.people import Account
from ..domain.workspaces import Workspace, refuse_unless_may_invite
from ..ports import Ports
from . import addresses, chats, links_of, mails, sessions, workspaces
from .inviting import accounts_in, refuse_unless_room_for


@dataclass(frozen=True, slots=True)
class Again:
    """An invitation that is to have another mail and a new end, with the chat as it was read."""

    seat: Seat
    chat: Chat
    seats: tuple[Seat, ...]
    workspace: Workspace
    now: datetime

    @property
    def ends_at(self) -> datetime:
        return self.now + self.workspace.invitation_life


def listed(ports: Ports, account: Account, chat_id: str) -> tuple[Seat, ...]:
    """Every invitation of the chat that is open, joined, or ended in the last 30 days, the newest first."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    _, seats = chats.roster(ports, chat_id)
    return listed_of(ports, seats)


def listed_of(ports: Ports, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    shown = [seat for seat in seats if seat.is_listed_at(ports.now())]
    return tuple(sorted(shown, key=lambda seat: (seat.created_at, seat.id), reverse=True))


def resend(ports: Ports, account: Account, chat_id: str, seat_id: str, ids: Ids) -> Seat:
    """The same link once more, so that every earlier mail still works, with a new end.

    A try whose answer was lost and that is repeated finds that it was done.
    """
    seat, renewal = to_handle(ports, account, chat_id, seat_id), ids()
    if ids.may_repeat and seat.renewal == renewal:
        return seat
    refuse_unless_resendable(seat, ports.now())
    return renew(ports, account, seat, renewal)


def renew(ports: Ports, account: Account, seat: Seat, renewal: str = "") -> Seat:
    """One more mail with the same link, and a new end; an invitation that ended takes its room in the chat again."""
    again = _again(ports, account, seat)
    _refuse_unless_reachable(ports, seat)
    _refuse_unless_room(ports, again)
    with _spent(ports, again, seat):
        resent = ports.invitations.resend(again.chat, seat, again.ends_at, again.now, renewal)
    if not resent:
        raise _changed_meanwhile(ports, again)
    return fresh(ports, seat)


def fix_address(ports: Ports, account: Account, chat_id: str, seat_id: str, email: str) -> Seat:
    """Moves the invitation to another address; the old link dies, and what was asked for by it."""
    seat = to_handle(ports, account, chat_id, seat_id)
    email = sessions.address(email)
    if seat.status is not Status.PENDING:
        refuse_unless_open(seat, ports.now())
    if email == seat.email:
        return seat
    again = _again(ports, account, seat)
    _refuse_unless_free(ports, account, again, email)
    _refuse_unless_room(ports, again)
    with _spent(ports, again, seat):
        fixed = ports.invitations.fix(again.chat, seat, email, again.ends_at, again.now)
    if not fixed:
        raise _changed_meanwhile(ports, again)
    ports.pointers.remove(seat, links_of.short_code(ports, seat))
    return fresh(ports, seat)


def revoke(ports: Ports, account: Account, chat_id: str, seat_id: str) -> None:
    """Takes an invitation back; what ended otherwise stays as it is."""
    seat = to_handle(ports, account, chat_id, seat_id)
    if seat.is_open_at(ports.now()) and not ports.invitations.revoke(seat, account.name, ports.now()):
        seat = fresh(ports, seat)
        if seat.is_open_at(ports.now()) and not ports.invitations.revoke(seat, account.name, ports.now()):
            raise errors.busy()
    if seat.status in (Status.ACCEPTED, Status.LEFT):
        raise errors.conflict("already_joined", "This person has joined. Remove them from the chat instead.")


def copied_link(ports: Ports, account: Account, chat_id: str, seat_id: str) -> str:
    """An address that the inviter can pass on by hand. It proves no mailbox, so it opens less than the mailed one."""
    seat = to_handle(ports, account, chat_id, seat_id)
    refuse_unless_open(seat, ports.now())
    return links_of.join_url(ports, seat, links.Purpose.COPIED)


def to_handle(ports: Ports, account: Account, chat_id: str, seat_id: str) -> Seat:
    """The invitation, for its inviter and for owners and admins; to other members it is there, but not theirs to change."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    seat = ports.invitations.get(chat_id, seat_id)
    if seat is None or not seat.is_listed_at(ports.now()):
        raise errors.unknown()
    if seat.inviter_id != account.id:
        member = ports.workspaces.members_among(seat.workspace_id, [account.id]).get(account.id)
        if member is None or not member.role.may_manage:
            raise errors.may_not("change somebody else's invitation")
    return seat


def fresh(ports: Ports, seat: Seat) -> Seat:
    fresh = ports.invitations.get(seat.chat_id, seat.id)
    if fresh is None:
        raise errors.unknown()
    return fresh


def _again(ports: Ports, account: Account, seat: Seat) -> Again:
    workspace, member = workspaces.as_member(ports, account, seat.workspace_id)
    refuse_unless_may_invite(workspace, member)
    return Again(seat, *chats.roster(ports, seat.chat_id), workspace, ports.now())


def _refuse_unless_room(ports: Ports, again: Again) -> None:
    reopened = again.seat.status_at(again.now) is Status.EXPIRED
    refuse_unless_room_for(ports, again.workspace, again.chat, again.seats, int(reopened))


def _refuse_unless_free(ports: Ports, account: Account, again: Again, email: str) -> None:
    """Whoever can't be invited to this chat can't be given somebody else's invitation either."""
    address, workspace = addresses.one(ports, email), again.workspace
    owner = address.account_id
    member = ports.workspaces.members_among(workspace.id, [owner]).get(owner) if owner else None
    there = accounts_in(again.chat, again.seats)
    capped = bool(mails.capped(ports, [email]))
    result = inviting.judge(address, member, workspace, again.seats, there, account.id, capped, again.now)
    if result.outcome is Outcome.MEMBER_ADDED:
        raise errors.conflict(
            "already_member", "This address belongs to a member of the workspace. Invite them as one."
        )
    if result.outcome in (Outcome.ALREADY_IN_CHAT, Outcome.ALREADY_INVITED):
        raise errors.conflict(result.code, result.sentence, **result.values)
    if result.outcome is Outcome.REFUSED:
        raise errors.wrong_field("email", result.code, result.sentence, **result.values)


def _refuse_unless_reachable(ports: Ports, seat: Seat) -> None:
    _, reachable = addresses.of_invited(ports, seat)
    if not reachable:
        raise errors.conflict("not_reachable", "This address can't be reached by us. Fix the address.")
    if mails.capped(ports, [seat.email]):
        raise errors.too_many(
            "address_capped",
            "This address has had its invitation mails for today.",
            mails.until_tomorrow(ports),
        )


@contextmanager
def _spent(ports: Ports, again: Again, seat: Seat) -> Iterator[None]:
    """One more mail is spent; given back where the table is busy and the invitation is as it was."""
    mails.spend(ports, again.workspace, 1)
    try:
        yield
    except errors.Refusal:
        with suppress(errors.Refusal):
            if ports.invitations.get(seat.chat_id, seat.id) == seat:
                mails.spend(ports, again.workspace, -1)
        raise


def _changed_meanwhile(ports: Ports, again: Again) -> errors.Refusal:
    mails.spend(ports, again.workspace, -1)
    return errors.conflict("changed_meanwhile", "Somebody changed this meanwhile. Look again.")
