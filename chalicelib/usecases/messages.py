"""Writing in a chat and reading it."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..domain import errors
from ..domain.chats import Chat, ChatHead, Membership
from ..domain.emojis import is_custom
from ..domain.ids import Ids
from ..domain.mentions import mentions_in
from ..domain.messages import (
    PAGE,
    PAGE_MOST,
    Author,
    Event,
    Mention,
    Message,
    MessageKind,
    MessagePage,
    Reaction,
    checked_emoji,
    checked_files,
    checked_text,
    refuse_unless_author,
    refuse_unless_may_react,
    seq_of,
)
from ..domain.people import Account
from ..ports import Ports
from . import chats, files

_TRIES = 40
_STEP, _LONGEST = 0.02, 0.25
"""Seconds for which somebody waits who lost the next `seq` to another one: at most so many more for each time, and at most."""


@dataclass(frozen=True, slots=True)
class Read:
    """A page as one person may see it."""

    page: MessagePage
    membership: Membership
    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """What somebody wants to say. `reply_to` is a message's id, `mentions` as in `mentions_in`, `files` are ids;
    `mail_id` is of the mail that it came with, `alts` say by a file's id what is seen in it.
    """

    text: str
    reply_to: str = ""
    mentions: Sequence[str] = ()
    files: Sequence[str] = ()
    mail_id: str = ""
    alts: Mapping[str, str] = field(default_factory=dict)


def post(ports: Ports, account: Account, chat_id: str, draft: MessageDraft, ids: Ids) -> tuple[Message, Membership]:
    """Appends a message: the next `seq` is the one that nobody has yet."""
    chat, membership = chats.as_writer(ports, account, chat_id)
    file_ids = checked_files(draft.files)
    text = checked_text(draft.text, has_files=bool(file_ids))
    nonce = ids()
    if ids.may_repeat and (before := ports.messages.by_nonce(chat_id, nonce, max(0, chat.last_seq - PAGE_MOST))):
        return before, membership
    message = Message(
        chat_id=chat_id,
        seq=0,
        text_count=0,
        author=Author(account_id=account.id, name=account.name, role=membership.role, via=membership.via),
        kind=MessageKind.TEXT,
        text=text,
        nonce=nonce,
        created_at=ports.now(),
        reply_to=_target(ports, membership, draft.reply_to),
        mentions=_mentions(ports, chat_id, text, draft.mentions),
        files=files.attached(ports, account, chat, membership, file_ids, draft.alts),
        mail_id=draft.mail_id,
    )
    message = append(ports, chat, message)
    ports.chats.mark_read(membership, ChatHead(message.seq, message.text_count), message.created_at)
    return message, membership


def append(ports: Ports, chat: Chat, message: Message) -> Message:
    """Gives the message its `seq` and stores it; as often as somebody else was faster, the next one."""
    return _append(ports, chat, message, ports.messages.add_with_files if message.files else ports.messages.add)


def post_event(ports: Ports, chat: Chat, event: Event, nonce: str) -> None:
    """A line in the chat about what happened, once for each nonce."""
    message = Message(
        chat_id=chat.id,
        seq=0,
        text_count=0,
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
    chat, membership = chats.as_participant(ports, account, chat_id)
    return page_for(ports, chat, membership, before, after, limit or PAGE)


def page_for(
    ports: Ports, chat: Chat, membership: Membership, before: int | None, after: int | None, limit: int
) -> Read:
    """As whoever sits at this place sees it."""
    if after is not None:
        first, last = max(after + 1, membership.reads_from), max(after + 1, membership.reads_from) + limit - 1
        page = ports.messages.page(chat.id, first, last)
    elif before is not None:
        first, last = max(before - limit, membership.reads_from), before - 1
        page = ports.messages.page(chat.id, first, last) if last >= first else MessagePage(())
    else:
        # `last_seq` may lag behind, so the end is left open: whatever is newer comes with the same query.
        first = max(chat.last_seq - limit + 1, membership.reads_from)
        page = _newest(ports.messages.page(chat.id, first, None), limit)
    return Read(page, membership, chat)


def edit(
    ports: Ports, account: Account, chat_id: str, message_id: str, text: str, chosen: Sequence[str] | None = None
) -> tuple[Message, Membership]:
    """`chosen`: see `mentions_in`; None where whoever was meant before is meant still."""
    message, membership = _own(ports, account, chat_id, message_id)
    text = checked_text(text, has_files=bool(message.files))
    before = [mention.account_id for mention in message.mentions]
    mentions = _mentions(ports, chat_id, text, before if chosen is None else chosen)
    now = message.next_change(ports.now())
    if not ports.messages.edit(replace(message, text=text, mentions=mentions), now):
        raise errors.conflict("deleted", "This message was deleted.")
    return replace(message, text=text, mentions=mentions, edited_at=now), membership


def _mentions(ports: Ports, chat_id: str, text: str, chosen: Sequence[str]) -> tuple[Mention, ...]:
    return mentions_in(text, chats.participants(ports, chat_id), chosen) if "@" in text else ()


def page_of(ports: Ports, message: Message) -> MessagePage:
    """The message as it is now, with what belongs to it."""
    return ports.messages.page(message.chat_id, message.seq, message.seq)


def delete(ports: Ports, account: Account, chat_id: str, message_id: str) -> None:
    """The text is gone at once, for everybody; the line that it was there stays. Again is the same answer."""
    message, membership = seen(ports, account, chat_id, message_id)
    if message.deleted_at and message.author is not None and message.author.account_id == account.id:
        return
    refuse_unless_author(message, membership)
    ports.messages.delete(message, message.next_change(ports.now()))


def react(ports: Ports, account: Account, chat_id: str, message_id: str, emoji: str, on: bool) -> None:
    message, _ = seen(ports, account, chat_id, message_id, writes=True)
    if not (is_custom(emoji) and _stands(ports, message, emoji)):
        emoji = checked_emoji(emoji)
    reaction = Reaction(message.seq, emoji, account.id)
    if message.deleted_at is not None:
        raise errors.conflict("deleted", "This message was deleted.")
    if on:
        refuse_unless_may_react(reaction, ports.messages.page(chat_id, message.seq, message.seq).reactions)
        ports.messages.react(chat_id, reaction)
    else:
        ports.messages.unreact(chat_id, reaction)


def _stands(ports: Ports, message: Message, emoji: str) -> bool:
    """A custom emoji comes from somebody's Slack; here one can join in or take oneself out."""
    return any(
        reaction.emoji == emoji for reaction in ports.messages.page(message.chat_id, message.seq, message.seq).reactions
    )


