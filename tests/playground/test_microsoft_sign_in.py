"""Sign in with Microsoft and the bot's token, through msal."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.fake_providers import JONAS, PAT, FakeProviders
from tests.support.microsoft_clients import PUBLIC, application, claims

Json = dict[str, Any]
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"

pytestmark = pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended")


def _app(fakes: FakeProviders, tenant: str = "organizations") -> Any:
    client = (fakes.settings["MICROSOFT_CLIENT_ID"], fakes.settings["MICROSOFT_CLIENT_SECRET"])
    return application(fakes.microsoft, fakes.http, client, tenant)


def _flow(fakes: FakeProviders, app: Any) -> tuple[Json, str]:
    flow = app.initiate_auth_code_flow([], redirect_uri=fakes.redirect_uri("/oauth/microsoft/callback"))
    return flow, flow["auth_uri"].replace(PUBLIC, fakes.microsoft)


def _claims(fakes: FakeProviders, token: str) -> Json:
    keys = f"{fakes.microsoft}/organizations/discovery/v2.0/keys"
    return claims(keys, token, fakes.settings["MICROSOFT_CLIENT_ID"])


def test_a_person_signs_in(fakes: FakeProviders) -> None:
    app = _app(fakes)
    flow, address = _flow(fakes, app)
    said = app.acquire_token_by_auth_code_flow(flow, fakes.decide(address, JONAS))
    results = _claims(fakes, said["id_token"])
    assert (results["tid"], results["oid"]) == (KESSEL, JONAS)
    assert results["iss"] == f"{fakes.microsoft}/{KESSEL}/v2.0"
    assert results["ver"] == "2.0"
    assert results["email"] == results["preferred_username"] == "jonas@kessel.example"
    assert results["name"] == "Jonas Weber-Oppenheimer"
    assert results["sub"] != JONAS


def test_personal_accounts_are_of_microsoft_s_own_tenant(fakes: FakeProviders) -> None:
    app = _app(fakes, "common")
    flow, address = _flow(fakes, app)
    said = app.acquire_token_by_auth_code_flow(flow, fakes.decide(address, PAT))
    assert _claims(fakes, said["id_token"])["tid"] == PERSONAL
    _, organizations = _flow(fakes, _app(fakes))
    assert "Pat Moss" not in fakes.http.get(organizations).text
    assert fakes.http.post(organizations, data={"user": PAT, "decision": "allow"}).status_code == 403


def test_cancelling_goes_back_and_asking_for_approval_does_not(fakes: FakeProviders) -> None:
    app = _app(fakes)
    flow, address = _flow(fakes, app)
    said = app.acquire_token_by_auth_code_flow(flow, fakes.decide(address, JONAS, "cancel"))
    assert said["error"] == "access_denied"
    assert fakes.http.post(address, data={"user": JONAS, "decision": "approval"}).status_code == 200
    assert len(fakes.get("/microsoft/overview.json")["requests"]) == 1


def test_a_code_works_once_and_only_for_who_asked(fakes: FakeProviders) -> None:
    settings, address = fakes.settings, _flow(fakes, _app(fakes))[1]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    plain = {name: value for name, value in asked.items() if not name.startswith("code_challenge")}
    base = f"{fakes.microsoft}/organizations/oauth2/v2.0"
    right = {
        "grant_type": "authorization_code",
        "client_id": settings["MICROSOFT_CLIENT_ID"],
        "client_secret": settings["MICROSOFT_CLIENT_SECRET"],
        "redirect_uri": asked["redirect_uri"],
    }

    def errors(code: str, tenant: str = "organizations", **change: str) -> str:
        url = f"{fakes.microsoft}/{tenant}/oauth2/v2.0/token"
        response = fakes.http.post(url, data=right | {"code": code} | change)
        return str(response.json().get("error"))

    proved = fakes.decide(address, JONAS)["code"]
    assert errors(proved) == "invalid_grant"
    assert errors(proved, code_verifier="v" * 43) == "invalid_grant"
    code = fakes.decide(f"{base}/authorize?{urlencode(plain)}", JONAS)["code"]
    assert errors(code, client_secret="wrong") == "invalid_client"
    assert errors(code, client_id="nobody") == "unauthorized_client"
    assert errors(code, redirect_uri="http://127.0.0.1:1/") == "invalid_client"
    assert errors(code, tenant="common") == "invalid_grant"
    assert errors(code, grant_type="password") == "unsupported_grant_type"
    assert errors(code) == "None"
    assert errors(code) == "invalid_grant"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "http://127.0.0.1:1/"},
        {"response_type": "token"},
        {"response_mode": "form_post"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_request_stays_with_microsoft(fakes: FakeProviders, wrong: dict[str, str]) -> None:
    parts = urlsplit(_flow(fakes, _app(fakes))[1])
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | wrong
    assert fakes.http.get(parts._replace(query=urlencode(asked)).geturl()).status_code == 400


def test_the_bot_gets_its_token_from_its_own_tenant_only(fakes: FakeProviders) -> None:
    settings = fakes.settings
    bot = (settings["TEAMS_BOT_ID"], settings["TEAMS_BOT_SECRET"])
    scope = ["https://api.botframework.com/.default"]
    app = application(fakes.microsoft, fakes.http, bot, settings["TEAMS_BOT_TENANT"])
    assert app.acquire_token_for_client(scope)["token_source"] == "identity_provider"
    assert app.acquire_token_for_client(scope)["token_source"] == "cache"
    elsewhere = application(fakes.microsoft, fakes.http, bot, KESSEL)
    assert elsewhere.acquire_token_for_client(scope)["error"] == "unauthorized_client"
    other = application(fakes.microsoft, fakes.http, bot, settings["TEAMS_BOT_TENANT"])
    assert other.acquire_token_for_client(["https://graph.microsoft.com/.default"])["error"] == "invalid_scope"


def test_keys_and_discovery_are_counted(fakes: FakeProviders) -> None:
    _app(fakes)
    methods = [call["method"] for call in fakes.get("/microsoft/calls.json")["items"]]
    assert methods == ["discovery"]
    assert fakes.http.get(f"{fakes.microsoft}/nowhere/v2.0/.well-known/openid-configuration").status_code == 404
