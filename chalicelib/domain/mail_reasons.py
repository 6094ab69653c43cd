"""Why a mail isn't simply on its way: what SES and our own worker say of it, as reasons with a sentence each.

The reason is stored; its sentence is looked up, and translated, where it is shown.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .sentences import sentence


class MailReason(StrEnum):
    NO_MAILBOX = "no_mailbox"
    NO_MAIL_DOMAIN = "no_mail_domain"
    MAILBOX_DISABLED = "mailbox_disabled"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    POLICY = "policy"
    CONTENT = "content"
    TOO_LARGE = "too_large"
    MAILBOX_FULL = "mailbox_full"
    TIMED_OUT = "timed_out"
    SOFT_BOUNCE = "soft_bounce"
    AUTO_REPLY = "auto_reply"
    REJECTED = "rejected"
    COMPLAINED_BEFORE = "complained_before"
    ABUSE = "abuse"
    AUTH_FAILURE = "auth_failure"
    FRAUD = "fraud"
    VIRUS = "virus"
    OTHER_COMPLAINT = "other_complaint"
    DELAY_MAILBOX_FULL = "delay_mailbox_full"
    DELAY_SERVER_ERROR = "delay_server_error"
    DELAY_UNREACHABLE = "delay_unreachable"
    DELAY_SPAM = "delay_spam"
    DELAY_OURS = "delay_ours"
    DELAY = "delay"
    CANNOT_BE_USED = "cannot_be_used"
    NOT_REACHABLE = "not_reachable"
    ADDRESS_CAPPED = "address_capped"
    TOMORROW = "tomorrow"
    NOT_TAKEN = "not_taken"
    SERVICE_REFUSED = "service_refused"
    SENDER_UNVERIFIED = "sender_unverified"


class Fate(StrEnum):
    """What a bounce tells of the invitation: it came back, it never left, or nobody can tell."""

    CAME_BACK = "came_back"
    NEVER_SENT = "never_sent"
    UNCERTAIN = "uncertain"


_SENTENCES = {
    MailReason.NO_MAILBOX: sentence("no such mailbox"),
    MailReason.NO_MAIL_DOMAIN: sentence("the part after the @ takes no e-mail"),
    MailReason.MAILBOX_DISABLED: sentence("the mailbox is disabled"),
    MailReason.REFUSED: sentence("their server refuses e-mail to this address"),
    MailReason.SUPPRESSED: sentence("e-mail to this address bounced before, so it wasn’t sent"),
    MailReason.POLICY: sentence("their server’s policy blocks our e-mail; the address may be right"),
    MailReason.CONTENT: sentence("their server didn’t accept what the e-mail contains"),
    MailReason.TOO_LARGE: sentence("their server says the e-mail is too large"),
    MailReason.MAILBOX_FULL: sentence("the mailbox is full"),
    MailReason.TIMED_OUT: sentence("their server couldn’t be reached in time"),
    MailReason.SOFT_BOUNCE: sentence("their server didn’t take the e-mail this time"),
    MailReason.AUTO_REPLY: sentence("a reply came back that doesn’t say why, perhaps an automatic one"),
    MailReason.REJECTED: sentence("our e-mail service didn’t send it, because of what it contains"),
    MailReason.COMPLAINED_BEFORE: sentence("this address reported our e-mail as spam before, so it wasn’t sent"),
    MailReason.ABUSE: sentence("marked as spam"),
    MailReason.AUTH_FAILURE: sentence("their provider couldn’t verify that the e-mail is from us"),
    MailReason.FRAUD: sentence("reported as fraud or phishing"),
    MailReason.VIRUS: sentence("reported as carrying a virus"),
    MailReason.OTHER_COMPLAINT: sentence("their provider reported a complaint without saying why"),
    MailReason.DELAY_MAILBOX_FULL: sentence("the mailbox is full; we keep trying"),
    MailReason.DELAY_SERVER_ERROR: sentence("their server has a problem; we keep trying"),
    MailReason.DELAY_UNREACHABLE: sentence("their server can't be reached; we keep trying"),
    MailReason.DELAY_SPAM: sentence("their server takes our e-mail for spam; we keep trying"),
    MailReason.DELAY_OURS: sentence("our e-mail service has a problem; it keeps trying"),
    MailReason.DELAY: sentence("their server asks us to wait"),
    MailReason.CANNOT_BE_USED: sentence("The invitation can't be used now, so it wasn't sent."),
    MailReason.NOT_REACHABLE: sentence("We can't send e-mail to this address."),
    MailReason.ADDRESS_CAPPED: sentence("This address has had its e-mails for today; it goes tomorrow."),
    MailReason.TOMORROW: sentence("It goes tomorrow."),
    MailReason.NOT_TAKEN: sentence("The e-mail service didn't take it. Send it again later."),
    MailReason.SERVICE_REFUSED: sentence("The e-mail service refused this e-mail."),
    MailReason.SENDER_UNVERIFIED: sentence(
        "The sender's domain isn't verified with the e-mail service. An operator must do that."
    ),
}
_DEAD = {MailReason.NO_MAILBOX, MailReason.NO_MAIL_DOMAIN, MailReason.MAILBOX_DISABLED}
_UNSENT = {
    MailReason.SUPPRESSED,
    MailReason.REJECTED,
    MailReason.COMPLAINED_BEFORE,
    MailReason.CANNOT_BE_USED,
    MailReason.NOT_REACHABLE,
    MailReason.NOT_TAKEN,
    MailReason.SERVICE_REFUSED,
    MailReason.SENDER_UNVERIFIED,
}
SOFT = (MailReason.MAILBOX_FULL, MailReason.TIMED_OUT, MailReason.SOFT_BOUNCE, MailReason.AUTO_REPLY)
"""Bounces after which the mail may be there all the same, now or later."""


def sentence_of(reason: str) -> str:
    """In English, for the catalogue; a reason stored as a sentence, before there were these, stays one."""
    return _SENTENCES[MailReason(reason)] if reason in list(MailReason) else reason


def fate_of(reason: str) -> Fate:
    if reason in _UNSENT:
        return Fate.NEVER_SENT
    return Fate.UNCERTAIN if reason in SOFT else Fate.CAME_BACK


def is_address_wrong(reason: str) -> bool:
    """Whether another address is the way on, rather than the same one later."""
    return reason not in list(MailReason) or reason in _DEAD | {MailReason.REFUSED, MailReason.SUPPRESSED}


@dataclass(frozen=True, slots=True)
class Bounce:
    """`is_permanent`: the mail hasn't arrived, whatever was said before. `address_is_gone`: nor will any other to this address."""

    reason: MailReason
    is_permanent: bool
    address_is_gone: bool


