"""The registry of mails to one person: what composes each kind, when it is sent. None where none is due, any more or at all."""

from collections.abc import Callable, Mapping

from ..domain.notifications import NotificationKind, NotificationMail
from ..ports import ComposedMail, OutgoingMail, Ports
from . import exporting, reports
from .account_mails import address_changed, code, leaving, new_address, with_link
from .chat_mails import messages, out
from .inviter_mails import about_invitation
from .missed_mails import missed
from .outside_mails import ending, memberless, receipt

Compose = Callable[[Ports, NotificationMail], OutgoingMail | ComposedMail | None]

COMPOSERS: Mapping[NotificationKind, Compose] = {
    NotificationKind.SIGN_UP: with_link,
    NotificationKind.SIGN_IN: with_link,
    NotificationKind.RESET: with_link,
    NotificationKind.JOIN_WORKSPACE: with_link,
    NotificationKind.CODE: code,
    NotificationKind.NEW_ADDRESS: new_address,
    NotificationKind.ADDRESS_CHANGED: address_changed,
    NotificationKind.LEAVING: leaving,
    NotificationKind.EXPORT: exporting.mail,
    NotificationKind.WAS_IT_YOU: with_link,
    NotificationKind.ASK: about_invitation,
    NotificationKind.RENEW: about_invitation,
    NotificationKind.HAND_OVER: about_invitation,
    NotificationKind.ANSWER: about_invitation,
    NotificationKind.MESSAGES: messages,
    NotificationKind.OUT: out,
    NotificationKind.ALLOWED: about_invitation,
    NotificationKind.BOUNCED: about_invitation,
    NotificationKind.DECLINED: about_invitation,
    NotificationKind.EXPIRED: about_invitation,
    NotificationKind.MISSED: missed,
    NotificationKind.RECEIPT: receipt,
    NotificationKind.ENDING: ending,
    NotificationKind.MEMBERLESS: memberless,
    NotificationKind.REPORT: reports.mail,
}


def composed(ports: Ports, notification: NotificationMail) -> ComposedMail | None:
    mail = COMPOSERS[notification.kind](ports, notification)
    return ComposedMail(mail) if isinstance(mail, OutgoingMail) else mail
