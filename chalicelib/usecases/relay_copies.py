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

from ..domain.chats import Chat, Place
from ..domain.identities import Identity, of_key
from ..domain.messages import Message, MessageKind, Page
from ..domain.people import Via
from ..domain.relaying import ROOT, Copy, CopyState, Far, Way, version_of
from ..ports import CutOff, Line, NotTaken, Ports, RelayLater, RelaySide, ReplyLost, WindowGone

log = logging.getLogger(__name__)
_CAUGHT_UP, _AT_ONCE, _TRIES = 200, 20, 6
_NO_REACTIONS = "Reactions aren't shown there."
_NO_EDITS = "The first version stands there."
_NO_DELETIONS = "It still stands there."


class _TriedAgain(RelayLater):
    """An answer that nobody documents: it counts, for after some tries it is taken for a refusal."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The chat's own thread at a destination."""

    far: Far
    root: Copy

    @property
    def cut_off(self) -> bool:
        return self.root.state is CopyState.CUT_OFF


@dataclass(frozen=True, slots=True)
class At:
    """One person's own application, and the chat that they read there."""

    side: RelaySide
    identity: Identity
    chat: Chat
    place: Place

    @property
    def system(self) -> str:
        return self.side.system(self.identity)

    def far(self, copy: Copy) -> Far:
        return Far(self.system, copy.place, copy.far_id)


def bring(ports: Ports, at: At, known: Copy, page: Page, fill: bool) -> Thread:
    """One copy, claimed before anything is sent. `fill`: what was left out while the side was cut off comes first."""
    now = ports.now()
    if not ports.copies.claim(known, now):
        raise RelayLater(2, "somebody else is at it")
    try:
        thread, refused = _thread(ports, at, known)
        if refused:
            done = replace(_stands(known, at.far(known), refused), version=_version(page, at.place))
        else:
            if thread.cut_off and fill:
                _fill_gaps(ports, at, known)
            known = _searched(at, thread.far, known, page.messages[0])
            done, thread = _brought_up_to_date(ports, at, thread, known, page)
    except RelayLater as later:
        _wait(ports, at, known, page, later, now)
        raise
    except CutOff as reason:
        ports.copies.release(known, CopyState.CUT_OFF, reason.reason)
        raise
    ports.copies.finish(done, at.far(done) if done.far_id else None)
    return thread


def is_for(page: Page, place: Place) -> bool:
    """Whether there is something that this person reads elsewhere: what somebody wrote, within their history."""
    return any(one.kind is MessageKind.TEXT and place.may_see(one.seq) for one in page.messages)


def is_up_to_date(known: Copy, page: Page, place: Place) -> bool:
    return known.version >= _version(page, place) and set(known.reactions) == _wanted_reactions(page, place)


def _version(page: Page, place: Place) -> int:
    """Of a copy that is as it should be: of the message, and of the words that it quotes."""
    replied = _quoted(page, place)
    return max(version_of(page.messages[0]), version_of(replied) if replied else 0)


def _quoted(page: Page, place: Place) -> Message | None:
    """What is quoted lies within the reader's own history, like everything else."""
    reply_to = page.messages[0].reply_to
    return page.replied.get(reply_to) if reply_to and place.may_see(reply_to) else None


def _wait(  # what was tried, for whom, and what came of it
    ports: Ports, at: At, known: Copy, page: Page, later: RelayLater, claimed: datetime
) -> None:
    """Where only reactions are missing, the text stands there as was said. Only a lost reply leaves a doubt behind."""
    waits = known.version < _version(page, at.place) or known.state is CopyState.CUT_OFF
    if isinstance(later, ReplyLost):
        known = replace(known, tried=True, tried_at=claimed, cursor="")
    if isinstance(later, _TriedAgain):
        known = replace(known, refusals=known.refusals + 1)
    ports.copies.release(known, *((CopyState.RETRYING, later.reason) if waits else (known.state, known.detail)))


def _fill_gaps(ports: Ports, at: At, known: Copy) -> None:
    """What wasn't taken while the side was cut off, in order, some at a time."""
    before = ports.copies.of_chat(known.chat_id, max(1, known.seq - _CAUGHT_UP), known.seq - 1)
    gaps = [one for one in before if one.destination == known.destination and one.state is CopyState.CUT_OFF]
    for gap in gaps[:_AT_ONCE]:
        page = ports.messages.page(gap.chat_id, gap.seq, gap.seq)
        if is_for(page, at.place):
            _fill(ports, at, gap, page)
    if len(gaps) > _AT_ONCE:
        raise RelayLater(1, "catching up")


