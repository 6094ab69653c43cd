"""How much of the largest random tests is played: a tenth each time, the same; all of it, ever new, in `make test-long`.

`TEST_LONG=1` asks for all. The seed is printed by `make test-long`; pytest's `--hypothesis-seed` plays it once more.
"""

import os
from typing import Any

from hypothesis import HealthCheck, settings

LONG = os.environ.get("TEST_LONG") == "1"


def share(whole: int) -> int:
    """Of so many examples, rounds or steps, those to play now; one at least."""
    return whole if LONG else max(1, whole // 10)


def giant(examples: int, **more: Any) -> settings:
    """Settings for a test that plays `examples` stories if it plays them all."""
    common: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    return settings(max_examples=share(examples), derandomize=not LONG, **(common | more))
