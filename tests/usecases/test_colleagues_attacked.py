"""Inviting into one's own Slack when things change on the way, break off, come twice, or are meant badly."""

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.providers import Provider
from chalicelib.providers.slack.colleagues.rules import Channel, SlackRole, SlackWorkspace
from tests.support.form_browser import visible
from tests.support.sample_chat import Scene
from tests.support.scripted_providers import SLACK, OAuthBrowser, state_in
from tests.support.slack_colleagues import ERRORS, GRID, Killed, SlackInviting, slack_inviting_of

EVE, FINN, ANN = "eve@nord.example", "finn@nord.example", "ann@partner.example"
PAID = SlackWorkspace(
    team_id="T1",
    team_name="Nord",
    plan="plus",
    role=SlackRole.MEMBER,
    channels=GRID.channels,
    shareable=(Channel("C2", "random"),),
    may_connect=True,
    domains=("nord.example",),
    app_id="A1",
)
BY_CONNECT = {"kind": "connect", "channel_ids": ["C2"]}


@pytest.fixture
def inviting(scene: Scene) -> SlackInviting:
    slack_inviting = slack_inviting_of(scene)
    slack_inviting.connect()
    return slack_inviting


def outcomes(inviting: SlackInviting, *emails: str, **more: Any) -> list[str]:
    return [result["outcome"] for result in inviting.invites(*emails, **more).json["results"]]


def audit(inviting: SlackInviting) -> str:
    owner = OAuthBrowser(inviting.browser.providers)
    owner.browser.cookies["session"] = inviting.scene.owner.token
    return visible(owner.get("/overview").text)


def test_slack_connect_goes_to_one_channel_and_into_the_audit_log(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = PAID
    assert outcomes(inviting, ANN, "not_paid@partner.example", **BY_CONNECT) == ["sent", "refused"]
    assert inviting.admin.shared == [(ANN, "C2"), ("not_paid@partner.example", "C2")]
    assert re.search(rf"Olaf Nord {re.escape(ANN)} Slack Connect sent", audit(inviting))
    assert re.search(r"Olaf Nord not_paid@partner\.example Slack Connect refused", audit(inviting))


def test_every_error_of_slack_connect_comes_back_with_its_address(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = PAID
    for code in sorted(ERRORS - {"ratelimited"}):
        (item,) = inviting.invites(f"{code}@partner.example", **BY_CONNECT).json["results"]
        assert (item["email"], item["code"], bool(item["message"])) == (f"{code}@partner.example", code, True)
        assert item["outcome"] != "sent"


@pytest.mark.requirement("A28")
@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"may_connect": False}, 403, "authorization_needed"),
        ({"role": SlackRole.GUEST}, 403, "slack_guest"),
        ({"plan": "free"}, 422, "validation"),
        ({"shareable": ()}, 422, "validation"),
    ],
)
def test_slack_connect_asks_for_every_right_at_the_moment_of_sending(
    inviting: SlackInviting, changed: dict[str, Any], status: int, code: str
) -> None:
    inviting.admin.slack_workspace = PAID
    page = inviting.browser.browser.open("/slack/connect")
    inviting.admin.slack_workspace = replace(PAID, **changed)
    answer = inviting.invites(ANN, **BY_CONNECT)
    assert (answer.status, inviting.admin.shared) == (status, [])
    assert code in (answer.code, "validation")
    shown = inviting.browser.browser.send(page.form("/slack/connect"), "Send", emails=ANN)
    assert (shown.status, inviting.admin.shared) == (422, [])


