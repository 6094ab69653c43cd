"""What the functions did lately: which, by what, how it went and how long it took. For the playground."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
MOST = 200
_BY = {"aws:sqs": "queue", "aws:dynamodb": "stream", "aws:sns": "topic", "aws:s3": "store", "aws:ses": "mail"}


class Invocations:
    """The last ones, oldest first: `{at, function, by, outcome, ms, records, tries, detail}`.

    `outcome` is `ok`, `again` where some of its records come again, or `failed`; `tries` counts how often the oldest record was
    given out, 1 where that isn't known.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lately: deque[Json] = deque(maxlen=MOST)

    def watch(self, function: Json, event: Any, run: Callable[[], Json]) -> Json:
        """What `run` answers, noted."""
        at, began = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), self._clock()
        answer: Json = {}
        try:
            answer = run()
            return answer
        finally:
            outcome, detail = _outcome(answer)
            records = _records(event)
            self._lately.append(
                {
                    "at": at,
                    "function": function["config"]["FunctionName"],
                    "by": _by(event, records),
                    "outcome": outcome,
                    "ms": round((self._clock() - began) * 1000),
                    "records": len(records),
                    "tries": max((_tries(record) for record in records), default=1),
                    "detail": detail,
                }
            )

    def lately(self) -> list[Json]:
        return list(self._lately)


def install() -> None:
    """Every invocation goes through it, whoever began it."""
    from ministack.services import lambda_svc

    original = lambda_svc._execute_function

    def execute(function: Json, event: Any, *more: Any, **named: Any) -> Json:
        return seen.watch(function, event, lambda: original(function, event, *more, **named))

    lambda_svc._execute_function = execute


def _outcome(answer: Json) -> tuple[str, str]:
    body = answer.get("body")
    if not answer or answer.get("error"):
        return "failed", str(body.get("errorMessage") or "") if isinstance(body, dict) else ""
    again = body.get("batchItemFailures") if isinstance(body, dict) else None
    return ("again", f"{len(again)} again") if again else ("ok", "")


def _records(event: Any) -> list[Json]:
    records = event.get("Records") if isinstance(event, dict) else None
    return records if isinstance(records, list) else []


def _by(event: Any, records: list[Json]) -> str:
    if records:
        return _BY.get(records[0].get("eventSource") or records[0].get("EventSource") or "", "another service")
    if isinstance(event, dict) and event.get("source") == "aws.events":
        return "schedule"
    if isinstance(event, dict) and "connectionId" in (event.get("requestContext") or {}):
        return "socket"
    return "a call"


def _tries(record: Json) -> int:
    return int((record.get("attributes") or {}).get("ApproximateReceiveCount") or 1)


seen = Invocations()
