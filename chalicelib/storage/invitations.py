"""Seats: invitations that become participants. Each step that may happen once is a condition on the invitation's one item."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import TransactWriteError

from ..domain.chats import Chat, ChatKind, Membership
from ..domain.invitations import KEPT_AFTER_END, Ask, AskKind, HandedOver, Invitation, InvitationMail, MailState, Status
from ..domain.mail_reasons import MailReason
from ..domain.workspaces import Workspace
from . import chats, items, keys, mapping
from .acting import actor
from .asks import asks_json, handed_over_json
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import ChatItem, InvitationItem, Item, SentItem
from .reading import maybe
from .transactions import parts_of

_CLAIM = timedelta(minutes=1)
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
        """As it was written last, whatever the clock says: for whoever writes down what the clock has ended."""
        here, existing = (keys.chat(chat_id), "C"), (keys.chat(chat_id), keys.invitation(invitation_id))
        results = items.get_all([here, existing])
        chat, item = results.get(here), results.get(existing)
        return maybe(mapping.chat, chat), maybe(mapping.invitation, item)

    def _as_of_now(self, invitation: Invitation | None) -> Invitation | None:
        return invitation.as_of(self._now()) if invitation else None

    def with_chat(self, chat_id: str, invitation_id: str) -> tuple[Chat | None, Invitation | None]:
        """Both in one read."""
        chat, invitation = self.stored(chat_id, invitation_id)
        return chat, self._as_of_now(invitation)

    def workspace_and_inviter(self, of: Invitation) -> tuple[Workspace | None, Membership | None]:
        """The workspace it comes from and the inviter's place in the chat, in one read."""
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
        """More people for a chat as it was read: how many of them were stored, before its roster changed meanwhile."""
        version, stored = chat.roster_version, 0
        for part, membership in parts_of(invitations, memberships):
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

    def accept(self, open_invitation: Invitation, membership: Membership, chat: Chat | None) -> bool:
        """The one step in which an invitation becomes a participant: all of it or nothing, once.

        Four write units. With `chat`, its roster must be as it was read: needed only where the chat may be full.
        False if the invitation is no longer open as it was read, or the account has a place already.
        """
        still_open = (InvitationItem.status == _PENDING) & (InvitationItem.generation == open_invitation.generation)
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            write.update(
                _key_of(open_invitation),
                actions=[
                    InvitationItem.status.set(Status.ACCEPTED),
                    InvitationItem.account_id.set(membership.account_id),
                    InvitationItem.name.set(open_invitation.name),
                    _text(InvitationItem.account_email, open_invitation.account_email),
                    InvitationItem.via.set(membership.via),
                    _text(InvitationItem.organization, open_invitation.organization),
                    _text(InvitationItem.identity, open_invitation.identity),
                    InvitationItem.joined_at.set(membership.joined_at),
                    InvitationItem.reads_from.set(membership.reads_from),
                    InvitationItem.ends_at.set(membership.ends_at)
                    if membership.ends_at
                    else InvitationItem.ends_at.remove(),
                    InvitationItem.asks.remove(),
                    InvitationItem.gone_at.remove(),
                ],
                condition=still_open & (InvitationItem.expires_at > membership.joined_at),
            )
            write.save(mapping.membership_item(membership), condition=Item.pk.does_not_exist())
            if chat:
                write.update(
                    ChatItem(keys.chat(chat.id), "C"),
                    actions=[ChatItem.roster_version.set(chat.roster_version + 1)],
                    condition=ChatItem.roster_version == chat.roster_version,
                )
        return outcome.held

    def decline(self, open_invitation: Invitation, reason: str, now: datetime) -> bool:
        return self._end(
            open_invitation,
            Status.DECLINED,
            now,
            InvitationItem.reason.set(reason) if reason else InvitationItem.reason.remove(),
        )

    def revoke(self, open_invitation: Invitation, by: str, now: datetime) -> bool:
        return self._end(open_invitation, Status.REVOKED, now, InvitationItem.ended_by.set(by))

    def resend(self, chat: Chat, sent: Invitation, expires_at: datetime, now: datetime, renewal: str) -> bool:
        """The same link, a new end, one more mail. With the roster's version, for an expired one takes room in the chat again.

        Whoever asked for a new one has it now.
        """
        asks = [ask for ask in sent.asks if ask.kind is not AskKind.RENEW]
        more = (InvitationItem.resends.set(sent.resends + 1), _text(InvitationItem.renewal, renewal))
        return self._renewed(chat, sent, expires_at, now, *more, asks=asks)

    def fix(self, chat: Chat, sent: Invitation, email: str, expires_at: datetime, now: datetime) -> bool:
        """Another address, another generation of links, and a mail to it. Who asked by the old link asked for nothing."""
        moved = [InvitationItem.email.set(email), InvitationItem.generation.set(sent.generation + 1)]
        return self._renewed(chat, sent, expires_at, now, *moved, asks=[])

    def hand_over(self, chat: Chat, sent: Invitation, move: HandedOver) -> bool:
        """To another person: another address and another generation of links, as `fix`, but with the end that it has.

        The name that was typed with the old address goes. False where it isn't open any more, or changed meanwhile.
        """
        moves = handed_over_json([*sent.handed_over, move])
        moved = [
            InvitationItem.email.set(move.to_email),
            InvitationItem.generation.set(sent.generation + 1),
            InvitationItem.handed_over.set(moves),
            InvitationItem.invited_name.remove(),
        ]
        return self._renewed(
            chat,
            sent,
            sent.expires_at or move.at,
            move.at,
            *moved,
            asks=[],
            only=(InvitationItem.expires_at > move.at) & _moves_as_read(sent),
        )

    def claim_mail(self, of: Invitation, number: int, now: datetime) -> bool:
        """True for one worker at a time, for a minute, while this mail is promised, unsent and its invitation open."""
        free = InvitationItem.mail_claim.does_not_exist() | (InvitationItem.mail_claim < now)
        wanted = _open_at(now) & (InvitationItem.mail_done < number) & (InvitationItem.mail_wanted == number)
        return _updated(_key_of(of), [InvitationItem.mail_claim.set(now + _CLAIM)], wanted & free)

    def requeue_mail(self, of: Invitation, now: datetime) -> bool:
        """A mail that waited too long, or for the address's next day, is queued anew."""
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
        """SES has it, or will never take it. A later mail's state, or SES's own word about this one, is not overwritten."""
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
        """Chat, invitation and number of the mail that SES knows by this id."""
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
        """SES's word about this mail, where it says more than what is known; about an older mail it changes nothing.

        It also replaces a bounce for one of the reasons `bounced_for`.
        """
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
        """What came after a delivery and doesn't take it back."""
        delivered = (InvitationItem.mail_wanted == number) & (InvitationItem.mail_state == str(MailState.DELIVERED))
        return _updated(_key_of(of), [InvitationItem.mail_detail.set(reason)], delivered)

    def ask(self, of: Invitation, asks: Sequence[Ask]) -> bool:
        """These asks instead of those that were read; False if they, or the link they came by, changed meanwhile."""
        same = (InvitationItem.generation == of.generation) & (InvitationItem.status == _PENDING)
        return _updated(_key_of(of), [_asks(asks), *_acted(self._now())], same & _asks_as_read(of))

    def erase_hand_overs(self, of: Invitation, asks: Sequence[Ask], moves: Sequence[HandedOver]) -> bool:
        """These instead of those that were read, in whatever state it is; False if they changed meanwhile."""
        after = handed_over_json(moves)
        handed_over = InvitationItem.handed_over.set(after) if after else InvitationItem.handed_over.remove()
        return _updated(_key_of(of), [_asks(asks), handed_over], _moves_as_read(of) & _asks_as_read(of))

    def remind(self, of: Invitation, now: datetime) -> bool:
        """One more mail, once for this end; False if it was reminded, renewed or answered meanwhile.

        Where the reply to this very write was lost and it was sent again, that is no reminder of somebody else's.
        """
        wanted = (of.mail.wanted if of.mail else 0) + 1
        still = _open_at(now) & (InvitationItem.expires_at == of.expires_at)
        actions = [
            InvitationItem.mail_wanted.set(wanted),
            InvitationItem.reminder.set(wanted),
            InvitationItem.mail_state.set(MailState.QUEUED),
            InvitationItem.mail_at.set(now),
        ]
        if _updated(
            _key_of(of), actions, still & (InvitationItem.mail_wanted == wanted - 1) & (InvitationItem.reminder == 0)
        ):
            return True
        mail = (self.get(of.chat_id, of.id) or of).mail
        return mail is not None and (mail.reminder, mail.at) == (wanted, now)

    def forget(self, of: Invitation) -> None:
        """The invitation goes for good, unless somebody sits on it or it is open again."""
        ended = InvitationItem.status.is_in(str(Status.DECLINED), str(Status.REVOKED))
        expired = (InvitationItem.status == _PENDING) & (InvitationItem.expires_at == of.expires_at)
        with conditional_write():
            _key_of(of).delete(ended | expired)

    def erase(self, of: Invitation, now: datetime) -> None:
        """The address is gone from it at once, whatever its state, unless somebody sits on it; what is left was declined."""
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

    def _end(self, open_invitation: Invitation, status: Status, now: datetime, *more: Any) -> bool:
        still_open = _open_at(now) & (InvitationItem.generation == open_invitation.generation)
        ended = [
            InvitationItem.status.set(status),
            InvitationItem.ended_at.set(now),
            InvitationItem.asks.remove(),
            InvitationItem.gone_at.set(now + KEPT_AFTER_END),
            *_acted(now),
        ]
        return _updated(_key_of(open_invitation), [*ended, *more], still_open)

    def _renewed(
        self,
        chat: Chat,
        sent: Invitation,
        expires_at: datetime,
        now: datetime,
        *more: Any,
        asks: Sequence[Ask],
        only: Any = None,
    ) -> bool:
        again = [
            InvitationItem.expires_at.set(expires_at),
            InvitationItem.gone_at.set(expires_at + KEPT_AFTER_END),
            InvitationItem.resent_at.set(now),
            _asks(asks),
            InvitationItem.reminder.set(0),
            InvitationItem.mail_state.set(MailState.QUEUED),
            InvitationItem.mail_at.set(now),
            InvitationItem.mail_detail.remove(),
            *_acted(now),
        ]
        wanted = (sent.mail.wanted if sent.mail else 0) + 1
        unchanged = (
            (InvitationItem.status == _PENDING)
            & (InvitationItem.generation == sent.generation)
            & (InvitationItem.mail_wanted == wanted - 1)
            & _asks_as_read(sent)
        )
        if only is not None:
            unchanged &= only
        with conditional_write() as outcome, items.transaction() as write:
            write.update(
                _key_of(sent), actions=[*again, InvitationItem.mail_wanted.set(wanted), *more], condition=unchanged
            )
            write.update(
                ChatItem(keys.chat(chat.id), "C"),
                actions=[ChatItem.roster_version.set(chat.roster_version + 1)],
                condition=ChatItem.roster_version == chat.roster_version,
            )
        return outcome.held


