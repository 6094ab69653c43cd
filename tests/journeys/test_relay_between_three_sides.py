"""Web, Slack and Teams in one chat: text, mention, reply, reaction, edit and deletion, from each of them to the other two.

Each does it in its own window, as a person would. What a side can't show is left out here, and said in the chat.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import browsers, provider_pages
from tests.support.browsers import Windows, said
from tests.support.system import System
from tests.support.working_day import Person, link_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A25", "A26", "A27")]
PATIENCE = 90_000


@dataclass(frozen=True)
class Somebody:
    id: str
    name: str
    email: str

    @property
    def first(self) -> str:
        return self.name.partition(" ")[0]


OLIVIA = Somebody(provider_pages.OLIVIA, "Olivia Park", "olivia@acme.example")
ADAM = Somebody(provider_pages.ADAM, "Adam Reyes", "adam@acme.example")
KATRIN = Somebody("7b2e4c90-1d3f-4a6b-8c5d-000000000002", "Katrin Kessel", "katrin@kessel.example")
EMRE = Somebody("7b2e4c90-1d3f-4a6b-8c5d-000000000003", "Emre Aydın", "emre@kessel.example")


class Side:
    """One window, and what its person does and sees in it."""

    def __init__(self, page: Page, first: str = "") -> None:
        self.page, self.first = page, first

    def message(self, text: str) -> Locator:
        return self.page.locator("article").filter(has=self.page.locator(".text", has_text=text)).first

    def sees(self, text: str) -> None:
        expect(self.message(text)).to_be_visible(timeout=PATIENCE)

    def sees_no(self, text: str) -> None:
        expect(self.message(text)).to_have_count(0, timeout=PATIENCE)

    def sees_reply(self, text: str, to: str) -> None:
        expect(self.message(text)).to_contain_text(to, timeout=PATIENCE)

    def sees_reaction(self, text: str, emoji: str) -> None:
        expect(self.message(text).locator(".reactions")).to_contain_text(emoji, timeout=PATIENCE)

    def edit(self, text: str, changed: str) -> None:
        # In one go: whatever comes in draws the window anew, and closes what was open in it.
        field = self.opened(text).get_by_label("New text")
        field.evaluate("(node, text) => { node.value = text; node.form.requestSubmit(); }", changed)

    def delete(self, text: str) -> None:
        self.opened(text).locator("button", has_text="Delete").evaluate("node => node.click()")

    def opened(self, text: str) -> Locator:
        message = self.message(text)
        message.locator("summary").click()
        return message


class Web(Side):
    def message(self, text: str) -> Locator:
        return said(self.page, text)

    def write(self, text: str) -> None:
        field = self.page.get_by_role("textbox", name=re.compile("^Message "))
        field.fill(text)
        field.press("Enter")

    def reply(self, text: str, to: str) -> None:
        self.message(to).hover()
        self.message(to).get_by_role("link", name="Reply").click()
        self.write(text)

    def react(self, text: str, emoji: str) -> None:
        self.message(text).hover()
        self.message(text).get_by_role("link", name="React").click()
        self.page.get_by_role("button", name=emoji, exact=True).click()

    def edit(self, text: str, changed: str) -> None:
        self._choose(text, "Edit")
        expect(self.page.get_by_text("Editing message")).to_be_visible()
        self.page.get_by_role("textbox", name=re.compile("^Message ")).fill(changed)
        self.page.get_by_role("button", name="Save").click()

    def delete(self, text: str) -> None:
        self._choose(text, "Delete")

    def sees_reply(self, text: str, to: str) -> None:
        expect(self.message(text).locator("blockquote")).to_contain_text(to, timeout=PATIENCE)

    def sees_mention(self, text: str, name: str) -> None:
        expect(self.message(text).locator(".mention")).to_have_text(f"@{name}", timeout=PATIENCE)

    def is_told(self, text: str, what: str) -> None:
        """The window learns it when it is opened: how one's messages fare is no live event."""

        def look() -> bool:
            self.page.reload()
            self.page.locator(".chat[data-live=socket]").wait_for()
            return what in self.message(text).inner_text()

        _until(look, what)

    def _choose(self, text: str, action: str) -> None:
        self.message(text).hover()
        self.message(text).get_by_label("More").click()
        self.message(text).get_by_text(action, exact=True).click()


class Slack(Side):
    def write(self, text: str) -> None:
        """In the chat's thread."""
        thread = self.page.locator("section.thread").first
        thread.get_by_placeholder(f"Reply as {self.first}").last.fill(text)
        thread.get_by_role("button", name="Reply").last.click()

    def reply(self, text: str, to: str) -> None:
        """A thread has no threads: what is answered stands beside it, and its answer in a thread of its own."""
        self.page.get_by_placeholder(f"Write as {self.first}").fill(to)
        self.page.get_by_role("button", name="Send", exact=True).click()
        message = self.opened(to)
        message.get_by_placeholder(f"Reply as {self.first}").fill(text)
        message.get_by_role("button", name="Reply").click()

    def react(self, text: str, emoji: str) -> None:
        self.opened(text).get_by_text(emoji, exact=True).first.click()


class Teams(Side):
    def write(self, text: str) -> None:
        self.page.get_by_label(f"Write as {self.first}").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def reply(self, text: str, to: str) -> None:
        self.write(to)
        message = self.opened(to)
        message.get_by_placeholder("Reply with quote").fill(text)
        message.get_by_role("button", name="Reply").click()

    def react(self, text: str, emoji: str) -> None:
        self.opened(text).get_by_text(emoji, exact=True).first.click()


