"""The relay's ledger. Each copy is claimed before it is sent, so that a replay is harmless and an echo is recognised."""

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..domain.messages import Message
from ..domain.relaying import Copy, CopyState, Far, Heard
from . import items, keys
from .border import conditions, guarded
from .items import Item
from .mapping import message_item
from .outside_items import CopyItem, EarlyItem, FarItem
from .reading import each, one_of

_CLAIM, _EARLY = timedelta(seconds=50), timedelta(days=1)


@guarded
class Copies:
    def get(self, chat_id: str, seq: int, destination: str) -> Copy:
        """What is known of this copy; an empty one where nothing is."""
        item = items.get(CopyItem, keys.chat(chat_id), keys.copy(seq, destination))
        return _copy(item) if item else Copy(chat_id=chat_id, seq=seq, destination=destination)

    def of_chat(self, chat_id: str, first: int, last: int) -> list[Copy]:
        """Every copy of these messages, wherever it is."""
        return list(each(_copy, CopyItem.query(keys.chat(chat_id), _between(first, last), consistent_read=True)))

    def newest(self, chat_id: str, first: int, last: int, most: int) -> list[Copy]:
        """Like `of_chat`, but the copies of the newest messages first, and no more than so many."""
        found = CopyItem.query(
            keys.chat(chat_id), _between(first, last), consistent_read=True, scan_index_forward=False, limit=most
        )
        return list(each(_copy, found))

    def claim(self, known: Copy, now: datetime) -> bool:
        """True for one worker at a time, while the copy is as it was read.

        From here on it is in doubt: whoever dies now leaves a copy that may be there.
        """
        same = CopyItem.version.does_not_exist() | (CopyItem.version == known.version)
        free = CopyItem.claim.does_not_exist() | (CopyItem.claim < now)
        actions = [
            *_names(known),
            CopyItem.version.set(known.version),
            CopyItem.claim.set(now + _CLAIM),
            CopyItem.tried.set(True),
            *([] if known.tried else [CopyItem.tried_at.set(now), CopyItem.cursor.remove()]),
        ]
        with conditions() as outcome:
            _key(known).update(actions, same & free)
        return outcome.held

    def finish(self, done: Copy, far: Far | None) -> None:
        """The copy is there, or will never be; from now on the provider's message finds ours."""
        if far:
            FarItem(_far(far), "F", chat_id=done.chat_id, seq=done.seq).save()
        actions = [
            *_names(done),
            CopyItem.version.set(done.version),
            CopyItem.state.set(done.state),
            CopyItem.claim.remove(),
            CopyItem.tried.set(False),
            CopyItem.tried_at.remove(),
            CopyItem.cursor.remove(),
            CopyItem.refusals.remove(),
            CopyItem.reactions.set(list(done.reactions)),
            CopyItem.refused_emojis.set(list(done.refused_emojis))
            if done.refused_emojis
            else CopyItem.refused_emojis.remove(),
            CopyItem.detail.set(done.detail) if done.detail else CopyItem.detail.remove(),
            CopyItem.place.set(done.place) if done.place else CopyItem.place.remove(),
            CopyItem.far_id.set(done.far_id) if done.far_id else CopyItem.far_id.remove(),
        ]
        _key(done).update(actions)

    def release(self, known: Copy, state: CopyState, detail: str) -> None:
        actions = [
            *_names(known),
            CopyItem.claim.remove(),
            CopyItem.state.set(state),
            CopyItem.detail.set(detail) if detail else CopyItem.detail.remove(),
            CopyItem.tried.set(known.tried),
            CopyItem.tried_at.set(known.tried_at) if known.tried and known.tried_at else CopyItem.tried_at.remove(),
            CopyItem.cursor.set(known.cursor) if known.cursor else CopyItem.cursor.remove(),
            CopyItem.refusals.set(known.refusals),
        ]
        _key(known).update(actions)

    def ours(self, far: Far) -> tuple[str, int] | None:
        """Chat and `seq` of the message that this one of the provider is."""
        item = items.get(FarItem, _far(far), "F")
        return (item.chat_id, int(item.seq)) if item else None

    def add_from(self, far: Far, message: Message, copy: Copy) -> bool | None:
        """A provider's message becomes ours, once. False if its `seq` is taken, None if it came before."""
        known = FarItem(_far(far), "F", chat_id=message.chat_id, seq=message.seq)
        if self.ours(far):
            return None
        with conditions() as outcome, items.transaction() as write:
            write.save(known, condition=Item.pk.does_not_exist())
            write.save(message_item(message), condition=Item.pk.does_not_exist())
            write.save(_item(copy), condition=Item.pk.does_not_exist())
        if outcome.held:
            return True
        return None if self.ours(far) else False

    def note_heard(self, copy: Copy, at: str) -> None:
        _key(copy).update([*_names(copy), CopyItem.heard.set(at)])

    def keep_early(self, heard: Heard, now: datetime) -> None:
        """Of several the last; a deletion is the last of all."""
        item = EarlyItem(_far(heard.target), "E", what=heard.what, text=heard.text, at=heard.at, gone_at=now + _EARLY)
        older = EarlyItem.pk.does_not_exist() | ((EarlyItem.what != "deleted") & (EarlyItem.at <= heard.at))
        with conditions():
            item.save(older if heard.what == "edited" else None)

    def early(self, far: Far) -> tuple[str, str] | None:
        """What was done to a message before it came itself, and its text then."""
        item = items.get(EarlyItem, _far(far), "E")
        return (item.what, item.text) if item else None


def _far(far: Far) -> str:
    return f"F#{keys.digest(far.key)}"


def _between(first: int, last: int) -> Condition:
    return CopyItem.sk.between(f"L#{first:010d}#", f"L#{last:010d}~")


def _key(copy: Copy) -> CopyItem:
    return CopyItem(keys.chat(copy.chat_id), keys.copy(copy.seq, copy.destination))


def _names(copy: Copy) -> list[Action]:
    """Which copy it is, for an item that may not be there yet."""
    return [
        CopyItem.kind.set(CopyItem),
        CopyItem.chat_id.set(copy.chat_id),
        CopyItem.seq.set(copy.seq),
        CopyItem.destination.set(copy.destination),
    ]


def _item(copy: Copy) -> CopyItem:
    return CopyItem(
        keys.chat(copy.chat_id),
        keys.copy(copy.seq, copy.destination),
        chat_id=copy.chat_id,
        seq=copy.seq,
        destination=copy.destination,
        version=copy.version,
        place=copy.place,
        far_id=copy.far_id,
        state=copy.state,
    )


def _copy(item: CopyItem) -> Copy:
    return Copy(
        chat_id=item.chat_id,
        seq=int(item.seq),
        destination=item.destination,
        version=int(item.version),
        place=item.place,
        far_id=item.far_id,
        state=one_of(CopyState, item.state or CopyState.RETRYING, CopyState.RETRYING),
        detail=item.detail,
        reactions=tuple(item.reactions or ()),
        refused_emojis=tuple(item.refused_emojis or ()),
        tried=item.tried,
        tried_at=item.tried_at,
        cursor=item.cursor,
        refusals=int(item.refusals or 0),
        heard=item.heard,
    )
