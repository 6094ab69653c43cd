"""Inviting into one's own Slack workspace: each typed address has an answer, nothing is sent twice, and it is noted."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.providers import Provider
from chalicelib.providers.slack.colleagues.rules import InviteKind, SlackRole
from local.slack.invitations import INVITE_ERRORS
from tests.support.form_browser import Browser, Form, visible
from tests.support.provider_calls import receive_slack
from tests.support.sample_chat import Scene
from tests.support.scripted_providers import OAuthBrowser
from tests.support.slack_colleagues import GRID, SlackInviting, slack_inviting_of


@pytest.fixture
def inviting(scene: Scene) -> SlackInviting:
    return slack_inviting_of(scene)


def test_every_typed_address_comes_back_with_an_answer(inviting: SlackInviting) -> None:
    inviting.connect()
    typed = [f"{code}@nord.example" for code in sorted(INVITE_ERRORS)] + [
        "eve@nord.example",
        "no-address",
        "Finn@Nord.example",
    ]
    results = inviting.invites(*typed).json["results"]
    assert [result["email"].lower() for result in results] == [item.lower() for item in typed]
    assert all(result["outcome"] == "sent" or result["message"] for result in results)
    assert {result["email"].lower() for result in results if result["outcome"] == "sent"} == {
        "eve@nord.example",
        "finn@nord.example",
    }
    assert len(inviting.admin.sent) == len(typed) - 1


def test_nothing_is_sent_twice_but_what_was_refused_may_be_tried_again(inviting: SlackInviting) -> None:
    inviting.connect()
    for _ in range(3):
        answer = inviting.invites("eve@nord.example", "eve@nord.example", "failed_to_send_invite@nord.example")
        assert [result["outcome"] for result in answer.json["results"]] == ["sent", "refused"]
    assert [email for email, _ in inviting.admin.sent].count("eve@nord.example") == 1
    assert len(inviting.admin.sent) == 4


def test_members_get_the_default_channel_and_guests_the_chosen_ones(inviting: SlackInviting) -> None:
    inviting.connect()
    assert inviting.invites("eve@nord.example").status == 200
    more = {"kind": "guests", "channel_ids": ["C2"], "expires_on": "2026-12-24", "message": "Welcome"}
    assert inviting.invites("gus@nord.example", **more).status == 200
    (_, members), (_, guests) = inviting.admin.sent
    assert (members.kind, members.channel_ids) == (InviteKind.MEMBERS, ("C1",))
    assert (guests.kind, guests.channel_ids, guests.expires_on) == (InviteKind.GUESTS, ("C2",), date(2026, 12, 24))


def test_without_the_organisations_word_nothing_is_sent(inviting: SlackInviting) -> None:
    answer = inviting.invites("eve@nord.example")
    assert (answer.status, answer.code, inviting.admin.sent) == (403, "authorization_needed", [])
    page = inviting.browser.browser.open("/slack/invite")
    page = inviting.browser.browser.send(page.form("/slack/invite"), "Send", emails="eve@nord.example", message="Hello")
    assert page.status == 422
    assert "eve@nord.example" in page.html


@pytest.mark.requirement("A19")
def test_the_authorization_is_of_the_very_person_who_asked(inviting: SlackInviting) -> None:
    inviting.admin.user = "U2"
    assert inviting.connect() == "/slack/invite?notice=team&by=slack"
    assert inviting.token == ""
    inviting.admin.user = "U1"
    assert inviting.connect() == "/slack/invite?notice=authorized&by=slack"


@pytest.mark.requirement("A08")
def test_an_authorization_that_was_taken_back_is_asked_for_again(inviting: SlackInviting) -> None:
    inviting.connect()
    inviting.admin.revoked = True
    assert "Connect again." in inviting.invites("eve@nord.example").json["results"][0]["message"]
    assert inviting.token == ""
    assert "/oauth/slack/admin" in inviting.browser.get("/slack/invite").text
    inviting.admin.revoked = False
    inviting.connect()
    assert inviting.invites("eve@nord.example").json["results"][0]["outcome"] == "sent"


@pytest.mark.requirement("A08")
@pytest.mark.parametrize(
    ("tokens", "kept"), [({"oauth": ["U1"]}, False), ({"oauth": ["U2"]}, True), ({"oauth": [5, {}]}, True)]
)
def test_slack_tells_who_took_it_back(inviting: SlackInviting, tokens: dict[str, Any], kept: bool) -> None:
    inviting.connect()
    receive_slack(inviting.scene.world.ports, {"team_id": "T1", "event": {"type": "tokens_revoked", "tokens": tokens}})
    assert bool(inviting.token) == kept
    assert inviting.scene.world.ports.identities.installation(Provider.SLACK, "T1")


@pytest.mark.parametrize("changed", [{"role": SlackRole.MEMBER}, {"plan": "plus"}, {"plan": "free"}])
def test_rights_are_looked_up_at_each_try(inviting: SlackInviting, changed: dict[str, Any]) -> None:
    inviting.connect()
    inviting.admin.slack_workspace = replace(GRID, **changed)
    answer = inviting.invites("eve@nord.example").json
    assert (answer["mode"], answer["results"][0]["outcome"], inviting.admin.sent) == ("guide", "prepared", [])
    assert len(answer["steps"]) == 5


@pytest.mark.requirement("A22")
def test_a_slack_that_does_not_answer_leaves_the_guide(inviting: SlackInviting) -> None:
    inviting.connect()
    inviting.admin.broken = True
    answer = inviting.invites("eve@nord.example")
    assert (answer.status, answer.json["mode"], answer.json["results"][0]["email"]) == (
        200,
        "guide",
        "eve@nord.example",
    )


@pytest.mark.parametrize("wrong", [{"expires_on": "soon"}, {"message": "m" * 600}])
def test_a_form_that_is_refused_keeps_what_was_typed(inviting: SlackInviting, wrong: dict[str, str]) -> None:
    page = inviting.browser.browser.open("/slack/invite")
    typed = {"emails": "eve@nord.example, finn@nord.example", **wrong}
    page = inviting.browser.browser.send(page.form("/slack/invite"), "Send", **typed)
    assert page.status == 422
    assert "eve@nord.example, finn@nord.example" in visible(page.html)


def test_the_workspaces_owner_sees_who_invited_whom_as_what(inviting: SlackInviting) -> None:
    inviting.connect()
    inviting.invites("eve@nord.example")
    inviting.invites("user_disabled@nord.example", kind="guests", channel_ids=["C2"])
    owner = OAuthBrowser(inviting.browser.providers)
    owner.browser.cookies["session"] = inviting.scene.owner.token
    shown = visible(owner.get("/overview").text)
    assert re.search(r"Olaf Nord eve@nord\.example members sent", shown)
    assert re.search(r"Olaf Nord user_disabled@nord\.example guests refused", shown)


WORDS = {
    "de": ("Leute in Nord einladen", "Das ist keine E-Mail-Adresse", "wurde widerrufen", "Mitglieder gesendet"),
    "es": ("Invitar a personas a Nord", "Esto no es una dirección de correo", "Se ha revocado", "miembros enviada"),
    "fr": ("Inviter des personnes dans Nord", "Ce n’est pas une adresse e-mail", "a été révoquée", "membres envoyée"),
}


@pytest.mark.parametrize("locale", WORDS)
def test_the_pages_speak_the_readers_language(inviting: SlackInviting, locale: str) -> None:
    """They, Slack's refusals, the steps in Slack and the overview were in English for everybody."""
    step, no_address, revoked, audited = WORDS[locale]
    browser = inviting.browser.browser
    inviting.connect()
    inviting.invites("eve@nord.example")
    owner = OAuthBrowser(inviting.browser.providers)
    owner.browser.cookies |= {"session": inviting.scene.owner.token, "lang": locale}
    assert f"eve@nord.example {audited}" in visible(owner.get("/overview").text)
    browser.cookies["lang"] = locale
    inviting.admin.revoked = True
    page = browser.send(browser.open("/slack/invite").form("/slack/invite"), emails="no-address, finn@nord.example")
    assert no_address in visible(page.html)
    assert revoked in visible(page.html)
    inviting.admin.slack_workspace = replace(GRID, plan="plus")
    page = browser.send(browser.open("/slack/invite").form("/slack/invite"), emails="gwen@nord.example")
    assert step in visible(page.html)
    assert f'lang="{locale}"' in page.html


