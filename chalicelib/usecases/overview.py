"""A workspace's invitations in numbers, for its owners and admins: how many, by which way, and what needs a look. Never people."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain.invitations import Invitation, MailState, Status
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
    invitations = [
        invitation
        for invitation in _invitations(ports, workspace.id)
        if invitation.was_mailed and invitation.created_at >= since
    ]
    status = Counter(invitation.status_at(now) for invitation in invitations)
    joined = [invitation for invitation in invitations if invitation.joined_at is not None]
    return Overview(
        workspace=workspace,
        days=days,
        invited=len(invitations),
        delivered=sum(_arrived(invitation) for invitation in invitations),
        joined=len(joined),
        open=status[Status.PENDING],
        declined=status[Status.DECLINED],
        expired=status[Status.EXPIRED],
        bounced=sum(
            invitation.mail is not None and invitation.mail.state is MailState.BOUNCED for invitation in invitations
        ),
        by_way=dict(Counter(str(invitation.via) for invitation in joined)),
        per_day=_per_day(invitations, since, now),
    )


def _invitations(ports: Ports, workspace_id: str) -> list[Invitation]:
    invitations: list[Invitation] = []
    for chat_id in ports.workspaces.chats(workspace_id, _MOST_CHATS):
        _, invited = chats.roster(ports, chat_id)
        invitations += invited
    return invitations


def _arrived(invitation: Invitation) -> bool:
    """Delivered, as far as anybody told us; whoever joined surely got it."""
    is_new = invitation.mail is not None and invitation.mail.state in (MailState.DELIVERED, MailState.COMPLAINED)
    return is_new or invitation.joined_at is not None


def _per_day(invitations: list[Invitation], since: datetime, now: datetime) -> tuple[tuple[str, int, int], ...]:
    invited = Counter(f"{invitation.created_at:%Y-%m-%d}" for invitation in invitations)
    joined = Counter(f"{invitation.joined_at:%Y-%m-%d}" for invitation in invitations if invitation.joined_at)
    days = [f"{since + timedelta(days=ahead):%Y-%m-%d}" for ahead in range((now.date() - since.date()).days + 1)]
    return tuple((day, invited[day], joined[day]) for day in days)
