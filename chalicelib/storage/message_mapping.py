"""Items of messages into domain objects and back."""

from collections.abc import Iterable
from typing import Any

from ..domain.chats import ChatRole
from ..domain.files import MessageFile
from ..domain.messages import Author, Event, EventType, Mention, Message, MessageKind
from ..domain.providers import Via
from ..domain.searching import fold, searched
from . import keys
from .codec import Codec, Stored
from .items import MessageItem
from .reading import UNREADABLE, one_of, passed_over

_WRITE_UNIT, _MARGIN = 1024, 64


def event_of(stored: dict[str, Any] | None) -> Event | None:
    """None for what this code can't tell."""
    if not stored:
        return None
    existing = {name: value for name, value in stored.items() if name in Event.__dataclass_fields__}
    lists = {name: tuple(stored.get(name, ())) for name in ("emails", "invitation_ids")}
    try:
        return Event(**{**existing, **lists, "type": EventType(stored["type"])})
    except UNREADABLE as reason:
        passed_over("event", reason)
        return None


def event_json(event: Event | None) -> dict[str, Any] | None:
    if event is None:
        return None
    values = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def mentions_json(mentions: Iterable[Mention]) -> list[list[str]]:
    return [[mention.account_id, mention.name] for mention in mentions]


def _mentions(stored: list[list[str]] | None) -> tuple[Mention, ...]:
    return tuple(Mention(*pair[:2]) for pair in stored or ())


def _files_json(files: Iterable[MessageFile]) -> list[list[str]]:
    return [[file.id, file.name] for file in files]


def _files(stored: list[list[str]] | None) -> tuple[MessageFile, ...]:
    return tuple(MessageFile(*pair[:2]) for pair in stored or ())


def _author_json(author: Author | None) -> dict[str, str] | None:
    return {"id": author.account_id, "name": author.name, "role": author.role, "via": author.via} if author else None


def _author(stored: dict[str, str] | None) -> Author | None:
    return (
        stored
        and Author(
            account_id=stored["id"],
            name=stored["name"],
            role=one_of(ChatRole, stored["role"], ChatRole.EXTERNAL),
            via=one_of(Via, stored["via"], Via.WEBTOP),
        )
    ) or None


_MESSAGES = Codec(
    Message,
    MessageItem,
    renamed={"kind": "message_kind"},
    nearest={"kind": MessageKind.EVENT},
    stored={
        "author": Stored(_author_json, _author),
        "event": Stored(event_json, event_of),
        "mentions": Stored(mentions_json, _mentions),
        "files": Stored(_files_json, _files),
    },
)
message = _MESSAGES.read
"""What newer code wrote keeps its place: numbers have no gaps. It is an event of which nothing is known."""


def message_item(message: Message) -> MessageItem:
    """With the folded copy of its text for searching, where that costs no write unit more."""
    item, folded = (
        _MESSAGES.item(message, keys.chat(message.chat_id), keys.message(message.seq)),
        fold(searched(message)),
    )
    room = -_bytes_in(item) % _WRITE_UNIT - len("folded") - _MARGIN
    if len(folded.encode()) <= room:
        item.folded = folded
    return item


def _bytes_in(item: MessageItem) -> int:
    """About as DynamoDB counts them."""
    stored = item.serialize().items()
    return sum(len(name) + len(str(value).encode()) for name, typed in stored for value in typed.values())
