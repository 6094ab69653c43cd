"""Mails that prove a mailbox: links to sign up, sign in, reset and join a workspace, and codes.

What a link or code is good for is made when the mail is sent; only a hash of it stays.
"""

from dataclasses import replace

from ..domain.notifications import TOKEN_LIFE, NotificationKind, NotificationMail, OneTimeToken
from ..domain.people import Account, locale_or
from ..ports import OutgoingMail, Ports
from . import addresses, invitation_links, sessions

_PATHS = {
    NotificationKind.SIGN_UP: "confirm",
    NotificationKind.SIGN_IN: "enter",
    NotificationKind.RESET: "reset",
    NotificationKind.JOIN_WORKSPACE: "welcome",
    NotificationKind.NEW_ADDRESS: "address",
    NotificationKind.ADDRESS_CHANGED: "address-back",
    NotificationKind.WAS_IT_YOU: "mail-answers",
}


def with_link(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
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


def new_address(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """To the address that somebody wants for their account: nothing where it has an account, or a later request came."""
    account = ports.accounts.get(notification.account_id)
    address = addresses.get(ports, notification.email)
    if account is None or account.new_address != notification.detail:
        return None
    if address.account_id or not address.takes_account_mail:
        return None
    return _with_secret(ports, notification, notification.kind, account)


def address_changed(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """To the address of before, with the way back."""
    account = ports.accounts.get(notification.account_id)
    if account is None or account.ways_back_before(notification.detail, ports.now()) is None:
        return None
    if addresses.get(ports, notification.email).bounces:
        return None
    return _with_secret(ports, notification, notification.kind, account)


def leaving(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """That the account will be erased, while that is so."""
    account = ports.accounts.get(notification.account_id)
    if account is None or account.leaves_at is None or not account.email or addresses.bounces(ports, account.email):
        return None
    return ports.mail_texts.leaving(account, f"{ports.public_url}/sign-in")


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


def code(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
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
    account = ports.accounts.get(notification.account_id) if notification.account_id else None
    email = invitation.email if invitation else account.email if account else notification.email
    locale = addresses.get(ports, email).locale or (invitation.locale if invitation else notification.locale)
    what = invitation_links.invitation_code(invitation) if invitation else invitation_links.mailbox_code(email)
    if account:
        what = invitation_links.account_code(account.id, notification.detail)
    digits, life = ports.new_code(), TOKEN_LIFE[NotificationKind.CODE]
    ports.codes.put(what, invitation_links.code_digest(ports, what, digits), ports.now() + life)
    return ports.mail_texts.code(email, locale_or(locale, "en"), digits, life)
