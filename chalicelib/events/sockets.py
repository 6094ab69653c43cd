from typing import Any


def connect(event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200}


def message(event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200}


def disconnect(event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200}
