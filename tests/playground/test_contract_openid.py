"""What OpenID Connect clients meet at any provider: a plain one at the playground's Slack and Microsoft and at
`oidc-provider-mock`, and msal at the playground's Microsoft and at `emulate`'s."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest

from tests.playground.test_contract_slack import pressed
from tests.support import third_party_fakes
from tests.support.fake_providers import DANA, JONAS, FakeProviders, playing
from tests.support.microsoft_clients import PUBLIC, application, claims

Json = dict[str, Any]
REDIRECT = "http://127.0.0.1:8000/oauth/callback"
ENTRA = ("5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c01", "a-secret")


@dataclass
class Provider:
    """An OpenID provider, its client, and how a person allows something; the address that the browser is sent to."""

    discovery: str
    client: tuple[str, str]
    redirect_uri: str
    allow: Callable[[str], str]
    http: httpx.Client

    def get(self, address: str, **headers: str) -> Json:
        results: Json = self.http.get(address, headers=headers).raise_for_status().json()
        return results

    def token(self, code: str, **other: str) -> Json:
        client_id, secret = self.client
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        about = {"client_id": client_id, "client_secret": secret}
        results: Json = self.http.post(self.get(self.discovery)["token_endpoint"], data=sent | about | other).json()
        return results


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeProviders]:
    with playing(tmp_path_factory.mktemp("contract")) as fakes:
        yield fakes


@pytest.fixture(
    scope="module", params=["slack", "microsoft", pytest.param("oidc-provider-mock", marks=pytest.mark.slow)]
)
def provider(request: pytest.FixtureRequest, base: FakeProviders) -> Iterator[Provider]:
    def allow(user: str) -> Callable[[str], str]:
        return lambda url: str(base.http.post(url, data={"user": user, "decision": "allow"}).headers["location"])

    if request.param == "oidc-provider-mock":
        with third_party_fakes.oidc_provider_mock({"sub": "dana", "email": "dana@acme.example"}) as address:
            discovery = f"{address}/.well-known/openid-configuration"
            sign_in = lambda url: str(base.http.post(url, data={"sub": "dana"}).headers["location"])  # noqa: E731
            yield Provider(discovery, ("a-client", "a-secret"), REDIRECT, sign_in, base.http)
        return
    kind = request.param.upper()
    client = (base.settings[f"{kind}_CLIENT_ID"], base.settings[f"{kind}_CLIENT_SECRET"])
    tenant = "" if kind == "SLACK" else "/3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01/v2.0"
    home = base.slack if kind == "SLACK" else base.microsoft
    discovery = f"{home}{tenant}/.well-known/openid-configuration"
    yield Provider(discovery, client, base.redirect_uri(), allow(DANA if kind == "SLACK" else JONAS), base.http)


def _code(provider: Provider, **more: str) -> str:
    wanted = {"response_type": "code", "scope": "openid email profile", "state": "st", **more}
    about = {"client_id": provider.client[0], "redirect_uri": provider.redirect_uri}
    back = provider.allow(f"{provider.get(provider.discovery)['authorization_endpoint']}?{urlencode(wanted | about)}")
    results = parse_qs(urlsplit(back).query)
    assert back.startswith(provider.redirect_uri)
    assert results["state"] == ["st"]
    return results["code"][0]


def test_a_plain_client_signs_somebody_in(provider: Provider) -> None:
    about, nonce = provider.get(provider.discovery), secrets.token_urlsafe(16)
    answer = provider.token(_code(provider, nonce=nonce))
    results = jwt.decode(
        answer["id_token"],
        _key(provider, about["jwks_uri"], answer["id_token"]),
        algorithms=["RS256"],
        audience=provider.client[0],
        issuer=about["issuer"],
    )
    assert results["nonce"] == nonce
    assert results["exp"] > results["iat"]
    assert answer["token_type"].lower() == "bearer"
    if "userinfo_endpoint" in about:
        info = provider.get(about["userinfo_endpoint"], Authorization=f"Bearer {answer['access_token']}")
        assert info["sub"] == results["sub"]


def _key(provider: Provider, address: str, token: str) -> jwt.PyJWK:
    """The key that the token names, or the only one where it names none."""
    keys = jwt.PyJWKSet.from_dict(provider.get(address)).keys
    name = jwt.get_unverified_header(token).get("kid")
    (py_jwk,) = [key for key in keys if name in (None, key.key_id)]
    return py_jwk


def test_what_is_not_right_gets_no_token(provider: Provider) -> None:
    code = _code(provider)
    assert "error" in provider.token(code, redirect_uri=f"{provider.redirect_uri}/other")
    code = _code(provider)
    assert "id_token" in provider.token(code)
    assert "error" in provider.token(code)
    assert "error" in provider.token("unknown")


@dataclass
class Entra:
    """One Microsoft, as msal meets it."""

    base: str
    client: tuple[str, str]
    redirect_uri: str
    allow: Callable[[str], str]
    http: httpx.Client


@pytest.fixture(scope="module", params=["playground", pytest.param("emulate", marks=pytest.mark.slow)])
def entra(request: pytest.FixtureRequest, base: FakeProviders) -> Iterator[Entra]:
    if request.param == "playground":
        client = (base.settings["MICROSOFT_CLIENT_ID"], base.settings["MICROSOFT_CLIENT_SECRET"])
        allow = lambda url: str(base.http.post(url, data={"user": JONAS, "decision": "allow"}).headers["location"])  # noqa: E731
        yield Entra(base.microsoft, client, base.redirect_uri(), allow, base.http)
        return
    client_seed = {"client_id": ENTRA[0], "client_secret": ENTRA[1], "name": "Webtop", "redirect_uris": [REDIRECT]}
    person = {"email": "jonas@kessel.example", "name": "Jonas Weber-Oppenheimer"}
    with third_party_fakes.emulate({"microsoft": {"users": [person], "oauth_clients": [client_seed]}}) as (_, address):
        yield Entra(address, ENTRA, REDIRECT, lambda url: pressed(url, "Jonas Weber-Oppenheimer"), base.http)


@pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended")
def test_msal_signs_somebody_in(entra: Entra) -> None:
    app = application(entra.base, entra.http, entra.client)
    flow = app.initiate_auth_code_flow(["email"], redirect_uri=entra.redirect_uri)
    back = entra.allow(flow["auth_uri"].replace(PUBLIC, entra.base))
    said = app.acquire_token_by_auth_code_flow(flow, _query(back))
    assert "error" not in said, said
    discovery = f"{entra.base}/organizations/v2.0/.well-known/openid-configuration"
    keys = entra.http.get(discovery).json()["jwks_uri"]
    results = claims(keys, said["id_token"], entra.client[0])
    assert results == said["id_token_claims"]
    assert results["ver"] == "2.0"
    assert results["tid"]
    assert results["oid"]
    assert results["name"] == "Jonas Weber-Oppenheimer"
    assert results["preferred_username"] == results["email"] == "jonas@kessel.example"
    again = app.acquire_token_by_auth_code_flow(flow, _query(back))
    assert again["error"] == "invalid_grant"


def test_pkce_is_checked(entra: Entra) -> None:
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    about = entra.http.get(f"{entra.base}/organizations/v2.0/.well-known/openid-configuration").json()
    wanted = {
        "client_id": entra.client[0],
        "response_type": "code",
        "redirect_uri": entra.redirect_uri,
        "scope": "openid",
        "state": "st",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    sent = {"grant_type": "authorization_code", "client_id": entra.client[0], "client_secret": entra.client[1]}
    for proof in ("v" * 43, verifier):
        back = _query(entra.allow(f"{about['authorization_endpoint']}?{urlencode(wanted)}"))
        more = {"code": back["code"], "redirect_uri": entra.redirect_uri, "code_verifier": proof}
        response = entra.http.post(about["token_endpoint"], data=sent | more)
        assert ("id_token" in response.json()) == (proof == verifier)


def test_an_unregistered_address_gets_nothing(entra: Entra) -> None:
    about = entra.http.get(f"{entra.base}/organizations/v2.0/.well-known/openid-configuration").json()
    wanted = {"client_id": entra.client[0], "response_type": "code", "scope": "openid", "redirect_uri": "http://evil/"}
    assert entra.http.get(f"{about['authorization_endpoint']}?{urlencode(wanted)}").status_code == 400


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
