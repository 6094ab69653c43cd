"""What SES says about our mails, through SNS: identity notifications and configuration-set events, either shape."""

import json
import logging
from typing import Any

from .. import wiring
from ..usecases import feedback
from ..usecases.feedback import Heard, Word

log = logging.getLogger(__name__)
_KINDS = {
    "Send": Heard.SENT,
    "Delivery": Heard.DELIVERED,
    "DeliveryDelay": Heard.DELAYED,
    "Bounce": Heard.BOUNCED,
    "Complaint": Heard.COMPLAINED,
    "Reject": Heard.BOUNCED,
}
_BOUNCES = {
    "NoEmail": "no such mailbox",
    "Suppressed": "the mailbox refused mail before",
    "OnAccountSuppressionList": "the mailbox refused mail before",
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "their server says the mail is too large",
    "ContentRejected": "their server refused the mail",
    "AttachmentRejected": "their server refused the mail",
}
_DELAYS = {
    "MailboxFull": "the mailbox is full; we keep trying",
    "RecipientServerError": "their server has a problem; we keep trying",
    "TransientCommunicationFailure": "their server can't be reached; we keep trying",
}


def handle(event: dict[str, Any]) -> None:
    """Malformed words are noted and dropped: SNS would only bring them again."""
    for record in event.get("Records", []):
        word = _word(record.get("Sns", {}).get("Message"))
        if word is None:
            log.warning("mail feedback that can't be read")
            continue
        log.info("mail feedback: %s for %s", word.heard, word.ses_id)
        feedback.hear(wiring.ports(), word)


def _word(message: Any) -> Word | None:
    body = _parsed(message)
    heard = _KINDS.get(str(body.get("eventType") or body.get("notificationType") or ""))
    mail = body.get("mail")
    if heard is None or not isinstance(mail, dict) or not isinstance(mail.get("messageId"), str):
        return None
    part: dict[str, Any] = next((body[name] for name in _PARTS[heard] if isinstance(body.get(name), dict)), {})
    return Word(
        ses_id=mail["messageId"],
        heard=heard,
        detail=_detail(heard, part),
        final=part.get("bounceType") == "Permanent",
        recipients=_recipients(part),
        tagged=_tagged(mail.get("tags")),
    )


def _tagged(tags: Any) -> tuple[str, str, int] | None:
    """Our own tags on the mail, each a list of one; None where they aren't all there."""
    listed = [tags.get(name) for name in ("chat", "seat", "number")] if isinstance(tags, dict) else []
    found = [one[0] for one in listed if isinstance(one, list) and one and isinstance(one[0], str)]
    if len(found) != 3:
        return None
    chat_id, seat_id, number = found
    return (chat_id, seat_id, int(number)) if number.isdecimal() and len(number) < 10 else None


_PARTS = {
    Heard.SENT: (),
    Heard.DELIVERED: ("delivery",),
    Heard.DELAYED: ("deliveryDelay",),
    Heard.BOUNCED: ("bounce", "reject"),
    Heard.COMPLAINED: ("complaint",),
}


def _parsed(message: Any) -> dict[str, Any]:
    if isinstance(message, str):
        try:
            message = json.loads(message)
        except (ValueError, RecursionError):
            return {}
    return message if isinstance(message, dict) else {}


def _detail(heard: Heard, part: dict[str, Any]) -> str:
    """The reason in plain words; a server's own text isn't shown, for anybody may have written it."""
    if heard is Heard.BOUNCED:
        known = _BOUNCES.get(str(part.get("bounceSubType")))
        return known or (
            "no such mailbox" if part.get("bounceType") == "Permanent" else "their server refused the mail"
        )
    if heard is Heard.DELAYED:
        return _DELAYS.get(str(part.get("delayType")), "their server asks us to wait")
    return "marked as spam" if heard is Heard.COMPLAINED else ""


def _recipients(part: dict[str, Any]) -> list[str]:
    listed = part.get("bouncedRecipients") or part.get("complainedRecipients") or []
    found = [one.get("emailAddress") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [one for one in found if isinstance(one, str)]
