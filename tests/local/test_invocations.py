"""What the playground is told of the functions: how each invocation went."""

from typing import Any

import pytest

from local.embedded.invocations import MOST, Invocations

FUNCTION = {"config": {"FunctionName": "webtop-MailOut"}}


def watched(event: Any, answer: dict[str, Any]) -> dict[str, Any]:
    times = iter([10.0, 10.25])
    invocations = Invocations(lambda: next(times))
    assert invocations.watch(FUNCTION, event, lambda: answer) is answer
    return invocations.lately()[0]


@pytest.mark.parametrize(
    ("event", "by"),
    [
        ({"Records": [{"eventSource": "aws:sqs"}]}, "queue"),
        ({"Records": [{"eventSource": "aws:dynamodb"}]}, "stream"),
        ({"Records": [{"EventSource": "aws:sns"}]}, "topic"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "store"),
        ({"source": "aws.events"}, "schedule"),
        ({"requestContext": {"connectionId": "a"}}, "socket"),
        ({"workspace_id": "a"}, "a call"),
        (None, "a call"),
    ],
)
def test_by_what_it_was_begun(event: Any, by: str) -> None:
    noted = watched(event, {"body": None})
    assert (noted["by"], noted["function"], noted["outcome"], noted["ms"]) == (by, "webtop-MailOut", "ok", 250)


def test_records_that_come_again_are_told_with_how_often_they_came() -> None:
    records = [{"eventSource": "aws:sqs", "attributes": {"ApproximateReceiveCount": count}} for count in ("1", "3")]
    noted = watched({"Records": records}, {"body": {"batchItemFailures": [{"itemIdentifier": "a"}]}})
    assert (noted["outcome"], noted["detail"], noted["records"], noted["tries"]) == ("again", "1 again", 2, 3)


def test_what_failed_says_why() -> None:
    noted = watched({}, {"error": True, "body": {"errorMessage": "boom"}})
    assert (noted["outcome"], noted["detail"]) == ("failed", "boom")


def test_what_could_not_even_run_is_noted_too() -> None:
    invocations = Invocations()

    def broken() -> dict[str, Any]:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        invocations.watch(FUNCTION, {}, broken)
    assert invocations.lately()[0]["outcome"] == "failed"


def test_only_the_last_are_kept() -> None:
    invocations = Invocations()
    for number in range(MOST + 5):
        invocations.watch(FUNCTION, {"Records": [{}] * number}, dict)
    assert [noted["records"] for noted in invocations.lately()] == list(range(5, MOST + 5))
