"""Activities of Teams: signed by the Bot Framework, for our bot, from a service that we know and the token names."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.providers.microsoft.settings import Teams, read_teams
from chalicelib.providers.microsoft.signatures import is_known, is_signed
from tests.gateways.test_slack_signatures import Queue
from tests.support import id_tokens
from tests.support.app import Answer, World
from tests.support.id_tokens import FORGERS, GARBAGE, NONSENSE, WRONG_TIMES, Json, Provider, fake_answer, signed

pytestmark = pytest.mark.requirement("A24")
BOT, SERVICE = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02", "https://smba.example/emea/"
TENANT, OID = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01", "7b2e4c90-1d3f-4a6b-8c5d-000000000001"


@pytest.fixture
def teams(provider: Provider) -> Teams:
    provider.answers["/keys"] = fake_answer(id_tokens.key_set(endorsements=["msteams"]))
    return Teams(
        app_id="app",
        bot_id=BOT,
        bot_secret="secret",
        bot_tenant=TENANT,
        metadata_url=f"{provider.base}/v1/.well-known/openidconfiguration",
        service_hosts=("smba.example", "127.0.0.1:9"),
        link_base="https://teams.example",
    )


def claims(**more: Any) -> Json:
    return {"iss": "https://api.botframework.com", "aud": BOT, "serviceurl": SERVICE, **id_tokens.times(), **more}


def activity(**more: Any) -> Json:
    return {
        "type": "message",
        "id": "1",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {"id": "29:1", "aadObjectId": OID},
        "conversation": {"id": "a:1", "tenantId": TENANT},
        "text": "Hi",
        **more,
    }


def taken(teams: Teams, token: str, answer: Json | None = None) -> bool:
    return is_signed(teams, f"Bearer {token}", answer or activity())


def test_a_good_activity_is_taken(teams: Teams) -> None:
    assert taken(teams, signed(claims()))
    assert taken(teams, signed(claims(serviceurl=SERVICE.rstrip("/"))))
    assert is_signed(teams, f"bearer {signed(claims())}", activity())


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("forged", FORGERS)
def test_a_forged_token_is_refused(teams: Teams, provider: Provider, forged: str) -> None:
    assert not taken(teams, FORGERS[forged](claims()))
    assert provider.times("/keys") <= 1


SWAPPED: dict[str, Json] = {
    "aud of another bot": {"aud": "another"},
    "aud null": {"aud": None},
    "iss of Microsoft's sign-in": {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
    "iss of the emulator": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
    "iss null": {"iss": None},
    "another service": {"serviceurl": "https://smba.example/amer/"},
    "no service": {"serviceurl": None},
    "service a list": {"serviceurl": [SERVICE]},
    **WRONG_TIMES,
}


@pytest.mark.requirement("A21")
@pytest.mark.parametrize("swapped", SWAPPED)
def test_a_token_for_another_purpose_is_refused(teams: Teams, swapped: str) -> None:
    assert not taken(teams, signed(claims(**SWAPPED[swapped])))


def test_a_token_within_five_minutes_of_its_end_is_taken(teams: Teams) -> None:
    assert taken(teams, signed(claims(**id_tokens.times(exp=-240))))


SERVICES: list[Any] = [
    "https://evil.example/emea/",
    "https://smba.example.evil.example/",
    "https://smba.example@evil.example/",
    "https://evil.example/smba.example",
    "https://evil.example#smba.example",
    "https://smba.example:444/",
    "https://SMBA.example/",
    "http://smba.example/emea/",
    "ftp://smba.example/",
    "//smba.example/",
    "smba.example",
    "https://127.0.0.1:8/",
    "https://[",
    "https://[::1",
    "https://\u2100.example/",
    "\x00",
    "",
    None,
    5,
    [],
    {},
]


@pytest.mark.requirement("A34")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_not_on_the_list_is_refused_and_no_key_is_asked(
    teams: Teams, provider: Provider, service: Any
) -> None:
    token = signed(claims(serviceurl=service))
    assert not taken(teams, token, activity(serviceUrl=service))
    assert provider.asked == []


@pytest.mark.parametrize("channel", ["webchat", "emulator", "", None, 5, [], ["msteams"], {}])
def test_a_channel_that_the_key_is_not_endorsed_for_is_refused(teams: Teams, channel: Any) -> None:
    assert not taken(teams, signed(claims()), activity(channelId=channel))


@pytest.mark.parametrize("endorsements", [[], None, "msteams", 5, ["webchat"]])
def test_a_key_without_the_endorsement_is_refused(teams: Teams, provider: Provider, endorsements: Any) -> None:
    provider.answers["/keys"] = fake_answer(id_tokens.key_set(endorsements=endorsements))
    assert not taken(teams, signed(claims()))


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic YTpi", *[f"Bearer {item}" for item in GARBAGE]]
)
def test_no_bearer_or_garbage_is_refused(teams: Teams, provider: Provider, authorization: str) -> None:
    assert not is_signed(teams, authorization, activity())
    assert len(provider.asked) <= 1


@pytest.mark.requirement("A22")
@pytest.mark.parametrize("nonsense", [name for name in NONSENSE if not name.startswith("id token")])
def test_nonsense_instead_of_keys_is_refused_and_heals(teams: Teams, provider: Provider, nonsense: str) -> None:
    provider.answers["/keys"] = NONSENSE[nonsense]
    assert not taken(teams, signed(claims()))
    provider.answers["/keys"] = fake_answer(id_tokens.key_set(endorsements=["msteams"]))
    assert taken(teams, signed(claims()))


def test_keys_are_fetched_once_whatever_is_forged(teams: Teams, provider: Provider) -> None:
    assert taken(teams, signed(claims()))
    for _ in range(20):
        assert not taken(teams, id_tokens.by_unknown_key(claims()))
        assert taken(teams, signed(claims()))
    assert provider.asked == ["/v1/.well-known/keys"]


@pytest.fixture
def listening(world: World, provider: Provider, teams: Teams) -> Iterator[World]:
    os.environ |= {
        "TEAMS_BOT_ID": BOT,
        "BOT_METADATA_URL": teams.metadata_url,
        "BOT_SERVICE_HOSTS": ",".join(teams.service_hosts),
    }
    wiring.configured.cache_clear()
    wiring.configured()
    world.use(relay_queue=Queue())
    yield world
    wiring.configured.cache_clear()


def sent(world: World, body: bytes, authorization: str) -> Answer:
    headers = {"Content-Type": "application/json", "Authorization": authorization}
    return world.request("POST", "/teams/messages", body, headers)


def test_a_good_activity_goes_to_the_queue(listening: World) -> None:
    assert sent(listening, json.dumps(activity()).encode(), f"Bearer {signed(claims())}").status == 200
    queue = listening.ports.relay_queue
    assert isinstance(queue, Queue)
    assert queue.bodies[0]["teams"]["text"] == "Hi"


BODIES = [
    b"",
    b"\xff",
    b"null",
    b"[]",
    b"5",
    b"{",
    b"[" * 50_000,
    b"{}",
    json.dumps(activity(serviceUrl="https://[")).encode(),
    json.dumps(activity(serviceUrl="https://evil.example/")).encode(),
    json.dumps(activity(channelId="webchat")).encode(),
]


@pytest.mark.parametrize("body", BODIES)
def test_a_malformed_or_swapped_activity_is_401_and_changes_nothing(listening: World, body: bytes) -> None:
    before = listening.snapshot()
    assert sent(listening, body, f"Bearer {signed(claims())}").status == 401
    assert listening.snapshot() == before


@pytest.mark.parametrize("authorization", ["", "Bearer", *[f"Bearer {item}" for item in GARBAGE if item.isprintable()]])
def test_garbage_over_http_is_401(listening: World, authorization: str) -> None:
    assert sent(listening, json.dumps(activity()).encode(), authorization).status == 401


ODD = [
    {"from": None},
    {"from": []},
    {"from": {"aadObjectId": 5}},
    {"from": {"aadObjectId": "a#b"}},
    {"from": {"aadObjectId": ""}},
    {"conversation": None},
    {"conversation": {"id": 5, "tenantId": TENANT}},
    {"conversation": {"tenantId": ["x"]}},
    {"channelData": 5, "conversation": {}},
    {"type": None},
    {"type": []},
    {"type": "installationUpdate", "action": 5},
    {"type": "installationUpdate", "action": "remove"},
    {"type": "conversationUpdate", "membersAdded": 5},
    {"id": {}},
    {"text": 5},
]


@pytest.mark.parametrize("odd", ODD)
def test_a_signed_but_odd_activity_is_no_crash(listening: World, odd: Json) -> None:
    assert sent(listening, json.dumps(activity(**odd)).encode(), f"Bearer {signed(claims())}").status == 200


@pytest.mark.parametrize("host", ["smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"])
def test_the_hosts_of_microsofts_documents_are_known_as_deployed(host: str) -> None:
    """From learn.microsoft.com: the public cloud's service, and that of the US government's Community Cloud."""
    resources = json.loads((Path(__file__).parents[2] / ".chalice" / "resources.json").read_text())
    deployed = {"BOT_SERVICE_HOSTS": resources["Parameters"]["BotServiceHosts"]["Default"]}
    chosen = read_teams(deployed, "prod")
    assert [is_known(chosen, f"https://{host}{path}") for path in ("/amer/", "/teams")] == [True, True]
    assert not is_known(chosen, f"https://{host}.evil.example/")
