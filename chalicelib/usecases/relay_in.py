"""In: what a participant writes in their own application becomes the chat's, once, whatever is replayed or reordered."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from ..domain import errors
from ..domain.characters import is_blank
from ..domain.chats import Chat, Membership, refuse_unless_open
from ..domain.messages import LONGEST, Author, Message, MessageKind, Reaction, mentions_in, refuse_unless_may_react
from ..domain.people import Account
from ..domain.relaying import InboundEvent, RelayedMessage, RelayState, version_of
from ..ports import Ports
from . import chats

log = logging.getLogger(__name__)
_TRIES = 40


def handle_once(ports: Ports, once: str, events: Iterable[InboundEvent]) -> None:
    """Noted when it is done: a crash brings it again, and an old edit that comes again late doesn't undo a newer one."""
    if ports.identities.was_seen(once):
        return
    for event in events:
        handle(ports, event)
    ports.identities.mark_seen(once, ports.now())


def handle(ports: Ports, event: InboundEvent) -> None:
    """Rights are looked up now: who was removed from the chat writes nothing into it, though their thread is still there."""
    account_id = event.account_id or ports.identities.account_of(event.identity)
    account = ports.accounts.get(account_id) if account_id else None
    if account is None:
        return
    match event.action:
        case "posted":
            _posted(ports, account, event)
        case "edited" | "deleted":
            _changed(ports, account, event)
        case "reacted" | "unreacted":
            _reacted(ports, account, event)


def _posted(ports: Ports, account: Account, event: InboundEvent) -> None:
    if ports.relayed_messages.of_remote(event.target) is not None:
        return
    early = ports.relayed_messages.early(event.target)
    if early:
        what, text = early
        event = replace(event, text="" if what == "deleted" else text)
    if is_blank(event.text):
        return
    result = _chat_for(ports, account, event)
    if result is None:
        log.info("a message from outside belongs to no chat: account %s", account.id)
        return
    chat, membership, reply_to = result
    if _is_shut(ports, chat):
        return
    text = event.text.strip()[:LONGEST]
    people = chats.participants(ports, chat.id) if "@" in text else ()
    message = Message(
        chat_id=chat.id,
        seq=0,
        text_count=0,
        author=Author(account_id=account.id, name=account.name, role=membership.role, via=membership.via),
        kind=MessageKind.TEXT,
        text=text,
        nonce=event.target.key,
        created_at=ports.now(),
        reply_to=reply_to,
        mentions=mentions_in(text, people),
        origin=event.identity.key,
    )
    _append(ports, chat, membership, message, event)


def _append(ports: Ports, chat: Chat, membership: Membership, message: Message, event: InboundEvent) -> None:
    """The message, the ledger's word where it came from, and its remote id, all or nothing."""
    head = chat.head
    for _ in range(_TRIES):
        message = replace(message, seq=head.seq + 1, text_count=head.text_count + 1)
        relayed = RelayedMessage(
            chat_id=chat.id,
            seq=message.seq,
            destination=event.identity.key,
            version=version_of(message),
            channel_id=event.target.channel_id,
            remote_id=event.target.id,
            state=RelayState.SENT,
        )
        added = ports.relayed_messages.add_from(event.target, message, relayed)
        if added is None:
            return
        if added:
            ports.chats.update_head(message)
            upto = replace(head, seq=message.seq, text_count=message.text_count)
            ports.chats.mark_read(membership, upto, message.created_at)
            return
        head = ports.messages.head(chat.id)
    raise errors.busy()


def _chat_for(ports: Ports, account: Account, event: InboundEvent) -> tuple[Chat, Membership, int] | None:
    """The one it was sent to; else by the thread it stands in; outside any thread, the only chat that this person reads there.

    What is answered may be anything; but a thread is a chat's, or nobody's.
    """
    if event.chat_id:
        chat, membership = ports.chats.with_membership(event.chat_id, account.id)
        return (chat, membership, 0) if chat and membership else None
    existing = ports.relayed_messages.of_remote(event.parent) if event.parent else None
    if existing:
        chat, membership = ports.chats.with_membership(existing[0], account.id)
        return (chat, membership, existing[1]) if chat and membership else None
    if event.is_in_thread:
        return None
    mine = [place for place in ports.chats.memberships(account.id) if place.via is event.identity.provider.via]
    if len(mine) != 1:
        return None
    chat, membership = ports.chats.with_membership(mine[0].chat_id, account.id)
    return (chat, membership, 0) if chat and membership else None


def _changed(ports: Ports, account: Account, event: InboundEvent) -> None:
    if ports.relayed_messages.of_remote(event.target) is None:
        ports.relayed_messages.keep_early(event, ports.now())
        return
    message = _target(ports, account, event)
    if message is None or message.author is None or message.author.account_id != account.id or message.deleted_at:
        return
    relayed = ports.relayed_messages.get(message.chat_id, message.seq, event.identity.key)
    if event.action == "edited" and event.at < relayed.last_change:
        return  # a newer change was heard of before
    now = message.next_change(ports.now())
    if event.action == "deleted":
        ports.messages.delete(message, now)
    elif not is_blank(event.text) and event.text.strip() != message.text:
        text = event.text.strip()[:LONGEST]
        people = chats.participants(ports, message.chat_id) if "@" in text else ()
        mentions = mentions_in(text, people, [mention.account_id for mention in message.mentions])
        ports.messages.edit(replace(message, text=text, mentions=mentions), now)
        ports.relayed_messages.set_last_change(relayed, event.at)


def _reacted(ports: Ports, account: Account, event: InboundEvent) -> None:
    message = _target(ports, account, event)
    if message is None or message.deleted_at or not event.emoji:
        return
    reaction = Reaction(message.seq, event.emoji, account.id)
    if event.action == "unreacted":
        ports.messages.unreact(message.chat_id, reaction)
        return
    try:
        refuse_unless_may_react(reaction, ports.messages.page(message.chat_id, message.seq, message.seq).reactions)
    except errors.Refusal as refusal:
        log.info("reaction not taken: %s, chat %s, account %s", refusal.code, message.chat_id, account.id)
        return
    ports.messages.react(message.chat_id, reaction)


def _target(ports: Ports, account: Account, event: InboundEvent) -> Message | None:
    """Our message that this is about, if the person is still in its chat."""
    existing = ports.relayed_messages.of_remote(event.target)
    if existing is None:
        return None
    chat, membership = ports.chats.with_membership(existing[0], account.id)
    if chat is None or membership is None or _is_shut(ports, chat):
        return None
    return ports.messages.get(existing[0], existing[1])


def _is_shut(ports: Ports, chat: Chat) -> bool:
    """Closed, or without a member: nothing from outside gets in."""
    try:
        refuse_unless_open(chat, ports.now())
    except errors.Refusal as refusal:
        log.info("not taken in: %s, chat %s", refusal.code, chat.id)
        return True
    return False
