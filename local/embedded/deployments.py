"""CloudFormation as on AWS where ministack is easier: a name that is taken, a table that is protected, names that it draws."""

import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, ses_v2
from ministack.services.cloudformation import provisioners

Json = dict[str, Any]
_NAMED: dict[str, tuple[str, Callable[[], Any]]] = {
    "AWS::DynamoDB::Table": ("TableName", lambda: dynamodb._tables),
    "AWS::SES::EmailIdentity": ("EmailIdentity", lambda: ses_v2._identities),
}
"""Types whose creation overwrites what has that name: which property is the name, and what is there."""
_DRAWN = {"AWS::DynamoDB::Table": "TableName", "AWS::SecretsManager::Secret": "Name"}
"""Types whose names, where none is given, ministack draws from the stack's: one that was kept would be overwritten by the next."""


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    for kind, (name, existing) in _NAMED.items():
        handlers[kind]["create"] = _refusing(handlers[kind]["create"], kind, name, existing)
    for kind, name in _DRAWN.items():
        handlers[kind]["create"] = _drawing(handlers[kind]["create"], name)
    table = handlers["AWS::DynamoDB::Table"]
    table["create"], table["delete"] = _labelled(table["create"]), _protected(table["delete"])


def _refusing(original: Any, kind: str, name: str, existing: Callable[[], Any]) -> Any:
    def create(logical_id: str, properties: Json, stack_name: str) -> Any:
        if properties.get(name) in existing():
            raise ValueError(f"Resource of type '{kind}' with identifier '{properties[name]}' already exists.")
        return original(logical_id, properties, stack_name)

    return create


def _drawing(original: Any, name: str) -> Any:
    """As ministack does for buckets: the seed stays with the resource, so that an update finds it."""

    def create(logical_id: str, properties: Json, stack_name: str) -> Any:
        if name not in properties and not provisioners._NAME_SEED.get():
            provisioners._NAME_SEED.set(uuid.uuid4().hex[:8])
        return original(logical_id, properties, stack_name)

    return create


def _labelled(original: Any) -> Any:
    """The label of a stream is the end of its ARN; ministack looks at the clock twice."""

    def create(logical_id: str, properties: Json, stack_name: str) -> Any:
        name, attributes = original(logical_id, properties, stack_name)
        dynamodb._tables[name]["LatestStreamLabel"] = attributes.get("StreamArn", "").rpartition("/")[2] or None
        return name, attributes

    return create


def _protected(original: Any) -> Any:
    def delete(physical_id: str, properties: Json) -> None:
        if dynamodb._tables.get(physical_id, {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"Resource cannot be deleted as it is currently protected against deletion: {physical_id}")
        original(physical_id, properties)

    return delete
