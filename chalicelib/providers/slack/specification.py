"""Slack, as the rest of the system sees it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...domain.identities import Identity
from ...domain.providers import Provider
from ...domain.relaying import InboundEvent
from ...domain.sentences import sentence
from ..specification import Callback, NextStep, ProviderSpecification, Tools
from . import callbacks, settings

if TYPE_CHECKING:
    from .colleagues.admin_api import SlackAdmin
    from .installation import SlackInstall
    from .relay import SlackRelay
    from .sign_in import SlackSignIn


class SlackSpecification(ProviderSpecification):
    provider: ClassVar[Provider] = Provider.SLACK
    callbacks: ClassVar[tuple[Callback, ...]] = callbacks.CALLBACKS
    invites_colleagues: ClassVar[str] = "/slack/invite"

    def __init__(self, environ: Mapping[str, str], stage: str) -> None:
        self.settings = settings.read(environ, stage)

    @property
    def is_configured(self) -> bool:
        return bool(self.settings.client_id and self.settings.client_secret)

    def sign_in(self, public_url: str) -> "SlackSignIn":
        from .sign_in import SlackSignIn

        return SlackSignIn(self.settings, f"{public_url}/oauth/slack/callback")

    def installer(self, public_url: str) -> "SlackInstall":
        from .installation import SlackInstall

        return SlackInstall(self.settings, f"{public_url}/oauth/slack/installed")

    def relay_adapter(self, tools: Tools) -> "SlackRelay":
        from .relay import READ_EVERY, SlackRelay

        return SlackRelay(
            self.settings,
            tools.installation,
            tools.user_of,
            lambda name, behind: tools.may_read(name, READ_EVERY, behind),
        )

    def feature(self, public_url: str) -> "SlackAdmin":
        from .colleagues.admin_api import SlackAdmin

        return SlackAdmin(self.settings, f"{public_url}/oauth/slack/admin/callback")

    def inbound_events(self, kept: Mapping[str, Any]) -> list[InboundEvent]:
        from . import choices, events

        pressed = kept.get("pressed")
        event = choices.chosen(pressed) if isinstance(pressed, Mapping) else events.inbound_events(kept)
        return [event] if event else []

    def next_step(self, identity: Identity) -> NextStep:
        return NextStep(
            fact=sentence("Chat from Slack"),
            text="Add Webtop to Slack to chat from there. Your admin may need to approve it; until then, chat here.",
            button=sentence("Add to Slack"),
            href="/oauth/slack/install",
        )


SPECIFICATION = SlackSpecification
