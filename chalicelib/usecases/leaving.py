"""What follows when somebody comes or goes: the register's index, the last line in their own application, their open pages, and
a chat that no member is in any more."""

from ..domain.changes import InvitationChanged
from ..domain.chats import ChatRole
from ..domain.invitations import Status
from ..ports import Ports
from . import charge, live, register_index, relay_last


def follow(ports: Ports, change: InvitationChanged) -> None:
    register_index.index(ports, change)
    relay_last.queue(ports, change)
    if not _has_left(change):
        return
    if change.after.role is ChatRole.MEMBER:
        charge.notice(ports, change.after.chat_id)
    else:
        _hang_up(ports, change)


def _has_left(change: InvitationChanged) -> bool:
    was_in = change.before is not None and change.before.status is Status.ACCEPTED
    return was_in and change.after.status is Status.LEFT


def _hang_up(ports: Ports, change: InvitationChanged) -> None:
    """Whoever is out gets no event that says so: their pages open another socket, look, and find the chat gone."""
    live.hang_up_sessions(ports, change.after.account_id)
