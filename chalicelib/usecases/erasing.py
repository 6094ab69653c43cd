"""Erasing an account that its person deleted seven days ago: its name and addresses go, wherever they stand.

First the name, then the places: what the table's stream tells of their end names nobody any more. Each step may come again.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from ..domain import errors
from ..domain.chats import Chat, ChatRole
from ..domain.ends import EndReason
from ..domain.erasing import (
    SOMEBODY_WHO_LEFT,
    Leaver,
    TraceKind,
    invitation_without,
    message_without,
    note_without,
    receipt_without,
    told_without,
)
from ..domain.invitations import Invitation
from ..domain.messages import Message
from ..domain.outside import NOBODY, PersonRef
from ..domain.people import Account, Role
from ..domain.receipts import document, signed_bytes
from ..domain.schedule import ScheduledTask
from ..domain.workspaces import Member
from ..ports import Ports
from . import charge, chats, ending, invitation_links, mailbox, profile_pictures, whole_mails

log = logging.getLogger(__name__)
_AT_ONCE, _MOST_CHATS, _MOST_MEMBERS = 500, 100_000, 1_000


def erase(ports: Ports, task: ScheduledTask) -> bool:
    """False where the person changed their mind, or it is done."""
    account = ports.accounts.get(task.account_id)
    if account is None or account.leaves_at != task.at:
        return False
    leaver = Leaver(account_id=account.id, name=account.name, email=account.email)
    chat_ids = _chats(ports, account)
    for chat_id in chat_ids:
        _erase_in_roster(ports, chat_id, leaver)
    for workspace_id in _workspaces(ports, account):
        ports.workspaces.rewrite_notes(workspace_id, lambda text: note_without(text, leaver))
    _leave(ports, account)
    for chat_id in chat_ids:
        _erase_in_messages(ports, chat_id, leaver, account.empties)
    for what, receipt_id in ports.own_accounts.traces(account.id):
        if what == TraceKind.RECEIPT:
            _erase_in_receipt(ports, receipt_id, leaver)
    _erase_account(ports, account)
    log.info("account erased: %s", account.id)
    return True


def _chats(ports: Ports, account: Account) -> list[str]:
    """Where their name may stand: chats that they are in or were in, and all of the workspaces that they are or were of."""
    traces = ports.own_accounts.traces(account.id)
    here = [membership.chat_id for membership in ports.chats.memberships(account.id)]
    before = [of for what, of in traces if what == TraceKind.CHAT]
    companys = [
        chat
        for workspace_id in _own_workspaces(ports, account)
        for chat in ports.workspaces.chats(workspace_id, _MOST_CHATS)
    ]
    return sorted({*here, *before, *companys})


def _own_workspaces(ports: Ports, account: Account) -> list[str]:
    """That they are of, or were."""
    traces = ports.own_accounts.traces(account.id)
    mine = [workspace.id for workspace, _ in ports.workspaces.of_account(account.id)]
    return [*mine, *(of for what, of in traces if what == TraceKind.WORKSPACE)]


def _workspaces(ports: Ports, account: Account) -> set[str]:
    """These, and whose guest they are."""
    guest = [membership.workspace_id for membership in ports.chats.memberships(account.id)]
    return {*_own_workspaces(ports, account), *guest}


def _erase_in_roster(ports: Ports, chat_id: str, leaver: Leaver) -> None:
    result = ports.chats.roster(chat_id)
    if result is None:
        return
    chat, invitations = result
    if chat.founder_id == leaver.account_id:
        ports.chats.call_founder(chat, SOMEBODY_WHO_LEFT, "")
    for invitation in invitations:
        if invitation.account_id == leaver.account_id and invitation.email:
            _forget_address(ports, invitation)
        change = invitation_without(invitation, leaver)
        if change and not ports.invitations.save(change):
            raise errors.busy()  # somebody changed it at this moment: the next hour does it
    ports.chats.retell(chat_id, lambda told: told_without(told, leaver))
    chats.update_preview(ports, *chats.roster(ports, chat_id))


def _forget_address(ports: Ports, invitation: Invitation) -> None:
    """It isn't found by the invited address any more, nor does the chat name that in its lines."""
    ports.invitation_lookup.remove(invitation, invitation_links.short_code(ports, invitation))
    ports.invitation_lookup.remove_named(invitation, invitation.named_addresses)
    ports.chats.forget_invited(invitation.chat_id, invitation.id)


