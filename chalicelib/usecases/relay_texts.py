"""The words of one copy: posted, edited and deleted in as many parts as the other side needs, each noted as it goes."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..domain.chats import Membership
from ..domain.identities import of_key
from ..domain.messages import Event, Message, MessagePage
from ..domain.providers import Via
from ..domain.relaying import (
    FileCopyState,
    RelayedMessage,
    RelayState,
    RemoteMessageRef,
    SupportLevel,
    version_of,
)
from ..ports import Disconnected, NotTaken, OutgoingMessage, Ports, RelayLater, WindowGone
from .relay_threads import At, Thread, begun, words

log = logging.getLogger(__name__)
_NO_EDITS = "They still see the original."
_NO_DELETIONS = "They can still see it."


def wanted_version(page: MessagePage, membership: Membership) -> int:
    """Of a copy that is as it should be: of the message, and of the words that it quotes."""
    replied = quoted(page, membership)
    return max(version_of(page.messages[0]), version_of(replied) if replied else 0)


def quoted(page: MessagePage, membership: Membership) -> Message | None:
    """What is quoted lies within the reader's own history, like everything else."""
    reply_to = page.messages[0].reply_to
    return page.replied.get(reply_to) if reply_to and membership.may_see(reply_to) else None


def searched(
    ports: Ports, at: At, thread: RemoteMessageRef, relayed: RelayedMessage, page: MessagePage
) -> RelayedMessage:
    """Where an earlier try's outcome is unknown: with the id of the part that was being posted if it arrived, without a doubt
    if it didn't, or with a cursor where the other side has more to look through.

    What was deleted or shortened meanwhile is searched for as well: it may stand there, and has to go.
    """
    known, message = replace(relayed, tried=False, tried_at=None, cursor=""), page.messages[0]
    if not relayed.tried or message.origin == at.identity.key:
        return known
    outgoing = replace(line(ports, at, relayed, page), part=len(relayed.remote_ids))
    since = relayed.tried_at or message.created_at
    search = at.side.find(at.identity, thread, outgoing.part_id, since, relayed.cursor)
    if search.remote:
        arrived = replace(known.with_ids((*known.remote_ids, search.remote.id)), channel_id=search.remote.channel_id)
        # Noted before it is brought up to date: where that must wait, nobody searches again, nor posts it twice.
        ports.relayed_messages.note_parts(arrived, search.remote, ports.now())
        return arrived
    return replace(relayed, tried=bool(search.cursor), cursor=search.cursor)


