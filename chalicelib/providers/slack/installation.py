"""Our app in somebody's Slack workspace: OAuth v2, which can't be merged with signing in."""

from collections.abc import Mapping
from typing import Any
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

    def finish(self, code: str, team_id: str) -> Installation:
        """On Enterprise Grid an admin may install it for all teams: Slack names no team then, and we ask it for this one."""
        answer = call(
            self._slack,
            "oauth_v2_access",
            client_id=self._slack.client_id,
            client_secret=self._slack.client_secret,
            code=code,
            redirect_uri=self._redirect_uri,
        )
        token, enterprise = answer.get("access_token"), answer.get("enterprise") or {}
        if not isinstance(token, str):
            raise ProviderFailed("no bot token")
        for_all = answer.get("is_enterprise_install") is True and bool(enterprise.get("id"))
        team = self._team(token, team_id) if for_all else answer.get("team") or {}
        if not team.get("id"):
            raise ProviderFailed("no team")
        return Installation(
            team_id=str(team["id"]),
            team_name=str(team.get("name") or ""),
            bot_token=token,
            bot_user_id=str(answer.get("bot_user_id") or ""),
            app_id=str(answer.get("app_id") or ""),
            scopes=str(answer.get("scope") or ""),
            enterprise_id=str(enterprise.get("id") or ""),
            is_of_organization=for_all,
        )

    def _team(self, token: str, team_id: str) -> dict[str, Any]:
        """Refused where it isn't one of the organization's."""
        told = call(self._slack, "team_info", token, team=team_id).get("team")
        return told if isinstance(told, dict) else {}
