"""Out: each message reaches each participant's own Slack or Teams once, in order, and follows its edits.

A job says only "bring this message's copy at that destination up to date"; what is to be done follows from the ledger and
from the message as it is now. So a job that comes twice, late or after a crash does no harm.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..domain import schedule
from ..domain.changes import Change, FileChanged, InvitationChanged, MessageChanged, ReactionChanged
from ..domain.chats import Chat, Membership
from ..domain.identities import Identity, of_key
from ..domain.invitations import Invitation
from ..domain.messages import Event, EventType, Message, MessagePage
from ..domain.providers import Via
from ..domain.relaying import ROOT, RelayedMessage, RelayState, version_of
from ..ports import Disconnected, Ports, RelayLater
from . import messages, relay_copies, relay_reactions
from .onlookers import Onlookers
from .relay_threads import At

log = logging.getLogger(__name__)
_CAUGHT_UP = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Bring the copy of message `seq` at `destination` (an identity's key) up to date."""

    chat_id: str
    seq: int
    account_id: str
    destination: str


def fan_out(ports: Ports, change: Change, onlookers: Onlookers) -> None:
    """A job for each participant who reads elsewhere, but not for the one from whose side it came; all for whoever begins to."""
    if isinstance(change, InvitationChanged):
        _follow_place(ports, change)
        return
    about = _about(ports, change)
    if about is None:
        return
    chat_id, seq, origin, mark = about
    elsewhere = _reading_elsewhere(onlookers.invitations(chat_id))
    if isinstance(change, MessageChanged):
        _take_back(ports, change, {invitation.identity for invitation in elsewhere}, mark)
    quoting = _quoting(ports, change) if elsewhere and isinstance(change, MessageChanged) else []
    for number, came_from in [(seq, origin), *((message.seq, message.origin) for message in quoting)]:
        for invitation in elsewhere:
            if invitation.identity != came_from:
                put(ports, Job(chat_id, number, invitation.account_id, invitation.identity), mark)


def _about(ports: Ports, change: Change) -> tuple[str, int, str, str] | None:
    """Chat and `seq` of the message whose copies follow this change, whence it came, and what tells the change from others."""
    match change:
        case MessageChanged(after=after) if after.is_relayed:
            return after.chat_id, after.seq, after.origin, str(version_of(after))
        case FileChanged(before, after) if before and after.seq and before.state is not after.state:
            return after.chat_id, after.seq, "", f"f{after.id}"
        case ReactionChanged():
            return change.chat_id, change.seq, "", f"r{ports.now().timestamp()}"
        case _:
            return None


def _quoting(ports: Ports, change: MessageChanged) -> Sequence[Message]:
    """The answers whose copies quote words that stand there no more."""
    before, after = change.before, change.after
    if before is None or before.text == after.text:
        return ()
    return ports.messages.answers(after.chat_id, after.seq)


def _take_back(ports: Ports, change: MessageChanged, followed: set[str], mark: str) -> None:
    """What is deleted goes from where somebody read it before they went over to another side, too."""
    after = change.after
    if not after.deleted_at or change.before is None or change.before.deleted_at:
        return
    for relayed in ports.relayed_messages.of_chat(after.chat_id, after.seq, after.seq):
        identity = of_key(relayed.destination)
        if identity is None or identity.provider not in ports.relay_adapters or relayed.destination in followed:
            continue
        if account_id := ports.identities.account_of(identity):
            put(ports, Job(after.chat_id, after.seq, account_id, relayed.destination), mark)


def put(ports: Ports, job: Job, mark: str) -> None:
    body = {"chat": job.chat_id, "seq": job.seq, "account": job.account_id, "to": job.destination}
    once = f"{job.chat_id}-{job.seq}-{job.destination}-{mark}"
    ports.relay_queue.put(json.dumps(body), group_of(job.chat_id, job.destination), once)


def group_of(chat_id: str, destination: str) -> str:
    """In order for each chat at each destination: where one waits, the person's other chats go on."""
    return f"{destination} {chat_id}"


def run(ports: Ports, job: Job) -> None:
    """Does what is missing. Raises RelayLater where the side can't take it now; what can't heal cuts that side off."""
    chat, membership = ports.chats.with_membership(job.chat_id, job.account_id)
    identity, page = of_key(job.destination), ports.messages.page(job.chat_id, job.seq, job.seq)
    if chat is None or membership is None or identity is None or not relay_copies.is_for(page, membership):
        return
    if ports.identities.account_of(identity) != job.account_id:
        return  # it was unlinked: what is written here goes there no more
    is_left = membership.via is not identity.provider.via
    if is_left and not page.messages[0].deleted_at:
        return  # they read elsewhere now
    adapter = ports.relay_adapters[identity.provider]
    if not adapter.is_reached(identity):
        _not_reached(ports, chat, membership, identity, page)
        return
    _bring(ports, At(adapter, identity, chat, membership), page, is_left)


def _bring(ports: Ports, at: At, page: MessagePage, is_left: bool) -> None:
    """`is_left`: they read elsewhere now, and all that follows there is what is taken back."""
    relayed = ports.relayed_messages.get(at.chat.id, page.messages[0].seq, at.identity.key)
    if not relay_copies.is_up_to_date(relayed, page, at.place, at.side):
        _bring_copy(ports, at, relayed, page, is_left)
    if at.side.reaction_queue and not is_left:
        relay_reactions.put(ports, at, relayed, page)


