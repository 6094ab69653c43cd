"""The table's stream, read as changes of domain objects."""

from typing import Any

from ..domain.changes import (
    Change,
    ChatTold,
    LetterPromised,
    MemberRemoved,
    MessageChanged,
    PlaceChanged,
    ReactionChanged,
    SeatChanged,
    SessionsEnded,
)
from ..domain.messages import Event, EventType
from .items import (
    AccountItem,
    ChatItem,
    Item,
    LetterItem,
    MemberItem,
    MessageItem,
    PlaceItem,
    ReactionItem,
    SeatItem,
    SessionItem,
)
from .mapping import chat, member, message, place, seat


def change(record: dict[str, Any]) -> Change | None:
    """What one record of the stream says; None for what nobody is to be told."""
    before, after = _image(record, "OldImage"), _image(record, "NewImage")
    if isinstance(after, SeatItem):
        return SeatChanged(seat(before) if isinstance(before, SeatItem) else None, seat(after))
    if isinstance(after, ChatItem):
        return _told(before if isinstance(before, ChatItem) else None, after)
    if isinstance(after, LetterItem):
        return LetterPromised(after.id) if before is None else None
    if isinstance(after, MessageItem):
        return MessageChanged(message(before) if isinstance(before, MessageItem) else None, message(after))
    if isinstance(after, PlaceItem):
        return PlaceChanged(place(before) if isinstance(before, PlaceItem) else None, place(after))
    reaction = after or before
    if isinstance(reaction, ReactionItem):
        return ReactionChanged(reaction.pk.removeprefix("C#"), int(reaction.seq))
    if isinstance(before, MemberItem) and after is None:
        return MemberRemoved(member(before))
    if isinstance(before, SessionItem) and after is None:
        return SessionsEnded(before.account_id, before.hash)
    if (
        isinstance(before, AccountItem)
        and isinstance(after, AccountItem)
        and after.sessions_from > before.sessions_from
    ):
        return SessionsEnded(after.id)
    return None


def _image(record: dict[str, Any], which: str) -> Item | None:
    image = record["dynamodb"].get(which)
    return Item.from_raw_data(image) if image and "kind" in image else None


def _told(before: ChatItem | None, after: ChatItem) -> Change | None:
    told = after.told
    if not told or (before is not None and before.told == told):
        return None
    fields = {name: value for name, value in told.items() if name in Event.__dataclass_fields__}
    kind = EventType(told["type"])
    name = (
        {"name": after.founder_name} if kind is EventType.LEFT else {}
    )  # anybody else's leaving is told of their seat
    event = Event(**{**fields, **name, "type": kind, "emails": tuple(told.get("emails", ()))})
    return ChatTold(chat(after), event, f"{told['type']}:{told.get('version') or told.get('at')}")
