"""Batches of reads and writes. DynamoDB may take a part of one and give back the rest: that is sent again, after a pause.

PynamoDB sends the rest again at once, and makes an error of a second rest; its reads ask for ever.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pynamodb.connection import TableConnection

from ..domain import errors

# What BatchGetItem and BatchWriteItem take at once.
_READ_AT_ONCE, _WRITTEN_AT_ONCE = 100, 25
# Six tries, and about one and a half seconds in all, for a whole call: API Gateway waits 29 s.
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
Raw = dict[str, Any]


def read(table: TableConnection, keys: Sequence[Raw]) -> Iterator[Raw]:
    """Strongly consistent, in no order; what isn't there is left out. Refuses with `busy` where the table gives no more."""
    pauses = iter(_PAUSES)
    for at in range(0, len(keys), _READ_AT_ONCE):
        rest: Sequence[Any] = keys[at : at + _READ_AT_ONCE]
        while rest:
            answer = table.batch_get_item(rest, consistent_read=True)
            yield from answer["Responses"].get(table.table_name, ())
            rest = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", ())
            if rest:
                _pause(pauses)


def put(table: TableConnection, items: Sequence[Raw]) -> None:
    """Refuses with `busy` where the table takes no more; a part may be written then."""
    _write(table, items, lambda rest: table.batch_write_item(put_items=rest), lambda again: again["PutRequest"]["Item"])


def delete(table: TableConnection, keys: Sequence[Raw]) -> None:
    """As `put`; what isn't there is deleted."""
    _write(
        table,
        keys,
        lambda rest: table.batch_write_item(delete_items=rest),
        lambda again: _plain(again["DeleteRequest"]["Key"]),
    )


def _write(
    table: TableConnection, items: Sequence[Raw], write: Callable[[Sequence[Raw]], Raw], given: Callable[[Raw], Raw]
) -> None:
    pauses = iter(_PAUSES)
    for at in range(0, len(items), _WRITTEN_AT_ONCE):
        rest: Sequence[Raw] = items[at : at + _WRITTEN_AT_ONCE]
        while rest:
            rest = [given(each) for each in write(rest).get("UnprocessedItems", {}).get(table.table_name, ())]
            if rest:
                _pause(pauses)


def _plain(key: Raw) -> Raw:
    """As it was given: an answer says of which type each part is."""
    return {name: next(iter(value.values())) for name, value in key.items()}


def _pause(pauses: Iterator[float]) -> None:
    pause = next(pauses, None)
    if pause is None:
        raise errors.busy()
    time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # so that many don't come again at once
