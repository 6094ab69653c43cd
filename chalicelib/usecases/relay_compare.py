"""After an outage: what stands in a person's own application is compared with the chat, and the gaps of both are filled.

Each gap is filled by what would have filled it in time, so that what was there after all does no harm.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from ..domain.chats import Chat, Membership
from ..domain.identities import Identity, of_key
from ..domain.messages import EventType, Message, MessageKind, MessagePage
from ..domain.relaying import (
    ROOT,
    InboundEvent,
    RelayedMessage,
    RelayState,
    RemoteMessage,
    RemoteMessageRef,
    version_of,
)
from ..domain.schedule import ScheduledTask
from ..ports import Disconnected, NotTaken, Ports, WindowGone
from . import relay_in, relay_out

log = logging.getLogger(__name__)
_LOOKED_AT, _ASKED_FOR = 500, 50
_BEFORE = timedelta(hours=26)
"""An outage is noted for the next hour, and by tries that go on for a day."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`stored_at` is when the outage was noted; `since` the remote id from which to read on, empty at the beginning.

    Each is one step, for a history may be read once a minute: the next page of the thread; with `cursor`, more of what
    stands outside of it; with `missing`, whether the first of these far ids was deleted.
    """

    chat_id: str
    account_id: str
    destination: str
    noted: str
    since: str = ""
    cursor: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Histories:
    """What we have, read before what they have: so what is missing there was taken away."""

    identity: Identity
    membership: Membership
    page: MessagePage
    copies: dict[int, RelayedMessage]

    @property
    def by_remote_id(self) -> dict[str, Message]:
        """Of a long one that became several here, the first."""
        stands = {seq: relayed.remote_id for seq, relayed in self.copies.items() if relayed.remote_id}
        return {stands[message.seq]: message for message in reversed(self.page.messages) if message.seq in stands}


def begin(ports: Ports, task: ScheduledTask) -> bool:
    """From the hourly job: the rest is the relay's, with its rights and its patience."""
    invitation = ports.invitations.get(task.chat_id, task.invitation_id)
    identity = of_key(invitation.identity) if invitation and invitation.is_taken else None
    if invitation is None or identity is None or identity.provider not in ports.relay_adapters:
        return False  # they read in the browser or by mail now, where there is nothing to compare with
    _put(ports, Comparison(task.chat_id, invitation.account_id, invitation.identity, task.at.isoformat()))
    return True


def run(ports: Ports, comparison: Comparison) -> None:
    """A step at a time: what there is to do further is a body of its own."""
    chat, membership = ports.chats.with_membership(comparison.chat_id, comparison.account_id)
    identity = of_key(comparison.destination)
    if (
        chat is None
        or membership is None
        or identity is None
        or not ports.relay_adapters[identity.provider].is_reached(identity)
    ):
        return
    histories = _read(ports, chat, membership, identity)
    if not (comparison.since or comparison.cursor or comparison.missing):
        _fill_theirs(ports, histories, comparison)
    root = ports.relayed_messages.get(chat.id, ROOT, identity.key)
    if not root.remote_id or root.state is RelayState.DISCONNECTED:
        return
    try:
        if comparison.missing:
            _ask_for(ports, histories, root, comparison)
        else:
            _fill_ours(ports, histories, root, comparison)
    except (Disconnected, NotTaken, WindowGone) as reason:
        log.warning("nothing to compare: chat %s, invitation %s: %s", chat.id, membership.invitation_id, reason)


def _fill_ours(ports: Ports, histories: _Histories, root: RelayedMessage, comparison: Comparison) -> None:
    """What they did and we weren't told."""
    adapter = ports.relay_adapters[histories.identity.provider]
    since = comparison.since or _since(histories, datetime.fromisoformat(comparison.noted), root)
    page = adapter.fetch_history(
        histories.identity,
        RemoteMessageRef(adapter.system(histories.identity), root.channel_id, root.remote_id),
        since,
        comparison.cursor,
    )
    if page is None:
        return
    for remote_message in page.items:
        for event in _unheard(histories, remote_message):
            relay_in.handle(ports, event)
    if page.cursor:
        _put(ports, replace(comparison, since=since, cursor=page.cursor))
    if comparison.cursor:
        return
    if missing := _missing(histories, {item.ref.id for item in page.items}, since, page.upto):
        _put(ports, replace(comparison, since=since, missing=missing))
    if page.upto:
        _put(ports, replace(comparison, since=page.upto))


