"""Chats and people's places in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import size
from pynamodb.expressions.update import Action

from ..domain.chats import Chat, ChatHead, Level, Membership, PreviewMember
from ..domain.invitations import Invitation
from ..domain.messages import Message
from ..domain.providers import Via
from . import items, keys, mapping
from .errors import conditional_write, translate_errors
from .items import ChatItem, InvitationItem, Item, MembershipItem
from .mapping import chat, chat_item, invitation, invitation_item, membership, membership_item
from .reading import each, maybe

_MOST_MENTIONS, _MOST_DELETED = 100, 40


@translate_errors
class Chats:
    """Whatever is read here is as the clock has it: a place whose end has come isn't there, whoever asks."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def with_membership(self, chat_id: str, account_id: str) -> tuple[Chat | None, Membership | None]:
        here, theirs = (keys.chat(chat_id), "C"), (keys.account(account_id), keys.membership(chat_id))
        results = items.get_all([here, theirs])
        item, mine = results.get(here), results.get(theirs)
        return maybe(chat, item), self._held(maybe(membership, mine))

    def roster(self, chat_id: str) -> tuple[Chat, tuple[Invitation, ...]] | None:
        items = list(Item.query(keys.chat(chat_id), Item.sk.startswith("C"), consistent_read=True))
        if not items or not isinstance(items[0], ChatItem):
            return None
        entry = maybe(chat, items[0])
        invitations = each(invitation, (item for item in items[1:] if isinstance(item, InvitationItem)))
        now = self._now()
        return (entry, tuple(record.as_of(now) for record in invitations)) if entry else None

    def memberships(self, account_id: str) -> list[Membership]:
        items = MembershipItem.query(keys.account(account_id), MembershipItem.sk.startswith("C#"), consistent_read=True)
        now = self._now()
        return [place for place in each(membership, items) if place.holds_at(now)]

    def _held(self, place: Membership | None) -> Membership | None:
        return place if place and place.holds_at(self._now()) else None

    def get_many(self, chat_ids: Iterable[str]) -> dict[str, Chat]:
        results = items.get_all((keys.chat(chat_id), "C") for chat_id in chat_ids)
        return {chat.id: chat for chat in each(chat, results.values())}

    def add(
        self, new: Chat, founder: Membership, invitations: Sequence[Invitation], memberships: Sequence[Membership]
    ) -> None:
        items.put_all([*map(invitation_item, invitations), *map(membership_item, (*memberships, founder))])
        chat_item(new, told=_invited(invitations, new.founder_name, new.founder_id)).save()

    def rename(self, old: Chat, name: str, by: str, now: datetime) -> bool:
        told = {"type": "chat.renamed", "name": name, "by": by, "version": old.roster_version + 1}
        return self._change(
            old,
            ChatItem.name.set(name) if name else ChatItem.name.remove(),
            ChatItem.roster_version.set(old.roster_version + 1),
            ChatItem.last_event.set(told),
        )

    def call_founder(self, chat: Chat, name: str, picture: str) -> None:
        looks = ChatItem.founder_picture.set(picture) if picture else ChatItem.founder_picture.remove()
        with conditional_write():
            mine = ChatItem.founder_id == chat.founder_id
            ChatItem(keys.chat(chat.id), "C").update([ChatItem.founder_name.set(name), looks], mine)

    def set_preview(self, chat_id: str, preview: Sequence[PreviewMember], waiting: Sequence[tuple[str, int]]) -> None:
        actions: list[Action] = [
            ChatItem.preview.set(mapping.preview_json(preview)),
            ChatItem.waiting.set([list(entry) for entry in waiting]) if waiting else ChatItem.waiting.remove(),
        ]
        with conditional_write():
            ChatItem(keys.chat(chat_id), "C").update(actions, ChatItem.pk.exists())

    def update_head(self, message: Message) -> None:
        actions: list[Action] = [
            ChatItem.last_seq.set(message.seq),
            ChatItem.last_text_count.set(message.text_count),
            ChatItem.last_at.set(message.created_at),
        ]
        older = ChatItem.pk.exists() & (ChatItem.last_seq < message.seq)
        with conditional_write():
            ChatItem(keys.chat(message.chat_id), "C").update(actions, older)

    def mark_read(self, membership: Membership, upto: ChatHead, wrote_at: datetime | None = None) -> None:
        further = MembershipItem.pk.exists() & (MembershipItem.read_to < upto.seq)
        actions: list[Action] = [
            MembershipItem.read_to.set(upto.seq),
            MembershipItem.read_text_count.set(upto.text_count),
        ]
        if wrote_at is not None:
            actions.append(MembershipItem.wrote_at.set(wrote_at))
        read = {seq for seq in membership.mentioned_in if seq <= upto.seq}
        if read:
            actions.append(MembershipItem.mentioned_in.delete(read))
        with conditional_write():
            membership_item(membership).update(actions, further)

    def mark_unread(
        self, membership: Membership, from_head: ChatHead, mentioned_in: Iterable[int], text_count: int
    ) -> None:
        mentioned = set(map(float, mentioned_in))
        actions: list[Action] = [
            MembershipItem.read_to.set(from_head.seq),
            MembershipItem.read_text_count.set(from_head.text_count),
            MembershipItem.notified_text_count.set(text_count),
            MembershipItem.mentioned_in.set(mentioned) if mentioned else MembershipItem.mentioned_in.remove(),
        ]
        with conditional_write():
            membership_item(membership).update(actions, MembershipItem.pk.exists())

    def hide(self, membership: Membership, text_count: int | None) -> None:
        hidden = MembershipItem.hidden_text_count
        with conditional_write():
            membership_item(membership).update(
                [hidden.set(text_count) if text_count is not None else hidden.remove()], MembershipItem.pk.exists()
            )

    def count_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        few = MembershipItem.mentioned_in.does_not_exist() | (size(MembershipItem.mentioned_in) < _MOST_MENTIONS)  # type: ignore[no-untyped-call]
        unread = MembershipItem.pk.exists() & (MembershipItem.read_to < seq) & few
        with conditional_write():
            MembershipItem(keys.account(account_id), keys.membership(chat_id)).update(
                [MembershipItem.mentioned_in.add({seq})], unread
            )

    def uncount_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        counted = MembershipItem.mentioned_in.contains(seq)
        with conditional_write():
            MembershipItem(keys.account(account_id), keys.membership(chat_id)).update(
                [MembershipItem.mentioned_in.delete({seq})], counted
            )

    def note_deleted(self, chat_id: str, seq: int) -> None:
        item = ChatItem(keys.chat(chat_id), "C")
        with conditional_write() as outcome:
            item.update([ChatItem.deleted.add({seq})], ChatItem.pk.exists())
        existing = sorted(item.deleted or ()) if outcome.held else []
        if len(existing) > _MOST_DELETED:
            item.update([ChatItem.deleted.delete(set(existing[: -_MOST_DELETED // 2]))], ChatItem.pk.exists())

    def mark_notified(self, membership: Membership, upto: ChatHead) -> None:
        further = MembershipItem.notified_text_count.does_not_exist()
        further |= MembershipItem.notified_text_count < upto.text_count
        actions: list[Action] = [
            MembershipItem.notified_text_count.set(upto.text_count),
            MembershipItem.notified_seq.set(upto.seq),
        ]
        with conditional_write():
            membership_item(membership).update(actions, MembershipItem.pk.exists() & further)

    def forget_invited(self, chat_id: str, invitation_id: str) -> None:
        item = items.get(ChatItem, keys.chat(chat_id), "C")
        told = item.last_event if item else None
        if told and invitation_id in told.get("invitation_ids", ()):
            kept = [
                pair for pair in zip(told["invitation_ids"], told["emails"], strict=True) if pair[0] != invitation_id
            ]
            after = {**told, "invitation_ids": [entry for entry, _ in kept], "emails": [email for _, email in kept]}
            with conditional_write():
                ChatItem(keys.chat(chat_id), "C").update([ChatItem.last_event.set(after)], ChatItem.last_event == told)

    def retell(self, chat_id: str, retold: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        item = items.get(ChatItem, keys.chat(chat_id), "C")
        told = item.last_event if item else None
        if told and (after := retold(told)) != told:
            with conditional_write():
                ChatItem(keys.chat(chat_id), "C").update([ChatItem.last_event.set(after)], ChatItem.last_event == told)

    def choose_level(self, membership: Membership, level: Level) -> None:
        with conditional_write():
            membership_item(membership).update([MembershipItem.level.set(level)], MembershipItem.pk.exists())

    def note_registered(self, chat_id: str) -> None:
        with conditional_write():
            ChatItem(keys.chat(chat_id), "C").update([ChatItem.is_registered.set(True)], ChatItem.pk.exists())

    def choose_via(self, membership: Membership, via: Via, identity: str, organization: str = "") -> None:
        known = [InvitationItem.organization.set(organization)] if organization else []
        record = InvitationItem(keys.chat(membership.chat_id), keys.invitation(membership.invitation_id))
        with conditional_write(), items.transaction() as write:
            write.update(
                membership_item(membership),
                actions=[MembershipItem.via.set(str(via))],
                condition=MembershipItem.pk.exists() & (MembershipItem.invitation_id == membership.invitation_id),
            )
            write.update(
                record,
                actions=[
                    InvitationItem.via.set(str(via)),
                    InvitationItem.identity.set(identity) if identity else InvitationItem.identity.remove(),
                    *known,
                ],
                condition=InvitationItem.account_id == membership.account_id,
            )

    def note_memberless(self, chat_id: str, since: datetime) -> bool:
        new = ChatItem.pk.exists() & ChatItem.memberless_since.does_not_exist() & ChatItem.closed_at.does_not_exist()
        with conditional_write() as outcome:
            ChatItem(keys.chat(chat_id), "C").update([ChatItem.memberless_since.set(since)], new)
        return outcome.held

    def take_over(self, old: Chat, record: Invitation, place: Membership, by: str) -> bool:
        told = {"type": "chat.taken_over", "by": by, "account_id": place.account_id, "version": old.roster_version + 1}
        actions: list[Action] = [
            ChatItem.memberless_since.remove(),
            ChatItem.roster_version.set(old.roster_version + 1),
            ChatItem.last_event.set(told),
        ]
        without = (ChatItem.memberless_since == old.memberless_since) & ChatItem.closed_at.does_not_exist()
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            write.update(ChatItem(keys.chat(old.id), "C"), actions=actions, condition=without)
            write.save(invitation_item(record), condition=Item.pk.does_not_exist())
            write.save(membership_item(place), condition=Item.pk.does_not_exist())
        return outcome.held

    def close(self, old: Chat, at: datetime, by: str, by_id: str) -> bool:
        told = {"type": "chat.closed", "by": by, "account_id": by_id, "at": round(at.timestamp() * 1000)}
        without = (ChatItem.memberless_since == old.memberless_since) & ChatItem.closed_at.does_not_exist()
        with conditional_write() as outcome:
            ChatItem(keys.chat(old.id), "C").update(
                [ChatItem.closed_at.set(at), ChatItem.last_event.set(told)], without
            )
        return outcome.held

    def _change(self, old: Chat, *actions: Any) -> bool:
        """A change to the chat as it was read; False if it changed meanwhile."""
        with conditional_write() as outcome:
            ChatItem(keys.chat(old.id), "C").update(list(actions), ChatItem.roster_version == old.roster_version)
        return outcome.held


def _invited(invitations: Sequence[Invitation], by: str, by_id: str) -> dict[str, Any]:
    return invited_event([invitation for invitation in invitations if invitation.was_mailed], by, by_id, 1)


def invited_event(invited: Sequence[Invitation], by: str, by_id: str, version: int) -> dict[str, Any]:
    """What the chat will be told about a call that invited people; bounded, however many they are."""
    named = invited[:3]
    return {
        "type": "invitation.sent",
        "by": by,
        "account_id": by_id,
        "emails": [invitation.email for invitation in named],
        "invitation_ids": [invitation.id for invitation in named],
        "count": len(invited),
        "version": version,
    }
