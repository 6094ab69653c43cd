"""Inviting people: into a new chat, and into one that is there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from ..domain import errors, inviting, names, personal_lines
from ..domain.addresses import NotAnAddress, canonical, mailbox
from ..domain.characters import is_blank
from ..domain.chats import (
    Chat,
    ChatHead,
    ChatKind,
    ChatRole,
    kind_for,
    refuse_unless_member,
    refuse_unless_room,
)
from ..domain.history import History
from ..domain.ids import Ids
from ..domain.invitations import Invitation, InvitationMail, MailState, Status
from ..domain.inviting import Invitee, InviteOutcome, InviteResult
from ..domain.people import Account, locale_or
from ..domain.reports import refuse_if_paused
from ..domain.rosters import founder_membership, memberships_of, open_in, people_in
from ..domain.workspaces import Member, Workspace, refuse_unless_may_invite
from ..ports import Ports
from . import addresses, chats, mails, workspaces

_TRIES = 12
_NOTHING_YET = ChatHead()


@dataclass(frozen=True, slots=True)
class Invited:
    """A result for each address that was sent, in order, and the invitations that were made."""

    chat: Chat
    invitations: tuple[Invitation, ...]
    results: tuple[InviteResult, ...]


@dataclass(frozen=True, slots=True)
class InviteBatch:
    """One call of one person: who is to be invited, each address with the id its invitation would have.

    The ids are given before anything is judged: a try that is repeated, or goes on where another left off, knows its
    own invitations again.
    """

    account: Account
    workspace: Workspace
    invitees: Sequence[Invitee]
    addresses: Sequence[str]
    ids: Mapping[str, str]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Screening:
    """`invitations` are all that this call gets, `new` those that aren't stored yet."""

    invitations: tuple[Invitation, ...]
    new: tuple[Invitation, ...]
    results: tuple[InviteResult, ...]


