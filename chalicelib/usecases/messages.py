"""Writing in a chat and reading it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..domain import errors
from ..domain.chats import Chat, Newest, Place
from ..domain.emojis import is_custom
from ..domain.ids import Ids
from ..domain.messages import (
    PAGE,
    PAGE_MOST,
    Author,
    Event,
    Mention,
    Message,
    MessageKind,
    Page,
    Reaction,
    checked_emoji,
    checked_text,
    mentions_in,
    refuse_unless_author,
    seq_of,
)
from ..domain.people import Account
from ..ports import Ports
from . import chats

_TRIES = 40


@dataclass(frozen=True, slots=True)
class Read:
    """A page as one person may see it."""

    page: Page
    place: Place
    chat: Chat


def post(
    ports: Ports, account: Account, chat_id: str, text: str, reply_to: str, ids: Ids, mentions: Sequence[str] = ()
) -> tuple[Message, Place]:
    """Appends a message: the next `seq` is the one that nobody has yet. `mentions`: see `mentions_in`."""
    chat, place = chats.as_participant(ports, account, chat_id)
    text = checked_text(text)
    nonce = ids()
    if ids.may_repeat and (before := ports.messages.by_nonce(chat_id, nonce, max(0, chat.last_seq - PAGE_MOST))):
        return before, place
    message = Message(
        chat_id=chat_id,
        seq=0,
        texts=0,
        author=Author(account_id=account.id, name=account.name, role=place.role, via=place.via),
        kind=MessageKind.TEXT,
        text=text,
        nonce=nonce,
        created_at=ports.now(),
        reply_to=_target(ports, place, reply_to),
        mentions=_mentions(ports, chat_id, text, mentions),
    )
    message = append(ports, chat, message)
    ports.chats.mark_read(place, Newest(message.seq, message.texts))
    return message, place


def append(ports: Ports, chat: Chat, message: Message) -> Message:
    """Gives the message its `seq` and stores it; as often as somebody else was faster, the next one."""
    return _append(ports, chat, message, ports.messages.add)


def tell(ports: Ports, chat: Chat, event: Event, nonce: str) -> None:
    """A line in the chat about what happened, once for each nonce."""
    message = Message(
        chat_id=chat.id,
        seq=0,
        texts=0,
        author=None,
        kind=MessageKind.EVENT,
        text="",
        nonce=nonce,
        created_at=ports.now(),
        event=event,
    )
    _append(ports, chat, message, ports.messages.add_event)


def read(
    ports: Ports, account: Account, chat_id: str, before: int | None, after: int | None, limit: int | None
) -> Read:
    """A page in order of `seq`: the newest, or those before or after one. Never what lies before the reader's history."""
    chat, place = chats.as_participant(ports, account, chat_id)
    return page_for(ports, chat, place, before, after, limit or PAGE)


def page_for(ports: Ports, chat: Chat, place: Place, before: int | None, after: int | None, limit: int) -> Read:
    """As whoever sits at this place sees it."""
    if after is not None:
        first, last = max(after + 1, place.reads_from), max(after + 1, place.reads_from) + limit - 1
        page = ports.messages.page(chat.id, first, last)
    elif before is not None:
        first, last = max(before - limit, place.reads_from), before - 1
        page = ports.messages.page(chat.id, first, last) if last >= first else Page(())
    else:
        # `last_seq` may lag behind, so the end is left open: whatever is newer comes with the same query.
        first = max(chat.last_seq - limit + 1, place.reads_from)
        page = _newest(ports.messages.page(chat.id, first, None), limit)
    return Read(page, place, chat)


def edit(
    ports: Ports, account: Account, chat_id: str, message_id: str, text: str, chosen: Sequence[str] | None = None
) -> tuple[Message, Place]:
    """`chosen`: see `mentions_in`; None where whoever was meant before is meant still."""
    message, place = _own(ports, account, chat_id, message_id)
    text = checked_text(text)
    before = [one.account_id for one in message.mentions]
    mentions = _mentions(ports, chat_id, text, before if chosen is None else chosen)
    now = message.next_change(ports.now())
    if not ports.messages.edit(replace(message, text=text, mentions=mentions), now):
        raise errors.conflict("deleted", "This message was deleted.")
    return replace(message, text=text, mentions=mentions, edited_at=now), place


