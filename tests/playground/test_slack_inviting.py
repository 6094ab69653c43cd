"""Our own calls for inviting people, through slack-sdk, against the played Slack, which holds them against the reference."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.ports import INSTALL
from chalicelib.providers.slack.colleagues.admin_api import SlackAdmin
from chalicelib.providers.slack.colleagues.answers import of_error
from chalicelib.providers.slack.colleagues.rules import (
    Channel,
    ColleagueOutcome,
    InviteKind,
    SlackRole,
    SlackWorkspace,
    Wanted,
)
from chalicelib.providers.slack.installation import BOT_SCOPES, CONNECT, CONNECT_SCOPE, SlackInstall
from chalicelib.providers.slack.settings import Slack
from local.slack.invitations import INVITE_ERRORS, SHARED_ERRORS
from local.slack.reference import COMMON_ERRORS
from tests.support.fake_providers import DANA, GITA, GUS, OLIVIA, FakeProviders

ANN = "ann@partner.example"
MEMBERS = Wanted(emails=(ANN,), kind=InviteKind.MEMBERS, channel_ids=("CGRIDGENERAL",))


@dataclass
class Inviting:
    remote: FakeProviders
    slack: Slack

    @property
    def admin(self) -> SlackAdmin:
        return SlackAdmin(self.slack, self.remote.redirect_uri())

    def installed(self, user: str = DANA, *, connect: bool = False) -> Installation:
        """Our app in the person's workspace, by our own way there."""
        team = f"T0{user[1:5]}"
        install = SlackInstall(self.slack, self.remote.redirect_uri())
        back = self.remote.decide(install.begin("s", team, CONNECT if connect else INSTALL), user)
        return install.finish(back["code"], team)

    def seen(self, user: str, installed: Installation) -> SlackWorkspace:
        return self.admin.workspace(Identity(Provider.SLACK, installed.team_id, user), installed)

    def admins_token(self) -> str:
        return str(self.remote.install(GITA, scopes="", user_scope="admin.users:write")["authed_user"]["access_token"])

    def invites(self, email: str = ANN) -> tuple[str, str]:
        result = self.admin.invite(self.admins_token(), "T0GRID", email, MEMBERS)
        return result.outcome, result.code


@pytest.fixture
def inviting(fakes: FakeProviders) -> Inviting:
    settings = fakes.settings
    return Inviting(
        fakes,
        Slack(
            client_id=settings["SLACK_CLIENT_ID"],
            client_secret=settings["SLACK_CLIENT_SECRET"],
            signing_secret=settings["SLACK_SIGNING_SECRET"],
            base_url=fakes.slack,
        ),
    )


@pytest.mark.parametrize("code", sorted(INVITE_ERRORS | COMMON_ERRORS))
def test_each_error_of_an_invitation_becomes_its_sentence(inviting: Inviting, code: str) -> None:
    email = f"{code}@partner.example"
    assert inviting.admin.invite(inviting.admins_token(), "T0GRID", email, MEMBERS) == of_error(email, code)


@pytest.mark.parametrize("code", sorted(SHARED_ERRORS | COMMON_ERRORS))
def test_each_error_of_slack_connect_becomes_its_sentence(inviting: Inviting, code: str) -> None:
    installed = inviting.installed(connect=True)
    inviting.remote.post("/slack/channels/CACMEPROJECT/app", member=True)
    email = f"{code}@partner.example"
    assert inviting.admin.share(installed, email, "CACMEPROJECT") == of_error(email, code)


def test_guests_come_with_their_channels_and_their_end(inviting: Inviting) -> None:
    token, existing = inviting.admins_token(), ("CGRIDRANDOM", "CGRIDPROJECT")
    guests = replace(
        MEMBERS, kind=InviteKind.GUESTS, channel_ids=existing, expires_on=date(2099, 12, 31), message="Welcome"
    )
    assert inviting.admin.invite(token, "T0GRID", ANN, guests).outcome is ColleagueOutcome.SENT
    alone = replace(guests, channel_ids=existing[:1])
    assert inviting.admin.invite(token, "T0GRID", "bo@partner.example", alone).outcome is ColleagueOutcome.SENT
    many, item = inviting.remote.get("/slack/invites.json")["items"]
    assert (many["kind"], many["channels"], many["message"]) == ("multi-channel guest", list(existing), "Welcome")
    assert (item["kind"], item["channels"], item["expires"]) == (
        "single-channel guest",
        ["CGRIDRANDOM"],
        many["expires"],
    )


