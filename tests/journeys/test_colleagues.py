"""Inviting people to one's own Slack: on Enterprise Grid, in a paid workspace, in a free one; and what Slack has of it then."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import provider_pages
from tests.support.browsers import DESKTOP, PRO, SIZES, Windows, allow, sideways
from tests.support.system import System
from tests.support.working_day import Json, Person, link_in, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
STEPS, END = 5, "2099-12-31"


@dataclass(frozen=True)
class Inviter:
    person: str
    email: str
    name: str
    team: str


GITA = Inviter(provider_pages.GITA, "gita@gridcorp.example", "Gita Rao", "Grid Corp")
DANA = Inviter(provider_pages.DANA, "dana@acme.example", "Dana Smith", "Acme")
TESS = Inviter(provider_pages.TESS, "tess@tiny.example", "Tess Orr", "Tiny")


@pytest.mark.parametrize("size", SIZES)
def test_an_admin_of_enterprise_grid_invites_members_and_guests(windows: Windows, size: str) -> None:
    page = _at_invite(windows, GITA, size)
    _authorize(page)
    expect(page.get_by_role("link", name="Connect", exact=True)).to_have_count(0)
    members = tuple(f"{name}-{size}@new.example" for name in ("eve", "finn", "gwen"))
    page.get_by_label("E-mail addresses").fill(f"Eve <{members[0]}>, {members[1]}\n{members[2]} {members[0]}")
    page.get_by_label("Invite as").select_option("members")
    page.get_by_label("# random").check()
    page.get_by_label("Message").fill("Come and build with us.")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    _results(page, "Sent", members, "Invited")
    page.get_by_role("link", name="Done").click()
    page.goto("/slack/invite")
    guests = (f"gus-{size}@new.example",)
    page.get_by_label("E-mail addresses").fill(guests[0])
    page.get_by_label("Invite as").select_option("guests")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Choose at least one channel")).to_be_visible()
    windows.forgive("status of 422")
    page.get_by_label("# random").check()
    page.get_by_label("# project-north").check()
    page.get_by_label("Guests: access until").fill(END)
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", guests, "Invited")
    expect(page.get_by_text("Choose at least one channel")).to_have_count(0)
    existing = [_invited(windows, item) for item in (*members, *guests)]
    assert [item["kind"] for item in existing] == ["member"] * 3 + ["multi-channel guest"]
    assert [item["channels"] for item in existing] == [["CGRIDGENERAL", "CGRIDRANDOM"]] * 3 + [
        ["CGRIDRANDOM", "CGRIDPROJECT"]
    ]
    assert existing[0]["message"] == "Come and build with us."
    assert existing[3]["expires"] == datetime.fromisoformat(END).replace(tzinfo=UTC).timestamp()
    _audited(windows, "Gita Rao", {**dict.fromkeys(members, "members sent"), guests[0]: "guests sent"})


@pytest.mark.parametrize("size", SIZES)
def test_a_refused_address_says_why_and_stands_in_the_field_again(windows: Windows, size: str) -> None:
    page = _at_invite(windows, GITA, size)
    _authorize(page)
    typed = (f"user_disabled@{size}.example", f"fine@{size}.example", "no-address")
    page.get_by_label("E-mail addresses").fill("\n".join(typed))
    page.get_by_role("button", name="Send", exact=True).click()
    people = page.get_by_role("region", name="Sent").get_by_role("listitem")
    expect(people).to_have_count(3)
    expect(people.nth(0)).to_contain_text("This person's account is deactivated.")
    expect(people.nth(1)).to_contain_text("Invited")
    expect(people.nth(2)).to_contain_text("no-address")
    expect(page.get_by_label("E-mail addresses")).to_have_value(f"{typed[0]}\n{typed[2]}")
    assert sideways(page) == 0


def test_a_slack_that_asks_to_wait_is_waited_for(windows: Windows) -> None:
    page = _at_invite(windows, GITA, "desktop")
    _authorize(page)
    five = tuple(f"five-{number}@wait.example" for number in range(5))
    fault = {"answer": "429", "path": "admin.users.invite", "times": 2, "seconds": 1}
    provider_pages.play(windows.system, "/slack/faults", fault)
    page.get_by_label("E-mail addresses").fill(" ".join(five))
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", five, "Invited")
    for email in five:
        assert _invited(windows, email)


@pytest.mark.requirement("A36")
def test_an_answer_that_is_lost_on_its_way_neither_loses_nor_doubles(windows: Windows) -> None:
    page = _at_invite(windows, GITA, "desktop")
    _authorize(page)
    three = tuple(f"lost-{number}@new.example" for number in range(3))
    lost: list[int] = []

    def lose(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/slack/invite", lose)
    page.locator("html.scripted").wait_for(state="attached")
    page.get_by_label("E-mail addresses").fill(" ".join(three))
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", three, "Invited")
    windows.forgive("ERR_FAILED")
    assert lost == [200, 200]
    for email in three:
        assert _invited(windows, email)
    _audited(windows, "Gita Rao", dict.fromkeys(three, "members sent"))


def test_who_is_no_admin_any_more_when_sending_gets_it_prepared(windows: Windows) -> None:
    page = _at_invite(windows, GITA, "desktop")
    _authorize(page)
    page.get_by_label("E-mail addresses").fill("late-1@new.example late-2@new.example")
    provider_pages.play(windows.system, f"/slack/people/{GITA.person}", {"is_admin": False})
    page.get_by_role("button", name="Send", exact=True).click()
    steps = page.get_by_role("region", name="Now in Slack")
    expect(steps.get_by_label("Addresses to copy")).to_have_value("late-1@new.example, late-2@new.example")
    provider_pages.play(windows.system, f"/slack/people/{GITA.person}", {"is_admin": True})
    items = windows.system.call("GET", "/slack/invites.json")["items"]
    assert not [item for item in items if item["email"].startswith("late-")]


def test_without_a_script_nothing_is_sent_twice_by_a_double_click_or_a_reload(windows: Windows) -> None:
    page = _at_invite(windows, GITA, "desktop", script=False)
    _authorize(page)
    emails = ("plain-1@new.example", "plain-2@new.example")
    page.get_by_label("E-mail addresses").fill(" ".join(emails))
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("region", name="Sent")).to_be_visible()
    for _ in range(2):
        page.reload()
        expect(page.get_by_role("region", name="Sent")).to_be_visible()
    for email in emails:
        assert _invited(windows, email)
    _audited(windows, "Gita Rao", dict.fromkeys(emails, "members sent"))


@pytest.mark.parametrize("size", SIZES)
def test_a_member_of_a_paid_workspace_has_all_prepared_and_slack_connect(windows: Windows, size: str) -> None:
    page = _at_invite(windows, DANA, size)
    expect(page.get_by_label("Invite as")).to_have_count(0)
    expect(page.get_by_text("They’ll join as members. Only owners and admins can invite guests.")).to_be_visible()
    mine, other = f"eve-{size}@acme.example", f"ann-{size}@partner.example"
    _prepared(page, "Acme", mine, other)
    expect(page.get_by_text(f"Outside Acme’s own domain: {other}")).to_be_visible()
    page.get_by_role("button", name="Use Slack Connect for these").click()
    _share(windows, page)
    page.get_by_label("E-mail addresses").fill(other)
    page.get_by_label("Channel to share").select_option(label="# project-north")
    assert sideways(page) == 0
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", (other,), "Invited")
    existing = [item for item in windows.system.call("GET", "/slack/invites.json")["shared"] if item["email"] == other]
    assert [(item["channel"], item["external_limited"]) for item in existing] == [("CACMEPROJECT", True)]
    _audited(windows, "Dana Smith", {mine: "members prepared"})
    _audited(windows, "Dana Smith", {other: "Slack Connect sent"}, all_rows=False)


@pytest.mark.parametrize("size", SIZES)
def test_an_admin_of_a_free_workspace_has_no_guests_and_learns_why(windows: Windows, size: str) -> None:
    page = _at_invite(windows, TESS, size)
    expect(page.get_by_label("Invite as")).to_have_count(0)
    expect(page.get_by_text("They’ll join as members. Guests can only be invited to paid workspaces.")).to_be_visible()
    expect(page.get_by_text("Someone from another company?")).to_have_count(0)
    _prepared(page, "Tiny", f"eve-{size}@tiny.example", f"ann-{size}@partner.example")
    _audited(windows, "Tess Orr", {f"eve-{size}@tiny.example": "members prepared"})
    page.goto("/slack/connect")
    expect(page.get_by_text("Slack Connect is only available in paid workspaces.")).to_be_visible()
    page.get_by_role("link", name="Invite people to Tiny", exact=True).click()
    expect(page.get_by_label("E-mail addresses")).to_be_visible()


def test_the_settings_lead_there_too(windows: Windows) -> None:
    page = _at_invite(windows, DANA, "phone")
    page.goto("/settings")
    page.get_by_role("link", name="Invite people to Acme").click()
    expect(page.get_by_role("heading", name="Invite people to Acme")).to_be_visible()
    assert sideways(page) == 0


def _at_invite(windows: Windows, inviter: Inviter, size: str, **options: Any) -> Page:
    """At /slack/invite, from the people of a chat that one joined through Slack; one's team has the app."""
    came, chat = _joined(windows.system, inviter)
    page = windows.open(f"/chats/{chat}?people=1", came, SIZES[size], **options)
    page.get_by_role("link", name=f"Invite people to {inviter.team}").click()
    expect(page.get_by_role("heading", name=f"Invite people to {inviter.team}")).to_be_visible()
    assert sideways(page) == 0
    return page