def test_the_script_is_told_of_the_first_address_and_what_is_left(inviting: SlackInviting) -> None:
    """The server alone reads the list: the script read it by a rule of its own, which took `"Doe, Jane" <…>` apart."""
    inviting.connect()
    browser = inviting.browser.browser
    form = _asking_for_the_next(browser)
    left = ['"Doe, Jane" <jane@nord.example>、\u200bfinn@nord.example；no-address, FINN@nord.example']
    told = []
    for _ in range(4):
        page = browser.send(form, emails="\n".join(left))
        told.append(visible(page.html.partition("</ul>")[0]))
        left = re.findall(r"<p>([^<]+)</p>", page.html.partition("</ul>")[2])
    assert told == [
        "jane@nord.example Invited",
        "finn@nord.example Invited",
        "no-address Not invited : This isn't an e-mail address. Check it for typos.",
        "finn@nord.example Invited : This address was invited less than a day ago. You can resend the invitation in Slack.",
    ]
    assert [email for email, _ in inviting.admin.sent] == ["jane@nord.example", "finn@nord.example"]


def test_the_script_is_told_how_long_to_wait_and_where_the_form_itself_must_go_on(inviting: SlackInviting) -> None:
    inviting.connect()
    browser = inviting.browser.browser
    form = _asking_for_the_next(browser)
    inviting.admin.limited_after = 0
    assert 'data-pause="30"' in browser.send(form, emails="eve@nord.example").html
    inviting.admin.slack_workspace = replace(GRID, plan="plus")
    assert "<li" not in browser.send(form, emails="eve@nord.example").html
    assert browser.send(form, emails="eve@nord.example", message="m" * 600).status == 422


def _asking_for_the_next(browser: Browser) -> Form:
    """The form as `slack_inviter.js` sends it."""
    form = browser.open("/slack/invite").form("/slack/invite")
    form.fields.append(("do", "next"))
    return form


def test_a_person_in_two_spellings_is_one(inviting: SlackInviting) -> None:
    inviting.connect()
    results = inviting.invites("Eve@Nord.example", "eve@nord.example", "\u200beve@nord.example").json["results"]
    assert [(item["email"], item["outcome"]) for item in results] == [("eve@nord.example", "sent")]