def mark_read(ports: Ports, account: Account, chat_id: str, seq: int) -> None:
    """Up to `seq`, never back, and never further than what is there."""
    chat, membership = chats.as_participant(ports, account, chat_id)
    upto = chat.head
    if seq > upto.seq:
        upto = ports.messages.head(chat_id)
    if seq < upto.seq:
        message = ports.messages.get(chat_id, seq)
        upto = ChatHead(message.seq, message.text_count) if message else ChatHead()
    if upto.seq > membership.read_to:
        ports.chats.mark_read(membership, upto)


def mark_unread(ports: Ports, account: Account, chat_id: str, seq: int) -> None:
    """Read up to `seq` and no further, though more was read before; never further back than one's history."""
    _, membership = chats.as_participant(ports, account, chat_id)
    seq = max(seq, membership.reads_from - 1)
    if seq >= membership.read_to:
        mark_read(ports, account, chat_id, seq)
        return
    message = ports.messages.get(chat_id, seq) if seq else None
    behind = ports.messages.page(chat_id, seq + 1, seq + PAGE_MOST).messages
    mentioned = [each.seq for each in behind if account.id in {mention.account_id for mention in each.mentions}]
    head = ChatHead(message.seq, message.text_count) if message else ChatHead()
    ports.chats.mark_unread(membership, head, mentioned, ports.messages.head(chat_id).text_count)


def mark_last_unread(ports: Ports, account: Account, chat_id: str) -> None:
    """So that the last message that somebody wrote stands as unread."""
    read_page = read(ports, account, chat_id, None, None, PAGE_MOST)
    texts = [each.seq for each in read_page.page.messages if each.kind is MessageKind.TEXT and not each.deleted_at]
    if texts:
        mark_unread(ports, account, chat_id, texts[-1] - 1)


def around(ports: Ports, message: Message) -> MessagePage:
    """A new message as a page, with the one that it replies to, and its files."""
    replied = ports.messages.get(message.chat_id, message.reply_to) if message.reply_to else None
    taken = ports.files.get_many(file.id for file in message.files) if message.files else {}
    return MessagePage((message,), (), {message.reply_to: replied} if replied else {}, taken)


def _append(ports: Ports, chat: Chat, message: Message, add: Callable[[Message], int]) -> Message:
    for lost in range(_TRIES):
        if lost > 1:  # many write at once: who comes at different moments meets fewer of them
            time.sleep(random.uniform(0, min(_STEP * lost, _LONGEST)))  # noqa: S311
        head = ports.messages.head(chat.id) if lost else chat.head
        text_count = head.text_count + (message.kind is MessageKind.TEXT)
        message = replace(message, seq=head.seq + 1, text_count=text_count)
        stands_at = add(message)
        if stands_at == message.seq:
            ports.chats.update_head(message)
        if stands_at:
            return replace(message, seq=stands_at)
    raise errors.busy()


def _newest(page: MessagePage, limit: int) -> MessagePage:
    messages = page.messages[-limit:]
    first = messages[0].seq if messages else 0
    reactions = tuple(reaction for reaction in page.reactions if reaction.seq >= first)
    return replace(page, messages=messages, reactions=reactions)


def _target(ports: Ports, membership: Membership, reply_to: str) -> int:
    """The `seq` of the message that is replied to; it must be there and within the writer's history."""
    if not reply_to:
        return 0
    try:
        seq = seq_of(reply_to, membership.chat_id)
    except errors.Refusal:
        seq = 0
    if not seq or not membership.may_see(seq) or ports.messages.get(membership.chat_id, seq) is None:
        raise errors.wrong_field("reply_to", "unknown_message", "The message you reply to isn't in this chat.")
    return seq


def seen(
    ports: Ports, account: Account, chat_id: str, message_id: str, writes: bool = False
) -> tuple[Message, Membership]:
    """A message within the reader's history; any other is not there. `writes`: something is to be done to it."""
    _, membership = (chats.as_writer if writes else chats.as_participant)(ports, account, chat_id)
    seq = seq_of(message_id, chat_id)
    message = ports.messages.get(chat_id, seq) if membership.may_see(seq) else None
    if message is None:
        raise errors.unknown()
    return message, membership


def _own(ports: Ports, account: Account, chat_id: str, message_id: str) -> tuple[Message, Membership]:
    message, membership = seen(ports, account, chat_id, message_id, writes=True)
    refuse_unless_author(message, membership)
    return message, membership
