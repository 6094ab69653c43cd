"""Searching in one chat, or in all of one's own: newest first, so many queries for a request, and further back on asking.

A search reads backwards through the messages themselves; there is no index that could lag behind an edit or a deletion.
What it may cost is bounded by `_STEPS`. Over all chats it goes from the one that was joined last to the first: an order
that no new message changes, so that pages fit together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain import errors
from ..domain.chats import Chat, Membership
from ..domain.messages import Message, MessagePage
from ..domain.people import Account
from ..domain.searching import SEARCHES, SEARCHES_WITHIN, Criteria, Has, Sweep
from ..ports import Limit, Ports
from . import chats, history
from .chats import Listed

_STEPS = (250, 2_000, 2_000, 2_000)
"""How many items each query of one request may read, at most 1 MB each; the first is small, for most hits are recent."""
_CLOCKS = timedelta(hours=1)
"""How far messages may be out of the order of time."""
_END = 999_999_999


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, as a page of its own, for whoever sits at this membership."""

    message: Message
    page: MessagePage
    membership: Membership
    chat: Chat


@dataclass(frozen=True, slots=True)
class Results:
    """`position` is where to go on, empty where all was read. Everything since `searched_to` was looked at."""

    hits: tuple[Hit, ...]
    position: str
    searched_to: datetime


def in_chat(ports: Ports, account: Account, chat_id: str, criteria: Criteria, limit: int, position: str) -> Results:
    chat, membership = chats.as_participant(ports, account, chat_id)
    _refuse_too_many(ports, account)
    return _look(ports, [Listed(chat, membership)], criteria, limit, position, chat.created_at)


def files_in_chat(ports: Ports, account: Account, chat_id: str, limit: int, position: str) -> Results:
    """Whatever is said with them."""
    return in_chat(ports, account, chat_id, Criteria(words=None, has=Has.FILE), limit, position)


def position_at(hit: Hit) -> str:
    """Where to go on to find this one first."""
    return f"{_order(Listed(hit.chat, hit.membership))} 1 {hit.message.seq}"


def everywhere(ports: Ports, account: Account, criteria: Criteria, limit: int, position: str) -> Results:
    """Hits of several chats on one page stand together in order of time."""
    _refuse_too_many(ports, account)
    listed = sorted(chats.all_of(ports, account), key=_order, reverse=True)
    oldest = min((listed_chat.chat.created_at for listed_chat in listed), default=account.created_at)
    return _look(ports, listed, criteria, limit, position, oldest)


def _refuse_too_many(ports: Ports, account: Account) -> None:
    limit = Limit(f"searches of {account.id}", SEARCHES, SEARCHES_WITHIN)
    if ports.rate_limiter.reserve([limit], ports.now()):
        raise errors.too_many(
            "too_many_searches", "These were many searches in one minute. Go on in a minute.", SEARCHES_WITHIN
        )


def _look(
    ports: Ports, listed: Sequence[Listed], criteria: Criteria, limit: int, position: str, oldest: datetime
) -> Results:
    """Step by step, until the page is full or the steps are used up."""
    results: list[tuple[Listed, Message, Sweep]] = []
    steps = list(_STEPS)
    for listed_chat, first, newest in _stretches(ports, listed, criteria, position):
        last = newest
        while last >= first:
            if len(results) == limit or not steps:
                going_on = f"{_order(listed_chat)} {first} {last}"
                return Results(_hits(ports, results), going_on, _reached(ports, listed_chat.chat, last))
            sweep = ports.messages.search(listed_chat.chat.id, first, last, criteria, steps.pop(0))
            taken = sweep.messages[: limit - len(results)]
            results += [(listed_chat, message, sweep) for message in taken]
            last = (taken[-1].seq if len(results) == limit else sweep.reached) - 1
    return Results(_hits(ports, results), "", criteria.since or oldest)


def _stretches(
    ports: Ports, listed: Sequence[Listed], criteria: Criteria, position: str
) -> Iterator[tuple[Listed, int, int]]:
    """Each chat that is still to be read, from which `seq` to which: what this person may see, and what the days leave of it."""
    if criteria.words == ():
        return  # no message has words that are accents alone
    order, first, last = position.rsplit(" ", 2) if position else ("", "1", "0")
    for listed_chat in listed:
        sees_from = listed_chat.membership.reads_from
        if order and _order(listed_chat) == order:
            yield listed_chat, max(int(first), sees_from), int(last)
        elif not order or _order(listed_chat) < order:
            begin, end = _of_days(ports, listed_chat.chat, criteria)
            yield listed_chat, max(begin, sees_from), end


def _of_days(ports: Ports, chat: Chat, criteria: Criteria) -> tuple[int, int]:
    """Between which `seq` the days lie; looked for in long chats alone, for short ones are read sooner."""
    if criteria.until and criteria.until + _CLOCKS <= chat.created_at:
        return 1, 0
    begin, end = 1, _END
    if chat.last_seq > _STEPS[-1]:
        if criteria.since:
            begin = history.since(ports, chat.id, criteria.since - _CLOCKS, chat.head)
        if criteria.until:
            behind = history.since(ports, chat.id, criteria.until + _CLOCKS, chat.head)
            end = behind - 1 if behind <= chat.last_seq else _END
    return begin, end


def _order(listed_chat: Listed) -> str:
    """Where a chat stands among one's own: by when it was joined."""
    return f"{round(listed_chat.membership.joined_at.timestamp() * 1000):015d} {listed_chat.chat.id}"


def _reached(ports: Ports, chat: Chat, last: int) -> datetime:
    message = ports.messages.get(chat.id, last + 1) if last < _END else None
    return message.created_at if message else chat.last_at


def _hits(ports: Ports, results: Sequence[tuple[Listed, Message, Sweep]]) -> tuple[Hit, ...]:
    """The newest first, each with what it replies to and the reactions on it."""
    replied = ports.messages.replied(message for _, message, _ in results)
    files = ports.files.get_many(file.id for _, message, _ in results for file in message.files)
    hits = []
    for listed_chat, message, sweep in results:
        target = replied.get((message.chat_id, message.reply_to))
        reactions = tuple(reaction for reaction in sweep.reactions if reaction.seq == message.seq)
        page = MessagePage((message,), reactions, {message.reply_to: target} if target else {}, files)
        hits.append(Hit(message, page, listed_chat.membership, listed_chat.chat))
    return tuple(sorted(hits, key=lambda hit: (hit.message.created_at, hit.message.seq), reverse=True))
