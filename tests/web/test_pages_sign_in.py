"""Getting back in: through Slack and Microsoft as through a password, and on to where one was going."""

import re
from urllib.parse import quote

import pytest

from chalicelib.domain.providers import Option
from chalicelib.ports import ProviderFailed
from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import OWNER, Scene
from tests.support.scripted_providers import OAuthBrowser, Providers, with_providers
from tests.support.steps import copied

BOTH = pytest.mark.parametrize(("provider", "shown"), [("slack", "Slack"), ("microsoft", "Microsoft")])


@pytest.fixture
def shared_scene(scene: Scene) -> Providers:
    return with_providers(scene)


def joined(providers: Providers, provider: str) -> OAuthBrowser:
    browser = providers.browser()
    assert browser.comes_in(provider, providers.scene.link).post(f"/join/{providers.scene.link}").status == 200
    return browser


class TestWhoJoinedThroughAProvider:
    @BOTH
    def test_signs_in_again_by_the_button_and_is_where_they_were_going(
        self, shared_scene: Providers, provider: str, shown: str
    ) -> None:
        person, again = joined(shared_scene, provider).person(), shared_scene.browser()
        wanted = f"/chats/{shared_scene.scene.chat}?people=1"
        page = again.browser.open(wanted)
        assert f"Continue with {shown}" in visible(page.html)
        (start,) = re.findall(rf'href="(/oauth/{provider}/start[^"]*)"', page.html)
        answer = again.get(start)
        assert again.returns(provider, answer.headers["location"].partition("state=")[2]) == wanted
        assert again.person().id == person.id
        assert again.get(wanted).status == 200

    @BOTH
    def test_is_offered_that_way_where_the_invitation_was_used(
        self, shared_scene: Providers, provider: str, shown: str
    ) -> None:
        joined(shared_scene, provider)
        again = shared_scene.browser()
        page = again.get(f"/join/{shared_scene.scene.link}")
        assert (page.status, f"You joined with {shown}" in visible(page.text)) == (410, True)
        assert again.signs_in(provider, f"/join/{shared_scene.scene.link}") == f"/join/{shared_scene.scene.link}"
        assert "You are in the chat" in visible(again.get(f"/join/{shared_scene.scene.link}").text)

    @pytest.mark.requirement("A01")
    def test_is_not_named_to_who_holds_a_link_that_was_passed_on(self, shared_scene: Providers) -> None:
        link = copied(shared_scene.scene)
        joined(shared_scene, "slack")
        assert "You joined with" not in visible(shared_scene.browser().get(f"/join/{link}").text)

    def test_is_not_sent_to_a_way_that_was_unlinked(self, shared_scene: Providers) -> None:
        browser = joined(shared_scene, "slack")
        browser.returns("microsoft", browser.starts("microsoft", query="link=1"))
        browser.browser.post("/settings/identities/remove", [("key", "slack#T1#U1")])
        assert "You joined with" not in visible(shared_scene.browser().get(f"/join/{shared_scene.scene.link}").text)

    @pytest.mark.requirement("A14")
    def test_asks_for_a_sign_in_link_and_nothing_tells_them_from_anybody(self, shared_scene: Providers) -> None:
        joined(shared_scene, "slack")
        answers = {
            (page.status, page.html.replace(email, "…"))
            for email in (shared_scene.scene.invitations().popitem()[0], OWNER, "nobody@nowhere.example")
            for page in [shared_scene.browser().browser.post("/sign-in/link", [("email", email)])]
        }
        assert len(answers) == 1


class TestThePage:
    def test_offers_what_is_configured_and_nothing_else(self, shared_scene: Providers) -> None:
        shared_scene.world.use(configured=frozenset({Option.SLACK}))
        text = visible(shared_scene.browser().get("/sign-in").text)
        assert ("Continue with Slack" in text, "Continue with Microsoft" in text) == (True, False)
        shared_scene.world.use(configured=frozenset())
        page = shared_scene.browser().get("/sign-in").text
        assert ("/oauth/" in page, "divider" in page) == (False, False)

    @BOTH
    def test_makes_no_account_for_who_has_none_and_was_not_invited(
        self, shared_scene: Providers, provider: str, shown: str
    ) -> None:
        browser, before = shared_scene.browser(), shared_scene.accounts
        back = browser.signs_in(provider, "/chats?filter=unread")
        assert back == f"/sign-in?notice=no_account&by={provider}&next=/chats%3Ffilter%3Dunread"
        assert (browser.signed_in, shared_scene.accounts) == (False, before)
        page = browser.browser.open(back)
        assert f"There is no Webtop account for this {shown} account yet" in visible(page.html)
        assert ("next", "/chats?filter=unread") in page.form("/sign-in").fields

    @BOTH
    @pytest.mark.requirement("A22")
    def test_keeps_the_way_when_the_provider_does_not_agree_or_breaks(
        self, shared_scene: Providers, provider: str, shown: str
    ) -> None:
        browser = shared_scene.browser()
        back = browser.returns(provider, browser.starts(provider, query="next=/inbox"), "error=access_denied")
        assert back == f"/sign-in?notice=cancelled&by={provider}&next=/inbox"
        assert f"Nothing was changed in {shown}" in visible(browser.get(back).text)
        shared_scene.fakes[provider].says = ProviderFailed("broken")
        assert browser.signs_in(provider, "/inbox") == f"/sign-in?notice=failed&by={provider}&next=/inbox"

    @BOTH
    @pytest.mark.requirement("A23")
    @pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nb"])
    def test_leads_to_no_other_site(self, shared_scene: Providers, provider: str, shown: str, path: str) -> None:
        joined(shared_scene, provider)
        assert shared_scene.browser().signs_in(provider, path) == "/chats"

    def test_links_nothing_for_who_is_signed_out(self, shared_scene: Providers) -> None:
        browser = shared_scene.browser()
        answer = browser.get("/oauth/slack/start?link=1")
        assert answer.headers["location"] == "/sign-in?next=/settings"

    @pytest.mark.parametrize("query", ["people=1", "before=40&people=0", "filter=unread&q=%26a%3D%C3%BC"])
    def test_keeps_the_query_through_a_password(self, scene: Scene, query: str) -> None:
        browser = Browser(scene.world)
        page = browser.open(f"/chats?{query}")
        assert page.path == f"/sign-in?next={quote(f'/chats?{query}', safe='/')}"
        wrong = browser.send(page.form("/sign-in"), email=OWNER, password="wrong kettle 9 plum")
        assert browser.send(wrong.form("/sign-in"), email=OWNER, password=PASSWORD).path == f"/chats?{query}"

    def test_keeps_the_query_in_another_language(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        page = browser.open("/chats?filter=unread&view=inbox")
        (german,) = re.findall(r'href="([^"]*lang=de)"', page.html)
        german_page = browser.open(german.replace("&amp;", "&"))
        assert ("next", "/chats?filter=unread&view=inbox") in german_page.form("/sign-in").fields
