"""Inviting people: into a new chat, and into one that is there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from ..domain import errors, inviting, names, personal_lines
from ..domain.addresses import NotAnAddress, canonical
from ..domain.characters import is_blank
from ..domain.chats import Chat, ChatKind, ChatRole, Newest, Place, kind_for, refuse_unless_member, refuse_unless_room
from ..domain.history import History
from ..domain.ids import Ids
from ..domain.invitations import Mail, MailState, Seat, Status, open_in, people_in, place_of_founder
from ..domain.inviting import Invitee, Outcome, Result
from ..domain.people import Account, Via, locale_or
from ..domain.workspaces import Member, Workspace, refuse_unless_may_invite
from ..ports import Limit, Ports
from . import addresses, chats, mails, workspaces

_TRIES = 12
_CHECKS = 10, 600
_NOTHING_YET = Newest()


@dataclass(frozen=True, slots=True)
class Invited:
    """A result for each address that was sent, in order, and the invitations that were made."""

    chat: Chat
    seats: tuple[Seat, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one person: who is to be invited, each address with the id its seat would have.

    The ids are given before anything is judged: a try that is repeated, or goes on where another left off, knows its
    own seats again.
    """

    account: Account
    workspace: Workspace
    invitees: Sequence[Invitee]
    forms: Sequence[str]
    ids: Mapping[str, str]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """`seats` are all that this call gets, `new` those that aren't stored yet."""

    seats: tuple[Seat, ...]
    new: tuple[Seat, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a call would do: a result for each address, the mails it would send, how many are left of the day before it, and
    the caps that it would pass."""

    results: tuple[Result, ...]
    mails: int
    mails_left: int
    problems: tuple[errors.Refusal, ...]


def create_chat(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> Invited:
    """A new chat with its invitations; nothing is stored or mailed before. Refused whole where a cap would be passed."""
    call, chat = _new_call(ports, account, workspace_id, invitees, name, ids, line)
    if ids.may_repeat and ports.chats.roster(chat.id):
        return _into(ports, call, chat.id)
    judged = _judged(ports, call, chat, ())
    _refuse_if_nobody(judged)
    chat = replace(chat, kind=ChatKind.GROUP if chat.name else kind_for(len(judged.new)))
    _refuse_unless_room_in_new_chat(call, judged)
    chat = replace(chat, faces=chats.faces_of(chat, judged.new, ports.now()))
    with _spent(ports, call.workspace, chat.id, judged.new):
        ports.chats.add(chat, place_of_founder(chat), judged.new, _places_of_members(judged.new))
    return Invited(chat, _invitations(judged.seats), judged.results)


def check_chat(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> Checked:
    """What `create_chat` would answer; nothing is stored, mailed or counted against mail caps."""
    call, chat = _new_call(ports, account, workspace_id, invitees, name, ids, line)
    judged = _judged(ports, call, chat, ())
    return _checked(ports, call, judged, lambda: _refuse_unless_room_in_new_chat(call, judged))


def invite(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> Invited:
    """More people for a chat that is there. Who joined or was invited meanwhile is seen, however many invite at once."""
    return _into(ports, _call_into(ports, account, chat_id, invitees, ids, line), chat_id)


def check(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> Checked:
    """What `invite` would answer; nothing is stored, mailed or counted against mail caps."""
    call = _call_into(ports, account, chat_id, invitees, ids, line)
    chat, before = chats.roster(ports, chat_id)
    judged = _judged(ports, call, chat, before)
    room = len(judged.new)
    return _checked(ports, call, judged, lambda: refuse_unless_room_for(ports, call.workspace, chat, before, room))


def refuse_unless_room_for(ports: Ports, workspace: Workspace, chat: Chat, seats: tuple[Seat, ...], more: int) -> None:
    """Joined people plus open invitations count when inviting."""
    if more:
        there = people_in(seats, chat.founder_left) + open_in(seats, ports.now())
        refuse_unless_room(there + more, workspace.allowance.people_in_a_chat)


def accounts_in(chat: Chat, seats: Sequence[Seat]) -> frozenset[str]:
    joined = frozenset(seat.account_id for seat in seats if seat.is_taken)
    return joined if chat.founder_left else joined | {chat.founder_id}


def _new_call(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> tuple[Call, Chat]:
    """A call of somebody who may invite, and the chat that it would begin."""
    workspace, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_invite(workspace, member)
    chat = _new_chat(ports, account, workspace, _title(name, invitees), ids)
    return _call(account, workspace, invitees, ids, line), chat


def _call_into(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> Call:
    """A call of somebody who may invite into this chat."""
    _, place = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(place)
    workspace, member = workspaces.as_member(ports, account, place.workspace_id)
    refuse_unless_may_invite(workspace, member)
    return _call(account, workspace, invitees, ids, line)


def _checked(ports: Ports, call: Call, judged: Judged, refuse_unless_room: Callable[[], None]) -> Checked:
    """Caps that would be passed are named; the check itself is counted last, so that a refused one costs nothing."""
    now, cap, wanted = ports.now(), call.workspace.allowance.mails_in_24_h, _mails(judged.new)
    spent = ports.workspaces.mails_spent(call.workspace.id)
    problems = []
    for refuse in (refuse_unless_room, lambda: mails.refuse_unless_left(spent, wanted, cap, now)):
        try:
            refuse()
        except errors.Refusal as refusal:
            problems.append(refusal)
    limit = Limit(f"lists checked by {call.account.id}", *_CHECKS)
    if ports.attempts.reserve([limit], now):
        raise errors.too_many("too_many_checks", "You checked many lists. Try again in a few minutes.", limit.seconds)
    return Checked(judged.results, wanted, max(0, cap - spent.within(now)), tuple(problems))


def _refuse_unless_room_in_new_chat(call: Call, judged: Judged) -> None:
    refuse_unless_room(1 + len(judged.new), call.workspace.allowance.people_in_a_chat)


def _into(ports: Ports, call: Call, chat_id: str) -> Invited:
    """As often as the roster changes meanwhile, from anew; what this call has stored already is its own."""
    for _ in range(_TRIES):
        chat, before = chats.roster(ports, chat_id)
        judged = _judged(ports, call, chat, before)
        _refuse_if_all_refused(judged)
        refuse_unless_room_for(ports, call.workspace, chat, before, len(judged.new))
        left = _store(ports, call, chat, before, judged.new)
        if not left:
            return Invited(chat, _invitations(judged.seats), judged.results)
    raise errors.busy()


def _store(ports: Ports, call: Call, chat: Chat, before: tuple[Seat, ...], new: Sequence[Seat]) -> Sequence[Seat]:
    """Those that could not be stored, because the chat changed meanwhile; their mails are given back."""
    if not new:
        return ()
    becomes_group = chat.kind is ChatKind.DIRECT and _others(ports, before) + len(new) > 1
    with _spent(ports, call.workspace, chat.id, new):
        newest = ports.messages.newest(chat.id) if any(seat.account_id for seat in new) else Newest()
        places = _places_of_members(new, newest)
        stored = ports.invitations.add(chat, new, places, becomes_group, call.account.name)
    mails.spend(ports, call.workspace, -_mails(new[stored:]))
    return new[stored:]


@contextmanager
def _spent(ports: Ports, workspace: Workspace, chat_id: str, new: Sequence[Seat]) -> Iterator[None]:
    """The mails of these seats are spent; where the table is busy, those of seats that aren't stored are given back.

    What the table can't say now stays spent: the cap is never passed.
    """
    mails.spend(ports, workspace, _mails(new))
    try:
        yield
    except errors.Refusal:
        with suppress(errors.Refusal):
            _, there = ports.chats.roster(chat_id) or (None, ())
            stored = {seat.id for seat in there}
            mails.spend(ports, workspace, -_mails([seat for seat in new if seat.id not in stored]))
        raise


def _call(account: Account, workspace: Workspace, invitees: Sequence[Invitee], ids: Ids, line: str) -> Call:
    if not 1 <= len(invitees) <= inviting.MOST_AT_ONCE:
        raise errors.wrong_field(
            "invitees", "how_many", "Send 1 to {most} addresses at once.", most=inviting.MOST_AT_ONCE
        )
    forms = [_canonical(invitee.email) for invitee in invitees]
    of_form = {form: ids() for form in dict.fromkeys(forms) if form}
    return Call(account, workspace, invitees, forms, of_form, personal_lines.clean(line))


def _judged(ports: Ports, call: Call, chat: Chat, before: tuple[Seat, ...]) -> Judged:
    """A seat for each address that gets one, and a result for each that was sent."""
    known = addresses.known(ports, call.ids)
    owners = {one.account_id for one in known.values() if one.account_id}
    members = ports.workspaces.members_among(call.workspace.id, owners)
    capped = mails.capped(ports, known)
    own = {seat.id: seat for seat in before if seat.id in set(call.ids.values())}
    there = accounts_in(chat, before)
    seats: dict[str, Seat] = {}
    results = []
    for invitee, form in zip(call.invitees, call.forms, strict=True):
        fault = _fault(invitee, form)
        if fault or form in seats:
            results.append(fault or _repeated(form))
            continue
        address, stored = known[form], own.get(call.ids[form])
        member = members.get(address.account_id)
        if stored:
            result = Result(email=form, outcome=Outcome.INVITED if stored.is_invitation else Outcome.MEMBER_ADDED)
        else:
            result = inviting.judge(
                address, member, call.workspace, before, there, call.account.id, form in capped, ports.now()
            )
        if result.is_seated:
            seats[form] = stored or _new_seat(ports, call, chat, invitee, form, member)
        results.append(result)
    new = tuple(seat for seat in seats.values() if seat.id not in own)
    return Judged(tuple(seats.values()), new, tuple(results))


def _repeated(form: str) -> Result:
    return Result(
        email=form, outcome=Outcome.ALREADY_INVITED, code="repeated", sentence="This address is in the list twice."
    )


def _fault(invitee: Invitee, form: str) -> Result | None:
    """What is wrong with one row by itself; it never stops the others."""
    if not form:
        text = invitee.email.strip()[:80]
        return inviting.refused(invitee.email, "bad_address", "“{text}” is not an e-mail address.", text=text)
    try:
        _name(invitee)
    except errors.Refusal as refusal:
        fault = refusal.fields[0]
        return inviting.refused(form, "bad_name", fault.sentence, **fault.values)
    return None


def _name(invitee: Invitee) -> str:
    return "" if is_blank(invitee.name) else names.clean(invitee.name, "name")


def _new_seat(ports: Ports, call: Call, chat: Chat, invitee: Invitee, form: str, member: Member | None) -> Seat:
    """A member's seat is taken at once; anybody else's is an invitation."""
    now = ports.now()
    seat = Seat(
        chat_id=chat.id,
        id=call.ids[form],
        workspace_id=call.workspace.id,
        status=Status.ACCEPTED,
        role=ChatRole.MEMBER,
        inviter_id=call.account.id,
        inviter_name=call.account.name,
        history=History.ALL,
        created_at=now,
        joined_at=now,
    )
    if member:
        return replace(seat, account_id=member.account_id, name=member.name)
    return replace(
        seat,
        status=Status.PENDING,
        role=ChatRole.EXTERNAL,
        email=form,
        invited_name=_name(invitee),
        locale=locale_or(invitee.locale, call.workspace.locale),
        history=invitee.history,
        joined_at=None,
        expires_at=now + call.workspace.invitation_life,
        mail=Mail(state=MailState.QUEUED, at=now),
        line=call.line,
    )


def _title(name: str, invitees: Sequence[Invitee]) -> str:
    if is_blank(name):
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


def _places_of_members(seats: Sequence[Seat], newest: Newest = _NOTHING_YET) -> list[Place]:
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
            joined_at=seat.created_at,
        )
        for seat in seats
        if seat.account_id
    ]


def _invitations(seats: Sequence[Seat]) -> tuple[Seat, ...]:
    return tuple(seat for seat in seats if seat.is_invitation)


def _mails(seats: Sequence[Seat]) -> int:
    return sum(seat.is_invitation for seat in seats)


def _others(ports: Ports, seats: tuple[Seat, ...]) -> int:
    return sum(seat.is_taken or (seat.is_invitation and seat.is_open_at(ports.now())) for seat in seats)


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except NotAnAddress:
        return ""


def _refuse_if_nobody(judged: Judged) -> None:
    if not judged.seats:
        raise errors.wrong_fields(_faults(judged.results))


def _refuse_if_all_refused(judged: Judged) -> None:
    if all(result.outcome is Outcome.REFUSED for result in judged.results):
        raise errors.wrong_fields(_faults(judged.results))


def _faults(results: Sequence[Result]) -> tuple[errors.FieldError, ...]:
    return tuple(
        errors.FieldError(f"invitees[{at}].email", one.code or one.outcome, one.sentence, one.values)
        for at, one in enumerate(results)
    )
