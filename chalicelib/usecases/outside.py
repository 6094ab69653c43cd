"""The register: owners and admins see who from outside is in their chats, and end it, in the chat or not. Never a message."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..domain import errors
from ..domain.chats import ChatRole, Membership, Participant
from ..domain.ends import EndReason
from ..domain.invitations import Invitation
from ..domain.outside import OutsidePerson, OutsidePlace, PersonRef, PlaceKey, StoredPlace, owner_among
from ..domain.people import Account
from ..domain.receipts import Receipt
from ..domain.workspaces import Member, refuse_unless_may_manage
from ..ports import Ports
from . import chats, ending, workspaces

_AT_ONCE, _MOST_READ = 100, 1_000
_MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which people: whose name or address holds `words`, who are in this one chat; empty for all."""

    words: str = ""
    chat_id: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some of the register, in order of account. `after` is where the next page begins; empty at the end."""

    people: tuple[OutsidePerson, ...]
    after: str = ""


def register(
    ports: Ports, account: Account, workspace_id: str, wanted: RegisterFilter, limit: int, after: str
) -> RegisterPage:
    """At most `limit` people. Of many that don't match only so much is read at once; the next page goes on there."""
    _refuse_unless_manager(ports, account, workspace_id)
    reading, results, count = _Reading(ports, workspace_id), list[OutsidePerson](), 0
    if wanted.chat_id:
        return _slice(_matching(reading.people(_in_chat(ports, workspace_id, wanted.chat_id)), wanted), limit, after)
    at_once = _AT_ONCE if wanted.words else min(_AT_ONCE, limit + 1)
    while True:
        persons, more = ports.outside.people(workspace_id, after, at_once)
        count += sum(map(len, persons))
        for person in _matching(reading.people(key for keys in persons for key in keys), wanted):
            if len(results) == limit:
                return RegisterPage(tuple(results), results[-1].account_id)
            results.append(person)
        if not more:
            return RegisterPage(tuple(results))
        after = persons[-1][0].account_id
        if count >= _MOST_READ:
            return RegisterPage(tuple(results), after)


def everybody(ports: Ports, account: Account, workspace_id: str, wanted: RegisterFilter) -> Iterator[OutsidePerson]:
    """The whole list, for a spreadsheet."""
    after = ""
    while True:
        page = register(ports, account, workspace_id, wanted, _AT_ONCE, after)
        yield from page.people
        after = page.after
        if not after:
            return


def person(ports: Ports, account: Account, workspace_id: str, account_id: str) -> OutsidePerson:
    """One person with all their places; who has none here is not there."""
    _refuse_unless_manager(ports, account, workspace_id)
    people = _Reading(ports, workspace_id).people(ports.outside.of_account(workspace_id, account_id))
    if not people:
        raise errors.unknown()
    return people[0]


def remove(ports: Ports, account: Account, workspace_id: str, account_id: str, chat_id: str = "") -> list[Receipt]:
    """Out of one chat, or of all of this workspace, at once. Who has no place here is not there."""
    _refuse_unless_manager(ports, account, workspace_id)
    places = [place for place in _places(ports, workspace_id, account_id) if chat_id in ("", place.chat_id)]
    if not places:
        raise errors.unknown()
    return ending.end(ports, places, PersonRef(account.id, account.name), EndReason.REMOVED)


def _refuse_unless_manager(ports: Ports, account: Account, workspace_id: str) -> None:
    _, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_manage(member.role, "manage guests")


def _places(ports: Ports, workspace_id: str, account_id: str) -> list[Membership]:
    """From the places themselves, not from the register's index, which may lag behind."""
    return [
        place
        for place in ports.chats.memberships(account_id)
        if place.workspace_id == workspace_id and not place.is_member
    ]


def _in_chat(ports: Ports, workspace_id: str, chat_id: str) -> list[PlaceKey]:
    """One query of the chat itself; a chat that isn't this workspace's has nobody."""
    result = ports.chats.roster(chat_id)
    if result is None or result[0].workspace_id != workspace_id:
        return []
    taken = [each for each in result[1] if each.is_taken and each.role is ChatRole.EXTERNAL]
    return sorted((PlaceKey(each.account_id, chat_id, each.id) for each in taken), key=lambda key: key.account_id)


def _matching(people: Iterable[OutsidePerson], wanted: RegisterFilter) -> Iterator[OutsidePerson]:
    return (person for person in people if person.matches(wanted.words))


def _slice(people: Iterable[OutsidePerson], limit: int, after: str) -> RegisterPage:
    behind = [person for person in people if person.account_id > after]
    return RegisterPage(tuple(behind[:limit]), behind[limit - 1].account_id if len(behind) > limit else "")


class _Reading:
    """What the places of one answer need beside themselves, each read once: rosters and members, where an inviter is gone."""

    def __init__(self, ports: Ports, workspace_id: str) -> None:
        self._ports, self._workspace_id = ports, workspace_id
        self._people: dict[str, Sequence[Participant]] = {}
        self._members: Sequence[Member] | None = None

    def people(self, places: Iterable[PlaceKey]) -> list[OutsidePerson]:
        stored = self._ports.outside.read(places)
        return [self._person(list(theirs)) for _, theirs in groupby(stored, lambda each: each.membership.account_id)]

    def _person(self, stored: list[StoredPlace]) -> OutsidePerson:
        account, first = stored[0].account, stored[0].invitation
        places = sorted(map(self._place, stored), key=lambda place: (place.joined_at, place.chat_id))
        return OutsidePerson(
            account_id=stored[0].membership.account_id,
            name=account.name if account else first.name,
            email=account.email if account else "",
            places=tuple(places),
            picture=account.picture if account else "",
        )

    def _place(self, stored: StoredPlace) -> OutsidePlace:
        invitation, chat = stored.invitation, stored.chat
        return OutsidePlace(
            chat_id=chat.id,
            chat_name=chat.name,
            invitation_id=invitation.id,
            via=invitation.via,
            organization=invitation.organization,
            invited_as=invitation.email,
            invited_by=PersonRef(invitation.inviter_id, invitation.inviter_name),
            owner=self._owner(invitation, stored.inviter),
            joined_at=invitation.joined_at or invitation.created_at,
            last_wrote_at=stored.membership.wrote_at,
            ends_at=stored.membership.ends_at,
        )

    def _owner(self, invitation: Invitation, inviter: Membership | None) -> PersonRef:
        invited_by = PersonRef(invitation.inviter_id, invitation.inviter_name)
        if inviter and inviter.is_member and not invitation.owner_id:
            return invited_by
        if invitation.chat_id not in self._people:
            self._people[invitation.chat_id] = chats.participants(self._ports, invitation.chat_id)
        return owner_among(invitation, self._people[invitation.chat_id], self._workspace_members())

    def _workspace_members(self) -> Sequence[Member]:
        if self._members is None:
            self._members, _ = self._ports.workspaces.members(self._workspace_id, _MOST_MEMBERS, "")
        return self._members


def is_in(ports: Ports, workspace_id: str, account_id: str) -> bool:
    """Whether this person is in any of the workspace's chats now."""
    return bool(ports.outside.read(ports.outside.of_account(workspace_id, account_id)))
