"""Microsoft: signing in with a work or school account, through msal. We check the id token; msal checks its nonce only."""

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from ..domain.identities import Identity, Profile, Provider
from ..ports import ProviderFailed
from ..settings import Microsoft, Teams
from . import jwts, unexpected

if TYPE_CHECKING:
    import msal

_PUBLIC = "https://login.microsoftonline.com"
_PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIMEOUT = 6


class MicrosoftSignIn:
    def __init__(self, chosen: Microsoft, redirect_uri: str) -> None:
        self._microsoft, self._redirect_uri = chosen, redirect_uri
        self._application: msal.ConfidentialClientApplication | None = None

    def begin(self, state: str, nonce: str) -> tuple[str, str]:
        """Where to send the browser, and the flow (PKCE's verifier, the nonce) to keep until it is back."""
        try:
            with unexpected.odd_answers():
                flow = self._app().initiate_auth_code_flow(["email"], redirect_uri=self._redirect_uri, state=state)
        except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
            raise ProviderFailed(f"begin: {type(error).__name__}") from error
        return str(flow["auth_uri"]).replace(_PUBLIC, self._microsoft.base_url, 1), json.dumps(flow)

    def identify(self, query: dict[str, str], nonce: str, flow: str) -> Profile:
        """Who came back. msal fails in three different ways; each is ProviderFailed."""
        try:
            with unexpected.odd_answers():
                result = self._app().acquire_token_by_auth_code_flow(json.loads(flow), query)
        except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
            raise ProviderFailed(f"token: {type(error).__name__}") from error
        if not isinstance(result, dict) or "error" in result or not isinstance(result.get("id_token"), str):
            raise ProviderFailed("token: refused")
        return self._profile(result["id_token"])

    def _profile(self, token: str) -> Profile:
        base = self._microsoft.base_url
        try:
            claims = jwts.claims(token, f"{base}/organizations/discovery/v2.0/keys", self._microsoft.client_id)
        except jwts.TokenRefused as reason:
            raise ProviderFailed(f"id token: {reason}") from reason
        tenant, user = str(claims.get("tid", "")), str(claims.get("oid", ""))
        if not _GUID.fullmatch(tenant) or not _GUID.fullmatch(user) or claims["iss"] != f"{base}/{tenant}/v2.0":
            raise ProviderFailed("id token: issuer")
        if claims.get("ver") != "2.0" or tenant == _PERSONAL:
            raise ProviderFailed("id token: not a work account")
        login = str(claims.get("preferred_username") or "")
        email = str(claims.get("email") or login)
        return Profile(
            identity=Identity(Provider.MICROSOFT, tenant, user),
            name=str(claims.get("name") or email or "Somebody from Microsoft"),
            # A tenant's admin types any `email`; a login name ends in a domain that the tenant has shown to be its own.
            organization=str(claims.get("tenant_display_name") or login.rpartition("@")[2]),
            email=email,
        )

    def _app(self) -> "msal.ConfidentialClientApplication":
        if self._application is None:
            import msal

            self._application = msal.ConfidentialClientApplication(
                self._microsoft.client_id,
                client_credential=self._microsoft.client_secret,
                authority=f"{_PUBLIC}/organizations",
                instance_discovery=False,
                http_client=_Http(self._microsoft.base_url),
            )
        return self._application


class _Http:
    """msal's way out, with a time limit. It insists on https and a known host; on one machine the wire goes elsewhere."""

    def __init__(self, base: str) -> None:
        import requests

        self._base, self._session = base, requests.Session()

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> Any:
        answer = _whole(self._session.get(self._there(url), params=params, headers=headers, timeout=_TIMEOUT))
        if "openid-configuration" in url and self._base != _PUBLIC:
            answer._content = answer.text.replace(self._base, _PUBLIC).encode()  # noqa: SLF001
        return answer

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> Any:
        return _whole(self._session.post(self._there(url), params=params, data=data, headers=headers, timeout=_TIMEOUT))

    def close(self) -> None:
        self._session.close()

    def _there(self, url: str) -> str:
        return url.replace(_PUBLIC, self._base, 1)


def _whole(answer: Any) -> Any:
    """A broken server is like one that isn't there: an OSError, where msal would raise an error of its own."""
    if answer.status_code >= 500:
        answer.raise_for_status()
    return answer


def bot_token(chosen: Microsoft, teams: Teams) -> str:
    """The bot's token for the connector, from its own tenant; kept by msal until it runs out."""
    with unexpected.odd_answers():
        result = _bot(chosen, teams).acquire_token_for_client(["https://api.botframework.com/.default"])
    if not isinstance(result, dict) or "access_token" not in result:
        raise ValueError("no bot token")
    return str(result["access_token"])


@functools.cache
def _bot(chosen: Microsoft, teams: Teams) -> "msal.ConfidentialClientApplication":
    import msal

    return msal.ConfidentialClientApplication(
        teams.bot_id,
        client_credential=teams.bot_secret,
        authority=f"{_PUBLIC}/{teams.bot_tenant}",
        instance_discovery=False,
        http_client=_Http(chosen.base_url),
    )
