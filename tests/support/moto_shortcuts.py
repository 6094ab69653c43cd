"""Moto without the work that it does twice. The same answers, a third sooner; `test_moto_shortcuts.py` compares them.

What costs most of a call: moto looks up the shape of each attribute value although it is DynamoDB's JSON already, sorts
the whole table for a query of one partition, copies table and stream once for each part of a transaction, lists its own
methods anew, and compares the address with those of all services.
"""

import copy
from functools import cache
from typing import Any

from moto import backend_index
from moto.core import responses
from moto.core.model_instances import model_data
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

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
        """Records of the stream never change, so the list of them is copied alone."""
        made: Any = self.__class__.__new__(self.__class__)
        memo[id(self)] = made
        shard = self.stream_shard
        if shard is not None:
            other: Any = copy.copy(shard)
            memo[id(shard)] = other
            other.table, other.items = made, list(shard.items)
        vars(made).update({name: copy.deepcopy(value, memo) for name, value in vars(self).items()})
        return made


def quicken(table: Any) -> None:
    """From now on, in this process; the table is empty still."""
    SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": DynamoJson}
    vars(responses)["method_names_from_class"] = cache(method_names_from_class)
    table.__class__ = PartitionedTable
    backend_index.backend_url_patterns.sort(key=lambda item: item[0] not in ("dynamodb", "sqs", "sesv2"))


def forget_copies() -> None:
    """After each transaction. Moto also remembers every copy that was ever made."""
    _fallbacks.clear()
    for model in model_data["dynamodb"].values():
        vars(model)["instances_tracked"].clear()


_fallbacks: dict[int, Any] = {}
