"""What functions gave up on, run once more: `python -m cloud.dead_letters <stack> [--again]`, with the operator's own rights.

Lambda writes down what failed in two shapes ("Capturing records of Lambda asynchronous invocations", "Retaining discarded
batches"): the whole event, or for a stream only where its records are, for 24 hours. What goes well is deleted from the queue.
"""

import argparse
import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

Json = dict[str, Any]
Clients = Callable[[str], Any]
_HIDDEN = 900
"""Seconds for which a message is nobody else's: longer than any function runs."""


class Outcome(StrEnum):
    RUN = "run again, and gone from the queue"
    FAILED = "failed again: its function's log says why, the message stays"
    EXPIRED = "older than the 24 hours that a stream keeps: the message stays, what it was about can't be read any more"
    NOT_OURS = "of a queue that sends back by other means, see docs/operating.md"


@dataclass(frozen=True, slots=True)
class Failure:
    """A message of a dead-letter queue; `expired` once the stream has forgotten its records."""

    queue_url: str
    receipt: str
    body: Json


def run_again(clients: Clients, stack: str) -> dict[str, Counter[Outcome]]:
    """By queue, what became of its messages."""
    outcomes: dict[str, Counter[Outcome]] = {}
    for name, url in queues(clients, stack).items():
        outcomes[name] = Counter()
        for failure in _failures(clients("sqs"), url):
            outcome = _again(clients, failure)
            outcomes[name][outcome] += 1
            if outcome is Outcome.RUN:
                clients("sqs").delete_message(QueueUrl=url, ReceiptHandle=failure.receipt)
    return outcomes


def waiting(clients: Clients, stack: str) -> dict[str, int]:
    """By queue, about how many messages are in it."""
    wanted = ["ApproximateNumberOfMessages"]
    return {
        name: int(clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"][wanted[0]])
        for name, url in queues(clients, stack).items()
    }


def queues(clients: Clients, stack: str) -> dict[str, str]:
    """URLs of the stack's dead-letter queues, by logical id."""
    pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::SQS::Queue" and each["LogicalResourceId"].endswith("SetAside")
    }


def _failures(sqs: Any, url: str) -> Iterator[Failure]:
    """Each message once: what was seen stays hidden while this goes on."""
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN).get(
        "Messages", []
    ):
        for message in messages:
            yield Failure(url, message["ReceiptHandle"], _read(message["Body"]))


def _read(body: str) -> Json:
    try:
        written = json.loads(body)
    except ValueError:
        return {}
    return written if isinstance(written, dict) else {}


def _again(clients: Clients, failure: Failure) -> Outcome:
    context, position = failure.body.get("requestContext"), failure.body.get("DDBStreamBatchInfo")
    function = context.get("functionArn") if isinstance(context, dict) else None
    if not function:
        return Outcome.NOT_OURS
    event = failure.body.get("requestPayload")
    if isinstance(position, dict):
        records = _records(clients("dynamodbstreams"), position)
        if not records:
            return Outcome.EXPIRED
        event = {"Records": records}
    try:
        answer = clients("lambda").invoke(FunctionName=function, Payload=json.dumps(event, default=_as_lambda))
    except ClientError:  # it is throttled, or isn't there any more: the others are tried all the same
        return Outcome.FAILED
    told = json.loads(answer["Payload"].read() or b"null")
    failed = answer.get("FunctionError") or (isinstance(told, dict) and told.get("batchItemFailures"))
    return Outcome.FAILED if failed else Outcome.RUN


def _records(streams: Any, position: Json) -> list[Json]:
    """The records between two places of a shard, as a function gets them; none where the stream has forgotten them."""
    last, results = int(position["endSequenceNumber"]), list[Json]()
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=position["streamArn"],
            ShardId=position["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=position["startSequenceNumber"],
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            results += [{**each, "eventSourceARN": position["streamArn"]} for each in page["Records"]]
            is_past = not page["Records"] or int(page["Records"][-1]["dynamodb"]["SequenceNumber"]) >= last
            iterator = None if is_past else page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("TrimmedDataAccessException", "ResourceNotFoundException"):
            raise
    return [each for each in results if int(each["dynamodb"]["SequenceNumber"]) <= last]


def _as_lambda(value: Any) -> Any:
    """Bytes and times as Lambda writes them into an event."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cloud.dead_letters", description="What functions gave up on.")
    parser.add_argument("stack")
    parser.add_argument("--again", action="store_true", help="run each once more; what goes well is deleted")
    asked = parser.parse_args()
    session = botocore.session.Session()
    clients = {name: session.create_client(name) for name in ("cloudformation", "sqs", "dynamodbstreams", "lambda")}
    for name, number in waiting(clients.__getitem__, asked.stack).items():
        print(f"{name}: {number}")
    if asked.again:
        for name, outcomes in run_again(clients.__getitem__, asked.stack).items():
            for outcome, number in outcomes.items():
                print(f"{name}: {number} {outcome}")


if __name__ == "__main__":
    main()
