"""The schedule: what is due, once an hour."""

from typing import Any

from .. import wiring
from ..usecases import hourly as job


def hourly() -> dict[str, Any]:
    return dict(job.run(wiring.ports()))
