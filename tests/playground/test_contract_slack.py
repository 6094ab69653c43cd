"""What slack_sdk meets at any Slack: the same tests against the playground's and against `emulate`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.support import third_party_fakes
from tests.support.fake_providers import DANA, FakeProviders, playing

Json = dict[str, Any]
CLIENT = {"client_id": "100000000001.200000000002", "client_secret": "a-secret"}
SCOPES = "chat:write im:write im:history users:read users:read.email team:read channels:read reactions:write"
REDIRECT = "http://127.0.0.1:8000/oauth/slack/installed"


@dataclass
class Side:
    """One Slack: where its API is, who its app is, and how a person allows something."""

    api: str
    client: dict[str, str]
    redirect_uri: str
    authorize: str
    allow: Callable[[str], str]
    afresh: Callable[[], Any] = lambda: None

    def code(self, scopes: str = SCOPES) -> str:
        wanted = {"client_id": self.client["client_id"], "scope": scopes.replace(" ", ","), "state": "st"}
        back = self.allow(f"{self.authorize}?{urlencode({**wanted, 'redirect_uri': self.redirect_uri})}")
        assert back.startswith(self.redirect_uri)
        results = parse_qs(urlsplit(back).query)
        assert results["state"] == ["st"]
        return results["code"][0]

    def redeem(self, code: str, **other: str) -> Any:
        wanted = {**self.client, "redirect_uri": self.redirect_uri, **other}
        return WebClient(base_url=self.api).oauth_v2_access(code=code, **wanted)

    def bot(self, scopes: str = SCOPES) -> WebClient:
        return WebClient(base_url=self.api, token=self.redeem(self.code(scopes))["access_token"])


@pytest.fixture(scope="module", params=["playground", pytest.param("emulate", marks=pytest.mark.slow)])
def side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    if request.param == "playground":
        with playing(tmp_path_factory.mktemp("contract")) as fakes:
            yield _playground(fakes)
        return
    person = {"name": "dana", "real_name": "Dana Smith", "email": "dana@acme.example"}
    app = {**CLIENT, "app_id": "A0WEBTOP", "name": "Webtop", "redirect_uris": [REDIRECT], "bot_name": "webtop"}
    seed = {
        "team": {"name": "Acme", "domain": "acme"},
        "users": [person],
        "channels": [{"name": "general"}],
        "oauth_apps": [{**app, "scopes": SCOPES.split()}],
        "strict_scopes": True,
    }
    with third_party_fakes.emulate({"slack": seed}) as (base, _):
        yield Side(
            f"{base}/api/", CLIENT, REDIRECT, f"{base}/oauth/v2/authorize", lambda url: pressed(url, "Dana Smith")
        )


def _playground(fakes: FakeProviders) -> Side:
    client = {name: fakes.settings[f"SLACK_{name.upper()}"] for name in ("client_id", "client_secret")}

    def allow(address: str) -> str:
        return fakes.http.post(address, data={"user": DANA, "decision": "allow"}).headers["location"]

    def afresh() -> None:
        fakes.post("/slack/reset")

    return Side(f"{fakes.slack}/api/", client, fakes.redirect_uri(), f"{fakes.slack}/oauth/v2/authorize", allow, afresh)


def pressed(address: str, name: str) -> str:
    """Where `emulate` sends the browser after the button with this name: a form of hidden fields for each person."""
    with httpx.Client(trust_env=False) as client:
        page = client.get(address).raise_for_status().text
        form = next(part for part in page.split("<form")[1:] if name in part.partition("</form>")[0])
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
        action = re.search(r'action="([^"]+)"', form)
        assert action
        parts = urlsplit(address)
        unescaped = {key: value.replace("&amp;", "&") for key, value in fields.items()}
        sent = client.post(f"{parts.scheme}://{parts.netloc}{action[1]}", data=unescaped)
        return str(sent.headers["location"])


def _error(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def test_an_installation(side: Side) -> None:
    said = side.redeem(side.code())
    assert said["token_type"] == "bot"
    assert said["access_token"].startswith("xoxb-")
    assert said["team"]["name"] == "Acme"
    assert said["authed_user"]["id"].startswith("U")
    assert set(said["scope"].split(",")) == set(SCOPES.split())
    test = WebClient(base_url=side.api, token=said["access_token"]).auth_test()
    assert (test["user_id"], test["team_id"]) == (said["bot_user_id"], said["team"]["id"])
    assert test["bot_id"].startswith("B")


def test_codes_work_once_and_for_one_address(side: Side) -> None:
    code = side.code()
    assert _error(lambda: side.redeem(code, redirect_uri=f"{side.redirect_uri}/other")) == "bad_redirect_uri"
    code = side.code()
    side.redeem(code)
    assert _error(lambda: side.redeem(code)) == "invalid_code"
    assert _error(lambda: side.redeem("unknown")) == "invalid_code"


def test_an_unregistered_address_gets_nothing(side: Side) -> None:
    wanted = {"client_id": side.client["client_id"], "scope": "chat:write", "redirect_uri": "http://evil.example/"}
    assert httpx.get(f"{side.authorize}?{urlencode(wanted)}", trust_env=False).status_code == 400


def test_without_a_token_and_without_the_scope(side: Side) -> None:
    assert _error(WebClient(base_url=side.api).auth_test) == "not_authed"
    side.afresh()  # what was granted before would stay granted
    poor = side.bot("users:read")
    with pytest.raises(SlackApiError) as refused:
        poor.chat_postMessage(channel="CNOWHERE", text="a")
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "chat:write")


def test_people_and_workspace(side: Side) -> None:
    bot = side.bot()
    dana = bot.users_lookupByEmail(email="dana@acme.example")["user"]
    assert bot.users_info(user=dana["id"])["user"]["real_name"] == "Dana Smith"
    assert bot.users_info(user=dana["id"])["user"]["profile"]["email"] == "dana@acme.example"
    assert _error(lambda: bot.users_info(user="UNOBODY")) == "user_not_found"
    assert _error(lambda: bot.users_lookupByEmail(email="nobody@acme.example")) == "users_not_found"
    assert dana["id"] in [member["id"] for member in bot.users_list()["members"]]
    assert bot.team_info()["team"]["domain"] == "acme"
    channels = {channel["name"]: channel for channel in bot.conversations_list(types="public_channel")["channels"]}
    assert channels["general"]["is_private"] is False
    info = bot.conversations_info(channel=channels["general"]["id"])["channel"]
    assert info["name"] == "general"


def test_a_conversation(side: Side) -> None:
    bot = side.bot()
    dana = bot.users_lookupByEmail(email="dana@acme.example")["user"]["id"]
    channel = bot.conversations_open(users=dana)["channel"]["id"]
    assert bot.conversations_open(users=dana)["channel"]["id"] == channel
    root = bot.chat_postMessage(channel=channel, text="Root")
    assert (root["channel"], root["message"]["text"]) == (channel, "Root")
    reply = bot.chat_postMessage(channel=channel, text="Reply", thread_ts=root["ts"])["ts"]
    thread = bot.conversations_replies(channel=channel, ts=root["ts"])["messages"]
    assert [item["ts"] for item in thread] == [root["ts"], reply]
    assert bot.chat_update(channel=channel, ts=reply, text="Changed")["text"] == "Changed"
    bot.reactions_add(channel=channel, timestamp=reply, name="eyes")
    assert _error(lambda: bot.reactions_add(channel=channel, timestamp=reply, name="eyes")) == "already_reacted"
    bot.reactions_remove(channel=channel, timestamp=reply, name="eyes")
    assert _error(lambda: bot.reactions_remove(channel=channel, timestamp=reply, name="eyes")) == "no_reaction"
    bot.chat_delete(channel=channel, ts=reply)
    assert _error(lambda: bot.chat_update(channel=channel, ts=reply, text="Gone")) == "message_not_found"
    assert _error(lambda: bot.chat_delete(channel=channel, ts=reply)) == "message_not_found"
    assert root["ts"] in [message["ts"] for message in bot.conversations_history(channel=channel)["messages"]]


def test_refusals_of_messages(side: Side) -> None:
    bot = side.bot()
    dana = bot.users_lookupByEmail(email="dana@acme.example")["user"]["id"]
    channel = bot.conversations_open(users=dana)["channel"]["id"]
    assert _error(lambda: bot.chat_postMessage(channel="CNOWHERE", text="a")) == "channel_not_found"
    assert _error(lambda: bot.api_call("chat.postMessage", params={"channel": channel})) == "no_text"
    assert _error(lambda: bot.conversations_open(users="UNOBODY")) == "user_not_found"