@functools.cache
def _joined(system: System, inviter: Inviter) -> tuple[Person, str]:
    """Once for each of them, for an address gets only so many mails a day."""
    host = sign_in(system, PRO)
    body = {"workspace_id": host.ask("GET", "/me")["workspaces"][0]["id"], "invitees": [{"email": inviter.email}]}
    before = len(system.mails(inviter.email))
    chat = host.ask("POST", "/chats", body)["chat"]["id"]
    join = link_in(system.mail(inviter.email, number=before + 1))
    came = Person(system, provider_pages.come_in(system, provider_pages.SLACK, join, inviter.person))
    came.ask("POST", f"/join/{join}")
    provider_pages.add_to_slack(system, came.token, inviter.person)
    return came, chat


def _authorize(page: Page) -> None:
    """Asked once of each person; whichever test comes first does it."""
    connect = page.get_by_role("link", name="Connect", exact=True)
    if connect.count():
        connect.click()
        page.get_by_role("link", name="Grid Corp").click()
        allow(page, "Gita Rao")
        page.wait_for_url("**/slack/invite?notice=authorized**")


def _share(windows: Windows, page: Page) -> None:
    """The scope and a channel for Slack Connect: asked for by whichever test comes first."""
    asking = page.get_by_role("link", name="Allow in Slack")
    if asking.count():
        asking.click()
        allow(page, "Dana Smith")
        page.wait_for_url("**/slack/connect?notice=connected**")
        expect(page.get_by_text("Add the app to a channel first")).to_be_visible()
        provider_pages.play(windows.system, "/slack/channels/CACMEPROJECT/app", {"member": True})
        page.get_by_role("link", name="Reload").click()


