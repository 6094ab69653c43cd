"""Our app in somebody's Slack workspace: OAuth v2, which can't be merged with signing in."""

from collections.abc import Mapping
from urllib.parse import urlencode

from ...domain.identities import Installation
from ...ports import INSTALL, ProviderFailed
from .client import call
from .settings import Slack

BOT_SCOPES = (
    "chat:write",
    "chat:write.customize",
    "im:write",
    "im:history",
    "users:read",
    "team:read",
    "team.billing:read",
    "channels:read",
    "groups:read",
    "reactions:read",
    "reactions:write",
    "files:read",
    "files:write",
)
CONNECT = "connect"
CONNECT_SCOPE = "conversations.connect:write"


class SlackInstall:
    purposes: Mapping[str, str] = {INSTALL: "", CONNECT: "/slack/connect"}

    def __init__(self, chosen: Slack, redirect_uri: str) -> None:
        self._slack, self._redirect_uri = chosen, redirect_uri

    def begin(self, state: str, team_id: str, purpose: str) -> str:
        """To CONNECT: also the one right that Slack Connect needs, asked for by who wants to use it and not before.

        Slack adds what is granted to what the app has there.
        """
        query = {
            "client_id": self._slack.client_id,
            "scope": ",".join((*BOT_SCOPES, CONNECT_SCOPE) if purpose == CONNECT else BOT_SCOPES),
            "user_scope": "",
            "redirect_uri": self._redirect_uri,
            "state": state,
            "team": team_id,
        }
        return f"{self._slack.base_url}/oauth/v2/authorize?{urlencode(query)}"

    def finish(self, code: str) -> Installation:
        answer = call(
            self._slack,
            "oauth_v2_access",
            client_id=self._slack.client_id,
            client_secret=self._slack.client_secret,
            code=code,
            redirect_uri=self._redirect_uri,
        )
        team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
        if not isinstance(answer.get("access_token"), str) or not team.get("id"):
            raise ProviderFailed("no bot token")
        return Installation(
            team_id=str(team["id"]),
            team_name=str(team.get("name") or ""),
            bot_token=str(answer["access_token"]),
            bot_user_id=str(answer.get("bot_user_id") or ""),
            app_id=str(answer.get("app_id") or ""),
            scopes=str(answer.get("scope") or ""),
            enterprise_id=str(enterprise.get("id") or ""),
        )
