"""Sends events to the application, one after the other: twice, late, together or in the wrong order where wanted."""

import heapq
import http.client
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.http import Refused

Json = dict[str, Any]
_MOST = 3_600


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to send. `parcel` makes headers and body when it goes, because signatures hold the time; it is given
    the number of the try and why the one before failed. `after` are the seconds to each further try."""

    id: str
    kind: str
    url: str
    parcel: Callable[[int, str], tuple[Mapping[str, str], bytes]]
    patience: float
    after: tuple[float, ...] = ()
    told: Callable[[bool], None] | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Turn:
    """When a delivery's turn is; those of the same moment in the order they came."""

    due: float
    number: int
    what: tuple[Delivery, int, str]


class Courier:
    """One thread that delivers what is due, in order."""

    def __init__(self) -> None:
        self.log: deque[Json] = deque(maxlen=10_000)
        self._double, self._reverse, self._delay, self._parallel = 0, 0, 0.0, False
        self._held: list[Delivery] = []
        self._turns: list[_Turn] = []
        self._numbers = itertools.count()
        self._under_way = 0
        self._change = threading.Condition()
        threading.Thread(target=self._run, daemon=True, name="courier").start()

    def send(self, delivery: Delivery) -> None:
        """Queue it, and treat it as the switches say."""
        with self._change:
            several = [delivery]
            if self._double:
                self._double, several = self._double - 1, [delivery, delivery]
            if self._reverse:
                self._reverse -= 1
                self._held += several
                if self._reverse:
                    return
                several, self._held = self._held[::-1], []
            for item in several:
                self._queue(item, 0, "", self._delay)

    def switch(self, given: Json) -> None:
        """`double` and `reverse` for the next so many, `delay` in seconds and `parallel` for all."""
        with self._change:
            self._double = round(_number(given, "double", self._double))
            self._reverse = round(_number(given, "reverse", self._reverse))
            self._delay = _number(given, "delay", self._delay)
            self._parallel = given.get("parallel", self._parallel) in (True, "true")

    def switches(self) -> Json:
        return {
            "double": self._double,
            "reverse": self._reverse,
            "delay": self._delay,
            "parallel": self._parallel,
        }

    def clear(self) -> None:
        """No more tricks; what was held back goes out."""
        with self._change:
            self._double, self._reverse, self._delay, self._parallel = 0, 0, 0.0, False
            for delivery in self._held:
                self._queue(delivery, 0, "", 0)
            self._held = []

    def forget(self) -> None:
        """Drop what was not sent yet, and what was noted."""
        with self._change:
            self._under_way -= len(self._turns)
            self._turns.clear()
            self._held.clear()
            self.log.clear()

    @property
    def is_idle(self) -> bool:
        """Nothing is under way, nothing waits for another try."""
        return self._under_way == 0

    def _queue(self, delivery: Delivery, attempt: int, reason: str, delay: float) -> None:
        with self._change:
            self._under_way += 1
            turn = _Turn(time.monotonic() + delay, next(self._numbers), (delivery, attempt, reason))
            heapq.heappush(self._turns, turn)
            self._change.notify()

    def _run(self) -> None:
        while True:
            with self._change:
                while not self._turns or self._turns[0].due > time.monotonic():
                    self._change.wait(self._turns[0].due - time.monotonic() if self._turns else None)
                turn = heapq.heappop(self._turns)
            if self._parallel:
                threading.Thread(target=self._deliver, args=turn.what, daemon=True).start()
            else:
                self._deliver(*turn.what)

    def _deliver(self, delivery: Delivery, attempt: int, before: str) -> None:
        status, reason, stop = _post(delivery, attempt, before)
        results = {"id": delivery.id, "kind": delivery.kind, "attempt": attempt, "status": status, "reason": reason}
        self.log.append({**results, "at": time.time()})
        if reason and not stop and attempt < len(delivery.after):
            self._queue(delivery, attempt + 1, reason, delivery.after[attempt])
        elif delivery.told:
            delivery.told(not reason)
        with self._change:
            self._under_way -= 1


def _post(delivery: Delivery, attempt: int, before: str) -> tuple[int, str, bool]:
    """Status, why it failed if it did, and whether the application wants no further try."""
    headers, body = delivery.parcel(attempt, before)
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


def _number(given: Json, name: str, default: float) -> float:
    try:
        value = float(given.get(name, default))
    except (TypeError, ValueError):
        value = -1
    if not 0 <= value <= _MOST:
        raise Refused(422, "invalid", f"{name} must be a number from 0 to {_MOST}.")
    return value
