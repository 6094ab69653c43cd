"""Letters to one person: about their account, and about their invitations and chats while they are away.

What a link or code in a letter is good for is made when it is sent; only a hash of it stays.
"""

from dataclasses import dataclass, replace

from ..domain import links
from ..domain.chats import Chat, Membership
from ..domain.invitations import Ask, AskState, Invitation, MailState, Status
from ..domain.links import Purpose
from ..domain.messages import MessageKind
from ..domain.notifications import (
    TOKEN_LIFE,
    About,
    Asker,
    Missed,
    News,
    NotificationKind,
    NotificationMail,
    NotificationState,
    OneTimeToken,
)
from ..domain.people import Account, locale_or
from ..domain.receipts import Receipt
from ..ports import MailNotTaken, MailRefused, MailWaits, OutgoingMail, Ports
from . import addresses, invitation_links, receipts, sessions

_PATHS = {
    NotificationKind.SIGN_UP: "confirm",
    NotificationKind.SIGN_IN: "enter",
    NotificationKind.RESET: "reset",
    NotificationKind.JOIN_WORKSPACE: "welcome",
}
_LINES, _CHATS = 3, 10


def send_notification(ports: Ports, notification_id: str, last_try: bool) -> bool:
    """True when there is nothing more to do for this letter; False to be asked again later. Raises MailWaits."""
    notification = ports.notifications.get(notification_id)
    if notification is None or notification.state is not NotificationState.QUEUED:
        return True
    if not ports.notifications.claim(notification_id, ports.now()):
        return False
    composed = _composed(ports, notification)
    if composed is None:
        ports.notifications.finish(notification_id, NotificationState.NOT_NEEDED, ports.now())
        return True
    return _hand_over(ports, notification_id, composed, last_try)


def _hand_over(ports: Ports, notification_id: str, composed: "ComposedMail", last_try: bool) -> bool:
    """To the mail service; what it takes is sent, and counted where it tells of messages."""
    try:
        ports.mailer.send(composed.mail)
    except MailWaits:
        ports.notifications.release(notification_id)
        raise
    except MailRefused:
        ports.notifications.finish(notification_id, NotificationState.FAILED, ports.now())
        return True
    except MailNotTaken:
        if last_try:
            ports.notifications.finish(notification_id, NotificationState.FAILED, ports.now())
            return True
        ports.notifications.release(notification_id)
        return False
    for membership, text_count in composed.notified:
        ports.chats.mark_notified(membership, text_count)
    ports.notifications.finish(notification_id, NotificationState.SENT, ports.now())
    return True


def notify_asker(ports: Ports, invitation: Invitation, ask: Ask) -> None:
    """A letter to whoever asked to be let in, once they were."""
    happened = f"{NotificationKind.ALLOWED}-{invitation.chat_id}-{invitation.id}-{invitation.generation}-{ask.id}"
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=NotificationKind.ALLOWED,
            email="",
            created_at=ports.now(),
            account_id=ask.account_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=ask.id,
        )
    )


def notify_inviter(ports: Ports, invitation: Invitation, kind: NotificationKind, detail: str = "") -> None:
    """A letter to the inviter about an invitation: once for each thing that happens to it."""
    wanted = invitation.mail.wanted if invitation.mail else 0
    happened = f"{kind}-{invitation.chat_id}-{invitation.id}-{invitation.generation}-{wanted}-{detail}"
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=kind,
            email="",
            created_at=ports.now(),
            account_id=invitation.inviter_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=detail,
        )
    )


def ask_to_keep(ports: Ports, invitation: Invitation, owner_id: str) -> bool:
    """A letter to whoever answers for a place that will end: once for each end and owner. False where it was promised before."""
    ends_at = invitation.ends_at.isoformat() if invitation.ends_at else ""
    happened = f"{NotificationKind.ENDING}-{invitation.chat_id}-{invitation.id}-{ends_at}-{owner_id}"
    return ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(happened)[:32],
            kind=NotificationKind.ENDING,
            email="",
            created_at=ports.now(),
            account_id=owner_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            detail=ends_at,
        )
    )


