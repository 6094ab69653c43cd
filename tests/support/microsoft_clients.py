"""msal and PyJWT against a Microsoft on plain http: what the contract tests of all of them share."""

from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import msal

PUBLIC = "https://login.microsoftonline.com"
Json = dict[str, Any]


@dataclass
class Loopback:
    """msal's HTTP client: it sees Microsoft's own address, the wire is `base`."""

    base: str
    http: httpx.Client

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        response = self.http.get(url.replace(PUBLIC, self.base, 1), params=params, headers=headers)
        if "openid-configuration" in url:
            text = response.text.replace(self.base, PUBLIC)
            return httpx.Response(response.status_code, text=text, request=response.request)
        return response

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self.http.post(url.replace(PUBLIC, self.base, 1), params=params, data=data, headers=headers)

    def close(self) -> None:
        pass


def application(base: str, http: httpx.Client, client: tuple[str, str], tenant: str = "organizations") -> Any:
    """A confidential client of msal's."""
    return msal.ConfidentialClientApplication(
        client[0],
        client_credential=client[1],
        authority=f"{PUBLIC}/{tenant}",
        instance_discovery=False,
        http_client=Loopback(base, http),
    )


def claims(keys: str, token: str, audience: str) -> Json:
    """The claims of an id token, its signature checked with the published keys."""
    key = jwt.PyJWKClient(keys).get_signing_key_from_jwt(token)
    results: Json = jwt.decode(token, key.key, algorithms=["RS256"], audience=audience)
    return results
