"""The push queue: one body for each person who is to be told of one message, or of what their quiet hours held."""

import functools
import json
from typing import Any

from .. import wiring
from ..usecases import pushes
from . import batches

_FIELDS = set(pushes.PushJob.__dataclass_fields__)


def handle(event: dict[str, Any]) -> dict[str, Any]:
    return batches.failures(
        (
            (str(record.get("messageId", "")), functools.partial(_work, record["body"]))
            for record in event.get("Records", [])
        ),
        in_order=False,
    )


def _work(body: str) -> bool:
    """What newer code has added to a job isn't needed to do it."""
    fields = {name: value for name, value in json.loads(body).items() if name in _FIELDS}
    pushes.run(wiring.ports(), pushes.PushJob(**fields))
    return True
