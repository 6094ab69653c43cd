"""Inviting people: into a new chat, into one that is there; and what the inviter can do about an invitation afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..domain import errors, inviting, links, names
from ..domain.addresses import NotAnAddress, canonical
from ..domain.caps import Spent
from ..domain.chats import Chat, ChatKind, ChatRole, Newest, Place, kind_for, refuse_unless_member, refuse_unless_room
from ..domain.ids import Ids
from ..domain.invitations import (
    FOUNDER,
    History,
    Mail,
    MailState,
    Seat,
    Status,
    open_in,
    people_in,
    refuse_unless_open,
    refuse_unless_resendable,
)
from ..domain.inviting import Invitee, Outcome, Result
from ..domain.people import Account, Address, Via, locale_or
from ..domain.workspaces import Workspace, refuse_unless_may_invite
from ..ports import Ports
from . import chats, links_of, mails, sessions, workspaces

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Invited:
    """A result for each address that was sent, in order, and the invitations that were made."""

    chat: Chat
    seats: tuple[Seat, ...]
    results: tuple[Result, ...]


def create_chat(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids
) -> Invited:
    """A new chat with its invitations; nothing is stored or mailed before. Refused whole where a cap would be passed."""
    workspace, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_invite(workspace, member)
    name = _title(name, invitees)
    chat = _new_chat(ports, account, workspace, name, ids)
    if ids.may_repeat and (found := ports.chats.roster(chat.id)):
        return _as_before(ports, found, invitees)
    seats, results = _seats(ports, account, workspace, chat, invitees, (), ids)
    _refuse_if_nobody(results, seats)
    chat = replace(chat, kind=ChatKind.GROUP if name else kind_for(len(seats)))
    refuse_unless_room(1 + len(seats), workspace.allowance.people_in_a_chat)
    spend_mails(ports, workspace, sum(seat.is_invitation for seat in seats))
    chat = replace(chat, faces=chats.faces_of(chat, seats, ports.now()))
    ports.chats.add(chat, _place_of_founder(chat), seats, _places_of_members(seats))
    return Invited(chat, _invitations(seats), results)


def invite(ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids) -> Invited:
    """More people for a chat that is there. Who joined or was invited meanwhile is seen, however many invite at once."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    workspace, member = workspaces.as_member(ports, account, place.workspace_id)
    refuse_unless_may_invite(workspace, member)
    for _ in range(_TRIES):
        chat, before = chats.roster(ports, chat_id)
        seats, results = _seats(ports, account, workspace, chat, invitees, before, ids)
        _refuse_if_all_refused(results)
        _refuse_unless_room_for(ports, workspace, chat, before, len(seats))
        mails = sum(seat.is_invitation for seat in seats)
        spend_mails(ports, workspace, mails)
        becomes_group = chat.kind is ChatKind.DIRECT and _others(ports, before) + len(seats) > 1
        newest = ports.messages.newest(chat_id) if any(seat.account_id for seat in seats) else Newest()
        if not seats or ports.invitations.add(
            chat, seats, _places_of_members(seats, newest), becomes_group, account.name
        ):
            return Invited(chat, _invitations(seats), results)
        spend_mails(ports, workspace, -mails)
    raise errors.busy()


