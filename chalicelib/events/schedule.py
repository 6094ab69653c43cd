"""The hourly job."""

from typing import Any


def hourly() -> dict[str, Any]:
    return {}