def _results(page: Page, heading: str, emails: tuple[str, ...], word: str) -> None:
    people = page.get_by_role("region", name=heading).get_by_role("listitem")
    expect(people).to_have_count(len(emails))
    for number, email in enumerate(emails):
        expect(people.nth(number)).to_contain_text(email)
        expect(people.nth(number)).to_contain_text(word)
    assert sideways(page) == 0


def _prepared(page: Page, team: str, *emails: str) -> None:
    page.get_by_label("E-mail addresses").fill(", ".join((*emails, "not-an-address")))
    page.get_by_role("button", name="Get the list", exact=True).click()
    steps = page.get_by_role("region", name="Now in Slack")
    expect(steps.get_by_label("Addresses to copy")).to_have_value(", ".join(emails))
    expect(steps.get_by_label("Message")).to_have_value(re.compile(f"invites you to {team} on Slack"))
    expect(steps.get_by_role("listitem")).to_have_count(STEPS)
    expect(steps.get_by_role("listitem").nth(1)).to_contain_text(f"Invite people to {team}")
    expect(steps.get_by_role("link", name="Open Slack")).to_have_attribute("href", re.compile("/app_redirect.*team=T0"))
    expect(page.get_by_role("region", name="Your list")).to_contain_text("not-an-address")
    assert sideways(page) == 0


def _invited(windows: Windows, email: str) -> Json:
    """The one invitation that Slack has for this address."""
    items = [item for item in windows.system.call("GET", "/slack/invites.json")["items"] if item["email"] == email]
    assert len(items) == 1, items
    results: Json = items[0]
    return results


def _audited(windows: Windows, by: str, expected: dict[str, str], *, all_rows: bool = True) -> None:
    """The workspace's owner finds the overview, and there who invited whom as what: each once."""
    page = windows.open("/settings", sign_in(windows.system, PRO), DESKTOP)
    page.get_by_role("link", name="Overview of invitations").first.click()
    table = page.get_by_role("table").filter(has_text="Outcome")
    for email, told in expected.items():
        rows = table.get_by_role("row").filter(has_text=email)
        expect(rows.filter(has_text=re.compile(rf"{by}.*{told.replace(' ', '.*')}"))).to_have_count(1)
        if all_rows:
            expect(rows).to_have_count(1)