def listed(ports: Ports, account: Account, chat_id: str) -> tuple[Seat, ...]:
    """Every invitation of the chat that is open, joined, or ended in the last 30 days, the newest first."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    _, seats = chats.roster(ports, chat_id)
    return listed_of(ports, seats)


def listed_of(ports: Ports, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    shown = [seat for seat in seats if seat.is_listed_at(ports.now())]
    return tuple(sorted(shown, key=lambda seat: (seat.created_at, seat.id), reverse=True))


def resend(ports: Ports, account: Account, chat_id: str, seat_id: str) -> Seat:
    """The same link once more, so that every earlier mail still works, with a new end."""
    seat = to_handle(ports, account, chat_id, seat_id)
    refuse_unless_resendable(seat, ports.now())
    return renew(ports, account, seat)


def renew(ports: Ports, account: Account, seat: Seat) -> Seat:
    """One more mail with the same link, and a new end; an invitation that ended takes its room in the chat again."""
    workspace = _still_inviting(ports, account, seat)
    _refuse_unless_reachable(ports, seat)
    chat, before = chats.roster(ports, seat.chat_id)
    reopened = seat.status_at(ports.now()) is Status.EXPIRED
    _refuse_unless_room_for(ports, workspace, chat, before, int(reopened))
    spend_mails(ports, workspace, 1)
    if not ports.invitations.resend(chat, seat, _end(ports, workspace), ports.now()):
        spend_mails(ports, workspace, -1)
        raise errors.conflict("changed_meanwhile", "Somebody changed this meanwhile. Look again.")
    return fresh(ports, seat)


def fix_address(ports: Ports, account: Account, chat_id: str, seat_id: str, email: str) -> Seat:
    """Moves the invitation to another address; the old link dies."""
    seat = to_handle(ports, account, chat_id, seat_id)
    email = sessions.address(email)
    if seat.status is not Status.PENDING:
        refuse_unless_open(seat, ports.now())
    if email == seat.email:
        return seat
    workspace = _still_inviting(ports, account, seat)
    chat, before = chats.roster(ports, chat_id)
    _refuse_unless_free(ports, account.id, workspace, chat, before, email)
    reopened = seat.status_at(ports.now()) is Status.EXPIRED
    _refuse_unless_room_for(ports, workspace, chat, before, int(reopened))
    spend_mails(ports, workspace, 1)
    if not ports.invitations.fix(chat, seat, email, _end(ports, workspace), ports.now()):
        spend_mails(ports, workspace, -1)
        raise errors.conflict("changed_meanwhile", "Somebody changed this meanwhile. Look again.")
    return fresh(ports, seat)


def revoke(ports: Ports, account: Account, chat_id: str, seat_id: str) -> None:
    """Takes an invitation back; what ended otherwise stays as it is."""
    seat = to_handle(ports, account, chat_id, seat_id)
    if not ports.invitations.revoke(seat, account.name, ports.now()):
        seat = fresh(ports, seat)
        if seat.status is Status.PENDING:
            ports.invitations.revoke(seat, account.name, ports.now())
    if seat.status in (Status.ACCEPTED, Status.LEFT):
        raise errors.conflict("already_joined", "This person has joined. Remove them from the chat instead.")


def copied_link(ports: Ports, account: Account, chat_id: str, seat_id: str) -> str:
    """An address that the inviter can pass on by hand. It proves no mailbox, so it opens less than the mailed one."""
    seat = to_handle(ports, account, chat_id, seat_id)
    refuse_unless_open(seat, ports.now())
    return links_of.join_url(ports, seat, links.Purpose.COPIED)


def _title(name: str, invitees: Sequence[Invitee]) -> str:
    if not name.strip():
        return ""
    if len(invitees) < 2:
        raise errors.wrong_field(
            "name", "direct_chat", "A chat of two has no name. Invite one more person, or leave the name out."
        )
    return names.clean(name, "name", names.TITLE)


def _new_chat(ports: Ports, account: Account, workspace: Workspace, name: str, ids: Ids) -> Chat:
    now = ports.now()
    return Chat(
        id=ids(),
        workspace_id=workspace.id,
        kind=ChatKind.GROUP,
        name=name,
        created_at=now,
        last_at=now,
        founder_id=account.id,
        founder_name=account.name,
    )


def _seats(
    ports: Ports,
    account: Account,
    workspace: Workspace,
    chat: Chat,
    invitees: Sequence[Invitee],
    before: tuple[Seat, ...],
    ids: Ids,
) -> tuple[tuple[Seat, ...], tuple[Result, ...]]:
    """A seat for each address that gets one, and a result for each that was sent."""
    if not 1 <= len(invitees) <= inviting.MOST_AT_ONCE:
        raise errors.wrong_field("invitees", "how_many", f"Send 1 to {inviting.MOST_AT_ONCE} addresses at once.")
    forms = [_canonical(invitee.email) for invitee in invitees]
    known = ports.accounts.addresses({form for form in forms if form})
    members = ports.workspaces.members_among(workspace.id, {one.account_id for one in known.values() if one.account_id})
    known = {**known, **_unreachable(ports, known)}
    capped = mails.capped(ports, known)
    there = frozenset(seat.account_id for seat in before if seat.is_taken) | (
        frozenset() if chat.founder_left else {chat.founder_id}
    )
    seats: dict[str, Seat] = {}
    results = []
    for invitee, form in zip(invitees, forms, strict=True):
        fault = _fault(invitee, form)
        if fault:
            results.append(fault)
            continue
        address = known[form]
        result = inviting.judge(
            address, members.get(address.account_id), workspace, before, there, account.id, form in capped, ports.now()
        )
        if form in seats:
            result = replace(
                result, outcome=Outcome.ALREADY_INVITED, code="repeated", message="This address is in the list twice."
            )
        elif result.outcome is Outcome.MEMBER_ADDED:
            member = members[address.account_id]
            seats[form] = replace(
                _seat(ports, account, workspace, chat, ids), account_id=member.account_id, name=member.name
            )
        elif result.outcome is Outcome.INVITED:
            seats[form] = _invitation(ports, _seat(ports, account, workspace, chat, ids), workspace, form, invitee)
        results.append(result)
    return tuple(seats.values()), tuple(results)


def _fault(invitee: Invitee, form: str) -> Result | None:
    """What is wrong with one row by itself; it never stops the others."""
    if not form:
        text = invitee.email.strip()[:80]
        return inviting.refused(invitee.email, "bad_address", f"“{text}” is not an e-mail address.")
    try:
        _name(invitee)
    except errors.Refusal as refusal:
        return inviting.refused(form, "bad_name", refusal.fields[0].message)
    return None


def _name(invitee: Invitee) -> str:
    return names.clean(invitee.name, "name") if invitee.name.strip() else ""


def _unreachable(ports: Ports, known: dict[str, Address]) -> dict[str, Address]:
    """Those that were erased: known by a keyed hash only, and left in peace."""
    hashes = links_of.erased_hashes(ports, known)
    erased = ports.accounts.erased([one for each in hashes.values() for one in each])
    return {
        email: replace(known[email], unreachable="erased")
        for email, each in hashes.items()
        if erased.intersection(each)
    }


def _seat(ports: Ports, account: Account, workspace: Workspace, chat: Chat, ids: Ids) -> Seat:
    """A seat for a member, taken at once."""
    now = ports.now()
    return Seat(
        chat_id=chat.id,
        id=ids(),
        workspace_id=workspace.id,
        status=Status.ACCEPTED,
        role=ChatRole.MEMBER,
        inviter_id=account.id,
        inviter_name=account.name,
        history=History.ALL,
        created_at=now,
        joined_at=now,
    )


def _invitation(ports: Ports, seat: Seat, workspace: Workspace, email: str, invitee: Invitee) -> Seat:
    return replace(
        seat,
        status=Status.PENDING,
        role=ChatRole.EXTERNAL,
        email=email,
        invited_name=_name(invitee),
        locale=locale_or(invitee.locale, workspace.locale),
        history=invitee.history,
        joined_at=None,
        expires_at=_end(ports, workspace),
        mail=Mail(state=MailState.QUEUED, at=ports.now()),
    )


def _place_of_founder(chat: Chat) -> Place:
    return Place(
        account_id=chat.founder_id,
        chat_id=chat.id,
        workspace_id=chat.workspace_id,
        seat_id=FOUNDER,
        role=ChatRole.MEMBER,
        via=Via.WEBTOP,
        reads_from=1,
        read_to=0,
        read_texts=0,
        mentions=0,
        joined_at=chat.created_at,
    )


def _places_of_members(seats: Sequence[Seat], newest: Newest = Newest()) -> list[Place]:
    """Members read the whole past; what was written before they came isn't unread."""
    return [
        Place(
            account_id=seat.account_id,
            chat_id=seat.chat_id,
            workspace_id=seat.workspace_id,
            seat_id=seat.id,
            role=ChatRole.MEMBER,
            via=Via.WEBTOP,
            reads_from=1,
            read_to=newest.seq,
            read_texts=newest.texts,
            mentions=0,
            joined_at=seat.created_at,
        )
        for seat in seats
        if seat.account_id
    ]


