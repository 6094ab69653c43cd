"""Seats: invitations that become participants. Each step that may happen once is a condition on the invitation's one item."""

import functools
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import TransactWriteError

from ..domain.chats import Chat, ChatKind, Membership
from ..domain.invitations import KEPT_AFTER_END, Invitation, InvitationChange, InvitationMail, MailState, Status
from ..domain.mail_reasons import MailReason
from ..domain.workspaces import Workspace
from . import chats, items, keys, mapping
from .acting import actor
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import ChatItem, InvitationItem, Item, SentItem
from .reading import maybe

_CLAIM = timedelta(minutes=1)
_IN_ONE_TRANSACTION = 99
_PENDING = str(Status.PENDING)


@translate_errors
class Invitations:
    """Whatever is read here is as the clock has it: a place whose end has come is left."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, chat_id: str, invitation_id: str) -> Invitation | None:
        item = items.get(InvitationItem, keys.chat(chat_id), keys.invitation(invitation_id))
        return self._as_of_now(maybe(mapping.invitation, item))

    def stored(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]:
        here, existing = (keys.chat(chat_id), "C"), (keys.chat(chat_id), keys.invitation(invitation_id))
        results = items.get_all([here, existing])
        chat, item = results.get(here), results.get(existing)
        return maybe(mapping.chat, chat), maybe(mapping.invitation, item)

    def _as_of_now(self, invitation: Invitation | None) -> Invitation | None:
        return invitation.as_of(self._now()) if invitation else None

    def with_chat(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]:
        chat, invitation = self.stored(chat_id, invitation_id)
        return chat, self._as_of_now(invitation)

    def workspace_and_inviter(self, of: Invitation) -> tuple[Workspace | None, Membership | None]:
        existing, inviter = (
            (keys.workspace(of.workspace_id), "W"),
            (keys.account(of.inviter_id), keys.membership(of.chat_id)),
        )
        results = items.get_all([existing, inviter])
        workspace, place = results.get(existing), results.get(inviter)
        return maybe(mapping.workspace, workspace), maybe(mapping.membership, place)

    def add(
        self,
        chat: Chat,
        invitations: Sequence[Invitation],
        memberships: Sequence[Membership],
        becomes_group: bool,
        invited_by: str,
    ) -> int:
        version, stored = chat.roster_version, 0
        for part, membership in _parts(invitations, memberships):
            version += 1
            told = chats.invited_event(
                [entry for entry in part if entry.was_mailed], invited_by, part[0].inviter_id, version
            )
            actions: list[Any] = [ChatItem.roster_version.set(version), ChatItem.last_event.set(told)]
            if becomes_group:
                actions.append(ChatItem.chat_kind.set(ChatKind.GROUP))
            try:
                with items.transaction() as write:
                    write.update(
                        ChatItem(keys.chat(chat.id), "C"),
                        actions=actions,
                        condition=ChatItem.roster_version == version - 1,
                    )
                    for invitation in part:
                        item = mapping.invitation_item(replace(invitation, since=version))
                        write.save(item, condition=Item.pk.does_not_exist())
                    for joined in membership:
                        write.save(mapping.membership_item(joined), condition=Item.pk.does_not_exist())
            except TransactWriteError as error:
                if is_failed_condition(error):
                    return stored
                raise
            stored += len(part)
        return stored

    def save(self, change: InvitationChange, chat: Chat | None = None, membership: Membership | None = None) -> bool:
        """The step, while what it rests on holds; False where it doesn't any more.

        All of it or nothing: with `chat`, its roster must be as it was read, and counts one more; with `membership`, the person
        gets this place, unless they have one. Alone it is one write unit, with `chat` two, with `membership` two more.
        """
        actions, condition = [*_actions(change), *_acted(self._now())], _holds(change)
        if chat is None and membership is None:
            return _updated(_key_of(change.before), actions, condition) or self._was_own(change)
        with conditional_write(or_conflict=membership is not None) as outcome, items.transaction() as write:
            if membership:
                actions.append(_set("ends_at", membership.ends_at))
            write.update(_key_of(change.before), actions=actions, condition=condition)
            if membership:
                write.save(mapping.membership_item(membership), condition=Item.pk.does_not_exist())
            if chat:
                write.update(
                    ChatItem(keys.chat(chat.id), "C"),
                    actions=[ChatItem.roster_version.set(chat.roster_version + 1)],
                    condition=ChatItem.roster_version == chat.roster_version,
                )
        return outcome.held

    def _was_own(self, change: InvitationChange) -> bool:
        """Whether it is as this step leaves it: the reply to this very write was lost, and it was sent again."""
        now = self.get(change.before.chat_id, change.before.id) if change.is_own else None
        if now is None or now.mail is None:
            return False
        return all(getattr(now.mail, name) == value for name, value in change.sets_mail.items() if name != "state")

    def claim_mail(self, of: Invitation, number: int, now: datetime) -> bool:
        free = InvitationItem.mail_claim.does_not_exist() | (InvitationItem.mail_claim < now)
        wanted = _open_at(now) & (InvitationItem.mail_done < number) & (InvitationItem.mail_wanted == number)
        return _updated(_key_of(of), [InvitationItem.mail_claim.set(now + _CLAIM)], wanted & free)

    def requeue_mail(self, of: Invitation, now: datetime) -> bool:
        number = of.mail.wanted if of.mail else 0
        actions = [
            InvitationItem.mail_state.set(MailState.QUEUED),
            InvitationItem.mail_at.set(now),
            InvitationItem.mail_detail.remove(),
        ]
        unsent = _open_at(now) & (InvitationItem.mail_wanted == number) & (InvitationItem.mail_done < number)
        return _updated(_key_of(of), actions, unsent)

    def release_mail(self, of: Invitation, number: int) -> None:
        _updated(_key_of(of), [InvitationItem.mail_claim.remove()], InvitationItem.mail_done < number)

    def finish_mail(self, of: Invitation, number: int, mail: InvitationMail, ses_id: str) -> None:
        done = [InvitationItem.mail_done.set(number), InvitationItem.mail_claim.remove()]
        state = [
            InvitationItem.mail_state.set(mail.state),
            InvitationItem.mail_at.set(mail.at),
            _text(InvitationItem.mail_detail, mail.reason),
        ]
        if ses_id:
            gone_at = (of.expires_at or mail.at) + KEPT_AFTER_END
            SentItem(f"N#{ses_id}", "N", chat_id=of.chat_id, invitation_id=of.id, number=number, gone_at=gone_at).save()
        unsaid = (InvitationItem.mail_wanted == number) & (InvitationItem.mail_state == str(MailState.QUEUED))
        if not _updated(_key_of(of), [*done, *state], unsaid & (InvitationItem.mail_done < number)):
            _updated(_key_of(of), done, InvitationItem.mail_done < number)

    def of_mail(self, ses_id: str) -> tuple[str, str, int] | None:
        item = items.get(SentItem, f"N#{ses_id}", "N")
        return (item.chat_id, item.invitation_id, int(item.number)) if item else None

    def record_mail_event(
        self,
        of: Invitation,
        number: int,
        mail: InvitationMail,
        instead_of: Sequence[MailState],
        bounced_for: Sequence[MailReason] = (),
    ) -> bool:
        actions = [
            InvitationItem.mail_state.set(mail.state),
            InvitationItem.mail_at.set(mail.at),
            _text(InvitationItem.mail_detail, mail.reason),
        ]
        existing = InvitationItem.mail_state.is_in(*[str(state) for state in instead_of])
        if bounced_for:
            reasons = InvitationItem.mail_detail.is_in(*[str(reason) for reason in bounced_for])
            existing |= (InvitationItem.mail_state == str(MailState.BOUNCED)) & reasons
        return _updated(_key_of(of), actions, (InvitationItem.mail_wanted == number) & existing)

    def note_mail(self, of: Invitation, number: int, reason: MailReason) -> bool:
        delivered = (InvitationItem.mail_wanted == number) & (InvitationItem.mail_state == str(MailState.DELIVERED))
        return _updated(_key_of(of), [InvitationItem.mail_detail.set(reason)], delivered)

    def forget(self, of: Invitation) -> None:
        ended = InvitationItem.status.is_in(str(Status.DECLINED), str(Status.REVOKED))
        expired = (InvitationItem.status == _PENDING) & (InvitationItem.expires_at == of.expires_at)
        with conditional_write():
            _key_of(of).delete(ended | expired)

    def erase(self, of: Invitation, now: datetime) -> None:
        ended = [InvitationItem.status.set(Status.DECLINED), InvitationItem.ended_at.set(now)]
        gone = [
            InvitationItem.email.remove(),
            InvitationItem.invited_name.remove(),
            InvitationItem.reason.remove(),
            InvitationItem.asks.remove(),
        ]
        unseated = ~InvitationItem.status.is_in(str(Status.ACCEPTED), str(Status.LEFT))
        same = InvitationItem.generation == of.generation  # one that moved on meanwhile is somebody else's
        _updated(_key_of(of), [*ended, *gone], unseated & same)


def _parts(
    invitations: Sequence[Invitation], memberships: Sequence[Membership]
) -> Iterator[tuple[list[Invitation], list[Membership]]]:
    """Seats with their places, in transactions of at most a hundred items."""
    of = {joined.invitation_id: joined for joined in memberships}
    part: list[Invitation] = []
    membership: list[Membership] = []
    for invitation in invitations:
        if len(part) + len(membership) + 2 > _IN_ONE_TRANSACTION:
            yield part, membership
            part, membership = [], []
        part.append(invitation)
        membership += [of[invitation.id]] if invitation.id in of else []
    if part:
        yield part, membership


def _acted(now: datetime) -> list[Any]:
    """Who does this, and when, for the audit log."""
    return [_text(InvitationItem.actor_id, actor()), InvitationItem.acted_at.set(now)]


def _open_at(now: datetime) -> Any:
    return (InvitationItem.status == _PENDING) & (InvitationItem.expires_at > now)


def _actions(change: InvitationChange) -> list[Any]:
    """What is set; and when it may go, where that follows from it."""
    actions = [_set(*mapping.invitation_field(name, value)) for name, value in change.sets.items()]
    actions += [_set(*mapping.mail_field(name, value)) for name, value in change.sets_mail.items()]
    if {"status", "expires_at"} & set(change.sets):
        actions.append(_set("gone_at", change.after.kept_until))
    return actions


def _holds(change: InvitationChange) -> Any:
    """That it is still open, and as it was read where the step rests on it."""
    conditions = [_open_at(change.open_at)] if change.open_at else []
    if change.while_pending and not change.open_at:
        conditions.append(InvitationItem.status == _PENDING)
    conditions += [_as_read(change.before, name) for name in change.unless_changed]
    return functools.reduce(operator.and_, conditions)


def _as_read(before: Invitation, name: str) -> Any:
    if name in ("wanted", "reminder"):
        attribute, value = mapping.mail_field(name, getattr(before.mail, name, 0))
    else:
        attribute, value = mapping.invitation_field(name, getattr(before, name))
    stored = getattr(InvitationItem, attribute)
    return stored.does_not_exist() if value is None else stored == value


def _set(attribute: str, value: Any) -> Any:
    stored = getattr(InvitationItem, attribute)
    return stored.remove() if value is None else stored.set(value)


def _key_of(invitation: Invitation) -> InvitationItem:
    return InvitationItem(keys.chat(invitation.chat_id), keys.invitation(invitation.id))


def _text(attribute: Any, value: str) -> Any:
    return attribute.set(value) if value else attribute.remove()


def _updated(item: InvitationItem, actions: list[Any], condition: Any) -> bool:
    with conditional_write() as outcome:
        item.update(actions, condition)
    return outcome.held