def _erase_in_messages(ports: Ports, chat_id: str, leaver: Leaver, empties: bool) -> None:
    result = ports.chats.roster(chat_id)
    if result is None:
        return
    _, invitations = result
    ids = frozenset(item.id for item in invitations if item.account_id == leaver.account_id)
    leaver = replace(leaver, invitation_ids=ids)
    whole_mails.erase(ports, chat_id, leaver)
    for message in _messages(ports, chat_id):
        kept = _emptied(ports, message, leaver) if empties else message
        after = message_without(kept, leaver)
        if after != kept and not ports.messages.rewrite(kept, after):
            raise errors.busy()


def _emptied(ports: Ports, message: Message, leaver: Leaver) -> Message:
    """Their own messages are taken back, as they would have done it: the stream takes them back elsewhere, too."""
    if message.author is None or message.author.account_id != leaver.account_id or message.deleted_at:
        return message
    ports.messages.delete(message, message.next_change(ports.now()))
    return replace(message, text="", mentions=(), files=(), mail_id="")


def _messages(ports: Ports, chat_id: str) -> Iterator[Message]:
    last = ports.messages.head(chat_id).seq
    for first in range(1, last + 1, _AT_ONCE):
        yield from ports.messages.page(chat_id, first, min(last, first + _AT_ONCE - 1)).messages


def _erase_in_receipt(ports: Ports, receipt_id: str, leaver: Leaver) -> None:
    receipt = ports.receipts.get(receipt_id)
    after = receipt_without(receipt, leaver) if receipt else None
    if after and after != receipt:
        signature = ports.receipt_signer.sign(signed_bytes(document(after)))
        ports.receipts.replace(replace(after, signature=signature))


def _leave(ports: Ports, account: Account) -> None:
    """Out of every workspace and chat. A workspace that nobody else is of ends with its last person."""
    by = PersonRef(account.id, SOMEBODY_WHO_LEFT)
    for workspace, role in ports.workspaces.of_account(account.id):
        members, _ = ports.workspaces.members(workspace.id, _MOST_MEMBERS, "")
        others = [member for member in members if member.account_id != account.id]
        me = Member(workspace_id=workspace.id, account_id=account.id, name="", email="", role=role)
        if others and role is Role.OWNER and not any(member.role is Role.OWNER for member in others):
            _promote(ports, others)
            members, _ = ports.workspaces.members(workspace.id, _MOST_MEMBERS, "")
            others = [member for member in members if member.account_id != account.id]
        owner = next((member for member in others if member.role is Role.OWNER), None)
        if not ports.workspaces.remove_member(me, owner if role is Role.OWNER else None):
            raise errors.busy()
        if not others:
            _end_workspace(ports, workspace.id)
    for membership in ports.chats.memberships(account.id):
        ending.end(ports, [membership], by, EndReason.LEFT)


def _promote(ports: Ports, others: list[Member]) -> None:
    """The other owner went meanwhile, too: an admin, or else a member, is the owner from now on."""
    heir = next((member for member in others if member.role is Role.ADMIN), others[0])
    if not ports.workspaces.change_role(heir, Role.OWNER):
        raise errors.busy()


def _end_workspace(ports: Ports, workspace_id: str) -> None:
    """Nobody is left who could answer for it: whoever is there from outside gets a receipt, and its chats close."""
    for chat_id in ports.workspaces.chats(workspace_id, _MOST_CHATS):
        result = ports.chats.roster(chat_id)
        if result is None:
            continue
        chat, invitations = result
        for person in chats.participants_of(chat, invitations):
            _, place = ports.chats.with_membership(chat_id, person.account_id)
            if place:
                ending.end(
                    ports, [place], NOBODY, EndReason.CLOSED if person.role is ChatRole.EXTERNAL else EndReason.LEFT
                )
        for invitation in invitations:
            if invitation.is_open_at(ports.now()):
                ports.invitations.save(invitation.revoke("", ports.now()))
        _close(ports, chat)


def _close(ports: Ports, chat: Chat) -> None:
    if chat.closed_at is None:
        ports.chats.note_memberless(chat.id, ports.now())
        charge.close_now(ports, chat.id)


def _erase_account(ports: Ports, account: Account) -> None:
    for profile in ports.identities.of_account(account.id):
        ports.identities.remove(profile.identity, account.id)
    if account.email:
        mailbox.forget(ports, account.email)
    if account.picture:
        profile_pictures.forget(ports, account.id, account.picture)
    ports.own_accounts.erase(account)
