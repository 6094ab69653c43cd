"""The events that SES publishes about a mail, field by field as its developer guide gives them, and what may be chosen in them.

"Contents of event data that Amazon SES publishes to Amazon SNS": status, diagnostic code and action stand in a bounce only
where the far server sent a delivery status notification; an automatic reply, which SES calls Transient, has none.
"""

import re
import uuid
from collections.abc import Callable
from typing import Any

from local.http import Refused

Json = dict[str, Any]

EVENT_TYPES = {
    "bounce": "Bounce",
    "complaint": "Complaint",
    "delivery": "Delivery",
    "reject": "Reject",
    "delay": "DeliveryDelay",
}
ACCOUNT_REFUSALS = (
    "TooManyRequestsException",
    "LimitExceededException",
    "SendingPausedException",
    "AccountSuspendedException",
)
_MTA = "a8-50.smtp-out.amazonses.com"
_SUBTYPES = {
    "Permanent": ("General", "NoEmail", "Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"),
    "Transient": (
        "General",
        "MailboxFull",
        "MessageTooLarge",
        "CustomTimeoutExceeded",
        "ContentRejected",
        "AttachmentRejected",
    ),
    "Undetermined": ("Undetermined",),
}
_WORDS = {
    "bounceType": tuple(_SUBTYPES),
    "bounceSubType": tuple(dict.fromkeys(item for each in _SUBTYPES.values() for item in each)),
    "complaintFeedbackType": ("abuse", "auth-failure", "fraud", "not-spam", "other", "virus"),
    "complaintSubType": ("OnAccountSuppressionList",),
    "delayType": (
        "InternalFailure",
        "General",
        "MailboxFull",
        "SpamDetected",
        "RecipientServerError",
        "IPFailure",
        "TransientCommunicationFailure",
        "BYOIPHostNameLookupUnavailable",
        "Undetermined",
        "SendingDeferral",
    ),
}
_FIELDS = {
    "bounce": ("bounceType", "bounceSubType", "status", "diagnosticCode", "recipient"),
    "complaint": ("complaintFeedbackType", "complaintSubType", "recipient"),
    "delivery": (),
    "reject": ("reason",),
    "delay": ("delayType",),
}


def details(kind: str, recipients: list[str], now: str, given: Json) -> tuple[str, Json]:
    """The name of the event's own part, and the part. Raises Refused (422) for what SES never says."""
    chosen = {name: value for name, value in given.items() if value is not None}
    for name, value in chosen.items():
        _refuse_unless_ses_says(kind, name, value)
    name = EVENT_TYPES[kind][:1].lower() + EVENT_TYPES[kind][1:]
    return name, _DETAILS[kind]([chosen["recipient"]] if "recipient" in chosen else recipients, now, chosen)


def _refuse_unless_ses_says(kind: str, name: str, value: Any) -> None:
    if name not in _FIELDS[kind]:
        raise Refused(422, "unknown_field", f"{kind} takes {', '.join(_FIELDS[kind]) or 'nothing'}, not {name}.")
    if not isinstance(value, str) or not value:
        raise Refused(422, "wrong_type", f"{name} is a text.")
    if name in _WORDS and value not in _WORDS[name]:
        raise Refused(422, "unknown_value", f"SES knows {name} as {', '.join(_WORDS[name])}.")
    if name == "status" and not re.fullmatch(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", value):
        raise Refused(422, "unknown_value", "status is a code like 5.1.1.")


def _bounce(recipients: list[str], now: str, given: Json) -> Json:
    subtype = given.get("bounceSubType", "")
    kind = given.get("bounceType") or next(
        (item for item, listed in _SUBTYPES.items() if subtype in listed), "Permanent"
    )
    notification = _notification(kind, given)
    return {
        "bounceType": kind,
        "bounceSubType": subtype or _SUBTYPES[kind][0],
        "bouncedRecipients": [{"emailAddress": address, **notification} for address in recipients],
        "timestamp": now,
        "feedbackId": str(uuid.uuid4()),
        **({"reportingMTA": f"dsn; {_MTA}"} if notification else {}),
    }


def _notification(kind: str, given: Json) -> Json:
    """What the far server's notification said; one code that is given speaks for the other."""
    status, diagnostic = given.get("status"), given.get("diagnosticCode")
    if status is None and diagnostic is None:
        if kind != "Permanent":
            return {}
        status, diagnostic = "5.1.1", "smtp; 550 5.1.1 user unknown"
    elif status is None:
        match = re.search(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", str(diagnostic))
        status = match[0] if match else None
    elif diagnostic is None:
        diagnostic = f"smtp; {'450' if status.startswith('4') else '550'} {status} said by the far server"
    return {"action": "failed", **({"status": status} if status else {}), "diagnosticCode": diagnostic}


def _complaint(recipients: list[str], now: str, given: Json) -> Json:
    subtype = given.get("complaintSubType")
    return {
        "complainedRecipients": [{"emailAddress": address} for address in recipients],
        "timestamp": now,
        "feedbackId": str(uuid.uuid4()),
        "complaintSubType": subtype,
        "complaintFeedbackType": given.get("complaintFeedbackType", None if subtype else "abuse"),
    }


def _delivery(recipients: list[str], now: str, given: Json) -> Json:
    return {
        "timestamp": now,
        "processingTimeMillis": 412,
        "recipients": recipients,
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": _MTA,
    }


def _reject(recipients: list[str], now: str, given: Json) -> Json:
    return {"reason": given.get("reason", "Bad content")}


def _delay(recipients: list[str], now: str, given: Json) -> Json:
    return {
        "timestamp": now,
        "delayType": given.get("delayType", "TransientCommunicationFailure"),
        "expirationTime": now,
        "delayedRecipients": [
            {"emailAddress": address, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect"}
            for address in recipients
        ],
        "reportingMTA": _MTA,
    }


_DETAILS: dict[str, Callable[[list[str], str, Json], Json]] = {
    "bounce": _bounce,
    "complaint": _complaint,
    "delivery": _delivery,
    "reject": _reject,
    "delay": _delay,
}
