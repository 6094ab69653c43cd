"""Places from outside that are there: when each ends, and who answers for it. Ending one is in `ending`."""

from dataclasses import dataclass
from datetime import datetime

from ..domain import errors
from ..domain.chats import Chat, ChatRole, Membership, Participant, refuse_unless_member
from ..domain.ends import EndReason, checked_end, kept_until
from ..domain.outside import PersonRef
from ..domain.people import Account
from ..domain.receipts import Receipt
from ..domain.rosters import founder_membership
from ..domain.workspaces import Member, Workspace
from ..ports import Ports
from . import chats, ending


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """What to change: the end, where `has_end`, which may be None; the owner, where there is an id."""

    has_end: bool = False
    ends_at: datetime | None = None
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place as whoever looks after it sees it. `reader` is their own place in the chat, or that of any member."""

    chat: Chat
    workspace: Workspace
    participant: Participant
    people: tuple[Participant, ...]
    reader: Membership


def look(ports: Ports, account: Account, chat_id: str, account_id: str) -> PlaceView:
    """For the place's owner while they are in the chat, and for the workspace's owners and admins; nobody else."""
    chat, mine = ports.chats.with_membership(chat_id, account.id)
    workspace, member = ports.workspaces.member(chat.workspace_id, account.id) if chat else (None, None)
    manages = member is not None and member.role.may_manage
    if chat is None or workspace is None or (mine is None and not manages):
        raise errors.unknown()
    if mine is not None and not manages:
        refuse_unless_member(mine)
    people = chats.participants(ports, chat_id)
    participant = next((person for person in people if person.account_id == account_id), None)
    if participant is None:
        raise errors.unknown()
    _refuse_unless_theirs(account, member, participant)
    return PlaceView(chat, workspace, participant, people, mine or founder_membership(chat))


def change(
    ports: Ports, account: Account, chat_id: str, account_id: str, wanted: PlaceSettings
) -> tuple[Participant, Membership]:
    """The participant as it is then, and as whom to show it."""
    view = look(ports, account, chat_id, account_id)
    if view.participant.role is not ChatRole.EXTERNAL:
        raise errors.wrong_field("account_id", "member", "Members have no end date. Choose a guest.")
    ends_at = checked_end(wanted.ends_at, ports.now()) if wanted.has_end else view.participant.ends_at
    _refuse_unless_member_here(view, wanted.owner_id)
    _, place = ports.chats.with_membership(chat_id, account_id)
    invitation = ports.invitations.get(chat_id, view.participant.invitation_id)
    if place is None or invitation is None:
        raise errors.unknown()
    if not ports.receipts.change(place, ends_at, wanted.owner_id or invitation.owner_id, account.id, ports.now()):
        raise errors.unknown()
    people = chats.participants(ports, chat_id)
    return next(person for person in people if person.account_id == account_id), view.reader


def keep(ports: Ports, account: Account, chat_id: str, account_id: str) -> Participant:
    """For as long as the workspace's default says, or for ninety days."""
    view = look(ports, account, chat_id, account_id)
    ends_at = kept_until(view.workspace.outside_days, ports.now())
    return change(ports, account, chat_id, account_id, PlaceSettings(has_end=True, ends_at=ends_at))[0]


def end_now(ports: Ports, account: Account, chat_id: str, account_id: str) -> list[Receipt]:
    view = look(ports, account, chat_id, account_id)
    _, place = ports.chats.with_membership(chat_id, account_id)
    if place is None or view.participant.role is not ChatRole.EXTERNAL:
        raise errors.unknown()
    return ending.end(ports, [place], PersonRef(account.id, account.name), EndReason.REMOVED)


def _refuse_unless_theirs(account: Account, member: Member | None, participant: Participant) -> None:
    manages = member is not None and member.role.may_manage
    if not manages and participant.owner_id != account.id:
        raise errors.may_not("change this person's place")


def _refuse_unless_member_here(view: PlaceView, owner_id: str) -> None:
    here = {person.account_id for person in view.people if person.role is ChatRole.MEMBER}
    if owner_id and owner_id not in here:
        raise errors.wrong_field("owner", "not_a_member_here", "Choose a member who is in this chat.")