def hand_out(ports: Ports, receipt: Receipt) -> None:
    """The receipt goes to the person and to the owner of their place: the same to both, once."""
    for account_id in dict.fromkeys((receipt.account_id, receipt.owner_id)):
        if account_id:
            ports.notifications.add_once(
                NotificationMail(
                    id=sessions.digest(f"{NotificationKind.RECEIPT}-{receipt.id}-{account_id}")[:32],
                    kind=NotificationKind.RECEIPT,
                    email="",
                    created_at=ports.now(),
                    account_id=account_id,
                    detail=receipt.id,
                )
            )


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail that may go, and of how many messages of a chat it tells."""

    mail: OutgoingMail
    notified: tuple[tuple[Membership, int], ...] = ()


def _composed(ports: Ports, notification: NotificationMail) -> ComposedMail | None:
    """The mail; None where none is due, any more or at all."""
    if notification.kind is NotificationKind.MISSED:
        return _missed(ports, notification)
    if notification.kind is NotificationKind.CODE:
        mail = _code(ports, notification)
    elif notification.kind is NotificationKind.RECEIPT:
        mail = _receipt(ports, notification)
    elif notification.kind is NotificationKind.MEMBERLESS:
        mail = _memberless(ports, notification)
    elif notification.kind is NotificationKind.ENDING:
        mail = _ending(ports, notification)
    elif notification.kind in _PATHS:
        mail = _with_link(ports, notification)
    else:
        mail = _about_invitation(ports, notification)
    return ComposedMail(mail) if mail else None


def _with_link(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """Nobody is told whether an address has an account but its mailbox. Where mail comes back, nothing goes; blocks of
    invitations stop it only where there is no account.
    """
    if not addresses.get(ports, notification.email).takes_account_mail:
        return None
    account = ports.accounts.of(notification.email)
    purpose = notification.kind
    if notification.kind is NotificationKind.SIGN_UP and account:
        purpose = NotificationKind.SIGN_IN
    elif notification.kind in (NotificationKind.SIGN_IN, NotificationKind.RESET) and account is None:
        return None
    if account:
        notification = replace(notification, locale=account.locale)
    return _with_secret(ports, notification, purpose, account)


def _with_secret(
    ports: Ports, notification: NotificationMail, purpose: NotificationKind, account: Account | None
) -> OutgoingMail:
    token = ports.new_token()
    one_time_token = OneTimeToken(
        purpose=purpose,
        email=notification.email,
        expires_at=ports.now() + TOKEN_LIFE[purpose],
        locale=notification.locale,
        account_id=account.id if account else "",
        name=notification.name,
        password_hash=notification.password_hash if purpose is NotificationKind.SIGN_UP else "",
        workspace=notification.workspace,
        workspace_id=notification.workspace_id,
        role=notification.role,
        next=notification.next,
        detail=notification.detail,
    )
    ports.one_time_tokens.put(sessions.digest(token), one_time_token)
    return ports.mail_texts.notification(
        notification, f"{ports.public_url}/{_PATHS[purpose]}/{token}", account is not None
    )


def _code(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """To the invited address as it is now, never to one that somebody typed; or to a mailbox's own page."""
    invitation = (
        ports.invitations.get(notification.chat_id, notification.invitation_id) if notification.invitation_id else None
    )
    if notification.invitation_id and (
        invitation is None
        or not invitation.is_open_at(ports.now())
        or notification.detail != invitation_links.signing_context(invitation)
    ):
        return None
    email = invitation.email if invitation else notification.email
    locale = addresses.get(ports, email).locale or (invitation.locale if invitation else notification.locale)
    what = invitation_links.invitation_code(invitation) if invitation else invitation_links.mailbox_code(email)
    code, life = ports.new_code(), TOKEN_LIFE[NotificationKind.CODE]
    ports.codes.put(what, invitation_links.code_digest(ports, what, code), ports.now() + life)
    return ports.mail_texts.code(email, locale_or(locale, "en"), code, life)


def _receipt(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """Whatever notices the reader wants: it is the proof of what ended."""
    reader, receipt = ports.accounts.get(notification.account_id), ports.receipts.get(notification.detail)
    if reader is None or receipt is None or not reader.email:
        return None
    if not addresses.get(ports, reader.email).takes_notices:
        return None
    return ports.mail_texts.receipt(reader, receipt, receipts.url(ports, receipt.id))


def _memberless(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
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


def _ending(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
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


def _about_invitation(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
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
    about, url = About(invitation, chat, workspace), f"{ports.public_url}/chats/{chat.id}?people=1"
    if notification.kind is NotificationKind.ASK:
        ask = next((item for item in invitation.open_asks if item.id == notification.detail), None)
        return ports.mail_texts.ask(inviter, about, _asker(ask), url) if ask else None
    if notification.kind is NotificationKind.HAND_OVER:
        ask = next((item for item in invitation.hand_overs if item.id == notification.detail), None)
        return ports.mail_texts.hand_over(inviter, about, ask.email, ask.note, url) if ask else None
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
        case NotificationKind.ASK | NotificationKind.HAND_OVER:
            return status is Status.PENDING and any(ask.id == notification.detail for ask in invitation.open_asks)
        case NotificationKind.ALLOWED:
            ask = invitation.ask_of(notification.account_id)
            return status is Status.PENDING and ask is not None and ask.state is AskState.ALLOWED
        case NotificationKind.RENEW | NotificationKind.EXPIRED:
            return status is Status.EXPIRED
        case NotificationKind.BOUNCED:
            return invitation.mail is not None and invitation.mail.state is MailState.BOUNCED
        case _:
            return True


def _missed(ports: Ports, notification: NotificationMail) -> ComposedMail | None:
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
    )
    return ComposedMail(mail, tuple((membership, chat.last_text_count) for chat, membership in results))


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


def _asker(ask: Ask) -> Asker:
    return Asker(name=ask.name, email=ask.email, via=ask.via, organization=ask.organization)