def _mentions(ports: Ports, chat_id: str, text: str, chosen: Sequence[str]) -> tuple[Mention, ...]:
    return mentions_in(text, chats.participants(ports, chat_id), chosen) if "@" in text else ()


def delete(ports: Ports, account: Account, chat_id: str, message_id: str) -> None:
    """The text is gone at once, for everybody; the line that it was there stays. Again is the same answer."""
    message, place = seen(ports, account, chat_id, message_id)
    if message.deleted_at and message.author is not None and message.author.account_id == account.id:
        return
    refuse_unless_author(message, place)
    ports.messages.delete(message, message.next_change(ports.now()))


def react(ports: Ports, account: Account, chat_id: str, message_id: str, emoji: str, on: bool) -> None:
    message, _ = seen(ports, account, chat_id, message_id)
    if not (is_custom(emoji) and _stands(ports, message, emoji)):
        emoji = checked_emoji(emoji)
    reaction = Reaction(message.seq, emoji, account.id)
    if message.deleted_at is not None:
        raise errors.conflict("deleted", "This message was deleted.")
    if on:
        ports.messages.react(chat_id, reaction)
    else:
        ports.messages.unreact(chat_id, reaction)


def _stands(ports: Ports, message: Message, emoji: str) -> bool:
    """A custom emoji comes from somebody's Slack; here one can join in or take oneself out."""
    return any(one.emoji == emoji for one in ports.messages.page(message.chat_id, message.seq, message.seq).reactions)


def mark_read(ports: Ports, account: Account, chat_id: str, seq: int) -> None:
    """Up to `seq`, never back, and never further than what is there."""
    chat, place = chats.as_participant(ports, account, chat_id)
    upto = chat.newest
    if seq > upto.seq:
        upto = ports.messages.newest(chat_id)
    if seq < upto.seq:
        message = ports.messages.get(chat_id, seq)
        upto = Newest(message.seq, message.texts) if message else Newest()
    if upto.seq > place.read_to:
        ports.chats.mark_read(place, upto)


def around(ports: Ports, message: Message) -> Page:
    """A new message as a page, with the one that it replies to."""
    replied = ports.messages.get(message.chat_id, message.reply_to) if message.reply_to else None
    return Page((message,), (), {message.reply_to: replied} if replied else {})


def _append(ports: Ports, chat: Chat, message: Message, add: Callable[[Message], int]) -> Message:
    newest = chat.newest
    for _ in range(_TRIES):
        texts = newest.texts + (message.kind is MessageKind.TEXT)
        message = replace(message, seq=newest.seq + 1, texts=texts)
        stands_at = add(message)
        if stands_at == message.seq:
            ports.chats.sum_up(message)
        if stands_at:
            return replace(message, seq=stands_at)
        newest = ports.messages.newest(chat.id)
    raise errors.busy()


def _newest(page: Page, limit: int) -> Page:
    messages = page.messages[-limit:]
    first = messages[0].seq if messages else 0
    return Page(messages, tuple(one for one in page.reactions if one.seq >= first), page.replied)


def _target(ports: Ports, place: Place, reply_to: str) -> int:
    """The `seq` of the message that is replied to; it must be there and within the writer's history."""
    if not reply_to:
        return 0
    try:
        seq = seq_of(reply_to, place.chat_id)
    except errors.Refusal:
        seq = 0
    if not seq or not place.may_see(seq) or ports.messages.get(place.chat_id, seq) is None:
        raise errors.wrong_field("reply_to", "unknown_message", "The message you reply to isn't in this chat.")
    return seq


def seen(ports: Ports, account: Account, chat_id: str, message_id: str) -> tuple[Message, Place]:
    """A message within the reader's history; any other is not there."""
    _, place = chats.as_participant(ports, account, chat_id)
    seq = seq_of(message_id, chat_id)
    message = ports.messages.get(chat_id, seq) if place.may_see(seq) else None
    if message is None:
        raise errors.unknown()
    return message, place


def _own(ports: Ports, account: Account, chat_id: str, message_id: str) -> tuple[Message, Place]:
    message, place = seen(ports, account, chat_id, message_id)
    refuse_unless_author(message, place)
    return message, place
