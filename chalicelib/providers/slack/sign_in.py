"""Signing in with Slack: OpenID Connect, through slack-sdk."""

import hmac
from urllib.parse import urlencode

from ...domain.identities import Identity, Profile
from ...domain.providers import Provider
from ...gateways import jwts
from ...ports import ProviderFailed
from .client import call
from .settings import Slack

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
