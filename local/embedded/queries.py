"""A query of the table costs what its page holds, as on AWS, where ministack sorts and evaluates the whole partition.

ministack's own code still answers each query, with all its checks; it is shown the items of the page and one more.
Queries of an index, and of keys that aren't text, are left as they are.
"""

import functools
import threading
from bisect import bisect_left, insort
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from ministack.services import dynamodb

from local.embedded import key_ranges

Json = dict[str, Any]


@dataclass(slots=True)
class _Order:
    """The sorted keys of one table's partitions, each made when it is first asked for."""

    items: Json
    keys: dict[str, list[str]] = field(default_factory=dict)

    def of(self, partition: str) -> list[str]:
        if partition not in self.keys:
            self.keys[partition] = sorted(self.items.get(partition, ()))
        return self.keys[partition]


_orders: dict[int, _Order] = {}
"""By the identity of the table's items: a table that is restored has others."""
_lock = threading.Lock()
"""What has passed its time is removed by a thread of its own."""
_shown: ContextVar[Json] = ContextVar("shown")


class _Tables:
    """What a query is shown as the tables."""

    @staticmethod
    def get(name: str) -> Json:
        return _shown.get()


def install() -> None:
    original = dynamodb._query
    narrowed = FunctionType(original.__code__, {**vars(dynamodb), "_tables": _Tables()}, "_query")

    def query(data: Json) -> Any:
        shown = _page_of(data)
        if shown is None:
            return original(data)
        token = _shown.set(shown)
        try:
            return narrowed(data)
        finally:
            _shown.reset(token)

    dynamodb._query = query
    _keep_order()
    _read_expressions_once()


def _page_of(data: Json) -> Json | None:
    """The table with nothing but the page's items; None where this can't be told before the query is checked."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
    expression, values = data.get("KeyConditionExpression"), data.get("ExpressionAttributeValues")
    if not table or data.get("IndexName") or not isinstance(expression, str) or not isinstance(values, dict):
        return None
    hash_key, sort_key = table["pk_name"], table["sk_name"]
    if not sort_key or {dynamodb._get_attr_type(table, key) for key in (hash_key, sort_key)} != {"S"}:
        return None
    names, cursor, limit = data.get("ExpressionAttributeNames") or {}, data.get("ExclusiveStartKey"), data.get("Limit")
    after = key_ranges.text(cursor.get(sort_key)) if isinstance(cursor, dict) else None
    wanted = key_ranges.read(expression, names, values, sort_key)
    partition = dynamodb._extract_pk_from_condition(expression, values, names, hash_key)
    if wanted is None or partition is None or (cursor and after is None) or not isinstance(limit, int | None):
        return None
    with _lock:
        keys = key_ranges.page(_order(table).of(partition), wanted, after, data.get("ScanIndexForward", True), limit)
    items = table["items"].get(partition, {})
    return {**table, "items": {partition: {key: items[key] for key in keys}}}


def _order(table: Json) -> _Order:
    items = table["items"]
    order = _orders.get(id(items))
    if order is None or order.items is not items:
        order = _orders[id(items)] = _Order(items)
    return order


def _keep_order() -> None:
    """Through ministack's two ways to write an item."""
    original_set, original_remove = dynamodb._set_item, dynamodb._remove_item

    def set_item(table: Json, partition: str, key: str, item: Json) -> Any:
        old = original_set(table, partition, key, item)
        with _lock:
            keys = _order(table).keys.get(partition)
            if old is None and keys is not None:
                insort(keys, key)
        return old

    def remove_item(table: Json, partition: str, key: str) -> Any:
        old = original_remove(table, partition, key)
        with _lock:
            keys = _order(table).keys.get(partition)
            if old is not None and keys is not None:
                del keys[bisect_left(keys, key)]
        return old

    dynamodb._set_item, dynamodb._remove_item = set_item, remove_item


def _read_expressions_once() -> None:
    """ministack reads a condition anew for each item."""
    split = functools.lru_cache(1024)(dynamodb._tokenize)
    dynamodb._condition_syntax_error = functools.lru_cache(1024)(dynamodb._condition_syntax_error)
    dynamodb._tokenize = lambda expression: list(split(expression))
