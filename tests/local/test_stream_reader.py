"""The stream's reader on one machine keeps AWS's promises: in order, none lost, and nothing blocks for ever."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.embedded.reader import Reader

Json = dict[str, Any]
RECORDS = [{"dynamodb": {"SequenceNumber": f"{number:030d}"}} for number in range(1, 9)]


@dataclass
class Function:
    """Fails at some records: by naming them, or as a whole."""

    bad: set[int]
    names_them: bool
    done: list[int] = field(default_factory=list)
    tries: Counter[int] = field(default_factory=Counter)

    def run(self, event: Json) -> Json:
        seen: list[int] = []
        for number in map(number_of, event["Records"]):
            if number in self.bad:
                self.tries[number] += 1
                if not self.names_them:
                    return {"error": True, "body": {"errorMessage": "time out"}}
                self.done += seen
                return {"body": {"batchItemFailures": [{"itemIdentifier": f"{number:030d}"}]}}
            seen.append(number)
        self.done += seen
        return {"body": '{"batchItemFailures": []}'}


def number_of(record: Json) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def read(function: Function, retries: int, passes: int) -> tuple[list[int], list[Json]]:
    """What was in the dead-letter queue after so many passes, and the answer to each."""
    dead_letter: list[int] = []
    reader = Reader(retries)
    answers = [
        reader.work_off(RECORDS, function.run, lambda record, _: dead_letter.append(number_of(record)))
        for _ in range(passes)
    ]
    return dead_letter, answers


def test_what_goes_well_is_done_once_and_in_order() -> None:
    function = Function(set(), names_them=True)
    _, answers = read(function, retries=3, passes=1)
    assert function.done == [1, 2, 3, 4, 5, 6, 7, 8]
    assert "error" not in answers[0]


@pytest.mark.parametrize("names_them", [True, False])
def test_a_record_that_keeps_failing_is_set_aside_and_the_rest_is_done_once(names_them: bool) -> None:
    function = Function({3, 6}, names_them)
    dead_letter, answers = read(function, retries=2, passes=5)
    assert dead_letter == [3, 6]
    assert function.done == [1, 2, 4, 5, 7, 8]
    assert [bool(answer.get("error")) for answer in answers] == [True, True, True, True, False]


def test_a_named_record_is_tried_as_often_as_its_mapping_says() -> None:
    function = Function({3}, names_them=True)
    read(function, retries=20, passes=21)
    assert function.tries[3] == 21


def test_without_a_limit_a_record_comes_again_for_ever() -> None:
    function = Function({3}, names_them=True)
    dead_letter, _ = read(function, retries=-1, passes=100)
    assert dead_letter == []
    assert function.done == [1, 2]


def test_a_name_that_was_not_asked_for_means_the_whole_batch() -> None:
    function = Function(set(), names_them=True)
    unknown = {"body": {"batchItemFailures": [{"itemIdentifier": ""}]}}
    answer = Reader(20).work_off(RECORDS[:1], lambda event: unknown, lambda record, _: None)
    assert answer["error"]
    assert function.done == []
