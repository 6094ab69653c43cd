"""Our app in all workspaces of an Enterprise Grid organization at once: Slack names no team then, coming and going."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.ports import INSTALL, ProviderFailed
from chalicelib.providers.slack.installation import SlackInstall
from chalicelib.providers.slack.settings import Slack
from tests.support.app import World, built
from tests.support.fake_providers import DANA, GITA, FakeProviders, Json
from tests.support.provider_calls import receive_slack

pytestmark = pytest.mark.requirement("A25", "A26")
GRID, ORGANIZATION = "T0GRID", "E0GRID"


def slack_of(fakes: FakeProviders) -> Slack:
    settings = fakes.settings
    return Slack(settings["SLACK_CLIENT_ID"], settings["SLACK_CLIENT_SECRET"], "", fakes.slack)


def install_for_all(fakes: FakeProviders, user: str = GITA, team: str = GRID) -> Installation:
    install = SlackInstall(slack_of(fakes), fakes.redirect_uri())
    back = fakes.decide(install.begin("s", GRID, INSTALL), user, for_organization="1")
    return install.finish(back["code"], team)


@pytest.fixture
def world() -> Iterator[World]:
    with built() as world:
        yield world


def test_an_installation_for_all_is_one_for_the_person_s_own_team(fakes: FakeProviders) -> None:
    installation = install_for_all(fakes)
    assert (installation.team_id, installation.team_name, installation.enterprise_id) == (
        GRID,
        "Grid Corp",
        ORGANIZATION,
    )
    assert installation.is_of_organization
    assert fakes.client(installation.bot_token).conversations_open(users=GITA)["ok"]


def test_a_team_of_another_organization_is_refused(fakes: FakeProviders) -> None:
    with pytest.raises(ProviderFailed):
        install_for_all(fakes, team="T0ACME")


def test_who_is_in_no_organization_installs_it_for_their_workspace(fakes: FakeProviders) -> None:
    assert (
        not SlackInstall(slack_of(fakes), fakes.redirect_uri())
        .finish(
            fakes.decide(fakes.slack_address("oauth/v2", scope="chat:write,team:read", state="s"), DANA)["code"],
            "T0ACME",
        )
        .is_of_organization
    )


@pytest.mark.parametrize("how", ["uninstall", "revoke"])
def test_taken_out_of_the_organization_it_is_gone_from_every_team(fakes: FakeProviders, how: str) -> None:
    """What Slack says then names the organization alone."""
    installation = install_for_all(fakes)
    fakes.app.requests.clear()
    fakes.post(f"/slack/workspaces/{GRID}/{how}")
    fakes.quiet()
    told = [json.loads(request.body) for request in fakes.app.requests]
    assert {(item["team_id"], item["enterprise_id"]) for item in told} == {(None, ORGANIZATION)}
    with built() as world:
        assert _standing(world, installation, told) == ["T0ACME"]


def _standing(world: World, installation: Installation, told: list[Json]) -> list[str]:
    """Where it is still installed of three teams, the last of which isn't in the organization."""
    identities = world.ports.identities
    other = replace(installation, team_id="T0GRID2")
    alone = replace(installation, team_id="T0ACME", is_of_organization=False)
    for item in (installation, other, alone):
        identities.install(Provider.SLACK, item)
    for envelope in told:
        receive_slack(world.ports, envelope)
    return [team for team in (GRID, "T0GRID2", "T0ACME") if identities.installation(Provider.SLACK, team)]


def test_an_admin_takes_it_from_one_team_of_several(world: World) -> None:
    identities = world.ports.identities
    base = Installation(
        team_id="T1",
        team_name="x",
        bot_token="xoxb",
        bot_user_id="U",
        app_id="A",
        scopes="",
        enterprise_id="E1",
        is_of_organization=True,
    )
    for team in ("T1", "T2"):
        identities.install(Provider.SLACK, replace(base, team_id=team))
    event = {"type": "team_access_revoked", "team_ids": ["T2", 7]}
    receive_slack(world.ports, {"type": "event_callback", "team_id": None, "enterprise_id": "E1", "event": event})
    assert identities.installation(Provider.SLACK, "T1")
    assert identities.installation(Provider.SLACK, "T2") is None


def test_what_somebody_took_back_for_themselves_ends_in_their_team(world: World) -> None:
    identities, person = world.ports.identities, Identity(Provider.SLACK, "T1", "U1")
    identities.open_conversation(person, "", "D1", "U1")
    identities.keep_user_token(person, "xoxp", world.now())
    identities.install(
        Provider.SLACK,
        Installation(
            team_id="T1",
            team_name="x",
            bot_token="xoxb",
            bot_user_id="U",
            app_id="A",
            scopes="",
            enterprise_id="E1",
            is_of_organization=True,
        ),
    )
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}
    receive_slack(world.ports, {"type": "event_callback", "enterprise_id": "E1", "event": event})
    assert identities.user_token(person) == ""
    assert identities.installation(Provider.SLACK, "T1")
