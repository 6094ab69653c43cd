"""The queue of the relay: first in, first out for each destination, so that one slow side holds up nobody else."""

import hashlib

from .aws import client


class FifoQueue:
    def __init__(self, url: str, region: str) -> None:
        self._url, self._region = url, region

    def put(self, body: str, group: str, once: str) -> None:
        """`once`: the same within five minutes is the same body."""
        client("sqs", self._region).send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageGroupId=_short(group),
            MessageDeduplicationId=_short(once),
        )

    def later(self, receipt: str, seconds: float) -> None:
        """Hides the body, and with it all behind it for the same destination, for as long as the other side asks."""
        wait = max(1, min(43_000, int(seconds + 0.999)))
        client("sqs", self._region).change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=wait
        )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
