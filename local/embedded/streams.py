"""The table's stream, read as AWS reads it.

A partial answer is a failure of that record; a batch that fails whole is halved until one record is left; a record
that failed more often than its mapping allows is set aside, and the next are read. Unread records outlive a restart.
"""

import contextvars
import copy
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import dynamodb, lambda_svc

Json = dict[str, Any]
Run = Callable[[Json], Json]

_is_polling: contextvars.ContextVar[bool] = contextvars.ContextVar("is_polling", default=False)
_kept_positions: Json = {}


def install() -> None:
    _work_off_as_aws()
    _keep_beyond_restart()


@dataclass(slots=True)
class Reader:
    """How far a function is with the stream: ministack's own position moves by whole batches only."""

    mapping: Json
    done: str = ""
    width: int = 0
    tries: Counter[str] = field(default_factory=Counter)

    def work_off(self, records: list[Json], run: Run, set_aside: Callable[[Json, Json], None]) -> Json:
        """The answer to ministack: an error means the same batch again in a second."""
        left = [record for record in records if _number(record) > self.done]
        while left:
            part = left[: self.width or len(left)]
            answer = run({"Records": part})
            failed = _failed_at(answer, part)
            if failed == len(part):
                self._pass(part[-1])
                left = left[len(part) :]
            elif failed is None and len(part) > 1:
                self.width = len(part) // 2
            else:
                for _ in range(failed or 0):
                    self._pass(left.pop(0))
                if not self._is_given_up(left[0]):
                    return {**answer, "error": True, "body": {"errorType": "Again", "errorMessage": _number(left[0])}}
                set_aside(left[0], answer)
                self._pass(left.pop(0))
        return {"body": None}

    def _pass(self, record: Json) -> None:
        self.done, self.width = _number(record), 0
        self.tries.pop(self.done, None)

    def _is_given_up(self, record: Json) -> bool:
        self.tries[_number(record)] += 1
        most = int(self.mapping.get("MaximumRetryAttempts", -1))
        return 0 <= most < self.tries[_number(record)]


def _number(record: Json) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def _failed_at(answer: Json, part: list[Json]) -> int | None:
    """The place of the first record that failed, behind the last one if none did, None if all of them as one."""
    if answer.get("error"):
        return None
    body = answer.get("body")
    body = json.loads(body) if isinstance(body, (str, bytes)) and body else body
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not failures:
        return len(part)
    numbers = [_number(record) for record in part]
    named = [failure.get("itemIdentifier") for failure in failures]
    return min(numbers.index(name) for name in named) if set(named) <= set(numbers) else None


def _work_off_as_aws() -> None:
    original_execute, original_poll = lambda_svc._execute_function, lambda_svc._poll_dynamodb_streams
    readers: dict[str, Reader] = {}

    def poll() -> bool:
        token = _is_polling.set(True)
        try:
            return bool(original_poll())
        finally:
            _is_polling.reset(token)

    def execute(function: Json, event: Any, *more: Any, **named: Any) -> Json:
        if not _is_polling.get():
            answer: Json = original_execute(function, event, *more, **named)
            return answer
        mapping = _mapping(function, event["Records"][0])
        reader = readers.setdefault(mapping["UUID"], Reader(mapping))

        def set_aside(record: Json, answer: Json) -> None:
            source = mapping["EventSourceArn"]
            why = "RetryAttemptsExhausted"
            lambda_svc._send_ddb_stream_failure_record(mapping, function, [record], source, answer, why)

        def run(part: Json) -> Json:
            answer: Json = original_execute(function, part, *more, **named)
            return answer

        return reader.work_off(event["Records"], run, set_aside)

    lambda_svc._poll_dynamodb_streams, lambda_svc._execute_function = poll, execute


def _mapping(function: Json, record: Json) -> Json:
    name = function["config"]["FunctionName"]
    for _, _, mapping in lambda_svc._iter_all_esms():
        if mapping["FunctionName"].rpartition(":")[2] == name and mapping["EventSourceArn"] == record["eventSourceARN"]:
            found: Json = mapping
            return found
    raise LookupError(name)


def _keep_beyond_restart() -> None:
    """ministack alone forgets what isn't read yet, but not how far its reader was."""
    original_state, original_load = dynamodb.get_state, dynamodb.load_persisted_state
    original_lambda_load = lambda_svc.load_persisted_state

    def state() -> Json:
        unread, read = copy.deepcopy(dynamodb._stream_records), copy.deepcopy(dynamodb._stream_trimmed)
        positions = copy.deepcopy(lambda_svc._dynamodb_stream_positions)
        reached = min(positions._data.values(), default=0)
        for key, records in unread._data.items():
            done = max(0, reached - read._data.get(key, 0))
            del records[:done]
            read._data[key] = read._data.get(key, 0) + done
        return {**original_state(), "stream_records": unread, "stream_trimmed": read, "stream_positions": positions}

    def load(data: Json) -> None:
        original_load(data)
        if data:
            dynamodb._stream_records.update(data.get("stream_records", {}))
            dynamodb._stream_trimmed.update(data.get("stream_trimmed", {}))
            _kept_positions.update(getattr(data.get("stream_positions"), "_data", {}))
            lambda_svc._dynamodb_stream_positions._data.update(_kept_positions)

    def load_functions(data: Json) -> None:
        original_lambda_load(data)
        lambda_svc._dynamodb_stream_positions._data.update(_kept_positions)

    dynamodb.get_state, dynamodb.load_persisted_state = state, load
    lambda_svc.load_persisted_state = load_functions