def _invitations(seats: Sequence[Seat]) -> tuple[Seat, ...]:
    return tuple(seat for seat in seats if seat.is_invitation)


def _as_before(ports: Ports, found: tuple[Chat, tuple[Seat, ...]], invitees: Sequence[Invitee]) -> Invited:
    """A repeated request whose first answer was lost: what it made."""
    chat, seats = found
    of = {seat.email: seat for seat in seats}
    results = []
    for invitee in invitees:
        form = _canonical(invitee.email)
        outcome = Outcome.INVITED if form in of else Outcome.MEMBER_ADDED if form else Outcome.REFUSED
        results.append(Result(email=form or invitee.email, outcome=outcome, code="" if form else "bad_address"))
    return Invited(chat, _invitations(seats), tuple(results))


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except NotAnAddress:
        return ""


def _refuse_if_nobody(results: Sequence[Result], seats: Sequence[Seat]) -> None:
    if not seats:
        raise errors.wrong_fields(_faults(results))


def _refuse_if_all_refused(results: Sequence[Result]) -> None:
    if all(result.outcome is Outcome.REFUSED for result in results):
        raise errors.wrong_fields(_faults(results))


def _faults(results: Sequence[Result]) -> tuple[errors.FieldError, ...]:
    return tuple(
        errors.FieldError(f"invitees[{at}].email", one.code or one.outcome, one.message)
        for at, one in enumerate(results)
    )


