"""The table's stream, read as changes of domain objects."""

from collections.abc import Callable
from typing import Any

from ..domain.changes import (
    Change,
    ChatTold,
    CopyChanged,
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
from .outside_items import CopyItem


def change(record: dict[str, Any]) -> Change | None:
    """What one record of the stream says; None for what nobody is to be told."""
    before, after = _image(record, "OldImage"), _image(record, "NewImage")
    if after is None:
        return _gone(before)
    told = _BY_KIND.get(type(after))
    return told(before if type(before) is type(after) else None, after) if told else None


def _gone(before: Item | None) -> Change | None:
    if isinstance(before, ReactionItem):
        return _reaction(before, before)
    if isinstance(before, MemberItem):
        return MemberRemoved(member(before))
    return SessionsEnded(before.account_id, before.hash) if isinstance(before, SessionItem) else None


def _seat(before: SeatItem | None, after: SeatItem) -> Change:
    return SeatChanged(seat(before) if before else None, seat(after))


def _message(before: MessageItem | None, after: MessageItem) -> Change:
    return MessageChanged(message(before) if before else None, message(after))


def _place(before: PlaceItem | None, after: PlaceItem) -> Change:
    return PlaceChanged(place(before) if before else None, place(after))


def _reaction(_: ReactionItem | None, after: ReactionItem) -> Change:
    return ReactionChanged(after.pk.removeprefix("C#"), int(after.seq))


def _copy(before: CopyItem | None, after: CopyItem) -> Change | None:
    """Claims are nobody's business; what its author is shown is."""
    shown = [(int(one.version), one.state, one.detail) if one else (0, "", "") for one in (before, after)]
    return CopyChanged(after.chat_id, int(after.seq)) if shown[0] != shown[1] else None


def _letter(before: LetterItem | None, after: LetterItem) -> Change | None:
    return None if before else LetterPromised(after.id)


def _account(before: AccountItem | None, after: AccountItem) -> Change | None:
    return SessionsEnded(after.id) if before and after.sessions_from > before.sessions_from else None


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
    lists = {name: tuple(told.get(name, ())) for name in ("emails", "invitation_ids")}
    event = Event(**{**fields, **name, **lists, "type": kind})
    nonce = f"{told['type']}:{told.get('version') or told.get('at')}"
    return ChatTold(chat(after), event, nonce, is_new=before is None)


_BY_KIND: dict[type[Item], Callable[[Any, Any], Change | None]] = {
    SeatItem: _seat,
    ChatItem: _told,
    MessageItem: _message,
    PlaceItem: _place,
    ReactionItem: _reaction,
    CopyItem: _copy,
    LetterItem: _letter,
    AccountItem: _account,
}
