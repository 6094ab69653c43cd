"""Partial answers for batches: which records failed, so that only they come again."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)


def failures(records: Iterable[tuple[str, Callable[[], bool]]], in_order: bool) -> dict[str, Any]:
    """Runs each record's work; False or an exception is a failure. `in_order`: nothing behind a failure is touched.

    Any exception may be caught here: this is the last caller, it logs, and the queue brings the record again.
    """
    failed = []
    for identifier, work in records:
        try:
            done = work()
        except Exception:
            log.exception("record failed: %s", identifier)
            done = False
        if not done:
            failed.append({"itemIdentifier": identifier})
            if in_order:
                break
    return {"batchItemFailures": failed}
