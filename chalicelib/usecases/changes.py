"""What follows from a change in the table: mails are queued, lines appear in the chat, mentions are counted.

Each change may come twice, late or out of order; every effect is claimed by a condition of its own.
"""

import json
from collections.abc import Iterable, Sequence

from ..domain import schedule
from ..domain.changes import (
    AccountChanged,
    Change,
    ChatEventAdded,
    FileChanged,
    InvitationChanged,
    MemberRemoved,
    MessageChanged,
    NotificationQueued,
    ReceiptIssued,
    SessionEnded,
)
from ..domain.chats import Chat
from ..domain.ends import EndReason
from ..domain.invitations import AskKind, AskState, Invitation, MailState, Status
from ..domain.messages import Event, EventType, Message, MessageKind
from ..domain.notifications import NotificationKind
from ..domain.outside import NOBODY
from ..ports import Ports
from . import (
    audit,
    charge,
    chats,
    files,
    invitation_links,
    leaving,
    mail_asks,
    mails,
    messages,
    notifications,
    profiles,
    reports,
    traces,
    whole_mails,
    workspaces,
)
from .onlookers import Onlookers


def handle_change(ports: Ports, change: Change) -> None:
    audit.record(ports, change)
    reports.follow(ports, change)
    traces.follow(ports, change)
    if isinstance(change, InvitationChanged):
        leaving.follow(ports, change)
        _follow_invitation(ports, change)
    else:
        _follow(ports, change)


def _follow(ports: Ports, change: Change) -> None:
    match change:
        case ChatEventAdded():
            _follow_chat(ports, change)
        case NotificationQueued(notification_id):
            ports.mail_queue.put([json.dumps({"letter": notification_id})])
        case ReceiptIssued(receipt):
            notifications.hand_out(ports, receipt)
        case MessageChanged():
            _count(ports, change)
            files.forget_with(ports, change)
            whole_mails.follow(ports, change)
        case FileChanged():
            files.follow(ports, change)
        case SessionEnded() | AccountChanged():
            profiles.follow(ports, change)
        case MemberRemoved(member):
            workspaces.leave_chats(ports, member.account_id, member.workspace_id, NOBODY)


def show(onlookers: Onlookers, change: Change) -> None:
    """Whoever comes or goes, or is invited, may be one of those who stand for the chat in lists; so does who waits there."""
    if isinstance(change, InvitationChanged) and (_has_new_status(change) or _waits_otherwise(change)):
        onlookers.show(change.after.chat_id)


def _follow_chat(ports: Ports, change: ChatEventAdded) -> None:
    ports.workspaces.note_chat(change.chat.workspace_id, change.chat.id)
    if change.event.type is not EventType.INVITATION_SENT or change.event.count:
        messages.post_event(ports, change.chat, change.event, change.nonce)
    if change.event.type is EventType.LEFT:
        charge.notice(ports, change.chat.id)
    if change.is_new:
        _follow_new_chat(ports, change.chat.id)


def _follow_new_chat(ports: Ports, chat_id: str) -> None:
    """All that came with the chat. What came of a call that was disconnected before there was a chat is never heard of."""
    chat, invitations = chats.roster(ports, chat_id)
    came = [record for record in invitations if record.since == 1]
    invited = [record for record in came if record.was_mailed]
    audit.record_came_with_chat(ports, came)
    _note(ports, invited)
    mails.queue(ports, [record for record in invited if _waits(record)])
    for invitation in came:
        _post_events(ports, chat, _events(invitation, None))


def _follow_invitation(ports: Ports, change: InvitationChanged) -> None:
    """Its mail is queued, what will be due is noted, its inviter and the chat are told what became of it."""
    before, after = change.before, change.after
    if before is None and after.since == 1:
        return  # it came with the chat, and is followed with it
    if after.was_mailed:
        if _is_to_note(before, after):
            _note(ports, [after])
        _list_named(ports, before.named_addresses if before else frozenset(), after)
        if _is_wanted_anew(before, after):
            mails.queue(ports, [after])
        _notify_inviter(ports, before, after)
        mail_asks.post_held(ports, before, after)
    _post_events_of_invitation(ports, change)


def _note(ports: Ports, invitations: Sequence[Invitation]) -> None:
    """In the agenda, and by address and short code."""
    ports.schedule.add(
        [scheduled_task for invitation in invitations for scheduled_task in schedule.of_invitation(invitation)],
        ports.now(),
    )
    ports.invitation_lookup.add(
        [(invitation, invitation_links.short_code(ports, invitation)) for invitation in invitations]
    )


def _list_named(ports: Ports, before: frozenset[str], after: Invitation) -> None:
    """Whoever a hand-over names can have their address erased: it is found by it as long as it stands there."""
    ports.invitation_lookup.add_named(after, after.named_addresses - before)
    ports.invitation_lookup.remove_named(after, before - after.named_addresses - {after.email})


def _is_to_note(before: Invitation | None, after: Invitation) -> bool:
    def named(invitation: Invitation) -> object:
        return (
            invitation.status,
            invitation.expires_at,
            invitation.ends_at,
            invitation.generation,
            invitation.mail and invitation.mail.wanted,
        )

    return before is None or named(before) != named(after)


def _is_wanted_anew(before: Invitation | None, after: Invitation) -> bool:
    """The queue's worker claims each mail, so that asking twice does no harm."""
    existing = before.mail.wanted if before and before.mail else 0
    return _waits(after) and after.mail is not None and after.mail.wanted > existing


def _waits(invitation: Invitation) -> bool:
    return invitation.mail is not None and invitation.mail.wanted > invitation.mail.done


