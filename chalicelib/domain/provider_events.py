"""What a provider tells us, once it is authenticated and understood: of our app on its side, and of what people do there."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from .identities import Identity
from .providers import Provider


@dataclass(frozen=True, slots=True)
class AppRemoved:
    """Our app was taken out of this team or tenant. `at` is the provider's time of it, to the second: it may tell us late."""

    provider: Provider
    tenant: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRevoked:
    """This person took back what they had authorized for themselves, at the provider's time."""

    identity: Identity
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """Our bot reaches this person there. `user_id` is the provider's name for them in its own service."""

    identity: Identity
    service_url: str
    conversation_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class ConversationClosed:
    identity: Identity


@dataclass(frozen=True, slots=True)
class EventsMissed:
    """We were away for minutes, so other events of this person may have been given up before we were back."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class PeopleActed:
    """Somebody wrote, edited, deleted or reacted. It is worked off from a queue, in order for each `group`, and once.

    `body` is the provider's own and reads back into `InboundEvent`s there.
    """

    provider: Provider
    group: str
    once: str
    body: str


ProviderEvent: TypeAlias = (
    AppRemoved | AuthorizationRevoked | ConversationOpened | ConversationClosed | EventsMissed | PeopleActed
)
