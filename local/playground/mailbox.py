"""The mailbox: every mail that SES accepted, and the notifications that SES would send about one."""

import base64
import email
import email.policy
import email.utils
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from local import aws
from local.config import ACCOUNT, REGION, LocalConfig
from local.http import Refused, not_found
from local.playground import ses_events

MAIL = "/_local/mail"

Json = dict[str, Any]


def mails(config: LocalConfig, to: str | None = None, after: str | None = None) -> list[Json]:
    """Mails in the order they were accepted; `to` one address, `after` the mail with that id.

    Where that mail was deleted meanwhile, all that are there came after it.
    """
    results = [_mail(record) for record in aws.ask(config, "GET", MAIL)]
    ids = [mail["id"] for mail in results]
    if after in ids:
        results = results[ids.index(after) + 1 :]
    if to:
        results = [mail for mail in results if to.casefold() in (address.casefold() for address in mail["to"])]
    return results


def holds(mail: Json, asked: str) -> bool:
    """Whether each word stands in an address, the subject or the text, in whatever case."""
    text = " ".join([mail["from"], *mail["to"], mail["subject"], mail["text"]]).casefold()
    return all(word in text for word in asked.casefold().split())


def empty(config: LocalConfig) -> None:
    aws.ask(config, "DELETE", MAIL)


def refuse_next(config: LocalConfig, given: Json) -> Json:
    """SES refuses the next mails: `code` of those that speak of the account and not of the mail, `times` (1)."""
    code, times = given.get("code", "TooManyRequestsException"), given.get("times", 1)
    if code not in ses_events.ACCOUNT_REFUSALS or not isinstance(times, int) or not 1 <= times <= 1000:
        raise Refused(
            422, "unknown_value", f"code is one of {', '.join(ses_events.ACCOUNT_REFUSALS)}; times 1 to 1000."
        )
    answer: Json = aws.ask(config, "POST", f"{MAIL}/faults?code={code}&times={times}")
    return answer


def notify(config: LocalConfig, mail_id: str, kind: str, given: Json) -> Json:
    """Publish SES's event about a mail to the topic that the configuration set names; `given` chooses details."""
    for record in aws.ask(config, "GET", MAIL):
        if _id(record) == mail_id:
            event = event_about(record, kind, given)
            topic = config.deployed()["outputs"]["MailFeedbackTopicArn"]
            subject = "Amazon SES Email Event Notification"
            aws.client(config, "sns").publish(TopicArn=topic, Subject=subject, Message=json.dumps(event))
            return event
    raise not_found()


def _id(record: Json) -> str:
    return str(record["MessageId"]).partition("@")[0]


def _mail(record: Json) -> Json:
    message = _parsed(record)
    return {
        "id": _id(record),
        "to": record["To"],
        "from": _header(message, "From") or record["Source"],
        "reply_to": _header(message, "Reply-To") or ", ".join(record.get("ReplyTo", [])) or None,
        "subject": _header(message, "Subject") or record["Subject"],
        "text": _part(message, "plain") or record["BodyText"] or "",
        "html": _part(message, "html") or record["BodyHtml"] or "",
        "headers": {"Message-ID": f"<{_id(record)}@email.amazonses.com>"}
        | {name: str(value) for name, value in message.items() if name.lower() != "message-id"},
        "attachments": [_attachment(part) for part in message.iter_attachments()],
        "sent_at": _time(record),
    }


def _parsed(record: Json) -> EmailMessage:
    raw = base64.b64decode(record.get("Raw") or "")
    return email.message_from_bytes(raw, policy=email.policy.default)


def _header(message: EmailMessage, name: str) -> str | None:
    value = message[name]
    return None if value is None else str(value)


def _part(message: EmailMessage, kind: str) -> str | None:
    body = message.get_body((kind,))
    return None if body is None else str(body.get_content()).replace("\r\n", "\n")


def _attachment(part: EmailMessage) -> Json:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    return {
        "name": part.get_filename() or "",
        "type": part.get_content_type(),
        "size": len(content),
        "base64": base64.b64encode(content).decode(),
    }


def _time(record: Json) -> str:
    sent = datetime.fromtimestamp(float(record.get("SentAt") or record["Timestamp"]), UTC)
    return sent.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_about(record: Json, kind: str, given: Json) -> Json:
    """SES's event about an accepted mail: `bounce`, `complaint`, `delivery`, `reject` or `delay`."""
    name, details = ses_events.details(kind, record["To"], _time(record), given)
    return {"eventType": ses_events.EVENT_TYPES[kind], "mail": _about(record), name: details}


def _about(record: Json) -> Json:
    message = _parsed(record)
    shown = _header(message, "From") or record["Source"]
    source = email.utils.parseaddr(shown)[1]
    tags = {name: [value] for name, value in record.get("Tags", {}).items()}
    return {
        "timestamp": _time(record),
        "source": source,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{source.rpartition('@')[2]}",
        "sendingAccountId": ACCOUNT,
        "messageId": record["MessageId"],
        "destination": record["To"],
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
        "commonHeaders": {
            "from": [shown],
            "to": record["To"],
            "messageId": record["MessageId"],
            "subject": _header(message, "Subject") or record["Subject"],
        },
        "tags": {"ses:configuration-set": [record.get("ConfigurationSet") or ""], **tags},
    }
