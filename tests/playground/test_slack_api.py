"""The Web API's front: tokens, scopes, arguments by the published reference, unknown methods."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack.reference import METHODS
from tests.support.fake_providers import BOT_SCOPES, DANA, GITA, OLIVIA, FakeProviders


def _error(client: WebClient, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, params=args)
    return str(refused.value.response["error"])


def test_tokens_are_checked(fakes: FakeProviders) -> None:
    assert _error(fakes.client(), "auth.test") == "not_authed"
    assert _error(fakes.client("xoxb-unknown"), "auth.test") == "invalid_auth"
    bot = fakes.bot()
    assert bot.auth_test()["bot_id"] == "BACMEAPP"
    assert bot.auth_revoke()["revoked"] is True
    assert _error(bot, "auth.test") == "token_revoked"


def test_uninstalling_ends_every_token_of_the_workspace(fakes: FakeProviders) -> None:
    bot, other = fakes.bot(), fakes.bot("UTINYTOM")
    settings = fakes.settings
    args = {"client_id": settings["SLACK_CLIENT_ID"], "client_secret": "wrong"}
    assert _error(bot, "apps.uninstall", **args) == "bad_client_secret"
    bot.apps_uninstall(client_id=settings["SLACK_CLIENT_ID"], client_secret=settings["SLACK_CLIENT_SECRET"])
    assert _error(bot, "auth.test") == "account_inactive"
    assert other.auth_test()["ok"]
    fakes.quiet()
    kinds = [event["type"] for event in fakes.app.events()]
    assert kinds == ["app_uninstalled", "tokens_revoked"]


def test_scopes_are_checked(fakes: FakeProviders) -> None:
    bot = fakes.bot(scopes="chat:write")
    with pytest.raises(SlackApiError) as refused:
        bot.users_info(user=DANA)
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "users:read"
    assert refused.value.response["provided"] == "chat:write"


def test_the_kind_of_token_is_checked(fakes: FakeProviders) -> None:
    assert _error(fakes.bot(GITA), "admin.users.invite", email="a@b.c") == "not_allowed_token_type"


@pytest.mark.parametrize(
    "method", sorted(name for name, spec in METHODS.items() if spec.required and spec.bot is not None)
)
def test_missing_and_unknown_arguments_are_refused(fakes: FakeProviders, method: str) -> None:
    everything = " ".join(spec.bot.split()[0] for spec in METHODS.values() if spec.bot)
    bot = fakes.bot(scopes=f"{BOT_SCOPES} {everything} {METHODS[method].bot}")
    assert _error(bot, method) == "invalid_arguments"
    given = dict.fromkeys(METHODS[method].required.split(), "x")
    assert _error(bot, method, **given, colour="blue") == "invalid_arguments"
    assert _error(bot, method, **given) != "invalid_arguments"


def test_unknown_methods_answer_as_slack_does(fakes: FakeProviders) -> None:
    assert _error(fakes.client(), "users.admin.invite") == "unknown_method"
    assert _error(fakes.bot(), "chat.shout", text="a") == "unknown_method"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_broken_bodies_are_no_accident(fakes: FakeProviders, body: bytes) -> None:
    token = fakes.install()["access_token"]
    for kind in ("application/json", "application/x-www-form-urlencoded", "image/png"):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        response = fakes.http.post(f"{fakes.slack}/api/chat.postMessage", content=body, headers=headers)
        assert response.status_code == 200
        assert response.json()["ok"] is False


def test_json_and_forms_mean_the_same(fakes: FakeProviders) -> None:
    token = fakes.install()["access_token"]
    for kind in ("json", "data"):
        args: Any = {kind: {"channel": DANA, "text": "Hello"}}
        response = fakes.http.post(
            f"{fakes.slack}/api/chat.postMessage", headers={"Authorization": f"Bearer {token}"}, **args
        )
        assert response.json()["ok"] is True
    form = fakes.http.post(f"{fakes.slack}/api/auth.test", data={"token": token})
    assert form.json()["team_id"] == "T0ACME"


def test_people_and_their_roles(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    flags = ("is_primary_owner", "is_owner", "is_admin", "is_restricted", "is_ultra_restricted", "is_bot", "deleted")
    roles = {user["name"]: [flag for flag in flags if user.get(flag)] for user in bot.users_list()["members"]}
    assert roles["dana"] == []
    assert roles["olivia"] == ["is_primary_owner", "is_owner", "is_admin"]
    assert roles["oscar"] == ["is_owner", "is_admin"]
    assert roles["adam"] == ["is_admin"]
    assert roles["gus"] == ["is_restricted"]
    assert roles["sina"] == ["is_restricted", "is_ultra_restricted"]
    assert roles["build"] == ["is_bot"]
    assert roles["dora"] == ["deleted"]
    assert bot.users_lookupByEmail(email="olivia@acme.example")["user"]["id"] == OLIVIA
    assert _error(bot, "users.lookupByEmail", email="nobody@acme.example") == "users_not_found"
    assert _error(bot, "users.info", user="UTINYTOM") == "user_not_found"
    assert "email" not in fakes.bot("UTINYTOM", "users:read").users_info(user="UTINYTOM")["user"]["profile"]


def test_workspaces_and_their_plans(fakes: FakeProviders) -> None:
    plans = {user: fakes.bot(user).team_billing_info()["plan"] for user in (DANA, "UTINYTOM", "UGRIDMAYA")}
    assert list(plans.values()) == ["plus", "free", "enterprise"]
    assert fakes.bot("UGRIDMAYA").team_info()["team"]["enterprise_id"] == "E0GRID"
    assert "plan" not in fakes.bot().team_info()["team"]


def test_lists_come_in_pages(fakes: FakeProviders) -> None:
    bot = fakes.bot(scopes=f"{BOT_SCOPES} groups:read")
    names: list[str] = []
    cursor = ""
    while True:
        response = bot.conversations_list(limit=1, cursor=cursor)
        names += [channel["name"] for channel in response["channels"]]
        cursor = response["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["general", "random", "project-north"]
    assert bot.conversations_list(types="private_channel")["channels"] == []
    fakes.post("/slack/channels/CACMELEADERS/app", member=True)
    assert [channel["name"] for channel in bot.conversations_list(types="private_channel")["channels"]] == ["leaders"]
    assert _error(bot, "conversations.list", cursor="nonsense") == "invalid_cursor"
    assert _error(bot, "conversations.list", types="im") == "missing_scope"
