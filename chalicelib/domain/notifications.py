"""Letters: mails to one person about their account. The intention is stored; the secret in the link is made when it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .chats import Chat
from .invitations import Invitation
from .providers import Via
from .workspaces import Workspace


class NotificationKind(StrEnum):
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    RESET = "reset"
    JOIN_WORKSPACE = "join_workspace"
    SOCKET = "socket"
    CODE = "code"
    ASK = "ask"
    RENEW = "renew"
    HAND_OVER = "hand_over"
    ANSWER = "answer"
    WAS_IT_YOU = "was_it_you"
    OUT = "out"
    MESSAGES = "messages"
    ALLOWED = "allowed"
    BOUNCED = "bounced"
    DECLINED = "declined"
    EXPIRED = "expired"
    MISSED = "missed"
    OUTSIDE = "outside"
    RECEIPT = "receipt"
    ENDING = "ending"
    MEMBERLESS = "memberless"
    REFUSED = "refused"
    REPORT = "report"
    NEW_ADDRESS = "new_address"
    ADDRESS_CHANGED = "address_changed"
    LEAVING = "leaving"
    EXPORT = "export"


TOKEN_LIFE = {
    NotificationKind.SIGN_UP: timedelta(hours=24),
    NotificationKind.SIGN_IN: timedelta(minutes=30),
    NotificationKind.RESET: timedelta(hours=1),
    NotificationKind.JOIN_WORKSPACE: timedelta(days=7),
    NotificationKind.CODE: timedelta(minutes=10),
    NotificationKind.NEW_ADDRESS: timedelta(hours=24),
    NotificationKind.ADDRESS_CHANGED: timedelta(days=7),
    NotificationKind.WAS_IT_YOU: timedelta(hours=24),
}


SOCKET_TICKET_LIFE = timedelta(seconds=30)
OUTSIDE_SIGN_IN_LIFE = timedelta(minutes=10)
REFUSED_LIFE = timedelta(hours=1)


class NotificationState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationMail:
    """`name`, `password_hash` and `workspace` wait for the mailbox to be proved; until then they give no power."""

    id: str
    kind: NotificationKind
    email: str
    created_at: datetime
    locale: str = "en"
    name: str = ""
    password_hash: str = ""
    workspace: str = ""
    workspace_id: str = ""
    role: str = ""
    next: str = ""
    account_id: str = ""
    chat_id: str = ""
    invitation_id: str = ""
    detail: str = ""
    state: NotificationState = NotificationState.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeToken:
    """What a mailed one-time link stands for. Only the hash of its token is stored; `purpose` makes it worthless elsewhere.

    `is_used`: by the browser that asks now, which never got the answer.
    """

    purpose: NotificationKind
    email: str
    expires_at: datetime
    locale: str = "en"
    account_id: str = ""
    name: str = ""
    password_hash: str = ""
    workspace: str = ""
    workspace_id: str = ""
    role: str = ""
    next: str = ""
    detail: str = ""
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A one-time link that is used up: the hash of its token, and by whom, so that the same browser may finish what broke."""

    token_hash: str
    holder: str


@dataclass(frozen=True, slots=True)
class About:
    """The invitation that a mail is about."""

    invitation: Invitation
    chat: Chat
    workspace: Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What a mail gives the invited person: the link, the way to no more of it, and what shows that it is real.

    `code` is what they type at `check`, a page of ours. `answers` is the address that answers go to, empty for the inviter's own.
    """

    join: str
    unsubscribe: str
    words: Sequence[str] = ()
    code: str = ""
    check: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks to take an invitation that was promised to another address. `email` may be empty."""

    name: str
    email: str = ""
    via: Via = Via.WEBTOP
    organization: str = ""


@dataclass(frozen=True, slots=True)
class ToldFile:
    """A file of a message as it goes by mail: attached, or behind a link; blocked, it is named alone."""

    name: str
    url: str = ""
    is_attached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMessage:
    """A message as it goes by mail. `quoted` is what it answers, as "Name: words". `change` is "", "corrected", "taken_back", or
    "reacted" where somebody reacted to the reader's own message: `text` are the emojis then, and `quoted` the message."""

    author: str
    text: str
    quoted: str = ""
    change: str = ""
    files: Sequence[ToldFile] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMail:
    """What was written in a chat, for somebody who takes part by mail. `thread` is the Message-ID that all mails of one chat to one
    person refer to; `url` leads to a page where they leave, or go on in the browser, and `stop_url` takes one click."""

    chat: str
    workspace: str
    locale: str
    messages: Sequence[ToldMessage]
    answers: str
    thread: str
    url: str
    stop_url: str
    tags: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What a person missed in a chat; `chat` is its name or the other person's, `lines` (author, text), newest last."""

    chat: str
    workspace: str
    messages: int
    mentions: int = 0
    lines: Sequence[tuple[str, str]] = ()


class News(StrEnum):
    """What became of an invitation while its inviter was away."""

    BOUNCED = "bounced"
    DECLINED = "declined"
    EXPIRED = "expired"
