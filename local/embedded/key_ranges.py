"""Which sort keys of a partition a query asks for, found by bisection: ministack looks at every item of the partition."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_CONDITION = re.compile(
    r"begins_with\s*\(\s*(?P<start_of>[#\w]+)\s*,\s*(?P<start>:\w+)\s*\)"
    r"|(?P<between>[#\w]+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    r"|(?P<name>[#\w]+)\s*(?P<operator><=|>=|=|<|>)\s*(?P<value>:\w+)",
    re.IGNORECASE,
)
_AROUND = re.compile(r"[()\s]|\bAND\b", re.IGNORECASE)

Values = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The condition on the sort key; `operator` is "" where all keys of the partition are asked for."""

    operator: str
    values: tuple[str, ...] = ()

    def of(self, keys: Sequence[str]) -> tuple[int, int]:
        """Where in the sorted keys the range begins, and behind which place it ends."""
        if not self.values:
            return 0, len(keys)
        low, high = self.values[0], self.values[-1]
        match self.operator:
            case "begins_with":
                return bisect_left(keys, low), bisect_right(keys, low, key=lambda key: key[: len(low)])
            case "<" | "<=":
                return 0, bisect_left(keys, high) if self.operator == "<" else bisect_right(keys, high)
            case ">" | ">=":
                return bisect_right(keys, low) if self.operator == ">" else bisect_left(keys, low), len(keys)
            case _:
                return bisect_left(keys, low), bisect_right(keys, high)


def read(expression: str, names: dict[str, str], values: Values, sort_key: str) -> KeyRange | None:
    """The range of a KeyConditionExpression; None where it can't be told, as with a key that isn't text."""
    if _AROUND.sub("", _CONDITION.sub("", expression)):
        return None
    asked = [_range(match, values) for match in _CONDITION.finditer(expression) if _named(match, names) == sort_key]
    return asked[0] if asked else KeyRange("")


def page(keys: Sequence[str], wanted: KeyRange, after: str | None, forward: bool, most: int | None) -> Sequence[str]:
    """The keys of one page and one more, in order: behind the cursor `after`, at most `most` of them."""
    low, high = wanted.of(keys)
    if after is not None and forward:
        low = max(low, bisect_right(keys, after))
    elif after is not None:
        high = min(high, bisect_left(keys, after))
    if most is not None and forward:
        high = min(high, low + most + 1)
    elif most is not None:
        low = max(low, high - most - 1)
    return keys[low:high]


def _named(match: re.Match[str], names: dict[str, str]) -> str:
    name = match["start_of"] or match["between"] or match["name"]
    return names.get(name, name)


def _range(match: re.Match[str], values: Values) -> KeyRange | None:
    given = [text(values.get(match[name])) for name in ("start", "low", "high", "value") if match[name]]
    operator = "begins_with" if match["start"] else "between" if match["low"] else match["operator"]
    return KeyRange(operator, tuple(map(str, given))) if None not in given else None


def text(value: Any) -> str | None:
    """The text of an attribute value, None for one of another type."""
    content = value.get("S") if isinstance(value, dict) else None
    return content if isinstance(content, str) else None
