"""Answers to mails: raw mail put where SES's receipt rule puts it, and the function invoked with SES's own event."""

import base64
import binascii
import uuid
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, compat32
from email.utils import format_datetime, getaddresses, make_msgid, parseaddr
from typing import Any
from urllib.parse import parse_qs

from local import aws
from local.config import LocalConfig
from local.http import Refused, not_found
from local.playground import clock, functions, mailbox

Json = dict[str, Any]

LARGEST = 40 * 1024 * 1024
"""Bytes that SES puts into a bucket; beyond, it refuses the mail."""
_CHECKS = ("spf", "dkim", "dmarc", "spam", "virus")
_FIELDS = {"text", "html", "from", "headers", "attachments", *_CHECKS}


def reply(config: LocalConfig, mail_id: str, given: Json) -> Json:
    """Answers that mail as its receiver does; `given` is the contract's: text, html, from, headers, attachments, verdicts."""
    if set(given) - _FIELDS:
        raise Refused(422, "unknown_field", f"An answer takes {', '.join(sorted(_FIELDS))}.")
    mail = next((mail for mail in mailbox.mails(config) if mail["id"] == mail_id), None)
    if mail is None:
        raise not_found()
    try:
        message = _message(config, mail, given)
    except (MessageError, ValueError, TypeError, AttributeError, KeyError, binascii.Error) as reason:
        raise Refused(422, "wrong_type", f"That makes no mail: {reason}.") from reason
    sender = parseaddr(str(message.get("Return-Path", message["From"])))[1]
    to = [address for _, address in getaddresses([str(message["To"])])]
    return _receive(config, message.as_bytes(), to, sender, {name: str(given.get(name, "PASS")) for name in _CHECKS})


def of_form(body: bytes) -> Json:
    """The playground's own form: a text, perhaps another sender, and what is chosen to be wrong with it."""
    fields = {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
    given: Json = {"text": fields.get("text", "")}
    if fields.get("from"):
        given["from"] = fields["from"]
    if fields.get("unproven"):
        given["dmarc"] = "GRAY"
    if fields.get("away"):
        given["headers"] = {"Auto-Submitted": "auto-replied"}
    return given


def inbound(config: LocalConfig, raw: bytes, to: str | None, sender: str | None, verdicts: str) -> Json:
    """A raw mail as another server brings it; its first To and From count where the envelope isn't given."""
    if len(raw) > LARGEST:
        raise Refused(413, "too_large", "SES takes mails of up to 40 MB.")
    head = BytesHeaderParser(policy=compat32).parsebytes(raw[:1_000_000])
    recipient = parseaddr(str(head.get("To", "")))[1] if to is None else to
    envelope_from = parseaddr(str(head.get("From", "")))[1] if sender is None else sender
    return _receive(config, raw, [recipient], envelope_from, dict.fromkeys(_CHECKS, "PASS") | _verdicts(verdicts))


def _verdicts(written: str) -> dict[str, str]:
    """`spf=PASS,dmarc=GRAY`."""
    results = {}
    for part in filter(None, written.split(",")):
        name, _, value = part.partition("=")
        if name.strip() not in _CHECKS or not value:
            raise Refused(422, "unknown_value", f"verdicts are like spf=PASS, of {', '.join(_CHECKS)}.")
        results[name.strip()] = value.strip()
    return results


def _message(config: LocalConfig, mail: Json, given: Json) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = given.get("from") or mail["to"][0]
    message["To"] = mail["reply_to"] or mail["from"]
    message["Subject"] = mail["subject"] if mail["subject"].lower().startswith("re:") else f"Re: {mail['subject']}"
    message["Date"] = format_datetime(datetime.fromisoformat(clock.read(config)["now"]))
    message["Message-ID"] = make_msgid(domain=parseaddr(str(message["From"]))[1].rpartition("@")[2] or "mail.example")
    original = mail["headers"].get("Message-ID") or f"<{mail['id']}@email.amazonses.com>"
    message["In-Reply-To"] = original
    message["References"] = " ".join(filter(None, [mail["headers"].get("References"), original]))
    for name, value in (given.get("headers") or {}).items():
        del message[name]
        message[name] = value
    _fill(message, given)
    return message


def _fill(message: EmailMessage, given: Json) -> None:
    if given.get("text") is not None or not given.get("html"):
        message.set_content(str(given.get("text") or ""))
    if given.get("html"):
        add = message.add_alternative if given.get("text") is not None else message.set_content
        add(str(given["html"]), subtype="html")
    for attachment in given.get("attachments") or []:
        kind, _, subtype = str(attachment.get("type") or "application/octet-stream").partition("/")
        content = base64.b64decode(attachment["base64"])
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=str(attachment["name"]))


def _receive(config: LocalConfig, raw: bytes, to: list[str], sender: str, verdicts: dict[str, str]) -> Json:
    """As SES does it: the bytes into the bucket first, and then the event, which has none of them."""
    mail_id = uuid.uuid4().hex
    bucket = config.deployed()["environment"]["FILES_BUCKET"]
    aws.client(config, "s3").put_object(Bucket=bucket, Key=f"mail/{mail_id}", Body=raw)
    functions.invoke(config, "mail_in", event(mail_id, raw, to, sender, verdicts))
    return {"id": mail_id}


def event(mail_id: str, raw: bytes, to: list[str], sender: str, verdicts: dict[str, str]) -> Json:
    """SES's event for a Lambda action: "Event contents for the AWS Lambda action", SES developer guide."""
    head = BytesHeaderParser(policy=compat32).parsebytes(raw[:100_000])
    headers = [{"name": name, "value": str(value)} for name, value in head.items()][:100]
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    common = {
        "returnPath": sender,
        "from": [str(value) for value in head.get_all("From", [])],
        "to": [str(value) for value in head.get_all("To", [])],
        "messageId": str(head.get("Message-ID", "")),
        "subject": str(head.get("Subject", "")),
    }
    mail = {
        "timestamp": stamp,
        "source": sender,
        "messageId": mail_id,
        "destination": to,
        "headersTruncated": len(raw) > 10_000,
        "headers": headers,
        "commonHeaders": common,
    }
    receipt = {
        "timestamp": stamp,
        "processingTimeMillis": 412,
        "recipients": to,
        **{f"{name}Verdict": {"status": verdicts[name]} for name in _CHECKS},
        "action": {"type": "Lambda", "functionArn": "arn:aws:lambda:::function:mail_in", "invocationType": "Event"},
    }
    return {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {"mail": mail, "receipt": receipt}}]}
