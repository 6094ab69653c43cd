"""From the mailed link to a message in the chat, through Slack and through Teams; and inviting people to one's own Slack."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from local.microsoft.town import fresh as people_of_microsoft
from tests.journeys import browser, far
from tests.journeys.browser import DESKTOP, PRO, SIZES, Room, Windows, said, sideways, token
from tests.journeys.day import Json, Person, link_in, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
STEPS = 5


def test_slack_from_the_mailed_link_to_messages_both_ways(windows: Windows) -> None:
    made = browser.room(windows.system, "Through Slack", {}, ("dana@acme.example", "olaf@slack.example"))
    page = _came(windows, "dana@acme.example", "Slack", "Acme", "Dana Smith")
    expect(page.get_by_role("heading", name="You will join “Through Slack” as Dana")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("Acme")
    _join(page)
    page.get_by_role("link", name="Add to Slack").click()
    expect(page.get_by_role("heading", name="Add Webtop to Acme")).to_be_visible()
    _allow(page, "Dana Smith")
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?said=installed"))
    expect(page.get_by_role("link", name="Add to Slack")).to_have_count(0)
    made.write("Tea at four?")
    window = windows.open(f"{windows.system.playground}/slack/dm/{far.DANA}")
    expect(window.get_by_text("Tea at four?").first).to_be_visible(timeout=40_000)
    thread = window.locator("section.thread").filter(has_text="Tea at four?").last
    thread.get_by_placeholder("Reply as Dana").fill("With lemon, from Slack")
    thread.get_by_role("button", name="Reply").last.click()
    expect(said(page, "With lemon, from Slack")).to_be_visible(timeout=40_000)
    assert _shown_to(made, "With lemon, from Slack") == ("Dana Smith", "slack")
    assert _participant(made, "Dana Smith") == ("slack", "Acme")


def test_teams_from_the_mailed_link_to_messages_both_ways(windows: Windows) -> None:
    name = str(people_of_microsoft()["people"][far.JONAS]["name"])
    made = browser.room(windows.system, "Through Teams", {}, ("jonas@kessel.example", "olaf@teams.example"))
    page = _came(windows, "jonas@kessel.example", "Microsoft Teams", "", name)
    expect(page.get_by_role("heading", name="You will join “Through Teams” as Jonas")).to_be_visible()
    _join(page)
    adding = page.get_by_role("link", name="Add to Teams")
    beside = windows.open(str(adding.get_attribute("href")))
    beside.get_by_role("radio", name=re.compile(f"^{name}")).check()
    beside.get_by_role("button", name="Add", exact=True).click()
    beside.wait_for_url(f"**/teams/chat/{far.JONAS}")
    windows.system.until(lambda: _reached(page), "end of the missing step")
    made.write("Coffee at five?")
    expect(beside.get_by_text("Coffee at five?").first).to_be_visible(timeout=40_000)
    beside.get_by_label("Write as Jonas").fill("With milk, from Teams")
    beside.get_by_role("button", name="Send", exact=True).click()
    expect(said(page, "With milk, from Teams")).to_be_visible(timeout=40_000)
    assert _shown_to(made, "With milk, from Teams") == (name, "teams")


@pytest.mark.parametrize("decision", ["Cancel", "Needs approval"])
def test_who_cancels_or_waits_is_not_in_and_may_try_again(windows: Windows, decision: str) -> None:
    email = f"{decision.partition(' ')[0].lower()}@cancelled.example"
    browser.room(windows.system, f"Perhaps {decision}", {}, (email, "olaf@cancelled.example"))
    join = f"/join/{token(windows.system, email)}"
    page = windows.open(join)
    page.get_by_role("link", name=re.compile("^Slack")).click()
    page.get_by_role("button", name=decision).click()
    if decision == "Cancel":
        expect(page.get_by_text("Slack didn’t sign you in. Your invitation is still good.")).to_be_visible()
    assert not [one for one in page.context.cookies() if one["name"] == "session"]
    page.goto(join)
    expect(page.get_by_role("link", name=re.compile("^Slack"))).to_be_visible()


@dataclass(frozen=True)
class Inviter:
    person: str
    email: str
    name: str
    team: str


GITA = Inviter(far.GITA, "gita@gridcorp.example", "Gita Rao", "Grid Corp")
DANA = Inviter(far.DANA, "dana@acme.example", "Dana Smith", "Acme")
TESS = Inviter(far.TESS, "tess@tiny.example", "Tess Orr", "Tiny")


@pytest.mark.parametrize("size", SIZES)
def test_an_admin_of_enterprise_grid_invites_members_and_guests(windows: Windows, size: str) -> None:
    page = _at_invite(windows, GITA, size)
    _connect(page)
    expect(page.get_by_role("link", name="Connect", exact=True)).to_have_count(0)
    members = (f"eve-{size}@new.example", f"finn-{size}@new.example")
    page.get_by_label("E-mail addresses").fill(", ".join(members))
    page.get_by_label("Invite as").select_option("members")
    page.get_by_label("#random").check()
    page.get_by_label("Message").fill("Come and build with us.")
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", members, "Invited")
    page.goto("/slack/invite")
    guests = (f"gus-{size}@new.example",)
    page.get_by_label("E-mail addresses").fill(guests[0])
    page.get_by_label("Invite as").select_option("guests")
    page.get_by_label("#random").check()
    page.get_by_label("#project-north").check()
    page.get_by_label("Guests: until").fill("2099-12-31")
    page.get_by_role("button", name="Send", exact=True).click()
    _results(page, "Sent", guests, "Invited")
    there = {one["email"]: one for one in windows.system.call("GET", "/slack/invites.json")["items"]}
    assert [there[one]["kind"] for one in members] == ["member", "member"]
    assert there[members[0]]["message"] == "Come and build with us."
    assert "CGRIDRANDOM" in there[members[0]]["channels"]
    assert there[guests[0]]["channels"] == ["CGRIDRANDOM", "CGRIDPROJECT"]
    assert (there[guests[0]]["kind"], bool(there[guests[0]]["expires"])) == ("multi-channel guest", True)
    _audited(windows, "Gita Rao", {**dict.fromkeys(members, "members"), guests[0]: "guests"})


@pytest.mark.parametrize("size", SIZES)
def test_a_refused_address_says_why_and_is_not_lost(windows: Windows, size: str) -> None:
    page = _at_invite(windows, GITA, size)
    _connect(page)
    page.get_by_label("E-mail addresses").fill(f"user_disabled@{size}.example\nfine@{size}.example\nno-address")
    page.get_by_role("button", name="Send", exact=True).click()
    people = page.get_by_role("region", name="Sent").get_by_role("listitem")
    expect(people).to_have_count(3)
    expect(people.nth(0)).to_contain_text("This person was deactivated in the workspace.")
    expect(people.nth(1)).to_contain_text("Invited")
    expect(people.nth(2)).to_contain_text("no-address")


@pytest.mark.parametrize("size", SIZES)
def test_a_member_of_a_paid_workspace_gets_everything_prepared(windows: Windows, size: str) -> None:
    page = _at_invite(windows, DANA, size)
    expect(page.get_by_label("Invite as")).to_have_count(0)
    expect(page.get_by_text("As members. Only owners and admins can invite guests.")).to_be_visible()
    _prepared(page, "Acme", f"eve-{size}@acme.example")


@pytest.mark.parametrize("size", SIZES)
def test_an_admin_of_a_free_workspace_has_no_guests_and_learns_why(windows: Windows, size: str) -> None:
    page = _at_invite(windows, TESS, size)
    expect(page.get_by_label("Invite as")).to_have_count(0)
    expect(page.get_by_text("As members. Guests can be invited in paid workspaces.")).to_be_visible()
    _prepared(page, "Tiny", f"eve-{size}@tiny.example")


def _came(windows: Windows, email: str, way: str, workspace: str, name: str) -> Page:
    """From the mailed link through the provider's consent, back to the page with the button."""
    join = f"/join/{token(windows.system, email)}"
    page = windows.open(join)
    page.get_by_role("link", name=re.compile(f"^{way}")).click()
    if workspace:
        page.get_by_role("link", name=workspace, exact=True).click()
    _allow(page, name)
    page.wait_for_url(f"**{join}")
    return page