def _notify_inviter(ports: Ports, before: Invitation | None, after: Invitation) -> None:
    existing = {ask.id for ask in before.asks} if before else set()
    for ask in after.open_asks:
        if ask.id not in existing:
            notifications.notify_inviter(ports, after, _ASKED[ask.kind], ask.id)
    if before is None:
        return
    let_in = {ask.id for ask in before.asks if ask.state is AskState.ALLOWED}
    for ask in after.asks:
        if ask.kind is AskKind.JOIN and ask.state is AskState.ALLOWED and ask.id not in let_in:
            notifications.notify_asker(ports, after, ask)
    if after.status is Status.DECLINED and before.status is not Status.DECLINED:
        notifications.notify_inviter(ports, after, NotificationKind.DECLINED, after.reason)
    if _bounced(after) and not _bounced(before):
        notifications.notify_inviter(ports, after, NotificationKind.BOUNCED, after.mail.reason if after.mail else "")


_ASKED = {
    AskKind.JOIN: NotificationKind.ASK,
    AskKind.RENEW: NotificationKind.RENEW,
    AskKind.HAND_OVER: NotificationKind.HAND_OVER,
    AskKind.MAIL: NotificationKind.ANSWER,
}


def _bounced(invitation: Invitation) -> bool:
    return invitation.mail is not None and invitation.mail.state is MailState.BOUNCED


def _post_events_of_invitation(ports: Ports, change: InvitationChanged) -> None:
    before, after = change.before, change.after
    events: list[tuple[Event, str]] = []
    if _bounced(after) and before is not None and not _bounced(before):
        events += _bounce(after)
    if _has_new_status(change):
        events += _events(after, before.status if before else None)
    chat = ports.chats.get_many([after.chat_id]).get(after.chat_id) if events else None
    if chat:
        _post_events(ports, chat, events)


def _has_new_status(change: InvitationChanged) -> bool:
    """What came with the chat was shown with it."""
    if change.before is None:
        return change.after.since > 1
    return change.before.status is not change.after.status


def _waits_otherwise(change: InvitationChanged) -> bool:
    """Whether there is something else for the inviter to answer or to mend."""

    def waits(invitation: Invitation | None) -> object:
        return invitation and (invitation.open_asks, invitation.mail and invitation.mail.state is MailState.BOUNCED)

    return waits(change.before) != waits(change.after)


def _post_events(ports: Ports, chat: Chat, events: Iterable[tuple[Event, str]]) -> None:
    for event, nonce in events:
        messages.post_event(ports, chat, event, nonce)


def _bounce(invitation: Invitation) -> Iterable[tuple[Event, str]]:
    mail = invitation.mail
    if mail:
        ids = (invitation.id,)
        event = Event(type=EventType.INVITATION_BOUNCED, email=invitation.email, reason=mail.reason, invitation_ids=ids)
        yield event, f"{event.type}:{invitation.id}:{mail.wanted}"


def _events(invitation: Invitation, before: Status | None) -> Iterable[tuple[Event, str]]:
    for event in _of_status(invitation, before):
        yield event, f"{event.type}:{invitation.id}:{invitation.generation}"


def _of_status(invitation: Invitation, before: Status | None) -> Iterable[Event]:
    mine = invitation.account_email == invitation.email
    match invitation.status:
        case Status.ACCEPTED:
            yield Event(
                type=EventType.JOINED,
                account_id=invitation.account_id,
                name=invitation.name,
                by="" if invitation.was_mailed else invitation.inviter_name,
                via=invitation.via,
                organization=invitation.organization,
                email=invitation.email,
                own_address="" if mine else invitation.account_email,
            )
        case Status.DECLINED:
            yield Event(
                type=EventType.INVITATION_DECLINED,
                email=invitation.email,
                reason=invitation.reason,
                invitation_ids=(invitation.id,),
            )
        case Status.REVOKED:
            yield Event(
                type=EventType.INVITATION_REVOKED,
                email=invitation.email,
                by=invitation.ended_by,
                invitation_ids=(invitation.id,),
            )
        case Status.LEFT if before is not None:
            removed = EventType.REMOVED if invitation.ended_by else EventType.LEFT
            kind = EventType.ENDED if invitation.end_reason == EndReason.ENDED else removed
            yield Event(type=kind, account_id=invitation.account_id, name=invitation.name, by=invitation.ended_by)
        case _:
            return


def _count(ports: Ports, change: MessageChanged) -> None:
    """What is unread, and who is mentioned: by what the message says now, in whatever order its changes are told."""
    before, after = change.before, change.after
    if before is None and after.event is not None and after.event.type is EventType.CALL_STARTED:
        task = schedule.end_of_call(after.chat_id, after.event.call_id, after.created_at)
        ports.schedule.add([task], ports.now())
    if after.kind is not MessageKind.TEXT or after.author is None:
        return
    changed = _mentioned(before) ^ _mentioned(after)
    now = _mentioned(ports.messages.get(after.chat_id, after.seq)) if changed else set()
    for account_id in changed:
        count = ports.chats.count_mention if account_id in now else ports.chats.uncount_mention
        count(account_id, after.chat_id, after.seq)
    if before is None:
        ports.schedule.add_once(schedule.missed(after.chat_id, ports.now()))
    if after.deleted_at and not (before and before.deleted_at):
        ports.chats.note_deleted(after.chat_id, after.seq)


def _mentioned(message: Message | None) -> set[str]:
    author = message.author.account_id if message and message.author else ""
    return {mention.account_id for mention in message.mentions} - {author} if message else set()
