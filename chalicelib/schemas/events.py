"""The registry of live events, told apart by `type`; the API's document publishes them all as the union `LiveEvent`."""

import functools
from typing import Any, Union

import msgspec

from ..domain.changes import Change
from ..domain.chats import Membership
from ..ports import Ports
from ..usecases.live import Announcement
from ..usecases.onlookers import Onlookers
from . import chat_events
from .live_event import LiveEvent

KINDS = (*chat_events.KINDS,)
_BY_TYPE = {kind.type: kind for kind in KINDS}
_ANNOUNCING = tuple(dict.fromkeys(kind.announce for kind in KINDS if kind.announce))


def announcements(ports: Ports, change: Change, onlookers: Onlookers) -> list[Announcement]:
    """What a change in the table means for those who are looking on."""
    return [event for announce in _ANNOUNCING for event in announce(ports, change, onlookers)]


def show(event: Announcement, reader: Membership) -> LiveEvent | None:
    """As this person sees it; None for what they may not see."""
    return _BY_TYPE[event.type].show(event, reader)


def write(event: object) -> str:
    return msgspec.json.encode(event).decode()


@functools.cache
def schema(ref_template: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The union of all kinds, and the shapes that it refers to."""
    union: Any = Union[tuple(kind.shape for kind in KINDS)]  # noqa: UP007  # made of a list
    (schemas,), components = msgspec.json.schema_components([union], ref_template=ref_template)
    return schemas, components
