"""Somebody who is in a chat through Slack, and the Slack that they invite colleagues into, which says whatever a test wants."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.ports import ProviderFailed
from chalicelib.providers.slack.colleagues.answers import of_error
from chalicelib.providers.slack.colleagues.rules import (
    Channel,
    ColleagueOutcome,
    InviteColleagueResult,
    SlackRole,
    SlackWorkspace,
    Wanted,
)
from local.slack.invitations import INVITE_ERRORS, SHARED_ERRORS
from local.slack.reference import COMMON_ERRORS
from tests.support.app import Answer, Person
from tests.support.sample_chat import Scene
from tests.support.scripted_providers import SLACK, OAuthBrowser, state_in, with_providers

ERRORS = INVITE_ERRORS | SHARED_ERRORS | COMMON_ERRORS | {"ratelimited"}
GRID = SlackWorkspace(
    team_id="T1",
    team_name="Nord",
    plan="enterprise",
    role=SlackRole.ADMIN,
    channels=(Channel("C1", "general"), Channel("C2", "random")),
    default_channel="C1",
)


@dataclass
class FakeAdmin:
    """Slack's side; an address whose part before the @ is an error's name gets that error."""

    slack_workspace: SlackWorkspace = GRID
    user: str = "U1"
    broken: bool = False
    revoked: bool = False
    sent: list[tuple[str, Wanted]] = field(default_factory=list)
    shared: list[tuple[str, str]] = field(default_factory=list)
    breaks_at: str = ""
    """The address at which the request is disconnected: before Slack hears of it, or, with a `!`, after."""
    limited_after: int = 1_000

    def workspace(self, identity: Identity, installed: Installation) -> SlackWorkspace:
        if self.broken:
            raise ProviderFailed("users_info")
        return self.slack_workspace

    def address(self, workspace: SlackWorkspace) -> str:
        return f"https://slack.test/app_redirect?app={workspace.app_id}&team={workspace.team_id}"

    def begin(self, state: str) -> str:
        return f"https://provider.test/admin?state={state}"

    def finish(self, code: str) -> tuple[str, str, str]:
        return "T1", self.user, "xoxp-of-an-admin"

    def invite(self, token: str, team_id: str, email: str, wanted: Wanted) -> InviteColleagueResult:
        assert (token, team_id) == ("xoxp-of-an-admin", "T1")
        return self._answer(email, lambda: self.sent.append((email, wanted)))

    def share(self, installed: Installation, email: str, channel_id: str) -> InviteColleagueResult:
        assert installed.bot_token == "xoxb-very-secret"
        return self._answer(email, lambda: self.shared.append((email, channel_id)))

    def _answer(self, email: str, note: Callable[[], None]) -> InviteColleagueResult:
        if self.breaks_at == email:
            raise Killed
        if len(self.sent) + len(self.shared) >= self.limited_after:
            return of_error(email, "ratelimited", 30)
        note()
        if self.breaks_at == f"{email}!":
            raise Killed
        code = "token_revoked" if self.revoked else email.partition("@")[0]
        return (
            of_error(email, code)
            if code in ERRORS
            else InviteColleagueResult(email=email, outcome=ColleagueOutcome.SENT)
        )


class Killed(BaseException):
    """The function is gone in the middle of its work."""


@dataclass
class SlackInviting:
    """Olaf is in the chat through Slack, whose workspace has the app; his browser, and his session for the API."""

    scene: Scene
    browser: OAuthBrowser
    olaf: Person
    admin: FakeAdmin

    @property
    def token(self) -> str:
        return self.scene.world.ports.identities.user_token(SLACK.identity)

    def connect(self) -> str:
        out = self.browser.get("/oauth/slack/admin")
        return self.browser.returns("slack", state_in(out), way="admin/callback")

    def invites(self, *emails: str, **more: Any) -> Answer:
        body = {"emails": list(emails), "kind": "members", "channel_ids": [], **more}
        return self.olaf.post("/slack/invitations", body)


def slack_inviting_of(scene: Scene) -> SlackInviting:
    providers = with_providers(scene)
    admin, browser = FakeAdmin(), providers.browser()
    providers.world.use(features={Provider.SLACK: admin})
    olaf = browser.comes_in("slack", providers.scene.link)
    assert olaf.post(f"/join/{providers.scene.link}").status == 200
    providers.world.ports.identities.install(Provider.SLACK, providers.install.finish("c", "T1"))
    return SlackInviting(providers.scene, browser, olaf, admin)
