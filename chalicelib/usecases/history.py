"""From which message on a new person reads, found when they join, and shown before as if they joined now."""

from dataclasses import replace
from datetime import datetime

from ..domain.chats import Chat, ChatHead, ChatRole, Membership, refuse_unless_member
from ..domain.history import History, HistoryKind
from ..domain.messages import PAGE, PAGE_MOST, MessageKind
from ..domain.people import Account
from ..ports import Ports
from . import chats, messages


def first_seq(ports: Ports, chat_id: str, history: History, head: ChatHead) -> int:
    """The first `seq` that a person with this history sees, who joins when `newest` is the last message."""
    match history.kind:
        case HistoryKind.ALL:
            return 1
        case HistoryKind.LAST:
            return _last(ports, chat_id, history.last, head)
        case HistoryKind.SINCE if history.since is not None:
            return since(ports, chat_id, history.since, head)
        case _:
            return head.seq + 1


def preview(
    ports: Ports, account: Account, chat_id: str, history: History, before: int | None, limit: int | None
) -> messages.Read:
    """A page as a person who joins now would see it; never more than the caller may read, and nothing is marked as read."""
    chat, membership = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(membership)
    head = ports.messages.head(chat_id)
    first = max(membership.reads_from, first_seq(ports, chat_id, history, head))
    reader = _new_reader(chat, membership, first, head)
    return messages.page_for(ports, chat, reader, before, None, limit or PAGE)


def _new_reader(chat: Chat, membership: Membership, first: int, head: ChatHead) -> Membership:
    """A membership like the one that joining makes, of nobody yet: from outside, who sees less of what happened."""
    return replace(
        membership,
        account_id="",
        invitation_id="",
        role=ChatRole.EXTERNAL,
        reads_from=first,
        read_to=head.seq,
        read_text_count=head.text_count,
    )


def _last(ports: Ports, chat_id: str, count: int, head: ChatHead) -> int:
    """Page by page from the end, until enough is found that people wrote and did not take back."""
    end, first = head.seq, head.seq + 1
    while end > 0:
        start = max(1, end - PAGE_MOST + 1)
        for message in reversed(ports.messages.page(chat_id, start, end).messages):
            if message.kind is MessageKind.TEXT and message.deleted_at is None:
                first, count = message.seq, count - 1
                if not count:
                    return first
        end = start - 1
    return first


def since(ports: Ports, chat_id: str, moment: datetime, head: ChatHead) -> int:
    """The first `seq` that isn't older. By halves: they are in order of time, and a point read costs the same anywhere."""
    low, high = 1, head.seq + 1
    while low < high:
        middle = (low + high) // 2
        message = ports.messages.get(chat_id, middle)
        if message is not None and message.created_at < moment:
            low = middle + 1
        else:
            high = middle
    return low
