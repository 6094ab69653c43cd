"""Mail through SES, as raw MIME, so that every header is ours; and the queue in which mails wait."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..ports import MailNotTaken, MailRefused, OutgoingMail
from .aws import client
from .mime import mime

_NEVER = {
    "MessageRejected": "The mail service refused this mail.",
    "MailFromDomainNotVerifiedException": "The sender's domain isn't verified with the mail service. An operator must do that.",
    "BadRequestException": "The mail service refused this mail.",
}
_MOST_IN_ONE_CALL = 10


class Ses:
    def __init__(self, sender: str, configuration_set: str, region: str) -> None:
        self._sender = parseaddr(sender)[1]
        self._configuration_set, self._region = configuration_set, region

    def send(self, mail: OutgoingMail) -> str:
        """SES's id for the mail. Raises MailRefused for good, MailNotTaken where trying later may help."""
        request: dict[str, Any] = {
            "FromEmailAddress": self._sender,  # the address alone; the name beside it stands in the MIME header
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {"Raw": {"Data": mime(mail, self._sender)}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in mail.tags],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            answer = client("sesv2", self._region).send_email(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _NEVER:
                raise MailRefused(_NEVER[code]) from error
            raise MailNotTaken(code) from error
        except BotoCoreError as error:
            raise MailNotTaken(str(error)) from error
        return str(answer["MessageId"])


class MailQueue:
    def __init__(self, url: str, region: str) -> None:
        self._url, self._region = url, region

    def put(self, bodies: Sequence[str]) -> None:
        for start in range(0, len(bodies), _MOST_IN_ONE_CALL):
            part = bodies[start : start + _MOST_IN_ONE_CALL]
            entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(part)]
            answer = client("sqs", self._region).send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                raise MailNotTaken(f"{len(answer['Failed'])} of {len(part)} not queued")
