"""The chat's own thread in somebody's application: begun once, found again, begun anew where it is gone."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain.chats import Chat, Membership
from ..domain.identities import Identity
from ..domain.relaying import ROOT, RelayedMessage, RelayState, RemoteMessageRef
from ..ports import Disconnected, NotTaken, Ports, RelayAdapter, RelayLater, ReplyLost, WindowGone

log = logging.getLogger(__name__)
_TRIES = 6


class TriedAgain(RelayLater):
    """An answer that nobody documents: it counts, for after some tries it is taken for a refusal."""


class _Searching(RelayLater):
    """Whether a thread was begun isn't known yet; `cursor` is where to look on."""

    def __init__(self, cursor: str) -> None:
        super().__init__(1, "searching whether the thread was begun")
        self.cursor = cursor


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

    def remote(self, relayed: RelayedMessage, part: int = 0) -> RemoteMessageRef:
        return RemoteMessageRef(self.system, relayed.channel_id, relayed.remote_ids[part] if relayed.remote_id else "")


@dataclass(frozen=True, slots=True)
class Thread:
    """The chat's own thread at a destination."""

    remote: RemoteMessageRef
    root: RelayedMessage

    @property
    def disconnected(self) -> bool:
        return self.root.state is RelayState.DISCONNECTED


def thread_of(ports: Ports, at: At, relayed: RelayedMessage) -> tuple[Thread, str]:
    """Begun with the first message that goes there; or why not, where that is refused."""
    root = ports.relayed_messages.get(at.chat.id, ROOT, at.identity.key)
    if root.remote_id:
        return Thread(at.remote(root), root), ""
    try:
        return begun(ports, at, root), ""
    except NotTaken as error:
        return Thread(at.remote(root), replace(root, state=RelayState.RETRYING)), words(relayed, error)


def begun(ports: Ports, at: At, root: RelayedMessage) -> Thread:
    """Claimed before it is sent, as every copy: of two at the same moment one begins the thread. Where an earlier try's
    outcome is unknown, it is searched for in the window, and not posted twice."""
    now = ports.now()
    if not ports.relayed_messages.claim(root, now):
        raise RelayLater(2, "somebody else begins the thread")
    try:
        existing = _begun_before(at, root, now)
        root = replace(root, tried=False, tried_at=None, cursor="")
        return _stands_at(ports, root, existing or at.side.begin(at.identity, at.chat.id, _first_line(ports, at)))
    except _Searching as searching:
        ports.relayed_messages.release(replace(root, cursor=searching.cursor), root.state, root.detail)
        raise
    except ReplyLost as lost:
        ports.relayed_messages.release(replace(root, tried=True, tried_at=now, cursor=""), root.state, root.detail)
        raise RelayLater(lost.seconds, lost.reason, lost.outage) from lost
    except (RelayLater, NotTaken, Disconnected, WindowGone):
        ports.relayed_messages.release(root, root.state, root.detail)
        raise


def _first_line(ports: Ports, at: At) -> str:
    account = ports.accounts.get(at.place.account_id)
    return ports.mail_texts.first_line(account.locale if account else "en", at.chat.title_for(at.place))


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


def words(relayed: RelayedMessage, error: NotTaken) -> str:
    if not error.is_known and relayed.refusals + 1 < _TRIES:
        raise TriedAgain(2.0**relayed.refusals, error.code) from error
    log.warning("not taken: chat %s, message %s: %s", relayed.chat_id, relayed.seq, error.code)
    return error.words
