"""Mails about an invitation: to its inviter, and to whoever asked to be let in. Nobody is troubled with what is over."""

from ..domain.invitations import Ask, AskState, Invitation, MailState, Status
from ..domain.links import Purpose
from ..domain.notifications import About, Asker, News, NotificationKind, NotificationMail
from ..domain.people import Account
from ..ports import OutgoingMail, Ports
from . import addresses, invitation_links


def about_invitation(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    inviter = ports.accounts.get(notification.account_id)
    chat, invitation = ports.invitations.with_chat(notification.chat_id, notification.invitation_id)
    if inviter is None or not inviter.email or chat is None or invitation is None:
        return None
    workspace, membership = ports.invitations.workspace_and_inviter(invitation)
    if (
        workspace is None
        or membership is None
        or not inviter.notices
        or not addresses.get(ports, inviter.email).takes_notices
    ):
        return None
    if not _is_still_so(ports, notification, invitation):
        return None
    return _news(ports, notification, inviter, About(invitation, chat, workspace))


def _news(ports: Ports, notification: NotificationMail, inviter: Account, about: About) -> OutgoingMail | None:
    invitation, url = about.invitation, f"{ports.public_url}/chats/{about.chat.id}?people=1"
    if notification.kind is NotificationKind.EXPIRED:
        return ports.mail_texts.ended(inviter, about, _ended(ports, notification), url)
    if notification.kind is NotificationKind.ASK:
        ask = next((item for item in invitation.open_asks if item.id == notification.detail), None)
        return ports.mail_texts.ask(inviter, about, _asker(ask), url) if ask else None
    if notification.kind is NotificationKind.HAND_OVER:
        ask = next((item for item in invitation.hand_overs if item.id == notification.detail), None)
        return ports.mail_texts.hand_over(inviter, about, ask.email, ask.note, url) if ask else None
    if notification.kind is NotificationKind.ANSWER:
        ask = next((item for item in invitation.open_asks if item.id == notification.detail), None)
        return ports.mail_texts.answer(inviter, about, ask.email, ask.text, url) if ask else None
    if notification.kind is NotificationKind.ALLOWED:
        url = invitation_links.join_url(
            ports, invitation, Purpose.COPIED
        )  # the mailed one would prove another's mailbox
        return ports.mail_texts.allowed(inviter, about, url)
    if notification.kind is NotificationKind.RENEW:
        return ports.mail_texts.renew(inviter, about, url)
    return ports.mail_texts.status_change(News(notification.kind), inviter, about, url, notification.detail)


def _is_still_so(ports: Ports, notification: NotificationMail, invitation: Invitation) -> bool:
    """Nobody is troubled with what is over: an ask that was answered, a bounce of an address that was fixed."""
    status = invitation.status_at(ports.now())
    match notification.kind:
        case NotificationKind.ASK | NotificationKind.HAND_OVER | NotificationKind.ANSWER:
            return status is Status.PENDING and any(ask.id == notification.detail for ask in invitation.open_asks)
        case NotificationKind.ALLOWED:
            ask = invitation.ask_of(notification.account_id)
            return status is Status.PENDING and ask is not None and ask.state is AskState.ALLOWED
        case NotificationKind.RENEW:
            return status is Status.EXPIRED
        case NotificationKind.EXPIRED:
            return bool(_ended(ports, notification))
        case NotificationKind.BOUNCED:
            return invitation.mail is not None and invitation.mail.state is MailState.BOUNCED
        case _:
            return True


def _ended(ports: Ports, notification: NotificationMail) -> list[Invitation]:
    """Those of the letter that have ended and weren't sent again, as they were typed."""
    wanted, roster = (
        notification.detail.split() or [notification.invitation_id],
        ports.chats.roster(notification.chat_id),
    )
    ended = [
        invitation
        for invitation in (roster[1] if roster else ())
        if invitation.id in wanted and invitation.status_at(ports.now()) is Status.EXPIRED
    ]
    return sorted(ended, key=lambda invitation: (invitation.created_at, invitation.position))


def _asker(ask: Ask) -> Asker:
    return Asker(name=ask.name, email=ask.email, via=ask.via, organization=ask.organization)
