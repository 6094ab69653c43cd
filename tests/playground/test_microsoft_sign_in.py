"""Sign in with Microsoft and the bot's token, through msal."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.playground.far import JONAS, PAT, Far
from tests.playground.microsoft import PUBLIC, application, claims

Json = dict[str, Any]
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"

pytestmark = pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended")


def _app(far: Far, tenant: str = "organizations") -> Any:
    client = (far.settings["MICROSOFT_CLIENT_ID"], far.settings["MICROSOFT_CLIENT_SECRET"])
    return application(far.microsoft, far.http, client, tenant)


def _flow(far: Far, app: Any) -> tuple[Json, str]:
    flow = app.initiate_auth_code_flow([], redirect_uri=far.redirect_uri("/oauth/microsoft/callback"))
    return flow, flow["auth_uri"].replace(PUBLIC, far.microsoft)


def _claims(far: Far, token: str) -> Json:
    keys = f"{far.microsoft}/organizations/discovery/v2.0/keys"
    return claims(keys, token, far.settings["MICROSOFT_CLIENT_ID"])


def test_a_person_signs_in(far: Far) -> None:
    app = _app(far)
    flow, address = _flow(far, app)
    said = app.acquire_token_by_auth_code_flow(flow, far.decide(address, JONAS))
    found = _claims(far, said["id_token"])
    assert (found["tid"], found["oid"]) == (KESSEL, JONAS)
    assert found["iss"] == f"{far.microsoft}/{KESSEL}/v2.0"
    assert found["ver"] == "2.0"
    assert found["email"] == found["preferred_username"] == "jonas@kessel.example"
    assert found["name"] == "Jonas Weber-Oppenheimer"
    assert found["sub"] != JONAS


def test_personal_accounts_are_of_microsoft_s_own_tenant(far: Far) -> None:
    app = _app(far, "common")
    flow, address = _flow(far, app)
    said = app.acquire_token_by_auth_code_flow(flow, far.decide(address, PAT))
    assert _claims(far, said["id_token"])["tid"] == PERSONAL
    _, organizations = _flow(far, _app(far))
    assert "Pat Moss" not in far.http.get(organizations).text
    assert far.http.post(organizations, data={"user": PAT, "decision": "allow"}).status_code == 403


def test_cancelling_goes_back_and_asking_for_approval_does_not(far: Far) -> None:
    app = _app(far)
    flow, address = _flow(far, app)
    said = app.acquire_token_by_auth_code_flow(flow, far.decide(address, JONAS, "cancel"))
    assert said["error"] == "access_denied"
    assert far.http.post(address, data={"user": JONAS, "decision": "approval"}).status_code == 200
    assert len(far.get("/microsoft/overview.json")["requests"]) == 1


def test_a_code_works_once_and_only_for_who_asked(far: Far) -> None:
    settings, address = far.settings, _flow(far, _app(far))[1]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    plain = {name: value for name, value in asked.items() if not name.startswith("code_challenge")}
    base = f"{far.microsoft}/organizations/oauth2/v2.0"
    right = {
        "grant_type": "authorization_code",
        "client_id": settings["MICROSOFT_CLIENT_ID"],
        "client_secret": settings["MICROSOFT_CLIENT_SECRET"],
        "redirect_uri": asked["redirect_uri"],
    }

    def errors(code: str, tenant: str = "organizations", **change: str) -> str:
        url = f"{far.microsoft}/{tenant}/oauth2/v2.0/token"
        said = far.http.post(url, data=right | {"code": code} | change)
        return str(said.json().get("error"))

    proved = far.decide(address, JONAS)["code"]
    assert errors(proved) == "invalid_grant"
    assert errors(proved, code_verifier="v" * 43) == "invalid_grant"
    code = far.decide(f"{base}/authorize?{urlencode(plain)}", JONAS)["code"]
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
def test_a_wrong_request_stays_with_microsoft(far: Far, wrong: dict[str, str]) -> None:
    parts = urlsplit(_flow(far, _app(far))[1])
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | wrong
    assert far.http.get(parts._replace(query=urlencode(asked)).geturl()).status_code == 400


def test_the_bot_gets_its_token_from_its_own_tenant_only(far: Far) -> None:
    settings = far.settings
    bot = (settings["TEAMS_BOT_ID"], settings["TEAMS_BOT_SECRET"])
    scope = ["https://api.botframework.com/.default"]
    app = application(far.microsoft, far.http, bot, settings["TEAMS_BOT_TENANT"])
    assert app.acquire_token_for_client(scope)["token_source"] == "identity_provider"
    assert app.acquire_token_for_client(scope)["token_source"] == "cache"
    elsewhere = application(far.microsoft, far.http, bot, KESSEL)
    assert elsewhere.acquire_token_for_client(scope)["error"] == "unauthorized_client"
    other = application(far.microsoft, far.http, bot, settings["TEAMS_BOT_TENANT"])
    assert other.acquire_token_for_client(["https://graph.microsoft.com/.default"])["error"] == "invalid_scope"


def test_keys_and_discovery_are_counted(far: Far) -> None:
    _app(far)
    methods = [call["method"] for call in far.get("/microsoft/calls.json")["items"]]
    assert methods == ["discovery"]
    assert far.http.get(f"{far.microsoft}/nowhere/v2.0/.well-known/openid-configuration").status_code == 404
