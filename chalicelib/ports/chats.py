"""Chats, and what is said and due in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ..domain.calls import Call
from ..domain.chats import Chat, ChatHead, Level, Membership, PreviewMember
from ..domain.invitations import Invitation
from ..domain.messages import Message, MessagePage, Reaction
from ..domain.providers import Via
from ..domain.schedule import ScheduledTask, TaskKey
from ..domain.searching import Criteria, Sweep
from ..domain.whole_mails import WholeMail


class Chats(Protocol):
    def with_membership(self, chat_id: str, account_id: str) -> tuple[Chat | None, Membership | None]:
        """The chat and this person's place in it, in one read: what every request about a chat asks first."""

    def roster(self, chat_id: str) -> tuple[Chat, tuple[Invitation, ...]] | None:
        """The chat and every invitation in it, in one query."""

    def memberships(self, account_id: str) -> list[Membership]: ...
    def get_many(self, chat_ids: Iterable[str]) -> dict[str, Chat]: ...
    def add(
        self, chat: Chat, founder: Membership, invitations: Sequence[Invitation], memberships: Sequence[Membership]
    ) -> None:
        """A new chat, in batches. The chat's own item comes last, by itself: until it is there, nothing of this counts."""

    def rename(self, chat: Chat, name: str, by: str, now: datetime) -> bool: ...
    def call_founder(self, chat: Chat, name: str, picture: str) -> None: ...
    def set_preview(self, chat_id: str, preview: Sequence[PreviewMember], waiting: Sequence[tuple[str, int]]) -> None:
        """Who stands for the chat in lists, and what waits there for whom."""

    def update_head(self, message: Message) -> None:
        """Lists show this message as the newest, unless a newer one is there."""

    def mark_read(self, membership: Membership, upto: ChatHead, wrote_at: datetime | None = None) -> None:
        """Never goes back, and never gives a place to somebody who is out. `wrote_at`: by a message of their own."""

    def mark_unread(
        self, membership: Membership, from_head: ChatHead, mentioned_in: Iterable[int], text_count: int
    ) -> None:
        """Back to `from_head`. What was put back on purpose isn't mailed as missed: `text_count` messages count as told."""

    def hide(self, membership: Membership, text_count: int | None) -> None:
        """From the person's list, until there are more messages than these; None shows it again."""

    def count_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        """Once for each message, however often it is told, while it is unread."""

    def uncount_mention(self, account_id: str, chat_id: str, seq: int) -> None:
        """The message is gone, or mentions this person no more."""

    def note_deleted(self, chat_id: str, seq: int) -> None:
        """Nobody has to read this message any more. The last few are enough, so that the chat's item stays small."""

    def mark_notified(self, membership: Membership, upto: ChatHead) -> None:
        """A mail or a push told this person of what they missed here, up to this message. Never goes back."""

    def forget_invited(self, chat_id: str, invitation_id: str) -> None:
        """What the chat was last told names the invited address no more. Told another thing meanwhile, there is nothing to do."""

    def note_registered(self, chat_id: str) -> None: ...
    def retell(self, chat_id: str, retold: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """What the chat was last told, in other words. Told another thing meanwhile, there is nothing to do."""

    def note_memberless(self, chat_id: str, since: datetime) -> bool:
        """False where it stands there already, or the chat is closed."""

    def take_over(self, old: Chat, record: Invitation, place: Membership, by: str) -> bool:
        """Somebody is a member of it again; False if somebody was faster, or it was closed."""

    def close(self, old: Chat, at: datetime, by: str, by_id: str) -> bool:
        """For good; False if it was closed or taken over meanwhile."""

    def choose_level(self, membership: Membership, level: Level) -> None: ...
    def choose_via(self, membership: Membership, via: Via, identity: str, organization: str = "") -> None:
        """This person reads and writes there from now on, and nowhere else; `identity` is its key, empty for the browser.

        `organization` is whose team or tenant that is; without one, what is known of it stays.
        """


class Schedule(Protocol):
    """What is due when."""

    def add(self, tasks: Sequence[ScheduledTask], now: datetime) -> None:
        """Putting the same in again changes nothing. What is overdue already is put where the next run looks."""

    def add_once(self, task: ScheduledTask) -> None: ...
    def due(self, now: datetime) -> Iterator[ScheduledTask]:
        """Everything that is due and not done; in each partition the earliest first."""

    def standing(self, now: datetime) -> Iterator[TaskKey]:
        """The keys of the same."""

    def new(self, now: datetime) -> Iterator[Sequence[TaskKey]]:
        """The keys of what became due since it was handed over last, of each partition some, the earliest first.

        Of the last minutes all that isn't done yet, handed over or not; what comes once an hour is never among them.
        """

    def handed_over(self, keys: Sequence[TaskKey], now: datetime) -> None:
        """These keys of one partition, as `new` gave them: the next begins behind them. An earlier place never wins."""

    def read(self, keys: Sequence[TaskKey]) -> list[ScheduledTask]:
        """Those of them that aren't done yet, in this order."""

    def done(self, task: ScheduledTask) -> None: ...
    def done_all(self, tasks: Sequence[ScheduledTask]) -> None:
        """In batches; not all or nothing."""

    def all_done_until(self, now: datetime) -> None:
        """Of the partitions by day, in which 0.1 put what is due: the next run starts with this day.

        Two runs at once may both say so; the earlier day never wins.
        """


class DueQueue(Protocol):
    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """As the mail queue's."""

    def later(self, receipt: str, seconds: int) -> None:
        """A message that failed comes again after these `seconds`."""


class Messages(Protocol):
    def head(self, chat_id: str) -> ChatHead:
        """The last key of all: one item is read, in a chat of any length."""

    def add(self, message: Message) -> int:
        """The `seq` at which the message stands; 0 if that is taken by another one."""

    def add_with_files(self, message: Message) -> int:
        """Like `add`, and each file is taken by this message and no other; refuses with `file_used` where one was taken."""

    def add_event(self, message: Message) -> int:
        """Like `add`, and only if this event (its nonce) was never told in this chat; else where it was told."""

    def rewrite(self, before: Message, after: Message) -> bool:
        """Who and what it names, and nothing else of it; it counts as no edit. False if somebody edited it meanwhile."""

    def forget_invited(self, chat_id: str, invitation_id: str, nonces: Iterable[str]) -> None:
        """The lines that were told with these nonces name the invited address no more."""

    def by_nonce(self, chat_id: str, nonce: str, after: int) -> Message | None:
        """One's own message among those behind `after`: asked only when an earlier try may have got through."""

    def get(self, chat_id: str, seq: int) -> Message | None: ...
    def page(self, chat_id: str, first: int, last: int | None) -> MessagePage:
        """Everything from `first` to `last` (None: the end) in one query; its files, and replies' targets outside it, in one
        more read."""

    def search(self, chat_id: str, first: int, last: int, criteria: Criteria, most: int) -> Sweep:
        """One query backwards from `last` that reads `most` items: what meets `criteria`, with the reactions on it.

        The table is asked for what holds the words anywhere. What has no folded copy, or may have an older one because a
        version that knows none edited it, comes along and is judged by its text like everything else.
        """

    def replied(self, messages: Iterable[Message]) -> dict[tuple[str, int], Message]:
        """The messages, of any chat, that these reply to."""

    def answers(self, chat_id: str, seq: int) -> list[Message]:
        """The messages that answer this one, among the thousand after it."""

    def edit(self, message: Message, now: datetime) -> bool:
        """Writes the text and mentions of `message`; False if it was deleted meanwhile."""

    def end_call(self, chat_id: str, nonce: str, at: datetime, minutes: int) -> bool:
        """The line that was told with this nonce says that its call is over; whether that is new."""

    def delete(self, message: Message, now: datetime) -> bool: ...
    def react(self, chat_id: str, reaction: Reaction) -> None: ...
    def unreact(self, chat_id: str, reaction: Reaction) -> None: ...


class Calls(Protocol):
    def begin(self, call: Call) -> Call:
        """The call that is open in the chat now, this one or one that was begun before; or this one as it became, where it
        was begun already and ended."""

    def get(self, call_id: str) -> Call | None: ...
    def end(self, call: Call, now: datetime) -> None:
        """Over for good; the chat has room for another one."""


class WholeMails(Protocol):
    """The mails behind messages that came by mail."""

    def add(self, mail: WholeMail) -> None: ...
    def get(self, chat_id: str, mail_id: str) -> WholeMail | None: ...
    def of_chat(self, chat_id: str) -> list[WholeMail]: ...
    def forget(self, chat_id: str, mail_id: str) -> None: ...
