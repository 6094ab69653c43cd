"""The files of a chat, the newest first, as far as the reader may see their messages.

They are read as a search reads, which bounds what it costs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..domain.files import MessageFile
from ..domain.messages import Message, MessagePage
from ..domain.people import Account
from ..ports import Ports
from . import searching
from .searching import Hit


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file, and the message that it came with, as a page of its own."""

    taken: MessageFile
    message: Message
    page: MessagePage


@dataclass(frozen=True, slots=True)
class FileList:
    """`position` is where to go on, empty where all was read. Everything since `searched_to` was looked at."""

    files: tuple[ListedFile, ...]
    position: str
    searched_to: datetime


def of_chat(ports: Ports, account: Account, chat_id: str, limit: int, position: str) -> FileList:
    """A position is a search's, behind the `seq` of a message that isn't listed whole and how many of its files were."""
    at, shown, going_on = position.split(" ", 2) if position else ("0", "0", "")
    results = searching.files_in_chat(ports, account, chat_id, limit, going_on)
    listed = list(_listed(results.hits, int(at), int(shown)))
    if len(listed) <= limit:
        return FileList(tuple(listed), results.position and f"0 0 {results.position}", results.searched_to)
    cut = listed[limit].message
    count = sum(each.message.seq == cut.seq for each in listed[:limit]) + (int(shown) if cut.seq == int(at) else 0)
    hit = next(hit for hit in results.hits if hit.message.seq == cut.seq)
    return FileList(tuple(listed[:limit]), f"{cut.seq} {count} {searching.position_at(hit)}", cut.created_at)


def _listed(hits: tuple[Hit, ...], at: int, shown: int) -> Iterator[ListedFile]:
    for hit in hits:
        for taken in hit.message.files[shown if hit.message.seq == at else 0 :]:
            yield ListedFile(taken, hit.message, hit.page)
