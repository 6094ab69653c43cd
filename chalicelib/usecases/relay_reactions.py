"""Reactions at a side that takes few of them: in a line of their own for all its chats, behind the words, and what is now counts.

The job of a message puts another one here once its words are there. What waits too long is left out, and said.
"""

import json
from dataclasses import asdict, dataclass, replace
from functools import partial

from ..domain.identities import of_key
from ..domain.messages import MessagePage
from ..domain.relaying import RelayedMessage
from ..ports import Disconnected, Ports, RelayLater
from . import relay_copies
from .relay_texts import refused
from .relay_threads import At

_LONGEST = 600.0
"""Seconds in the line. Teams takes some 1,200 reactions meanwhile, of everybody together."""


@dataclass(frozen=True, slots=True)
class ReactionJob:
    """Bring the reactions to message `seq` at `destination` up to date; `asked_at` is in seconds since 1970."""

    chat_id: str
    seq: int
    account_id: str
    destination: str
    asked_at: float


def put(ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage) -> None:
    """Nothing where they are as they should be, as far as the ledger knows."""
    if page.messages[0].deleted_at or set(relayed.reactions) == relay_copies.wanted_reactions(page, at.place):
        return
    now = ports.now().timestamp()
    job = ReactionJob(at.chat.id, relayed.seq, at.place.account_id, at.identity.key, now)
    once = f"reactions-{job.chat_id}-{job.seq}-{job.destination}-{now}"
    ports.relay_queue.put(json.dumps({"reactions": asdict(job)}), at.side.reaction_queue, once)


def run(ports: Ports, job: ReactionJob) -> None:
    """Raises RelayLater where the side takes no more now. Whatever else becomes of a reaction, the words aren't touched."""
    page = ports.messages.page(job.chat_id, job.seq, job.seq)
    at = _place(ports, job, page)
    relayed = ports.relayed_messages.get(job.chat_id, job.seq, job.destination)
    if at is None or page.messages[0].deleted_at or not relayed.remote_id or relayed.tried:
        return  # where the words aren't there yet, their own job asks again
    wanted = relay_copies.wanted_reactions(page, at.place)
    if set(relayed.reactions) == wanted:
        return
    if not ports.relayed_messages.claim(relayed, ports.now()):
        raise RelayLater(2, "somebody else is at it")
    is_late = ports.now().timestamp() - job.asked_at > _LONGEST
    done, later = _brought(at, relay_copies.with_reactions_now(ports, relayed), wanted, is_late)
    ports.relayed_messages.finish(done, at.remote(done))
    if later:
        raise later


def _place(ports: Ports, job: ReactionJob, page: MessagePage) -> At | None:
    """Nothing where the person doesn't read it there any more, or never did."""
    chat, membership = ports.chats.with_membership(job.chat_id, job.account_id)
    identity = of_key(job.destination)
    if chat is None or membership is None or identity is None or not relay_copies.is_for(page, membership):
        return None
    adapter = ports.relay_adapters[identity.provider]
    is_theirs = ports.identities.account_of(identity) == job.account_id
    return At(adapter, identity, chat, membership) if is_theirs and adapter.is_reached(identity) else None


def _brought(
    at: At, relayed: RelayedMessage, wanted: set[str], is_late: bool
) -> tuple[RelayedMessage, RelayLater | None]:
    """As far as the side takes them now. Those that went away come first, and also late: nothing stands there that isn't here."""
    for emoji in sorted(set(relayed.reactions) - wanted):
        if emoji not in relayed.refused_emojis:
            _, later = _tried(at, relayed, emoji, False)
            if later:
                return relayed, later
        relayed = _noted(relayed, emoji, is_on=False, is_refused=False)
    for emoji in sorted(wanted - set(relayed.reactions)):
        why, later = ("late", None) if is_late else _tried(at, relayed, emoji, True)
        if later:
            return relayed, later
        relayed = _noted(relayed, emoji, is_on=True, is_refused=bool(why))
    return relayed, None


def _tried(at: At, relayed: RelayedMessage, emoji: str, is_on: bool) -> tuple[str, RelayLater | None]:
    """Why it isn't shown, or when again. That a whole side is gone is said by the words, not by a reaction."""
    try:
        return refused(at, relayed, partial(at.side.react, at.identity, at.remote(relayed), emoji, is_on)), None
    except Disconnected as reason:
        return reason.reason, None
    except RelayLater as later:
        return "", later


def _noted(relayed: RelayedMessage, emoji: str, *, is_on: bool, is_refused: bool) -> RelayedMessage:
    """In the ledger. What was told while this side showed no reactions at all isn't true any more."""
    others = set(relayed.reactions) - {emoji}
    not_taken = set(relayed.refused_emojis) - {emoji}
    return replace(
        relay_copies.without_reactions(relayed, lost=False),
        reactions=tuple(sorted(others | {emoji} if is_on else others)),
        refused_emojis=tuple(sorted(not_taken | {emoji} if is_refused else not_taken)),
    )
