"""One copy of one message in somebody's own application, brought up to date and noted in the ledger.

What a call comes to is one of four: done; refused for good, which costs this one thing (NotTaken) or the whole side
(CutOff); refused for now (RelayLater), which waits and is sent again without a look; or unknown (ReplyLost), and only then
is the other side searched for what may be there.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from ..domain.chats import Chat, Membership
from ..domain.identities import Identity, of_key
from ..domain.messages import Event, Message, MessagePage
from ..domain.providers import Via
from ..domain.relaying import ROOT, RelayedMessage, RelayState, RemoteMessageRef, SupportLevel, version_of
from ..ports import Disconnected, NotTaken, OutgoingMessage, Ports, RelayAdapter, RelayLater, ReplyLost, WindowGone

log = logging.getLogger(__name__)
_CAUGHT_UP, _AT_ONCE, _TRIES = 200, 20, 6
_NO_REACTIONS = "Reactions aren't shown there."
_NO_EDITS = "The first version stands there."
_NO_DELETIONS = "It still stands there."


class _TriedAgain(RelayLater):
    """An answer that nobody documents: it counts, for after some tries it is taken for a refusal."""


class _Searching(RelayLater):
    """Whether a thread was begun isn't known yet; `cursor` is where to look on."""

    def __init__(self, cursor: str) -> None:
        super().__init__(1, "searching whether the thread was begun")
        self.cursor = cursor


@dataclass(frozen=True, slots=True)
class Thread:
    """The chat's own thread at a destination."""

    remote: RemoteMessageRef
    root: RelayedMessage

    @property
    def disconnected(self) -> bool:
        return self.root.state is RelayState.DISCONNECTED


@dataclass(frozen=True, slots=True)
class At:
    """One person's own application, and the chat that they read there."""

    side: RelayAdapter
    identity: Identity
    chat: Chat
    place: Membership

    @property
    def system(self) -> str:
        return self.side.system(self.identity)

    def remote(self, relayed: RelayedMessage) -> RemoteMessageRef:
        return RemoteMessageRef(self.system, relayed.channel_id, relayed.remote_id)


def bring(ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage, fill: bool) -> Thread:
    """One copy, claimed before anything is sent. `fill`: what was left out while the side was disconnected comes first."""
    now = ports.now()
    if not ports.relayed_messages.claim(relayed, now):
        raise RelayLater(2, "somebody else is at it")
    try:
        thread, refused = _thread(ports, at, relayed)
        if refused:
            done = replace(_stands(relayed, at.remote(relayed), refused), version=_version(page, at.place))
        else:
            if thread.disconnected and fill:
                _fill_gaps(ports, at, relayed)
            relayed = _searched(at, thread.remote, relayed, page.messages[0])
            relayed, thread = _text_brought(ports, at, thread, relayed, page)
            done = _reactions_brought(at, relayed, page)
    except RelayLater as later:
        _wait(ports, at, relayed, page, later, now)
        raise
    except Disconnected as reason:
        ports.relayed_messages.release(relayed, RelayState.DISCONNECTED, reason.reason)
        raise
    ports.relayed_messages.finish(done, at.remote(done) if done.remote_id else None)
    return thread


def is_for(page: MessagePage, membership: Membership) -> bool:
    """Whether there is something that this person reads elsewhere: what somebody wrote, within their history."""
    return any(message.is_relayed and membership.may_see(message.seq) for message in page.messages)


def is_up_to_date(relayed: RelayedMessage, page: MessagePage, membership: Membership) -> bool:
    return relayed.version >= _version(page, membership) and set(relayed.reactions) == _wanted_reactions(
        page, membership
    )


def _version(page: MessagePage, membership: Membership) -> int:
    """Of a copy that is as it should be: of the message, and of the words that it quotes."""
    replied = _quoted(page, membership)
    return max(version_of(page.messages[0]), version_of(replied) if replied else 0)


def _quoted(page: MessagePage, membership: Membership) -> Message | None:
    """What is quoted lies within the reader's own history, like everything else."""
    reply_to = page.messages[0].reply_to
    return page.replied.get(reply_to) if reply_to and membership.may_see(reply_to) else None


def _wait(  # what was tried, for whom, and what came of it
    ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage, later: RelayLater, claimed: datetime
) -> None:
    """Where only reactions are missing, the text stands there as was said. Only a lost reply leaves a doubt behind."""
    waits = relayed.version < _version(page, at.place) or relayed.state is RelayState.DISCONNECTED
    if isinstance(later, ReplyLost):
        relayed = replace(relayed, tried=True, tried_at=claimed, cursor="")
    if isinstance(later, _TriedAgain):
        relayed = replace(relayed, refusals=relayed.refusals + 1)
    ports.relayed_messages.release(
        relayed, *((RelayState.RETRYING, later.reason) if waits else (relayed.state, relayed.detail))
    )


