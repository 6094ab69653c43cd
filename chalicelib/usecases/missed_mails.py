"""The mail about what somebody missed in their chats while they were away."""

from collections.abc import Sequence

from ..domain import links
from ..domain.chats import Chat, Membership
from ..domain.links import Purpose
from ..domain.messages import MessageKind
from ..domain.notifications import Missed, NotificationMail
from ..ports import ComposedMail, Ports
from . import addresses, invitation_links

_LINES, _CHATS = 3, 10


def missed(ports: Ports, notification: NotificationMail) -> ComposedMail | None:
    """What is still unread now, in every chat; nothing where the person came back meanwhile, or wants none of it."""
    reader = ports.accounts.get(notification.account_id)
    if (
        reader is None
        or not reader.email
        or not reader.missed_mail
        or not addresses.get(ports, reader.email).takes_notices
    ):
        return None
    memberships = {membership.chat_id: membership for membership in ports.chats.memberships(reader.id)}
    results = [(chat, memberships[chat.id]) for chat in ports.chats.get_many(memberships).values()]
    results = [(chat, membership) for chat, membership in results if membership.misses(chat)]
    results = sorted(results, key=lambda item: item[0].last_at, reverse=True)[:_CHATS]
    if not results:
        return None
    stop = links.sign_text(ports.link_keys[0], Purpose.STOP_MISSED, reader.id)
    mail = ports.mail_texts.missed(
        reader,
        [_missed_in(ports, chat, membership) for chat, membership in results],
        f"{ports.public_url}/chats/{results[0][0].id}" if len(results) == 1 else f"{ports.public_url}/chats",
        f"{ports.public_url}/stop/{stop}",
        _answers(ports, [membership for _, membership in results]),
    )
    return ComposedMail(mail, tuple((membership, chat.head) for chat, membership in results))


def _answers(ports: Ports, memberships: Sequence[Membership]) -> str:
    """Where an answer goes: into the one chat that the mail tells of. Of several, nobody could tell which is meant."""
    if len(memberships) != 1 or not memberships[0].invitation_id or not ports.mail_in_domain:
        return ""
    invitation = ports.invitations.get(memberships[0].chat_id, memberships[0].invitation_id)
    return invitation_links.reply_address(ports, invitation) if invitation else ""


def _missed_in(ports: Ports, chat: Chat, membership: Membership) -> Missed:
    workspace = ports.workspaces.get(chat.workspace_id)
    return Missed(
        chat=chat.title_for(membership),
        workspace=workspace.name if workspace else "",
        messages=membership.unread(chat),
        mentions=membership.mentions,
        lines=_last_lines(ports, chat, membership),
    )


def _last_lines(ports: Ports, chat: Chat, membership: Membership) -> list[tuple[str, str]]:
    first = max(membership.read_to + 1, membership.reads_from, chat.last_seq - 20)
    page = ports.messages.page(chat.id, first, None)
    texts = [
        message
        for message in page.messages
        if message.kind is MessageKind.TEXT and not message.deleted_at and message.author
    ]
    return [(message.author.name, message.gist) for message in texts[-_LINES:] if message.author]
