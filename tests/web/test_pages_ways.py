"""The page where one chooses from where to read a chat: from the mailbox's own page to Slack, Teams or the browser, and back."""

import pytest

from chalicelib.domain.providers import Option
from tests.support.app import PASSWORD, Person
from tests.support.form_browser import FORM, Browser, Page, visible
from tests.support.incoming_mails import Mailroom
from tests.support.sample_chat import GUEST, INVITED, Scene
from tests.support.scripted_providers import OAuthBrowser, Providers, with_providers
from tests.usecases.test_chat_mails import joined_by_mail, minute

pytestmark = pytest.mark.requirement("A43")
APPLICATIONS = {"slack": ("slack", "Slack"), "microsoft": ("teams", "Microsoft Teams")}
BOTH = pytest.mark.parametrize("provider", list(APPLICATIONS))


@pytest.fixture
def providers(scene: Scene) -> Providers:
    """Both providers, and mail comes in."""
    made = with_providers(scene)
    Mailroom(scene.world)
    return made


def writes(scene: Scene, text: str) -> None:
    assert scene.owner.post(f"{scene.base}/messages", {"text": text}).status == 201
    scene.world.settle()


def via(scene: Scene, name: str = "Olaf Nord") -> str:
    people = {person["name"]: person["via"] for person in scene.owner.get(scene.base).json["participants"]}
    return str(people[name])


def mailed(scene: Scene, to: str = INVITED) -> str:
    return "\n".join(item.text for item in scene.world.mails(to))


def link_in_mail(scene: Scene, providers: Providers) -> str:
    """Olaf takes part by mail, and was told of one message."""
    joined_by_mail(scene, Mailroom(scene.world))
    writes(scene, "First")
    minute(scene.world)
    return scene.world.mails(INVITED)[-1].link("by-mail")


def chooses(scene: Scene, browser: Browser, way: str, button: str) -> Page:
    forms = browser.open(f"{scene.base}/way").forms()
    return browser.send(next(form for form in forms if ("via", way) in form.fields), button)


def signed_in_by_mail(scene: Scene, at: str, browser: Browser) -> str:
    """Pressed on the mailbox's page; the link that comes then leads to where one chooses."""
    page = scene.world.request("POST", f"{at}/elsewhere", b"", {"Content-Type": FORM})
    assert (page.status, via(scene)) == (200, "mail"), "nothing is chosen yet"
    scene.world.settle()
    entering = browser.open(scene.world.mails(INVITED)[-1].link("enter"))
    return browser.send(entering.forms()[0], "Sign in").path


@BOTH
def test_from_the_mailbox_to_an_application_and_back_by_mail(scene: Scene, providers: Providers, provider: str) -> None:
    at, name = link_in_mail(scene, providers), APPLICATIONS[provider][1]
    assert f"Read it in {name} instead" in visible(scene.world.request("GET", at).text)
    coming = OAuthBrowser(providers)
    browser = coming.browser
    where = signed_in_by_mail(scene, at, browser)
    assert where == f"{scene.base}/way"
    page = browser.open(where)
    link = page.html.partition(f'href="/oauth/{provider}/start?')[2].partition('"')[0].replace("&amp;", "&")
    assert coming.returns(provider, coming.starts(provider, query=link)) == f"{where}?notice=linked&by={provider}"
    assert via(scene) == "mail", "signing in there chooses nothing"
    page = chooses(scene, browser, APPLICATIONS[provider][0], f"Read it in {name}")
    assert f"You read this chat in {name} from now on" in visible(page.html)
    scene.world.settle()
    assert via(scene) == APPLICATIONS[provider][0]
    writes(scene, "Second, not by mail")
    minute(scene.world, 15)
    assert "Second" not in mailed(scene)
    page = chooses(scene, browser, "mail", "Get it by e-mail")
    assert "This chat comes to you by e-mail from now on" in visible(page.html)
    writes(scene, "Third, by mail")
    minute(scene.world, 15)
    assert [mailed(scene).count(text) for text in ("First", "Second", "Third")] == [1, 1, 1]


def test_the_link_of_an_older_mail_leads_back_to_mail(scene: Scene, providers: Providers) -> None:
    at, coming = link_in_mail(scene, providers), OAuthBrowser(providers)
    where = signed_in_by_mail(scene, at, coming.browser)
    coming.returns("slack", coming.starts("slack", query=f"link=1&next={where}"))
    chooses(scene, coming.browser, "slack", "Read it in Slack")
    nobody = Browser(scene.world)
    page = nobody.send(nobody.open(at).form("/mail"), "Get it by e-mail again")
    assert "by e-mail" in visible(page.html)
    assert via(scene) == "mail"
    writes(scene, "Second, by mail")
    minute(scene.world, 15)
    assert mailed(scene).count("Second, by mail") == 1


