"""The schedule: what is due, once an hour and once a minute."""

from typing import Any

from .. import wiring
from ..usecases import chat_mails, files, pushes
from ..usecases import hourly as job


def hourly() -> dict[str, Any]:
    return dict(job.run(wiring.ports()))


def minutely() -> dict[str, Any]:
    ports = wiring.ports()
    return {**pushes.bring_held(ports), **chat_mails.run(ports), **files.look_after_due(ports)}
