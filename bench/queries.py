"""What a page of 50 items costs on the embedded table, by the length of its partition: the ratio to a short one."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench.embedded_table import TABLE, embedded_aws, make_table
from local import aws

from .table import Row, Table

_SHORT, _LENGTHS = 100, (1_000, 20_000)
_ROUNDS, _AT_ONCE = 40, 25
_TEXT = "The second draft of the plan is in the usual folder, comments are welcome until Friday. " * 5


def run() -> Iterator[Table]:
    with embedded_aws() as config:
        make_table(config)
        client = aws.client(config, "dynamodb")
        for length in (_SHORT, *_LENGTHS):
            _fill(client, length)
        times: dict[int, list[float]] = {length: [] for length in (_SHORT, *_LENGTHS)}
        for _ in range(_ROUNDS):
            for length, taken in times.items():
                taken.append(_page(client, length))
    middle = {length: statistics.median(taken) for length, taken in times.items()}
    rows = [_row(length, middle[length] / middle[_SHORT]) for length in _LENGTHS]
    yield Table("The last 50 items of a partition in the embedded table", ("against 100 items",), rows)


def _row(length: int, ratio: float) -> Row:
    return Row(f"{length:,} items", (f"{ratio:.2f} x",), figure=ratio, at_most=1.5)


def _fill(client: Any, length: int) -> None:
    items = [
        {"pk": {"S": f"chat#{length}"}, "sk": {"S": f"m#{seq:09d}"}, "text": {"S": _TEXT}} for seq in range(length)
    ]
    for start in range(0, length, _AT_ONCE):
        requests = [{"PutRequest": {"Item": item}} for item in items[start : start + _AT_ONCE]]
        client.batch_write_item(RequestItems={TABLE: requests})


def _page(client: Any, length: int) -> float:
    """Seconds."""
    started = time.perf_counter()
    answer = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :p AND begins_with(sk, :m)",
        ExpressionAttributeValues={":p": {"S": f"chat#{length}"}, ":m": {"S": "m#"}},
        ScanIndexForward=False,
        Limit=50,
    )
    taken = time.perf_counter() - started
    assert answer["Count"] == 50  # noqa: S101
    return taken
