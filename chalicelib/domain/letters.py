"""Letters: mails to one person about their account. The intention is stored; the secret in the link is made when it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class LetterKind(StrEnum):
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    RESET = "reset"
    JOIN_WORKSPACE = "join_workspace"
    SOCKET = "socket"


SECRET_LIFE = {
    LetterKind.SIGN_UP: timedelta(hours=24),
    LetterKind.SIGN_IN: timedelta(minutes=30),
    LetterKind.RESET: timedelta(minutes=30),
    LetterKind.JOIN_WORKSPACE: timedelta(days=7),
}


SOCKET_TICKET_LIFE = timedelta(seconds=30)


class LetterState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`name`, `password_hash` and `workspace` wait for the mailbox to be proved; until then they give no power."""

    id: str
    kind: LetterKind
    email: str
    created_at: datetime
    locale: str = "en"
    name: str = ""
    password_hash: str = ""
    workspace: str = ""
    workspace_id: str = ""
    role: str = ""
    next: str = ""
    state: LetterState = LetterState.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What a mailed one-time link stands for. Only the hash of its token is stored; `purpose` makes it worthless elsewhere."""

    purpose: LetterKind
    email: str
    expires_at: datetime
    account_id: str = ""
    name: str = ""
    password_hash: str = ""
    workspace: str = ""
    workspace_id: str = ""
    role: str = ""
    next: str = ""
