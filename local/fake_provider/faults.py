"""Faults on demand: the next calls answer badly, slowly, or not at all."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.http import Answer, Refused

Json = dict[str, Any]
_MOST = 1_000_000


@dataclass(slots=True)
class Fault:
    """One rule. `answers` are taken by chance; `done` means that the work is done all the same."""

    answers: list[str]
    times: int = 1
    path: str = ""
    seconds: float = 30.0
    chance: float = 1.0
    done: bool = False
    dice: random.Random = field(default_factory=random.Random)

    def shown(self) -> Json:
        return {
            "answer": self.answers,
            "times": self.times,
            "path": self.path,
            "seconds": self.seconds,
            "chance": self.chance,
            "done": self.done,
        }


class Faults:
    """The rules in force, oldest first."""

    def __init__(self, existing: Callable[[str], bool]) -> None:
        self._known, self._rules, self._lock = existing, list[Fault](), threading.Lock()

    def add(self, given: Json) -> None:
        answers = given.get("answer")
        several: list[Any] = answers if isinstance(answers, list) else [answers]
        named = [item for item in several if isinstance(item, str) and self._known(item)]
        if not named or len(named) < len(several):
            raise Refused(422, "invalid", f"answer {answers!r} is no fault that can be played.")
        rule = Fault(
            answers=named,
            times=int(_number(given, "times", 1)),
            path=str(given.get("path") or ""),
            seconds=_number(given, "seconds", 30),
            chance=_number(given, "chance", 1),
            done=given.get("done") in (True, "true", "on"),
            dice=random.Random(int(_number(given, "seed", 1))),  # noqa: S311  # for repeatable bad luck
        )
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def shown(self) -> list[Json]:
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def next(self, path: str) -> tuple[str, Fault] | None:
        """The fault of this call, used up by it."""
        with self._lock:
            for rule in self._rules:
                if rule.path in path and rule.dice.random() < rule.chance:
                    rule.times -= 1
                    self._rules = [fault for fault in self._rules if fault.times > 0]
                    return rule.dice.choice(rule.answers), rule
        return None


def play(faults: Faults, path: str, work: Callable[[], Answer], answer: Callable[[str, Fault], Answer]) -> Answer:
    """The answer to a call: `work`'s, unless a fault comes first; `answer` makes those that are the provider's own."""
    result = faults.next(path)
    if result is None:
        return work()
    kind, rule = result
    if kind == "slow":
        time.sleep(rule.seconds)
        return work()
    done = work() if rule.done else None
    if kind == "timeout":
        time.sleep(rule.seconds)
        return done or Answer(504, [])
    if kind == "garbage":
        return Answer(200, [("Content-Type", "text/html")], b"<html>\xff\xfe not what you wanted")
    return answer(kind, rule)


def _number(given: Json, name: str, default: float) -> float:
    try:
        value = float(given.get(name) or default)
    except (TypeError, ValueError):
        value = -1
    if not 0 <= value <= _MOST:
        raise Refused(422, "invalid", f"{name} must be a number.")
    return value
