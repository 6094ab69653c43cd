"""From the mailed link to a message in the chat, through Slack and through Teams."""

import re

import pytest
from playwright.sync_api import Page, expect

from local.microsoft.seed_data import fresh as people_of_microsoft
from tests.support import browsers, provider_pages
from tests.support.browsers import Room, Windows, allow, said, token
from tests.support.system import System
from tests.support.working_day import Json

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


@pytest.fixture(scope="module")
def system(own_system: System) -> System:
    """To which nobody has come from Slack or Teams yet."""
    return own_system


def test_slack_from_the_mailed_link_to_messages_both_ways(windows: Windows) -> None:
    made = browsers.room(windows.system, "Through Slack", {}, ("dana@acme.example", "olaf@slack.example"))
    page = _came(windows, "dana@acme.example", "Slack", "Acme", "Dana Smith")
    expect(page.get_by_role("heading", name="You will join “Through Slack” as Dana")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("Acme")
    _join(page)
    page.get_by_role("link", name="Add to Slack").click()
    expect(page.get_by_role("heading", name="Add Webtop to Acme")).to_be_visible()
    allow(page, "Dana Smith")
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?notice=installed"))
    expect(page.get_by_role("link", name="Add to Slack")).to_have_count(0)
    made.write("Tea at four?")
    window = windows.open(f"{windows.system.playground}/slack/dm/{provider_pages.DANA}")
    expect(window.get_by_text("Tea at four?").first).to_be_visible(timeout=90_000)
    thread = window.locator("section.thread").filter(has_text="Tea at four?").last
    thread.get_by_placeholder("Reply as Dana").fill("With lemon, from Slack")
    thread.get_by_role("button", name="Reply").last.click()
    expect(said(page, "With lemon, from Slack")).to_be_visible(timeout=90_000)
    assert _shown_to(made, "With lemon, from Slack") == ("Dana Smith", "slack")
    assert _participant(made, "Dana Smith") == ("slack", "Acme")


def test_teams_from_the_mailed_link_to_messages_both_ways(windows: Windows) -> None:
    name = str(people_of_microsoft()["people"][provider_pages.JONAS]["name"])
    made = browsers.room(windows.system, "Through Teams", {}, ("jonas@kessel.example", "olaf@teams.example"))
    page = _came(windows, "jonas@kessel.example", "Microsoft Teams", "", name)
    expect(page.get_by_role("heading", name="You will join “Through Teams” as Jonas")).to_be_visible()
    _join(page)
    adding = page.get_by_role("link", name="Add to Teams")
    beside = windows.open(str(adding.get_attribute("href")))
    beside.get_by_role("radio", name=re.compile(f"^{name}")).check()
    beside.get_by_role("button", name="Add", exact=True).click()
    beside.wait_for_url(f"**/teams/chat/{provider_pages.JONAS}")
    windows.system.until(lambda: _reached(page), "end of the missing step")
    made.write("Coffee at five?")
    expect(beside.get_by_text("Coffee at five?").first).to_be_visible(timeout=90_000)
    beside.get_by_label("Write as Jonas").fill("With milk, from Teams")
    beside.get_by_role("button", name="Send", exact=True).click()
    expect(said(page, "With milk, from Teams")).to_be_visible(timeout=90_000)
    assert _shown_to(made, "With milk, from Teams") == (name, "teams")


@pytest.mark.parametrize("decision", ["Cancel", "Needs approval"])
def test_who_cancels_or_waits_is_not_in_and_may_try_again(windows: Windows, decision: str) -> None:
    email = f"{decision.partition(' ')[0].lower()}@cancelled.example"
    browsers.room(windows.system, f"Perhaps {decision}", {}, (email, "olaf@cancelled.example"))
    join = f"/join/{token(windows.system, email)}"
    page = windows.open(join)
    page.get_by_role("link", name=re.compile("^Slack")).click()
    page.get_by_role("button", name=decision).click()
    if decision == "Cancel":
        expect(page.get_by_text("Slack sign-in was cancelled. Your invitation is still valid.")).to_be_visible()
    assert not [cooky for cooky in page.context.cookies() if cooky["name"] == "session"]
    page.goto(join)
    expect(page.get_by_role("link", name=re.compile("^Slack"))).to_be_visible()


def _came(windows: Windows, email: str, way: str, workspace: str, name: str) -> Page:
    """From the mailed link through the provider's consent, back to the page with the button."""
    join = f"/join/{token(windows.system, email)}"
    page = windows.open(join)
    page.get_by_role("link", name=re.compile(f"^{way}")).click()
    if workspace:
        page.get_by_role("link", name=workspace, exact=True).click()
    allow(page, name)
    page.wait_for_url(f"**{join}")
    return page


def _join(page: Page) -> None:
    page.get_by_role("button", name="Join the chat").click()
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?joined=1$"))


def _reached(page: Page) -> bool:
    page.reload()
    return page.get_by_role("link", name="Add to Teams").count() == 0


def _shown_to(made: Room, text: str) -> tuple[str, str]:
    """Author and way of a message, as the chat's owner sees them."""
    items = made.owner.ask("GET", f"{made.path}/messages")["items"]
    author: Json = next(item["author"] for item in items if item["text"] == text)
    return author["name"], author["via"]


def _participant(made: Room, name: str) -> tuple[str, str]:
    results: Json = next(
        participant for participant in made.owner.ask("GET", made.path)["participants"] if participant["name"] == name
    )
    return results["via"], results["organization"]
