"""One copy of one message in somebody's own application, brought up to date and noted in the ledger.

What a call comes to is one of four: done; refused for good, which costs this one thing (NotTaken) or the whole side
(CutOff); refused for now (RelayLater), which waits and is sent again without a look; or unknown (ReplyLost), and only then
is the other side searched for what may be there.
"""

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial

from ..domain.chats import Membership
from ..domain.messages import MessagePage
from ..domain.relaying import RelayedMessage, RelayState, SupportLevel
from ..ports import Disconnected, Ports, RelayAdapter, RelayLater, ReplyLost
from . import relay_files
from .relay_texts import refused, searched, stands, up_to_date, wanted_version
from .relay_threads import At, Thread, TriedAgain, thread_of

log = logging.getLogger(__name__)
_CAUGHT_UP, _AT_ONCE = 200, 20
_NO_REACTIONS = "Reactions aren't shown there."


def bring(ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage, fill: bool) -> Thread:
    """One copy, claimed before anything is sent. `fill`: what was left out while the side was disconnected comes first."""
    now = ports.now()
    if not ports.relayed_messages.claim(relayed, now):
        raise RelayLater(2, "somebody else is at it")
    if at.side.reaction_queue:
        relayed = with_reactions_now(ports, relayed)
    try:
        thread, why_not = thread_of(ports, at, relayed)
        if why_not:
            done = replace(stands(relayed, at.remote(relayed), why_not), version=wanted_version(page, at.place))
        else:
            if thread.disconnected and fill:
                _fill_gaps(ports, at, relayed)
            relayed = searched(ports, at, thread.remote, relayed, page)
            relayed, thread = _text_brought(ports, at, thread, relayed, page)
            relayed, thread = _files_brought(ports, at, thread, relayed, page)
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


def is_up_to_date(relayed: RelayedMessage, page: MessagePage, membership: Membership, side: RelayAdapter) -> bool:
    """Without its reactions, where these go in a line of their own."""
    return (
        relayed.version >= wanted_version(page, membership)
        and bool(side.reaction_queue or set(relayed.reactions) == wanted_reactions(page, membership))
        and relay_files.is_complete(relayed, page, side.files is not None)
    )


def with_reactions_now(ports: Ports, relayed: RelayedMessage) -> RelayedMessage:
    """As they stand in the ledger since this worker has claimed the copy: another one may have brought some before."""
    stored = ports.relayed_messages.get(relayed.chat_id, relayed.seq, relayed.destination)
    return replace(relayed, reactions=stored.reactions, refused_emojis=stored.refused_emojis)


def _wait(  # what was tried, for whom, and what came of it
    ports: Ports, at: At, relayed: RelayedMessage, page: MessagePage, later: RelayLater, claimed: datetime
) -> None:
    """Where only reactions are missing, the text stands there as was said. Only a lost reply leaves a doubt behind."""
    waits = relayed.version < wanted_version(page, at.place) or relayed.state is RelayState.DISCONNECTED
    if isinstance(later, ReplyLost):
        relayed = replace(relayed, tried=True, tried_at=claimed, cursor="")
    if isinstance(later, TriedAgain):
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


def wanted_reactions(page: MessagePage, membership: Membership) -> set[str]:
    """The others': one's own are there already."""
    message = page.messages[0]
    results = {
        reaction.emoji
        for reaction in page.reactions
        if reaction.seq == message.seq and reaction.account_id != membership.account_id
    }
    return set() if message.deleted_at else results


def _text_brought(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    """In the ledger before its reactions are sent: whatever becomes of these, the words are not sent again."""
    if relayed.cursor:
        raise RelayLater(1, "searching whether it arrived")
    message = page.messages[0]
    wanted, version = wanted_version(page, at.place), relayed.version
    if version >= wanted and relayed.state is RelayState.DISCONNECTED:
        relayed = replace(relayed, state=RelayState.SENT, detail="")
    if version < wanted and message.origin != at.identity.key:
        relayed, thread = up_to_date(ports, at, thread, relayed, page)
    relayed = replace(relayed, version=wanted)
    waits = not at.side.reaction_queue and set(relayed.reactions) != wanted_reactions(page, at.place)
    is_all = not waits and not (at.side.files and message.files)
    if version < wanted and relayed.remote_id and not is_all:
        ports.relayed_messages.finish(relayed, at.remote(relayed))
    return relayed, thread


def _files_brought(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage
) -> tuple[RelayedMessage, Thread]:
    """Where one is refused, the words are edited: they lead to ours then. Why is said with how the copy fares."""
    before = {copy.detail for copy in relayed.files}
    relayed = relay_files.brought(ports, at, thread, relayed, page)
    if page.messages[0].deleted_at or not any(copy.detail for copy in relayed.files):
        return relayed, thread
    if {copy.detail for copy in relayed.files} != before:
        relayed, thread = up_to_date(ports, at, thread, replace(relayed, brought=0), page)
    return replace(relayed, state=RelayState.NOT_SHOWN), thread


def _reactions_brought(at: At, relayed: RelayedMessage, page: MessagePage) -> RelayedMessage:
    if at.side.reaction_queue:
        return relayed
    after = wanted_reactions(page, at.place)
    if at.side.capabilities.reactions is SupportLevel.NOT:
        relayed = without_reactions(relayed, bool(after) and page.messages[0].origin != at.identity.key)
    elif relayed.remote_id:
        relayed = _reactions_up_to_date(at, relayed, after)
    return replace(relayed, reactions=tuple(sorted(after)))


def without_reactions(relayed: RelayedMessage, lost: bool) -> RelayedMessage:
    """Said as long as there are any, beside whatever else can't be shown."""
    detail = " ".join([relayed.detail.replace(_NO_REACTIONS, "").strip(), *([_NO_REACTIONS] if lost else [])]).strip()
    if not relayed.remote_id or relayed.state not in (RelayState.SENT, RelayState.NOT_SHOWN):
        return relayed
    is_whole = not detail and not any(copy.detail for copy in relayed.files)
    return replace(relayed, state=RelayState.SENT if is_whole else RelayState.NOT_SHOWN, detail=detail)


def _reactions_up_to_date(at: At, relayed: RelayedMessage, after: set[str]) -> RelayedMessage:
    """Each emoji by itself: one that is refused is said, and the others are there."""
    before, not_taken = set(relayed.reactions), set(relayed.refused_emojis) & after
    for emoji in sorted(after - before):
        if refused(at, relayed, partial(at.side.react, at.identity, at.remote(relayed), emoji, True)):
            not_taken.add(emoji)
    for emoji in sorted(before - after - set(relayed.refused_emojis)):
        refused(at, relayed, partial(at.side.react, at.identity, at.remote(relayed), emoji, False))
    return replace(relayed, refused_emojis=tuple(sorted(not_taken)))
