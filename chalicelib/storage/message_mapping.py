"""Items of messages into domain objects and back."""

from typing import Any

from ..domain.chats import ChatRole
from ..domain.files import MessageFile
from ..domain.messages import Author, Event, EventType, Mention, Message, MessageKind
from ..domain.providers import Via
from ..domain.searching import fold, searched
from . import keys
from .items import MessageItem
from .reading import UNREADABLE, one_of, passed_over

_WRITE_UNIT, _MARGIN = 1024, 64


def message(item: MessageItem) -> Message:
    """What newer code wrote keeps its place: numbers have no gaps. It is an event of which nothing is known."""
    author, event = item.author, event_of(item.event) if item.event else None
    return Message(
        chat_id=item.chat_id,
        seq=int(item.seq),
        text_count=int(item.text_count),
        author=Author(
            account_id=author["id"],
            name=author["name"],
            role=one_of(ChatRole, author["role"], ChatRole.EXTERNAL),
            via=one_of(Via, author["via"], Via.WEBTOP),
        )
        if author
        else None,
        kind=one_of(MessageKind, item.message_kind, MessageKind.EVENT),
        text=item.text,
        nonce=item.nonce,
        created_at=item.created_at,
        event=event,
        reply_to=int(item.reply_to),
        mentions=tuple(Mention(*pair[:2]) for pair in item.mentions or ()),
        edited_at=item.edited_at,
        deleted_at=item.deleted_at,
        origin=item.origin,
        files=tuple(MessageFile(*pair[:2]) for pair in item.files or ()),
    )


def message_item(message: Message) -> MessageItem:
    """With the folded copy of its text for searching, where that costs no write unit more."""
    item, folded = _message_item(message), fold(searched(message))
    room = -_bytes_in(item) % _WRITE_UNIT - len("folded") - _MARGIN
    if len(folded.encode()) <= room:
        item.folded = folded
    return item


def _bytes_in(item: MessageItem) -> int:
    """About as DynamoDB counts them."""
    stored = item.serialize().items()
    return sum(len(name) + len(str(value).encode()) for name, typed in stored for value in typed.values())


def _message_item(message: Message) -> MessageItem:
    author = message.author
    return MessageItem(
        keys.chat(message.chat_id),
        keys.message(message.seq),
        chat_id=message.chat_id,
        seq=message.seq,
        text_count=message.text_count,
        author={"id": author.account_id, "name": author.name, "role": author.role, "via": author.via}
        if author
        else None,
        message_kind=message.kind,
        text=message.text,
        nonce=message.nonce,
        created_at=message.created_at,
        event=event_json(message.event) if message.event else None,
        reply_to=message.reply_to,
        origin=message.origin,
        mentions=mentions_json(message) if message.mentions else None,
        files=[[file.id, file.name] for file in message.files] or None,
    )


def mentions_json(message: Message) -> list[list[str]]:
    return [[mention.account_id, mention.name] for mention in message.mentions]


def event_of(stored: dict[str, Any]) -> Event | None:
    """None for what this code can't tell."""
    existing = {name: value for name, value in stored.items() if name in Event.__dataclass_fields__}
    lists = {name: tuple(stored.get(name, ())) for name in ("emails", "invitation_ids")}
    try:
        return Event(**{**existing, **lists, "type": EventType(stored["type"])})
    except UNREADABLE as reason:
        passed_over("event", reason)
        return None


def event_json(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}