@dataclass(frozen=True)
class Three:
    web: Web
    slack: Slack
    teams: Teams
    system: System
    in_slack: Somebody

    def mentioned_in_slack(self, text: str) -> bool:
        """Truly, so that Slack tells them."""
        results = provider_pages.in_slack(self.system, self.in_slack.id)
        return any(text in item["text"] and f"<@{self.in_slack.id}>" in item["text"] for item in results)


@pytest.fixture
def three(windows: Windows, request: pytest.FixtureRequest) -> Three:
    """Whoever writes outside of any thread is in no other chat."""
    system, (in_slack, in_teams) = windows.system, request.param
    before = {entry.email: len(system.mails(entry.email)) for entry in request.param}
    made = browsers.room(system, f"With {in_slack.first} and {in_teams.first}", {}, (in_slack.email, in_teams.email))
    for provider, item in ((provider_pages.SLACK, in_slack), (provider_pages.MICROSOFT, in_teams)):
        join = link_in(system.mail(item.email, number=before[item.email] + 1))
        came = Person(system, provider_pages.come_in(system, provider, join, item.id))
        came.ask("POST", f"/join/{join}")
        if provider == provider_pages.SLACK:
            provider_pages.add_to_slack(system, came.token, item.id)
    if not system.call("GET", f"/microsoft/teams/chat/{in_teams.id}.json")["person"]["has_app"]:
        provider_pages.play(system, f"/microsoft/teams/chat/{in_teams.id}/install")
    windows.agreed.add("Delete this message for everyone?")
    web = windows.open(made.path, made.owner)
    web.locator(".chat[data-live=socket]").wait_for()
    slack = windows.open(f"{system.playground}/slack/dm/{in_slack.id}")
    teams = windows.open(f"{system.playground}/microsoft/teams/chat/{in_teams.id}")
    return Three(Web(web), Slack(slack, in_slack.first), Teams(teams, in_teams.first), system, in_slack)


@pytest.mark.parametrize("three", [(OLIVIA, EMRE)], indirect=True, ids=[""])
def test_from_the_web_to_slack_and_teams(three: Three) -> None:
    web, slack, teams = three.web, three.slack, three.teams
    web.write("Noon by the boats")
    _both(slack, teams, lambda side: side.sees("Noon by the boats"))
    web.write("@Olivia Park bring the keys")
    _both(slack, teams, lambda side: side.sees("bring the keys"))
    assert three.mentioned_in_slack("bring the keys")
    expect(teams.message("bring the keys")).to_contain_text("Olivia")
    web.reply("And oars", "Noon by the boats")
    _both(slack, teams, lambda side: side.sees_reply("And oars", "Noon by the boats"))
    web.react("Noon by the boats", "🎉")
    slack.sees_reaction("Noon by the boats", "🎉")
    web.is_told("Noon by the boats", "Not shown there: 🎉.")
    web.edit("Noon by the boats", "One by the boats")
    _both(slack, teams, lambda side: side.sees("One by the boats"))
    web.delete("And oars")
    _both(slack, teams, lambda side: side.sees_no("And oars"))


@pytest.mark.parametrize("three", [(ADAM, EMRE)], indirect=True, ids=[""])
def test_from_slack_to_the_web_and_teams(three: Three) -> None:
    web, slack, teams = three.web, three.slack, three.teams
    web.write("Begin")
    slack.sees("Begin")
    slack.write("Tea, from Slack")
    _both(web, teams, lambda side: side.sees("Tea, from Slack"))
    slack.write("@Paula Prowse milk?")
    _both(web, teams, lambda side: side.sees("@Paula Prowse milk?"))
    web.sees_mention("@Paula Prowse milk?", "Paula Prowse")
    slack.reply("Two lumps", "Sugar?")
    _both(web, teams, lambda side: side.sees_reply("Two lumps", "Sugar?"))
    slack.react("Begin", "👀")
    web.sees_reaction("Begin", "👀")
    teams.sees_reaction("Begin", "👀")
    slack.edit("Tea, from Slack", "Coffee, from Slack")
    _both(web, teams, lambda side: side.sees("Coffee, from Slack"))
    slack.delete("Coffee, from Slack")
    _both(web, teams, lambda side: side.sees_no("Coffee, from Slack"))


@pytest.mark.parametrize("three", [(OLIVIA, KATRIN)], indirect=True, ids=[""])
def test_from_teams_to_the_web_and_slack(three: Three) -> None:
    web, slack, teams = three.web, three.slack, three.teams
    web.write("Go on")
    teams.sees("Go on")
    teams.write("Rain, from Teams")
    _both(web, slack, lambda side: side.sees("Rain, from Teams"))
    teams.write("@Paula Prowse and @Olivia Park umbrella?")
    web.sees("@Paula Prowse and @Olivia Park umbrella?")
    slack.sees("umbrella?")
    assert three.mentioned_in_slack("umbrella?")
    teams.reply("Both of us", "Who comes?")
    _both(web, slack, lambda side: side.sees_reply("Both of us", "Who comes?"))
    teams.react("Go on", "❤️")
    _both(web, slack, lambda side: side.sees_reaction("Go on", "❤️"))
    teams.edit("Rain, from Teams", "Sun, from Teams")
    _both(web, slack, lambda side: side.sees("Sun, from Teams"))
    teams.delete("Sun, from Teams")
    _both(web, slack, lambda side: side.sees_no("Sun, from Teams"))


def _both(side: Side, other: Side, see: Callable[[Side], None]) -> None:
    see(side)
    see(other)


def _until(look: Callable[[], bool], what: str, tries: int = 60) -> None:
    assert any(look() for _ in range(tries)), f"no {what}"