def _ask_for(ports: Ports, histories: _Histories, root: RelayedMessage, comparison: Comparison) -> None:
    """The first of those that weren't seen: it may stand in another thread, or on another page."""
    adapter, message = (
        ports.relay_adapters[histories.identity.provider],
        histories.by_remote_id.get(comparison.missing[0]),
    )
    channel_id = histories.copies[message.seq].channel_id if message else root.channel_id
    ref = RemoteMessageRef(adapter.system(histories.identity), channel_id, comparison.missing[0])
    if message and not message.deleted_at and adapter.is_gone(histories.identity, ref):
        relay_in.handle(ports, InboundEvent(action="deleted", identity=histories.identity, target=ref))
    if comparison.missing[1:]:
        _put(ports, replace(comparison, missing=tuple(comparison.missing[1:])))


def _read(ports: Ports, chat: Chat, membership: Membership, identity: Identity) -> _Histories:
    first = max(1, membership.reads_from, chat.last_seq - _LOOKED_AT + 1)
    page = ports.messages.page(chat.id, first, None)
    last = page.messages[-1].seq if page.messages else first
    relayed_messages = {
        relayed.seq: relayed
        for relayed in ports.relayed_messages.of_chat(chat.id, first, last)
        if relayed.destination == identity.key
    }
    return _Histories(identity, membership, page, relayed_messages)


def _fill_theirs(ports: Ports, histories: _Histories, comparison: Comparison) -> None:
    """What isn't there as it is here gets a job of its own, in order; one that is still in the queue does no harm."""
    for message in histories.page.messages:
        relayed = histories.copies.get(message.seq)
        if message.kind is not MessageKind.TEXT or message.origin == histories.identity.key:
            continue
        if relayed is None or relayed.version < version_of(message) or relayed.state is RelayState.DISCONNECTED:
            job = relay_out.Job(message.chat_id, message.seq, histories.membership.account_id, histories.identity.key)
            relay_out.put(ports, job, f"compared {comparison.noted}")


def _since(histories: _Histories, stored_at: datetime, root: RelayedMessage) -> str:
    """The last message there from before the outage, by our clock; theirs may go otherwise."""
    began = stored_at - _BEFORE
    for message in histories.page.messages:
        event = message.event
        if event and event.type is EventType.DISCONNECTED and event.account_id == histories.membership.account_id:
            began = min(began, message.created_at - _BEFORE)
    before = [stamp for stamp, message in histories.by_remote_id.items() if message.created_at <= began]
    return max(before, default=root.remote_id)


def _unheard(histories: _Histories, remote_message: RemoteMessage) -> list[InboundEvent]:
    """What the person did to this message, as far as the chat doesn't know of it.

    A reaction that isn't there was perhaps made here, where one's own stays; so nothing is taken back.
    """
    message = histories.by_remote_id.get(remote_message.ref.id)
    base = InboundEvent(
        action="posted",
        identity=histories.identity,
        target=remote_message.ref,
        text=remote_message.text,
        mentions=remote_message.mentions,
        at=remote_message.changed_at,
        files=remote_message.files,
    )
    posted = replace(base, parent=remote_message.parent, is_in_thread=remote_message.is_in_thread)
    events = [posted] if remote_message.is_theirs and message is None else []
    if (
        remote_message.is_theirs
        and message
        and _second(remote_message.changed_at) > _second(histories.copies[message.seq].last_change)
    ):
        events.append(replace(base, action="edited"))
    emojis, seq = set(remote_message.emojis), message.seq if message else 0
    emojis -= {
        reaction.emoji
        for reaction in histories.page.reactions
        if (reaction.seq, reaction.account_id) == (seq, histories.membership.account_id)
    }
    return events + [replace(base, action="reacted", emoji=item) for item in sorted(emojis)]


def _second(stamp: str) -> str:
    """A message says in whole seconds when it was changed, an event exactly."""
    return stamp.partition(".")[0]


def _missing(histories: _Histories, existing: set[str], since: str, upto: str) -> tuple[str, ...]:
    """Their own that weren't seen there."""
    missing = [
        stamp
        for stamp, message in sorted(histories.by_remote_id.items())
        if message.origin == histories.identity.key and not message.deleted_at and stamp not in existing
        if stamp > since and (not upto or stamp <= upto)
    ]
    return tuple(missing[:_ASKED_FOR])


def _put(ports: Ports, comparison: Comparison) -> None:
    name = f"compare {comparison.chat_id} {comparison.destination}"
    step = f"{comparison.noted} {comparison.since} {comparison.cursor} {' '.join(comparison.missing)}"
    ports.relay_queue.put(json.dumps({"compare": asdict(comparison)}), name, f"{name} {step}")