def create_chat(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> Invited:
    """A new chat with its invitations; nothing is stored or mailed before. Refused whole where a cap would be passed."""
    batch, chat = new_call(ports, account, workspace_id, invitees, name, ids, line)
    if ids.may_repeat and ports.chats.roster(chat.id):
        return _into(ports, batch, chat.id)
    screening = screened(ports, batch, chat, ())
    _refuse_if_nobody(screening)
    chat = replace(chat, kind=ChatKind.GROUP if chat.name else kind_for(len(screening.new)))
    refuse_unless_room_in_new_chat(batch, screening)
    chat = replace(chat, preview=chats.preview_of(chat, screening.new, ports.now()))
    with _spent(ports, batch.workspace, chat.id, screening.new):
        ports.chats.add(chat, founder_membership(chat), screening.new, memberships_of(screening.new))
    return Invited(chat, _invitations(screening.invitations), screening.results)


def invite(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> Invited:
    """More people for a chat that is there. Who joined or was invited meanwhile is seen, however many invite at once."""
    return _into(ports, call_into(ports, account, chat_id, invitees, ids, line), chat_id)


def refuse_unless_room_for(
    ports: Ports, workspace: Workspace, chat: Chat, invitations: tuple[Invitation, ...], more: int
) -> None:
    """Joined people plus open invitations count when inviting."""
    if more:
        existing = people_in(invitations, chat.founder_left) + open_in(invitations, ports.now())
        refuse_unless_room(existing + more, workspace.allowance.people_in_a_chat)


def accounts_in(chat: Chat, invitations: Sequence[Invitation]) -> frozenset[str]:
    joined = frozenset(invitation.account_id for invitation in invitations if invitation.is_taken)
    return joined if chat.founder_left else joined | {chat.founder_id}


def new_call(
    ports: Ports, account: Account, workspace_id: str, invitees: Sequence[Invitee], name: str, ids: Ids, line: str = ""
) -> tuple[InviteBatch, Chat]:
    """A call of somebody who may invite, and the chat that it would begin."""
    workspace, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_invite(workspace, member)
    refuse_if_paused(account)
    inviting.refuse_early_ends(invitees, ports.now() + workspace.invitation_life)
    chat = _new_chat(ports, account, workspace, _title(name, invitees), ids)
    return _batch(account, workspace, invitees, ids, line), chat


def call_into(
    ports: Ports, account: Account, chat_id: str, invitees: Sequence[Invitee], ids: Ids, line: str = ""
) -> InviteBatch:
    """A call of somebody who may invite into this chat."""
    _, membership = chats.as_participant(ports, account, chat_id)
    refuse_unless_member(membership)
    workspace, member = workspaces.as_member(ports, account, membership.workspace_id)
    refuse_unless_may_invite(workspace, member)
    refuse_if_paused(account)
    inviting.refuse_early_ends(invitees, ports.now() + workspace.invitation_life)
    return _batch(account, workspace, invitees, ids, line)


def refuse_unless_room_in_new_chat(batch: InviteBatch, screening: Screening) -> None:
    refuse_unless_room(1 + len(screening.new), batch.workspace.allowance.people_in_a_chat)


def _into(ports: Ports, batch: InviteBatch, chat_id: str) -> Invited:
    """As often as the roster changes meanwhile, from anew; what this call has stored already is its own."""
    for _ in range(_TRIES):
        chat, before = chats.roster(ports, chat_id)
        screening = screened(ports, batch, chat, before)
        _refuse_if_all_refused(screening)
        refuse_unless_room_for(ports, batch.workspace, chat, before, len(screening.new))
        left = _store(ports, batch, chat, before, screening.new)
        if not left:
            return Invited(chat, _invitations(screening.invitations), screening.results)
    raise errors.busy()


def _store(
    ports: Ports, batch: InviteBatch, chat: Chat, before: tuple[Invitation, ...], new: Sequence[Invitation]
) -> Sequence[Invitation]:
    """Those that could not be stored, because the chat changed meanwhile; their mails are given back."""
    if not new:
        return ()
    becomes_group = chat.kind is ChatKind.DIRECT and _others(ports, before) + len(new) > 1
    with _spent(ports, batch.workspace, chat.id, new):
        head = ports.messages.head(chat.id) if any(invitation.account_id for invitation in new) else ChatHead()
        memberships = memberships_of(new, head)
        stored = ports.invitations.add(chat, new, memberships, becomes_group, batch.account.name)
    mails.consume_quota(ports, batch.workspace, -mails_of(new[stored:]))
    return new[stored:]


@contextmanager
def _spent(ports: Ports, workspace: Workspace, chat_id: str, new: Sequence[Invitation]) -> Iterator[None]:
    """The mails of these invitations are spent; where the table is busy, those of invitations that aren't stored are given back.

    What the table can't say now stays spent: the cap is never passed.
    """
    mails.consume_quota(ports, workspace, mails_of(new))
    try:
        yield
    except errors.Refusal:
        with suppress(errors.Refusal):
            _, invitations = ports.chats.roster(chat_id) or (None, ())
            stored = {invitation.id for invitation in invitations}
            mails.consume_quota(
                ports, workspace, -mails_of([invitation for invitation in new if invitation.id not in stored])
            )
        raise


def _batch(account: Account, workspace: Workspace, invitees: Sequence[Invitee], ids: Ids, line: str) -> InviteBatch:
    if not 1 <= len(invitees) <= inviting.MOST_AT_ONCE:
        raise errors.wrong_field(
            "invitees", "how_many", "Send 1 to {most} addresses at once.", most=inviting.MOST_AT_ONCE
        )
    addresses = [_canonical(invitee.email) for invitee in invitees]
    of_form = {address: ids() for address in dict.fromkeys(addresses) if address}
    return InviteBatch(account, workspace, invitees, addresses, of_form, personal_lines.clean(line))


def screened(ports: Ports, batch: InviteBatch, chat: Chat, before: tuple[Invitation, ...]) -> Screening:
    """An invitation for each address that gets one, and a result for each that was sent."""
    existing = addresses.get_many(ports, batch.ids)
    owners = {item.account_id for item in existing.values() if item.account_id}
    members = ports.workspaces.members_among(batch.workspace.id, owners)
    capped = mails.capped(ports, existing)
    mine = {invitation.id: invitation for invitation in before if invitation.id in set(batch.ids.values())}
    present = accounts_in(chat, before)
    invitations: dict[str, Invitation] = {}
    mailed = Counter[str]()
    results = []
    for invitee, form in zip(batch.invitees, batch.addresses, strict=True):
        fault = _fault(invitee, form)
        if fault or form in invitations:
            results.append(fault or inviting.repeated(form))
            continue
        address, stored = existing[form], mine.get(batch.ids[form])
        member = members.get(address.account_id)
        if stored:
            result = inviting.made_before(form, stored, ports.now())
        else:
            result = inviting.screen(
                address,
                member,
                batch.workspace,
                before,
                present,
                batch.account.id,
                form in capped or mailed[mailbox(form)] >= inviting.MAILS_TO_ONE_ADDRESS,
                ports.now(),
            )
        mailed[mailbox(form)] += result.outcome is InviteOutcome.INVITED
        if result.has_invitation:
            invitations[form] = stored or replace(
                new_invitation(ports, batch, chat, invitee, form, member), position=len(results)
            )
        results.append(result)
    new = tuple(invitation for invitation in invitations.values() if invitation.id not in mine)
    return Screening(tuple(invitations.values()), new, tuple(results))


def invitation_for(ports: Ports, batch: InviteBatch, chat: Chat, at: int) -> tuple[Invitation, int]:
    """The invitation that one row of a call would get if nothing stood against it, and how many people would be invited with
    it, but for colleagues; 422 where the row is at fault."""
    invitee, address = batch.invitees[at], batch.addresses[at]
    fault = _fault(invitee, address)
    if fault:
        raise errors.wrong_field(f"invitees[{at}].email", fault.code, fault.sentence, **fault.values)
    owners = {known.email: known.account_id for known in ports.accounts.addresses(batch.ids).values()}
    members = ports.workspaces.members_among(batch.workspace.id, {owner for owner in owners.values() if owner})
    invited = sum(owners[email] not in members for email in batch.ids)
    return new_invitation(ports, batch, chat, invitee, address, members.get(owners[address])), invited


def _fault(invitee: Invitee, address: str) -> InviteResult | None:
    """What is wrong with one row by itself; it never stops the others."""
    if not address:
        text = invitee.email.strip()[:80]
        return inviting.refused(invitee.email, "bad_address", "“{text}” is not an e-mail address.", text=text)
    try:
        _name(invitee)
    except errors.Refusal as refusal:
        fault = refusal.fields[0]
        return inviting.refused(address, "bad_name", fault.sentence, **fault.values)
    return None


def _name(invitee: Invitee) -> str:
    return "" if is_blank(invitee.name) else names.clean(invitee.name, "name")


def new_invitation(
    ports: Ports, batch: InviteBatch, chat: Chat, invitee: Invitee, address: str, member: Member | None
) -> Invitation:
    """A member joins at once; anybody else is invited."""
    now = ports.now()
    invitation = Invitation(
        chat_id=chat.id,
        id=batch.ids[address],
        workspace_id=batch.workspace.id,
        status=Status.ACCEPTED,
        role=ChatRole.MEMBER,
        inviter_id=batch.account.id,
        inviter_name=batch.account.name,
        history=History.ALL,
        created_at=now,
        joined_at=now,
    )
    if member:
        return replace(invitation, account_id=member.account_id, name=member.name, picture=member.picture)
    locale = locale_or(invitee.locale, batch.workspace.locale)
    return replace(
        invitation,
        status=Status.PENDING,
        role=ChatRole.EXTERNAL,
        email=address,
        invited_name=_name(invitee),
        locale=locale,
        words_in=locale,
        history=invitee.history,
        joined_at=None,
        expires_at=now + batch.workspace.invitation_life,
        mail=InvitationMail(state=MailState.QUEUED, at=now),
        line=batch.line,
        ends_at=invitee.ends_at,
    )


def _title(name: str, invitees: Sequence[Invitee]) -> str:
    if is_blank(name):
        return ""
    if len(invitees) < 2:
        raise errors.wrong_field(
            "name", "direct_chat", "One-to-one chats can't be named. Invite one more person, or leave the name out."
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
        founder_picture=account.picture,
    )


def _invitations(invitations: Sequence[Invitation]) -> tuple[Invitation, ...]:
    return tuple(invitation for invitation in invitations if invitation.was_mailed)


def mails_of(invitations: Sequence[Invitation]) -> int:
    return sum(invitation.was_mailed for invitation in invitations)


def _others(ports: Ports, invitations: tuple[Invitation, ...]) -> int:
    return sum(
        invitation.is_taken or (invitation.was_mailed and invitation.is_open_at(ports.now()))
        for invitation in invitations
    )


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except NotAnAddress:
        return ""


def _refuse_if_nobody(screening: Screening) -> None:
    if not screening.invitations:
        raise errors.wrong_fields(_faults(screening.results))


def _refuse_if_all_refused(screening: Screening) -> None:
    if all(result.outcome is InviteOutcome.REFUSED for result in screening.results):
        raise errors.wrong_fields(_faults(screening.results))


def _faults(results: Sequence[InviteResult]) -> tuple[errors.FieldError, ...]:
    return tuple(
        errors.FieldError(f"invitees[{at}].email", result.code or result.outcome, result.sentence, result.values)
        for at, result in enumerate(results)
    )
