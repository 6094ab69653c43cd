"""How a Lambda function reads a stream on AWS, where `ministack` knows whole batches only.

A partial answer is a failure of that record alone; a batch that fails as one is halved until one record is left; a
record that failed more often than its mapping allows is in the dead-letter queue, and the next are read.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Run = Callable[[Json], Json]


@dataclass(slots=True)
class Reader:
    """How far a function is with the stream. `retries` is how often a record comes again; negative for ever."""

    retries: int
    done: str = ""
    width: int = 0
    tries: Counter[str] = field(default_factory=Counter)

    def work_off(self, records: list[Json], run: Run, dead_letter: Callable[[Json, Json], None]) -> Json:
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
                dead_letter(left[0], answer)
                self._pass(left.pop(0))
        return {"body": None}

    def _pass(self, record: Json) -> None:
        self.done, self.width = _number(record), 0
        self.tries.pop(self.done, None)

    def _is_given_up(self, record: Json) -> bool:
        self.tries[_number(record)] += 1
        return 0 <= self.retries < self.tries[_number(record)]


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
