"""What is done when it is due, for each kind of `domain/schedule.py`. It looks again whether it still is, and claims its effect
by a condition in the table: run twice, late or not at all, it lets nobody in and sends no mail twice.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from ..domain import schedule
from ..domain.ends import NOTICE_BEFORE
from ..domain.invitations import REMINDED_BEFORE, REMINDER_FROM, Invitation, Status
from ..domain.messages import Event, EventType
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.schedule import ScheduledTask, TaskKind
from ..ports import Ports
from . import (
    addresses,
    calls,
    charge,
    chats,
    ending,
    erasing,
    exporting,
    forgetting,
    mails,
    messages,
    notifications,
    profile_pictures,
    pushes,
    register_index,
    relay_compare,
    sessions,
)

_BETWEEN_MISSED = timedelta(hours=1)


def remind(ports: Ports, task: ScheduledTask) -> bool:
    """Counts against the workspace's cap as every mail does; where that is reached, the next hour tries again."""
    invitation = _open(ports, task)
    if invitation is None or invitation.expires_at is None or (invitation.mail and invitation.mail.reminder):
        return False
    if task.at != invitation.expires_at - REMINDED_BEFORE or invitation.life < REMINDER_FROM:
        return False  # it was renewed meanwhile, and is due at another time; or was handed over a moment ago
    workspace, inviter = ports.invitations.workspace_and_inviter(invitation)
    if workspace is None or inviter is None or not workspace.communicate:
        return False
    _, reachable = addresses.of_invited(ports, invitation)
    account = ports.accounts.get(invitation.inviter_id)
    if not reachable or account is None or account.sending_paused:
        return False
    mails.consume_quota(ports, workspace, 1)
    if ports.invitations.save(invitation.remind(ports.now())):
        return True
    mails.consume_quota(ports, workspace, -1)
    return False


def expire(ports: Ports, task: ScheduledTask) -> bool:
    """The end itself needs no job; the chat is told of it, once. Its inviter is told of all that ended there together."""
    chat, invitation = ports.invitations.with_chat(task.chat_id, task.invitation_id)
    if (
        chat is None
        or invitation is None
        or invitation.status_at(ports.now()) is not Status.EXPIRED
        or invitation.expires_at != task.at
    ):
        return False
    event = Event(type=EventType.INVITATION_EXPIRED, email=invitation.email, invitation_ids=(invitation.id,))
    messages.post_event(
        ports, chat, event, f"{event.type}:{invitation.id}:{invitation.mail.wanted if invitation.mail else 0}"
    )
    chats.update_preview(ports, *chats.roster(ports, task.chat_id))
    return True


def forget(ports: Ports, task: ScheduledTask) -> bool:
    invitation = ports.invitations.get(task.chat_id, task.invitation_id)
    if invitation is None or invitation.is_taken or invitation.is_listed_at(ports.now()):
        return False
    forgetting.forget(ports, invitation)
    return True


def waiting_mail(ports: Ports, task: ScheduledTask) -> bool:
    """A mail that had to wait for the address's next day; or one that its queue lost, or gave up on."""
    invitation = _open(ports, task)
    if invitation is None or invitation.mail is None or invitation.mail.done >= invitation.mail.wanted:
        return False
    if mails.capped(ports, [invitation.email]) and not mails.is_counted(ports, invitation):
        ports.schedule.add([schedule.mail_tomorrow(invitation, ports.now())], ports.now())
        return False
    if not ports.invitations.requeue_mail(invitation, ports.now()):
        return False
    ports.schedule.add([schedule.look_after(invitation, ports.now())], ports.now())
    mails.queue(ports, [invitation])
    return True


def missed(ports: Ports, task: ScheduledTask) -> bool:
    """One letter an hour at most to each person who missed something here; the letter itself looks once more.

    Whoever had one within this hour is looked at again in the next.
    """
    chat, invitations = chats.roster(ports, task.chat_id)
    register_index.catch_up(ports, chat, invitations)
    told, later = 0, False
    for person in chats.participants_of(chat, invitations):
        _, membership = ports.chats.with_membership(chat.id, person.account_id)
        if membership is None or not membership.misses(chat):
            continue
        is_told = not _is_held(ports, person.account_id) and ports.notifications.add_in_turn(
            _missed_notification(ports, person.account_id), ports.now(), _BETWEEN_MISSED
        )
        told, later = told + is_told, later or not is_told
    if later:
        ports.schedule.add_once(schedule.missed(chat.id, ports.now()))
    return told > 0


def _is_held(ports: Ports, account_id: str) -> bool:
    """Whether a push tells them at the end of their quiet hours."""
    account = ports.accounts.get(account_id) if ports.push_service.is_offered else None
    return account is not None and pushes.is_silent(ports, account)


def _missed_notification(ports: Ports, account_id: str) -> NotificationMail:
    now = ports.now()
    return NotificationMail(
        id=sessions.digest(f"missed-{account_id}-{int(now.timestamp())}")[:32],
        kind=NotificationKind.MISSED,
        email="",
        created_at=now,
        account_id=account_id,
    )


def end_of_call(ports: Ports, task: ScheduledTask) -> bool:
    call = ports.calls.get(task.invitation_id)
    return call is not None and not call.is_open_at(ports.now()) and calls.tell_end(ports, call)


def end_notice(ports: Ports, task: ScheduledTask) -> bool:
    """Whoever answers for a place is asked whether it is to be kept, once for each end."""
    invitation = ports.invitations.get(task.chat_id, task.invitation_id)
    if invitation is None or not invitation.is_taken or invitation.ends_at is None:
        return False
    if invitation.ends_at - NOTICE_BEFORE != task.at:
        return False  # it was given another end meanwhile
    return notifications.ask_to_keep(ports, invitation, ending.owner_of(ports, invitation).account_id)


def end_of_place(ports: Ports, task: ScheduledTask) -> bool:
    """The clock has ended it already: nobody gets in any more. Now both sides are told, with a receipt."""
    return ending.end_overdue(ports, task.chat_id, task.invitation_id)


def close_chat(ports: Ports, task: ScheduledTask) -> bool:
    return charge.close_overdue(ports, task.chat_id)


def _open(ports: Ports, task: ScheduledTask) -> Invitation | None:
    invitation = ports.invitations.get(task.chat_id, task.invitation_id)
    return invitation if invitation is not None and invitation.is_open_at(ports.now()) else None


DUE_WORK: Mapping[TaskKind, Callable[[Ports, ScheduledTask], bool]] = {
    TaskKind.REMIND: remind,
    TaskKind.EXPIRE: expire,
    TaskKind.FORGET: forget,
    TaskKind.MAIL: waiting_mail,
    TaskKind.MISSED: missed,
    TaskKind.COMPARE: relay_compare.begin,
    TaskKind.CALL: end_of_call,
    TaskKind.END_NOTICE: end_notice,
    TaskKind.END: end_of_place,
    TaskKind.CLOSE: close_chat,
    TaskKind.REGISTER: register_index.go_on,
    TaskKind.ERASE: erasing.erase,
    TaskKind.EXPORT: exporting.forget,
    TaskKind.PICTURE: profile_pictures.settle,
}
"""The registry: True where there was something to do. What is refused stays due."""