def test_slack_connect_sends_one_address_for_one_channel(inviting: Inviting) -> None:
    installed = inviting.installed(connect=True)
    assert inviting.admin.share(installed, ANN, "CACMEPROJECT").code == "not_in_channel"
    inviting.remote.post("/slack/channels/CACMEPROJECT/app", member=True)
    assert inviting.admin.share(installed, ANN, "CACMEPROJECT").outcome is ColleagueOutcome.SENT
    (existing,) = inviting.remote.get("/slack/invites.json")["shared"]
    assert (existing["email"], existing["channel"], existing["external_limited"]) == (ANN, "CACMEPROJECT", True)
    assert inviting.admin.share(installed, ANN, "CACMEPROJECT").code == "connection_limit_exceeded_pending"


@pytest.mark.requirement("A22")
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("500", "no_answer"),
        ("503", "no_answer"),
        ("garbage", "no_answer"),
        ("fatal_error", "fatal_error"),
        ("internal_error", "internal_error"),
        ("a_new_one", "a_new_one"),
    ],
)
def test_a_slack_with_a_fault_refuses_with_a_sentence(inviting: Inviting, fault: str, code: str) -> None:
    inviting.remote.post("/slack/faults", answer=fault, path="admin.users.invite", times=1)
    assert inviting.invites() == ("refused", code)
    assert inviting.invites() == ("sent", "")


def test_a_slack_that_asks_to_wait_says_how_long(inviting: Inviting) -> None:
    inviting.remote.post("/slack/faults", answer="429", path="admin.users.invite", times=1, seconds=17)
    result = inviting.admin.invite(inviting.admins_token(), "T0GRID", ANN, MEMBERS)
    assert (result.code, result.wait, "17 seconds" in result.message) == ("ratelimited", 17, True)


def test_the_workspace_is_read_live(inviting: Inviting) -> None:
    installed = inviting.installed()
    assert installed.scopes.split(",") == list(BOT_SCOPES)
    before = inviting.seen(DANA, installed)
    assert (before.plan, before.role, before.may_connect) == ("plus", SlackRole.MEMBER, False)
    assert before.domains == ("acme.example",)
    inviting.installed(connect=True)
    inviting.remote.post("/slack/people/UACMEDANA", is_admin=True)
    now = inviting.seen(DANA, installed)
    assert (now.role, now.may_connect, now.shareable) == (SlackRole.ADMIN, True, ())


def test_shared_are_channels_of_both_the_person_and_the_app(inviting: Inviting) -> None:
    installed = inviting.installed(connect=True)
    for channel in ("CACMEGENERAL", "CACMEPROJECT", "CACMELEADERS"):
        inviting.remote.post(f"/slack/channels/{channel}/app", member=True)
    assert inviting.seen(DANA, installed).shareable == (Channel("CACMEPROJECT", "project-north"),)
    assert inviting.seen(OLIVIA, installed).shareable == (Channel("CACMEPROJECT", "project-north"),)
    guest = inviting.seen(GUS, installed)
    assert (guest.role, guest.connects, guest.shareable) == (SlackRole.GUEST, False, ())


def test_a_scope_that_was_taken_away_is_seen(inviting: Inviting) -> None:
    installed = inviting.installed(connect=True)
    assert CONNECT_SCOPE in installed.scopes.split(",")
    inviting.remote.post("/slack/workspaces/T0ACME/uninstall")
    again = inviting.installed()
    stale = replace(again, scopes=installed.scopes)
    assert inviting.seen(DANA, stale).may_connect is False
    assert inviting.admin.share(stale, ANN, "CACMEPROJECT").code == "missing_scope"


@pytest.mark.parametrize("user", ["UTINYTOM", "UTINYTESS"])
def test_a_free_workspace_has_no_slack_connect(inviting: Inviting, user: str) -> None:
    installed = inviting.installed(user, connect=True)
    seen = inviting.seen(user, installed)
    assert (seen.plan, seen.connects, seen.may_connect) == ("free", False, False)
    inviting.remote.post("/slack/channels/CTINYPROJECT/app", member=True)
    assert inviting.admin.share(installed, ANN, "CTINYPROJECT").code == "not_paid"
