"""Chats that no member of the workspace is in: noticed, taken over, or closed; by the clock after seven days."""

import logging
from dataclasses import replace
from datetime import datetime

from ..domain import errors, schedule
from ..domain.chats import OPEN_WITHOUT_MEMBERS, Chat, ChatRole, Membership, refuse_unless_member
from ..domain.invitations import Invitation, Status
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.outside import NOBODY, PersonRef
from ..domain.people import Account
from ..domain.rosters import founder_membership
from ..domain.workspaces import Workspace
from ..ports import Ports
from . import chats, ending, sessions

log = logging.getLogger(__name__)
_MOST_MEMBERS = 1_000


def notice(ports: Ports, chat_id: str) -> None:
    """After a member left: where no other is there, it is noted, its owners and admins are told, and its end is due."""
    chat, invitations = chats.roster(ports, chat_id)
    people = chats.participants_of(chat, invitations)
    if chat.closed_at or any(person.role is ChatRole.MEMBER for person in people):
        return
    if chat.memberless_since is None:
        ports.chats.note_memberless(chat_id, ports.now())
        chat, _ = chats.roster(ports, chat_id)
    if chat.memberless_since is None:
        return
    ports.schedule.add([schedule.close(chat.id, chat.memberless_since)], ports.now())
    members, _ = ports.workspaces.members(chat.workspace_id, _MOST_MEMBERS, "")
    for member in members if people else ():
        if member.role.may_manage:
            _tell(ports, chat, member.account_id)


def _tell(ports: Ports, chat: Chat, account_id: str) -> None:
    happened = f"{NotificationKind.MEMBERLESS}-{chat.id}-{chat.memberless_since}-{account_id}"
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=NotificationKind.MEMBERLESS,
            email="",
            created_at=ports.now(),
            account_id=account_id,
            chat_id=chat.id,
        )
    )


def look(ports: Ports, account: Account, chat_id: str) -> tuple[Chat, Workspace]:
    """For the workspace's owners and admins, in the chat or not; rights are looked at before the chat's state."""
    chat, mine = ports.chats.with_membership(chat_id, account.id)
    workspace, member = ports.workspaces.member(chat.workspace_id, account.id) if chat else (None, None)
    manages = member is not None and member.role.may_manage
    if chat is None or (mine is None and not manages):
        raise errors.unknown()
    if mine is not None and not manages:
        refuse_unless_member(mine)
        raise errors.may_not("take over or close this chat")
    if workspace is None:
        raise errors.unknown()
    if chat.closed_by(ports.now()):
        raise errors.chat_closed()
    if chat.memberless_since is None:
        raise errors.has_members()
    return chat, workspace


def closes_at(chat: Chat) -> datetime | None:
    return chat.memberless_since + OPEN_WITHOUT_MEMBERS if chat.memberless_since else None


def take_over(ports: Ports, account: Account, chat_id: str) -> tuple[Chat, Membership]:
    """Whoever takes it over joins as a member who reads from now on, and answers for its places."""
    chat, workspace = look(ports, account, chat_id)
    head, now = ports.messages.head(chat_id), ports.now()
    record = Invitation(
        chat_id=chat.id,
        id=ports.new_id(),
        workspace_id=workspace.id,
        status=Status.ACCEPTED,
        role=ChatRole.MEMBER,
        inviter_id=account.id,
        inviter_name=account.name,
        account_id=account.id,
        name=account.name,
        picture=account.picture,
        created_at=now,
        joined_at=now,
        reads_from=head.seq + 1,
        since=chat.roster_version + 1,
    )
    place = replace(
        founder_membership(chat),
        account_id=account.id,
        invitation_id=record.id,
        reads_from=head.seq + 1,
        read_to=head.seq,
        read_text_count=head.text_count,
        joined_at=now,
    )
    if not ports.chats.take_over(chat, record, place, account.name):
        look(ports, account, chat_id)
        raise errors.busy()
    return chats.as_participant(ports, account, chat_id)


def close(ports: Ports, account: Account, chat_id: str) -> Chat:
    chat, _ = look(ports, account, chat_id)
    if not _closed(ports, chat, PersonRef(account.id, account.name)):
        look(ports, account, chat_id)
        raise errors.busy()
    return replace(chat, closed_at=ports.now())


def close_now(ports: Ports, chat_id: str) -> None:
    """Its workspace is no more."""
    chat, _ = chats.roster(ports, chat_id)
    if not chat.closed_at and chat.memberless_since:
        _closed(ports, chat, NOBODY)


def close_overdue(ports: Ports, chat_id: str) -> bool:
    """The clock has closed it already; now both sides are told."""
    chat, _ = chats.roster(ports, chat_id)
    if chat.closed_at or chat.closed_by(ports.now()) is None:
        return False
    return _closed(ports, chat, NOBODY)


def _closed(ports: Ports, chat: Chat, by: PersonRef) -> bool:
    """Whoever is in it from outside reads on, and has a receipt that it is closed."""
    at = chat.closed_by(ports.now()) or ports.now()
    if not ports.chats.close(chat, at, by.name, by.account_id):
        return False
    for person in chats.participants(ports, chat.id):
        ending.acknowledge(ports, chat.id, person.account_id, by, at)
    log.info("chat closed: %s, by %s", chat.id, by.account_id or "the clock")
    return True
