"""An example of each operation, with the answer that it really gave: played by `python -m tests.api_examples`."""

import functools
import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")
_PARAMETER = re.compile(r"{\w+}")


@functools.cache
def _all() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads(FILE.read_text())
    return known


def refusals() -> dict[str, tuple[int, str]]:
    """By code: the status, and what it says."""
    return {code: (status, sentence) for code, (status, sentence) in _all()["refusals"].items()}


def of(method: str, path: str) -> dict[str, Any] | None:
    """{path, body, status, answer} of an operation, by its path in the document without the prefix."""
    known: dict[str, Any] | None = _all()["operations"].get(f"{method.upper()} {_PARAMETER.sub('{}', path)}")
    return known
