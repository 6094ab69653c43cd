"""Who is in a chat and who is invited, told from its invitations."""

from collections.abc import Sequence
from datetime import datetime

from .chats import Chat, ChatHead, ChatRole, Membership
from .invitations import Invitation
from .providers import Via

FOUNDER = "founder"
_NOTHING_YET = ChatHead()


def people_in(invitations: tuple[Invitation, ...], founder_left: bool) -> int:
    """How many have joined, the founder included."""
    return sum(invitation.is_taken for invitation in invitations) + (not founder_left)


def open_in(invitations: tuple[Invitation, ...], now: datetime) -> int:
    return sum(invitation.was_mailed and invitation.is_open_at(now) for invitation in invitations)


def founder_membership(chat: Chat) -> Membership:
    """Whoever began the chat is in it without an invitation, and reads it from its beginning."""
    return Membership(
        account_id=chat.founder_id,
        chat_id=chat.id,
        workspace_id=chat.workspace_id,
        invitation_id=FOUNDER,
        role=ChatRole.MEMBER,
        via=Via.WEBTOP,
        reads_from=1,
        read_to=0,
        read_text_count=0,
        joined_at=chat.created_at,
    )


def memberships_of(invitations: Sequence[Invitation], head: ChatHead = _NOTHING_YET) -> list[Membership]:
    """Members read the whole past; what was written before they came isn't unread."""
    return [
        Membership(
            account_id=invitation.account_id,
            chat_id=invitation.chat_id,
            workspace_id=invitation.workspace_id,
            invitation_id=invitation.id,
            role=ChatRole.MEMBER,
            via=Via.WEBTOP,
            reads_from=1,
            read_to=head.seq,
            read_text_count=head.text_count,
            joined_at=invitation.created_at,
        )
        for invitation in invitations
        if invitation.account_id
    ]
