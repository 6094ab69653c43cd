"""Chats and people's places in them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import size
from pynamodb.expressions.update import Action

from ..domain.chats import Chat, Face, Level, Newest, Place
from ..domain.invitations import FOUNDER, Seat, Status
from ..domain.messages import Message
from . import items, keys, mapping
from .border import conditions, guarded
from .items import ChatItem, Item, PlaceItem, SeatItem
from .mapping import chat, chat_item, place, place_item, seat, seat_item
from .reading import each, maybe

_MOST_MENTIONS, _MOST_DELETED = 100, 40


@guarded
class Chats:
    def with_place(self, chat_id: str, account_id: str) -> tuple[Chat | None, Place | None]:
        """The chat and this person's place in it, in one read: what every request about a chat asks first."""
        here, theirs = (keys.chat(chat_id), "C"), (keys.account(account_id), keys.place(chat_id))
        found = items.get_all([here, theirs])
        item, own = found.get(here), found.get(theirs)
        return maybe(chat, item), maybe(place, own)

    def roster(self, chat_id: str) -> tuple[Chat, tuple[Seat, ...]] | None:
        """The chat and every seat in it, in one query."""
        found = list(Item.query(keys.chat(chat_id), Item.sk.startswith("C"), consistent_read=True))
        if not found or not isinstance(found[0], ChatItem):
            return None
        one = maybe(chat, found[0])
        seats = each(seat, (item for item in found[1:] if isinstance(item, SeatItem)))
        return (one, tuple(seats)) if one else None

    def places(self, account_id: str) -> list[Place]:
        found = PlaceItem.query(keys.account(account_id), PlaceItem.sk.startswith("C#"), consistent_read=True)
        return list(each(place, found))

    def get_many(self, chat_ids: Iterable[str]) -> dict[str, Chat]:
        found = items.get_all((keys.chat(chat_id), "C") for chat_id in chat_ids)
        return {one.id: one for one in each(chat, found.values())}

    def add(self, new: Chat, founder: Place, seats: Sequence[Seat], places: Sequence[Place]) -> None:
        """A new chat, in batches. The chat's own item comes last, by itself: until it is there, nothing of this counts."""
        items.put_all([*map(seat_item, seats), *map(place_item, (*places, founder))])
        chat_item(new, told=_invited(seats, new.founder_name, new.founder_id)).save()

    def rename(self, old: Chat, name: str, by: str, now: datetime) -> bool:
        told = {"type": "chat.renamed", "name": name, "by": by, "version": old.roster_version + 1}
        return self._change(
            old,
            ChatItem.name.set(name) if name else ChatItem.name.remove(),
            ChatItem.roster_version.set(old.roster_version + 1),
            ChatItem.told.set(told),
        )

    def show(self, chat_id: str, faces: Sequence[Face]) -> None:
        """Who stands for the chat in lists."""
        with conditions():
            ChatItem(keys.chat(chat_id), "C").update(
                [ChatItem.faces.set(mapping.faces_json(faces))], ChatItem.pk.exists()
            )

    def sum_up(self, message: Message) -> None:
        """Lists show this message as the newest, unless a newer one is there."""
        actions: list[Action] = [
            ChatItem.last_seq.set(message.seq),
            ChatItem.last_texts.set(message.texts),
            ChatItem.last_at.set(message.created_at),
        ]
        older = ChatItem.pk.exists() & (ChatItem.last_seq < message.seq)
        with conditions():
            ChatItem(keys.chat(message.chat_id), "C").update(actions, older)

    def mark_read(self, own: Place, upto: Newest) -> None:
        """Never goes back, and never gives a place to somebody who is out."""
        further = PlaceItem.pk.exists() & (PlaceItem.read_to < upto.seq)
        actions: list[Action] = [
            PlaceItem.read_to.set(upto.seq),
            PlaceItem.read_texts.set(upto.texts),
        ]
        read = {seq for seq in own.mentioned_in if seq <= upto.seq}
        if read:
            actions.append(PlaceItem.mentioned_in.delete(read))
        with conditions():
            place_item(own).update(actions, further)

    def count_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        """Once for each message, however often it is told, while it is unread."""
        few = PlaceItem.mentioned_in.does_not_exist() | (size(PlaceItem.mentioned_in) < _MOST_MENTIONS)  # type: ignore[no-untyped-call]
        unread = PlaceItem.pk.exists() & (PlaceItem.read_to < seq) & few
        with conditions():
            PlaceItem(keys.account(account_id), keys.place(chat_id)).update([PlaceItem.mentioned_in.add({seq})], unread)

    def uncount_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        """The message is gone, or mentions this person no more."""
        counted = PlaceItem.mentioned_in.contains(seq)
        with conditions():
            PlaceItem(keys.account(account_id), keys.place(chat_id)).update(
                [PlaceItem.mentioned_in.delete({seq})], counted
            )

    def note_deleted(self, chat_id: str, seq: int) -> None:
        """Nobody has to read this message any more. The last few are enough, so that the chat's item stays small."""
        item = ChatItem(keys.chat(chat_id), "C")
        with conditions() as outcome:
            item.update([ChatItem.deleted.add({seq})], ChatItem.pk.exists())
        known = sorted(item.deleted or ()) if outcome.held else []
        if len(known) > _MOST_DELETED:
            item.update([ChatItem.deleted.delete(set(known[: -_MOST_DELETED // 2]))], ChatItem.pk.exists())

    def told_missed(self, own: Place, texts: int) -> None:
        """A mail told this person of what they missed here, up to so many messages."""
        with conditions():
            place_item(own).update([PlaceItem.told_texts.set(texts)], PlaceItem.pk.exists())

    def forget_invited(self, chat_id: str, seat_id: str) -> None:
        """What the chat was last told names the invited address no more. Told another thing meanwhile, there is nothing to do."""
        item = items.get(ChatItem, keys.chat(chat_id), "C")
        told = item.told if item else None
        if told and seat_id in told.get("invitation_ids", ()):
            kept = [pair for pair in zip(told["invitation_ids"], told["emails"], strict=True) if pair[0] != seat_id]
            after = {**told, "invitation_ids": [one for one, _ in kept], "emails": [email for _, email in kept]}
            with conditions():
                ChatItem(keys.chat(chat_id), "C").update([ChatItem.told.set(after)], ChatItem.told == told)

    def choose_level(self, own: Place, level: Level) -> None:
        with conditions():
            place_item(own).update([PlaceItem.level.set(level)], PlaceItem.pk.exists())

    def leave(self, own: Place, now: datetime, by: str) -> bool:
        """The seat ends and the place is gone, together; False if it is gone already."""
        with conditions() as outcome, items.transaction() as write:
            write.delete(place_item(own), condition=PlaceItem.seat_id == own.seat_id)
            if own.seat_id == FOUNDER:
                left = {
                    "type": "participant.left",
                    "account_id": own.account_id,
                    "by": by,
                    "at": round(now.timestamp() * 1000),
                }
                write.update(
                    ChatItem(keys.chat(own.chat_id), "C"),
                    actions=[ChatItem.founder_left.set(True), ChatItem.told.set(left)],
                )
            else:
                write.update(
                    SeatItem(keys.chat(own.chat_id), keys.seat(own.seat_id)),
                    actions=[
                        SeatItem.status.set(Status.LEFT),
                        SeatItem.ended_at.set(now),
                        SeatItem.ended_by.set(by),
                    ],
                    condition=SeatItem.status == str(Status.ACCEPTED),
                )
        return outcome.held

    def _change(self, old: Chat, *actions: Any) -> bool:
        """A change to the chat as it was read; False if it changed meanwhile."""
        with conditions() as outcome:
            ChatItem(keys.chat(old.id), "C").update(list(actions), ChatItem.roster_version == old.roster_version)
        return outcome.held


def _invited(seats: Sequence[Seat], by: str, by_id: str) -> dict[str, Any]:
    return told_invited([one for one in seats if one.is_invitation], by, by_id, 1)


def told_invited(invited: Sequence[Seat], by: str, by_id: str, version: int) -> dict[str, Any]:
    """What the chat will be told about a call that invited people; bounded, however many they are."""
    named = invited[:3]
    return {
        "type": "invitation.sent",
        "by": by,
        "account_id": by_id,
        "emails": [one.email for one in named],
        "invitation_ids": [one.id for one in named],
        "count": len(invited),
        "version": version,
    }
