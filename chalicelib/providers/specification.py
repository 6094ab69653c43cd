"""What a provider's package says of itself. The rest of the system goes by this, and by the names in `domain/providers.py`.

Only `provider` and the settings are needed. A provider that people don't sign in with has no `sign_in`; one whose messages reach
people without our app (e-mail, say) has no `installer`, and its relay adapter's `is_reached` is always true; one that tells us
nothing by HTTP has no `callbacks`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from ..domain.identities import Identity, Installation
from ..domain.provider_events import ProviderEvent
from ..domain.providers import Provider
from ..domain.relaying import InboundEvent
from ..ports import Installer, RelayAdapter, SignIn


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """A call of the provider to us, unjudged: the raw bytes, and headers by their names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What an authenticated call means, and the JSON that it is answered with."""

    events: tuple[ProviderEvent, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Callback:
    """One address that a provider calls. `read` gives None for a call that isn't authentic; it is refused then."""

    path: str
    name: str
    read: Callable[[Any, CallbackRequest], CallbackAnswer | None]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What somebody still has to do so that messages reach them there. The texts are sentences of the catalogue."""

    fact: str
    text: str
    button: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the system lends to a relay adapter.

    `may_read(name, every, behind)` takes the next of the reads that may be made once in `every`: 0, or the seconds until there is
    one. What can wait takes one only where nobody else has for as long as `behind`.
    """

    installation: Callable[[str], Installation | None]
    user_of: Callable[[str, Provider, str], str]
    conversation: Callable[[Identity], tuple[str, str]]
    may_read: Callable[[str, timedelta, timedelta], float]
    now: Callable[[], datetime]


class ProviderSpecification:
    """One provider, as this deployment has set it up.

    `invites_colleagues` is the page from which people invite others into their own company's application, where there is one.
    """

    provider: ClassVar[Provider]
    callbacks: ClassVar[tuple[Callback, ...]] = ()
    invites_colleagues: ClassVar[str] = ""

    def __init__(self, environ: Mapping[str, str], stage: str) -> None:
        """Reads the provider's own settings. Raises `SettingsWrong` where they can't be used."""

    @property
    def is_configured(self) -> bool:
        """Whether people can sign in by it here; else it isn't offered."""
        return False

    def sign_in(self, public_url: str) -> SignIn | None:
        return None

    def installer(self, public_url: str) -> Installer | None:
        return None

    def relay_adapter(self, tools: Tools) -> RelayAdapter | None:
        return None

    def feature(self, public_url: str) -> object | None:
        """What only this provider has; `Ports.features` keeps it for its own package."""
        return None

    def inbound_events(self, kept: Mapping[str, Any]) -> list[InboundEvent]:
        """What a body of the queue says that people did; empty for what is ours, hidden or of no use."""
        return []

    def next_step(self, identity: Identity) -> NextStep | None:
        """For somebody who joined through it and isn't reached there."""
        return None
