"""Chats: finding them, naming them, leaving them. Making one is in `invitations`, for it starts with inviting."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import errors, names
from ..domain.characters import is_blank
from ..domain.chats import (
    PREVIEW_MEMBERS,
    Chat,
    ChatKind,
    ChatRole,
    Level,
    Membership,
    Participant,
    PreviewMember,
    refuse_unless_member,
    refuse_unless_open,
)
from ..domain.invitations import Invitation
from ..domain.messages import MessagePage
from ..domain.outside import owner_here
from ..domain.people import Account
from ..domain.providers import Via
from ..domain.rosters import FOUNDER
from ..ports import Ports

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A chat as one person sees it in a list. `name` is empty for a direct chat."""

    chat: Chat
    membership: Membership


def as_participant(ports: Ports, account: Account, chat_id: str) -> tuple[Chat, Membership]:
    """The only way from a request to a chat: what is not yours is not there."""
    chat, membership = ports.chats.with_membership(chat_id, account.id)
    if chat is None or membership is None:
        raise errors.unknown()
    return chat, membership


def as_writer(ports: Ports, account: Account, chat_id: str) -> tuple[Chat, Membership]:
    """As `as_participant`, for whoever adds to the chat: not to one that is closed, or that no member is in."""
    chat, membership = as_participant(ports, account, chat_id)
    refuse_unless_open(chat, ports.now())
    return chat, membership


def listed(ports: Ports, account: Account, hidden: bool = False) -> list[Listed]:
    """The chats this person is in and didn't hide, or those alone that they hid, most recent activity first."""
    return [each for each in all_of(ports, account) if each.membership.hides(each.chat) is hidden]


def all_of(ports: Ports, account: Account) -> list[Listed]:
    """All chats this person is in, most recent activity first."""
    memberships = {membership.chat_id: membership for membership in ports.chats.memberships(account.id)}
    chats = ports.chats.get_many(memberships)
    listed_chats = [Listed(chat, memberships[chat.id]) for chat in chats.values()]
    return sorted(listed_chats, key=lambda listed_chat: (listed_chat.chat.last_at, listed_chat.chat.id), reverse=True)


def read_all(ports: Ports, account: Account) -> None:
    """Every chat of one's list, to its end."""
    for listed_chat in listed(ports, account):
        if listed_chat.membership.unread(listed_chat.chat):
            ports.chats.mark_read(listed_chat.membership, listed_chat.chat.head)


def last_message(ports: Ports, of: Listed) -> MessagePage | None:
    """The page with the chat's last message alone, as far as this person may see it."""
    seq = of.chat.head.seq
    return ports.messages.page(of.chat.id, seq, seq) if seq and of.membership.may_see(seq) else None


def participants(ports: Ports, chat_id: str) -> tuple[Participant, ...]:
    chat, invitations = roster(ports, chat_id)
    return participants_of(chat, invitations)


def participants_of(chat: Chat, invitations: tuple[Invitation, ...]) -> tuple[Participant, ...]:
    """Who is in the chat now, the founder first, then in order of joining."""
    founder = Participant(
        account_id=chat.founder_id,
        name=chat.founder_name,
        picture=chat.founder_picture,
        role=ChatRole.MEMBER,
        via=Via.WEBTOP,
        joined_at=chat.created_at,
        invitation_id=FOUNDER,
    )
    taken = {invitation.id: invitation for invitation in invitations if invitation.is_taken}
    joined = sorted(
        map(_participant, taken.values()), key=lambda participant: (participant.joined_at, participant.invitation_id)
    )
    people = tuple(joined) if chat.founder_left else (founder, *joined)
    return tuple(_with_owner(person, taken.get(person.invitation_id), people) for person in people)


