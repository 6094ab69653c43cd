"""In: what a participant writes in their own application becomes the chat's, once, whatever is replayed or reordered."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import replace

from ..domain import errors
from ..domain.characters import is_blank
from ..domain.chats import Chat, ChatHead, Membership, refuse_unless_open
from ..domain.ids import Ids
from ..domain.messages import LONGEST, Author, Message, MessageKind, Reaction, refuse_unless_may_react
from ..domain.people import Account
from ..domain.providers import Provider
from ..domain.relaying import InboundEvent, RelayedMessage, RelayState, RemoteMessageRef, version_of
from ..ports import Ports
from . import messages, received_files, relay_answers, relay_greeting, ways
from .relay_in_texts import Part, named, parts_of

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
    if event.action in relay_greeting.ACTIONS:
        relay_greeting.greet(ports, event, account)
        return
    if account is None:
        relay_answers.answer_stranger(ports, event)
        return
    match event.action:
        case "posted":
            _posted(ports, account, event)
        case "chosen":
            _chosen(ports, account, event)
        case "edited" | "deleted" | "restored":
            _changed(ports, account, event)
        case "reacted" | "unreacted":
            _reacted(ports, account, event)


def _posted(ports: Ports, account: Account, event: InboundEvent) -> None:
    """A long text that came before goes on where it was: it may have become some of its messages only."""
    if len(event.text) <= LONGEST and ports.relayed_messages.of_remote(event.target) is not None:
        return
    early = ports.relayed_messages.early(event.target)
    if early:
        what, text = early
        event = replace(event, text="" if what == "deleted" else text, mentions=None)
    if is_blank(event.text) and not event.file_ids:
        return
    result = None if relay_answers.is_greeting(event) else _chat_for(ports, account, event)
    if result is None:
        log.info("a message from outside belongs to no chat: account %s", account.id)
        relay_answers.answer(ports, event, account)
    else:
        _place(ports, account, event, result)


def _chosen(ports: Ports, account: Account, event: InboundEvent) -> None:
    """The words go there once; whoever chooses again is told where they are."""
    if ports.relayed_messages.of_remote(event.target) is None:
        _posted(ports, account, relay_answers.carried(ports, event))
    relay_answers.say_where(ports, event, account)


def _place(ports: Ports, account: Account, event: InboundEvent, where: tuple[Chat, Membership, int]) -> None:
    chat, membership, reply_to = where
    if _is_shut(ports, chat):
        return
    if event.identity.provider is Provider.MAIL:
        ways.resume(ports, chat, account, membership)
    if event.file_ids:
        _post_with_files(ports, account, event)
        return
    author = Author(account_id=account.id, name=account.name, role=membership.role, via=membership.via)
    head, taken = chat.head, received_files.received(ports, account, chat, membership, event)
    for number, part in enumerate(parts_of(ports, chat.id, event)):
        shown = replace(part, text=received_files.without(part.text, taken.lines))
        message = _message(ports, chat, author, event, shown)
        message = replace(message, reply_to=0 if number else reply_to, files=() if number else taken.files)
        head = _append(ports, membership, message, event.target.part(number), head)


def _post_with_files(ports: Ports, account: Account, event: InboundEvent) -> None:
    """As from a page, for a file is its author's own until the message has taken it; the event's id makes it once."""
    draft = messages.MessageDraft(text=event.text.strip(), files=event.file_ids, mail_id=event.mail_id)
    message, _ = messages.post(ports, account, event.chat_id, draft, Ids(secrets.token_bytes, event.target.key))
    relayed = RelayedMessage(
        chat_id=message.chat_id,
        seq=message.seq,
        destination=event.identity.key,
        version=version_of(message),
        channel_id=event.target.channel_id,
        remote_id=event.target.id,
        state=RelayState.SENT,
    )
    ports.relayed_messages.finish(relayed, event.target)


def _message(ports: Ports, chat: Chat, author: Author, event: InboundEvent, part: Part) -> Message:
    return Message(
        chat_id=chat.id,
        seq=0,
        text_count=0,
        author=author,
        kind=MessageKind.TEXT,
        text=part.text,
        nonce=event.target.key,
        created_at=ports.now(),
        mentions=part.mentions,
        origin=event.identity.key,
        mail_id=event.mail_id,
    )


def _append(ports: Ports, membership: Membership, message: Message, ref: RemoteMessageRef, head: ChatHead) -> ChatHead:
    """The message, the ledger's word where it came from, and its remote id, all or nothing. `ref` may be of a part."""
    message = replace(message, nonce=ref.key)
    for _ in range(_TRIES):
        message = replace(message, seq=head.seq + 1, text_count=head.text_count + 1)
        added = ports.relayed_messages.add_from(ref, message, _relayed(message, ref))
        if added is None:
            return head
        if added:
            ports.chats.update_head(message)
            head = replace(head, seq=message.seq, text_count=message.text_count)
            ports.chats.mark_read(membership, head, message.created_at)
            return head
        head = ports.messages.head(message.chat_id)
    raise errors.busy()


