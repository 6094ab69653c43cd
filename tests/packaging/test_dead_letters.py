"""Odd messages of a dead-letter queue cost themselves alone."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import dead_letters
from cloud.dead_letters import Failure, Outcome


class Functions:
    """Lambda with one function."""

    def invoke(self, **asked: Any) -> Any:
        if asked["FunctionName"] != "there":
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Invoke")
        return {"Payload": io.BytesIO(b"null")}


@pytest.mark.parametrize(
    "body", ["", "{", "5", "null", "[]", "{}", '{"requestContext": "x"}', '{"requestContext": null}']
)
def test_what_lambda_did_not_write_is_left(body: str) -> None:
    failure = Failure("url", "receipt", dead_letters._read(body))
    assert dead_letters._again(lambda service: Functions(), failure) is Outcome.NOT_OURS


def test_a_function_that_is_gone_holds_up_no_other() -> None:
    outcomes = [
        dead_letters._again(
            lambda service: Functions(),
            Failure("url", "receipt", dead_letters._read(json.dumps({"requestContext": {"functionArn": name}}))),
        )
        for name in ("gone", "there")
    ]
    assert outcomes == [Outcome.FAILED, Outcome.RUN]