def _refuse_unless_room_for(ports: Ports, workspace: Workspace, chat: Chat, seats: tuple[Seat, ...], more: int) -> None:
    if more:
        there = people_in(seats, chat.founder_left) + open_in(seats, ports.now())
        refuse_unless_room(there + more, workspace.allowance.people_in_a_chat)


def _refuse_unless_free(
    ports: Ports, account_id: str, workspace: Workspace, chat: Chat, seats: tuple[Seat, ...], email: str
) -> None:
    known = ports.accounts.addresses([email])
    address = {**known, **_unreachable(ports, known)}[email]
    member = (
        ports.workspaces.members_among(workspace.id, [address.account_id]).get(address.account_id)
        if address.account_id
        else None
    )
    there = frozenset(seat.account_id for seat in seats if seat.is_taken) | {chat.founder_id}
    capped = mails.capped(ports, [email])
    result = inviting.judge(address, member, workspace, seats, there, account_id, email in capped, ports.now())
    if result.outcome is Outcome.MEMBER_ADDED:
        raise errors.conflict(
            "already_member", "This address belongs to a member of the workspace. Invite them as one."
        )
    if result.outcome in (Outcome.ALREADY_IN_CHAT, Outcome.ALREADY_INVITED):
        raise errors.conflict(result.code, result.message)
    if result.outcome is Outcome.REFUSED:
        raise errors.wrong_field("email", result.code, result.message)


def _refuse_unless_reachable(ports: Ports, seat: Seat) -> None:
    if ports.accounts.addresses([seat.email])[seat.email].turns_away(seat.inviter_id, seat.workspace_id):
        raise errors.conflict("not_reachable", "This address can't be reached by us. Fix the address.")
    if mails.capped(ports, [seat.email]):
        raise errors.too_many("address_capped", "This address has had its invitation mails for today.", 86_400)


def spend_mails(ports: Ports, workspace: Workspace, count: int) -> None:
    """Refuses the whole call where the cap would be passed. A negative count gives back."""
    cap, now = workspace.allowance.mails_in_24_h, ports.now()

    def spend(spent: Spent) -> Spent:
        if count > 0 and spent.within(now) + count > cap:
            raise errors.mail_cap(cap, max(1, int((spent.room_again(count, cap, now) - now).total_seconds())))
        return spent.plus(count, now) if count else spent

    if count:
        ports.workspaces.spend_mails(workspace.id, spend)


def to_handle(ports: Ports, account: Account, chat_id: str, seat_id: str) -> Seat:
    """The invitation, for its inviter and for owners and admins; to other members it is there, but not theirs to change."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    seat = ports.invitations.get(chat_id, seat_id)
    if seat is None or not seat.is_listed_at(ports.now()):
        raise errors.unknown()
    if seat.inviter_id != account.id:
        member = ports.workspaces.members_among(seat.workspace_id, [account.id]).get(account.id)
        if member is None or not member.role.may_manage:
            raise errors.may_not("change somebody else's invitation")
    return seat


def _still_inviting(ports: Ports, account: Account, seat: Seat) -> Workspace:
    workspace, member = workspaces.as_member(ports, account, seat.workspace_id)
    refuse_unless_may_invite(workspace, member)
    return workspace


def _others(ports: Ports, seats: tuple[Seat, ...]) -> int:
    return sum(seat.is_taken or (seat.is_invitation and seat.is_open_at(ports.now())) for seat in seats)


def _end(ports: Ports, workspace: Workspace) -> datetime:
    return ports.now() + timedelta(days=workspace.invitation_days)


def fresh(ports: Ports, seat: Seat) -> Seat:
    fresh = ports.invitations.get(seat.chat_id, seat.id)
    if fresh is None:
        raise errors.unknown()
    return fresh
