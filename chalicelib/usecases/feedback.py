"""What SES says about a mail becomes the truth on its invitation; dead and complaining addresses get no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..domain.addresses import NotAnAddress, canonical
from ..domain.invitations import Mail, MailState
from ..ports import Ports


class Heard(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """SES's word about one mail. `final` says of a bounce that no later mail would get through either.

    `tagged` is (chat, seat, number) where the mail's tags came along: known even where SES speaks before we wrote its id down.
    """

    ses_id: str
    heard: Heard
    detail: str
    final: bool
    recipients: Sequence[str]
    tagged: tuple[str, str, int] | None = None


_INSTEAD_OF = {
    Heard.SENT: (MailState.QUEUED,),
    Heard.DELAYED: (MailState.QUEUED, MailState.SENT),
    Heard.DELIVERED: (MailState.QUEUED, MailState.SENT, MailState.DELAYED),
    Heard.BOUNCED: (MailState.QUEUED, MailState.SENT, MailState.DELAYED, MailState.DELIVERED),
    Heard.COMPLAINED: (
        MailState.QUEUED,
        MailState.SENT,
        MailState.DELAYED,
        MailState.DELIVERED,
        MailState.BOUNCED,
    ),
}


def hear(ports: Ports, word: Word) -> None:
    """Late, double and out of order does no harm: a word only ever replaces one that says less."""
    if (word.heard is Heard.BOUNCED and word.final) or word.heard is Heard.COMPLAINED:
        for recipient in word.recipients:
            _suppress(ports, recipient, str(word.heard))
    found = ports.invitations.of_mail(word.ses_id) or word.tagged
    seat = ports.invitations.get(found[0], found[1]) if found else None
    if found and seat:
        mail = Mail(state=MailState(word.heard), at=ports.now(), detail=word.detail)
        ports.invitations.hear_mail(seat, found[2], mail, _INSTEAD_OF[word.heard])


def _suppress(ports: Ports, recipient: str, why: str) -> None:
    try:
        email = canonical(recipient)
    except NotAnAddress:
        return
    ports.accounts.stop_mail(email, why)
