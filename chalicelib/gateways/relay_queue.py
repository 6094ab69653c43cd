"""The queue of the relay: first in, first out for each destination, so that one slow side holds up nobody else."""

import hashlib
from dataclasses import dataclass

from .aws import client


class FifoQueue:
    def __init__(self, url: str, region: str) -> None:
        self._url, self._region = url, region

    def put(self, body: str, group: str, once: str) -> None:
        """`once`: the same within five minutes is the same body."""
        self._send(body, _short(group), once)

    def put_back(self, dead_letter: "DeadLetter") -> None:
        """Into its own group again."""
        self._send(dead_letter.body, dead_letter.group, f"again {dead_letter.id}")

    def _send(self, body: str, group: str, once: str) -> None:
        client("sqs", self._region).send_message(
            QueueUrl=self._url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=_short(once)
        )

    def later(self, receipt: str, seconds: float) -> None:
        """Hides the body, and with it all behind it for the same destination, for as long as the other side asks."""
        wait = max(1, min(43_000, int(seconds + 0.999)))
        client("sqs", self._region).change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=wait
        )


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body that was brought too often, and in the dead-letter queue."""

    id: str
    body: str
    group: str
    receipt: str


class DeadLetterQueue:
    """Where bodies are that failed for good, until an operator sends them again."""

    def __init__(self, url: str, region: str) -> None:
        self._url, self._region = url, region

    def first(self, hidden_for: int) -> list[DeadLetter]:
        """Some of them, in order for each group. `hidden_for`: seconds until somebody else may take them."""
        answer = client("sqs", self._region).receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=hidden_for,
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        return [
            DeadLetter(
                message["MessageId"],
                message["Body"],
                message.get("Attributes", {}).get("MessageGroupId", ""),
                message["ReceiptHandle"],
            )
            for message in answer.get("Messages", [])
        ]

    def remove(self, dead_letter: DeadLetter) -> None:
        client("sqs", self._region).delete_message(QueueUrl=self._url, ReceiptHandle=dead_letter.receipt)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