def test_a_page_that_was_passed_on_chooses_nothing(scene: Scene, providers: Providers) -> None:
    """Whoever else has the address of the mailbox's page can ask for a link; it goes to the mailbox, and nothing changes."""
    at = link_in_mail(scene, providers)
    eve = Browser(scene.world)
    page = eve.send(eve.open(at).form("/elsewhere"))
    assert "We’ve sent a link to" in visible(page.html)
    assert "session" not in eve.cookies
    assert eve.open(f"{scene.base}/way").path.startswith("/sign-in")
    assert via(scene) == "mail"


def test_an_identity_of_another_account_is_not_taken_and_the_place_stays_where_it_was(
    scene: Scene, providers: Providers
) -> None:
    providers.browser().comes_in("slack")
    at, coming = link_in_mail(scene, providers), OAuthBrowser(providers)
    where = signed_in_by_mail(scene, at, coming.browser)
    back = coming.returns("slack", coming.starts("slack", query=f"link=1&next={where}"))
    assert back == f"{where}?notice=taken&by=slack"
    assert "belongs to another Webtop account" in visible(coming.browser.open(back).html)
    whose = coming.browser.open(where).forms()[0].fields
    answer = coming.browser.post(where, [*[pair for pair in whose if pair[0] == "account"], ("via", "slack")])
    assert answer.status == 409
    assert via(scene) == "mail"


def test_a_way_back_leads_to_no_other_site(scene: Scene, providers: Providers) -> None:
    coming = OAuthBrowser(providers)
    coming.browser.cookies["session"] = scene.guest.token
    back = coming.returns("slack", coming.starts("slack", query="link=1&next=//evil.example/"))
    assert back == "/settings?notice=linked&by=slack"


class TestThePage:
    def browser(self, scene: Scene, person: Person) -> Browser:
        browser = Browser(scene.world)
        browser.signs_in(person.email, PASSWORD)
        return browser

    def test_a_guest_finds_it_in_the_chats_menu_and_goes_over_to_mail(self, scene: Scene, providers: Providers) -> None:
        scene.guest.put(f"{scene.base}/read", {"seq": 99})
        writes(scene, "Unread by Dana")
        browser = self.browser(scene, scene.guest)
        assert f'href="{scene.base}/way"' in browser.open(scene.base).html
        before = scene.world.snapshot()
        page = browser.open(f"{scene.base}/way")
        assert scene.world.snapshot() == before
        assert GUEST in visible(page.html)
        chooses(scene, browser, "mail", "Get it by e-mail")
        assert via(scene, "Dana Smith") == "mail"
        minute(scene.world)
        text = mailed(scene, GUEST)
        assert (text.count("Unread by Dana"), text.count("Glad to be here")) == (1, 0)
        chooses(scene, browser, "webtop", "Read it in the browser")
        assert via(scene, "Dana Smith") == "webtop"

    def test_the_app_that_is_missing_is_offered_where_they_read_there_now(
        self, scene: Scene, providers: Providers
    ) -> None:
        coming = OAuthBrowser(providers)
        coming.browser.cookies["session"] = scene.guest.token
        coming.returns("slack", coming.starts("slack", query="link=1"))
        browser = coming.browser
        assert "Add to Slack" not in visible(browser.open(scene.base).html)
        page = chooses(scene, browser, "slack", "Read it in Slack")
        assert "Add to Slack" in visible(page.html)

    def test_members_are_not_asked_and_cannot(self, scene: Scene, providers: Providers) -> None:
        browser = self.browser(scene, scene.member)
        page = browser.open(scene.base)
        assert f"{scene.base}/way" not in page.html
        assert browser.open(f"{scene.base}/way").status == 404
        whose = [pair for pair in page.form("/unread").fields if pair[0] != "on"]
        assert browser.post(f"{scene.base}/way", [*whose, ("via", "mail")]).status == 404
        assert via(scene, "Tom Berg") == "webtop"

    def test_what_is_not_configured_or_not_in_the_plan_is_not_offered(self, scene: Scene, providers: Providers) -> None:
        browser = self.browser(scene, scene.guest)
        assert "Microsoft Teams" in visible(browser.open(f"{scene.base}/way").html)
        providers.plan("free")
        shown = visible(browser.open(f"{scene.base}/way").html)
        assert ("Slack" in shown, "By e-mail" in shown) == (False, True)
        scene.world.use(configured=frozenset[Option](), mail_in_domain="")
        assert f"{scene.base}/way" not in browser.open(scene.base).html
        assert "By e-mail" not in visible(browser.open(f"{scene.base}/way").html)
