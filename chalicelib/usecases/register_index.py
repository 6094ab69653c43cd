"""The register's index follows the places from outside: from the stream as they come and go; and for chats that are older than the
register, once, as soon as anybody writes in one of the workspace's chats."""

from collections.abc import Iterable

from ..domain import schedule
from ..domain.changes import InvitationChanged
from ..domain.chats import Chat, ChatRole
from ..domain.invitations import Invitation, Status
from ..domain.outside import PlaceKey
from ..domain.schedule import ScheduledTask
from ..ports import Ports
from . import chats

_MEMBERS_AT_ONCE = 25


def index(ports: Ports, change: InvitationChanged) -> None:
    """The register's pointer follows the place. Told twice or out of order, what it leads to decides."""
    before, after = change.before.status if change.before else None, change.after
    if after.role is not ChatRole.EXTERNAL or before is after.status:
        return
    place = PlaceKey(after.account_id, after.chat_id, after.id)
    if after.status is Status.ACCEPTED:
        ports.outside.add(after.workspace_id, place)
    elif after.status is Status.LEFT:
        ports.outside.remove(after.workspace_id, place)


def catch_up(ports: Ports, chat: Chat, invitations: Iterable[Invitation]) -> None:
    """For a chat that somebody wrote in. What is as old in its workspace, and silent, is looked for within the hour."""
    if not chat.is_registered:
        _add(ports, chat, invitations)
        ports.schedule.add_once(schedule.register(chat.workspace_id, ports.now()))


def go_on(ports: Ports, task: ScheduledTask) -> bool:
    """The chats of some members of the workspace, then of those behind them. A chat without any member is found when it is used."""
    workspace_id = task.chat_id
    members, after = ports.workspaces.members(workspace_id, _MEMBERS_AT_ONCE, task.invitation_id)
    places = [place for member in members for place in ports.chats.memberships(member.account_id)]
    theirs = ports.chats.get_many({place.chat_id for place in places if place.workspace_id == workspace_id})
    old = [chat_id for chat_id, chat in theirs.items() if not chat.is_registered]
    for chat_id in old:
        _add(ports, *chats.roster(ports, chat_id))
    if after:
        ports.schedule.add_once(schedule.register(workspace_id, ports.now(), after))
    return bool(old)


def _add(ports: Ports, chat: Chat, invitations: Iterable[Invitation]) -> None:
    """The chat is marked last: whoever was disconnected here begins again."""
    for each in invitations:
        if each.is_taken and each.role is ChatRole.EXTERNAL:
            ports.outside.add(chat.workspace_id, PlaceKey(each.account_id, chat.id, each.id))
    ports.chats.note_registered(chat.id)
