"""The words of one copy: posted, edited and deleted in as many parts as the other side needs, each noted as it goes."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..domain.chats import Membership
from ..domain.identities import of_key
from ..domain.messages import Event, Message, MessagePage
from ..domain.providers import Via
from ..domain.relaying import RelayedMessage, RelayState, RemoteMessageRef, SupportLevel, version_of
from ..ports import Disconnected, NotTaken, OutgoingMessage, Ports, WindowGone
from .relay_threads import At, Thread, begun, words

log = logging.getLogger(__name__)
_NO_EDITS = "The first version stands there."
_NO_DELETIONS = "It still stands there."


def wanted_version(page: MessagePage, membership: Membership) -> int:
    """Of a copy that is as it should be: of the message, and of the words that it quotes."""
    replied = quoted(page, membership)
    return max(version_of(page.messages[0]), version_of(replied) if replied else 0)


def quoted(page: MessagePage, membership: Membership) -> Message | None:
    """What is quoted lies within the reader's own history, like everything else."""
    reply_to = page.messages[0].reply_to
    return page.replied.get(reply_to) if reply_to and membership.may_see(reply_to) else None


def searched(at: At, thread: RemoteMessageRef, relayed: RelayedMessage, message: Message) -> RelayedMessage:
    """Where an earlier try's outcome is unknown: with its remote id if it arrived, without a doubt if it didn't, or with a
    cursor where the other side has more to look through."""
    if not relayed.tried or relayed.remote_id:
        return replace(relayed, tried=False, tried_at=None, cursor="")
    since = relayed.tried_at or message.created_at
    search = at.side.find(at.identity, thread, message.id, since, relayed.cursor)
    if search.remote:
        return replace(
            relayed,
            channel_id=search.remote.channel_id,
            remote_id=search.remote.id,
            tried=False,
            tried_at=None,
            cursor="",
        )
    return replace(relayed, tried=bool(search.cursor), cursor=search.cursor)


def up_to_date(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    message = page.messages[0]
    if message.deleted_at:
        return stands(relayed, at.remote(relayed), _deleted_there(at, relayed) if relayed.remote_id else ""), thread
    outgoing = line(ports, message, page, at.place)
    if relayed.remote_id:
        return stands(relayed, at.remote(relayed), _edited_there(at, relayed, outgoing)), thread
    return _posted(ports, at, thread, relayed, outgoing)


def _posted(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, message: OutgoingMessage
) -> tuple[RelayedMessage, Thread]:
    """Where the thread or its window is gone, once more in a new one; where that is refused too, the side is disconnected."""
    try:
        try:
            ref, lost = at.side.post(at.identity, thread.remote, message)
        except WindowGone as gone:
            log.info("a thread begins anew: chat %s: %s", at.chat.id, gone.reason)
            thread = begun(ports, at, replace(thread.root, remote_id=""))
            ref, lost = at.side.post(at.identity, thread.remote, message)
    except WindowGone as gone:
        raise Disconnected(gone.reason) from gone
    except NotTaken as error:
        return stands(relayed, at.remote(relayed), words(relayed, error)), thread
    return stands(relayed, ref, lost), thread


def _edited_there(at: At, relayed: RelayedMessage, message: OutgoingMessage) -> str:
    if at.side.capabilities.edits is SupportLevel.NOT:
        return _NO_EDITS
    lost = ""

    def edit() -> None:
        nonlocal lost
        lost = at.side.edit(at.identity, at.remote(relayed), message)

    return refused(at, relayed, edit, _NO_EDITS) or lost


def _deleted_there(at: At, relayed: RelayedMessage) -> str:
    if at.side.capabilities.deletions is SupportLevel.NOT:
        return _NO_DELETIONS
    return refused(at, relayed, partial(at.side.delete, at.identity, at.remote(relayed)), _NO_DELETIONS)


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


def _relayed_text(ports: Ports, message: Message) -> str:
    """The words, and a link for what is only given out here."""
    if message.event:
        return _of_call(ports, message.event)
    links = [f"📎 {file.name}: {ports.public_url}/files/{file.id}" for file in message.files]
    return "\n".join(filter(None, [message.text, *links]))


def line(ports: Ports, message: Message, page: MessagePage, membership: Membership) -> OutgoingMessage:
    """A message that was deleted is quoted no more."""
    author, origin = message.author, of_key(message.origin)
    replied = quoted(page, membership)
    replied = None if replied and replied.deleted_at else replied
    return OutgoingMessage(
        id=message.id,
        author=author.name if author else message.event.by if message.event else "",
        via=origin.provider.via if origin else Via.WEBTOP,
        text=_relayed_text(ports, message),
        mentions=tuple((mention.account_id, mention.name) for mention in message.mentions),
        reply_author=replied.author.name if replied and replied.author else "",
        reply_text=replied.gist[:200] if replied else "",
    )


def _of_call(ports: Ports, event: Event) -> str:
    """Where to join, and once it is over how long it took: in no language, for nobody's is known here."""
    return f"📞 {event.minutes} min" if event.ended_at else f"📞 {ports.public_url}/calls/{event.call_id}"
