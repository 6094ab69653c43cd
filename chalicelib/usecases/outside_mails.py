"""Mails about places from outside: that one ends soon, that one is over, that a chat has no member any more."""

from ..domain.notifications import About, NotificationMail
from ..ports import OutgoingMail, Ports
from . import addresses, receipts


def receipt(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """Whatever notices the reader wants: it is the proof of what ended."""
    reader, issued = ports.accounts.get(notification.account_id), ports.receipts.get(notification.detail)
    if reader is None or issued is None or not reader.email:
        return None
    if not addresses.get(ports, reader.email).takes_notices:
        return None
    return ports.mail_texts.receipt(reader, issued, receipts.url(ports, issued.id))


def memberless(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """While nobody has taken the chat over, and it isn't closed."""
    reader = ports.accounts.get(notification.account_id)
    chat = ports.chats.get_many([notification.chat_id]).get(notification.chat_id)
    workspace = ports.workspaces.get(chat.workspace_id) if chat else None
    if reader is None or not reader.email or chat is None or workspace is None:
        return None
    if chat.memberless_since is None or chat.closed_by(ports.now()):
        return None
    if not addresses.get(ports, reader.email).takes_notices:
        return None
    return ports.mail_texts.memberless(reader, chat, workspace, f"{ports.public_url}/chats/{chat.id}/take-over")


def ending(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """While the place still is as it was when the letter was promised."""
    owner = ports.accounts.get(notification.account_id)
    chat, invitation = ports.invitations.with_chat(notification.chat_id, notification.invitation_id)
    workspace = ports.workspaces.get(invitation.workspace_id) if invitation else None
    if owner is None or not owner.email or chat is None or invitation is None or workspace is None:
        return None
    ends_at = invitation.ends_at.isoformat() if invitation.ends_at and invitation.is_taken else ""
    if ends_at != notification.detail or not addresses.get(ports, owner.email).takes_notices:
        return None
    url = f"{ports.public_url}/chats/{chat.id}/participants/{invitation.account_id}/end"
    return ports.mail_texts.ending(owner, About(invitation, chat, workspace), url)
