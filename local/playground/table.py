"""What lies in the table, read as it lies there."""

from collections.abc import Iterator
from typing import Any

from local import aws
from local.config import LocalConfig


def items(config: LocalConfig, kind: str) -> Iterator[dict[str, Any]]:
    """All items of this kind, each attribute without its type."""
    name = config.deployed()["outputs"]["TableName"]
    for page in aws.client(config, "dynamodb").get_paginator("scan").paginate(TableName=name):
        for item in page["Items"]:
            if item.get("kind", {}).get("S") == kind:
                yield {attribute: next(iter(value.values())) for attribute, value in item.items()}
