"""Mails: composed, queued, sent, and what the mail service may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ..domain.chats import Chat, ChatHead, Membership
from ..domain.invitations import Invitation
from ..domain.mail_reasons import MailReason
from ..domain.notifications import About, Asker, ChatMail, Missed, News, NotificationMail, NotificationState, Ways
from ..domain.people import Account
from ..domain.receipts import Receipt
from ..domain.relaying import RelayedMessage
from ..domain.workspaces import Workspace


class Notifications(Protocol):
    def add(self, notification: NotificationMail) -> None: ...
    def add_once(self, notification: NotificationMail) -> bool:
        """False where a letter with this id was promised before."""

    def add_in_turn(self, notification: NotificationMail, now: datetime, pause: timedelta) -> bool:
        """To an account, at most one in each `pause`: the letter and the time of it together. False where it isn't time yet."""

    def get(self, notification_id: str) -> NotificationMail | None: ...
    def claim(self, notification_id: str, now: datetime) -> bool:
        """True for one caller at a time, for a minute; False once it is sent or while somebody sends it."""

    def release(self, notification_id: str) -> None: ...
    def finish(self, notification_id: str, state: NotificationState, now: datetime) -> None:
        """What waited in the letter is no longer needed there."""


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A file that goes along, `type` being what its bytes say it is."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail ready to go. `reply_to` is empty or one address; `headers` are added as they stand."""

    to: str
    from_name: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    attachments: tuple[MailAttachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """What one mail says and to whom, in its template's folder. `typed` is what people typed, and is cleaned; `facts` are ours."""

    template: str
    to: str
    locale: str
    typed: Mapping[str, str]
    facts: Mapping[str, object]
    from_name: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    tags: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail that may go, and of how many messages of a chat it tells; `copies` are the messages that stand in it,
    `reactions` the reader's own ones of which it tells how others reacted."""

    mail: OutgoingMail
    notified: tuple[tuple[Membership, ChatHead], ...] = ()
    copies: tuple[RelayedMessage, ...] = ()
    reactions: tuple[RelayedMessage, ...] = ()


class MailRefused(Exception):
    """The mail service will never take this mail."""

    def __init__(self, reason: MailReason) -> None:
        super().__init__(reason)
        self.reason = reason


class MailNotTaken(Exception):
    """The mail service did not take this mail now; trying later may help."""


class MailWaits(Exception):
    """The mail service takes no mail at all for now: no fault of this mail, and no try of it used up.

    `what` is for the operator's log; in `seconds` it is worth asking again.
    """

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(what)
        self.what, self.seconds = what, seconds


class MailUnreadable(Exception):
    """A mail that came in is no mail, or beyond what is looked at; the message is for the log."""


class Mailer(Protocol):
    def send(self, mail: OutgoingMail) -> str:
        """The service's id for the mail. Raises MailRefused, MailNotTaken."""
        ...


class MailTexts(Protocol):
    """Composes mails; knows languages and looks, and nothing of who may send what."""

    def compose(self, draft: MailDraft) -> OutgoingMail:
        """Subject, text and HTML of the template, in the reader's language; any mail that needs no more than its facts."""

    def notification(self, notification: NotificationMail, url: str, has_account: bool) -> OutgoingMail: ...
    def invitation(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail: ...
    def reminder(self, about: About, inviter_email: str, ways: Ways) -> OutgoingMail: ...
    def missed(
        self, reader: Account, missed: Sequence[Missed], url: str, stop_url: str, answers: str = ""
    ) -> OutgoingMail: ...
    def ask(self, inviter: Account, about: About, asker: Asker, url: str) -> OutgoingMail: ...
    def hand_over(self, inviter: Account, about: About, email: str, note: str, url: str) -> OutgoingMail: ...
    def answer(self, inviter: Account, about: About, email: str, text: str, url: str) -> OutgoingMail: ...
    def messages(self, reader: Account, told: ChatMail) -> OutgoingMail: ...
    def allowed(self, asker: Account, about: About, url: str) -> OutgoingMail: ...
    def renew(self, inviter: Account, about: About, url: str) -> OutgoingMail: ...
    def ended(self, inviter: Account, about: About, ended: Sequence[Invitation], url: str) -> OutgoingMail: ...
    def status_change(self, news: News, inviter: Account, about: About, url: str, reason: str = "") -> OutgoingMail: ...
    def code(self, email: str, locale: str, code: str, life: timedelta) -> OutgoingMail: ...
    def export(self, account: Account, url: str) -> OutgoingMail: ...
    def leaving(self, account: Account, url: str) -> OutgoingMail: ...
    def memberless(self, reader: Account, chat: Chat, workspace: Workspace, url: str) -> OutgoingMail: ...
    def ending(self, owner: Account, about: About, url: str) -> OutgoingMail: ...
    def receipt(self, reader: Account, receipt: Receipt, url: str) -> OutgoingMail: ...
    def report(
        self, notification: NotificationMail, workspace: Workspace, is_stopped: bool, url: str
    ) -> OutgoingMail: ...
    def first_line(self, locale: str, title: str) -> str:
        """Not a mail: what begins the chat in somebody's own application."""

    def last_line(self, locale: str, receipt: Receipt, url: str) -> str:
        """Not a mail: what is said last in somebody's own application, by the same words."""


class MailQueue(Protocol):
    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """They come to the worker now, or after these `seconds`, 900 at most."""
