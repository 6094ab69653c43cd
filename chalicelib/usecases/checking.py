"""What a call that invites would do, without doing it: the call's own steps, all but the last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..domain import errors
from ..domain.chats import ChatKind, kind_for
from ..domain.history import HistoryKind
from ..domain.ids import Ids
from ..domain.inviting import Invitee, InviteResult
from ..domain.links import Purpose
from ..domain.messages import Event, EventType, Message, MessageKind, MessagePage
from ..domain.notifications import About
from ..domain.people import Account
from ..domain.rosters import founder_membership
from ..ports import Limit, OutgoingMail, Ports
from . import chats, inviting, mails
from .joining import OpenedInvitation
from .messages import Read

_CHECKS = 10, 600


@dataclass(frozen=True, slots=True)
class Checked:
    """What a call would do: a result for each address, the mails it would send, how many are left of the day before it, and
    the caps that it would pass."""

    results: tuple[InviteResult, ...]
    mails: int
    mails_left: int
    problems: tuple[errors.Refusal, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What one invitee of a new chat would see first: the mail, which a colleague, who is in at once, doesn't get; the page that
    its link opens; and what stands in the chat for whoever joins before anything is written."""

    mail: OutgoingMail | None
    opened: OpenedInvitation
    read: Read


def check_chat(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> Checked:
    """What `inviting.create_chat` would answer; nothing is stored, mailed or counted against mail caps."""
    batch, chat = inviting.new_call(ports, account, workspace_id, invitees, name, ids, line)
    screening = inviting.screened(ports, batch, chat, ())
    return _checked(ports, batch, screening, lambda: inviting.refuse_unless_room_in_new_chat(batch, screening))


def check(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> Checked:
    """What `inviting.invite` would answer; nothing is stored, mailed or counted against mail caps."""
    batch = inviting.call_into(ports, account, chat_id, invitees, ids, line)
    chat, before = chats.roster(ports, chat_id)
    screening = inviting.screened(ports, batch, chat, before)
    room = len(screening.new)
    return _checked(
        ports, batch, screening, lambda: inviting.refuse_unless_room_for(ports, batch.workspace, chat, before, room)
    )


def preview_new_chat(  # noqa: PLR0913  # the call, and one of its invitees
    ports: Ports,
    account: Account,
    workspace_id: str,
    invitees: Sequence[Invitee],
    at: int,
    name: str,
    ids: Ids,
    line: str = "",
) -> Preview:
    """What `invitees[at]` would see of this call; 422 where this row is at fault.

    Says of the address only whether it is a colleague's: whether the call would refuse it is for a check to say, which is
    counted.
    """
    batch, chat = inviting.new_call(ports, account, workspace_id, invitees, name, ids, line)
    chat = replace(chat, kind=ChatKind.GROUP if chat.name else kind_for(len(batch.ids)))
    invitation, invited = inviting.invitation_for(ports, batch, chat, at)
    mail = mails.preview(ports, About(invitation, chat, batch.workspace)) if invitation.was_mailed else None
    opened = OpenedInvitation(invitation, chat, batch.workspace, Purpose.MAILED)
    return Preview(mail, opened, _read(opened, Event(type=EventType.INVITATION_SENT, by=account.name, count=invited)))


def _read(opened: OpenedInvitation, event: Event) -> Read:
    """The page of a chat where nothing but this has happened, as its new reader sees it."""
    chat, invitation = opened.chat, opened.invitation
    reader = replace(founder_membership(chat), account_id="", role=invitation.role, reads_from=1, read_to=1)
    sees = event.count and invitation.history.kind in (HistoryKind.ALL, HistoryKind.SINCE)
    line = Message(
        chat_id=chat.id,
        seq=1,
        text_count=0,
        author=None,
        kind=MessageKind.EVENT,
        text="",
        nonce="",
        created_at=chat.created_at,
        event=event,
    )
    return Read(MessagePage((line,) if sees else ()), reader, chat)


def _checked(
    ports: Ports, batch: inviting.InviteBatch, screening: inviting.Screening, refuse_unless_room: Callable[[], None]
) -> Checked:
    """Caps that would be passed are named; the check itself is counted last, so that a refused one costs nothing."""
    now, cap, wanted = ports.now(), batch.workspace.allowance.mails_in_24_h, inviting.mails_of(screening.new)
    quota = ports.workspaces.mail_quota(batch.workspace.id)
    problems = []
    for refuse in (refuse_unless_room, lambda: mails.refuse_unless_left(quota, wanted, cap, now)):
        try:
            refuse()
        except errors.Refusal as refusal:
            problems.append(refusal)
    limit = Limit(f"lists checked by {batch.account.id}", *_CHECKS)
    if ports.rate_limiter.reserve([limit], now):
        raise errors.too_many("too_many_checks", "You checked many lists. Try again in a few minutes.", limit.seconds)
    return Checked(screening.results, wanted, max(0, cap - quota.within(now)), tuple(problems))
