"""Out, by mail: what is written in a chat reaches whoever takes part by mail, two quiet minutes later, in one mail.

Each change of a message is noted for each of these people; the job of every minute promises a mail for what has come to rest.
What stands in it is read when it goes out, and the ledger says of each message that it went, as for every other side.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from ..domain import links, schedule
from ..domain.changes import Change, MessageChanged, ReactionChanged
from ..domain.chats import Chat, Level, Membership
from ..domain.incoming_mail import identity_of
from ..domain.invitations import Invitation
from ..domain.links import Purpose
from ..domain.messages import Message
from ..domain.notifications import ChatMail, NotificationKind, NotificationMail, ToldMessage
from ..domain.people import Account, locale_or
from ..domain.providers import Via
from ..domain.relaying import RelayedMessage, RelayState, version_of
from ..domain.schedule import QUIET, ScheduledTask
from ..ports import ComposedMail, Limit, MailDraft, OutgoingMail, Ports
from . import addresses, chat_mail_parts, invitation_links, relay_out, sessions
from .onlookers import Onlookers
from .relay_texts import quoted

log = logging.getLogger(__name__)
_LONGEST_WAIT = timedelta(minutes=10)
"""After which a mail goes though people still write."""
_IN_ONE_MAIL, _AN_HOUR, _HOUR, _MOST_IN_ONE_RUN = 30, 20, 3600, 5_000


def fan_out(ports: Ports, change: Change, onlookers: Onlookers) -> None:
    """Noted for each person who reads it by mail, but not for its author, nor where it goes no more; a reaction for its author."""
    if not ports.mail_in_domain:
        return
    tasks: list[ScheduledTask] = []
    if isinstance(change, MessageChanged) and change.after.is_relayed:
        message = change.after
        tasks = [
            schedule.chat_mail(invitation, message.seq, message.changed_at)
            for invitation in _readers(onlookers, message.chat_id)
            if invitation.account_id != _author_id(message)
        ]
    elif isinstance(change, ReactionChanged) and (readers := _readers(onlookers, change.chat_id)):
        page = onlookers.page(change.chat_id, change.seq)
        authors = {_author_id(message) for message in page.messages}
        tasks = [schedule.chat_mail(each, change.seq, ports.now()) for each in readers if each.account_id in authors]
    if tasks:
        ports.mail_schedule.add(tasks, ports.now())


def _readers(onlookers: Onlookers, chat_id: str) -> list[Invitation]:
    """Who takes part by mail."""
    return [each for each in onlookers.invitations(chat_id) if each.is_taken and each.via is Via.MAIL]


def _author_id(message: Message) -> str:
    return message.author.account_id if message.author else ""


def run(ports: Ports) -> dict[str, int]:
    """A mail is promised to each person for each chat that has come to rest. What waits for its hour stays noted."""
    now, promised = ports.now(), 0
    left = [now]
    places: dict[tuple[str, str], list[ScheduledTask]] = defaultdict(list)
    for task in islice(ports.mail_schedule.due(now + QUIET), _MOST_IN_ONE_RUN):
        places[task.chat_id, task.invitation_id].append(task)
    for tasks in places.values():
        if _is_at_rest(ports, tasks) and _promise(ports, tasks[:_IN_ONE_MAIL]):
            promised += 1
            left += [task.at for task in tasks[_IN_ONE_MAIL:]]
        else:
            left += [task.at for task in tasks]
    ports.mail_schedule.all_done_until(min(left))
    return {"mails": promised}


def messages(ports: Ports, notification: NotificationMail) -> ComposedMail | None:
    """What is to be told still, as it stands now; nothing to who is out, reads elsewhere meanwhile, or wants none."""
    chat, place = ports.chats.with_membership(notification.chat_id, notification.account_id)
    reader, invitation = (
        ports.accounts.get(notification.account_id),
        ports.invitations.get(notification.chat_id, notification.invitation_id),
    )
    if chat is None or place is None or reader is None or invitation is None or place.via is not Via.MAIL:
        return None
    if place.level is Level.NONE or not _may_be_told(ports, place, reader):
        return None
    files = chat_mail_parts.Files(ports, _url(ports, invitation))
    told = list(_told(ports, place, [int(seq) for seq in notification.detail.split()], files))
    if not told:
        return None
    mail = ports.mail_texts.messages(reader, _chat_mail(ports, _Reading(chat, place, invitation, reader), told))
    return ComposedMail(
        replace(mail, attachments=tuple(files.attachments)),
        copies=tuple(item.copy for item in told if not item.is_own),
        reactions=tuple(item.copy for item in told if item.is_own),
    )


def _may_be_told(ports: Ports, place: Membership, reader: Account) -> bool:
    """Not where the mailbox takes nothing of ours, and not where the chat was told that nothing goes there any more."""
    if not reader.email or not addresses.get(ports, reader.email).takes_notices:
        return False
    return not relay_out.is_disconnected(ports, place.chat_id, identity_of(reader.id).key)


def out(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """To whoever answers a chat that they are out of; a program's answer, which no other program may answer."""
    if not addresses.get(ports, notification.email).takes_account_mail:
        return None
    draft = MailDraft(
        template="out", to=notification.email, locale=notification.locale, typed={"chat": notification.name}, facts={}
    )
    mail = ports.mail_texts.compose(draft)
    headers = [(name, value) for name, value in mail.headers if name != "Auto-Submitted"]
    return replace(mail, headers=(("Auto-Submitted", "auto-replied"), *headers))


