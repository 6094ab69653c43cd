"""The relay's ledger. Each copy is claimed before it is sent, so that a replay is harmless and an echo is recognised."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..domain.messages import Message
from ..domain.relaying import (
    ROOT,
    FileCopy,
    FileCopyState,
    InboundEvent,
    RelayedMessage,
    RelayState,
    RemoteMessageRef,
)
from . import items, keys
from .codec import Codec, Stored
from .errors import conditional_write, translate_errors
from .items import FileItem, Item
from .message_mapping import message_item
from .provider_items import EarlyChangeItem, RelayedMessageItem, RemoteMessageItem, UnplacedItem
from .reading import each, one_of

_CLAIM, _EARLY = timedelta(seconds=50), timedelta(days=1)


@translate_errors
class RelayedMessages:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, chat_id: str, seq: int, destination: str) -> RelayedMessage:
        item = items.get(RelayedMessageItem, keys.chat(chat_id), keys.relayed_message(seq, destination))
        return _relayed_message(item) if item else RelayedMessage(chat_id=chat_id, seq=seq, destination=destination)

    def of_chat(self, chat_id: str, first: int, last: int) -> list[RelayedMessage]:
        return list(
            each(
                _relayed_message,
                RelayedMessageItem.query(keys.chat(chat_id), _between(first, last), consistent_read=True),
            )
        )

    def latest(self, chat_id: str, first: int, last: int, most: int) -> list[RelayedMessage]:
        items = RelayedMessageItem.query(
            keys.chat(chat_id), _between(first, last), consistent_read=True, scan_index_forward=False, limit=most
        )
        return list(each(_relayed_message, items))

    def claim(self, relayed: RelayedMessage, now: datetime) -> bool:
        same = RelayedMessageItem.version.does_not_exist() | (RelayedMessageItem.version == relayed.version)
        free = RelayedMessageItem.claim.does_not_exist() | (RelayedMessageItem.claim < now)
        actions = [
            *_names(relayed),
            RelayedMessageItem.version.set(relayed.version),
            RelayedMessageItem.claim.set(now + _CLAIM),
            RelayedMessageItem.tried.set(True),
            *([] if relayed.tried else [RelayedMessageItem.tried_at.set(now), RelayedMessageItem.cursor.remove()]),
        ]
        with conditional_write() as outcome:
            _key(relayed).update(actions, same & free)
        return outcome.held

    def finish(self, done: RelayedMessage, ref: RemoteMessageRef | None) -> None:
        _find_by(ref, done)
        actions = [
            *_names(done),
            RelayedMessageItem.version.set(done.version),
            RelayedMessageItem.state.set(done.state),
            RelayedMessageItem.claim.remove(),
            *([RelayedMessageItem.begun_at.set(self._now())] if done.seq == ROOT else []),
            RelayedMessageItem.tried.set(False),
            RelayedMessageItem.tried_at.remove(),
            RelayedMessageItem.cursor.remove(),
            RelayedMessageItem.refusals.remove(),
            RelayedMessageItem.reactions.set(list(done.reactions)),
            RelayedMessageItem.refused_emojis.set(list(done.refused_emojis))
            if done.refused_emojis
            else RelayedMessageItem.refused_emojis.remove(),
            RelayedMessageItem.detail.set(done.detail) if done.detail else RelayedMessageItem.detail.remove(),
            RelayedMessageItem.channel_id.set(done.channel_id)
            if done.channel_id
            else RelayedMessageItem.channel_id.remove(),
            RelayedMessageItem.remote_id.set(done.remote_id)
            if done.remote_id
            else RelayedMessageItem.remote_id.remove(),
            RelayedMessageItem.parts.set(list(done.parts)) if done.parts else RelayedMessageItem.parts.remove(),
            RelayedMessageItem.brought.remove(),
            RelayedMessageItem.brought_version.remove(),
            _set_files(done),
        ]
        _key(done).update(actions)

    def note_files(self, relayed: RelayedMessage, now: datetime) -> None:
        """How far its files have come. It stays claimed."""
        _key(relayed).update([*_names(relayed), RelayedMessageItem.claim.set(now + _CLAIM), _set_files(relayed)])

    def note_parts(self, relayed: RelayedMessage, ref: RemoteMessageRef | None, now: datetime) -> None:
        _find_by(ref, relayed)
        actions = [
            *_names(relayed),
            RelayedMessageItem.claim.set(now + _CLAIM),
            RelayedMessageItem.remote_id.set(relayed.remote_id)
            if relayed.remote_id
            else RelayedMessageItem.remote_id.remove(),
            RelayedMessageItem.channel_id.set(relayed.channel_id)
            if relayed.channel_id
            else RelayedMessageItem.channel_id.remove(),
            RelayedMessageItem.parts.set(list(relayed.parts)),
            RelayedMessageItem.brought.set(relayed.brought),
            RelayedMessageItem.brought_version.set(relayed.brought_version),
        ]
        _key(relayed).update(actions)

    def release(self, relayed: RelayedMessage, state: RelayState, detail: str) -> None:
        actions = [
            *_names(relayed),
            RelayedMessageItem.claim.remove(),
            RelayedMessageItem.state.set(state),
            RelayedMessageItem.detail.set(detail) if detail else RelayedMessageItem.detail.remove(),
            RelayedMessageItem.tried.set(relayed.tried),
            RelayedMessageItem.tried_at.set(relayed.tried_at)
            if relayed.tried and relayed.tried_at
            else RelayedMessageItem.tried_at.remove(),
            RelayedMessageItem.cursor.set(relayed.cursor) if relayed.cursor else RelayedMessageItem.cursor.remove(),
            RelayedMessageItem.refusals.set(relayed.refusals),
        ]
        _key(relayed).update(actions)

    def of_remote(self, ref: RemoteMessageRef) -> tuple[str, int] | None:
        item = items.get(RemoteMessageItem, _ref_key(ref), "F")
        return (item.chat_id, int(item.seq)) if item else None

    def add_from(self, ref: RemoteMessageRef, message: Message, relayed: RelayedMessage) -> bool | None:
        remote_message_item = RemoteMessageItem(_ref_key(ref), "F", chat_id=message.chat_id, seq=message.seq)
        if self.of_remote(ref):
            return None
        with conditional_write() as outcome, items.transaction() as write:
            write.save(remote_message_item, condition=Item.pk.does_not_exist())
            write.save(message_item(message), condition=Item.pk.does_not_exist())
            write.save(_item(relayed), condition=Item.pk.does_not_exist())
            for taken in message.files:
                actions: list[Action] = [FileItem.seq.set(message.seq), FileItem.gone_at.remove()]
                write.update(FileItem(*keys.file(taken.id)), actions=actions, condition=FileItem.seq == 0)
        if outcome.held:
            return True
        return None if self.of_remote(ref) else False

    def set_last_change(self, relayed: RelayedMessage, at: str) -> None:
        _key(relayed).update([*_names(relayed), RelayedMessageItem.last_change.set(at)])

    def keep_unplaced(self, event: InboundEvent, now: datetime) -> None:
        UnplacedItem(_ref_key(event.target), "U", text=event.text, gone_at=now + _EARLY).save()

    def unplaced(self, ref: RemoteMessageRef) -> str:
        item = items.get(UnplacedItem, _ref_key(ref), "U")
        return item.text if item and item.gone_at > self._now() else ""

    def keep_early(self, event: InboundEvent, now: datetime) -> None:
        item = EarlyChangeItem(
            _ref_key(event.target), "E", what=event.action, text=event.text, at=event.at, gone_at=now + _EARLY
        )
        older = EarlyChangeItem.pk.does_not_exist() | (
            (EarlyChangeItem.what != "deleted") & (EarlyChangeItem.at <= event.at)
        )
        with conditional_write():
            item.save(older if event.action == "edited" else None)

    def early(self, ref: RemoteMessageRef) -> tuple[str, str] | None:
        """What was done to a message before it came itself, and its text then."""
        item = items.get(EarlyChangeItem, _ref_key(ref), "E")
        return (item.what, item.text) if item else None


def _find_by(ref: RemoteMessageRef | None, relayed: RelayedMessage) -> None:
    """The provider's message finds ours; the first, where a long one of theirs became several here."""
    if ref:
        with conditional_write():
            item = RemoteMessageItem(_ref_key(ref), "F", chat_id=relayed.chat_id, seq=relayed.seq)
            item.save(Item.pk.does_not_exist())


