"""Microsoft and its Teams, as the rest of the system sees them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...domain.identities import Identity
from ...domain.providers import Provider
from ...domain.relaying import InboundEvent
from ...domain.sentences import sentence
from ..specification import Callback, NextStep, ProviderSpecification, Tools
from . import callbacks, settings

if TYPE_CHECKING:
    from .relay import TeamsRelay
    from .sign_in import MicrosoftSignIn


class MicrosoftSpecification(ProviderSpecification):
    """Our app needs no installation of ours: people add it in Teams, which tells us where our bot reaches them."""

    provider: ClassVar[Provider] = Provider.MICROSOFT
    callbacks: ClassVar[tuple[Callback, ...]] = callbacks.CALLBACKS

    def __init__(self, environ: Mapping[str, str], stage: str) -> None:
        self.settings, self.teams = settings.read_microsoft(environ, stage), settings.read_teams(environ, stage)

    @property
    def is_configured(self) -> bool:
        return bool(self.settings.client_id and self.settings.client_secret)

    def sign_in(self, public_url: str) -> "MicrosoftSignIn":
        from .sign_in import MicrosoftSignIn

        return MicrosoftSignIn(self.settings, f"{public_url}/oauth/microsoft/callback")

    def relay_adapter(self, tools: Tools) -> "TeamsRelay":
        from .relay import TeamsRelay

        return TeamsRelay(self.teams, self.settings, tools.conversation)

    def inbound_events(self, kept: Mapping[str, Any]) -> list[InboundEvent]:
        from . import events

        identity = callbacks.identity_of(kept)
        return events.inbound_events(kept, identity) if identity else []

    def next_step(self, identity: Identity) -> NextStep | None:
        if not self.teams.app_id:
            return None
        return NextStep(
            fact=sentence("Chat from Teams"),
            text="Add Webtop to Teams to chat from there. If your organisation doesn’t allow it, chat here.",
            button=sentence("Add to Teams"),
            href=f"{self.teams.link_base}/l/app/{self.teams.app_id}?tenantId={identity.tenant}",
        )


SPECIFICATION = MicrosoftSpecification
