"""The table's stream: ministack reads it in whole batches, `Reader` as AWS does. Unread records outlive a restart."""

import contextvars
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

from local.embedded.reader import Json, Reader

_is_polling: contextvars.ContextVar[bool] = contextvars.ContextVar("is_polling", default=False)
_kept_positions: Json = {}


def install() -> None:
    _work_off_as_aws()
    _keep_beyond_restart()


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
        reader = readers.setdefault(mapping["UUID"], Reader(int(mapping.get("MaximumRetryAttempts", -1))))

        def dead_letter(record: Json, answer: Json) -> None:
            source = mapping["EventSourceArn"]
            why = "RetryAttemptsExhausted"
            lambda_svc._send_ddb_stream_failure_record(mapping, function, [record], source, answer, why)

        def run(part: Json) -> Json:
            answer: Json = original_execute(function, part, *more, **named)
            return answer

        return reader.work_off(event["Records"], run, dead_letter)

    lambda_svc._poll_dynamodb_streams, lambda_svc._execute_function = poll, execute


def _mapping(function: Json, record: Json) -> Json:
    name = function["config"]["FunctionName"]
    for _, _, mapping in lambda_svc._iter_all_esms():
        if mapping["FunctionName"].rpartition(":")[2] == name and mapping["EventSourceArn"] == record["eventSourceARN"]:
            results: Json = mapping
            return results
    raise LookupError(name)


def _keep_beyond_restart() -> None:
    """ministack alone forgets what isn't read yet, but not how far its reader was."""
    original_state, original_load = dynamodb.get_state, dynamodb.load_persisted_state
    original_lambda_load = lambda_svc.load_persisted_state

    def state() -> Json:
        unread, read = AccountRegionScopedDict(), AccountRegionScopedDict()
        positions = lambda_svc._dynamodb_stream_positions
        reached = min(positions._data.values(), default=0)
        for key, records in dynamodb._stream_records._data.items():
            trimmed = dynamodb._stream_trimmed._data.get(key, 0)
            done = max(0, reached - trimmed)
            unread._data[key], read._data[key] = records[done:], trimmed + done
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
