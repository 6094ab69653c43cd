"""What use cases ask of storage, gateways and providers, as protocols.

`wiring` builds the real parts; tests build the same ones on an AWS in memory.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain.providers import Option, Provider
from .chats import Calls, Chats, DueQueue, Messages, Schedule, WholeMails
from .files import Files, FileStore, MadePicture, PictureMaker, SmallPicture, Upload
from .invitations import InvitationLookup, Invitations
from .limits import Answer, IdempotencyStore, Limit, RateLimiter
from .live import SILENCE, Connection, Connections, Sockets
from .mails import (
    ComposedMail,
    MailAttachment,
    MailDraft,
    Mailer,
    MailNotTaken,
    MailQueue,
    MailRefused,
    MailTexts,
    MailUnreadable,
    MailWaits,
    Notifications,
    OutgoingMail,
)
from .people import Accounts, Codes, OneTimeTokens, OwnAccounts, Passwords
from .providers import INSTALL, Identities, Installer, ProviderFailed, SignIn
from .pushes import PushQueue, PushService, PushSubscriptions, PushTexts
from .relaying import (
    TOO_LARGE,
    Disconnected,
    FileCarrier,
    NotTaken,
    OutgoingFile,
    OutgoingMessage,
    RelayAdapter,
    RelayedMessages,
    RelayLater,
    RelayQueue,
    RelayTexts,
    ReplyLost,
    WindowGone,
)
from .workspaces import Audit, Outside, Receipts, ReceiptSigner, Reports, Workspaces

__all__ = [
    "INSTALL",
    "SILENCE",
    "TOO_LARGE",
    "Accounts",
    "Answer",
    "Audit",
    "Calls",
    "Chats",
    "Codes",
    "ComposedMail",
    "Connection",
    "Connections",
    "Disconnected",
    "DueQueue",
    "FileCarrier",
    "FileStore",
    "Files",
    "IdempotencyStore",
    "Identities",
    "Installer",
    "InvitationLookup",
    "Invitations",
    "Limit",
    "MadePicture",
    "MailAttachment",
    "MailDraft",
    "MailNotTaken",
    "MailQueue",
    "MailRefused",
    "MailTexts",
    "MailUnreadable",
    "MailWaits",
    "Mailer",
    "Messages",
    "NotTaken",
    "Notifications",
    "OneTimeTokens",
    "OutgoingFile",
    "OutgoingMail",
    "OutgoingMessage",
    "Outside",
    "OwnAccounts",
    "Passwords",
    "PictureMaker",
    "Ports",
    "ProviderFailed",
    "PushQueue",
    "PushService",
    "PushSubscriptions",
    "PushTexts",
    "RateLimiter",
    "ReceiptSigner",
    "Receipts",
    "RelayAdapter",
    "RelayLater",
    "RelayQueue",
    "RelayTexts",
    "RelayedMessages",
    "ReplyLost",
    "Reports",
    "Schedule",
    "SignIn",
    "SmallPicture",
    "Sockets",
    "Upload",
    "WholeMails",
    "WindowGone",
    "Workspaces",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All that a use case may ask of the outside. `public_url` has no slash at its end; `link_keys` have the newest
    first. `mail_in_domain` is where mail comes in, empty where none does.

    `features` hold what only one provider has, for its own package, which knows the type.
    """

    public_url: str
    link_keys: tuple[str, ...]
    mail_in_domain: str
    configured: frozenset[Option]
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_token: Callable[[], str]
    accounts: Accounts
    own_accounts: OwnAccounts
    one_time_tokens: OneTimeTokens
    notifications: Notifications
    workspaces: Workspaces
    chats: Chats
    outside: Outside
    receipts: Receipts
    reports: Reports
    audit: Audit
    receipt_signer: ReceiptSigner
    receipt_keys: tuple[str, ...]
    invitations: Invitations
    invitation_lookup: InvitationLookup
    messages: Messages
    whole_mails: WholeMails
    calls: Calls
    files: Files
    file_store: FileStore
    picture_maker: PictureMaker
    schedule: Schedule
    due_queue: DueQueue
    codes: Codes
    new_code: Callable[[], str]
    words: Callable[[], Sequence[str]]
    identities: Identities
    sign_ins: Mapping[Provider, SignIn]
    installers: Mapping[Provider, Installer]
    features: Mapping[Provider, object]
    relayed_messages: RelayedMessages
    relay_adapters: Mapping[Provider, RelayAdapter]
    relay_queue: RelayQueue
    rate_limiter: RateLimiter
    connections: Connections
    sockets: Sockets
    socket_url: str
    idempotency: IdempotencyStore
    passwords: Passwords
    mailer: Mailer
    mail_texts: MailTexts
    mail_queue: MailQueue
    push_subscriptions: PushSubscriptions
    push_service: PushService
    push_texts: PushTexts
    relay_texts: RelayTexts
    push_queue: PushQueue
    push_schedule: Schedule
    mail_schedule: Schedule
    file_schedule: Schedule
