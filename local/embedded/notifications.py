"""SNS events for Lambda functions, complete."""

import json
from typing import Any

from ministack.services import sns


def install() -> None:
    """A notification always has these two fields on AWS, and Chalice reads them."""
    original = sns._deliver_to_lambda

    def deliver(endpoint: str, envelope: str, *more: Any) -> None:
        notification = {"Subject": None, "MessageAttributes": {}, **json.loads(envelope)}
        original(endpoint, json.dumps(notification), *more)

    sns._deliver_to_lambda = deliver
