"""Moto with its shortcuts answers what moto answers."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from tests.support.app import TABLE, clients, table_in_memory
from tests.support.moto_shortcuts import DynamoJson, PartitionedTable
from tests.support.sample_chat import Scene

_texts, _names = st.text(max_size=5), st.text(min_size=1, max_size=5)  # DynamoDB knows no nameless attribute
_simple = st.one_of(
    st.builds(lambda item: {"S": item}, _texts),
    st.builds(lambda item: {"N": str(item)}, st.integers()),
    st.builds(lambda item: {"BOOL": item}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda item: {"B": item}, st.binary(max_size=5)),
    st.builds(lambda item: {"SS": item}, st.lists(_texts, max_size=3)),
    st.builds(lambda item: {"BS": item}, st.lists(st.binary(max_size=5), max_size=3)),
)
_values = st.recursive(
    _simple,
    lambda inner: st.one_of(
        st.builds(lambda item: {"L": item}, st.lists(inner, max_size=3)),
        st.builds(lambda item: {"M": item}, st.dictionaries(_names, inner, max_size=3)),
    ),
    max_leaves=8,
)
_items = st.dictionaries(_names, _values, max_size=4)


@given(_items)
@settings(deadline=None)
def test_answers_are_written_as_moto_writes_them(item: dict[str, Any]) -> None:
    for operation, answer in (
        ("GetItem", {"Item": item}),
        ("UpdateItem", {"Attributes": item}),
        ("Query", {"Items": [item, item], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": item}),
        ("BatchGetItem", {"Responses": {TABLE: [item]}, "UnprocessedKeys": {}}),
    ):
        assert _written(DynamoJson, operation, answer) == _written(JSONSerializer, operation, answer)


def test_a_query_finds_what_a_look_at_the_whole_table_finds(scene: Scene) -> None:
    table = table_in_memory()
    assert isinstance(table, PartitionedTable)
    everything = table.all_items()
    keys = {str(item.hash_key.value) for item in everything}
    assert len(keys) > 10
    for key in keys:
        asked: Any = (DynamoType({"S": key}), None, [], 100, None, True, [])
        (result, *more), (wanted, *existing) = table.query(*asked), Table.query(table, *asked)
        assert ([item.to_json() for item in result], more) == ([item.to_json() for item in wanted], existing)
        assert len(result) == sum(item.hash_key.value == key for item in everything)


def test_a_transaction_that_fails_leaves_table_and_stream_as_they_were(scene: Scene) -> None:
    client, before, told = clients()[0], scene.world.snapshot(), len(scene.world.data.stream)
    parts = [_put("a", "1"), _put("a", "2"), _put("b", "1") | {"ConditionExpression": "attribute_exists(pk)"}]
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            client.transact_write_items(TransactItems=[{"Put": part} for part in parts])
        assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]][
            2
        ] == "ConditionalCheckFailed"
        assert scene.world.snapshot() == before
        assert len(scene.world.data.stream) == told
    client.transact_write_items(TransactItems=[{"Put": part} for part in parts[:2]])
    assert len(scene.world.snapshot()) == len(before) + 2
    assert len(scene.world.data.stream) == told + 2


def _put(pk: str, sk: str) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": {"pk": {"S": pk}, "sk": {"S": sk}}}


def _written(serializer: type[JSONSerializer], operation: str, answer: dict[str, Any]) -> Any:
    model = get_service_model("dynamodb").operation_model(operation)
    made = serializer(operation_model=model, pretty_print=False, value_picker=XFormedAttributePicker())
    return json.loads(made.serialize(answer)["body"])
