"""What follows from a change of an account: how a person is called and looks, wherever it stands beside their account; what
ends with their sessions."""

from ..domain import schedule
from ..domain.changes import AccountChanged, SessionEnded
from ..domain.invitations import Invitation
from ..domain.people import Account
from ..ports import Ports
from . import chats, live, profile_pictures, pushes


def follow(ports: Ports, change: SessionEnded | AccountChanged) -> None:
    """What hung on sessions that are over ends with them; a new name, address or picture is spread."""
    if isinstance(change, SessionEnded) or change.ended_sessions:
        live.hang_up_sessions(ports, change.account_id, change.session_hash)
        pushes.forget_sessions(ports, change.account_id)
    if isinstance(change, SessionEnded):
        return
    if change.is_called_otherwise or change.looks_different:
        spread(ports, change.account_id)
    if change.looks_different:
        profile_pictures.forget(ports, change.account_id, change.before.picture)
    if change.is_to_leave and change.after.leaves_at:
        ports.schedule.add([schedule.erase(change.account_id, change.after.leaves_at)], ports.now())


def spread(ports: Ports, account_id: str) -> None:
    """By what the account says now, in whatever order its changes are told; safe to run again."""
    account = ports.accounts.get(account_id)
    if account is None:
        return
    for workspace, _ in ports.workspaces.of_account(account.id):
        ports.workspaces.call_member(workspace.id, account)
    for membership in ports.chats.memberships(account.id):
        _in_chat(ports, membership.chat_id, account)


def _in_chat(ports: Ports, chat_id: str, account: Account) -> None:
    result = ports.chats.roster(chat_id)
    if result is None:
        return
    chat, invitations = result
    shown = (chat.founder_name, chat.founder_picture)
    if chat.founder_id == account.id and shown != (account.name, account.picture):
        ports.chats.call_founder(chat, account.name, account.picture)
    for invitation in invitations:
        if invitation.account_id == account.id and invitation.is_taken:
            _on_invitation(ports, invitation, account)
    chats.update_preview(ports, *chats.roster(ports, chat_id))


def _on_invitation(ports: Ports, invitation: Invitation, account: Account) -> None:
    """Whoever has no address of their own keeps the one that they came with."""
    email = account.email or invitation.account_email
    shown = (invitation.name, invitation.account_email, invitation.picture)
    if shown != (account.name, email, account.picture):
        ports.invitations.save(invitation.call(account.name, email, account.picture))
