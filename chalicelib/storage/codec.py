"""A domain object into its item and back, each field spelled once: by its name and type in the dataclass.

    str, bool, datetime     as they are
    int                     a number; DynamoDB's are floats to Python
    StrEnum                 its value; one that newer code wrote is read as the `nearest` that gives nobody a right
    tuple[str, ...]         a list        frozenset[int]    a set of numbers
    anything else           by a `Stored` of its own

What is empty takes no room where the item's attribute may be missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin

from .items import Item
from .reading import one_of

Noun = TypeVar("Noun")
Kind = TypeVar("Kind", bound=Item)


@dataclass(frozen=True, slots=True)
class Stored:
    """How a value lies in the table, and what it is here."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


_AS_IT_IS = Stored(lambda value: value, lambda stored: stored)
_NUMBER = Stored(lambda value: value, int)
_NUMBER_OR_NONE = Stored(lambda value: value, lambda stored: None if stored is None else int(stored))
_TEXTS = Stored(list, lambda stored: tuple(stored or ()))
_NUMBERS = Stored(set, lambda stored: frozenset(map(int, stored or ())))


class Codec(Generic[Noun, Kind]):
    def __init__(
        self,
        noun: type[Noun],
        item: type[Kind],
        *,
        renamed: Mapping[str, str] | None = None,
        nearest: Mapping[str, StrEnum] | None = None,
        stored: Mapping[str, Stored] | None = None,
        apart: tuple[str, ...] = (),
    ) -> None:
        """`renamed`: fields that the item calls otherwise. `apart`: fields that are given to `read` and `item` by the caller."""
        self._noun, self._item, self._apart = noun, item, apart
        self._renamed, self._nearest, self._stored = renamed or {}, nearest or {}, stored or {}

    def read(self, item: Kind, **apart: Any) -> Noun:
        """Raises what `reading.UNREADABLE` names for what this code doesn't understand."""
        values = {name: stored.read(getattr(item, attribute)) for name, attribute, stored, _ in self._fields}
        return self._noun(**values, **apart)

    def item(self, noun: Noun, pk: str, sk: str, **more: Any) -> Kind:
        values: dict[str, Any] = {}
        for name, attribute, stored, may_be_missing in self._fields:
            values[attribute] = _or_none(stored.write(getattr(noun, name)), may_be_missing)
        return self._item(pk, sk, **values, **more)

    def stored(self, name: str, value: Any) -> tuple[str, Any]:
        """The attribute that a field lies in, and this value of it as it lies there; None for none."""
        _, attribute, stored, may_be_missing = next(entry for entry in self._fields if entry[0] == name)
        return attribute, _or_none(stored.write(value), may_be_missing)

    @cached_property
    def _fields(self) -> list[tuple[str, str, Stored, bool]]:
        attributes, results = self._item.get_attributes(), []
        for field in fields(self._noun):  # type: ignore[arg-type]  # a dataclass
            if field.name not in self._apart:
                attribute = self._renamed.get(field.name, field.name)
                stored = self._stored.get(field.name) or self._by_type(field.name, field.type, field.default)
                results.append((field.name, attribute, stored, bool(attributes[attribute].null)))
        return results

    def _by_type(self, name: str, kind: Any, default: Any) -> Stored:
        if kind is int:
            return _NUMBER
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return self._member(kind, name, default)
        if get_origin(kind) is tuple:
            return _TEXTS
        if get_origin(kind) is frozenset:
            return _NUMBERS
        if isinstance(kind, UnionType) and set(get_args(kind)) == {int, NoneType}:
            return _NUMBER_OR_NONE
        return _AS_IT_IS

    def _member(self, members: type[StrEnum], name: str, default: Any) -> Stored:
        nearest = self._nearest.get(name)
        if nearest is None:
            return Stored(lambda member: member, members)
        missing = nearest if default is MISSING else default
        return Stored(lambda member: member, lambda stored: one_of(members, stored or missing, nearest))


def _or_none(value: Any, may_be_missing: bool) -> Any:
    return None if may_be_missing and value in ("", [], {}, set()) else value
