"""Mail that SES received: its bytes lie in the bucket, put there by the receipt rule, and are gone once they were looked at.

Shapes: "Contents of notifications for Amazon SES email receiving"; only the object is whole, the event's headers are cut.
"""

import logging
import re
from typing import Any

from .. import wiring
from ..domain.incoming_mail import MailEnvelope, MailVerdicts
from ..gateways import incoming_mail as mime
from ..ports import MailUnreadable, Ports
from ..usecases import incoming_mail

log = logging.getLogger(__name__)
Json = dict[str, Any]
PREFIX = "mail/"
_ID = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_OF_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"


def handle(event: Json) -> None:
    """A mail that can't be read is noted and dropped: its sender hears nothing, for nobody knows who that is."""
    for record in event.get("Records", []):
        envelope = _envelope(_part(record, "ses"))
        if envelope is None:
            log.warning("a receipt that can't be read")
        elif envelope.id != _OF_SETUP:
            _receive(wiring.ports(), envelope)


def _receive(ports: Ports, envelope: MailEnvelope) -> None:
    """For nobody's address, it isn't even read."""
    key, addressed = f"{PREFIX}{envelope.id}", incoming_mail.addressed(ports, envelope)
    if not addressed:
        log.info("mail not taken: unknown token")
        ports.file_store.delete([key])
        return
    raw = ports.file_store.read_up_to(key, mime.MOST_BYTES)
    if raw is None:
        log.warning("mail not taken: too large, or not there")
        return
    try:
        mail = mime.read(raw)
    except MailUnreadable as reason:
        log.warning("mail not taken: %s", reason)
    else:
        for to in addressed:
            incoming_mail.receive(ports, mail, envelope, to)
    ports.file_store.delete([key])


def _envelope(ses: Json) -> MailEnvelope | None:
    mail, receipt = _part(ses, "mail"), _part(ses, "receipt")
    identifier, recipients = mail.get("messageId"), receipt.get("recipients")
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier) or not isinstance(recipients, list):
        return None
    verdicts = {
        name: str(_part(receipt, f"{name}Verdict").get("status", ""))
        for name in ("spf", "dkim", "dmarc", "spam", "virus")
    }
    return MailEnvelope(
        id=identifier,
        recipients=tuple(str(recipient) for recipient in recipients),
        sender=str(mail.get("source") or ""),
        verdicts=MailVerdicts(**verdicts),
    )


def _part(json: Json, name: str) -> Json:
    part = json.get(name)
    return part if isinstance(part, dict) else {}
