"""Sends events to the application, one after the other: twice, late or in the wrong order where that is wanted."""

import http.client
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to send, with its id; `after` are the seconds to each further try."""

    id: str
    kind: str
    url: str
    parcel: Callable[[int, str], tuple[Mapping[str, str], bytes]]
    patience: float
    after: tuple[float, ...] = ()
    told: Callable[[bool], None] | None = None


class Courier:
    """One thread that delivers in order, and timers for what comes late or again."""

    def __init__(self) -> None:
        self.log: deque[Json] = deque(maxlen=10_000)
        self.double, self.reverse, self.delay = 0, 0, 0.0
        self._held: list[Delivery] = []
        self._waiting: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._under_way = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True, name="courier").start()

    def send(self, delivery: Delivery) -> None:
        """Queue it, and treat it as the switches say."""
        with self._lock:
            copies = 1
            if self.double:
                self.double, copies = self.double - 1, 2
            if self.reverse:
                self.reverse -= 1
                self._held.extend([delivery] * copies)
                if self.reverse:
                    return
                several, self._held = self._held[::-1], []
            else:
                several = [delivery] * copies
            delay = self.delay
        for one in several:
            self._later(one, delay)

    def switch(self, given: Json) -> None:
        """`double` and `reverse` for the next so many, `delay` in seconds for all."""
        with self._lock:
            self.double = int(given.get("double") or self.double)
            self.reverse = int(given.get("reverse") or self.reverse)
            self.delay = float(given.get("delay") or self.delay)

    def switches(self) -> Json:
        return {"double": self.double, "reverse": self.reverse, "delay": self.delay}

    def clear(self) -> None:
        """No more tricks; what was held back goes out."""
        with self._lock:
            held, self._held = self._held, []
            self.double, self.reverse, self.delay = 0, 0, 0.0
        for one in held:
            self._later(one, 0)

    @property
    def is_idle(self) -> bool:
        return self._under_way == 0

    def stop(self) -> None:
        self._waiting.put(None)

    def _later(self, delivery: Delivery, delay: float) -> None:
        with self._lock:
            self._under_way += 1
        if not delay:
            self._waiting.put(delivery)
            return
        timer = threading.Timer(delay, self._waiting.put, [delivery])
        timer.daemon = True
        timer.start()

    def _run(self) -> None:
        while (delivery := self._waiting.get()) is not None:
            self._deliver(delivery, 0, "")
            with self._lock:
                self._under_way -= 1

    def _deliver(self, delivery: Delivery, attempt: int, reason: str) -> None:
        status, reason, stop = _post(delivery, attempt, reason)
        self.log.append(
            {
                "id": delivery.id,
                "kind": delivery.kind,
                "attempt": attempt,
                "status": status,
                "reason": reason,
                "at": time.time(),
            }
        )
        again = bool(reason) and not stop and attempt < len(delivery.after)
        if delivery.told and not again:
            delivery.told(not reason)
        if again:
            with self._lock:
                self._under_way += 1
            timer = threading.Timer(delivery.after[attempt], self._again, [delivery, attempt + 1, reason])
            timer.daemon = True
            timer.start()

    def _again(self, delivery: Delivery, attempt: int, reason: str) -> None:
        self._deliver(delivery, attempt, reason)
        with self._lock:
            self._under_way -= 1


def _post(delivery: Delivery, attempt: int, reason: str) -> tuple[int, str, bool]:
    """Status, why it failed if it did, and whether the application wants no further try."""
    headers, body = delivery.parcel(attempt, reason)
    parts = urlsplit(delivery.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=delivery.patience)
    began = time.monotonic()
    try:
        connection.request("POST", parts.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
    except TimeoutError:
        return 0, "http_timeout", False
    except (OSError, http.client.HTTPException):
        return 0, "connection_failed", False
    finally:
        connection.close()
    if time.monotonic() - began > delivery.patience:
        return answer.status, "http_timeout", False
    if not 200 <= answer.status < 300:
        return answer.status, "http_error", answer.getheader("X-Slack-No-Retry") == "1"
    return answer.status, "", False
