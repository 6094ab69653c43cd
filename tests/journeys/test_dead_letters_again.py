"""What functions gave up on, run once more by an operator, on the embedded AWS."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from cloud import dead_letters
from cloud.dead_letters import Outcome
from local import stack
from tests.support.system import ROOT, System
from tests.support.working_day import OWNER, Person, sign_in

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
Json = dict[str, Any]


def test_records_of_the_stream_are_read_from_where_they_are_and_handled(own_system: System) -> None:
    """The message held a place that is good for 24 hours, and nothing could be done with it: these people got no mail."""
    mapping = _mapping(own_system)
    _set_reading(own_system, mapping, enabled=False)
    owner = sign_in(own_system, OWNER)
    stream = mapping["EventSourceArn"]
    before = len(_stream(own_system, stream))
    _invite(owner, "anna@again.example")
    lost = [each["dynamodb"]["SequenceNumber"] for each in _stream(own_system, stream)[before:]]
    _send(own_system, "ChangesSetAside", _as_lambda_writes(own_system, stream, lost[0], lost[-1]))
    _send(own_system, "ChangesSetAside", _as_lambda_writes(own_system, stream, "1" * 21, "1" * 21))
    _send(own_system, "MailSetAside", {"invitation": "of a mail, which has a queue to go back to"})
    assert _wait_for_queue(own_system, "ChangesSetAside", 2)
    assert own_system.mails("anna@again.example") == []

    outcomes = dead_letters.run_again(own_system.aws, stack.STACK)

    assert own_system.mail("anna@again.example")["subject"]
    assert outcomes["ChangesSetAside"] == {Outcome.RUN: 1, Outcome.EXPIRED: 1}
    assert outcomes["MailSetAside"] == {Outcome.NOT_OURS: 1}
    assert dead_letters.run_again(own_system.aws, stack.STACK)["ChangesSetAside"] == {}, "hidden for a while"
    _set_reading(own_system, mapping, enabled=True)


def test_an_invocation_is_repeated_with_its_event_and_one_that_fails_again_stays(own_system: System) -> None:
    arn = own_system.aws("lambda").get_function(FunctionName=own_system.place.deployed()["functions"]["mail_feedback"])
    payloads: tuple[Json, Json] = (_notification(), {"nonsense": True})
    for payload in payloads:
        body = {
            "requestContext": {"functionArn": arn["Configuration"]["FunctionArn"], "condition": "RetriesExhausted"},
            "requestPayload": payload,
        }
        _send(own_system, "FeedbackSetAside", body)
    outcomes = dead_letters.run_again(own_system.aws, stack.STACK)
    assert outcomes["FeedbackSetAside"] == {Outcome.RUN: 1, Outcome.FAILED: 1}


def test_the_command_says_what_waits_in_each_queue(own_system: System) -> None:
    command = [sys.executable, "-m", "cloud.dead_letters", stack.STACK, "--again"]
    environment = {**os.environ, **own_system.place.environment()}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    said = {line.partition(":")[0] for line in done.stdout.splitlines()}
    assert said == set(dead_letters.queues(own_system.aws, stack.STACK))


def _notification() -> Json:
    """Of a mail that isn't ours: passed over."""
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}", "Subject": None, "MessageAttributes": {}}}]}


def _mapping(system: System) -> Json:
    name = system.place.deployed()["functions"]["table_changes"]
    (mapping,) = system.aws("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return dict(mapping)


def _set_reading(system: System, mapping: Json, *, enabled: bool) -> None:
    system.aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


def _stream(system: System, arn: str) -> list[Json]:
    streams = system.aws("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    at = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator, records = streams.get_shard_iterator(**at)["ShardIterator"], list[Json]()
    while (page := streams.get_records(ShardIterator=iterator))["Records"]:
        records += page["Records"]
        iterator = page["NextShardIterator"]
    return records


def _as_lambda_writes(system: System, stream: str, first: str, last: str) -> Json:
    """ "Retaining discarded batches for a DynamoDB event source" in Lambda's guide."""
    name = system.place.deployed()["functions"]["table_changes"]
    arn = system.aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    (shard,) = system.aws("dynamodbstreams").describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    return {
        "requestContext": {"functionArn": f"{arn}:$LATEST", "condition": "RetryAttemptsExhausted"},
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "version": "1.0",
        "DDBStreamBatchInfo": {
            "shardId": shard["ShardId"],
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "batchSize": 1,
            "streamArn": stream,
        },
    }


def _invite(owner: Person, email: str) -> None:
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    owner.ask("POST", "/chats", {"workspace_id": workspace, "invitees": [{"email": email}]})


def _send(system: System, queue: str, body: Json) -> None:
    url = dead_letters.queues(system.aws, stack.STACK)[queue]
    system.aws("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))


def _wait_for_queue(system: System, queue: str, number: int) -> bool:
    return system.until(lambda: dead_letters.waiting(system.aws, stack.STACK)[queue] == number, f"{number} in {queue}")
