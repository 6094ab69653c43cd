"""Saves what changes while the system runs every few seconds, so that a kill or a power cut loses no more than that.

Nothing else runs meanwhile, so a save is quick: no copy of the table is made first, and the JSON is written in one go,
where ministack copies each value and writes it by pieces, in forty times as long.
"""

import asyncio
import json
import time
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from ministack import app as ministack
from ministack.core import persistence
from ministack.services import dynamodb, ses, sqs

_PAUSE = 2.0
_SHARE = 0.05
"""Of the time, for saving: the larger the data, the longer the pause."""

_RUNNING: dict[str, ModuleType] = {"sqs": sqs, "ses": ses, "dynamodb": dynamodb}
"""What changes without a deployment, under the names of ministack's files."""

_changed = asyncio.Event()


def install() -> None:
    whole = SimpleNamespace(deepcopy=lambda value: value)
    state: Any = dynamodb.get_state
    dynamodb.get_state = FunctionType(state.__code__, {**vars(dynamodb), "copy": whole}, "get_state")
    persistence.json = SimpleNamespace(**{**vars(json), "dump": _dump})


def _dump(value: Any, file: Any, **named: Any) -> None:
    file.write(json.dumps(value, **named))


def note_change() -> None:
    _changed.set()


async def save_often() -> None:
    """Saves a moment after the first change since the last time; ends with its task."""
    pause = _PAUSE
    while True:
        await _changed.wait()
        await asyncio.sleep(pause)
        _changed.clear()
        started = time.perf_counter()
        ministack.save_all({name: service.get_state for name, service in _RUNNING.items()})
        pause = max(_PAUSE, (time.perf_counter() - started) / _SHARE)


def save_all() -> None:
    """Save everything now."""
    ministack.save_all(ministack._build_persistence_save_dict())
