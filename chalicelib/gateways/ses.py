"""Mail through SES, as raw MIME, so that every header is ours; and the queue in which mails wait."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..domain.mail_reasons import MailReason
from ..ports import MailNotTaken, MailRefused, MailWaits, OutgoingMail
from .aws import client
from .mime import mime

_NEVER = {
    "MessageRejected": MailReason.SERVICE_REFUSED,
    "MailFromDomainNotVerifiedException": MailReason.SENDER_UNVERIFIED,
    "BadRequestException": MailReason.SERVICE_REFUSED,
}
# Of the account and not of the mail: throttled, paused, its quota used up, or not configured as it must be.
_WAITS = {
    "TooManyRequestsException",
    "ThrottlingException",
    "Throttling",
    "LimitExceededException",
    "SendingPausedException",
    "AccountSuspendedException",
    "AccessDeniedException",
    "NotFoundException",
}
_THROTTLED = {"TooManyRequestsException", "ThrottlingException", "Throttling"}
_RATE_WAIT, _LONG_WAIT = 10, 900
_MOST_IN_ONE_CALL = 10


class Ses:
    def __init__(self, sender: str, configuration_set: str, region: str) -> None:
        self._sender = parseaddr(sender)[1]
        self._configuration_set, self._region = configuration_set, region

    def send(self, mail: OutgoingMail) -> str:
        """SES's id for the mail. Raises MailRefused for good, MailNotTaken where trying later may help, MailWaits where SES
        takes no mail now.
        """
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
            if code in _WAITS:
                raise _waits(code, error.response["Error"].get("Message", "")) from error
            if code in _NEVER:
                raise MailRefused(_NEVER[code]) from error
            raise MailNotTaken(code) from error
        except BotoCoreError as error:
            raise MailNotTaken(str(error)) from error
        return str(answer["MessageId"])


def _waits(code: str, message: str) -> MailWaits:
    """A moment where mails come too fast; a while where the day's quota is used up, or an operator must do something."""
    is_moment = code in _THROTTLED and "quota" not in message.lower()
    return MailWaits(f"{code}: {message}", _RATE_WAIT if is_moment else _LONG_WAIT)


class MailQueue:
    def __init__(self, url: str, region: str) -> None:
        self._url, self._region = url, region

    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """They come to the worker now, or after these `seconds`, 900 at most. Raises MailNotTaken where some weren't queued."""
        for start in range(0, len(bodies), _MOST_IN_ONE_CALL):
            part = bodies[start : start + _MOST_IN_ONE_CALL]
            entries = [{"Id": str(at), "MessageBody": body, "DelaySeconds": seconds} for at, body in enumerate(part)]
            answer = client("sqs", self._region).send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                raise MailNotTaken(f"{len(answer['Failed'])} of {len(part)} not queued")

    def later(self, receipt: str, seconds: int) -> None:
        """What failed comes again after these `seconds`, and not only when the queue would show it again."""
        client("sqs", self._region).change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )
