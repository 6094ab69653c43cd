"""What must be done at a time: reminders, telling of an end, forgetting, mails that waited, mails about what was missed,
the end of calls, comparing with Slack and Teams after an outage, forgetting files that nobody sent, pushes held in quiet hours."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .calls import LASTS
from .chats import OPEN_WITHOUT_MEMBERS
from .ends import NOTICE_BEFORE
from .files import FORGOTTEN_AFTER, File
from .invitations import KEPT_AFTER_END, REMINDED_BEFORE, REMINDER_FROM, Invitation, Status
from .profile_pictures import SETTLED_AFTER

LOOKED_AFTER = timedelta(hours=1)
EXPORT_LIFE = timedelta(hours=24)
QUIET = timedelta(minutes=2)
IN_ONE_BATCH, OF_ONE_CHAT = 25, 200
"""How many tasks are handed over together; of one chat more, so that one letter tells of all that ended there."""


_DIGITS = 10


class TaskKind(StrEnum):
    REMIND = "remind"
    EXPIRE = "expire"
    FORGET = "forget"
    MAIL = "mail"
    MISSED = "missed"
    COMPARE = "compare"
    END_NOTICE = "end_notice"
    END = "end"
    CLOSE = "close"
    FILE = "file"
    CALL = "call"
    PUSH = "push"
    REGISTER = "register"
    ERASE = "erase"
    EXPORT = "export"
    PICTURE = "picture"
    CHAT_MAIL = "chat_mail"


BY_THE_HOUR = frozenset({TaskKind.EXPIRE, TaskKind.FORGET, TaskKind.MISSED})
"""What comes once an hour, soon after it is full, and in order: the inviter gets one letter for all that ended, and only then is
it forgotten; a push of the full hour comes before the mail that it spares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledTask:
    """`invitation_id` is the file's for `FILE`, the call's for `CALL`, the export's for `EXPORT`, the picture's for `PICTURE`;
    for `REGISTER`, `chat_id` is the workspace's, and `invitation_id` the member behind whom it goes on. `seq` is of a message
    that `CHAT_MAIL` tells of.

    `stored_at` is under which time it stands in the agenda: later than `at` where it was overdue when it was put there.
    `partition` is where it was found there.
    """

    kind: TaskKind
    at: datetime
    chat_id: str = ""
    invitation_id: str = ""
    account_id: str = ""
    seq: int = 0
    stored_at: datetime | None = None
    partition: str = ""

    @property
    def subject(self) -> str:
        """Whose it is: tasks of one chat, or of one account, are done together."""
        return self.chat_id or self.account_id


@dataclass(frozen=True, slots=True)
class TaskKey:
    """Where a task stands in the agenda, under which time, and whose it is: all that is known of it before it is read."""

    partition: str
    place: str
    stored_at: datetime
    subject: str


def task_key(partition: str, place: str) -> TaskKey:
    """`place` is the table's: seconds#kind#subject#and more. Raises ValueError for anything else."""
    seconds, _, subject, _ = place.split("#", 3)
    if len(seconds) != _DIGITS:
        raise ValueError(place)
    return TaskKey(partition, place, datetime.fromtimestamp(int(seconds), UTC), subject)


def batches(keys: Iterable[TaskKey]) -> Iterator[Sequence[TaskKey]]:
    """What is handed over together, in order: all of a chat in one batch, up to what one letter tells of."""
    batch: list[TaskKey] = []
    for part in apart(keys):
        if batch and len(batch) + len(part) > IN_ONE_BATCH:
            yield batch
            batch = []
        batch += part
    if batch:
        yield batch


def apart(keys: Iterable[TaskKey]) -> list[Sequence[TaskKey]]:
    """The least that is to be done together: all of a chat that is told of in one letter; else each by itself."""
    by_subject: dict[str, list[TaskKey]] = defaultdict(list)
    for key in keys:
        by_subject[key.subject].append(key)
    return [
        of_one[start : start + OF_ONE_CHAT]
        for of_one in by_subject.values()
        for start in range(0, len(of_one), OF_ONE_CHAT)
    ]


