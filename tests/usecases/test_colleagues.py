"""Inviting into one's own Slack workspace: each typed address has an answer, nothing is sent twice, and it is noted."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.colleagues import Kind, SlackRole
from chalicelib.usecases import outside
from local.slack.invitations import INVITE_ERRORS
from tests.scenes import Scene
from tests.usecases.office import GRID, Office, office_of
from tests.usecases.providers import Window
from tests.web.browser import visible


@pytest.fixture
def office(scene: Scene) -> Office:
    return office_of(scene)


def test_every_typed_address_comes_back_with_an_answer(office: Office) -> None:
    office.connect()
    typed = [f"{code}@nord.example" for code in sorted(INVITE_ERRORS)] + [
        "eve@nord.example",
        "no-address",
        "Finn@Nord.example",
    ]
    results = office.invites(*typed).json["results"]
    assert [one["email"].lower() for one in results] == [one.lower() for one in typed]
    assert all(one["outcome"] == "sent" or one["message"] for one in results)
    assert {one["email"].lower() for one in results if one["outcome"] == "sent"} == {
        "eve@nord.example",
        "finn@nord.example",
    }
    assert len(office.admin.sent) == len(typed) - 1


def test_nothing_is_sent_twice_but_what_was_refused_may_be_tried_again(office: Office) -> None:
    office.connect()
    for _ in range(3):
        answer = office.invites("eve@nord.example", "eve@nord.example", "failed_to_send_invite@nord.example")
        assert [one["outcome"] for one in answer.json["results"]] == ["sent", "refused"]
    assert [email for email, _ in office.admin.sent].count("eve@nord.example") == 1
    assert len(office.admin.sent) == 4


def test_members_get_the_default_channel_and_guests_the_chosen_ones(office: Office) -> None:
    office.connect()
    assert office.invites("eve@nord.example").status == 200
    more = {"kind": "guests", "channel_ids": ["C2"], "expires_on": "2026-12-24", "message": "Welcome"}
    assert office.invites("gus@nord.example", **more).status == 200
    (_, members), (_, guests) = office.admin.sent
    assert (members.kind, members.channel_ids) == (Kind.MEMBERS, ("C1",))
    assert (guests.kind, guests.channel_ids, guests.expires_on) == (Kind.GUESTS, ("C2",), date(2026, 12, 24))


def test_without_the_organisations_word_nothing_is_sent(office: Office) -> None:
    answer = office.invites("eve@nord.example")
    assert (answer.status, answer.code, office.admin.sent) == (403, "authorization_needed", [])
    page = office.window.browser.open("/slack/invite")
    page = office.window.browser.send(page.form("/slack/invite"), "Send", emails="eve@nord.example", message="Hello")
    assert page.status == 422
    assert "eve@nord.example" in page.html


@pytest.mark.requirement("A19")
def test_the_authorization_is_of_the_very_person_who_asked(office: Office) -> None:
    office.admin.user = "U2"
    assert office.connect() == "/slack/invite?said=team&by=slack"
    assert office.token == ""
    office.admin.user = "U1"
    assert office.connect() == "/slack/invite?said=authorized&by=slack"


@pytest.mark.requirement("A08")
def test_an_authorization_that_was_taken_back_is_asked_for_again(office: Office) -> None:
    office.connect()
    office.admin.revoked = True
    assert "Authorize again." in office.invites("eve@nord.example").json["results"][0]["message"]
    assert office.token == ""
    assert "/oauth/slack/admin" in office.window.get("/slack/invite").text
    office.admin.revoked = False
    office.connect()
    assert office.invites("eve@nord.example").json["results"][0]["outcome"] == "sent"


@pytest.mark.requirement("A08")
@pytest.mark.parametrize(
    ("tokens", "kept"), [({"oauth": ["U1"]}, False), ({"oauth": ["U2"]}, True), ({"oauth": [5, {}]}, True)]
)
def test_slack_tells_who_took_it_back(office: Office, tokens: dict[str, Any], kept: bool) -> None:
    office.connect()
    outside.hear_slack(
        office.scene.world.ports, {"team_id": "T1", "event": {"type": "tokens_revoked", "tokens": tokens}}
    )
    assert bool(office.token) == kept
    assert office.scene.world.ports.identities.installation("T1")


@pytest.mark.parametrize("changed", [{"role": SlackRole.MEMBER}, {"plan": "plus"}, {"plan": "free"}])
def test_rights_are_looked_up_at_each_try(office: Office, changed: dict[str, Any]) -> None:
    office.connect()
    office.admin.found = replace(GRID, **changed)
    answer = office.invites("eve@nord.example").json
    assert (answer["mode"], answer["results"][0]["outcome"], office.admin.sent) == ("guide", "prepared", [])
    assert len(answer["steps"]) == 5


@pytest.mark.requirement("A22")
def test_a_slack_that_does_not_answer_leaves_the_guide(office: Office) -> None:
    office.connect()
    office.admin.broken = True
    answer = office.invites("eve@nord.example")
    assert (answer.status, answer.json["mode"], answer.json["results"][0]["email"]) == (
        200,
        "guide",
        "eve@nord.example",
    )


@pytest.mark.parametrize("wrong", [{"expires_on": "soon"}, {"message": "m" * 600}])
def test_a_form_that_is_refused_keeps_what_was_typed(office: Office, wrong: dict[str, str]) -> None:
    page = office.window.browser.open("/slack/invite")
    typed = {"emails": "eve@nord.example, finn@nord.example", **wrong}
    page = office.window.browser.send(page.form("/slack/invite"), "Send", **typed)
    assert page.status == 422
    assert "eve@nord.example, finn@nord.example" in visible(page.html)


def test_the_workspaces_owner_sees_who_invited_whom_as_what(office: Office) -> None:
    office.connect()
    office.invites("eve@nord.example")
    office.invites("user_disabled@nord.example", kind="guests", channel_ids=["C2"])
    owner = Window(office.window.town)
    owner.browser.cookies["session"] = office.scene.owner.token
    shown = visible(owner.get("/overview").text)
    assert re.search(r"Olaf Nord eve@nord\.example members sent", shown)
    assert re.search(r"Olaf Nord user_disabled@nord\.example guests refused", shown)
