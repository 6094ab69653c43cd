"""Calls: each under its id, and in the chat the one that is open."""

from datetime import datetime, timedelta

from pynamodb.exceptions import TransactWriteError

from ..domain import errors
from ..domain.calls import Call
from . import items, keys
from .codec import Codec
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import CallItem, Item, OpenCallItem
from .reading import maybe

_KEPT = timedelta(days=2)


@translate_errors
class Calls:
    def begin(self, call: Call) -> Call:
        free = Item.pk.does_not_exist() | (OpenCallItem.ends_at <= call.begun_at)
        pointer = OpenCallItem(
            *_open(call.chat_id), call_id=call.id, ends_at=call.ends_at, gone_at=call.ends_at + _KEPT
        )
        try:
            with items.transaction() as write:
                write.save(pointer, condition=free)
                write.save(_item(call), condition=Item.pk.does_not_exist())
        except TransactWriteError as error:
            if not is_failed_condition(error):
                raise
            existing = items.get(OpenCallItem, *_open(call.chat_id))
            other = self.get(call.id) or (self.get(existing.call_id) if existing else None)
            if other is None:
                raise errors.busy() from error
            return other
        return call

    def get(self, call_id: str) -> Call | None:
        return maybe(_CALLS.read, items.get(CallItem, keys.call(call_id), "G"))

    def end(self, call: Call, now: datetime) -> None:
        with conditional_write(), items.transaction() as write:
            write.update(
                CallItem(keys.call(call.id), "G"), actions=[CallItem.ended_at.set(now)], condition=CallItem.pk.exists()
            )
            write.delete(OpenCallItem(*_open(call.chat_id)), condition=OpenCallItem.call_id == call.id)


def _open(chat_id: str) -> tuple[str, str]:
    return keys.chat(chat_id), "G"


_CALLS = Codec(Call, CallItem)


def _item(call: Call) -> CallItem:
    return _CALLS.item(call, keys.call(call.id), "G", gone_at=call.ends_at + _KEPT)
