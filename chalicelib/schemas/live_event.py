"""What a kind of live event is."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from ..domain.changes import Change
from ..domain.chats import Membership
from ..ports import Ports
from ..usecases.live import Announcement
from ..usecases.onlookers import Onlookers


class LiveEvent(Struct, tag_field="type"):
    """What each says: its `type`, and the chat that it is about."""

    chat_id: str


Announce = Callable[[Ports, Change, Onlookers], list[Announcement]]
Show = Callable[[Announcement, Membership], LiveEvent | None]


@dataclass(frozen=True, slots=True)
class LiveEventKind:
    """`announce`: which changes of the table make it; None where something else does. `show`: None where they may not see it."""

    shape: type[LiveEvent]
    show: Show
    announce: Announce | None = None

    @property
    def type(self) -> str:
        return str(self.shape.__struct_config__.tag)
