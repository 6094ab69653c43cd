"""Pushes: who gets one of a message, and what it says. Everything is judged when it is sent, never when it was queued."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import islice

from ..domain import errors, schedule
from ..domain.changes import Change, MessageChanged
from ..domain.chats import Chat, ChatHead, ChatKind, Level, Membership
from ..domain.messages import Message, MessageKind
from ..domain.people import Account, Session
from ..domain.providers import Via
from ..domain.pushes import (
    LOOKING,
    PushNote,
    PushOutcome,
    PushResult,
    PushSubscription,
    id_of,
    is_wanted,
    refuse_wrong_keys,
)
from ..ports import Ports
from . import chats, sessions
from .onlookers import Onlookers

log = logging.getLogger(__name__)
MOST_TRIES = 8
_FIRST_PAUSE, _LONGEST_PAUSE, _MOST_IN_ONE_RUN = 30, 900, 2_000
_CHATS_IN_SUMMARY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PushJob:
    """One person is to be told of one message, or, without a chat, of all they missed in their quiet hours.

    `only`: the one browser whose service asked to be asked again; `tried`: how often that was.
    """

    account: str
    chat: str = ""
    seq: int = 0
    only: str = ""
    tried: int = 0


def public_key(ports: Ports) -> str:
    _refuse_unless_offered(ports)
    return ports.push_service.public_key


def subscribe(ports: Ports, session: Session, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """This browser gets this account's pushes while the session holds; the same endpoint again is the same subscription."""
    _refuse_unless_offered(ports)
    ports.push_service.refuse_unknown(endpoint)
    refuse_wrong_keys(p256dh, auth)
    subscription = PushSubscription(
        id=id_of(endpoint),
        endpoint=endpoint,
        p256dh=p256dh.rstrip("="),
        auth=auth.rstrip("="),
        session_hash=session.hash,
        added_at=ports.now(),
    )
    ports.push_subscriptions.add(session.account_id, subscription)
    return subscription


def unsubscribe(ports: Ports, account: Account, subscription_id: str) -> None:
    subscriptions, _ = ports.push_subscriptions.of(account.id)
    if subscription_id not in {subscription.id for subscription in subscriptions}:
        raise errors.unknown()
    ports.push_subscriptions.remove(account.id, [subscription_id])


def forget_sessions(ports: Ports, account_id: str) -> None:
    """Sessions ended, and with them the pushes of the browsers that they were in."""
    subscriptions, _ = ports.push_subscriptions.of(account_id)
    if subscriptions:
        _holding(ports, account_id, subscriptions)


def fan_out(ports: Ports, change: Change, onlookers: Onlookers) -> None:
    """A job for each person in the chat with a browser that gets pushes; whether they are told, the job finds out."""
    if not isinstance(change, MessageChanged) or change.before is not None or not ports.push_service.is_offered:
        return
    message, roster = change.after, onlookers.roster(change.after.chat_id)
    if message.kind is not MessageKind.TEXT or message.author is None or roster is None:
        return
    people = [
        person.account_id
        for person in chats.participants_of(*roster)
        if person.via is Via.WEBTOP and person.account_id != message.author.account_id
    ]
    subscribed = ports.push_subscriptions.subscribed(people) if people else set()
    jobs = [PushJob(account=account_id, chat=message.chat_id, seq=message.seq) for account_id in sorted(subscribed)]
    if jobs:
        ports.push_queue.put([_body(job) for job in jobs])


def run(ports: Ports, job: PushJob) -> None:
    """Tells the person, unless they look at a page, or want quiet now: then later."""
    existing, looked_at = ports.push_subscriptions.of(job.account)
    account, subscriptions = _holding(ports, job.account, existing)
    if account is None or not subscriptions:
        return
    now = ports.now()
    silent_until = account.silent_until(now)
    if silent_until:
        ports.push_schedule.add_once(schedule.held_push(account.id, silent_until))
    elif job.chat and looked_at and now - looked_at < LOOKING:
        _again(ports, job, 0)
    else:
        told = _told(ports, account, job)
        if told:
            _send(ports, job, told, [item for item in subscriptions if job.only in ("", item.id)])


def is_silent(ports: Ports, account: Account) -> bool:
    """Whether a push will tell this person at the end of their quiet hours what a mail would tell them now."""
    if not ports.push_service.is_offered or account.silent_until(ports.now()) is None:
        return False
    return bool(ports.push_subscriptions.subscribed([account.id]))


def bring_held(ports: Ports) -> dict[str, int]:
    """Whatever was held and is due: a job for each person. What is too much for one run is left for the next minute."""
    now = ports.now()
    due = list(islice(ports.push_schedule.due(now), _MOST_IN_ONE_RUN))
    ports.push_queue.put([_body(PushJob(account=task.account_id)) for task in due])
    for task in due:
        ports.push_schedule.done(task)
    ports.push_schedule.all_done_until(due[-1].at if len(due) == _MOST_IN_ONE_RUN else now)
    return {"pushes": len(due)}


