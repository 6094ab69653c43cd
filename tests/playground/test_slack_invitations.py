"""Inviting people to a workspace: on Enterprise Grid by `admin.users.invite`, elsewhere Slack Connect."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack.invitations import INVITE_ERRORS, SHARED_ERRORS
from tests.support.fake_providers import BOT_SCOPES, DANA, GITA, FakeProviders

Json = dict[str, Any]
INVITE: Json = {"team_id": "T0GRID", "email": "new@partner.example", "channel_ids": "CGRIDGENERAL"}


def _admin(fakes: FakeProviders) -> WebClient:
    answer = fakes.install(GITA, scopes="", user_scope="admin.users:write")
    return fakes.client(answer["authed_user"]["access_token"])


def _error(client: WebClient, method: str, args: Json) -> str:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, params=args)
    return str(refused.value.response["error"])


def test_members_and_guests_are_invited(fakes: FakeProviders) -> None:
    admin, later = _admin(fakes), int(time.time()) + 86_400
    admin.admin_users_invite(**INVITE, custom_message="Welcome!", real_name="New Person")
    admin.admin_users_invite(
        team_id="T0GRID",
        email="many@partner.example",
        channel_ids=["CGRIDRANDOM", "CGRIDPROJECT"],
        is_restricted=True,
        guest_expiration_ts=str(later),
    )
    admin.admin_users_invite(
        team_id="T0GRID", email="one@partner.example", channel_ids="CGRIDPROJECT", is_ultra_restricted=True
    )
    items = fakes.get("/slack/invites.json")["items"]
    assert [item["kind"] for item in items] == ["member", "multi-channel guest", "single-channel guest"]
    assert items[0]["message"] == "Welcome!"
    assert items[1]["channels"] == ["CGRIDRANDOM", "CGRIDPROJECT"]
    assert items[1]["expires"] == later
    assert "one@partner.example" in fakes.http.get(f"{fakes.slack}/invites").text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "nonsense"}, "invalid_email"),
        ({"email": "maya@gridcorp.example"}, "already_in_team"),
        ({"team_id": "T0ACME"}, "team_not_found"),
        ({"channel_ids": "CACMEGENERAL"}, "failed_to_validate_channels"),
        ({"channel_ids": "CGRIDGENERAL,CGRIDRANDOM", "is_ultra_restricted": "1"}, "failed_to_validate_channels"),
        ({"guest_expiration_ts": "1900000000"}, "failed_to_validate_expiration"),
        ({"is_restricted": "1", "guest_expiration_ts": "1"}, "failed_to_validate_expiration"),
        ({"is_restricted": "1", "is_ultra_restricted": "1"}, "invalid_arguments"),
        ({"custom_message": "See https://a.example"}, "failed_to_validate_custom_message"),
        *(({"email": f"{error}@partner.example"}, error) for error in sorted(INVITE_ERRORS)),
    ],
)
def test_refusals_of_an_invitation(fakes: FakeProviders, change: Json, error: str) -> None:
    assert _error(_admin(fakes), "admin.users.invite", INVITE | change) == error
    assert fakes.get("/slack/invites.json")["items"] == []


def test_nobody_is_invited_twice_and_rights_are_looked_up_now(fakes: FakeProviders) -> None:
    admin = _admin(fakes)
    admin.admin_users_invite(**INVITE)
    assert _error(admin, "admin.users.invite", INVITE) == "already_in_team_invited_user"
    fakes.post(f"/slack/people/{GITA}", is_admin=False)
    assert _error(admin, "admin.users.invite", INVITE | {"email": "b@partner.example"}) == "not_an_admin"


def test_slack_connect_invites_one_address(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    args = {"channel": "CACMEPROJECT", "emails": "ann@partner.example"}
    assert _error(bot, "conversations.inviteShared", args) == "not_in_channel"
    fakes.post("/slack/channels/CACMEPROJECT/app", member=True)
    response = bot.conversations_inviteShared(
        channel="CACMEPROJECT", emails=["ann@partner.example"], external_limited=False
    )
    assert response["invite_id"]
    assert fakes.get("/slack/invites.json")["shared"][0]["external_limited"] is False
    assert _error(bot, "conversations.inviteShared", args) == "connection_limit_exceeded_pending"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"emails": ""}, "recipients_not_specified"),
        ({"emails": "a@b.example,c@d.example"}, "too_many_emails"),
        ({"emails": "nonsense"}, "invalid_email"),
        ({"emails": "olivia@acme.example"}, "already_in_channel"),
        ({"channel": "CACMEGENERAL"}, "cannot_share_mandatory_channel"),
        *(({"emails": f"{error}@partner.example"}, error) for error in sorted(SHARED_ERRORS)),
    ],
)
def test_refusals_of_slack_connect(fakes: FakeProviders, change: Json, error: str) -> None:
    bot = fakes.bot()
    fakes.post("/slack/channels/CACMEPROJECT/app", member=True)
    args = {"channel": "CACMEPROJECT", "emails": "ann@partner.example"}
    assert _error(bot, "conversations.inviteShared", args | change) == error


def test_slack_connect_is_for_paid_workspaces_and_bots(fakes: FakeProviders) -> None:
    bot = fakes.bot("UTINYTINA", BOT_SCOPES)
    assert _error(bot, "conversations.inviteShared", {"channel": "CTINYPROJECT", "emails": "a@b.example"}) == "not_paid"
    fakes.post("/slack/workspaces/T0TINY", plan="std")
    fakes.post("/slack/channels/CTINYPROJECT/app", member=True)
    assert bot.conversations_inviteShared(channel="CTINYPROJECT", emails="a@b.example")["ok"]
    person = fakes.client(fakes.install(DANA, user_scope="chat:write")["authed_user"]["access_token"])
    assert _error(person, "conversations.inviteShared", {"channel": "CACMEPROJECT"}) == "not_allowed_token_type"