def _bring_copy(ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage, is_left: bool) -> None:
    try:
        thread = relay_copies.bring(ports, at, relayed, page, fill=not is_left)
    except RelayLater as later:
        if later.outage and not is_left:
            _compare_later(ports, at.place)
        raise
    except Disconnected as reason:
        disconnect(ports, at.chat, at.place, at.identity, reason.reason)
        return
    if thread.disconnected and not is_left:
        restore(ports, at.chat, at.place, at.identity)
        _compare_later(ports, at.place)


def give_up(ports: Ports, job: Job, reason: str) -> None:
    """After a day of trying this is no side that is only slow."""
    chat, membership = ports.chats.with_membership(job.chat_id, job.account_id)
    identity = of_key(job.destination)
    if chat is not None and membership is not None and identity is not None:
        ports.relayed_messages.release(
            ports.relayed_messages.get(job.chat_id, job.seq, job.destination), RelayState.DISCONNECTED, reason
        )
        disconnect(ports, chat, membership, identity, reason)


def catch_up(ports: Ports, identity: Identity) -> None:
    """The side is open, for the first time or again: whatever this person may see and doesn't have there is brought."""
    account_id = ports.identities.account_of(identity)
    for membership in ports.chats.memberships(account_id) if account_id else ():
        if membership.via is identity.provider.via:
            _catch_up(ports, membership.chat_id, account_id, identity)


def _follow_place(ports: Ports, change: InvitationChanged) -> None:
    """Whoever read elsewhere so far finds the chat there, too. By the stream, so that what is said next comes behind it."""
    before, after = change.before, change.after
    identity = of_key(after.identity)
    if before is None or identity is None or identity.provider not in ports.relay_adapters:
        return
    if before.is_taken and after.is_taken and before.identity != after.identity:
        _catch_up(ports, after.chat_id, after.account_id, identity)


def _catch_up(ports: Ports, chat_id: str, account_id: str, identity: Identity) -> None:
    chat, membership = ports.chats.with_membership(chat_id, account_id)
    if chat is None or membership is None:
        return
    first = max(membership.reads_from, chat.last_seq - _CAUGHT_UP + 1)
    for message in ports.messages.page(chat.id, first, None).messages:
        if message.is_relayed and message.origin != identity.key:
            put(ports, Job(chat.id, message.seq, account_id, identity.key), f"again {ports.now().timestamp()}")


def _not_reached(ports: Ports, chat: Chat, membership: Membership, identity: Identity, page: MessagePage) -> None:
    """Not yet, which is nobody's fault, or not any more, which the chat must know. Either way it is caught up later."""
    relayed = ports.relayed_messages.get(chat.id, page.messages[0].seq, identity.key)
    begun = ports.relayed_messages.get(chat.id, ROOT, identity.key).remote_id
    if begun or ports.identities.was_reached(identity):
        reason = "the app isn't there any more"
        ports.relayed_messages.release(relayed, RelayState.DISCONNECTED, reason)
        disconnect(ports, chat, membership, identity, reason)
    elif relayed.state is not RelayState.NOT_REACHED:
        ports.relayed_messages.release(relayed, RelayState.NOT_REACHED, "")


def _reading_elsewhere(invitations: tuple[Invitation, ...]) -> list[Invitation]:
    return [
        invitation
        for invitation in invitations
        if invitation.is_taken and invitation.via not in (Via.WEBTOP, Via.MAIL) and invitation.identity
    ]


def disconnect(ports: Ports, chat: Chat, membership: Membership, identity: Identity, reason: str) -> None:
    """The chat says so, once until it is restored; nothing of a side where they read before."""
    if membership.via is not identity.provider.via:
        return
    root = ports.relayed_messages.get(chat.id, ROOT, identity.key)
    if root.state is RelayState.DISCONNECTED:
        return
    log.warning("relay disconnected: chat %s, invitation %s: %s", chat.id, membership.invitation_id, reason)
    _post_event(ports, chat, membership, EventType.DISCONNECTED, reason, root.version)
    ports.relayed_messages.finish(
        replace(root, state=RelayState.DISCONNECTED, detail=reason, version=root.version + 1), None
    )


def is_disconnected(ports: Ports, chat_id: str, destination: str) -> bool:
    """Whether the chat was told that nothing goes to this destination (an identity's key)."""
    return ports.relayed_messages.get(chat_id, ROOT, destination).state is RelayState.DISCONNECTED


def restore(ports: Ports, chat: Chat, membership: Membership, identity: Identity) -> None:
    """The chat says so, where it was told that nothing goes there any more."""
    root = ports.relayed_messages.get(chat.id, ROOT, identity.key)
    if root.state is not RelayState.DISCONNECTED:
        return
    _post_event(ports, chat, membership, EventType.RESTORED, "", root.version)
    ports.relayed_messages.finish(replace(root, state=RelayState.SENT, detail="", version=root.version + 1), None)


def _compare_later(ports: Ports, membership: Membership) -> None:
    """Whoever couldn't be told may have told us less, too: the hourly job looks."""
    ports.schedule.add_once(schedule.compare(membership.chat_id, membership.invitation_id, ports.now()))


def _post_event(ports: Ports, chat: Chat, membership: Membership, kind: EventType, reason: str, number: int) -> None:
    invitation = ports.invitations.get(chat.id, membership.invitation_id)
    if invitation and invitation.is_taken:
        event = Event(
            type=kind, account_id=invitation.account_id, name=invitation.name, via=invitation.via, reason=reason
        )
        messages.post_event(ports, chat, event, f"{kind}:{membership.invitation_id}:{number}")
