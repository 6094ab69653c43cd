"""What SES says about our mails, through SNS: identity notifications and configuration-set events, either shape.

Shapes: "Contents of event data that Amazon SES publishes to Amazon SNS", SES developer guide.
"""

import json
import logging
import re
from email.utils import parseaddr
from typing import Any

from .. import wiring
from ..domain.mail_reasons import COMPLAINTS, DELAYS, MailReason, read_bounce
from ..domain.people import Unreachable
from ..usecases import feedback
from ..usecases.feedback import ChatMailTags, MailEvent, MailEventKind

log = logging.getLogger(__name__)
Json = dict[str, Any]


def handle(event: Json) -> None:
    """Malformed events are noted and dropped: SNS would only bring them again."""
    for record in event.get("Records", []):
        received = _event(record.get("Sns", {}).get("Message"))
        if received is None:
            log.warning("mail feedback that can't be read")
            continue
        log.info("mail feedback: %s, %s, for %s", received.kind, received.reason or "no reason", received.ses_id)
        feedback.record_event(wiring.ports(), received)


def _event(message: Any) -> MailEvent | None:
    body = _parsed(message)
    name, mail = str(body.get("eventType") or body.get("notificationType") or ""), body.get("mail")
    if name not in _READ or not isinstance(mail, dict) or not isinstance(mail.get("messageId"), str):
        return None
    part = body.get(name[:1].lower() + name[1:])
    return _READ[name](
        part if isinstance(part, dict) else {},
        {"ses_id": mail["messageId"], "tagged": _tagged(mail.get("tags")), "told": _told(mail.get("tags"))},
    )


def _sent(part: Json, about: Json) -> MailEvent:
    return MailEvent(kind=MailEventKind.SENT, **about)


def _delivered(part: Json, about: Json) -> MailEvent:
    return MailEvent(kind=MailEventKind.DELIVERED, **about)


def _delayed(part: Json, about: Json) -> MailEvent:
    reason = DELAYS.get(str(part.get("delayType")), MailReason.DELAY)
    return MailEvent(kind=MailEventKind.DELAYED, reason=reason, **about)


def _bounced(part: Json, about: Json) -> MailEvent:
    """A server's own text is read and not shown, for anybody may have written it."""
    recipients = _dicts(part.get("bouncedRecipients"))
    sentences = tuple(
        str(recipient[name]) for recipient in recipients for name in ("status", "diagnosticCode") if recipient.get(name)
    )
    bounce = read_bounce(str(part.get("bounceType")), str(part.get("bounceSubType")), sentences)
    return MailEvent(
        kind=MailEventKind.HARD_BOUNCE if bounce.is_permanent else MailEventKind.SOFT_BOUNCE,
        reason=bounce.reason,
        suppresses=Unreachable.BOUNCED if bounce.address_is_gone else None,
        recipients=_addresses(recipients),
        **about,
    )


def _complained(part: Json, about: Json) -> MailEvent:
    about["recipients"] = _addresses(_dicts(part.get("complainedRecipients")))
    if part.get("complaintSubType") == "OnAccountSuppressionList":
        kind, reason = MailEventKind.NEVER_SENT, MailReason.COMPLAINED_BEFORE
        return MailEvent(kind=kind, reason=reason, suppresses=Unreachable.COMPLAINED, **about)
    feedback_type = str(part.get("complaintFeedbackType") or "abuse")
    if feedback_type == "not-spam":
        return MailEvent(kind=MailEventKind.NOT_SPAM, **about)
    reason = COMPLAINTS.get(feedback_type, MailReason.OTHER_COMPLAINT)
    return MailEvent(kind=MailEventKind.COMPLAINED, reason=reason, suppresses=Unreachable.COMPLAINED, **about)


def _rejected(part: Json, about: Json) -> MailEvent:
    """SES found malware in it, and sent nothing."""
    return MailEvent(kind=MailEventKind.NEVER_SENT, reason=MailReason.REJECTED, **about)


_READ = {
    "Send": _sent,
    "Delivery": _delivered,
    "DeliveryDelay": _delayed,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
}


def _tagged(tags: Any) -> tuple[str, str, int] | None:
    """Our own tags on the mail, each a list of one; None where they aren't all there."""
    listed = [tags.get(name) for name in ("chat", "seat", "number")] if isinstance(tags, dict) else []
    results = [item[0] for item in listed if isinstance(item, list) and item and isinstance(item[0], str)]
    if len(results) != 3:
        return None
    chat_id, invitation_id, number = results
    return (chat_id, invitation_id, int(number)) if number.isdecimal() and len(number) < 10 else None


def _told(tags: Any) -> ChatMailTags | None:
    """Which messages of which chat the mail told whom; None for other mails."""
    listed = [tags.get(name) for name in ("chat", "reader", "messages")] if isinstance(tags, dict) else []
    results = [item[0] for item in listed if isinstance(item, list) and item and isinstance(item[0], str)]
    if len(results) != 3 or not re.fullmatch(r"[0-9]{1,10}(?:-[0-9]{1,10}){0,99}", results[2]):
        return None
    return ChatMailTags(results[0], results[1], tuple(int(seq) for seq in results[2].split("-")))


def _parsed(message: Any) -> Json:
    if isinstance(message, str):
        try:
            message = json.loads(message)
        except (ValueError, RecursionError):
            return {}
    return message if isinstance(message, dict) else {}


def _dicts(listed: Any) -> list[Json]:
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _addresses(recipients: list[Json]) -> list[str]:
    """Without names: where there is no DSN, SES gives what stood in the mail's To."""
    result = (recipient.get("emailAddress") for recipient in recipients)
    return [parseaddr(item)[1] or item for item in result if isinstance(item, str)]