def of_invitation(invitation: Invitation) -> Iterable[ScheduledTask]:
    """What will be due for an invitation as it stands: asked for when it is made, renewed or ended.

    A mail is looked after an hour later, whatever became of the queue it waited in.
    """
    end, mail = invitation.expires_at, invitation.mail
    if invitation.status is Status.PENDING and end is not None:
        if mail and mail.wanted > mail.done:
            yield _task(TaskKind.MAIL, mail.at + LOOKED_AFTER, invitation)
        if invitation.life >= REMINDER_FROM and not (mail and mail.reminder):
            yield _task(TaskKind.REMIND, end - REMINDED_BEFORE, invitation)
        yield _task(TaskKind.EXPIRE, end, invitation)
        yield _task(TaskKind.FORGET, end + KEPT_AFTER_END, invitation)
    elif invitation.status is Status.ACCEPTED and invitation.ends_at is not None:
        yield _task(TaskKind.END_NOTICE, invitation.ends_at - NOTICE_BEFORE, invitation)
        yield _task(TaskKind.END, invitation.ends_at, invitation)
    elif invitation.status in (Status.DECLINED, Status.REVOKED) and invitation.ended_at is not None:
        yield _task(TaskKind.FORGET, invitation.ended_at + KEPT_AFTER_END, invitation)


def close(chat_id: str, memberless_since: datetime) -> ScheduledTask:
    """The end of a chat that nobody took over."""
    return ScheduledTask(kind=TaskKind.CLOSE, at=memberless_since + OPEN_WITHOUT_MEMBERS, chat_id=chat_id)


def look_after(invitation: Invitation, now: datetime) -> ScheduledTask:
    return _task(TaskKind.MAIL, now + LOOKED_AFTER, invitation)


def mail_tomorrow(invitation: Invitation, now: datetime) -> ScheduledTask:
    """A mail that has to wait for its address's next day."""
    return _task(
        TaskKind.MAIL, (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0), invitation
    )


def missed(chat_id: str, now: datetime) -> ScheduledTask:
    """The next full hour in which people are told what they missed in this chat: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return ScheduledTask(kind=TaskKind.MISSED, at=hour, chat_id=chat_id)


def look_after_file(file: File) -> ScheduledTask:
    """What nobody sent by then is forgotten."""
    return ScheduledTask(
        kind=TaskKind.FILE, at=file.created_at + FORGOTTEN_AFTER, chat_id=file.chat_id, invitation_id=file.id
    )


def end_of_call(chat_id: str, call_id: str, begun_at: datetime) -> ScheduledTask:
    """Its line in the chat says then that it is over, where nobody ended it before."""
    return ScheduledTask(kind=TaskKind.CALL, at=begun_at + LASTS, chat_id=chat_id, invitation_id=call_id)


def register(workspace_id: str, now: datetime, after: str = "") -> ScheduledTask:
    """The next full hour in which chats that are older than the register are put into it: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return ScheduledTask(kind=TaskKind.REGISTER, at=hour, chat_id=workspace_id, invitation_id=after)


def erase(account_id: str, leaves_at: datetime) -> ScheduledTask:
    return ScheduledTask(kind=TaskKind.ERASE, at=leaves_at, account_id=account_id)


def forget_export(account_id: str, export_id: str, until: datetime) -> ScheduledTask:
    """The zip of somebody's data goes with its link."""
    return ScheduledTask(kind=TaskKind.EXPORT, at=until, account_id=account_id, invitation_id=export_id)


def settle_picture(account_id: str, picture_id: str, now: datetime) -> ScheduledTask:
    """A picture that didn't become its person's by then is deleted."""
    return ScheduledTask(kind=TaskKind.PICTURE, at=now + SETTLED_AFTER, account_id=account_id, invitation_id=picture_id)


def compare(chat_id: str, invitation_id: str, now: datetime) -> ScheduledTask:
    """The next full hour in which this person's own application is compared with the chat: one item for the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return ScheduledTask(kind=TaskKind.COMPARE, at=hour, chat_id=chat_id, invitation_id=invitation_id)


def held_push(account_id: str, until: datetime) -> ScheduledTask:
    """What a person wasn't told in their quiet hours is summed up at the end of them: one item, however much it is."""
    return ScheduledTask(kind=TaskKind.PUSH, at=until, account_id=account_id)


def chat_mail(invitation: Invitation, seq: int, changed_at: datetime) -> ScheduledTask:
    """A message that was written or changed goes by mail once it was quiet for so long."""
    at = (changed_at + QUIET).replace(microsecond=0)
    return ScheduledTask(
        kind=TaskKind.CHAT_MAIL,
        at=at,
        chat_id=invitation.chat_id,
        invitation_id=invitation.id,
        account_id=invitation.account_id,
        seq=seq,
    )


def _task(kind: TaskKind, at: datetime, invitation: Invitation) -> ScheduledTask:
    return ScheduledTask(kind=kind, at=at, chat_id=invitation.chat_id, invitation_id=invitation.id)
