"""Chats: who is in one, what they may do there and from where on they may read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .providers import Via


class ChatKind(StrEnum):
    DIRECT = "direct"
    GROUP = "group"


class ChatRole(StrEnum):
    MEMBER = "member"
    EXTERNAL = "external"


PREVIEW_MEMBERS = 4
OPEN_WITHOUT_MEMBERS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ChatHead:
    """Where a chat stands: its last `seq`, and how many of its messages people wrote."""

    seq: int = 0
    text_count: int = 0


@dataclass(frozen=True, slots=True)
class PreviewMember:
    """Somebody who stands for the chat in lists; `account_id` is empty while they are invited, and `label` their address."""

    account_id: str
    label: str
    role: ChatRole
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """`roster_version` rises with every change of who is invited, so that two such changes at once can't both pass.

    `last_seq`, `last_text_count`, `last_at` sum the messages up for lists; they may lag behind a crash and nothing correct
    rests on them. `waiting` says how many things wait for which inviter: who asks, and what bounced. `deleted` are the `seq`
    of the messages deleted last, which nobody has to read any more.
    `memberless_since` is when the last member left; `closed_at` when somebody closed it, or the clock did.
    `is_registered`: its places from outside stand in the register's index; they don't in a chat that is older than that.
    """

    id: str
    workspace_id: str
    kind: ChatKind
    name: str
    created_at: datetime
    founder_id: str
    founder_name: str
    founder_picture: str = ""
    founder_left: bool = False
    roster_version: int = 1
    last_seq: int = 0
    last_text_count: int = 0
    last_at: datetime
    preview: tuple[PreviewMember, ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()
    deleted: frozenset[int] = frozenset()
    memberless_since: datetime | None = None
    closed_at: datetime | None = None
    is_registered: bool = True

    def closed_by(self, now: datetime) -> datetime | None:
        """When it was closed, if it was: by somebody, or by the clock, so long after its last member left."""
        if self.closed_at or self.memberless_since is None:
            return self.closed_at
        end = self.memberless_since + OPEN_WITHOUT_MEMBERS
        return end if now >= end else None

    @property
    def head(self) -> ChatHead:
        return ChatHead(self.last_seq, self.last_text_count)

    def title_for(self, reader: "Membership") -> str:
        """The name; for a chat without one, who else is there, as far as this reader may know."""
        others = [
            preview_member.label
            for preview_member in self.preview
            if preview_member.account_id != reader.account_id and (preview_member.account_id or reader.is_member)
        ]
        return self.name or ", ".join(others) or self.founder_name

    def other_of(self, reader: "Membership") -> PreviewMember | None:
        """Who else is in a chat of two, whose picture stands for it."""
        others = [each for each in self.preview if each.account_id and each.account_id != reader.account_id]
        return others[0] if self.kind is ChatKind.DIRECT and len(others) == 1 else None

    def waits_for(self, account_id: str) -> int:
        """How many invitations here this person has to answer or mend."""
        return dict(self.waiting).get(account_id, 0)

    @property
    def has_outside(self) -> bool:
        return any(preview_member.role is ChatRole.EXTERNAL for preview_member in self.preview)


class Level(StrEnum):
    """Of what in this chat a person wants to be told while they are away."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's membership of a chat: looked up at every request, gone the moment they are out.

    `reads_from` is the first `seq` this person may ever see; `read_to` the last one they have read, and `read_text_count` how many
    messages that people wrote there were by then: the difference is what is unread. `notified_text_count` is how many
    there were when a mail or a push last told this person of them, `notified_seq` the last message then.
    `mentioned_in` are the `seq` of unread messages that mention this person, the first hundred of them.
    `hidden_text_count` is how many messages there were when this person hid the chat from their list, until the next one;
    None if they didn't. `wrote_at` is when they last wrote, None if never. `ends_at` is when a place from outside ends, None if
    it has no end.
    """

    account_id: str
    chat_id: str
    workspace_id: str
    invitation_id: str
    role: ChatRole
    via: Via
    reads_from: int
    read_to: int
    read_text_count: int
    joined_at: datetime
    level: Level = Level.ALL
    notified_text_count: int = 0
    notified_seq: int = 0
    mentioned_in: frozenset[int] = frozenset()
    hidden_text_count: int | None = None
    wrote_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def mentions(self) -> int:
        return len(self.mentioned_in)

    @property
    def is_member(self) -> bool:
        return self.role is ChatRole.MEMBER

    def holds_at(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at

    def may_see(self, seq: int) -> bool:
        return seq >= self.reads_from

    def unread(self, chat: Chat) -> int:
        return max(0, chat.last_text_count - self.read_text_count - sum(seq > self.read_to for seq in chat.deleted))

    def hides(self, chat: Chat) -> bool:
        """Whether this person's list goes without the chat: hidden, and nobody has written since."""
        return self.hidden_text_count is not None and chat.last_text_count <= self.hidden_text_count

    def misses(self, chat: Chat) -> bool:
        """Whether something is there that this person wants to be told of, and wasn't; not where they read in their own app."""
        if self.level is Level.NONE or self.via is not Via.WEBTOP or chat.last_text_count <= self.notified_text_count:
            return False
        if self.level is Level.MENTIONS and chat.kind is ChatKind.GROUP:
            return any(seq > self.notified_seq for seq in self.mentioned_in)
        return self.unread(chat) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    account_id: str
    name: str
    role: ChatRole
    via: Via
    joined_at: datetime
    invitation_id: str
    organization: str = ""
    invited_as: str = ""
    inviter_id: str = ""
    ends_at: datetime | None = None
    owner_id: str = ""
    owner_name: str = ""
    picture: str = ""


def refuse_unless_member(membership: Membership) -> None:
    if not membership.is_member:
        raise errors.members_only()


def refuse_unless_open(chat: Chat, now: datetime) -> None:
    """Nobody writes into a closed chat, nor joins it; nor one that no member is in, until one takes it over."""
    if chat.closed_by(now):
        raise errors.chat_closed()
    if chat.memberless_since is not None:
        raise errors.nobody_in_charge()


def refuse_unless_room(people: int, cap: int) -> None:
    if people > cap:
        raise errors.chat_full(cap)


def kind_for(others: int) -> ChatKind:
    """Direct with one other person, group with more."""
    return ChatKind.DIRECT if others <= 1 else ChatKind.GROUP
