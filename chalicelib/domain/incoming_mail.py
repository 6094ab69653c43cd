"""A mail that came in, as it was read, and the rules of what may become of it; see PRODUCT.md, section 12."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .addresses import NotAnAddress, canonical
from .identities import Identity
from .providers import Provider
from .relaying import InboundEvent, RemoteMessageRef

_PROVEN = "PASS"
"""SES's word for what was checked and is right; anything else proves nothing, and there may be more words than we know."""
_FAILED = "FAIL"
_BULK = {"bulk", "junk", "list", "auto_reply"}
_BY_A_MACHINE = {
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-auto-response-suppress",
    "x-ms-exchange-inbox-rules-loop",
}
_FROM_A_LIST = {"list-id", "list-post", "mailing-list"}
_AWAY = re.compile(
    r"(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|automatische antwort|abwesenheits(?:notiz|assistent)|"
    r"r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|fuera de (?:la )?oficina)\b",
    re.IGNORECASE,
)


class Dropped(StrEnum):
    """Why a mail becomes nothing: noted in the log, and told to nobody."""

    HARMFUL = "harmful"
    AUTOMATIC = "automatic"
    FROM_US = "from ourselves"
    NO_ONE_SENDER = "not exactly one sender"
    ANOTHER_SENDER = "another sender, not proven"
    NOT_PROVEN = "not proven"
    OVER = "over"
    BLOCKED = "blocked"
    EMPTY = "nothing new in it"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailVerdicts:
    """What SES found, in its own words: `PASS`, `FAIL`, `GRAY`, `PROCESSING_FAILED`, or whatever else it says."""

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    spam: str = ""
    virus: str = ""

    @property
    def is_harmful(self) -> bool:
        return _FAILED in (self.spam, self.virus)

    @property
    def proves_sender(self) -> bool:
        """DMARC alone is about the From that people see; SPF and DKIM by themselves may be somebody else's."""
        return self.dmarc == _PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEnvelope:
    """How SES got a mail: its own id for it, to which of our addresses, and from whom by the envelope, empty for a bounce."""

    id: str
    recipients: tuple[str, ...]
    sender: str
    verdicts: MailVerdicts


@dataclass(frozen=True, slots=True)
class MailPart:
    """A file in a mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """A mail as it was read, within limits. `senders` are the addresses of all its From headers, as they are written there.

    `headers` hold the first value of each, by their names in lower case. `text` is all that it says, as plain text or read from
    its HTML; `is_cut`: it went on.
    """

    id: str
    senders: tuple[str, ...]
    sender_name: str
    subject: str
    headers: dict[str, str]
    text: str
    is_cut: bool = False
    parts: tuple[MailPart, ...] = ()

    @property
    def sender(self) -> str:
        """The one address that it is from, in its canonical form; empty where there isn't exactly one good one."""
        try:
            return canonical(self.senders[0]) if len(self.senders) == 1 else ""
        except NotAnAddress:
            return ""


def automatic(mail: IncomingMail, envelope_from: str) -> bool:
    """Whether a program wrote it, or it went to many: RFC 3834, and what is sent beside it. Nothing is ever answered to these."""
    headers = mail.headers
    said = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        envelope_from.strip() in ("", "<>")
        or said != "no"
        or headers.get("precedence", "").strip().lower() in _BULK
        or bool((_BY_A_MACHINE | _FROM_A_LIST) & headers.keys())
        or headers.get("content-type", "").strip().lower().startswith("multipart/report")
        or bool(_AWAY.match(mail.subject.lstrip()))
    )


_LEAVING = frozenset(
    [
        "leave",
        "stop",
        "unsubscribe",
        "verlassen",
        "austreten",
        "abmelden",
        "stopp",
        "salir",
        "dejar",
        "parar",
        "baja",
        "quitter",
        "arrêter",
        "arreter",
        "désinscrire",
    ]
)


def leaves(texts: Sequence[str]) -> bool:
    """Whether one word is all of it, and says that they want out."""
    return len(texts) == 1 and texts[0].strip().rstrip(".!").strip().casefold() in _LEAVING


def identity_of(account_id: str) -> Identity:
    """By which somebody takes part by mail: their account itself, for an address may change and be erased."""
    return Identity(Provider.MAIL, "", account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAnswer:
    """An answer that may become messages: `texts` are what was newly written in it, in pieces that each fit into one; the first
    takes the `files`. `mail_id` is set where the whole mail is kept."""

    id: str
    chat_id: str
    account_id: str
    texts: tuple[str, ...]
    files: tuple[str, ...] = ()
    mail_id: str = ""

    @property
    def events(self) -> list[InboundEvent]:
        """As the relay takes them in: the mail's own id makes that once."""
        return [
            InboundEvent(
                action="posted",
                identity=identity_of(self.account_id),
                target=RemoteMessageRef(str(Provider.MAIL), self.chat_id, f"{self.id}#{number}"),
                text=text,
                chat_id=self.chat_id,
                account_id=self.account_id,
                file_ids=() if number else self.files,
                mail_id=self.mail_id,
            )
            for number, text in enumerate(self.texts or ("",))
        ]
