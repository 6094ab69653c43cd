"""Every call to AWS, watched or broken on its way: what was asked, in which order, and one fault at one of them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.models import botocore_stubber

from tests.support.app import answer_in_memory, clients

Fault = Callable[[str, AWSPreparedRequest], AWSResponse | None]


@dataclass
class Calls:
    """Operations in the order in which they were sent, retries too. `at` runs before the call with that number (from 1)."""

    made: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    at: dict[int, Fault] = field(default_factory=dict)
    each: Fault | None = None

    def __call__(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        self.made.append(operation)
        self.asked.append({"operation": operation, "body": request.body})
        if _token(request) in _done:
            return _instead(_answer(request, 200, ""))
        fault = self.at.get(len(self.made), self.each)
        return _instead(fault(event_name, request)) if fault else None

    def count(self, operation: str) -> int:
        return self.made.count(operation)


@contextmanager
def watched() -> Iterator[Calls]:
    calls = Calls()
    _done.clear()
    emitters = [client.meta.events for client in clients()]
    for emitter in emitters:
        emitter.register_first("before-send.*.*", calls)
        emitter.register_last("before-send", _go_on)
    try:
        yield calls
    finally:
        for emitter in emitters:
            emitter.unregister("before-send.*.*", calls)
            emitter.unregister("before-send", _go_on)


def unreached(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    """Nobody answered; nothing was done."""
    raise ConnectTimeoutError(endpoint_url=str(request.url))


def lost(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    """It was done, and the answer never came. The same transaction again is known by its token, as DynamoDB knows it."""
    answer = answer_in_memory(event_name, request)
    token = _token(request)
    if token and answer is not None and answer.status_code == 200:
        _done.add(token)
    raise ReadTimeoutError(endpoint_url=str(request.url))


def throttled(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    return _answer(request, 400, "ThrottlingException")


def broken(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    return _answer(request, 500, "InternalServerError")


def conflicting(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    """Another transaction holds one of the items, as DynamoDB says under parallel writes."""
    if not event_name.endswith("TransactWriteItems"):
        return None
    reasons = b'"CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "busy"}]'
    return _answer(request, 400, "TransactionCanceledException", b", " + reasons)


FAULTS: dict[str, Fault] = {
    "unreached": unreached,
    "lost": lost,
    "throttled": throttled,
    "broken": broken,
    "conflicting": conflicting,
}


def answered(request: AWSPreparedRequest, body: dict[str, Any], status: int = 200) -> AWSResponse:
    """DynamoDB's answer as it would come over the wire."""
    headers = {"x-amzn-errortype": str(body.get("__type", "")), "content-type": "application/x-amz-json-1.0"}
    return AWSResponse(str(request.url), status, HTTPHeaders.from_dict(headers), _Raw(json.dumps(body).encode()))


def _token(request: AWSPreparedRequest) -> str:
    """Of a transaction; moto has no memory for them, so the one of `lost` stands here."""
    body = request.body
    return (
        str(json.loads(body).get("ClientRequestToken", ""))
        if isinstance(body, bytes) and b"TransactItems" in body
        else ""
    )


_done: set[str] = set()


def _instead(answer: AWSResponse | None) -> AWSResponse | None:
    """An answer of ours keeps the AWS in memory from doing anything: botocore asks everybody who listens."""
    botocore_stubber.enabled = answer is None
    return answer


def _go_on(**_: Any) -> None:
    botocore_stubber.enabled = True


def _answer(request: AWSPreparedRequest, status: int, code: str, more: bytes = b"") -> AWSResponse:
    body = b'{"__type": "com.amazonaws.dynamodb.v20120810#' + code.encode() + b'", "message": "no"' + more + b"}"
    body = body if code else b"{}"
    headers = {"x-amzn-errortype": code, "content-type": "application/x-amz-json-1.0"}
    return AWSResponse(str(request.url), status, HTTPHeaders.from_dict(headers), _Raw(body))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body
