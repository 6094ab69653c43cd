"""Messages: numbered 1, 2, 3 … in each chat without gaps or repeats. Events are messages that nobody wrote."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import emojis, errors
from .characters import is_blank, with_line_feeds
from .chats import ChatRole, Membership
from .files import MOST_IN_A_MESSAGE, File, MessageFile
from .providers import Via

MOST_REACTIONS, MOST_REACTIONS_OF_ONE = 50, 20
MOST_REACTORS = 20
"""Of so many people it is said that they reacted so; of all others, how many they are."""
"""Different ones on one message: of everybody, of one person."""

LONGEST, PAGE, PAGE_MOST = 4_000, 50, 100
_CONTROLS = re.compile("[\0-\x08\x0e-\x1f\x7f]")


class MessageKind(StrEnum):
    TEXT = "text"
    EVENT = "event"


class EventType(StrEnum):
    INVITATION_SENT = "invitation.sent"
    INVITATION_DECLINED = "invitation.declined"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_EXPIRED = "invitation.expired"
    INVITATION_BOUNCED = "invitation.bounced"
    JOINED = "participant.joined"
    LEFT = "participant.left"
    REMOVED = "participant.removed"
    ENDED = "participant.ended"
    CLOSED = "chat.closed"
    TAKEN_OVER = "chat.taken_over"
    RENAMED = "chat.renamed"
    DISCONNECTED = "relay.cut_off"
    RESTORED = "relay.restored"
    CALL_STARTED = "call.started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    account_id: str
    name: str
    role: ChatRole
    via: Via


@dataclass(frozen=True, slots=True)
class Mention:
    account_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened. `name` is the person it is about, `by` who did it; `email` and `emails` are for members' eyes only.

    `invitation_ids` are those of `emails`, in the same order, or of `email`: when an invitation is forgotten, its address
    goes here too. A call that is over has `ended_at`, and the `minutes` that it took, begun ones whole.
    """

    type: EventType
    account_id: str = ""
    name: str = ""
    by: str = ""
    via: str = ""
    organization: str = ""
    email: str = ""
    emails: tuple[str, ...] = ()
    count: int = 0
    reason: str = ""
    own_address: str = ""
    invitation_ids: tuple[str, ...] = ()
    call_id: str = ""
    ended_at: str = ""
    minutes: int = 0

    def without_address(self, invitation_id: str) -> "Event":
        """What is left to tell when nobody is to know any more whom the invitation was for."""
        if invitation_id not in self.invitation_ids:
            return self
        kept = [
            (item, email)
            for item, email in zip(self.invitation_ids, self.emails, strict=False)
            if item != invitation_id
        ]
        return replace(
            self,
            email="",
            reason="",
            invitation_ids=tuple(item for item, _ in kept),
            emails=tuple(email for _, email in kept),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`nonce` is the author's side of "only once": the same nonce in a chat is the same message.

    `origin` is the identity from whose Slack or Teams it came, and to which it never goes back. `mail_id` names the mail behind
    it, where more stood in that than became the message.
    `texts` counts the messages that people wrote, up to this one.
    """

    chat_id: str
    seq: int
    text_count: int
    author: Author | None
    kind: MessageKind
    text: str
    nonce: str
    created_at: datetime
    event: Event | None = None
    reply_to: int = 0
    mentions: tuple[Mention, ...] = ()
    origin: str = ""
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    files: tuple[MessageFile, ...] = ()
    mail_id: str = ""

    @property
    def id(self) -> str:
        return message_id(self.chat_id, self.seq)

    @property
    def gist(self) -> str:
        """What stands for it where there is room for words alone."""
        return self.text or " ".join(f"📎 {file.name}" for file in self.files)

    @property
    def is_relayed(self) -> bool:
        """Whether it goes to Slack and Teams, too: what somebody wrote, and the line with which a call can be joined."""
        return self.kind is MessageKind.TEXT or (self.event is not None and self.event.type is EventType.CALL_STARTED)

    @property
    def changed_at(self) -> datetime:
        return self.deleted_at or self.edited_at or self.created_at

    def next_change(self, now: datetime) -> datetime:
        """The time of a change of it: now, but later than the one before, whatever the clocks say."""
        return max(now, self.changed_at + timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class Reaction:
    seq: int
    emoji: str
    account_id: str


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages in order of `seq`, the reactions on them, the messages they reply to that lie elsewhere, and their files."""

    messages: tuple[Message, ...]
    reactions: tuple[Reaction, ...] = ()
    replied: dict[int, Message] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)


def message_id(chat_id: str, seq: int) -> str:
    return f"{chat_id}-{seq}"


def seq_of(message: str, chat_id: str) -> int:
    """The `seq` in a message's id; an id of another chat is unknown here."""
    match = re.fullmatch(r"([a-z2-7]{16})-([1-9][0-9]{0,8})", message)
    if not match or match[1] != chat_id:
        raise errors.unknown()
    return int(match[2])


def checked_files(files: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their order."""
    chosen = tuple(dict.fromkeys(files))
    if len(chosen) > MOST_IN_A_MESSAGE:
        raise errors.wrong_field(
            "files", "too_many", "A message takes {most} files. Send the rest in another.", most=MOST_IN_A_MESSAGE
        )
    return chosen


def checked_text(text: str, has_files: bool = False) -> str:
    """A message with files needs no words. Controls that came along with pasted text go: nobody sees them, so nobody could."""
    text = _CONTROLS.sub("", with_line_feeds(text)).strip("\n ")
    if has_files and is_blank(text):
        return ""
    if is_blank(text):
        raise errors.wrong_field("text", "empty", "Write something first.")
    if len(text) > LONGEST:
        raise errors.wrong_field(
            "text", "too_long", "Use at most {most} characters; this has {long}.", most=LONGEST, long=len(text)
        )
    return text


def checked_emoji(emoji: str) -> str:
    """One emoji in its normal form; nothing that could be read as text."""
    result = emojis.normal(emoji)
    if not result:
        raise errors.wrong_field("emoji", "not_emoji", "Choose one emoji.")
    return result


def refuse_unless_may_react(reaction: Reaction, existing: Iterable[Reaction]) -> None:
    """Each further reaction is read with its message for ever, so a message takes so many different ones, and of one person
    fewer. Of several at the same moment a few more may get through."""
    emojis_there, mine = set[str](), set[str]()
    for other in existing:
        emojis_there.add(other.emoji)
        if other.account_id == reaction.account_id:
            mine.add(other.emoji)
    if reaction.emoji in mine:
        return
    if len(mine) >= MOST_REACTIONS_OF_ONE:
        raise errors.conflict(
            "too_many_reactions",
            "You have {count} different reactions on this message already. Take one back first.",
            count=MOST_REACTIONS_OF_ONE,
        )
    if reaction.emoji not in emojis_there and len(emojis_there) >= MOST_REACTIONS:
        raise errors.conflict(
            "too_many_reactions",
            "This message has {count} different reactions already. Choose one of those.",
            count=MOST_REACTIONS,
        )


def refuse_unless_author(message: Message, membership: Membership) -> None:
    if message.author is None or message.author.account_id != membership.account_id:
        raise errors.Refusal(errors.RefusalKind.FORBIDDEN, "not_author", "Only the author can change a message.")
    if message.deleted_at is not None:
        raise errors.conflict("deleted", "This message was deleted.")