def _fill(ports: Ports, at: At, gap: Copy, page: Page) -> None:
    try:
        bring(ports, at, gap, page, fill=False)
    except RelayLater as later:  # what it says of the gap, it doesn't say of what comes behind it
        raise RelayLater(later.seconds, later.reason, later.outage) from later


def _wanted_reactions(page: Page, place: Place) -> set[str]:
    """The others': one's own are there already."""
    message = page.messages[0]
    found = {one.emoji for one in page.reactions if one.seq == message.seq and one.account_id != place.account_id}
    return set() if message.deleted_at else found


def _thread(ports: Ports, at: At, known: Copy) -> tuple[Thread, str]:
    """Begun with the first message that goes there; or why not, where that is refused."""
    root = ports.copies.get(at.chat.id, ROOT, at.identity.key)
    if root.far_id:
        return Thread(at.far(root), root), ""
    try:
        return _begun(ports, at, root), ""
    except NotTaken as error:
        return Thread(at.far(root), replace(root, state=CopyState.RETRYING)), _words(known, error)


def _begun(ports: Ports, at: At, root: Copy) -> Thread:
    """Its beginning may be lost on the way, too: then it is searched for in the window, and not posted twice."""
    now = ports.now()
    if root.tried:
        window = Far(at.system, at.side.open(at.identity), "")
        search = at.side.find(at.identity, window, at.chat.id, root.tried_at or now, root.cursor)
        if search.far:
            return _stands_at(ports, root, search.far)
        root = replace(root, tried=bool(search.cursor), cursor=search.cursor)
        ports.copies.release(root, root.state, root.detail)
        if search.cursor:
            raise RelayLater(1, "searching whether the thread was begun")
    try:
        return _stands_at(ports, root, at.side.begin(at.identity, at.chat.id, at.chat.title_for(at.place)))
    except ReplyLost as lost:
        ports.copies.release(replace(root, tried=True, tried_at=now), root.state, root.detail)
        raise RelayLater(lost.seconds, lost.reason, lost.outage) from lost


def _stands_at(ports: Ports, root: Copy, opened: Far) -> Thread:
    state = CopyState.CUT_OFF if root.state is CopyState.CUT_OFF else CopyState.SENT
    done = replace(root, place=opened.place, far_id=opened.id, version=root.version + 1, state=state)
    ports.copies.finish(done, opened)
    return Thread(opened, done)


def _searched(at: At, thread: Far, known: Copy, message: Message) -> Copy:
    """Where an earlier try's outcome is unknown: with its far id if it arrived, without a doubt if it didn't, or with a
    cursor where the other side has more to look through."""
    if not known.tried or known.far_id:
        return replace(known, tried=False, tried_at=None, cursor="")
    since = known.tried_at or message.created_at
    search = at.side.find(at.identity, thread, message.id, since, known.cursor)
    if search.far:
        return replace(known, place=search.far.place, far_id=search.far.id, tried=False, tried_at=None, cursor="")
    return replace(known, tried=bool(search.cursor), cursor=search.cursor)


def _brought_up_to_date(ports: Ports, at: At, thread: Thread, known: Copy, page: Page) -> tuple[Copy, Thread]:
    if known.cursor:
        raise RelayLater(1, "searching whether it arrived")
    message = page.messages[0]
    wanted = _version(page, at.place)
    if known.version >= wanted and known.state is CopyState.CUT_OFF:
        known = replace(known, state=CopyState.SENT, detail="")
    if known.version < wanted and message.origin != at.identity.key:
        known, thread = _text_up_to_date(ports, at, thread, known, page)
    after = _wanted_reactions(page, at.place)
    if at.side.shows.reactions is Way.NOT:
        known = _without_reactions(known, bool(after) and message.origin != at.identity.key)
    elif known.far_id:
        known = _reactions_up_to_date(at, known, after)
    return replace(known, version=wanted, reactions=tuple(sorted(after))), thread