def _open_at(now: datetime) -> Any:
    return (InvitationItem.status == _PENDING) & (InvitationItem.expires_at > now)


def _asks(asks: Sequence[Ask]) -> Any:
    return InvitationItem.asks.set(asks_json(asks)) if asks else InvitationItem.asks.remove()


def _asks_as_read(of: Invitation) -> Any:
    before = asks_json(of.asks)
    return (InvitationItem.asks == before) if before else InvitationItem.asks.does_not_exist()


def _moves_as_read(of: Invitation) -> Any:
    """Who erased an address of the chain meanwhile isn't written into it again."""
    before = handed_over_json(of.handed_over)
    return (InvitationItem.handed_over == before) if before else InvitationItem.handed_over.does_not_exist()


def _key_of(invitation: Invitation) -> InvitationItem:
    return InvitationItem(keys.chat(invitation.chat_id), keys.invitation(invitation.id))


def _text(attribute: Any, value: str) -> Any:
    return attribute.set(value) if value else attribute.remove()


def _acted(now: datetime) -> list[Any]:
    """Who does this, and when, for the audit log."""
    return [_text(InvitationItem.actor_id, actor()), InvitationItem.acted_at.set(now)]


def _updated(item: InvitationItem, actions: list[Any], condition: Any) -> bool:
    with conditional_write() as outcome:
        item.update(actions, condition)
    return outcome.held
