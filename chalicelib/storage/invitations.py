"""Seats: invitations that become participants. Each step that may happen once is a condition on the seat's one item."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import TransactWriteError

from ..domain.chats import Chat, ChatKind, Place
from ..domain.invitations import KEPT_AFTER_END, Ask, AskKind, Mail, MailState, Seat, Status
from ..domain.mail_reasons import MailReason
from ..domain.workspaces import Workspace
from . import chats, items, keys, mapping
from .border import conditions, guarded, lost_condition
from .items import ChatItem, Item, SeatItem, SentItem
from .reading import maybe

_CLAIM = timedelta(minutes=1)
_IN_ONE_TRANSACTION = 99
_PENDING = str(Status.PENDING)


@guarded
class Invitations:
    def get(self, chat_id: str, seat_id: str) -> Seat | None:
        item = items.get(SeatItem, keys.chat(chat_id), keys.seat(seat_id))
        return maybe(mapping.seat, item)

    def with_chat(self, chat_id: str, seat_id: str) -> tuple[Chat | None, Seat | None]:
        """Both in one read."""
        here, there = (keys.chat(chat_id), "C"), (keys.chat(chat_id), keys.seat(seat_id))
        found = items.get_all([here, there])
        chat, item = found.get(here), found.get(there)
        return maybe(mapping.chat, chat), maybe(mapping.seat, item)

    def surroundings(self, of: Seat) -> tuple[Workspace | None, Place | None]:
        """The workspace it comes from and the inviter's place in the chat, in one read."""
        there, inviter = (keys.workspace(of.workspace_id), "W"), (keys.account(of.inviter_id), keys.place(of.chat_id))
        found = items.get_all([there, inviter])
        workspace, place = found.get(there), found.get(inviter)
        return maybe(mapping.workspace, workspace), maybe(mapping.place, place)

    def add(
        self, chat: Chat, seats: Sequence[Seat], places: Sequence[Place], becomes_group: bool, invited_by: str
    ) -> int:
        """More people for a chat as it was read: how many of them were stored, before its roster changed meanwhile."""
        version, stored = chat.roster_version, 0
        for part, own in _parts(seats, places):
            version += 1
            told = chats.told_invited(
                [one for one in part if one.is_invitation], invited_by, part[0].inviter_id, version
            )
            actions: list[Any] = [ChatItem.roster_version.set(version), ChatItem.told.set(told)]
            if becomes_group:
                actions.append(ChatItem.chat_kind.set(ChatKind.GROUP))
            try:
                with items.transaction() as write:
                    write.update(
                        ChatItem(keys.chat(chat.id), "C"),
                        actions=actions,
                        condition=ChatItem.roster_version == version - 1,
                    )
                    for one in part:
                        item = mapping.seat_item(replace(one, since=version))
                        write.save(item, condition=Item.pk.does_not_exist())
                    for place in own:
                        write.save(mapping.place_item(place), condition=Item.pk.does_not_exist())
            except TransactWriteError as error:
                if lost_condition(error):
                    return stored
                raise
            stored += len(part)
        return stored

    def accept(self, open_seat: Seat, place: Place, chat: Chat | None) -> bool:
        """The one step in which an invitation becomes a participant: all of it or nothing, once.

        Four write units. With `chat`, its roster must be as it was read: needed only where the chat may be full.
        False if the seat is no longer open as it was read, or the account has a place already.
        """
        still_open = (SeatItem.status == _PENDING) & (SeatItem.generation == open_seat.generation)
        with conditions(or_conflict=True) as outcome, items.transaction() as write:
            write.update(
                _key_of(open_seat),
                actions=[
                    SeatItem.status.set(Status.ACCEPTED),
                    SeatItem.account_id.set(place.account_id),
                    SeatItem.name.set(open_seat.name),
                    _text(SeatItem.account_email, open_seat.account_email),
                    SeatItem.via.set(place.via),
                    _text(SeatItem.organization, open_seat.organization),
                    _text(SeatItem.identity, open_seat.identity),
                    SeatItem.joined_at.set(place.joined_at),
                    SeatItem.reads_from.set(place.reads_from),
                    SeatItem.gone_at.remove(),
                ],
                condition=still_open & (SeatItem.expires_at > place.joined_at),
            )
            write.save(mapping.place_item(place), condition=Item.pk.does_not_exist())
            if chat:
                write.update(
                    ChatItem(keys.chat(chat.id), "C"),
                    actions=[ChatItem.roster_version.set(chat.roster_version + 1)],
                    condition=ChatItem.roster_version == chat.roster_version,
                )
        return outcome.held

    def decline(self, open_seat: Seat, reason: str, now: datetime) -> bool:
        return self._end(
            open_seat, Status.DECLINED, now, SeatItem.reason.set(reason) if reason else SeatItem.reason.remove()
        )

    def revoke(self, open_seat: Seat, by: str, now: datetime) -> bool:
        return self._end(open_seat, Status.REVOKED, now, SeatItem.ended_by.set(by))

    def resend(self, chat: Chat, sent: Seat, expires_at: datetime, now: datetime, renewal: str) -> bool:
        """The same link, a new end, one more mail. With the roster's version, for an expired one takes room in the chat again.

        Whoever asked for a new one has it now.
        """
        asks = [one for one in sent.asks if one.kind is not AskKind.RENEW]
        more = (SeatItem.resends.set(sent.resends + 1), _text(SeatItem.renewal, renewal))
        return self._again(chat, sent, expires_at, now, *more, asks=asks)

    def fix(self, chat: Chat, sent: Seat, email: str, expires_at: datetime, now: datetime) -> bool:
        """Another address, another generation of links, and a mail to it. Who asked by the old link asked for nothing."""
        moved = [SeatItem.email.set(email), SeatItem.generation.set(sent.generation + 1)]
        return self._again(chat, sent, expires_at, now, *moved, asks=[])

    def claim_mail(self, of: Seat, number: int, now: datetime) -> bool:
        """True for one worker at a time, for a minute, while this mail is promised, unsent and its invitation open."""
        free = SeatItem.mail_claim.does_not_exist() | (SeatItem.mail_claim < now)
        wanted = _open_at(now) & (SeatItem.mail_done < number) & (SeatItem.mail_wanted == number)
        return _updated(_key_of(of), [SeatItem.mail_claim.set(now + _CLAIM)], wanted & free)

    def wait_again(self, of: Seat, now: datetime) -> bool:
        """A mail that waited too long, or for the address's next day, is queued anew."""
        number = of.mail.wanted if of.mail else 0
        actions = [
            SeatItem.mail_state.set(MailState.QUEUED),
            SeatItem.mail_at.set(now),
            SeatItem.mail_detail.remove(),
        ]
        unsent = _open_at(now) & (SeatItem.mail_wanted == number) & (SeatItem.mail_done < number)
        return _updated(_key_of(of), actions, unsent)

    def release_mail(self, of: Seat, number: int) -> None:
        _updated(_key_of(of), [SeatItem.mail_claim.remove()], SeatItem.mail_done < number)

    def finish_mail(self, of: Seat, number: int, mail: Mail, ses_id: str) -> None:
        """SES has it, or will never take it. A later mail's state, or SES's own word about this one, is not overwritten."""
        done = [SeatItem.mail_done.set(number), SeatItem.mail_claim.remove()]
        state = [
            SeatItem.mail_state.set(mail.state),
            SeatItem.mail_at.set(mail.at),
            _text(SeatItem.mail_detail, mail.reason),
        ]
        if ses_id:
            gone_at = (of.expires_at or mail.at) + KEPT_AFTER_END
            SentItem(f"N#{ses_id}", "N", chat_id=of.chat_id, seat_id=of.id, number=number, gone_at=gone_at).save()
        unsaid = (SeatItem.mail_wanted == number) & (SeatItem.mail_state == str(MailState.QUEUED))
        if not _updated(_key_of(of), [*done, *state], unsaid & (SeatItem.mail_done < number)):
            _updated(_key_of(of), done, SeatItem.mail_done < number)

    def of_mail(self, ses_id: str) -> tuple[str, str, int] | None:
        """Chat, seat and number of the mail that SES knows by this id."""
        item = items.get(SentItem, f"N#{ses_id}", "N")
        return (item.chat_id, item.seat_id, int(item.number)) if item else None

    def hear_mail(
        self,
        of: Seat,
        number: int,
        mail: Mail,
        instead_of: Sequence[MailState],
        bounced_for: Sequence[MailReason] = (),
    ) -> bool:
        """SES's word about this mail, where it says more than what is known; about an older mail it changes nothing.

        It also replaces a bounce for one of the reasons `bounced_for`.
        """
        actions = [
            SeatItem.mail_state.set(mail.state),
            SeatItem.mail_at.set(mail.at),
            _text(SeatItem.mail_detail, mail.reason),
        ]
        known = SeatItem.mail_state.is_in(*[str(state) for state in instead_of])
        if bounced_for:
            reasons = SeatItem.mail_detail.is_in(*[str(reason) for reason in bounced_for])
            known |= (SeatItem.mail_state == str(MailState.BOUNCED)) & reasons
        return _updated(_key_of(of), actions, (SeatItem.mail_wanted == number) & known)

    def note_mail(self, of: Seat, number: int, reason: MailReason) -> bool:
        """What came after a delivery and doesn't take it back."""
        delivered = (SeatItem.mail_wanted == number) & (SeatItem.mail_state == str(MailState.DELIVERED))
        return _updated(_key_of(of), [SeatItem.mail_detail.set(reason)], delivered)

    def ask(self, of: Seat, asks: Sequence[Ask]) -> bool:
        """These asks instead of those that were read; False if they, or the link they came by, changed meanwhile."""
        same = (SeatItem.generation == of.generation) & (SeatItem.status == _PENDING)
        return _updated(_key_of(of), [_asks(asks)], same & _asks_as_read(of))

    def remind(self, of: Seat, now: datetime) -> bool:
        """One more mail, once for this end; False if it was reminded, renewed or answered meanwhile.

        Where the reply to this very write was lost and it was sent again, that is no reminder of somebody else's.
        """
        wanted = (of.mail.wanted if of.mail else 0) + 1
        still = _open_at(now) & (SeatItem.expires_at == of.expires_at)
        actions = [
            SeatItem.mail_wanted.set(wanted),
            SeatItem.reminder.set(wanted),
            SeatItem.mail_state.set(MailState.QUEUED),
            SeatItem.mail_at.set(now),
        ]
        if _updated(_key_of(of), actions, still & (SeatItem.mail_wanted == wanted - 1) & (SeatItem.reminder == 0)):
            return True
        mail = (self.get(of.chat_id, of.id) or of).mail
        return mail is not None and (mail.reminder, mail.at) == (wanted, now)

    def forget(self, of: Seat) -> None:
        """The invitation goes for good, unless somebody sits on it or it is open again."""
        ended = SeatItem.status.is_in(str(Status.DECLINED), str(Status.REVOKED))
        expired = (SeatItem.status == _PENDING) & (SeatItem.expires_at == of.expires_at)
        with conditions():
            _key_of(of).delete(ended | expired)

    def erase(self, of: Seat, now: datetime) -> None:
        """The address is gone from it at once, whatever its state, unless somebody sits on it; what is left was declined."""
        ended = [SeatItem.status.set(Status.DECLINED), SeatItem.ended_at.set(now)]
        gone = [
            SeatItem.email.remove(),
            SeatItem.invited_name.remove(),
            SeatItem.reason.remove(),
            SeatItem.asks.remove(),
        ]
        _updated(_key_of(of), [*ended, *gone], ~SeatItem.status.is_in(str(Status.ACCEPTED), str(Status.LEFT)))

    def _end(self, open_seat: Seat, status: Status, now: datetime, *more: Any) -> bool:
        still_open = _open_at(now) & (SeatItem.generation == open_seat.generation)
        ended = [SeatItem.status.set(status), SeatItem.ended_at.set(now), SeatItem.gone_at.set(now + KEPT_AFTER_END)]
        return _updated(_key_of(open_seat), [*ended, *more], still_open)

    def _again(
        self, chat: Chat, sent: Seat, expires_at: datetime, now: datetime, *more: Any, asks: Sequence[Ask]
    ) -> bool:
        again = [
            SeatItem.expires_at.set(expires_at),
            SeatItem.gone_at.set(expires_at + KEPT_AFTER_END),
            SeatItem.resent_at.set(now),
            _asks(asks),
            SeatItem.reminder.set(0),
            SeatItem.mail_state.set(MailState.QUEUED),
            SeatItem.mail_at.set(now),
            SeatItem.mail_detail.remove(),
        ]
        wanted = (sent.mail.wanted if sent.mail else 0) + 1
        unchanged = (
            (SeatItem.status == _PENDING)
            & (SeatItem.generation == sent.generation)
            & (SeatItem.mail_wanted == wanted - 1)
            & _asks_as_read(sent)
        )
        with conditions() as outcome, items.transaction() as write:
            write.update(_key_of(sent), actions=[*again, SeatItem.mail_wanted.set(wanted), *more], condition=unchanged)
            write.update(
                ChatItem(keys.chat(chat.id), "C"),
                actions=[ChatItem.roster_version.set(chat.roster_version + 1)],
                condition=ChatItem.roster_version == chat.roster_version,
            )
        return outcome.held