def _refuse_unless_offered(ports: Ports) -> None:
    if not ports.push_service.is_offered:
        raise errors.push_off()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a push says, and up to which message of which chats it tells."""

    note: PushNote
    upto: tuple[tuple[Membership, ChatHead], ...]


def _holding(
    ports: Ports, account_id: str, subscriptions: Sequence[PushSubscription]
) -> tuple[Account | None, list[PushSubscription]]:
    """The account, and those of its browsers whose session holds; the others are forgotten."""
    if not subscriptions:
        return None, []
    account, existing = ports.accounts.with_sessions(account_id, {item.session_hash for item in subscriptions})
    now = ports.now()
    valid = {item.hash for item in existing.values() if account is not None and item.holds_at(now, account)}
    over = [item.id for item in subscriptions if item.session_hash not in valid]
    if over:
        ports.push_subscriptions.remove(account_id, over)
    return account, [item for item in subscriptions if item.id not in over]


def _told(ports: Ports, account: Account, job: PushJob) -> _Told | None:
    """None where there is nothing to tell any more."""
    return _of_message(ports, account, job) if job.chat else _of_quiet_hours(ports, account, job)


def _of_message(ports: Ports, account: Account, job: PushJob) -> _Told | None:
    chat, membership = ports.chats.with_membership(job.chat, account.id)
    message = ports.messages.get(job.chat, job.seq) if chat and membership else None
    if chat is None or membership is None or message is None or message.author is None:
        return None
    is_told = message.text_count <= membership.notified_text_count and not job.only
    if is_told or not is_wanted(message, chat, membership, _replied(ports, message, membership)):
        return None
    note = PushNote(
        account_id=account.id,
        chat_id=chat.id,
        locale=account.locale,
        title=chat.title_for(membership),
        author=message.author.name,
        text=message.gist,
        is_group=chat.kind is ChatKind.GROUP,
        shows_text=account.push_text,
        count=max(1, membership.unread(chat)),
        seq=message.seq,
    )
    return _Told(note, ((membership, ChatHead(message.seq, message.text_count)),))


def _replied(ports: Ports, message: Message, membership: Membership) -> Message | None:
    """Asked for only where it decides."""
    if membership.level is not Level.MENTIONS or not message.reply_to or not membership.may_see(message.reply_to):
        return None
    return ports.messages.get(message.chat_id, message.reply_to)


def _of_quiet_hours(ports: Ports, account: Account, job: PushJob) -> _Told | None:
    """What is still unread, and wasn't told by a mail either; to a browser that comes later, what the others were told too."""
    memberships = {
        membership.chat_id: replace(membership, notified_text_count=0, notified_seq=0) if job.only else membership
        for membership in ports.chats.memberships(account.id)
    }
    results = [(chat, memberships[chat.id]) for chat in ports.chats.get_many(memberships).values()]
    missed = [(chat, membership) for chat, membership in results if membership.misses(chat)]
    missed = sorted(missed, key=lambda pair: pair[0].last_at, reverse=True)[:_CHATS_IN_SUMMARY]
    if not missed:
        return None
    newest, membership = missed[0]
    note = PushNote(
        account_id=account.id,
        chat_id=newest.id,
        locale=account.locale,
        title=newest.title_for(membership) if len(missed) == 1 else "",
        shows_text=account.push_text,
        count=sum(_count(chat, membership) for chat, membership in missed),
        chats=len(missed),
        seq=newest.last_seq,
    )
    return _Told(note, tuple((membership, chat.head) for chat, membership in missed))


def _count(chat: Chat, membership: Membership) -> int:
    mentions_only = membership.level is Level.MENTIONS and chat.kind is ChatKind.GROUP
    return membership.mentions if mentions_only else membership.unread(chat)


def _send(ports: Ports, job: PushJob, told: _Told, subscriptions: list[PushSubscription]) -> None:
    """Once one browser's service took it, the person counts as told; the others' go on by themselves."""
    now = ports.now()
    ready = [item for item in subscriptions if item.waits_until is None or item.waits_until <= now]
    topic = sessions.digest(f"{told.note.account_id} {told.note.chat_id if told.note.chats == 1 else ''}")[:32]
    results = ports.push_service.send(ports.push_texts.payload(told.note), ready, topic)
    for subscription, result in zip(ready, results, strict=True):
        _follow(ports, job, subscription, result)
    for subscription in subscriptions:
        if subscription not in ready and subscription.waits_until is not None:
            _again(ports, replace(job, only=subscription.id), (subscription.waits_until - now).total_seconds())
    if any(result.outcome is PushOutcome.TAKEN for result in results):
        for membership, upto in told.upto:
            ports.chats.mark_notified(membership, upto)


def _follow(ports: Ports, job: PushJob, subscription: PushSubscription, result: PushResult) -> None:
    match result.outcome:
        case PushOutcome.GONE:
            ports.push_subscriptions.remove(job.account, [subscription.id])
        case PushOutcome.LATER:
            if result.seconds:
                until = ports.now() + timedelta(seconds=result.seconds)
                ports.push_subscriptions.pause(job.account, subscription.id, until)
            _again(ports, replace(job, only=subscription.id), result.seconds)
        case _:
            return


def _again(ports: Ports, job: PushJob, seconds: float) -> None:
    """Later, and each time later; given up after some two hours, when the mail has told of it."""
    if job.tried >= MOST_TRIES:
        log.warning("push given up: account %s, chat %s, seq %s", job.account, job.chat, job.seq)
        return
    pause = min(_LONGEST_PAUSE, max(int(seconds + 0.999), _FIRST_PAUSE * 2**job.tried))
    ports.push_queue.put([_body(replace(job, tried=job.tried + 1))], pause)


def _body(job: PushJob) -> str:
    return json.dumps({name: value for name, value in asdict(job).items() if value})
