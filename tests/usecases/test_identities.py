"""Coming in through Slack or Microsoft, with a provider that says whatever a test wants: bound, once, and by the plan of now."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.identities import Profile
from chalicelib.domain.providers import Provider
from chalicelib.ports import ProviderFailed
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, OWNER, Scene
from tests.support.scripted_providers import (
    PROFILES,
    SLACK,
    OAuthBrowser,
    Providers,
    everything,
    state_in,
    with_providers,
)
from tests.support.steps import copied

BOTH = pytest.mark.parametrize("provider", ["slack", "microsoft"])


@pytest.fixture
def providers(scene: Scene) -> Providers:
    return with_providers(scene)


@pytest.mark.requirement("A19")
class TestTheState:
    @BOTH
    def test_it_works_once(self, providers: Providers, provider: str) -> None:
        browser = providers.browser()
        state = browser.starts(provider, providers.scene.link)
        assert browser.returns(provider, state) == f"/join/{providers.scene.link}"
        assert browser.returns(provider, state).startswith("/sign-in?notice=state")
        assert providers.fakes[provider].asked == 1

    @BOTH
    def test_another_browser_can_do_nothing_with_it(self, providers: Providers, provider: str) -> None:
        browser, other = providers.browser(), providers.browser()
        state = browser.starts(provider, providers.scene.link)
        assert other.returns(provider, state).startswith("/sign-in?notice=state")
        other.starts(provider, providers.scene.link)
        assert other.returns(provider, state).startswith("/sign-in?notice=state")
        assert not other.signed_in
        assert providers.fakes[provider].asked == 0
        assert browser.returns(provider, state) == f"/join/{providers.scene.link}"

    @BOTH
    def test_the_other_provider_can_do_nothing_with_it(self, providers: Providers, provider: str) -> None:
        browser, other = providers.browser(), "microsoft" if provider == "slack" else "slack"
        state = browser.starts(provider, providers.scene.link)
        assert browser.returns(other, state).startswith("/sign-in?notice=state")
        assert (providers.fakes["slack"].asked, providers.fakes["microsoft"].asked) == (0, 0)

    def test_it_is_worthless_for_another_purpose(self, providers: Providers) -> None:
        browser = providers.browser()
        state = browser.starts("slack", providers.scene.link)
        assert "notice=state" in browser.returns("slack", state, way="installed")
        assert "notice=state" in browser.returns("slack", state, way="admin/callback")
        browser.comes_in("slack")
        install = state_in(browser.get("/oauth/slack/install"))
        assert "notice=state" in browser.returns("slack", install)
        assert "notice=state" in browser.returns("slack", install, way="admin/callback")
        assert providers.install.asked == 0

    @BOTH
    @pytest.mark.parametrize(("seconds", "holds"), [(599, True), (600, False), (86_400, False)])
    def test_it_lasts_ten_minutes(self, providers: Providers, provider: str, seconds: int, holds: bool) -> None:
        browser = providers.browser()
        state = browser.starts(provider, providers.scene.link)
        providers.world.pass_time(seconds=seconds)
        browser.returns(provider, state)
        assert (browser.signed_in, providers.fakes[provider].asked) == (holds, int(holds))

    @BOTH
    @pytest.mark.parametrize("state", ["", "x", "%00", "%F0%9F%91%8D", "a" * 3_000])
    def test_an_unknown_one_is_refused(self, providers: Providers, provider: str, state: str) -> None:
        browser = providers.browser()
        browser.starts(provider, providers.scene.link)
        assert browser.returns(provider, state).startswith("/sign-in?notice=state")
        assert not browser.signed_in

    @pytest.mark.requirement("A04")
    def test_a_mailed_secret_is_none(self, providers: Providers) -> None:
        world, browser = providers.world, providers.browser()
        world.call("POST", "/sign-in-links", {"email": OWNER})
        world.settle()
        mailed = world.last_mail(OWNER).text.rpartition("http://chat.test/")[2].split()[0].rpartition("/")[2]
        browser.starts("slack", providers.scene.link)
        assert browser.returns("slack", mailed).startswith("/sign-in?notice=state")

    def test_it_is_stored_as_a_hash_only(self, providers: Providers) -> None:
        state = providers.browser().starts("slack", providers.scene.link)
        assert state not in everything(providers.world)


@pytest.mark.requirement("A22")
class TestWhatDoesNotWork:
    @BOTH
    @pytest.mark.parametrize(
        ("rest", "notice"),
        [
            ("error=access_denied", "cancelled"),
            ("error=access_denied&code=c", "cancelled"),
            ("error=server_error&error_description=%3Cb%3E", "cancelled"),
            ("code=", "cancelled"),
            ("", "cancelled"),
        ],
    )
    def test_a_refused_return_goes_back_with_a_word_and_no_session(
        self, providers: Providers, provider: str, rest: str, notice: str
    ) -> None:
        browser, before = providers.browser(), providers.accounts
        back = browser.returns(provider, browser.starts(provider, providers.scene.link), rest)
        assert back == f"/join/{providers.scene.link}?notice={notice}&by={provider}"
        self._still_good(providers, browser, back, before, "Your invitation is still valid.")
        assert providers.fakes[provider].asked == 0

    @BOTH
    def test_a_broken_provider_goes_back_with_a_word_and_no_session(self, providers: Providers, provider: str) -> None:
        browser, before, good = providers.browser(), providers.accounts, providers.fakes[provider].says
        providers.fakes[provider].says = ProviderFailed("broken")
        back = browser.returns(provider, browser.starts(provider, providers.scene.link))
        assert back == f"/join/{providers.scene.link}?notice=failed&by={provider}"
        self._still_good(providers, browser, back, before, "Nothing was lost")
        providers.fakes[provider].says = good
        assert browser.comes_in(provider, providers.scene.link).post(f"/join/{providers.scene.link}").status == 200

    def _still_good(self, providers: Providers, browser: OAuthBrowser, back: str, before: int, words: str) -> None:
        page = browser.get(back)
        assert (page.status, words in visible(page.text)) == (200, True)
        assert not browser.signed_in
        assert providers.accounts == before
        assert providers.scene.invitations()[INVITED]["status"] == "pending"

    @pytest.mark.requirement("A23")
    @pytest.mark.parametrize("token", ["https://evil.example", "//evil.example", "..%2F..%2Fx", "%0d%0aSet-Cookie:x=1"])
    def test_nobody_is_sent_elsewhere(self, providers: Providers, token: str) -> None:
        answer = providers.browser().get(f"/oauth/slack/start?join={token}")
        assert answer.status == 404
        assert "location" not in answer.headers

    @pytest.mark.requirement("A02")
    @BOTH
    def test_being_sent_through_joins_nobody(self, providers: Providers, provider: str) -> None:
        person = providers.browser().comes_in(provider, providers.scene.link)
        assert providers.scene.invitations()[INVITED]["status"] == "pending"
        assert person.get(providers.scene.base).status == 404


@pytest.mark.requirement("A20")
class TestTheAccount:
    @BOTH
    def test_the_second_time_it_is_the_same(self, providers: Providers, provider: str) -> None:
        first, before = providers.browser().comes_in(provider), providers.accounts
        fake = providers.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(fake.says, name="Olaf N. Nord", email="olaf.new@nord.example")
        assert providers.browser().comes_in(provider, providers.scene.link).id == first.id
        assert providers.accounts == before

    @BOTH
    @pytest.mark.parametrize(("tenant", "user"), [("T2", "U1"), ("T1", "U2")])
    def test_another_tenant_or_user_is_another_account(
        self, providers: Providers, provider: str, tenant: str, user: str
    ) -> None:
        first, fake = providers.browser().comes_in(provider), providers.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(
            PROFILES[provider], identity=replace(SLACK.identity, provider=Provider(provider), tenant=tenant, user=user)
        )
        assert providers.browser().comes_in(provider).id != first.id

    @BOTH
    def test_an_address_never_merges(self, providers: Providers, provider: str) -> None:
        fake = providers.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(fake.says, email=OWNER, email_proved=True)
        person = providers.browser().comes_in(provider)
        assert person.id != providers.scene.owner.id
        assert person.get("/me").json["workspaces"] == []
        assert providers.world.signs_in(OWNER).id == providers.scene.owner.id

    def test_both_providers_with_one_address_are_two_accounts(self, providers: Providers) -> None:
        assert providers.browser().comes_in("slack").id != providers.browser().comes_in("microsoft").id

    @pytest.mark.parametrize("name", ["", " ", "\u202e", "a\nb", "x" * 500, "http://evil.example"])
    def test_any_name_makes_an_account(self, providers: Providers, name: str) -> None:
        providers.fakes["slack"].says = replace(SLACK, name=name)
        assert 0 < len(providers.browser().comes_in("slack").get("/me").json["account"]["name"]) <= 100

    @BOTH
    def test_a_new_account_speaks_the_language_of_the_browser_that_came_back(
        self, providers: Providers, provider: str
    ) -> None:
        browser = providers.browser()
        browser.browser.cookies["lang"] = "fr"
        browser.comes_in(provider, providers.scene.link)
        del browser.browser.cookies["lang"]
        assert '<html lang="fr">' in browser.get("/chats").text


@pytest.mark.requirement("A03", "A29")
class TestThePlan:
    @BOTH
    def test_on_free_it_is_neither_shown_nor_reachable(self, providers: Providers, provider: str) -> None:
        browser = providers.browser()
        providers.plan("free")
        assert f"/oauth/{provider}/start" not in browser.get(f"/join/{providers.scene.link}").text
        self._refused_at_start(providers, browser, provider)

    @BOTH
    def test_between_page_and_start(self, providers: Providers, provider: str) -> None:
        browser = providers.browser()
        assert f"/oauth/{provider}/start" in browser.get(f"/join/{providers.scene.link}").text
        providers.plan("free")
        self._refused_at_start(providers, browser, provider)
        providers.plan("pro")
        browser.comes_in(provider, providers.scene.link)

    @BOTH
    def test_between_start_and_callback_the_provider_is_not_asked(self, providers: Providers, provider: str) -> None:
        browser, before = providers.browser(), providers.accounts
        state = browser.starts(provider, providers.scene.link)
        providers.plan("free")
        assert browser.returns(provider, state) == f"/join/{providers.scene.link}?notice=plan&by={provider}"
        assert (browser.signed_in, providers.fakes[provider].asked, providers.accounts) == (False, 0, before)

    @BOTH
    def test_between_callback_and_joining(self, providers: Providers, provider: str) -> None:
        person = providers.browser().comes_in(provider, providers.scene.link)
        providers.plan("free")
        assert person.post(f"/join/{providers.scene.link}").status == 403
        assert providers.scene.invitations()[INVITED]["status"] == "pending"
        providers.plan("enterprise")
        assert person.post(f"/join/{providers.scene.link}").status == 200

    @BOTH
    def test_an_invitation_from_before_the_upgrade(self, providers: Providers, provider: str) -> None:
        providers.plan("free")
        providers.scene.owner.invites("new@nord.example")
        token = providers.world.invited("new@nord.example")
        providers.plan("pro")
        browser = providers.browser()
        assert f"/oauth/{provider}/start" in browser.get(f"/join/{token}").text
        browser.comes_in(provider, token)

    @BOTH
    def test_an_invitation_that_ended_asks_nobody(self, providers: Providers, provider: str) -> None:
        browser = providers.browser()
        state = browser.starts(provider, providers.scene.link)
        providers.scene.owner.delete(f"{providers.scene.base}/invitations/{providers.scene.invitation}")
        assert browser.returns(provider, state) == f"/join/{providers.scene.link}?notice=over&by={provider}"
        assert (browser.signed_in, providers.fakes[provider].asked) == (False, 0)
        assert browser.get(f"/oauth/{provider}/start?join={providers.scene.link}").status == 410

    @BOTH
    def test_whoever_joined_comes_in_by_the_same_button_and_nobody_else(
        self, providers: Providers, provider: str
    ) -> None:
        link, path = providers.scene.link, f"/chats/{providers.scene.chat}"
        providers.browser().comes_in(provider, link).post(f"/join/{link}")
        providers.plan("free")
        again, other, before = providers.browser(), providers.browser(), providers.accounts
        assert again.returns(provider, again.starts(provider, link)) == path
        assert again.signed_in
        providers.fakes[provider].says = replace(
            PROFILES[provider], identity=replace(PROFILES[provider].identity, user="x")
        )
        assert other.returns(provider, other.starts(provider, link)) == f"/join/{link}?notice=over&by={provider}"
        assert (other.signed_in, providers.accounts) == (False, before)

    @BOTH
    def test_what_is_not_configured_is_not_reachable(self, providers: Providers, provider: str) -> None:
        providers.world.use(configured=frozenset())
        self._refused_at_start(providers, providers.browser(), provider)
        assert providers.browser().get(f"/oauth/{provider}/start").status == 403

    def _refused_at_start(self, providers: Providers, browser: OAuthBrowser, provider: str) -> None:
        answer = browser.get(f"/oauth/{provider}/start?join={providers.scene.link}")
        assert answer.headers["location"] == f"/join/{providers.scene.link}?notice=plan&by={provider}"
        assert "can’t be used with" in visible(browser.get(answer.headers["location"]).text)
        assert providers.fakes[provider].asked == 0


JOINS: dict[str, tuple[str, bool, str, str, tuple[int, str]]] = {
    "Slack, verified, mailed": ("slack", True, INVITED, "mailed", (200, "")),
    "Slack, verified, copied": ("slack", True, INVITED, "copied", (200, "")),
    "Slack, verified, in capitals": ("slack", True, INVITED.upper(), "copied", (200, "")),
    "Slack, unverified, mailed": ("slack", False, INVITED, "mailed", (200, "")),
    "Slack, unverified, copied": ("slack", False, INVITED, "copied", (403, "code_needed")),
    "Slack, another address": ("slack", True, "olaf@home.example", "mailed", (409, "address_mismatch")),
    "Slack, another address, copied": ("slack", True, "olaf@home.example", "copied", (403, "code_needed")),
    "Slack, no address": ("slack", True, "", "mailed", (409, "address_mismatch")),
    "Slack, no plain address": ("slack", True, f"{INVITED}, x@y.example", "copied", (403, "code_needed")),
    "Microsoft, equal, mailed": ("microsoft", False, INVITED, "mailed", (200, "")),
    "Microsoft, equal in capitals": ("microsoft", False, INVITED.upper(), "mailed", (200, "")),
    "Microsoft, equal, copied": ("microsoft", False, INVITED, "copied", (403, "code_needed")),
    "Microsoft, another address": ("microsoft", False, "olaf@home.example", "mailed", (409, "address_mismatch")),
    "Microsoft, no address": ("microsoft", False, "", "mailed", (409, "address_mismatch")),
}


@pytest.mark.requirement("A07", "A20")
@pytest.mark.parametrize("case", JOINS)
def test_what_an_address_of_a_provider_is_worth(providers: Providers, case: str) -> None:
    provider, proved, email, link, expected = JOINS[case]
    providers.fakes[provider].says = replace(PROFILES[provider], email=email, email_proved=proved)
    token = providers.scene.link if link == "mailed" else copied(providers.scene)
    answer = providers.browser().comes_in(provider, token).post(f"/join/{token}")
    assert (answer.status, "" if answer.status == 200 else answer.code) == expected


@BOTH
def test_way_and_organisation_are_kept(providers: Providers, provider: str) -> None:
    person = providers.browser().comes_in(provider, providers.scene.link)
    assert person.post(f"/join/{providers.scene.link}").status == 200
    people = providers.scene.owner.get(providers.scene.base).json["participants"]
    result = next(item for item in people if item["account_id"] == person.id)
    assert result["via"] == {"slack": "slack", "microsoft": "teams"}[provider]
    assert (result["organization"], result["name"], result["invited_as"]) == ("Nord", "Olaf Nord", INVITED)
    assert providers.scene.invitations()[INVITED]["joined"]["email"] == INVITED


@pytest.mark.requirement("A03", "A20")
@pytest.mark.parametrize(
    ("rules", "email", "status"),
    [
        ({"denied_domains": ["home.example"]}, "olaf@home.example", 403),
        ({"denied_domains": ["home.example"]}, "olaf@other.example", 200),
        ({"allowed_domains": ["nord.example"]}, "olaf@home.example", 403),
        ({"allowed_domains": ["nord.example"]}, "", 403),
    ],
)
def test_rules_for_domains_hold_for_whoever_comes_through_a_provider(
    providers: Providers, rules: dict[str, list[str]], email: str, status: int
) -> None:
    providers.scene.owner.patch(f"/workspaces/{providers.scene.workspace}", rules)
    providers.fakes["slack"].says = replace(SLACK, email=email)
    person = providers.browser().comes_in("slack", providers.scene.link)
    assert person.post(f"/join/{providers.scene.link}", {"confirm_mismatch": True}).status == status


@pytest.mark.requirement("A10", "A40")
@BOTH
def test_what_a_team_calls_itself_is_a_name_like_any_other(providers: Providers, provider: str) -> None:
    hostile = "Nord\u202e\r\n\0\u200b" + "x" * 5_000
    says = replace(PROFILES[provider], organization=hostile, name=hostile, picture="https://x.example/" + "p" * 5_000)
    providers.fakes[provider].says = says
    person = providers.browser().comes_in(provider, providers.scene.link)
    assert person.post(f"/join/{providers.scene.link}").status == 200
    shown = next(
        participant
        for participant in providers.scene.owner.get(providers.scene.base).json["participants"]
        if participant["account_id"] == person.id
    )
    assert shown["organization"] == shown["name"] == ("Nord " + "x" * 60)[:60]
    assert "p" * 100 not in everything(providers.world)


class TestLinking:
    def test_a_linked_identity_signs_in_as_the_account(self, providers: Providers) -> None:
        browser = self._linked(providers)
        assert browser.returns("slack", browser.starts("slack", query="link=1")) == "/settings?notice=linked&by=slack"
        assert providers.browser().comes_in("slack").id == providers.scene.guest.id

    def test_nobody_takes_what_is_linked_elsewhere(self, providers: Providers) -> None:
        other = providers.browser().comes_in("slack")
        browser = self._signed_in(providers)
        assert browser.returns("slack", browser.starts("slack", query="link=1")) == "/settings?notice=taken&by=slack"
        assert providers.browser().comes_in("slack").id == other.id

    @pytest.mark.requirement("A08")
    def test_who_is_signed_out_meanwhile_links_nothing(self, providers: Providers) -> None:
        browser = self._signed_in(providers)
        state = browser.starts("slack", query="link=1")
        assert providers.scene.guest.delete("/sessions/current").status == 204
        assert browser.returns("slack", state).startswith("/sign-in?notice=state")
        assert providers.browser().comes_in("slack").id != providers.scene.guest.id
        assert providers.fakes["slack"].asked == 1

    @pytest.mark.requirement("A08")
    def test_another_account_in_the_same_browser_links_nothing(self, providers: Providers) -> None:
        browser = self._signed_in(providers)
        state = browser.starts("slack", query="link=1")
        browser.browser.cookies["session"] = providers.scene.stranger.token
        assert browser.returns("slack", state).startswith("/sign-in?notice=state")
        assert providers.world.stored("identity") == []

    @pytest.mark.requirement("A18")
    @pytest.mark.parametrize("path", ["start?link=1", "start", "start?join={link}"])
    @pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303)])
    def test_another_site_can_not_send_a_browser_out(
        self, providers: Providers, path: str, site: str, status: int
    ) -> None:
        browser = self._linked(providers)
        path = path.format(link=providers.scene.link)
        answer = browser.browser._request("GET", f"/oauth/slack/{path}", b"", {"Sec-Fetch-Site": site})
        assert answer.status == status

    @pytest.mark.requirement("A08")
    def test_unlinked_it_is_somebody_else(self, providers: Providers) -> None:
        browser = self._linked(providers)
        page = browser.browser.open("/settings")
        browser.browser.send(page.form("/settings/identities/remove"))
        assert providers.browser().comes_in("slack").id != providers.scene.guest.id

    @pytest.mark.requirement("A08")
    def test_who_came_in_by_what_is_unlinked_is_signed_out(self, providers: Providers) -> None:
        browser = self._linked(providers)
        through = providers.browser().comes_in("slack")
        assert (through.id, through.get("/me").status) == (providers.scene.guest.id, 200)
        browser.browser.send(browser.browser.open("/settings").form("/settings/identities/remove"))
        assert [person.get("/me").status for person in (through, providers.scene.guest)] == [401, 200]

    def test_the_only_way_in_stays(self, providers: Providers) -> None:
        browser = providers.browser()
        person = browser.comes_in("slack")
        answer = browser.browser.post("/settings/identities/remove", [("key", SLACK.identity.key)])
        assert (answer.status, "your only way to sign in" in visible(answer.html)) == (422, True)
        assert providers.browser().comes_in("slack").id == person.id

    @pytest.mark.requirement("A28", "A32")
    @pytest.mark.parametrize(
        "key", ["", "x", "a#b#c", "slack#T1", "slack#T1#U1", "microsoft#x#y", "#", "##", "\x00#b#c"]
    )
    def test_a_key_that_is_not_ones_own_is_unknown(self, providers: Providers, key: str) -> None:
        providers.browser().comes_in("slack")
        browser = self._signed_in(providers)
        assert browser.browser.post("/settings/identities/remove", [("key", key)]).status == 404

    def _signed_in(self, providers: Providers) -> OAuthBrowser:
        browser = providers.browser()
        browser.browser.cookies["session"] = providers.scene.guest.token
        return browser

    def _linked(self, providers: Providers) -> OAuthBrowser:
        browser = self._signed_in(providers)
        browser.returns("slack", browser.starts("slack", query="link=1"))
        return browser


class TestTheInstallation:
    def _joined(self, providers: Providers) -> OAuthBrowser:
        browser = providers.browser()
        assert browser.comes_in("slack", providers.scene.link).post(f"/join/{providers.scene.link}").status == 200
        return browser

    def test_it_is_of_the_persons_own_team_and_goes_on_to_the_chat(self, providers: Providers) -> None:
        browser = self._joined(providers)
        answer = browser.get("/oauth/slack/install")
        assert "team=T1" in answer.headers["location"]
        back = browser.returns("slack", state_in(answer), way="installed")
        assert back == f"/chats/{providers.scene.chat}?notice=installed&by=slack"
        assert providers.world.ports.identities.installation(Provider.SLACK, "T1")

    def test_the_composer_promises_no_slack_before_the_app_is_there(self, providers: Providers) -> None:
        browser, mara = self._joined(providers), Browser(providers.world)
        mara.cookies["session"] = providers.scene.owner.token
        page = f"/chats/{providers.scene.chat}"
        assert "Olaf (Nord, Webtop)" in visible(mara.open(page).html)
        browser.returns("slack", state_in(browser.get("/oauth/slack/install")), way="installed")
        assert "Olaf (Nord, Slack)" in visible(mara.open(page).html)

    @pytest.mark.requirement("A19")
    def test_another_team_is_refused(self, providers: Providers) -> None:
        browser = self._joined(providers)
        providers.install.team = "T2"
        back = browser.returns("slack", state_in(browser.get("/oauth/slack/install")), way="installed")
        assert back == f"/chats/{providers.scene.chat}?notice=team&by=slack"
        assert [providers.world.ports.identities.installation(Provider.SLACK, team) for team in ("T1", "T2")] == [
            None,
            None,
        ]

    @pytest.mark.parametrize(("rest", "notice"), [("error=access_denied", "cancelled"), ("code=broken", "failed")])
    def test_what_fails_can_be_tried_again(self, providers: Providers, rest: str, notice: str) -> None:
        browser = self._joined(providers)
        back = browser.returns("slack", state_in(browser.get("/oauth/slack/install")), rest, way="installed")
        assert back == f"/chats/{providers.scene.chat}?notice={notice}&by=slack"
        assert providers.world.ports.identities.installation(Provider.SLACK, "T1") is None
        browser.returns("slack", state_in(browser.get("/oauth/slack/install")), way="installed")
        assert providers.world.ports.identities.installation(Provider.SLACK, "T1")

    def test_it_needs_a_slack_identity(self, providers: Providers) -> None:
        browser = providers.browser()
        assert browser.get("/oauth/slack/install").headers["location"].startswith("/sign-in")
        browser.browser.cookies["session"] = providers.scene.guest.token
        assert browser.get("/oauth/slack/install").status == 409

    @pytest.mark.requirement("A30")
    def test_tokens_are_sealed_at_rest(self, providers: Providers) -> None:
        browser = self._joined(providers)
        browser.returns("slack", state_in(browser.get("/oauth/slack/install")), way="installed")
        identities = providers.world.ports.identities
        identities.keep_user_token(SLACK.identity, "xoxp-very-secret", providers.world.now())
        stored = everything(providers.world)
        assert "xoxb" not in stored
        assert "xoxp" not in stored
        assert "very-secret" not in stored
        installed: Any = identities.installation(Provider.SLACK, "T1")
        assert (installed.bot_token, identities.user_token(SLACK.identity)) == ("xoxb-very-secret", "xoxp-very-secret")

    @pytest.mark.requirement("A08")
    def test_taken_out_its_token_is_gone_and_a_new_one_may_come(self, providers: Providers) -> None:
        identities = providers.world.ports.identities
        identities.install(Provider.SLACK, providers.install.finish("c", "T1"))
        identities.uninstall(Provider.SLACK, "T1", providers.world.now())
        assert identities.installation(Provider.SLACK, "T1") is None
        identities.install(Provider.SLACK, providers.install.finish("c", "T1"))
        assert identities.installation(Provider.SLACK, "T1")
