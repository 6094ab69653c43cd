"""Sign in with Slack: what isn't signed by Slack, for us, for this try and now, is nobody."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain import identities
from chalicelib.ports import ProviderFailed
from chalicelib.providers.slack.installation import BOT_SCOPES
from chalicelib.providers.slack.settings import Slack
from chalicelib.providers.slack.sign_in import SlackSignIn
from local.slack.reference import METHODS
from tests.support import id_tokens
from tests.support.id_tokens import Json, Provider, fake_answer, signed

CLIENT, NONCE = "100.200", "nonce-of-this-try"
BACK = "http://chat.test/oauth/slack/callback"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"


@pytest.fixture
def slack(provider: Provider) -> SlackSignIn:
    provider.answers["openid/connect/keys"] = fake_answer(id_tokens.key_set())
    return SlackSignIn(Slack(CLIENT, "secret", "signing", provider.base), BACK)


def claims(provider: Provider, **more: Any) -> Json:
    return {
        "iss": provider.base,
        "aud": CLIENT,
        "sub": "U1",
        "nonce": NONCE,
        TEAM: "T1",
        USER: "U1",
        "https://slack.com/team_name": "Acme",
        "name": "Dana Smith",
        "email": "dana@acme.example",
        "email_verified": True,
        **id_tokens.times(),
        **more,
    }


def who(slack: SlackSignIn, provider: Provider, token: str) -> identities.Profile:
    answer = {"ok": True, "access_token": "xoxp-1", "token_type": "Bearer", "id_token": token}
    provider.answers["openid.connect.token"] = fake_answer(answer)
    return slack.identify({"code": "c", "state": "s"}, NONCE, "")


def test_a_good_token_names_team_and_user(slack: SlackSignIn, provider: Provider) -> None:
    profile = who(slack, provider, signed(claims(provider)))
    assert profile.identity.key == "slack#T1#U1"
    assert (profile.name, profile.organization, profile.email) == ("Dana Smith", "Acme", "dana@acme.example")
    assert profile.email_proved


@pytest.mark.requirement("A20")
@pytest.mark.parametrize("verified", [False, None, "true", "false", 1, []])
def test_an_address_is_proved_by_true_and_by_nothing_else(
    slack: SlackSignIn, provider: Provider, verified: Any
) -> None:
    assert not who(slack, provider, signed(claims(provider, email_verified=verified))).email_proved


@pytest.mark.requirement("A19")
def test_the_way_out_carries_state_and_nonce_and_no_pkce(slack: SlackSignIn, provider: Provider) -> None:
    url, _ = slack.begin("st", NONCE)
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{provider.base}/openid/connect/authorize?")
    assert (query["state"], query["nonce"], query["redirect_uri"]) == (["st"], [NONCE], [BACK])
    assert not {name for name in query if name.startswith("code_challenge")}
    assert provider.asked == []


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("forged", id_tokens.FORGERS)
def test_a_forged_token_is_refused(slack: SlackSignIn, provider: Provider, forged: str) -> None:
    with pytest.raises(ProviderFailed):
        who(slack, provider, id_tokens.FORGERS[forged](claims(provider)))
    assert provider.times("/keys") <= 1


SWAPPED: dict[str, Json] = {
    "aud of somebody else": {"aud": "999.999"},
    "aud a list without us": {"aud": ["999.999"]},
    "aud null": {"aud": None},
    "iss of Slack itself": {"iss": "https://slack.com"},
    "iss of Microsoft": {"iss": "https://login.microsoftonline.com/x/v2.0"},
    "iss null": {"iss": None},
    "nonce of another try": {"nonce": "another"},
    "nonce empty": {"nonce": ""},
    "nonce null": {"nonce": None},
    "nonce a number": {"nonce": 5},
    "nonce not ASCII": {"nonce": "nönce"},
    "no team": {TEAM: ""},
    "no user": {USER: None},
    **id_tokens.WRONG_TIMES,
}


@pytest.mark.requirement("A21", "A22")
@pytest.mark.parametrize("swapped", SWAPPED)
def test_a_token_for_another_purpose_is_refused(slack: SlackSignIn, provider: Provider, swapped: str) -> None:
    with pytest.raises(ProviderFailed):
        who(slack, provider, signed(claims(provider, **SWAPPED[swapped])))


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("missing", ["aud", "iss", "exp", "nonce", TEAM, USER])
def test_a_token_that_lacks_a_claim_is_refused(slack: SlackSignIn, provider: Provider, missing: str) -> None:
    lacking = {name: value for name, value in claims(provider).items() if name != missing}
    with pytest.raises(ProviderFailed):
        who(slack, provider, signed(lacking))


@pytest.mark.requirement("A22")
@pytest.mark.parametrize("nonsense", id_tokens.NONSENSE)
def test_nonsense_from_the_token_endpoint_is_a_failed_sign_in(
    slack: SlackSignIn, provider: Provider, nonsense: str
) -> None:
    provider.answers["openid.connect.token"] = id_tokens.NONSENSE[nonsense]
    with pytest.raises(ProviderFailed):
        slack.identify({"code": "c", "state": "s"}, NONCE, "")


@pytest.mark.requirement("A22")
@pytest.mark.parametrize("nonsense", [name for name in id_tokens.NONSENSE if not name.startswith("id token")])
def test_nonsense_instead_of_keys_is_a_failed_sign_in(slack: SlackSignIn, provider: Provider, nonsense: str) -> None:
    provider.answers["openid/connect/keys"] = id_tokens.NONSENSE[nonsense]
    with pytest.raises(ProviderFailed):
        who(slack, provider, signed(claims(provider)))
    provider.answers["openid/connect/keys"] = fake_answer(id_tokens.key_set())
    assert who(slack, provider, signed(claims(provider))).identity.user == "U1"


@pytest.mark.requirement("A21")
def test_keys_are_fetched_once_whatever_is_forged(slack: SlackSignIn, provider: Provider) -> None:
    assert who(slack, provider, signed(claims(provider)))
    for _ in range(20):
        with pytest.raises(ProviderFailed):
            who(slack, provider, id_tokens.by_unknown_key(claims(provider)))
        assert who(slack, provider, signed(claims(provider)))
    assert provider.times("/keys") == 1


def test_what_the_token_does_not_say_is_asked(slack: SlackSignIn, provider: Provider) -> None:
    short = {name: value for name, value in claims(provider).items() if name not in ("name", "email", "email_verified")}
    del short["https://slack.com/team_name"]
    info = {"ok": True, USER: "U999", TEAM: "T999", "https://slack.com/team_name": "Acme", "name": "Dana Smith"}
    provider.answers["openid.connect.userInfo"] = fake_answer(info)
    profile = who(slack, provider, signed(short))
    assert (profile.identity.key, profile.organization, profile.name) == ("slack#T1#U1", "Acme", "Dana Smith")


def test_the_app_asks_for_nothing_that_it_can_do_without() -> None:
    """Each scope is the only one of ours that lets a method be called which the code names, or brings an event, or an argument."""
    source = "".join(path.read_text() for path in Path("chalicelib/providers/slack").rglob("*.py"))
    used = [method for name, method in METHODS.items() if name in source or f'"{name.replace(".", "_")}"' in source]
    needed = {"im:history", "reactions:read", "chat:write.customize"}
    for method in used:
        ours = set(method.scopes("bot") or ()) & set(BOT_SCOPES)
        needed |= ours if len(ours) == 1 else set()
    assert set(BOT_SCOPES) == needed
