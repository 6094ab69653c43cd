"""Slack: signing in (OpenID Connect) and installing the app (OAuth v2), through slack-sdk; two flows that can't be merged."""

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..domain.identities import Identity, Installation, Profile, Provider
from ..ports import ProviderFailed
from ..settings import Slack
from . import jwts, unexpected

if TYPE_CHECKING:
    from slack_sdk import WebClient

_TIMEOUT, _WINDOW = 7, 300
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
)
CONNECT_SCOPE = "conversations.connect:write"
_TEAM, _USER = "https://slack.com/team_id", "https://slack.com/user_id"


class SlackSignIn:
    def __init__(self, chosen: Slack, redirect_uri: str) -> None:
        self._slack, self._redirect_uri = chosen, redirect_uri

    def begin(self, state: str, nonce: str) -> tuple[str, str]:
        """Where to send the browser, and what to keep until it is back."""
        query = {
            "response_type": "code",
            "client_id": self._slack.client_id,
            "scope": "openid email profile",
            "redirect_uri": self._redirect_uri,
            "state": state,
            "nonce": nonce,
        }
        return f"{self._slack.base_url}/openid/connect/authorize?{urlencode(query)}", ""

    def identify(self, query: dict[str, str], nonce: str, flow: str) -> Profile:
        """Who came back. Raises ProviderFailed whatever Slack answers wrongly, slowly or not at all."""
        answer = call(
            self._slack,
            "openid_connect_token",
            client_id=self._slack.client_id,
            client_secret=self._slack.client_secret,
            code=query["code"],
            redirect_uri=self._redirect_uri,
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("no id token")
        return self._profile(token, nonce, str(answer.get("access_token") or ""))

    def _profile(self, token: str, nonce: str, access_token: str) -> Profile:
        keys = f"{self._slack.base_url}/openid/connect/keys"
        try:
            claims = jwts.claims(token, keys, self._slack.client_id, self._slack.base_url)
        except jwts.TokenRefused as reason:
            raise ProviderFailed(f"id token: {reason}") from reason
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise ProviderFailed("id token: nonce")
        if "https://slack.com/team_name" not in claims and access_token:
            told = call(self._slack, "openid_connect_userInfo", access_token)
            claims = {**{name: told[name] for name in told if name.startswith(("name", "email", "https:"))}, **claims}
        if not claims.get(_TEAM) or not claims.get(_USER):
            raise ProviderFailed("id token: no team or user")
        return Profile(
            identity=Identity(Provider.SLACK, str(claims[_TEAM]), str(claims[_USER])),
            name=str(claims.get("name") or claims.get("given_name") or "Somebody from Slack"),
            organization=str(claims.get("https://slack.com/team_name") or ""),
            email=str(claims.get("email") or ""),
            email_proved=claims.get("email_verified") is True,
            picture=str(claims.get("picture") or ""),
        )


class SlackInstall:
    def __init__(self, chosen: Slack, redirect_uri: str) -> None:
        self._slack, self._redirect_uri = chosen, redirect_uri

    def begin(self, state: str, team_id: str, connect: bool = False) -> str:
        """`connect`: also the one right that Slack Connect needs, asked for by who wants to use it and not before."""
        query = {
            "client_id": self._slack.client_id,
            "scope": ",".join((*BOT_SCOPES, CONNECT_SCOPE) if connect else BOT_SCOPES),
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


def is_signed(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Slack's signature over the raw bytes, within five minutes by the machine's own clock. Garbage is simply not signed."""
    if (
        not secret
        or not timestamp.isascii()
        or not timestamp.isdecimal()
        or len(timestamp) > 12
        or not signature.isascii()
    ):
        return False
    if abs(time.time() - int(timestamp)) > _WINDOW:
        return False
    expected = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", signature)


def client(chosen: Slack, token: str = "") -> "WebClient":
    from slack_sdk import WebClient

    return WebClient(token=token or None, base_url=f"{chosen.base_url}/api/", timeout=_TIMEOUT)


def call(chosen: Slack, method: str, token: str = "", **arguments: Any) -> dict[str, Any]:
    """One call; every way in which it can go wrong is ProviderFailed."""
    from slack_sdk.errors import SlackClientError

    ask = getattr(client(chosen, token), method)
    try:
        with unexpected.odd_answers():
            data = ask(**arguments).data
    except (SlackClientError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
        raise ProviderFailed(f"{method}: {type(error).__name__}") from error
    if not isinstance(data, dict):
        raise ProviderFailed(f"{method}: no object")
    return data