def _fill_gaps(ports: Ports, at: At, relayed: RelayedMessage) -> None:
    """What wasn't taken while the side was disconnected, in order, some at a time."""
    before = ports.relayed_messages.of_chat(relayed.chat_id, max(1, relayed.seq - _CAUGHT_UP), relayed.seq - 1)
    gaps = [
        item for item in before if item.destination == relayed.destination and item.state is RelayState.DISCONNECTED
    ]
    for gap in gaps[:_AT_ONCE]:
        page = ports.messages.page(gap.chat_id, gap.seq, gap.seq)
        if is_for(page, at.place):
            _fill(ports, at, gap, page)
    if len(gaps) > _AT_ONCE:
        raise RelayLater(1, "catching up")


def _fill(ports: Ports, at: At, gap: RelayedMessage, page: MessagePage) -> None:
    try:
        bring(ports, at, gap, page, fill=False)
    except RelayLater as later:  # what it says of the gap, it doesn't say of what comes behind it
        raise RelayLater(later.seconds, later.reason, later.outage) from later


def _wanted_reactions(page: MessagePage, membership: Membership) -> set[str]:
    """The others': one's own are there already."""
    message = page.messages[0]
    results = {
        reaction.emoji
        for reaction in page.reactions
        if reaction.seq == message.seq and reaction.account_id != membership.account_id
    }
    return set() if message.deleted_at else results


def _thread(ports: Ports, at: At, relayed: RelayedMessage) -> tuple[Thread, str]:
    """Begun with the first message that goes there; or why not, where that is refused."""
    root = ports.relayed_messages.get(at.chat.id, ROOT, at.identity.key)
    if root.remote_id:
        return Thread(at.remote(root), root), ""
    try:
        return _begun(ports, at, root), ""
    except NotTaken as error:
        return Thread(at.remote(root), replace(root, state=RelayState.RETRYING)), _words(relayed, error)


def _begun(ports: Ports, at: At, root: RelayedMessage) -> Thread:
    """Claimed before it is sent, as every copy: of two at the same moment one begins the thread. Where an earlier try's
    outcome is unknown, it is searched for in the window, and not posted twice."""
    now = ports.now()
    if not ports.relayed_messages.claim(root, now):
        raise RelayLater(2, "somebody else begins the thread")
    try:
        existing = _begun_before(at, root, now)
        root = replace(root, tried=False, tried_at=None, cursor="")
        return _stands_at(ports, root, existing or at.side.begin(at.identity, at.chat.id, at.chat.title_for(at.place)))
    except _Searching as searching:
        ports.relayed_messages.release(replace(root, cursor=searching.cursor), root.state, root.detail)
        raise
    except ReplyLost as lost:
        ports.relayed_messages.release(replace(root, tried=True, tried_at=now, cursor=""), root.state, root.detail)
        raise RelayLater(lost.seconds, lost.reason, lost.outage) from lost
    except (RelayLater, NotTaken, Disconnected, WindowGone):
        ports.relayed_messages.release(root, root.state, root.detail)
        raise


def _begun_before(at: At, root: RelayedMessage, now: datetime) -> RemoteMessageRef | None:
    if not root.tried:
        return None
    window = RemoteMessageRef(at.system, at.side.open(at.identity), "")
    search = at.side.find(at.identity, window, at.chat.id, root.tried_at or now, root.cursor)
    if search.cursor and not search.remote:
        raise _Searching(search.cursor)
    return search.remote


def _stands_at(ports: Ports, root: RelayedMessage, thread: RemoteMessageRef) -> Thread:
    state = RelayState.DISCONNECTED if root.state is RelayState.DISCONNECTED else RelayState.SENT
    done = replace(root, channel_id=thread.channel_id, remote_id=thread.id, version=root.version + 1, state=state)
    ports.relayed_messages.finish(done, thread)
    return Thread(thread, done)


def _searched(at: At, thread: RemoteMessageRef, relayed: RelayedMessage, message: Message) -> RelayedMessage:
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