def up_to_date(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    message, lost, count = page.messages[0], "", 0
    if not message.deleted_at:
        outgoing = line(ports, at, relayed, page)
        count = at.side.count_parts(at.identity, outgoing)
        version = wanted_version(page, at.place)
        relayed, thread, lost = _parts_brought(ports, at, thread, relayed, outgoing, (count, version))
    relayed, kept = _shortened(ports, at, relayed, count)
    return stands(relayed, at.remote(relayed), kept or lost), thread


def _parts_brought(  # what goes where
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, message: OutgoingMessage, wanted: tuple[int, int]
) -> tuple[RelayedMessage, Thread, str]:
    """`wanted` are the number of parts and their version. Those that are there are edited, further ones posted; each is in the
    ledger before the next, so that a try that is cut off goes on where it was."""
    (count, version), lost = wanted, ""
    for number in range(relayed.brought if relayed.brought_version == version else 0, count):
        part, ref = replace(message, part=number), None
        if number < len(relayed.remote_ids):
            lost = _edited_there(at, relayed, part) or lost
        else:
            thread, ref, more = _posted(ports, at, thread, relayed, part)
            lost = more or lost
            if ref is None:
                break
            relayed = replace(relayed.with_ids((*relayed.remote_ids, ref.id)), channel_id=ref.channel_id)
        relayed = replace(relayed, brought=number + 1, brought_version=version)
        if count > 1:
            ports.relayed_messages.note_parts(relayed, ref, ports.now())
    return relayed, thread, lost


def _shortened(ports: Ports, at: At, relayed: RelayedMessage, count: int) -> tuple[RelayedMessage, str]:
    """Without the parts behind the first `count`, the last one first; and why one stays, where it does."""
    lost = ""
    for number in reversed(range(count, len(relayed.remote_ids))):
        lost = _deleted_there(at, relayed, number) or lost
        if number and not lost:
            relayed = relayed.with_ids(relayed.remote_ids[:number])
            ports.relayed_messages.note_parts(relayed, None, ports.now())
    return relayed, lost


def _posted(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, message: OutgoingMessage
) -> tuple[Thread, RemoteMessageRef | None, str]:
    """Where the thread or its window is gone, once more in a new one; where that is refused too, the side is disconnected."""
    try:
        try:
            return thread, *at.side.post(at.identity, thread.remote, message)
        except WindowGone as gone:
            log.info("a thread begins anew: chat %s: %s", at.chat.id, gone.reason)
            if message.part:
                _begin_anew(ports, relayed, gone)
            thread = begun(ports, at, replace(thread.root, remote_id=""))
            return thread, *at.side.post(at.identity, thread.remote, message)
    except WindowGone as gone:
        raise Disconnected(gone.reason) from gone
    except NotTaken as error:
        return thread, None, words(relayed, error)


def _begin_anew(ports: Ports, relayed: RelayedMessage, gone: WindowGone) -> None:
    """The first parts went with their window: all of them are posted into a new one."""
    ports.relayed_messages.note_parts(replace(relayed.with_ids(()), brought=0), None, ports.now())
    raise RelayLater(1, gone.reason) from gone


def _edited_there(at: At, relayed: RelayedMessage, message: OutgoingMessage) -> str:
    if at.side.capabilities.edits is SupportLevel.NOT:
        return _NO_EDITS
    lost = ""

    def edit() -> None:
        nonlocal lost
        lost = at.side.edit(at.identity, at.remote(relayed, message.part), message)

    return refused(at, relayed, edit, _NO_EDITS) or lost


def _deleted_there(at: At, relayed: RelayedMessage, part: int) -> str:
    if at.side.capabilities.deletions is SupportLevel.NOT:
        return _NO_DELETIONS
    return refused(at, relayed, partial(at.side.delete, at.identity, at.remote(relayed, part)), _NO_DELETIONS)


def refused(at: At, relayed: RelayedMessage, change: Callable[[], object], gone: str = "It was deleted there.") -> str:
    """Changes what stands there; why not, in words, where that is refused.

    Its window may be gone with it, and then the side is disconnected if no other can be opened.
    """
    try:
        try:
            change()
        except WindowGone:
            at.side.open(at.identity)
            change()
    except WindowGone:
        return gone
    except NotTaken as error:
        return words(relayed, error)
    return ""


def stands(relayed: RelayedMessage, ref: RemoteMessageRef, lost: str) -> RelayedMessage:
    state = RelayState.NOT_SHOWN if lost else RelayState.SENT
    return replace(relayed, channel_id=ref.channel_id, remote_id=ref.id, state=state, detail=lost)


def _relayed_text(ports: Ports, at: At, relayed: RelayedMessage, message: Message) -> str:
    """The words, and a link for what is only given out here. Files without words are named, so that their author is."""
    if message.event:
        return _of_call(ports, message.event)
    refused = {copy.file_id for copy in relayed.files if copy.state is FileCopyState.REFUSED}
    linked = [file for file in message.files if at.side.files is None or file.id in refused]
    links = [f"📎 {file.name}: {ports.public_url}/files/{file.id}" for file in linked]
    names = [] if message.text else [f"📎 {file.name}" for file in message.files if file not in linked]
    return "\n".join(filter(None, [message.text, *names, *links]))


def line(ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage) -> OutgoingMessage:
    """A message that was deleted is quoted no more."""
    message = page.messages[0]
    author, origin = message.author, of_key(message.origin)
    replied = quoted(page, at.place)
    replied = None if replied and replied.deleted_at else replied
    return OutgoingMessage(
        id=message.id,
        author=author.name if author else message.event.by if message.event else "",
        via=origin.provider.via if origin else Via.WEBTOP,
        text=_relayed_text(ports, at, relayed, message),
        mentions=tuple((mention.account_id, mention.name) for mention in message.mentions),
        reply_author=replied.author.name if replied and replied.author else "",
        reply_text=replied.gist[:200] if replied else "",
        reply_id=_id_there(ports, at, replied)
        if replied and at.side.capabilities.replies is SupportLevel.FULLY
        else "",
    )


def _id_there(ports: Ports, at: At, message: Message) -> str:
    """As it was brought there, or as it came from there."""
    return ports.relayed_messages.get(at.chat.id, message.seq, at.identity.key).remote_id


def _of_call(ports: Ports, event: Event) -> str:
    """Where to join, and once it is over how long it took: in no language, for nobody's is known here."""
    return f"📞 {event.minutes} min" if event.ended_at else f"📞 {ports.public_url}/calls/{event.call_id}"