def _allow(page: Page, name: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{name}")).check()
    page.get_by_role("button", name="Allow", exact=True).click()


def _join(page: Page) -> None:
    page.get_by_role("button", name="Join the chat").click()
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?joined=1$"))


def _reached(page: Page) -> bool:
    page.reload()
    return page.get_by_role("link", name="Add to Teams").count() == 0


def _shown_to(made: Room, text: str) -> tuple[str, str]:
    """Author and way of a message, as the chat's owner sees them."""
    items = made.owner.ask("GET", f"{made.path}/messages")["items"]
    author: Json = next(one["author"] for one in items if one["text"] == text)
    return author["name"], author["via"]


def _participant(made: Room, name: str) -> tuple[str, str]:
    found: Json = next(one for one in made.owner.ask("GET", made.path)["participants"] if one["name"] == name)
    return found["via"], found["organization"]


def _at_invite(windows: Windows, inviter: Inviter, size: str) -> Page:
    """At /slack/invite, as somebody who is in a chat through Slack and whose team has the app."""
    system = windows.system
    host = sign_in(system, PRO)
    body = {"workspace_id": host.ask("GET", "/me")["workspaces"][0]["id"], "invitees": [{"email": inviter.email}]}
    before = len(system.mails(inviter.email))
    host.ask("POST", "/chats", body)
    join = link_in(system.mail(inviter.email, number=before + 1))
    came = Person(system, far.come_in(system, far.SLACK, join, inviter.person))
    came.ask("POST", f"/join/{join}")
    far.add_to_slack(system, came.token, inviter.person)
    page = windows.open("/slack/invite", came, SIZES[size])
    expect(page.get_by_role("heading", name=f"Invite people to {inviter.team}")).to_be_visible()
    assert sideways(page) == 0
    return page


def _connect(page: Page) -> None:
    """Asked once of each person; whichever test comes first does it."""
    connect = page.get_by_role("link", name="Connect", exact=True)
    if connect.count():
        connect.click()
        page.get_by_role("link", name="Grid Corp").click()
        _allow(page, "Gita Rao")
        page.wait_for_url("**/slack/invite?said=authorized**")


def _results(page: Page, heading: str, emails: tuple[str, ...], word: str) -> None:
    people = page.get_by_role("region", name=heading).get_by_role("listitem")
    expect(people).to_have_count(len(emails))
    for number, email in enumerate(emails):
        expect(people.nth(number)).to_contain_text(email)
        expect(people.nth(number)).to_contain_text(word)
    assert sideways(page) == 0


def _prepared(page: Page, team: str, email: str) -> None:
    page.get_by_label("E-mail addresses").fill(f"{email}, not-an-address")
    page.get_by_role("button", name="Prepare", exact=True).click()
    steps = page.get_by_role("region", name="Now in Slack")
    expect(steps.get_by_label("Addresses to copy")).to_have_value(email)
    expect(steps.get_by_label("Message")).to_have_value(re.compile(f"invites you to {team} on Slack"))
    expect(steps.get_by_role("listitem")).to_have_count(STEPS)
    expect(steps.get_by_role("listitem").nth(1)).to_contain_text(f"Invite people to {team}")
    expect(page.get_by_role("region", name="Prepared")).to_contain_text("not-an-address")
    assert sideways(page) == 0


def _audited(windows: Windows, by: str, expected: dict[str, str]) -> None:
    """The workspace's owner sees who invited whom as what."""
    page = windows.open("/overview", sign_in(windows.system, PRO), DESKTOP)
    table = page.get_by_role("table").filter(has_text="Outcome")
    for email, kind in expected.items():
        row = table.get_by_role("row").filter(has_text=email)
        expect(row).to_contain_text(by)
        expect(row).to_contain_text(kind)
        expect(row).to_contain_text("sent")
