"""Moto without the work that it does twice. The same answers, a third sooner; `test_moto_shortcuts.py` compares them.

What costs most of a call: moto looks up the shape of each attribute value although it is DynamoDB's JSON already, sorts
the whole table for a query of one partition, copies the whole table once for each part of a transaction, takes conditions
apart anew with patterns that it compiles anew, reads a body of JSON as a form, lists its own methods anew, and compares the
address with those of all services.
"""

import copy
import json
from collections import defaultdict, deque
from collections.abc import Sequence
from functools import cache
from typing import Any

from moto import backend_index
from moto.core import responses
from moto.core.model_instances import model_data
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb import comparisons
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_AS_IT_IS = {"S", "N", "BOOL", "NULL", "SS", "NS"}


class DynamoJson(JSONSerializer):
    """Writes attribute values as they are; binary ones, and those that hold any, the way moto does."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and key and _is_json(value):
            self._default_serialize(serialized, value, shape, key)
        else:
            super()._serialize_type_structure(serialized, value, shape, key)

    def _serialize_type_map(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.value.name == "AttributeValue" and all(map(_is_json, value.values())):
            self._default_serialize(serialized, dict(value), shape, key)
        else:
            super()._serialize_type_map(serialized, value, shape, key)


def _is_json(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, inner),) = value.items()
    if kind in _AS_IT_IS:
        return True
    if kind == "M":
        return all(map(_is_json, inner.values()))
    return kind == "L" and all(map(_is_json, inner))


class PartitionedTable(Table):
    """A table without indices: a query looks in its partition alone, and a transaction copies it once."""

    _partition: DynamoType | None = None

    def query(self, hash_key: DynamoType | None, *args: Any, **options: Any) -> Any:
        self._partition = hash_key
        try:
            return super().query(hash_key, *args, **options)
        finally:
            self._partition = None

    def all_items(self) -> list[Item]:
        if self._partition is None:
            items: list[Item] = super().all_items()
            return items
        return list(self.items.get(self._partition, {}).values())

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """What a transaction falls back to; moto asks for it before each of its parts, when nothing has changed yet."""
        if id(self) not in _fallbacks:
            _fallbacks[id(self)] = self._copied(memo)
        return _fallbacks[id(self)]

    def _copied(self, memo: dict[int, Any]) -> Any:
        """Nothing but the transaction's own items changes meanwhile; records of the stream never do."""
        made: Any = self.__class__.__new__(self.__class__)
        memo[id(self)] = made
        shard = self.stream_shard
        if shard is not None:
            other: Any = copy.copy(shard)
            memo[id(shard)] = other
            other.table, other.items = made, list(shard.items)
        others = {name: value for name, value in vars(self).items() if name != "items"}
        vars(made).update(copy.deepcopy(others, memo), items=self._items_before())
        return made

    def _items_before(self) -> Any:
        before: defaultdict[Any, dict[Any, Item]] = defaultdict(dict, self.items)
        for pk, sk in map(_key, _parts):
            if pk in before:
                before[pk] = dict(before[pk])
                if sk in before[pk]:
                    before[pk][sk] = copy.deepcopy(before[pk][sk])
        return before


def _key(part: dict[str, Any]) -> tuple[DynamoType, DynamoType]:
    key = part.get("Key") or part["Item"]
    return DynamoType(key["pk"]), DynamoType(key["sk"])


class QuickParser(ConditionExpressionParser):
    """Takes each condition apart once."""

    def _lex_condition_expression(self) -> Any:
        return deque(_lexed(str(self.condition_expression)))


@cache
def _lexed(condition: str) -> Sequence[Any]:
    return tuple(_take_apart(ConditionExpressionParser(condition, None, None)))


_take_apart = ConditionExpressionParser._lex_condition_expression


def quicken(table: Any) -> None:
    """From now on, in this process; the table is empty still."""
    SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": DynamoJson}
    vars(responses)["method_names_from_class"] = cache(method_names_from_class)
    table.__class__ = PartitionedTable
    DynamoHandler.use_raw_body = True
    vars(comparisons)["ConditionExpressionParser"] = QuickParser
    backend_index.backend_url_patterns.sort(key=lambda item: item[0] not in ("dynamodb", "sqs", "sesv2"))


def begins(transaction: bytes) -> None:
    """Before each transaction."""
    _parts[:] = [part for each in json.loads(transaction)["TransactItems"] for part in each.values()]


def forget_copies() -> None:
    """After each transaction. Moto also remembers every copy that was ever made."""
    _fallbacks.clear()
    for model in model_data["dynamodb"].values():
        vars(model)["instances_tracked"].clear()


_fallbacks: dict[int, Any] = {}
_parts: list[dict[str, Any]] = []