@dataclass(frozen=True, slots=True)
class _Told:
    """A message in a mail, and the ledger's word of it; or lines about the reader's own one."""

    messages: Sequence[ToldMessage]
    copy: RelayedMessage
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """Somebody who reads a chat by mail."""

    chat: Chat
    place: Membership
    invitation: Invitation
    reader: Account


def stop_token(ports: Ports, invitation: Invitation) -> str:
    return links.sign_text(ports.link_keys[0], Purpose.BY_MAIL, f"{invitation.chat_id} {invitation.id}")


def _url(ports: Ports, invitation: Invitation) -> str:
    """The reader's own page of the chat."""
    return f"{ports.public_url}/by-mail/{stop_token(ports, invitation)}"


def _is_at_rest(ports: Ports, tasks: Sequence[ScheduledTask]) -> bool:
    now = ports.now()
    return max(task.at for task in tasks) <= now or min(task.at for task in tasks) + _LONGEST_WAIT <= now


def _promise(ports: Ports, tasks: Sequence[ScheduledTask]) -> bool:
    """One mail for these, at most twenty an hour for a chat; promised twice, it is the same one."""
    first = tasks[0]
    name = (
        f"{first.chat_id}-{first.invitation_id}-{'-'.join(f'{task.seq}.{task.at.timestamp():.0f}' for task in tasks)}"
    )
    limit = Limit(f"chat mails of {first.chat_id} to {first.account_id}", _AN_HOUR, _HOUR)
    if ports.rate_limiter.count_once(f"chat mail {name}", [limit], ports.now()) is not None:
        log.info("chat mail waits: %s, to %s", first.chat_id, first.account_id)
        return False
    ports.notifications.add_once(
        NotificationMail(
            id=sessions.digest(f"{NotificationKind.MESSAGES}-{name}")[:32],
            kind=NotificationKind.MESSAGES,
            email="",
            created_at=ports.now(),
            account_id=first.account_id,
            chat_id=first.chat_id,
            invitation_id=first.invitation_id,
            detail=" ".join(str(seq) for seq in sorted({task.seq for task in tasks})),
        )
    )
    for task in tasks:
        ports.mail_schedule.done(task)
    return True


def _told(ports: Ports, place: Membership, seqs: Sequence[int], files: chat_mail_parts.Files) -> Iterator[_Told]:
    """Within the reader's history; what went already as it stands isn't told again."""
    for seq in seqs:
        page = ports.messages.page(place.chat_id, seq, seq)
        message = page.messages[0] if page.messages else None
        if message is None or not place.may_see(seq) or not message.is_relayed:
            continue
        relayed = ports.relayed_messages.get(place.chat_id, seq, identity_of(place.account_id).key)
        if message.author and message.author.account_id == place.account_id:
            lines, noted = chat_mail_parts.reactions(ports, place, page, relayed)
            if lines:
                yield _Told(lines, noted, is_own=True)
            continue
        went, version = relayed.version > 0, version_of(message)
        if relayed.version >= version or (message.deleted_at and not went):
            continue
        change = "" if not went else "taken_back" if message.deleted_at else "corrected"
        replied = None if message.deleted_at else quoted(page, place)
        told = ToldMessage(
            author=_author(message),
            text="" if message.deleted_at else _text(ports, message),
            quoted=f"{_author(replied)}: {replied.gist[:140]}" if replied and not replied.deleted_at else "",
            change=change,
            files=tuple(files.told(page, is_new=not went)),
        )
        yield _Told([told], replace(relayed, version=version, state=RelayState.HANDED_OVER, detail=""))


def _author(message: Message) -> str:
    return message.author.name if message.author else message.event.by if message.event else ""


def _text(ports: Ports, message: Message) -> str:
    if message.event:
        return f"📞 {ports.public_url}/calls/{message.event.call_id}"
    return message.text


def _chat_mail(ports: Ports, reading: _Reading, told: Sequence[_Told]) -> ChatMail:
    invitation, chat = reading.invitation, reading.chat
    workspace = ports.workspaces.get(chat.workspace_id)
    url = _url(ports, invitation)
    seqs = "-".join(str(item.copy.seq) for item in told if not item.is_own)
    return ChatMail(
        chat=chat.title_for(reading.place),
        workspace=workspace.name if workspace else "",
        locale=locale_or(invitation.locale, reading.reader.locale),
        messages=[message for item in told for message in item.messages],
        answers=invitation_links.reply_address(ports, invitation),
        thread=f"<{chat.id}.{invitation.id}@{ports.mail_in_domain}>",
        url=url,
        stop_url=f"{url}/stop",
        tags=(("chat", chat.id), ("reader", reading.reader.id), *([("messages", seqs)] if seqs else [])),
    )
