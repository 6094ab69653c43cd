"""Sign in with Microsoft: msal checks the nonce, we check all the rest."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain import identities
from chalicelib.ports import ProviderFailed
from chalicelib.providers.microsoft.settings import Microsoft
from chalicelib.providers.microsoft.sign_in import MicrosoftSignIn
from tests.support import id_tokens
from tests.support.id_tokens import Json, Provider, fake_answer, signed

CLIENT = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c01"
TENANT, OTHER = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01", "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a02"
OID = "7b2e4c90-1d3f-4a6b-8c5d-000000000001"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
BACK = "http://chat.test/oauth/microsoft/callback"
pytestmark = pytest.mark.filterwarnings("ignore:response_mode")  # form_post would come without the cookie
KEYS, DISCOVERY, TOKEN = "discovery/v2.0/keys", ".well-known/openid-configuration", "oauth2/v2.0/token"


@dataclass
class Try:
    """A sign-in under way."""

    provider: Provider
    sign_in: MicrosoftSignIn
    url: str = field(init=False)
    flow: str = field(init=False)

    def __post_init__(self) -> None:
        self.url, self.flow = self.sign_in.begin("st", "unused")

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query)

    def claims(self, **more: Any) -> Json:
        tenant = more.get("tid", TENANT)
        return {
            "iss": f"{self.provider.base}/{tenant}/v2.0",
            "aud": CLIENT,
            "tid": tenant,
            "oid": OID,
            "sub": "pairwise",
            "ver": "2.0",
            "nonce": self.query["nonce"][0],
            "name": "Jonas Weber",
            "email": "jonas@kessel.example",
            **id_tokens.times(),
            **more,
        }

    def who(self, token: str, state: str = "st") -> identities.Profile:
        answer = {"token_type": "Bearer", "access_token": "a", "expires_in": 3_600, "scope": "email", "id_token": token}
        self.provider.answers[TOKEN] = fake_answer(answer)
        return self.sign_in.identify({"code": "c", "state": state}, "unused", self.flow)


@pytest.fixture
def began(provider: Provider) -> Try:
    base = f"{provider.base}/organizations"
    provider.answers[KEYS] = fake_answer(id_tokens.key_set())
    provider.answers[DISCOVERY] = fake_answer(
        {
            "issuer": f"{provider.base}/{{tenantid}}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/{TOKEN}",
            "jwks_uri": f"{base}/{KEYS}",
        }
    )
    return Try(provider, MicrosoftSignIn(Microsoft(CLIENT, "secret", provider.base), BACK))


def test_a_good_token_names_tenant_and_object(began: Try) -> None:
    profile = began.who(signed(began.claims()))
    assert profile.identity.key == f"microsoft#{TENANT}#{OID}"
    assert (profile.name, profile.email) == ("Jonas Weber", "jonas@kessel.example")


@pytest.mark.requirement("A20")
def test_microsoft_proves_no_address(began: Try) -> None:
    claims = began.claims(email_verified=True, xms_edov=True, verified_primary_email=["jonas@kessel.example"])
    assert not began.who(signed(claims)).email_proved


@pytest.mark.requirement("A19")
def test_the_way_out_carries_state_nonce_and_pkce(began: Try) -> None:
    assert began.url.startswith(f"{began.provider.base}/organizations/oauth2/v2.0/authorize?")
    assert (began.query["state"], began.query["redirect_uri"]) == (["st"], [BACK])
    assert began.query["code_challenge_method"] == ["S256"]
    assert json.loads(began.flow)["code_verifier"] not in began.url


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("forged", id_tokens.FORGERS)
def test_a_forged_token_is_refused(began: Try, forged: str) -> None:
    with pytest.raises(ProviderFailed):
        began.who(id_tokens.FORGERS[forged](began.claims()))
    assert began.provider.times(KEYS) <= 1


SWAPPED: dict[str, Json] = {
    "aud of another application": {"aud": OTHER},
    "aud null": {"aud": None},
    "iss of another tenant": {"iss": f"https://login.microsoftonline.com/{OTHER}/v2.0"},
    "iss with the template": {"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"},
    "iss null": {"iss": None},
    "tid no GUID": {"tid": "organizations"},
    "tid a path": {"tid": f"{TENANT}/../{OTHER}"},
    "tid in capitals": {"tid": TENANT.upper()},
    "tid null": {"tid": None},
    "tid a list": {"tid": [TENANT]},
    "oid no GUID": {"oid": "jonas"},
    "oid with more": {"oid": f"{OID}\n"},
    "oid null": {"oid": None},
    "ver 1.0": {"ver": "1.0"},
    "ver a number": {"ver": 2.0},
    "personal account": {"tid": PERSONAL},
    "nonce of another try": {"nonce": "another"},
    "nonce empty": {"nonce": ""},
    "nonce null": {"nonce": None},
    "nonce a number": {"nonce": 5},
    "nonce not ASCII": {"nonce": "nönce"},
    **id_tokens.WRONG_TIMES,
}


@pytest.mark.requirement("A21", "A22")
@pytest.mark.parametrize("swapped", SWAPPED)
def test_a_token_for_another_purpose_is_refused(began: Try, swapped: str) -> None:
    with pytest.raises(ProviderFailed):
        began.who(signed(began.claims(**SWAPPED[swapped])))


@pytest.mark.requirement("A20")
def test_an_address_that_a_tenant_made_up_names_no_organisation(began: Try) -> None:
    made_up = began.claims(email="ceo@webtop.example", preferred_username="eve@evil.example")
    profile = began.who(signed(made_up))
    assert (profile.organization, profile.email, profile.email_proved) == ("evil.example", "ceo@webtop.example", False)


@pytest.mark.requirement("A21")
def test_the_issuer_must_be_of_the_tenant_that_the_token_names(began: Try) -> None:
    with pytest.raises(ProviderFailed, match="issuer"):
        began.who(signed(began.claims(iss=f"{began.provider.base}/{OTHER}/v2.0")))


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("missing", ["aud", "iss", "exp", "nonce", "tid", "oid", "ver"])
def test_a_token_that_lacks_a_claim_is_refused(began: Try, missing: str) -> None:
    with pytest.raises(ProviderFailed):
        began.who(signed({name: value for name, value in began.claims().items() if name != missing}))


@pytest.mark.requirement("A19")
def test_a_state_of_another_try_is_refused(began: Try) -> None:
    with pytest.raises(ProviderFailed):
        began.who(signed(began.claims()), state="another")
    assert began.provider.times(TOKEN) == 0


@pytest.mark.requirement("A22")
@pytest.mark.parametrize("nonsense", id_tokens.NONSENSE)
def test_nonsense_from_the_token_endpoint_is_a_failed_sign_in(began: Try, nonsense: str) -> None:
    began.provider.answers[TOKEN] = id_tokens.NONSENSE[nonsense]
    with pytest.raises(ProviderFailed):
        began.sign_in.identify({"code": "c", "state": "st"}, "unused", began.flow)


@pytest.mark.requirement("A22")
@pytest.mark.parametrize("end", [KEYS, DISCOVERY])
@pytest.mark.parametrize("nonsense", [name for name in id_tokens.NONSENSE if not name.startswith("id token")])
def test_nonsense_instead_of_keys_or_discovery_heals(began: Try, end: str, nonsense: str) -> None:
    good, began.provider.answers[end] = began.provider.answers[end], id_tokens.NONSENSE[nonsense]
    sign_in = MicrosoftSignIn(Microsoft(CLIENT, "secret", began.provider.base), BACK)
    with pytest.raises(ProviderFailed):
        _tried(began.provider, sign_in)
    began.provider.answers[end] = good
    assert _tried(began.provider, sign_in).identity.user == OID


def _tried(provider: Provider, sign_in: MicrosoftSignIn) -> identities.Profile:
    item = Try(provider, sign_in)
    return item.who(signed(item.claims()))


@pytest.mark.requirement("A21")
def test_keys_and_discovery_are_fetched_once_whatever_is_forged(began: Try) -> None:
    assert began.who(signed(began.claims()))
    for _ in range(20):
        with pytest.raises(ProviderFailed):
            began.who(id_tokens.by_unknown_key(began.claims()))
        assert began.who(signed(began.claims()))
    assert (began.provider.times(KEYS), began.provider.times(DISCOVERY)) == (1, 1)


def test_nothing_is_asked_for_that_outlives_the_sign_in(began: Try) -> None:
    """Consent to `offline_access` reads "Maintain access to data": we ask once who somebody is, and keep no token."""
    assert set(began.query["scope"][0].split()) == {"openid", "profile", "email"}