def test_the_scope_is_asked_for_when_it_is_needed_and_not_before(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = replace(PAID, may_connect=False)
    assert "connect=False" in inviting.browser.get("/oauth/slack/install").headers["location"]
    assert "/oauth/slack/connect" in inviting.browser.get("/slack/connect").text
    told = inviting.olaf.get("/slack/workspace").json["connect"]
    assert told["authorize_url"].endswith("/oauth/slack/connect")
    out = inviting.browser.get("/oauth/slack/connect")
    assert "connect=True" in out.headers["location"]
    assert (
        inviting.browser.returns("slack", state_in(out), way="installed") == "/slack/connect?notice=connected&by=slack"
    )
    out = inviting.browser.get("/oauth/slack/connect")
    back = inviting.browser.returns("slack", state_in(out), "error=access_denied", way="installed")
    assert back == "/slack/connect?notice=cancelled&by=slack"
    assert "Nothing was changed" in inviting.browser.get(back).text


@pytest.mark.requirement("A19")
def test_another_teams_word_for_slack_connect_is_refused(inviting: SlackInviting) -> None:
    out = inviting.browser.get("/oauth/slack/connect")
    inviting.browser.providers.install.team = "T2"
    assert "notice=team" in inviting.browser.returns("slack", state_in(out), way="installed")
    assert inviting.scene.world.ports.identities.installation(Provider.SLACK, "T2") is None


def test_addresses_of_another_company_are_offered_slack_connect(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = PAID
    browser = inviting.browser.browser
    page = browser.open("/slack/invite")
    page = browser.send(page.form("/slack/invite"), "Get the list", emails=f"{EVE}, {ANN}, no-address")
    assert f"Outside Nord’s own domain: {ANN}" in visible(page.html)
    page = browser.send(page.form("/slack/connect"))
    assert ("emails", ANN) in page.form("/slack/connect").filled("Send", {})
    page = browser.send(page.form("/slack/connect"), "Send")
    assert inviting.admin.shared == [(ANN, "C2")]


def test_what_was_prepared_is_audited_once_however_often_the_page_is_loaded_again(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = replace(PAID, may_connect=False)
    for _ in range(3):
        assert outcomes(inviting, EVE) == ["prepared"]
    assert audit(inviting).count(f"Olaf Nord {EVE} members prepared") == 1


def test_a_form_that_is_loaded_again_sends_and_audits_nothing_again(inviting: SlackInviting) -> None:
    browser = inviting.browser.browser
    form = browser.open("/slack/invite").form("/slack/invite")
    for _ in range(3):
        page = browser.send(form, "Send", emails=f"{EVE}, {FINN}")
        assert visible(page.html).count("Invited") == 2
    assert [email for email, _ in inviting.admin.sent] == [EVE, FINN]
    assert audit(inviting).count(EVE) == 1


@pytest.mark.requirement("A06")
def test_the_same_key_gets_the_same_answer_and_sends_nothing_twice(inviting: SlackInviting) -> None:
    body = {"emails": [EVE, "user_disabled@nord.example"], "kind": "members", "channel_ids": []}
    first, repeated = (inviting.olaf.post("/slack/invitations", body, Idempotency_Key="k1") for _ in range(2))
    assert first.json == repeated.json
    assert len(inviting.admin.sent) == 2


@pytest.mark.requirement("A36")
@pytest.mark.parametrize(("at", "invited"), [(FINN, [EVE]), (f"{FINN}!", [EVE, FINN])])
def test_a_request_that_is_cut_off_loses_nobody_and_is_in_the_audit_log(
    inviting: SlackInviting, at: str, invited: list[str]
) -> None:
    inviting.admin.breaks_at = at
    with pytest.raises(Killed):
        inviting.invites(EVE, FINN, ANN)
    assert [email for email, _ in inviting.admin.sent] == invited
    for email in (EVE, FINN, ANN):
        assert f"Olaf Nord {email} members being sent" in audit(inviting)
    inviting.admin.breaks_at = ""
    results = inviting.invites(EVE, FINN, ANN).json["results"]
    assert [result.get("code") for result in results] == ["sent_before", "in_progress", "in_progress"]
    assert [email for email, _ in inviting.admin.sent] == invited
    inviting.scene.world.pass_time(minutes=1)
    assert outcomes(inviting, EVE, FINN, ANN) == ["sent", "sent", "sent"]
    assert [email for email, _ in inviting.admin.sent] == [*invited, FINN, ANN]


@pytest.mark.requirement("A39")
def test_a_slack_that_asks_to_wait_is_not_asked_on_and_loses_no_address(inviting: SlackInviting) -> None:
    inviting.admin.limited_after = 2
    five = [f"p{number}@nord.example" for number in range(5)]
    results = inviting.invites(*five).json["results"]
    assert [result["email"] for result in results] == five
    assert [result["outcome"] for result in results] == ["sent"] * 2 + ["refused"] * 3
    assert [result.get("retry_after") for result in results] == [None, None, 30, 30, 30]
    assert all("30 seconds" in result["message"] for result in results[2:])
    browser = inviting.browser.browser
    page = browser.send(browser.open("/slack/invite").form("/slack/invite"), "Send", emails=" ".join(five))
    assert dict(page.form("/slack/invite").fields)["emails"].split() == five[2:]
    inviting.admin.limited_after = 1_000
    page = browser.send(page.form("/slack/invite"), "Send")
    assert sorted(email for email, _ in inviting.admin.sent) == five


def test_an_authorization_that_ends_on_the_way_is_not_tried_on(inviting: SlackInviting) -> None:
    inviting.admin.revoked = True
    results = inviting.invites(EVE, FINN).json["results"]
    assert [result["code"] for result in results] == ["token_revoked", "not_yet"]
    assert [email for email, _ in inviting.admin.sent] == [EVE]
    assert inviting.token == ""


def test_a_role_that_changes_between_page_and_sending_is_told(inviting: SlackInviting) -> None:
    browser = inviting.browser.browser
    form = browser.open("/slack/invite").form("/slack/invite")
    guests = {"emails": EVE, "kind": "guests", "channel_ids": "C2"}
    inviting.admin.slack_workspace = replace(GRID, role=SlackRole.MEMBER)
    page = browser.post("/slack/invite", list(guests.items()))
    assert (page.status, inviting.admin.sent) == (422, [])
    assert "Only owners and admins of paid workspaces can invite guests." in visible(page.html)
    assert dict(page.form("/slack/invite").fields)["emails"] == EVE
    page = browser.send(form, "Send", emails=EVE)
    assert "Now in Slack" in page.html
    inviting.admin.slack_workspace = replace(GRID, role=SlackRole.GUEST)
    assert "Ask a member" in visible(browser.send(form, "Send", emails=EVE).html)
    assert inviting.admin.sent == []


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("path", ["/slack/invite", "/slack/connect", "/oauth/slack/connect", "/oauth/slack/admin"])
def test_who_has_no_slack_finds_nothing_to_do_there(inviting: SlackInviting, path: str) -> None:
    other = OAuthBrowser(inviting.browser.providers)
    other.browser.cookies["session"] = inviting.scene.owner.token
    assert other.get(path).status == 409
    answer = inviting.scene.owner.post(
        "/slack/invitations", {"emails": [EVE], "kind": "connect", "channel_ids": ["C2"]}
    )
    assert (answer.status, inviting.admin.sent, inviting.admin.shared) == (409, [], [])


@pytest.mark.requirement("A20")
def test_somebody_of_another_team_has_neither_the_token_nor_the_installation(inviting: SlackInviting) -> None:
    other = OAuthBrowser(inviting.browser.providers)
    inviting.browser.providers.fakes["slack"].says = replace(SLACK, identity=Identity(Provider.SLACK, "T2", "U1"))
    stranger = other.comes_in("slack")
    answer = stranger.post("/slack/invitations", {"emails": [EVE], "kind": "members", "channel_ids": []}).json
    assert (answer["mode"], inviting.admin.sent) == ("guide", [])
    body = {"emails": [EVE], "kind": "connect", "channel_ids": ["C2"]}
    assert stranger.post("/slack/invitations", body).status == 422
    assert "Invite people to Nord" in other.get("/slack/invite").text
    assert stranger.get("/slack/workspace").json["team"]["id"] == "T2"


HOSTILE = [
    "<script>alert(1)</script>@nord.example",
    '"><img src=x onerror=alert(1)>',
    "a@nord.example\r\nBcc: b@nord.example",
    "a@nord.example\u202e",
    "x" * 400 + "@nord.example",
    "{{7*7}}",
]


@pytest.mark.requirement("A33")
@pytest.mark.parametrize("email", HOSTILE)
def test_hostile_addresses_are_told_as_text_and_sent_to_nobody(inviting: SlackInviting, email: str) -> None:
    browser = inviting.browser.browser
    page = browser.send(browser.open("/slack/invite").form("/slack/invite"), "Send", emails=email)
    assert page.status in (200, 422)
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert ">49<" not in page.html
    assert all(sent in ("a@nord.example", "b@nord.example") for sent, _ in inviting.admin.sent)
    assert "<script>alert" not in audit(inviting)


def test_a_hostile_message_is_text(inviting: SlackInviting) -> None:
    inviting.admin.slack_workspace = PAID
    browser = inviting.browser.browser
    form = browser.open("/slack/invite").form("/slack/invite")
    page = browser.send(form, "Get the list", emails=EVE, message="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in page.html


def test_the_way_there_is_found_in_the_chat_and_in_the_settings(inviting: SlackInviting) -> None:
    for path in (f"{inviting.scene.base}?people=1", "/settings"):
        page = visible(inviting.browser.get(path).text)
        assert "Invite people to Nord" in page, path
        assert 'href="/slack/invite"' in inviting.browser.get(path).text
    owner = OAuthBrowser(inviting.browser.providers)
    owner.browser.cookies["session"] = inviting.scene.owner.token
    assert "/slack/invite" not in owner.get(f"{inviting.scene.base}?people=1").text
    for path in ("/settings", "/chats"):
        assert f'href="/overview?workspace={inviting.scene.workspace}"' in owner.get(path).text
    member = OAuthBrowser(inviting.browser.providers)
    member.browser.cookies["session"] = inviting.scene.member.token
    for path in ("/settings", "/chats"):
        assert "/overview" not in member.get(path).text