def _ref_key(ref: RemoteMessageRef) -> str:
    return f"F#{keys.digest(ref.key)}"


def _between(first: int, last: int) -> Condition:
    return RelayedMessageItem.sk.between(f"L#{first:010d}#", f"L#{last:010d}~")


def _key(relayed: RelayedMessage) -> RelayedMessageItem:
    return RelayedMessageItem(keys.chat(relayed.chat_id), keys.relayed_message(relayed.seq, relayed.destination))


def _names(relayed: RelayedMessage) -> list[Action]:
    """Which copy it is, for an item that may not be there yet."""
    return [
        RelayedMessageItem.kind.set(RelayedMessageItem),
        RelayedMessageItem.chat_id.set(relayed.chat_id),
        RelayedMessageItem.seq.set(relayed.seq),
        RelayedMessageItem.destination.set(relayed.destination),
    ]


def _file_rows(copies: tuple[FileCopy, ...]) -> list[list[str]] | None:
    return [[copy.file_id, copy.name, copy.remote_id, str(copy.state), copy.detail] for copy in copies] or None


def _file_copies(rows: list[list[str]] | None) -> tuple[FileCopy, ...]:
    return tuple(
        FileCopy(file_id, name, remote_id, one_of(FileCopyState, state, FileCopyState.TRIED), detail)
        for file_id, name, remote_id, state, detail in rows or ()
    )


def _set_files(relayed: RelayedMessage) -> Action:
    rows = _file_rows(relayed.files)
    return RelayedMessageItem.files.set(rows) if rows else RelayedMessageItem.files.remove()


_COPIES = Codec(
    RelayedMessage,
    RelayedMessageItem,
    nearest={"state": RelayState.RETRYING},
    stored={"files": Stored(_file_rows, _file_copies)},
)
_relayed_message = _COPIES.read


def _item(relayed: RelayedMessage) -> RelayedMessageItem:
    return _COPIES.item(relayed, keys.chat(relayed.chat_id), keys.relayed_message(relayed.seq, relayed.destination))