def _with_owner(person: Participant, invitation: Invitation | None, people: tuple[Participant, ...]) -> Participant:
    """Of a place from outside, who in the chat answers for it."""
    if invitation is None or person.role is not ChatRole.EXTERNAL:
        return person
    owner = owner_here(invitation, people)
    return replace(person, owner_id=owner.account_id, owner_name=owner.name)


def preview_of(chat: Chat, invitations: tuple[Invitation, ...], now: datetime) -> tuple[PreviewMember, ...]:
    """Who stands for the chat in lists: who joined, then who is invited; where there is nobody, who was, as long as it is kept."""
    joined = [
        PreviewMember(participant.account_id, participant.name, participant.role, participant.picture)
        for participant in participants_of(chat, invitations)
    ]
    invited = [
        PreviewMember("", invitation.email, invitation.role)
        for invitation in invitations
        if invitation.was_mailed and invitation.is_open_at(now)
    ]
    before = [
        PreviewMember("", invitation.name or invitation.email, invitation.role)
        for invitation in invitations
        if invitation.name or invitation.email
    ]
    has_others = invited or any(other.account_id != chat.founder_id for other in joined)
    return tuple([*joined, *(invited if has_others else before)][:PREVIEW_MEMBERS])


def waiting_in(invitations: tuple[Invitation, ...], now: datetime) -> tuple[tuple[str, int], ...]:
    """How many things wait for an answer of which inviter."""
    waiting = Counter[str]()
    for invitation in invitations:
        if invitation.was_mailed:
            waiting[invitation.inviter_id] += len(invitation.asks_at(now)) + invitation.has_bounced_at(now)
    return tuple(sorted((+waiting).items()))


def update_preview(ports: Ports, chat: Chat, invitations: tuple[Invitation, ...]) -> None:
    """Lists show who is in the chat, who is invited now, and what waits for whom."""
    now = ports.now()
    preview, waiting = preview_of(chat, invitations, now), waiting_in(invitations, now)
    if (preview, waiting) != (chat.preview, chat.waiting):
        ports.chats.set_preview(chat.id, preview, waiting)


def roster(ports: Ports, chat_id: str) -> tuple[Chat, tuple[Invitation, ...]]:
    result = ports.chats.roster(chat_id)
    if result is None:
        raise errors.unknown()
    return result


def rename(ports: Ports, account: Account, chat_id: str, name: str) -> Chat:
    chat, membership = as_participant(ports, account, chat_id)
    refuse_unless_member(membership)
    if chat.kind is ChatKind.DIRECT:
        raise errors.conflict("direct_chat", "One-to-one chats can't be named. Invite a third person first.")
    name = "" if is_blank(name) else names.clean(name, "name", names.TITLE)
    for _ in range(_TRIES):
        if ports.chats.rename(chat, name, account.name, ports.now()):
            return replace(chat, name=name)
        chat, membership = as_participant(ports, account, chat_id)
    raise errors.busy()


def choose_level(ports: Ports, account: Account, chat_id: str, level: Level) -> None:
    """Of what in this chat the person is mailed while they are away."""
    _, membership = as_participant(ports, account, chat_id)
    ports.chats.choose_level(membership, level)


def hide(ports: Ports, account: Account, chat_id: str, on: bool) -> None:
    """From one's own list, until somebody writes; nobody else sees a difference."""
    chat, membership = as_participant(ports, account, chat_id)
    if on:
        ports.chats.hide(membership, max(chat.head.text_count, ports.messages.head(chat_id).text_count))
    elif membership.hidden_text_count is not None:
        ports.chats.hide(membership, None)


def _participant(invitation: Invitation) -> Participant:
    return Participant(
        account_id=invitation.account_id,
        name=invitation.name,
        picture=invitation.picture,
        role=invitation.role,
        via=invitation.via,
        joined_at=invitation.joined_at or invitation.created_at,
        invitation_id=invitation.id,
        organization=invitation.organization,
        invited_as=invitation.email,
        inviter_id=invitation.inviter_id,
        ends_at=invitation.ends_at,
    )
