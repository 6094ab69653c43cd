"""Messages and the reactions on them. `seq` is the sort key, put with "does not exist yet": no counter, no gap, no repeat."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.update import Action

from ..domain import errors
from ..domain.chats import ChatHead
from ..domain.files import FileState
from ..domain.messages import Message, MessageKind, MessagePage, Reaction
from ..domain.searching import Criteria, Has, Sweep
from . import items, keys, message_mapping
from .errors import conditional_write, is_failed_condition, translate_errors
from .files import file
from .items import EventOnceItem, FileItem, Item, MessageItem, ReactionItem
from .reading import each, maybe

_ANSWERS_WITHIN, _MOST_WORDS = 1_000, 20


@translate_errors
class Messages:
    def head(self, chat_id: str) -> ChatHead:
        newest = MessageItem.query(
            keys.chat(chat_id),
            MessageItem.sk.between("M#", "M~"),
            consistent_read=True,
            scan_index_forward=False,
            limit=1,
        )
        message_item = next(iter(newest), None)
        return ChatHead(int(message_item.seq), int(message_item.text_count)) if message_item else ChatHead()

    def add(self, message: Message) -> int:
        try:
            message_mapping.message_item(message).save(Item.pk.does_not_exist())
        except PutError as error:
            if not is_failed_condition(error):
                raise
            existing = self.get(message.chat_id, message.seq)
            return message.seq if existing is not None and existing.nonce == message.nonce else 0
        return message.seq

    def add_with_files(self, message: Message) -> int:
        free = (FileItem.seq == 0) & FileItem.state.is_in(str(FileState.CHECKING), str(FileState.READY))
        try:
            with items.transaction() as write:
                write.save(message_mapping.message_item(message), condition=Item.pk.does_not_exist())
                for taken in message.files:
                    actions: list[Action] = [FileItem.seq.set(message.seq), FileItem.gone_at.remove()]
                    write.update(FileItem(*keys.file(taken.id)), actions=actions, condition=free)
        except TransactWriteError as error:
            if not is_failed_condition(error):
                raise
            existing = self.get(message.chat_id, message.seq)
            if existing is None:  # the number is free, so one of the files was not
                raise errors.file_used() from error
            return message.seq if existing.nonce == message.nonce else 0
        return message.seq

    def add_event(self, message: Message) -> int:
        once = EventOnceItem(keys.chat(message.chat_id), f"T#{message.nonce}", seq=message.seq)
        before = items.get(EventOnceItem, once.pk, once.sk)
        if before:
            return int(before.seq)
        try:
            with items.transaction() as write:
                write.save(once, condition=Item.pk.does_not_exist())
                write.save(message_mapping.message_item(message), condition=Item.pk.does_not_exist())
        except TransactWriteError as error:
            if is_failed_condition(error):
                event_once_item = items.get(EventOnceItem, once.pk, once.sk)
                return int(event_once_item.seq) if event_once_item else 0
            raise
        return message.seq

    def forget_invited(self, chat_id: str, invitation_id: str, nonces: Iterable[str]) -> None:
        told = items.get_all((keys.chat(chat_id), f"T#{nonce}") for nonce in nonces)
        results = items.get_all((keys.chat(chat_id), keys.message(int(entry.seq))) for entry in told.values())
        for item in results.values():
            event = message_mapping.event_of(item.event)
            if event:
                kept = message_mapping.event_json(event.without_address(invitation_id))
                item.update([MessageItem.event.set(kept)], MessageItem.pk.exists())

    def by_nonce(self, chat_id: str, nonce: str, after: int) -> Message | None:
        behind = MessageItem.sk.between(keys.from_message(after + 1), "M~")
        for item in MessageItem.query(keys.chat(chat_id), behind, MessageItem.nonce == nonce, consistent_read=True):
            return maybe(message_mapping.message, item)
        return None

    def get(self, chat_id: str, seq: int) -> Message | None:
        item = items.get(MessageItem, keys.chat(chat_id), keys.message(seq))
        return maybe(message_mapping.message, item)

    def page(self, chat_id: str, first: int, last: int | None) -> MessagePage:
        end = keys.message(last) if last is not None else "M~"
        results = list(
            Item.query(keys.chat(chat_id), Item.sk.between(keys.from_message(first), end), consistent_read=True)
        )
        messages = tuple(each(message_mapping.message, (item for item in results if isinstance(item, MessageItem))))
        reactions = tuple(_reaction(item) for item in results if isinstance(item, ReactionItem))
        existing = {message.seq: message for message in messages}
        elsewhere = {message.reply_to for message in messages} - {0} - set(existing)
        wanted = [(keys.chat(chat_id), keys.message(seq)) for seq in elsewhere]
        wanted += [keys.file(taken.id) for message in messages for taken in message.files]
        others = items.get_all(wanted).values()
        replied = each(message_mapping.message, (item for item in others if isinstance(item, MessageItem)))
        files = each(file, (item for item in others if isinstance(item, FileItem)))
        return MessagePage(
            messages,
            reactions,
            existing | {message.seq: message for message in replied},
            {file.id: file for file in files},
        )

    def search(self, chat_id: str, first: int, last: int, criteria: Criteria, most: int) -> Sweep:
        texts = (MessageItem.message_kind == str(MessageKind.TEXT)) & MessageItem.deleted_at.does_not_exist()
        if criteria.words is not None:
            words = reduce(and_, (MessageItem.folded.contains(word) for word in criteria.words[:_MOST_WORDS]))
            texts &= MessageItem.folded.does_not_exist() | MessageItem.edited_at.exists() | words
        if criteria.has is Has.FILE:
            texts &= MessageItem.files.exists()
        results = Item.query(
            keys.chat(chat_id),
            Item.sk.between(keys.from_message(first), keys.message(last)),
            texts | (Item.kind == ReactionItem),
            consistent_read=True,
            scan_index_forward=False,
            page_size=most,
        )
        raw = next(results.page_iter)
        stopped = results.page_iter.last_evaluated_key
        # Reactions stand behind their message: where the query stopped among them, the message counts as not read yet.
        reached = min(keys.seq_of(stopped["sk"]["S"]) + 1, last) if stopped else first
        read = [item for item in each(Item.from_raw_data, raw["Items"]) if isinstance(item, MessageItem | ReactionItem)]
        read = [item for item in read if item.seq >= reached]
        candidates = each(message_mapping.message, (item for item in read if isinstance(item, MessageItem)))
        reactions = (_reaction(item) for item in reversed(read) if isinstance(item, ReactionItem))
        return Sweep(tuple(message for message in candidates if criteria.is_met_by(message)), tuple(reactions), reached)

    def replied(self, messages: Iterable[Message]) -> dict[tuple[str, int], Message]:
        wanted = {(message.chat_id, message.reply_to) for message in messages if message.reply_to}
        others = items.get_all((keys.chat(chat_id), keys.message(seq)) for chat_id, seq in wanted)
        return {(message.chat_id, message.seq): message for message in each(message_mapping.message, others.values())}

    def answers(self, chat_id: str, seq: int) -> list[Message]:
        behind = MessageItem.sk.between(keys.from_message(seq + 1), keys.message(seq + _ANSWERS_WITHIN))
        items = MessageItem.query(keys.chat(chat_id), behind, MessageItem.reply_to == seq, consistent_read=True)
        return [message_mapping.message(item) for item in items]

    def edit(self, message: Message, now: datetime) -> bool:
        folded = message_mapping.message_item(message).folded
        mentions = (
            MessageItem.mentions.set(message_mapping.mentions_json(message.mentions))
            if message.mentions
            else MessageItem.mentions.remove()
        )
        return self._change(
            message,
            MessageItem.text.set(message.text) if message.text else MessageItem.text.remove(),
            MessageItem.folded.set(folded) if folded else MessageItem.folded.remove(),
            MessageItem.edited_at.set(now),
            MessageItem.mail_id.remove(),
            mentions,
        )

    def rewrite(self, before: Message, after: Message) -> bool:
        wanted, same = message_mapping.message_item(after), MessageItem.pk.exists()
        if before.text != after.text:
            same &= MessageItem.text == before.text
        fields = (MessageItem.author, MessageItem.event, MessageItem.mentions, MessageItem.text, MessageItem.folded)
        values = (wanted.author, wanted.event, wanted.mentions, wanted.text, wanted.folded)
        actions = [field.set(value) if value else field.remove() for field, value in zip(fields, values, strict=True)]
        with conditional_write() as outcome:
            MessageItem(keys.chat(before.chat_id), keys.message(before.seq)).update(actions, same)
        return outcome.held

    def end_call(self, chat_id: str, nonce: str, at: datetime, minutes: int) -> bool:
        once = items.get(EventOnceItem, keys.chat(chat_id), f"T#{nonce}")
        item = items.get(MessageItem, keys.chat(chat_id), keys.message(int(once.seq))) if once else None
        line = maybe(message_mapping.message, item)
        if item is None or line is None or line.event is None:
            return False
        ended = message_mapping.event_json(replace(line.event, ended_at=at.isoformat(), minutes=minutes))
        with conditional_write() as outcome:
            item.update(
                [MessageItem.event.set(ended), MessageItem.edited_at.set(line.next_change(at))],
                MessageItem.pk.exists() & MessageItem.edited_at.does_not_exist(),
            )
        return outcome.held

    def delete(self, message: Message, now: datetime) -> bool:
        return self._change(
            message,
            MessageItem.text.remove(),
            MessageItem.folded.remove(),
            MessageItem.mentions.remove(),
            MessageItem.files.remove(),
            MessageItem.mail_id.remove(),
            MessageItem.deleted_at.set(now),
        )

    def react(self, chat_id: str, reaction: Reaction) -> None:
        _reaction_item(chat_id, reaction).save()

    def unreact(self, chat_id: str, reaction: Reaction) -> None:
        _reaction_item(chat_id, reaction).delete()

    def _change(self, message: Message, *actions: Any) -> bool:
        existing = MessageItem.pk.exists() & MessageItem.deleted_at.does_not_exist()
        with conditional_write() as outcome:
            MessageItem(keys.chat(message.chat_id), keys.message(message.seq)).update(list(actions), existing)
        return outcome.held


def _reaction(item: ReactionItem) -> Reaction:
    return Reaction(int(item.seq), item.emoji, item.account_id)


def _reaction_item(chat_id: str, reaction: Reaction) -> ReactionItem:
    return ReactionItem(
        keys.chat(chat_id),
        keys.reaction(reaction.seq, reaction.emoji, reaction.account_id),
        seq=reaction.seq,
        emoji=reaction.emoji,
        account_id=reaction.account_id,
    )
