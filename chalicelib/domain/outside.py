"""The register: who from outside is in the chats of a workspace, since when, by whose word, until when. People, never words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .chats import Chat, ChatRole, Membership, Participant
from .invitations import Invitation
from .people import Account, Role
from .providers import Via
from .workspaces import Member


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person by account, with the name that is shown for it."""

    account_id: str
    name: str


NOBODY = PersonRef("", "")


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """Where a place from outside is: whose, in which chat, by which invitation."""

    account_id: str
    chat_id: str
    invitation_id: str


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """A place with all that the register tells of it. `inviter` is the inviter's own place in the chat, if they have one."""

    account: Account | None
    chat: Chat
    invitation: Invitation
    membership: Membership
    inviter: Membership | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePlace:
    """One place. `chat_name` is empty for a direct chat; `last_wrote_at` None for who never wrote."""

    chat_id: str
    chat_name: str
    invitation_id: str
    via: Via
    organization: str
    invited_as: str
    invited_by: PersonRef
    owner: PersonRef
    joined_at: datetime
    last_wrote_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePerson:
    """Somebody from outside with their places in one workspace, in order of joining."""

    account_id: str
    name: str
    email: str
    places: tuple[OutsidePlace, ...]
    picture: str = ""

    @property
    def last_joined(self) -> OutsidePlace:
        return self.places[-1]

    def matches(self, words: str) -> bool:
        """Whether the name, the own address or an invited one holds these letters, in any case."""
        wanted = words.casefold()
        return any(wanted in text.casefold() for text in (self.name, self.email, *(p.invited_as for p in self.places)))


def owner_here(invitation: Invitation, people: Sequence[Participant]) -> PersonRef:
    """Who of a chat's members answers for a place: whom it was handed to, its inviter, or the longest of them; nobody
    where there is none. `people` stand in order of joining."""
    here = {person.account_id: person for person in people if person.role is ChatRole.MEMBER}
    candidates = [here.get(invitation.owner_id), here.get(invitation.inviter_id), *here.values()]
    owner = next((person for person in candidates if person), None)
    return PersonRef(owner.account_id, owner.name) if owner else NOBODY


def owner_among(invitation: Invitation, people: Sequence[Participant], members: Sequence[Member]) -> PersonRef:
    """As `owner_here`, else an owner of the workspace; `members` are the workspace's."""
    here = owner_here(invitation, people)
    if here.account_id:
        return here
    owner = next((member for member in members if member.role is Role.OWNER), None)
    return PersonRef(owner.account_id, owner.name) if owner else NOBODY