def read_bounce(kind: str, subtype: str, sentences: tuple[str, ...]) -> Bounce:
    """SES's `bounceType` and `bounceSubType`, and what the far server said: its status and diagnostic codes.

    Its codes (RFC 3463) count for more than SES's label: a 5.1.1 that is labelled Transient is a dead address, a 5.7.1
    labelled Permanent is not. Where the codes disagree, an address isn't called dead.
    """
    permanent = kind == "Permanent"
    if permanent and subtype in _BY_SUBTYPE_FIRST:
        return Bounce(_BY_SUBTYPE_FIRST[subtype], True, True)
    reasons = [reason for text in sentences for code in _CODE.findall(text[:_READ]) if (reason := _of_code(code))]
    reason = next((mail_reason for mail_reason in reasons if mail_reason not in _DEAD), reasons[0] if reasons else None)
    if reason is None:
        reason = _by_label(permanent, subtype, any(sentences))
    dead = reason in _DEAD or (permanent and reason is MailReason.REFUSED)
    return Bounce(reason, permanent or dead, dead)


_CODE = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_READ = 2_000
_BY_SUBTYPE_FIRST = {
    "Suppressed": MailReason.SUPPRESSED,
    "OnAccountSuppressionList": MailReason.SUPPRESSED,
}
_BY_SUBTYPE = {
    "NoEmail": MailReason.NO_MAILBOX,
    "MailboxFull": MailReason.MAILBOX_FULL,
    "MessageTooLarge": MailReason.TOO_LARGE,
    "ContentRejected": MailReason.CONTENT,
    "AttachmentRejected": MailReason.CONTENT,
    "CustomTimeoutExceeded": MailReason.TIMED_OUT,
}
_OWN_SENDER = {"7", "8"}  # X.1.7 and X.1.8 speak of the sender's address


def _of_code(code: tuple[str, str, str]) -> MailReason | None:
    """What an enhanced status code says; None for one that says nothing in particular."""
    kind, subject, detail = code
    if subject == "1":
        if detail in _OWN_SENDER:
            return MailReason.POLICY
        domain = detail in ("2", "10")
        dead = MailReason.NO_MAIL_DOMAIN if domain else MailReason.NO_MAILBOX
        return dead if kind == "5" else None
    if subject == "7":
        return MailReason.POLICY
    if subject == "6":
        return MailReason.CONTENT
    return _EXACT.get((kind, subject, detail)) or _EXACT.get(("", subject, detail))


_EXACT = {
    ("5", "2", "1"): MailReason.MAILBOX_DISABLED,
    ("", "2", "2"): MailReason.MAILBOX_FULL,
    ("", "2", "3"): MailReason.TOO_LARGE,
    ("", "3", "4"): MailReason.TOO_LARGE,
    ("5", "4", "4"): MailReason.NO_MAIL_DOMAIN,
    ("", "4", "7"): MailReason.TIMED_OUT,
}


def _by_label(permanent: bool, subtype: str, was_said: bool) -> MailReason:
    """Without a code that tells: a soft bounce of which no server said anything is an automatic reply, most of the time."""
    if subtype in _BY_SUBTYPE:
        return _BY_SUBTYPE[subtype]
    if permanent:
        return MailReason.REFUSED
    return MailReason.SOFT_BOUNCE if was_said else MailReason.AUTO_REPLY


COMPLAINTS = {
    "abuse": MailReason.ABUSE,
    "auth-failure": MailReason.AUTH_FAILURE,
    "fraud": MailReason.FRAUD,
    "virus": MailReason.VIRUS,
    "other": MailReason.OTHER_COMPLAINT,
}
"""By SES's `complaintFeedbackType`, the Feedback-Type of RFC 5965."""
DELAYS = {
    "MailboxFull": MailReason.DELAY_MAILBOX_FULL,
    "RecipientServerError": MailReason.DELAY_SERVER_ERROR,
    "TransientCommunicationFailure": MailReason.DELAY_UNREACHABLE,
    "SpamDetected": MailReason.DELAY_SPAM,
    "InternalFailure": MailReason.DELAY_OURS,
    "SendingDeferral": MailReason.DELAY_OURS,
}
"""By SES's `delayType`."""
