"""The pages of the played Slack and Microsoft, clicked through as a newcomer does."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import DESKTOP, PHONE, chromium
from tests.support.fake_providers import BOT_SCOPES, DANA, JONAS, FakeProviders

pytestmark = pytest.mark.browser

OPENID = {"response_type": "code", "scope": "openid email profile", "state": "st"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def _page(
    browser: Browser, fakes: FakeProviders, size: tuple[int, int] = DESKTOP, *, dark: bool = False, script: bool = True
) -> Page:
    context = browser.new_context(
        base_url=fakes.place.playground,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    return context.new_page()


@pytest.mark.parametrize("script", [True, False])
def test_signing_in_and_cancelling(browser: Browser, fakes: FakeProviders, script: bool) -> None:
    page = _page(browser, fakes, PHONE, script=script)
    page.goto(fakes.slack_address("openid/connect", **OPENID))
    page.get_by_role("link", name="Grid Corp").click()
    page.get_by_label("Maya Chen").check()
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile(r"/oauth/slack/callback\?code=.+&state=st"))
    page.goto(fakes.slack_address("openid/connect", **OPENID))
    page.get_by_role("button", name="Cancel").click()
    expect(page).to_have_url(re.compile(r"error=access_denied"))
    page.context.close()


def test_waiting_for_approval_and_being_approved(browser: Browser, fakes: FakeProviders) -> None:
    page = _page(browser, fakes)
    page.goto(fakes.slack_address("oauth/v2", scope=BOT_SCOPES, state="st", team="T0ACME"))
    page.get_by_role("button", name="Needs approval").click()
    expect(page.get_by_role("heading")).to_have_text("Your request was sent")
    page.get_by_role("link", name="See the requests").click()
    page.get_by_role("link", name="See the request again").click()
    page.get_by_label("Adam Reyes").check()
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile(r"code=.+&state=st"))
    assert fakes.get("/slack/overview.json")["requests"] == []
    page.context.close()


def test_a_conversation_in_slack(browser: Browser, fakes: FakeProviders) -> None:
    bot, page = fakes.bot(), _page(browser, fakes)
    page.goto(f"/slack/dm/{DANA}")
    root = bot.chat_postMessage(channel=DANA, text="*Spring launch*")["ts"]
    bot.chat_postMessage(channel=DANA, text="Welcome", thread_ts=root, username="Mia (Webtop)")
    expect(page.get_by_role("article", name="Mia (Webtop): Welcome")).to_be_visible()
    page.get_by_label("Reply in the thread").fill("Thank you")
    page.get_by_role("button", name="Reply").click()
    mine = page.get_by_role("article", name="Dana Smith: Thank you")
    mine.get_by_label("More on").click()
    mine.get_by_label("React with heart").click()
    expect(mine.get_by_label("heart, 1")).to_be_visible()
    mine.get_by_label("More on").click()
    mine.get_by_label("New text").fill("Thank you!")
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("(edited)")
    page.get_by_label("Write as Dana").fill("Another")
    page.get_by_role("button", name="Send", exact=True).click()
    other = page.get_by_role("article", name="Dana Smith: Another")
    other.get_by_label("More on").click()
    other.get_by_role("button", name="Delete").click()
    expect(other).to_have_count(0)
    fakes.quiet()
    kinds = [event.get("subtype") or event["type"] for event in fakes.app.events()]
    assert kinds[2:] == ["message", "reaction_added", "message_changed", "message", "message_deleted"]
    page.get_by_role("button", name="Take the app out").click()
    expect(page.get_by_text("Dana can’t write")).to_be_visible()
    page.get_by_label("Person").select_option("UTINYTOM")
    expect(page).to_have_url(re.compile("UTINYTOM"))
    page.context.close()


def test_a_conversation_in_teams(browser: Browser, fakes: FakeProviders) -> None:
    page = _page(browser, fakes)
    page.goto(f"/microsoft/teams/chat/{JONAS}")
    page.get_by_role("link", name="Add to Teams").click()
    page.get_by_label("Jonas Weber-Oppenheimer").check()
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Write as Jonas").fill("Hello")
    page.get_by_role("button", name="Send", exact=True).click()
    mine = page.get_by_role("article", name="Jonas Weber-Oppenheimer: Hello")
    mine.get_by_label("More on").click()
    mine.get_by_label("New text").fill("Hello there")
    mine.get_by_role("button", name="Save").click()
    mine.get_by_label("More on").click()
    mine.get_by_role("button", name="Delete").click()
    mine.get_by_label("More on").click()
    mine.get_by_role("button", name="Undo").click()
    mine.get_by_label("More on").click()
    mine.get_by_label("Reply to").fill("Quoting")
    mine.get_by_role("button", name="Reply").click()
    expect(page.get_by_role("article", name="Jonas Weber-Oppenheimer: Quoting")).to_contain_text("Hello there")
    page.get_by_role("button", name="Answer 429").click()
    expect(page.get_by_role("status")).to_contain_text("429")
    page.get_by_role("button", name="Take the app out").click()
    fakes.quiet("microsoft")
    assert fakes.app.events()[-1]["action"] == "remove"
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_fit_for_a_phone_and_for_everybody(browser: Browser, fakes: FakeProviders, dark: bool) -> None:
    bot = fakes.bot()
    root = bot.chat_postMessage(channel=DANA, text="A" * 80)["ts"]
    bot.chat_postMessage(channel=DANA, text="<https://a.example/" + "b" * 90 + "> <!channel> `x`", thread_ts=root)
    fakes.post(f"/microsoft/teams/chat/{JONAS}/install")
    fakes.post(f"/microsoft/teams/chat/{JONAS}/messages", text="A" * 80)
    settings = fakes.settings
    microsoft = (
        f"/microsoft/organizations/oauth2/v2.0/authorize?client_id={settings['MICROSOFT_CLIENT_ID']}"
        f"&response_type=code&scope=openid&redirect_uri={fakes.redirect_uri()}"
    )
    paths = [
        *("/slack/", "/slack/invites", f"/slack/dm/{DANA}", "/microsoft/", f"/microsoft/teams/chat/{JONAS}"),
        *(microsoft, f"/microsoft/teams/l/app/{settings['TEAMS_APP_ID']}"),
        fakes.slack_address("openid/connect", **OPENID).removeprefix(fakes.place.playground),
        fakes.slack_address("oauth/v2", scope=BOT_SCOPES).removeprefix(fakes.place.playground),
    ]
    page = _page(browser, fakes, PHONE, dark=dark)
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path
        result = Axe().run(page)
        assert result.violations_count == 0, f"{path}\n{result.generate_report()}"
    page.context.close()
