"""Sign in with Slack and the installation, as a client sees them that nobody here wrote: slack_sdk, PyJWT."""

from typing import Any

import jwt
import pytest
from slack_sdk.errors import SlackApiError

from tests.playground.far import BOT_SCOPES, DANA, GITA, GUS, MAYA, Far

Json = dict[str, Any]
OPENID = {"response_type": "code", "scope": "openid email profile", "state": "st", "nonce": "nn"}


def _token(far: Far, code: str, **other: str) -> Json:
    wanted = {
        "client_id": far.settings["SLACK_CLIENT_ID"],
        "client_secret": far.settings["SLACK_CLIENT_SECRET"],
        "redirect_uri": far.redirect_uri(),
        **other,
    }
    said = far.client().openid_connect_token(code=code, **wanted)
    assert isinstance(said.data, dict)
    return said.data


def _error(far: Far, code: str, **other: str) -> str:
    with pytest.raises(SlackApiError) as refused:
        _token(far, code, **other)
    return str(refused.value.response["error"])


def _claims(far: Far, token: str) -> Json:
    key = jwt.PyJWKClient(f"{far.slack}/openid/connect/keys").get_signing_key_from_jwt(token)
    claims: Json = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=far.settings["SLACK_CLIENT_ID"], issuer=far.slack
    )
    return claims


def _code(far: Far, user: str = DANA, **other: str) -> str:
    return far.decide(far.slack_address("openid/connect", **(OPENID | other)), user)["code"]


def test_a_person_signs_in(far: Far) -> None:
    back = far.decide(far.slack_address("openid/connect", **OPENID), DANA)
    assert back["state"] == "st"
    said = _token(far, back["code"])
    claims = _claims(far, said["id_token"])
    assert claims["nonce"] == "nn"
    assert claims["https://slack.com/user_id"] == claims["sub"] == DANA
    assert claims["https://slack.com/team_id"] == "T0ACME"
    assert (claims["email"], claims["email_verified"]) == ("dana@acme.example", True)
    info = far.client(said["access_token"]).openid_connect_userInfo()
    assert info["https://slack.com/team_name"] == claims["https://slack.com/team_name"] == "Acme"


def test_claims_follow_the_scopes_and_the_person(far: Far) -> None:
    assert "email" not in _claims(far, _token(far, _code(far, scope="openid"))["id_token"])
    assert _claims(far, _token(far, _code(far, "UACMEUMA"))["id_token"])["email_verified"] is False
    assert _claims(far, _token(far, _code(far, MAYA))["id_token"])["https://slack.com/enterprise_id"] == "E0GRID"


def test_a_code_works_once_and_only_for_what_it_was_asked(far: Far) -> None:
    code = _code(far)
    assert _error(far, code, redirect_uri=far.redirect_uri("/elsewhere")) == "bad_redirect_uri"
    assert _error(far, code, client_secret="wrong") == "bad_client_secret"
    assert _error(far, code, client_id="wrong") == "invalid_client_id"
    assert _error(far, code, code_verifier="v" * 43) == "pkce_not_allowed"
    _token(far, code)
    assert _error(far, code) == "invalid_code"
    assert _error(far, "unknown") == "invalid_code"


def test_the_two_flows_do_not_mix(far: Far) -> None:
    install = far.decide(far.slack_address("oauth/v2", scope=BOT_SCOPES), DANA)["code"]
    assert _error(far, install) == "oauth_authorization_url_mismatch"
    with pytest.raises(SlackApiError, match="oauth_authorization_url_mismatch"):
        far.redeem(_code(far))


def test_cancelling_goes_back_and_asking_for_approval_does_not(far: Far) -> None:
    for flow, wanted in (("openid/connect", OPENID), ("oauth/v2", {"scope": BOT_SCOPES, "state": "st"})):
        address = far.slack_address(flow, **wanted)
        assert far.decide(address, DANA, "cancel") == {"error": "access_denied", "state": "st"}
        waiting = far.http.post(address, data={"user": DANA, "decision": "approval"})
        assert waiting.status_code == 200
        assert "location" not in waiting.headers
    assert len(far.get("/slack/overview.json")["requests"]) == 2


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
def test_a_wrong_request_stays_with_slack(far: Far, flow: str, wrong: dict[str, str]) -> None:
    address = far.slack_address(flow, **(OPENID | wrong))
    assert far.http.get(address).status_code == 400
    assert far.http.post(address, data={"user": DANA, "decision": "allow"}).status_code == 403


def test_one_installation_serves_the_workspace(far: Far) -> None:
    first, second = far.install(DANA), far.install("UACMEADAM")
    assert first["token_type"] == "bot"
    assert first["team"] == {"id": "T0ACME", "name": "Acme"}
    assert first["enterprise"] is None
    assert first["is_enterprise_install"] is False
    assert first["access_token"] == second["access_token"]
    assert second["authed_user"]["id"] == "UACMEADAM"
    assert far.install("UTINYTOM")["access_token"] != first["access_token"]


def test_guests_cannot_install(far: Far) -> None:
    address = far.slack_address("oauth/v2", scope=BOT_SCOPES)
    assert far.http.post(address, data={"user": GUS, "decision": "allow"}).status_code == 403


def test_organisation_rights_are_for_admins_of_enterprise_grid(far: Far) -> None:
    address = far.slack_address("oauth/v2", user_scope="admin.users:write")
    for user in (DANA, "UACMEOLIVIA", MAYA):
        assert far.http.post(address, data={"user": user, "decision": "allow"}).status_code == 403
    said = far.redeem(far.decide(address, GITA)["code"])
    assert said["is_enterprise_install"] is True
    assert said["team"] is None
    assert said["enterprise"] == {"id": "E0GRID", "name": "Grid Corp"}
    assert said["authed_user"]["token_type"] == "user"
    assert "access_token" not in said


def test_the_workspace_can_be_given(far: Far) -> None:
    address = far.slack_address("oauth/v2", scope=BOT_SCOPES, team="T0TINY")
    page = far.http.get(address).text
    assert "Tom Hale" in page
    assert "Dana Smith" not in page
    assert far.http.post(address, data={"user": DANA, "decision": "allow"}).status_code == 403
