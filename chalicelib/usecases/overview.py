"""A workspace's invitations in numbers, for its owners and admins: how many, by which way, and what needs a look. Never people."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain.invitations import MailState, Seat, Status
from ..domain.people import Account
from ..domain.workspaces import Workspace, refuse_unless_may_manage
from ..ports import Ports
from . import chats, workspaces

_MOST_CHATS = 500


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the invitations made in the last `days`; `per_day` has each day, the oldest first: (day, invited, joined)."""

    workspace: Workspace
    days: int
    invited: int
    delivered: int
    joined: int
    open: int
    declined: int
    expired: int
    bounced: int
    by_way: dict[str, int]
    per_day: tuple[tuple[str, int, int], ...]


def look(ports: Ports, account: Account, workspace_id: str, days: int) -> Overview:
    workspace, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_manage(member.role, "see the overview")
    now = ports.now()
    since = now - timedelta(days=days)
    seats = [seat for seat in _seats(ports, workspace.id) if seat.is_invitation and seat.created_at >= since]
    status = Counter(seat.status_at(now) for seat in seats)
    joined = [seat for seat in seats if seat.joined_at is not None]
    return Overview(
        workspace=workspace,
        days=days,
        invited=len(seats),
        delivered=sum(_arrived(seat) for seat in seats),
        joined=len(joined),
        open=status[Status.PENDING],
        declined=status[Status.DECLINED],
        expired=status[Status.EXPIRED],
        bounced=sum(seat.mail is not None and seat.mail.state is MailState.BOUNCED for seat in seats),
        by_way=dict(Counter(str(seat.via) for seat in joined)),
        per_day=_per_day(seats, since, now),
    )


def _seats(ports: Ports, workspace_id: str) -> list[Seat]:
    found: list[Seat] = []
    for chat_id in ports.workspaces.chats(workspace_id, _MOST_CHATS):
        _, seats = chats.roster(ports, chat_id)
        found += seats
    return found


def _arrived(seat: Seat) -> bool:
    """Delivered, as far as anybody told us; whoever joined surely got it."""
    told = seat.mail is not None and seat.mail.state in (MailState.DELIVERED, MailState.COMPLAINED)
    return told or seat.joined_at is not None


def _per_day(seats: list[Seat], since: datetime, now: datetime) -> tuple[tuple[str, int, int], ...]:
    invited = Counter(f"{seat.created_at:%Y-%m-%d}" for seat in seats)
    joined = Counter(f"{seat.joined_at:%Y-%m-%d}" for seat in seats if seat.joined_at)
    days = [f"{since + timedelta(days=ahead):%Y-%m-%d}" for ahead in range((now.date() - since.date()).days + 1)]
    return tuple((day, invited[day], joined[day]) for day in days)
