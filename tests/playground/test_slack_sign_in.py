"""Sign in with Slack and the installation, as a client sees them that nobody here wrote: slack_sdk, PyJWT."""

from typing import Any

import jwt
import pytest
from slack_sdk.errors import SlackApiError

from tests.support.fake_providers import BOT_SCOPES, DANA, GITA, GUS, MAYA, FakeProviders

Json = dict[str, Any]
OPENID = {"response_type": "code", "scope": "openid email profile", "state": "st", "nonce": "nn"}


def _token(fakes: FakeProviders, code: str, **other: str) -> Json:
    wanted = {
        "client_id": fakes.settings["SLACK_CLIENT_ID"],
        "client_secret": fakes.settings["SLACK_CLIENT_SECRET"],
        "redirect_uri": fakes.redirect_uri(),
        **other,
    }
    response = fakes.client().openid_connect_token(code=code, **wanted)
    assert isinstance(response.data, dict)
    return response.data


def _error(fakes: FakeProviders, code: str, **other: str) -> str:
    with pytest.raises(SlackApiError) as refused:
        _token(fakes, code, **other)
    return str(refused.value.response["error"])


def _claims(fakes: FakeProviders, token: str) -> Json:
    key = jwt.PyJWKClient(f"{fakes.slack}/openid/connect/keys").get_signing_key_from_jwt(token)
    claims: Json = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=fakes.settings["SLACK_CLIENT_ID"], issuer=fakes.slack
    )
    return claims


def _code(fakes: FakeProviders, user: str = DANA, **other: str) -> str:
    return fakes.decide(fakes.slack_address("openid/connect", **(OPENID | other)), user)["code"]


def test_a_person_signs_in(fakes: FakeProviders) -> None:
    back = fakes.decide(fakes.slack_address("openid/connect", **OPENID), DANA)
    assert back["state"] == "st"
    answer = _token(fakes, back["code"])
    claims = _claims(fakes, answer["id_token"])
    assert claims["nonce"] == "nn"
    assert claims["https://slack.com/user_id"] == claims["sub"] == DANA
    assert claims["https://slack.com/team_id"] == "T0ACME"
    assert (claims["email"], claims["email_verified"]) == ("dana@acme.example", True)
    info = fakes.client(answer["access_token"]).openid_connect_userInfo()
    assert info["https://slack.com/team_name"] == claims["https://slack.com/team_name"] == "Acme"


def test_claims_follow_the_scopes_and_the_person(fakes: FakeProviders) -> None:
    assert "email" not in _claims(fakes, _token(fakes, _code(fakes, scope="openid"))["id_token"])
    assert _claims(fakes, _token(fakes, _code(fakes, "UACMEUMA"))["id_token"])["email_verified"] is False
    assert _claims(fakes, _token(fakes, _code(fakes, MAYA))["id_token"])["https://slack.com/enterprise_id"] == "E0GRID"


def test_a_code_works_once_and_only_for_what_it_was_asked(fakes: FakeProviders) -> None:
    code = _code(fakes)
    assert _error(fakes, code, redirect_uri=fakes.redirect_uri("/elsewhere")) == "bad_redirect_uri"
    assert _error(fakes, code, client_secret="wrong") == "bad_client_secret"
    assert _error(fakes, code, client_id="wrong") == "invalid_client_id"
    assert _error(fakes, code, code_verifier="v" * 43) == "pkce_not_allowed"
    _token(fakes, code)
    assert _error(fakes, code) == "invalid_code"
    assert _error(fakes, "unknown") == "invalid_code"


def test_the_two_flows_do_not_mix(fakes: FakeProviders) -> None:
    install = fakes.decide(fakes.slack_address("oauth/v2", scope=BOT_SCOPES), DANA)["code"]
    assert _error(fakes, install) == "oauth_authorization_url_mismatch"
    with pytest.raises(SlackApiError, match="oauth_authorization_url_mismatch"):
        fakes.redeem(_code(fakes))


def test_cancelling_goes_back_and_asking_for_approval_does_not(fakes: FakeProviders) -> None:
    for flow, wanted in (("openid/connect", OPENID), ("oauth/v2", {"scope": BOT_SCOPES, "state": "st"})):
        address = fakes.slack_address(flow, **wanted)
        assert fakes.decide(address, DANA, "cancel") == {"error": "access_denied", "state": "st"}
        waiting = fakes.http.post(address, data={"user": DANA, "decision": "approval"})
        assert waiting.status_code == 200
        assert "location" not in waiting.headers
    assert len(fakes.get("/slack/overview.json")["requests"]) == 2


@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        ("openid/connect", {"client_id": "nobody"}),
        ("openid/connect", {"redirect_uri": "http://127.0.0.1:1/elsewhere"}),
        ("openid/connect", {"response_type": "token"}),
        ("openid/connect", {"scope": "email"}),
        ("openid/connect", {"scope": "openid chat:write"}),
        ("oauth/v2", {"scope": ""}),
        ("oauth/v2", {"scope": "no:such"}),
        ("oauth/v2", {"scope": "chat:write", "user_scope": "openid"}),
    ],
)
def test_a_wrong_request_stays_with_slack(fakes: FakeProviders, flow: str, wrong: dict[str, str]) -> None:
    address = fakes.slack_address(flow, **(OPENID | wrong))
    assert fakes.http.get(address).status_code == 400
    assert fakes.http.post(address, data={"user": DANA, "decision": "allow"}).status_code == 403


def test_one_installation_serves_the_workspace(fakes: FakeProviders) -> None:
    first, second = fakes.install(DANA), fakes.install("UACMEADAM")
    assert first["token_type"] == "bot"
    assert first["team"] == {"id": "T0ACME", "name": "Acme"}
    assert first["enterprise"] is None
    assert first["is_enterprise_install"] is False
    assert first["access_token"] == second["access_token"]
    assert second["authed_user"]["id"] == "UACMEADAM"
    assert fakes.install("UTINYTOM")["access_token"] != first["access_token"]


def test_guests_cannot_install(fakes: FakeProviders) -> None:
    address = fakes.slack_address("oauth/v2", scope=BOT_SCOPES)
    assert fakes.http.post(address, data={"user": GUS, "decision": "allow"}).status_code == 403


def test_organisation_rights_are_for_admins_of_enterprise_grid(fakes: FakeProviders) -> None:
    address = fakes.slack_address("oauth/v2", user_scope="admin.users:write")
    for user in (DANA, "UACMEOLIVIA", MAYA):
        assert fakes.http.post(address, data={"user": user, "decision": "allow"}).status_code == 403
    answer = fakes.redeem(fakes.decide(address, GITA)["code"])
    assert answer["is_enterprise_install"] is True
    assert answer["team"] is None
    assert answer["enterprise"] == {"id": "E0GRID", "name": "Grid Corp"}
    assert answer["authed_user"]["token_type"] == "user"
    assert "access_token" not in answer


def test_the_workspace_can_be_given(fakes: FakeProviders) -> None:
    address = fakes.slack_address("oauth/v2", scope=BOT_SCOPES, team="T0TINY")
    page = fakes.http.get(address).text
    assert "Tom Hale" in page
    assert "Dana Smith" not in page
    assert fakes.http.post(address, data={"user": DANA, "decision": "allow"}).status_code == 403
