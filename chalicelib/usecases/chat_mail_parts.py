"""What goes along with a message by mail: its files, small ones attached; and how others reacted to what its reader wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ..domain import errors
from ..domain.chats import Membership
from ..domain.files import ADDRESS_LIFE, File, FileState, disposition, refuse_unless_ready
from ..domain.messages import MessagePage, Reaction
from ..domain.notifications import ToldFile, ToldMessage
from ..domain.relaying import RelayedMessage, RelayState, version_of
from ..ports import MailAttachment, Ports
from . import chats

_ALTOGETHER = 10 * 1024 * 1024
"""Bytes that are attached to one mail; written as text they are a third more. SES takes 40 MB."""


class Files:
    """The files of one mail; `url` is the reader's own page of the chat, under which what isn't attached can be fetched."""

    def __init__(self, ports: Ports, url: str) -> None:
        self._ports, self._url, self._left = ports, url, _ALTOGETHER
        self.attachments: list[MailAttachment] = []

    def told(self, page: MessagePage, is_new: bool) -> Iterator[ToldFile]:
        """An edit doesn't bring the bytes again."""
        for taken in page.messages[0].files:
            file = page.files.get(taken.id)
            if file is None or file.state is FileState.BLOCKED:
                yield ToldFile(taken.name)
            elif is_new and self._attach(file):
                yield ToldFile(taken.name, is_attached=True)
            else:
                yield ToldFile(taken.name, f"{self._url}/files/{file.id}")

    def _attach(self, file: File) -> bool:
        if file.state is not FileState.READY or file.size > self._left:
            return False
        content = self._ports.file_store.read_up_to(file.given_key, self._left)
        if not content:
            return False
        self._left -= len(content)
        self.attachments.append(MailAttachment(file.name, file.served_as, content))
        return True


def address(ports: Ports, place: Membership | None, file_id: str) -> str:
    """Where the bytes of a file of the chat are for a minute, for whoever has this place; within its history."""
    file = ports.files.get(file_id)
    if place is None or file is None or file.chat_id != place.chat_id or not file.seq or not place.may_see(file.seq):
        raise errors.unknown()
    message = ports.messages.get(file.chat_id, file.seq)
    if message is None or file_id not in {taken.id for taken in message.files}:
        raise errors.unknown()
    refuse_unless_ready(file)
    return ports.file_store.address(file.given_key, file.served_as, disposition(file.name, False), ADDRESS_LIFE)


def reactions(
    ports: Ports, place: Membership, page: MessagePage, relayed: RelayedMessage
) -> tuple[Sequence[ToldMessage], RelayedMessage]:
    """A line for each person who reacted to what this reader wrote, and the ledger's word of it; one that went isn't told again."""
    message, others = page.messages[0], [item for item in page.reactions if item.account_id != place.account_id]
    new = [item for item in others if _key(item) not in relayed.reactions]
    if not new or message.deleted_at:
        return (), relayed
    names = {person.account_id: person.name for person in chats.participants(ports, place.chat_id)}
    noted = replace(relayed, reactions=tuple(sorted(map(_key, others))))
    if not noted.version:
        noted = replace(noted, version=version_of(message), state=RelayState.SENT)
    return list(_lines(new, names, message.gist[:140])), noted


def _lines(new: Sequence[Reaction], names: Mapping[str, str], gist: str) -> Iterator[ToldMessage]:
    for account_id, theirs in groupby(sorted(new, key=_key_by_person), lambda item: item.account_id):
        if account_id in names:
            emojis = " ".join(item.emoji for item in theirs)
            yield ToldMessage(author=names[account_id], text=emojis, quoted=gist, change="reacted")


def _key(reaction: Reaction) -> str:
    return f"{reaction.emoji} {reaction.account_id}"


def _key_by_person(reaction: Reaction) -> tuple[str, str]:
    return reaction.account_id, reaction.emoji