def _parts(seats: Sequence[Seat], places: Sequence[Place]) -> Iterator[tuple[list[Seat], list[Place]]]:
    """Seats with their places, in transactions of at most a hundred items."""
    of = {place.seat_id: place for place in places}
    part: list[Seat] = []
    own: list[Place] = []
    for one in seats:
        if len(part) + len(own) + 2 > _IN_ONE_TRANSACTION:
            yield part, own
            part, own = [], []
        part.append(one)
        own += [of[one.id]] if one.id in of else []
    if part:
        yield part, own


def _open_at(now: datetime) -> Any:
    return (SeatItem.status == _PENDING) & (SeatItem.expires_at > now)


def _asks(asks: Sequence[Ask]) -> Any:
    return SeatItem.asks.set(mapping.asks_json(asks)) if asks else SeatItem.asks.remove()


def _asks_as_read(of: Seat) -> Any:
    before = mapping.asks_json(of.asks)
    return (SeatItem.asks == before) if before else SeatItem.asks.does_not_exist()


def _key_of(one: Seat) -> SeatItem:
    return SeatItem(keys.chat(one.chat_id), keys.seat(one.id))


def _text(attribute: Any, value: str) -> Any:
    return attribute.set(value) if value else attribute.remove()


def _updated(item: SeatItem, actions: list[Any], condition: Any) -> bool:
    with conditions() as outcome:
        item.update(actions, condition)
    return outcome.held
