"""Microsoft: signing in with a work or school account, through msal. We check the id token; msal checks its nonce only."""

import json
import re
from typing import TYPE_CHECKING

from ...domain.identities import Identity, Profile
from ...domain.providers import Provider
from ...gateways import jwts, unexpected
from ...ports import ProviderFailed
from .msal_http import PUBLIC, MsalHttp
from .settings import Microsoft

if TYPE_CHECKING:
    import msal

_PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
        return str(flow["auth_uri"]).replace(PUBLIC, self._microsoft.base_url, 1), json.dumps(flow)

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
                authority=f"{PUBLIC}/organizations",
                instance_discovery=False,
                exclude_scopes=["offline_access"],
                http_client=MsalHttp(self._microsoft.base_url),
            )
        return self._application