def _without_reactions(known: Copy, lost: bool) -> Copy:
    """Said as long as there are any, beside whatever else can't be shown."""
    detail = " ".join([known.detail.replace(_NO_REACTIONS, "").strip(), *([_NO_REACTIONS] if lost else [])]).strip()
    if not known.far_id or known.state not in (CopyState.SENT, CopyState.NOT_SHOWN):
        return known
    return replace(known, state=CopyState.NOT_SHOWN if detail else CopyState.SENT, detail=detail)


def _reactions_up_to_date(at: At, known: Copy, after: set[str]) -> Copy:
    """Each emoji by itself: one that is refused is said, and the others are there."""
    before, refused = set(known.reactions), set(known.refused_emojis) & after
    for emoji in sorted(after - before):
        if _refused(at, known, partial(at.side.react, at.identity, at.far(known), emoji, True)):
            refused.add(emoji)
    for emoji in sorted(before - after - set(known.refused_emojis)):
        _refused(at, known, partial(at.side.react, at.identity, at.far(known), emoji, False))
    return replace(known, refused_emojis=tuple(sorted(refused)))


def _text_up_to_date(ports: Ports, at: At, thread: Thread, known: Copy, page: Page) -> tuple[Copy, Thread]:
    message = page.messages[0]
    if message.deleted_at:
        return _stands(known, at.far(known), _deleted_there(at, known) if known.far_id else ""), thread
    line = _line(message, page, at.place)
    if known.far_id:
        return _stands(known, at.far(known), _edited_there(at, known, line)), thread
    return _posted(ports, at, thread, known, line)


def _posted(ports: Ports, at: At, thread: Thread, known: Copy, line: Line) -> tuple[Copy, Thread]:
    """Where the thread or its window is gone, once more in a new one; where that is refused too, the side is cut off."""
    try:
        try:
            there, lost = at.side.post(at.identity, thread.far, line)
        except WindowGone as gone:
            log.info("a thread begins anew: chat %s: %s", at.chat.id, gone.reason)
            thread = _begun(ports, at, replace(thread.root, far_id="", tried=False))
            there, lost = at.side.post(at.identity, thread.far, line)
    except WindowGone as gone:
        raise CutOff(gone.reason) from gone
    except NotTaken as error:
        return _stands(known, at.far(known), _words(known, error)), thread
    return _stands(known, there, lost), thread


def _edited_there(at: At, known: Copy, line: Line) -> str:
    if at.side.shows.edits is Way.NOT:
        return _NO_EDITS
    lost = ""

    def edit() -> None:
        nonlocal lost
        lost = at.side.edit(at.identity, at.far(known), line)

    return _refused(at, known, edit, _NO_EDITS) or lost


def _deleted_there(at: At, known: Copy) -> str:
    if at.side.shows.deletions is Way.NOT:
        return _NO_DELETIONS
    return _refused(at, known, partial(at.side.delete, at.identity, at.far(known)), _NO_DELETIONS)


def _refused(at: At, known: Copy, change: Callable[[], object], gone: str = "It was deleted there.") -> str:
    """Changes what stands there; why not, in words, where that is refused.

    Its window may be gone with it, and then the side is cut off if no other can be opened.
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
        return _words(known, error)
    return ""


def _words(known: Copy, error: NotTaken) -> str:
    if not error.is_known and known.refusals + 1 < _TRIES:
        raise _TriedAgain(2.0**known.refusals, error.code) from error
    log.warning("not taken: chat %s, message %s: %s", known.chat_id, known.seq, error.code)
    return error.words


def _stands(known: Copy, there: Far, lost: str) -> Copy:
    state = CopyState.NOT_SHOWN if lost else CopyState.SENT
    return replace(known, place=there.place, far_id=there.id, state=state, detail=lost)


def _line(message: Message, page: Page, place: Place) -> Line:
    """A message that was deleted is quoted no more."""
    author, origin = message.author, of_key(message.origin)
    replied = _quoted(page, place)
    replied = None if replied and replied.deleted_at else replied
    return Line(
        id=message.id,
        author=author.name if author else "",
        via=origin.provider.via if origin else Via.WEBTOP,
        text=message.text,
        mentions=tuple((one.account_id, one.name) for one in message.mentions),
        reply_author=replied.author.name if replied and replied.author else "",
        reply_text=replied.text[:200] if replied else "",
    )
