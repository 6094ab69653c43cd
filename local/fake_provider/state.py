"""What a played provider knows: JSON in memory, written to a file soon after each change."""

import atexit
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_PAUSE = 0.3


class Store:
    """The data, its lock, and a number that grows with each change."""

    def __init__(self, path: Path, fresh: Callable[[], Json]) -> None:
        self.lock = threading.RLock()
        self.version = 0
        self._path, self._fresh = path, fresh
        self._written = 0
        self._timer: threading.Timer | None = None
        self.data: Json = json.loads(path.read_text()) if path.exists() else fresh()
        atexit.register(self.save)

    def changed(self) -> None:
        """Say so after each change, with the lock held."""
        self.version += 1
        if self._timer is None:
            self._timer = threading.Timer(_PAUSE, self.save)
            self._timer.daemon = True
            self._timer.start()

    def reset(self) -> None:
        """Everything as it was at the very first start."""
        with self.lock:
            self.data = self._fresh()
            self.changed()

    def save(self) -> None:
        with self.lock:
            self._timer = None
            if self._written == self.version or not self._path.parent.exists():
                return
            text, self._written = json.dumps(self.data, ensure_ascii=False), self.version
            unfinished = self._path.with_suffix(".unfinished")
            unfinished.write_text(text)
            unfinished.replace(self._path)

    def close(self) -> None:
        """Write what there is to write, now and never again."""
        if self._timer:
            self._timer.cancel()
        self.save()
        atexit.unregister(self.save)
