"""The embedded table answers as before its mends: each page is what looking at every item finds."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from tests.support.system import System

pytestmark = [pytest.mark.embedded]
KEYS = sorted({f"{kind}#{number:03d}" for kind in ("m", "p") for number in range(40)} | {"m", "p#"})
CONDITIONS: dict[str, tuple[str, ...]] = {
    "": (),
    "begins_with(sk, :a)": ("m#",),
    "sk BETWEEN :a AND :b": ("m#005", "p#010"),
    "sk < :a": ("p#",),
    "sk >= :a": ("m#035",),
    "sk = :a": ("p#",),
}


@pytest.fixture
def partition(system: System) -> Iterator[str]:
    """Items under every key, written out of order, some changed, some removed and put again."""
    client, key = system.aws("dynamodb"), f"test#{uuid4().hex}"

    def put(sort_key: str, text: str) -> None:
        item = {"pk": {"S": key}, "sk": {"S": sort_key}, "text": {"S": text}}
        client.put_item(TableName=system.table, Item=item)

    for sort_key in [*KEYS[::-2], *KEYS[::2]]:
        put(sort_key, "")
    assert query(system, key, "", (), limit=100)[0] == KEYS
    for sort_key in (KEYS[0], KEYS[20], KEYS[-1]):
        client.delete_item(TableName=system.table, Key={"pk": {"S": key}, "sk": {"S": sort_key}})
        put(sort_key, "again")
    put(KEYS[7], "changed")
    client.delete_item(TableName=system.table, Key={"pk": {"S": key}, "sk": {"S": "nothing"}})
    yield key
    for sort_key in KEYS:
        client.delete_item(TableName=system.table, Key={"pk": {"S": key}, "sk": {"S": sort_key}})
    assert query(system, key, "", (), limit=1) == ([], None)


def query(
    system: System, partition: str, condition: str, values: tuple[str, ...], **named: Any
) -> tuple[list[str], dict[str, Any] | None]:
    """The sort keys of one page, and where the next one begins."""
    given = {":p": {"S": partition}, **{f":{name}": {"S": value} for name, value in zip("ab", values, strict=False)}}
    if "forward" in named:
        named["ScanIndexForward"] = named.pop("forward")
    if "limit" in named:
        named["Limit"] = named.pop("limit")
    answer = system.aws("dynamodb").query(
        TableName=system.table,
        KeyConditionExpression=" AND ".join(filter(None, ("pk = :p", condition))),
        ExpressionAttributeValues=given,
        **named,
    )
    return [item["sk"]["S"] for item in answer["Items"]], answer.get("LastEvaluatedKey")


def fitting(condition: str, values: tuple[str, ...]) -> list[str]:
    if condition.startswith("begins"):
        return [key for key in KEYS if key.startswith(values[0])]
    if "BETWEEN" in condition:
        return [key for key in KEYS if values[0] <= key <= values[1]]
    compared = {"sk < :a": str.__lt__, "sk >= :a": str.__ge__, "sk = :a": str.__eq__}
    return [key for key in KEYS if not values or compared[condition](key, values[0])]


def test_pages_of_each_condition_both_ways(system: System, partition: str) -> None:
    for (condition, values), forward, limit in product(CONDITIONS.items(), (True, False), (1, 7, 200)):
        wanted = fitting(condition, values) if forward else fitting(condition, values)[::-1]
        keys_seen: list[str] = []
        start: dict[str, Any] | None = {}
        while start is not None:
            cursor: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
            keys, start = query(system, partition, condition, values, limit=limit, forward=forward, **cursor)
            assert len(keys) <= limit
            keys_seen += keys
            if len(keys_seen) > len(wanted):
                break
        assert keys_seen == wanted, (condition, forward, limit)


def test_a_page_that_ends_at_its_limit_says_so(system: System, partition: str) -> None:
    assert query(system, partition, "sk = :a", ("p#",), limit=1)[1] is not None
    assert query(system, partition, "sk = :a", ("p#",), limit=2)[1] is None


def test_what_is_refused_stays_refused(system: System, partition: str) -> None:
    client = system.aws("dynamodb")
    for condition, values in (("sk BETWEEN :a AND :b", ("z", "a")), ("sk = :a", ("",)), ("other = :a", ("m",))):
        with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
            query(system, partition, condition, values)