def _text_brought(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    """In the ledger before its reactions are sent: whatever becomes of these, the words are not sent again."""
    if relayed.cursor:
        raise RelayLater(1, "searching whether it arrived")
    message = page.messages[0]
    wanted, version = _version(page, at.place), relayed.version
    if version >= wanted and relayed.state is RelayState.DISCONNECTED:
        relayed = replace(relayed, state=RelayState.SENT, detail="")
    if version < wanted and message.origin != at.identity.key:
        relayed, thread = _text_up_to_date(ports, at, thread, relayed, page)
    relayed = replace(relayed, version=wanted)
    if version < wanted and relayed.remote_id and set(relayed.reactions) != _wanted_reactions(page, at.place):
        ports.relayed_messages.finish(relayed, at.remote(relayed))
    return relayed, thread


def _reactions_brought(at: At, relayed: RelayedMessage, page: MessagePage) -> RelayedMessage:
    after = _wanted_reactions(page, at.place)
    if at.side.capabilities.reactions is SupportLevel.NOT:
        relayed = _without_reactions(relayed, bool(after) and page.messages[0].origin != at.identity.key)
    elif relayed.remote_id:
        relayed = _reactions_up_to_date(at, relayed, after)
    return replace(relayed, reactions=tuple(sorted(after)))


def _without_reactions(relayed: RelayedMessage, lost: bool) -> RelayedMessage:
    """Said as long as there are any, beside whatever else can't be shown."""
    detail = " ".join([relayed.detail.replace(_NO_REACTIONS, "").strip(), *([_NO_REACTIONS] if lost else [])]).strip()
    if not relayed.remote_id or relayed.state not in (RelayState.SENT, RelayState.NOT_SHOWN):
        return relayed
    return replace(relayed, state=RelayState.NOT_SHOWN if detail else RelayState.SENT, detail=detail)


def _reactions_up_to_date(at: At, relayed: RelayedMessage, after: set[str]) -> RelayedMessage:
    """Each emoji by itself: one that is refused is said, and the others are there."""
    before, refused = set(relayed.reactions), set(relayed.refused_emojis) & after
    for emoji in sorted(after - before):
        if _refused(at, relayed, partial(at.side.react, at.identity, at.remote(relayed), emoji, True)):
            refused.add(emoji)
    for emoji in sorted(before - after - set(relayed.refused_emojis)):
        _refused(at, relayed, partial(at.side.react, at.identity, at.remote(relayed), emoji, False))
    return replace(relayed, refused_emojis=tuple(sorted(refused)))


def _text_up_to_date(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    message = page.messages[0]
    if message.deleted_at:
        return _stands(relayed, at.remote(relayed), _deleted_there(at, relayed) if relayed.remote_id else ""), thread
    outgoing = _line(ports, message, page, at.place)
    if relayed.remote_id:
        return _stands(relayed, at.remote(relayed), _edited_there(at, relayed, outgoing)), thread
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
            thread = _begun(ports, at, replace(thread.root, remote_id=""))
            ref, lost = at.side.post(at.identity, thread.remote, message)
    except WindowGone as gone:
        raise Disconnected(gone.reason) from gone
    except NotTaken as error:
        return _stands(relayed, at.remote(relayed), _words(relayed, error)), thread
    return _stands(relayed, ref, lost), thread


def _edited_there(at: At, relayed: RelayedMessage, message: OutgoingMessage) -> str:
    if at.side.capabilities.edits is SupportLevel.NOT:
        return _NO_EDITS
    lost = ""

    def edit() -> None:
        nonlocal lost
        lost = at.side.edit(at.identity, at.remote(relayed), message)

    return _refused(at, relayed, edit, _NO_EDITS) or lost


def _deleted_there(at: At, relayed: RelayedMessage) -> str:
    if at.side.capabilities.deletions is SupportLevel.NOT:
        return _NO_DELETIONS
    return _refused(at, relayed, partial(at.side.delete, at.identity, at.remote(relayed)), _NO_DELETIONS)


def _refused(at: At, relayed: RelayedMessage, change: Callable[[], object], gone: str = "It was deleted there.") -> str:
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
        return _words(relayed, error)
    return ""


def _words(relayed: RelayedMessage, error: NotTaken) -> str:
    if not error.is_known and relayed.refusals + 1 < _TRIES:
        raise _TriedAgain(2.0**relayed.refusals, error.code) from error
    log.warning("not taken: chat %s, message %s: %s", relayed.chat_id, relayed.seq, error.code)
    return error.words


def _stands(relayed: RelayedMessage, ref: RemoteMessageRef, lost: str) -> RelayedMessage:
    state = RelayState.NOT_SHOWN if lost else RelayState.SENT
    return replace(relayed, channel_id=ref.channel_id, remote_id=ref.id, state=state, detail=lost)


def _relayed_text(ports: Ports, message: Message) -> str:
    """The words, and a link for what is only given out here."""
    if message.event:
        return _of_call(ports, message.event)
    links = [f"📎 {file.name}: {ports.public_url}/files/{file.id}" for file in message.files]
    return "\n".join(filter(None, [message.text, *links]))


def _line(ports: Ports, message: Message, page: MessagePage, membership: Membership) -> OutgoingMessage:
    """A message that was deleted is quoted no more."""
    author, origin = message.author, of_key(message.origin)
    replied = _quoted(page, membership)
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