def _relayed(message: Message, ref: RemoteMessageRef) -> RelayedMessage:
    """Where it stands there: all parts of a long message are one there."""
    return RelayedMessage(
        chat_id=message.chat_id,
        seq=message.seq,
        destination=message.origin,
        version=version_of(message),
        channel_id=ref.channel_id,
        remote_id=ref.id.partition("/")[0],
        state=RelayState.SENT,
    )


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
        ports.relayed_messages.keep_early(replace(event, text=named(ports, event)), ports.now())
        return
    result = _target(ports, account, event)
    if result is None or not result[1].author or result[1].author.account_id != account.id:
        return
    membership, message = result
    messages = _parts_of(ports, event.target, message)
    if event.action == "deleted":
        for item in reversed(messages):
            _delete(ports, item)
    elif event.action == "restored" or not all(item.deleted_at for item in messages):
        _edited(ports, membership, messages, event)


def _edited(ports: Ports, membership: Membership, messages: list[Message], event: InboundEvent) -> None:
    relayed = ports.relayed_messages.get(membership.chat_id, messages[0].seq, event.identity.key)
    if event.action == "edited" and event.at < relayed.last_change:
        return  # a newer change was heard of before
    if not is_blank(event.text) and _edit(ports, membership, messages, event):
        ports.relayed_messages.set_last_change(relayed, event.at)


def _parts_of(ports: Ports, ref: RemoteMessageRef, first: Message) -> list[Message]:
    """The messages here that one of theirs became, those that were deleted among them."""
    results = [first]
    while existing := ports.relayed_messages.of_remote(ref.part(len(results))):
        message = ports.messages.get(*existing)
        if message is None:
            break
        results.append(message)
    return results


def _edit(ports: Ports, membership: Membership, messages: list[Message], event: InboundEvent) -> bool:
    """Its parts, as many as there are now: further ones come behind whatever was said since, and so does what was deleted and is
    restored, for nobody's copy of it stands any more. Whether anything changed.
    """
    standing = [message for message in messages if not message.deleted_at]
    wanted = parts_of(ports, membership.chat_id, event, [item for message in standing for item in message.mentions])
    files = received_files.lines_of(event, messages)
    wanted = [replace(part, text=received_files.without(part.text, files)) for part in wanted]
    changed = [(item, part) for item, part in zip(standing, wanted, strict=False) if item.text != part.text]
    for message, part in changed:
        edited = replace(message, text=part.text, mentions=part.mentions)
        ports.messages.edit(edited, message.next_change(ports.now()))
    for message in reversed(standing[len(wanted) :]):
        _delete(ports, message)
    for number, part in enumerate(wanted[len(standing) :], len(messages)):
        new = replace(messages[0], text=part.text, mentions=part.mentions, created_at=ports.now(), reply_to=0)
        new = replace(new, edited_at=None, deleted_at=None, files=())
        _append(ports, membership, new, event.target.part(number), ports.messages.head(new.chat_id))
    return bool(changed) or len(standing) != len(wanted)


def _delete(ports: Ports, message: Message) -> None:
    if not message.deleted_at:
        ports.messages.delete(message, message.next_change(ports.now()))


def _reacted(ports: Ports, account: Account, event: InboundEvent) -> None:
    result = _target(ports, account, event)
    if result is None or not event.emoji:
        return
    parts = _parts_of(ports, event.target, result[1]) if result[1].deleted_at else [result[1]]
    message = next((item for item in parts if not item.deleted_at), None)
    if message is None:
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


def _target(ports: Ports, account: Account, event: InboundEvent) -> tuple[Membership, Message] | None:
    """Our message that this is about, if the person is still in its chat."""
    existing = ports.relayed_messages.of_remote(event.target)
    if existing is None:
        return None
    chat, membership = ports.chats.with_membership(existing[0], account.id)
    if chat is None or membership is None or _is_shut(ports, chat):
        return None
    message = ports.messages.get(existing[0], existing[1])
    return (membership, message) if message else None


def _is_shut(ports: Ports, chat: Chat) -> bool:
    """Closed, or without a member: nothing from outside gets in."""
    try:
        refuse_unless_open(chat, ports.now())
    except errors.Refusal as refusal:
        log.info("not taken in: %s, chat %s", refusal.code, chat.id)
        return True
    return False
