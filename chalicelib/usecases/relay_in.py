"""In: what a participant writes in their own Slack or Teams becomes the chat's, once, whatever is replayed or reordered."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from ..domain import errors
from ..domain.characters import is_blank
from ..domain.chats import Chat, Place
from ..domain.identities import Provider
from ..domain.messages import LONGEST, Author, Message, MessageKind, Reaction, mentions_in
from ..domain.people import Account
from ..domain.relaying import Copy, CopyState, Heard, version_of
from ..ports import Ports
from . import chats

log = logging.getLogger(__name__)
_TRIES = 40


def take_once(ports: Ports, once: str, all_heard: Iterable[Heard]) -> None:
    """Noted when it is done: a crash brings it again, and an old edit that comes again late doesn't undo a newer one."""
    if ports.identities.was_taken(once):
        return
    for heard in all_heard:
        take(ports, heard)
    ports.identities.is_first(once, ports.now())


def take(ports: Ports, heard: Heard) -> None:
    """Rights are looked up now: who was removed from the chat writes nothing into it, though their thread is still there."""
    account_id = ports.identities.account_of(heard.identity)
    account = ports.accounts.get(account_id) if account_id else None
    if account is None:
        return
    match heard.what:
        case "posted":
            _posted(ports, account, heard)
        case "edited" | "deleted":
            _changed(ports, account, heard)
        case "reacted" | "unreacted":
            _reacted(ports, account, heard)


def _posted(ports: Ports, account: Account, heard: Heard) -> None:
    if ports.copies.ours(heard.target) is not None:
        return
    early = ports.copies.early(heard.target)
    if early:
        what, text = early
        heard = replace(heard, text="" if what == "deleted" else text)
    if is_blank(heard.text):
        return
    found = _chat_for(ports, account, heard)
    if found is None:
        log.info("a message from outside belongs to no chat: account %s", account.id)
        return
    chat, place, reply_to = found
    text = heard.text.strip()[:LONGEST]
    people = chats.participants(ports, chat.id) if "@" in text else ()
    message = Message(
        chat_id=chat.id,
        seq=0,
        texts=0,
        author=Author(account_id=account.id, name=account.name, role=place.role, via=place.via),
        kind=MessageKind.TEXT,
        text=text,
        nonce=heard.target.key,
        created_at=ports.now(),
        reply_to=reply_to,
        mentions=mentions_in(text, people),
        origin=heard.identity.key,
    )
    _append(ports, chat, place, message, heard)


def _append(ports: Ports, chat: Chat, place: Place, message: Message, heard: Heard) -> None:
    """The message, the ledger's word where it came from, and its far id, all or nothing."""
    newest = chat.newest
    for _ in range(_TRIES):
        message = replace(message, seq=newest.seq + 1, texts=newest.texts + 1)
        copy = Copy(
            chat_id=chat.id,
            seq=message.seq,
            destination=heard.identity.key,
            version=version_of(message),
            place=heard.target.place,
            far_id=heard.target.id,
            state=CopyState.SENT,
        )
        added = ports.copies.add_from(heard.target, message, copy)
        if added is None:
            return
        if added:
            ports.chats.sum_up(message)
            ports.chats.mark_read(place, replace(newest, seq=message.seq, texts=message.texts))
            return
        newest = ports.messages.newest(chat.id)
    raise errors.busy()


def _chat_for(ports: Ports, account: Account, heard: Heard) -> tuple[Chat, Place, int] | None:
    """By the thread it stands in; outside any thread, the only chat that this person reads there.

    What is answered in Teams may be anything; a thread of Slack is a chat's, or nobody's.
    """
    known = ports.copies.ours(heard.parent) if heard.parent else None
    if known:
        chat, place = ports.chats.with_place(known[0], account.id)
        return (chat, place, known[1]) if chat and place else None
    if heard.parent and heard.identity.provider is Provider.SLACK:
        return None
    mine = [one for one in ports.chats.places(account.id) if one.via is heard.identity.provider.via]
    if len(mine) != 1:
        return None
    chat, place = ports.chats.with_place(mine[0].chat_id, account.id)
    return (chat, place, 0) if chat and place else None


def _changed(ports: Ports, account: Account, heard: Heard) -> None:
    if ports.copies.ours(heard.target) is None:
        ports.copies.keep_early(heard, ports.now())
        return
    message = _target(ports, account, heard)
    if message is None or message.author is None or message.author.account_id != account.id or message.deleted_at:
        return
    copy = ports.copies.get(message.chat_id, message.seq, heard.identity.key)
    if heard.what == "edited" and heard.at < copy.heard:
        return  # a newer change was heard of before
    now = message.next_change(ports.now())
    if heard.what == "deleted":
        ports.messages.delete(message, now)
    elif not is_blank(heard.text) and heard.text.strip() != message.text:
        text = heard.text.strip()[:LONGEST]
        people = chats.participants(ports, message.chat_id) if "@" in text else ()
        mentions = mentions_in(text, people, [one.account_id for one in message.mentions])
        ports.messages.edit(replace(message, text=text, mentions=mentions), now)
        ports.copies.note_heard(copy, heard.at)


def _reacted(ports: Ports, account: Account, heard: Heard) -> None:
    message = _target(ports, account, heard)
    if message is None or message.deleted_at or not heard.emoji:
        return
    reaction = Reaction(message.seq, heard.emoji, account.id)
    if heard.what == "reacted":
        ports.messages.react(message.chat_id, reaction)
    else:
        ports.messages.unreact(message.chat_id, reaction)


def _target(ports: Ports, account: Account, heard: Heard) -> Message | None:
    """Our message that this is about, if the person is still in its chat."""
    known = ports.copies.ours(heard.target)
    if known is None:
        return None
    chat, place = ports.chats.with_place(known[0], account.id)
    return ports.messages.get(known[0], known[1]) if chat and place else None
