"""The schedule: what is due, once an hour and once a minute."""

from typing import Any

from .. import wiring
from ..usecases import hourly as job
from ..usecases import pushes


def hourly() -> dict[str, Any]:
    return dict(job.run(wiring.ports()))


def minutely() -> dict[str, Any]:
    return dict(pushes.bring_held(wiring.ports()))
