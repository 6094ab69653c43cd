"""Coming in through Slack or Microsoft, with a provider that says whatever a test wants: bound, once, and by the plan of now."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.identities import Profile, Provider
from chalicelib.ports import ProviderFailed
from tests.scenes import INVITED, OWNER, Scene
from tests.usecases.doing import copied
from tests.usecases.providers import PROFILES, SLACK, Town, Window, everything, state_in, with_providers
from tests.web.browser import Browser, visible

BOTH = pytest.mark.parametrize("provider", ["slack", "microsoft"])


@pytest.fixture
def town(scene: Scene) -> Town:
    return with_providers(scene)


@pytest.mark.requirement("A19")
class TestTheState:
    @BOTH
    def test_it_works_once(self, town: Town, provider: str) -> None:
        window = town.browser()
        state = window.starts(provider, town.scene.link)
        assert window.returns(provider, state) == f"/join/{town.scene.link}"
        assert window.returns(provider, state).startswith("/sign-in?said=state")
        assert town.fakes[provider].asked == 1

    @BOTH
    def test_another_browser_can_do_nothing_with_it(self, town: Town, provider: str) -> None:
        window, other = town.browser(), town.browser()
        state = window.starts(provider, town.scene.link)
        assert other.returns(provider, state).startswith("/sign-in?said=state")
        other.starts(provider, town.scene.link)
        assert other.returns(provider, state).startswith("/sign-in?said=state")
        assert not other.signed_in
        assert town.fakes[provider].asked == 0
        assert window.returns(provider, state) == f"/join/{town.scene.link}"

    @BOTH
    def test_the_other_provider_can_do_nothing_with_it(self, town: Town, provider: str) -> None:
        window, other = town.browser(), "microsoft" if provider == "slack" else "slack"
        state = window.starts(provider, town.scene.link)
        assert window.returns(other, state).startswith("/sign-in?said=state")
        assert (town.fakes["slack"].asked, town.fakes["microsoft"].asked) == (0, 0)

    def test_it_is_worthless_for_another_purpose(self, town: Town) -> None:
        window = town.browser()
        state = window.starts("slack", town.scene.link)
        assert "said=state" in window.returns("slack", state, way="installed")
        assert "said=state" in window.returns("slack", state, way="admin/callback")
        window.comes_in("slack")
        install = state_in(window.get("/oauth/slack/install"))
        assert "said=state" in window.returns("slack", install)
        assert "said=state" in window.returns("slack", install, way="admin/callback")
        assert town.install.asked == 0

    @BOTH
    @pytest.mark.parametrize(("seconds", "holds"), [(599, True), (600, False), (86_400, False)])
    def test_it_lasts_ten_minutes(self, town: Town, provider: str, seconds: int, holds: bool) -> None:
        window = town.browser()
        state = window.starts(provider, town.scene.link)
        town.world.pass_time(seconds=seconds)
        window.returns(provider, state)
        assert (window.signed_in, town.fakes[provider].asked) == (holds, int(holds))

    @BOTH
    @pytest.mark.parametrize("state", ["", "x", "%00", "%F0%9F%91%8D", "a" * 3_000])
    def test_an_unknown_one_is_refused(self, town: Town, provider: str, state: str) -> None:
        window = town.browser()
        window.starts(provider, town.scene.link)
        assert window.returns(provider, state).startswith("/sign-in?said=state")
        assert not window.signed_in

    @pytest.mark.requirement("A04")
    def test_a_mailed_secret_is_none(self, town: Town) -> None:
        world, window = town.world, town.browser()
        world.call("POST", "/sign-in-links", {"email": OWNER})
        world.settle()
        mailed = world.last_mail(OWNER).text.rpartition("http://chat.test/")[2].split()[0].rpartition("/")[2]
        window.starts("slack", town.scene.link)
        assert window.returns("slack", mailed).startswith("/sign-in?said=state")

    def test_it_is_stored_as_a_hash_only(self, town: Town) -> None:
        state = town.browser().starts("slack", town.scene.link)
        assert state not in everything(town.world)


@pytest.mark.requirement("A22")
class TestWhatDoesNotWork:
    @BOTH
    @pytest.mark.parametrize(
        ("rest", "said"),
        [
            ("error=access_denied", "cancelled"),
            ("error=access_denied&code=c", "cancelled"),
            ("error=server_error&error_description=%3Cb%3E", "cancelled"),
            ("code=", "cancelled"),
            ("", "cancelled"),
        ],
    )
    def test_a_refused_return_goes_back_with_a_word_and_no_session(
        self, town: Town, provider: str, rest: str, said: str
    ) -> None:
        window, before = town.browser(), town.accounts
        back = window.returns(provider, window.starts(provider, town.scene.link), rest)
        assert back == f"/join/{town.scene.link}?said={said}&by={provider}"
        self._still_good(town, window, back, before, "Your invitation is still good.")
        assert town.fakes[provider].asked == 0

    @BOTH
    def test_a_broken_provider_goes_back_with_a_word_and_no_session(self, town: Town, provider: str) -> None:
        window, before, good = town.browser(), town.accounts, town.fakes[provider].says
        town.fakes[provider].says = ProviderFailed("broken")
        back = window.returns(provider, window.starts(provider, town.scene.link))
        assert back == f"/join/{town.scene.link}?said=failed&by={provider}"
        self._still_good(town, window, back, before, "Nothing is lost")
        town.fakes[provider].says = good
        assert window.comes_in(provider, town.scene.link).post(f"/join/{town.scene.link}").status == 200

    def _still_good(self, town: Town, window: Window, back: str, before: int, words: str) -> None:
        page = window.get(back)
        assert (page.status, words in visible(page.text)) == (200, True)
        assert not window.signed_in
        assert town.accounts == before
        assert town.scene.invitations()[INVITED]["status"] == "pending"

    @pytest.mark.requirement("A23")
    @pytest.mark.parametrize("token", ["https://evil.example", "//evil.example", "..%2F..%2Fx", "%0d%0aSet-Cookie:x=1"])
    def test_nobody_is_sent_elsewhere(self, town: Town, token: str) -> None:
        answer = town.browser().get(f"/oauth/slack/start?join={token}")
        assert answer.status == 404
        assert "location" not in answer.headers

    @pytest.mark.requirement("A02")
    @BOTH
    def test_being_sent_through_joins_nobody(self, town: Town, provider: str) -> None:
        person = town.browser().comes_in(provider, town.scene.link)
        assert town.scene.invitations()[INVITED]["status"] == "pending"
        assert person.get(town.scene.base).status == 404


@pytest.mark.requirement("A20")
class TestTheAccount:
    @BOTH
    def test_the_second_time_it_is_the_same(self, town: Town, provider: str) -> None:
        first, before = town.browser().comes_in(provider), town.accounts
        fake = town.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(fake.says, name="Olaf N. Nord", email="olaf.new@nord.example")
        assert town.browser().comes_in(provider, town.scene.link).id == first.id
        assert town.accounts == before

    @BOTH
    @pytest.mark.parametrize(("tenant", "user"), [("T2", "U1"), ("T1", "U2")])
    def test_another_tenant_or_user_is_another_account(self, town: Town, provider: str, tenant: str, user: str) -> None:
        first, fake = town.browser().comes_in(provider), town.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(
            PROFILES[provider], identity=replace(SLACK.identity, provider=Provider(provider), tenant=tenant, user=user)
        )
        assert town.browser().comes_in(provider).id != first.id

    @BOTH
    def test_an_address_never_merges(self, town: Town, provider: str) -> None:
        fake = town.fakes[provider]
        assert isinstance(fake.says, Profile)
        fake.says = replace(fake.says, email=OWNER, email_proved=True)
        person = town.browser().comes_in(provider)
        assert person.id != town.scene.owner.id
        assert person.get("/me").json["workspaces"] == []
        assert town.world.signs_in(OWNER).id == town.scene.owner.id

    def test_both_providers_with_one_address_are_two_accounts(self, town: Town) -> None:
        assert town.browser().comes_in("slack").id != town.browser().comes_in("microsoft").id

    @pytest.mark.parametrize("name", ["", " ", "\u202e", "a\nb", "x" * 500, "http://evil.example"])
    def test_any_name_makes_an_account(self, town: Town, name: str) -> None:
        town.fakes["slack"].says = replace(SLACK, name=name)
        assert 0 < len(town.browser().comes_in("slack").get("/me").json["account"]["name"]) <= 100

    @BOTH
    def test_a_new_account_speaks_the_language_of_the_browser_that_came_back(self, town: Town, provider: str) -> None:
        window = town.browser()
        window.browser.cookies["lang"] = "fr"
        window.comes_in(provider, town.scene.link)
        del window.browser.cookies["lang"]
        assert '<html lang="fr">' in window.get("/chats").text


@pytest.mark.requirement("A03", "A29")
class TestThePlan:
    @BOTH
    def test_on_free_it_is_neither_shown_nor_reachable(self, town: Town, provider: str) -> None:
        window = town.browser()
        town.plan("free")
        assert f"/oauth/{provider}/start" not in window.get(f"/join/{town.scene.link}").text
        self._refused_at_start(town, window, provider)

    @BOTH
    def test_between_page_and_start(self, town: Town, provider: str) -> None:
        window = town.browser()
        assert f"/oauth/{provider}/start" in window.get(f"/join/{town.scene.link}").text
        town.plan("free")
        self._refused_at_start(town, window, provider)
        town.plan("pro")
        window.comes_in(provider, town.scene.link)

    @BOTH
    def test_between_start_and_callback_the_provider_is_not_asked(self, town: Town, provider: str) -> None:
        window, before = town.browser(), town.accounts
        state = window.starts(provider, town.scene.link)
        town.plan("free")
        assert window.returns(provider, state) == f"/join/{town.scene.link}?said=plan&by={provider}"
        assert (window.signed_in, town.fakes[provider].asked, town.accounts) == (False, 0, before)

    @BOTH
    def test_between_callback_and_joining(self, town: Town, provider: str) -> None:
        person = town.browser().comes_in(provider, town.scene.link)
        town.plan("free")
        assert person.post(f"/join/{town.scene.link}").status == 403
        assert town.scene.invitations()[INVITED]["status"] == "pending"
        town.plan("enterprise")
        assert person.post(f"/join/{town.scene.link}").status == 200

    @BOTH
    def test_an_invitation_from_before_the_upgrade(self, town: Town, provider: str) -> None:
        town.plan("free")
        town.scene.owner.invites("new@nord.example")
        token = town.world.invited("new@nord.example")
        town.plan("pro")
        window = town.browser()
        assert f"/oauth/{provider}/start" in window.get(f"/join/{token}").text
        window.comes_in(provider, token)

    @BOTH
    def test_an_invitation_that_ended_asks_nobody(self, town: Town, provider: str) -> None:
        window = town.browser()
        state = window.starts(provider, town.scene.link)
        town.scene.owner.delete(f"{town.scene.base}/invitations/{town.scene.invitation}")
        assert window.returns(provider, state) == f"/join/{town.scene.link}?said=over&by={provider}"
        assert (window.signed_in, town.fakes[provider].asked) == (False, 0)
        assert window.get(f"/oauth/{provider}/start?join={town.scene.link}").status == 410

    @BOTH
    def test_what_is_not_configured_is_not_reachable(self, town: Town, provider: str) -> None:
        town.world.use(configured=frozenset())
        self._refused_at_start(town, town.browser(), provider)
        assert town.browser().get(f"/oauth/{provider}/start").status == 403

    def _refused_at_start(self, town: Town, window: Window, provider: str) -> None:
        answer = window.get(f"/oauth/{provider}/start?join={town.scene.link}")
        assert answer.headers["location"] == f"/join/{town.scene.link}?said=plan&by={provider}"
        assert "can’t be used with" in visible(window.get(answer.headers["location"]).text)
        assert town.fakes[provider].asked == 0


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
def test_what_an_address_of_a_provider_is_worth(town: Town, case: str) -> None:
    provider, proved, email, link, expected = JOINS[case]
    town.fakes[provider].says = replace(PROFILES[provider], email=email, email_proved=proved)
    token = town.scene.link if link == "mailed" else copied(town.scene)
    answer = town.browser().comes_in(provider, token).post(f"/join/{token}")
    assert (answer.status, "" if answer.status == 200 else answer.code) == expected


@BOTH
def test_way_and_organisation_are_kept(town: Town, provider: str) -> None:
    person = town.browser().comes_in(provider, town.scene.link)
    assert person.post(f"/join/{town.scene.link}").status == 200
    people = town.scene.owner.get(town.scene.base).json["participants"]
    found = next(one for one in people if one["account_id"] == person.id)
    assert found["via"] == {"slack": "slack", "microsoft": "teams"}[provider]
    assert (found["organization"], found["name"], found["invited_as"]) == ("Nord", "Olaf Nord", INVITED)
    assert town.scene.invitations()[INVITED]["joined"]["email"] == INVITED


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
    town: Town, rules: dict[str, list[str]], email: str, status: int
) -> None:
    town.scene.owner.patch(f"/workspaces/{town.scene.workspace}", rules)
    town.fakes["slack"].says = replace(SLACK, email=email)
    person = town.browser().comes_in("slack", town.scene.link)
    assert person.post(f"/join/{town.scene.link}", {"confirm_mismatch": True}).status == status


@pytest.mark.requirement("A10", "A40")
@BOTH
def test_what_a_team_calls_itself_is_a_name_like_any_other(town: Town, provider: str) -> None:
    hostile = "Nord\u202e\r\n\0\u200b" + "x" * 5_000
    says = replace(PROFILES[provider], organization=hostile, name=hostile, picture="https://x.example/" + "p" * 5_000)
    town.fakes[provider].says = says
    person = town.browser().comes_in(provider, town.scene.link)
    assert person.post(f"/join/{town.scene.link}").status == 200
    shown = next(
        one for one in town.scene.owner.get(town.scene.base).json["participants"] if one["account_id"] == person.id
    )
    assert shown["organization"] == shown["name"] == ("Nord " + "x" * 60)[:60]
    assert "p" * 100 not in everything(town.world)


class TestLinking:
    def test_a_linked_identity_signs_in_as_the_account(self, town: Town) -> None:
        window = self._linked(town)
        assert window.returns("slack", window.starts("slack", query="link=1")) == "/settings?said=linked&by=slack"
        assert town.browser().comes_in("slack").id == town.scene.guest.id

    def test_nobody_takes_what_is_linked_elsewhere(self, town: Town) -> None:
        other = town.browser().comes_in("slack")
        window = self._signed_in(town)
        assert window.returns("slack", window.starts("slack", query="link=1")) == "/settings?said=taken&by=slack"
        assert town.browser().comes_in("slack").id == other.id

    @pytest.mark.requirement("A08")
    def test_who_is_signed_out_meanwhile_links_nothing(self, town: Town) -> None:
        window = self._signed_in(town)
        state = window.starts("slack", query="link=1")
        assert town.scene.guest.delete("/sessions/current").status == 204
        assert window.returns("slack", state).startswith("/sign-in?said=state")
        assert town.browser().comes_in("slack").id != town.scene.guest.id
        assert town.fakes["slack"].asked == 1

    @pytest.mark.requirement("A08")
    def test_another_account_in_the_same_browser_links_nothing(self, town: Town) -> None:
        window = self._signed_in(town)
        state = window.starts("slack", query="link=1")
        window.browser.cookies["session"] = town.scene.stranger.token
        assert window.returns("slack", state).startswith("/sign-in?said=state")
        assert town.world.stored("identity") == []

    @pytest.mark.requirement("A18")
    @pytest.mark.parametrize("path", ["start?link=1", "start", "start?join={link}"])
    @pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303)])
    def test_another_site_can_not_send_a_browser_out(self, town: Town, path: str, site: str, status: int) -> None:
        window = self._linked(town)
        path = path.format(link=town.scene.link)
        answer = window.browser._request("GET", f"/oauth/slack/{path}", b"", {"Sec-Fetch-Site": site})
        assert answer.status == status

    @pytest.mark.requirement("A08")
    def test_unlinked_it_is_somebody_else(self, town: Town) -> None:
        window = self._linked(town)
        page = window.browser.open("/settings")
        window.browser.send(page.form("/settings/identities/remove"))
        assert town.browser().comes_in("slack").id != town.scene.guest.id

    @pytest.mark.requirement("A08")
    def test_who_came_in_by_what_is_unlinked_is_signed_out(self, town: Town) -> None:
        window = self._linked(town)
        through = town.browser().comes_in("slack")
        assert (through.id, through.get("/me").status) == (town.scene.guest.id, 200)
        window.browser.send(window.browser.open("/settings").form("/settings/identities/remove"))
        assert [person.get("/me").status for person in (through, town.scene.guest)] == [401, 200]

    def test_the_only_way_in_stays(self, town: Town) -> None:
        window = town.browser()
        person = window.comes_in("slack")
        answer = window.browser.post("/settings/identities/remove", [("key", SLACK.identity.key)])
        assert (answer.status, "your only way to sign in" in visible(answer.html)) == (422, True)
        assert town.browser().comes_in("slack").id == person.id

    @pytest.mark.requirement("A28", "A32")
    @pytest.mark.parametrize(
        "key", ["", "x", "a#b#c", "slack#T1", "slack#T1#U1", "microsoft#x#y", "#", "##", "\x00#b#c"]
    )
    def test_a_key_that_is_not_ones_own_is_unknown(self, town: Town, key: str) -> None:
        town.browser().comes_in("slack")
        window = self._signed_in(town)
        assert window.browser.post("/settings/identities/remove", [("key", key)]).status == 404

    def _signed_in(self, town: Town) -> Window:
        window = town.browser()
        window.browser.cookies["session"] = town.scene.guest.token
        return window

    def _linked(self, town: Town) -> Window:
        window = self._signed_in(town)
        window.returns("slack", window.starts("slack", query="link=1"))
        return window


class TestTheInstallation:
    def _joined(self, town: Town) -> Window:
        window = town.browser()
        assert window.comes_in("slack", town.scene.link).post(f"/join/{town.scene.link}").status == 200
        return window

    def test_it_is_of_the_persons_own_team_and_goes_on_to_the_chat(self, town: Town) -> None:
        window = self._joined(town)
        answer = window.get("/oauth/slack/install")
        assert "team=T1" in answer.headers["location"]
        back = window.returns("slack", state_in(answer), way="installed")
        assert back == f"/chats/{town.scene.chat}?said=installed&by=slack"
        assert town.world.ports.identities.installation("T1")

    def test_the_composer_promises_no_slack_before_the_app_is_there(self, town: Town) -> None:
        window, mara = self._joined(town), Browser(town.world)
        mara.cookies["session"] = town.scene.owner.token
        page = f"/chats/{town.scene.chat}"
        assert "Olaf (Nord, Webtop)" in visible(mara.open(page).html)
        window.returns("slack", state_in(window.get("/oauth/slack/install")), way="installed")
        assert "Olaf (Nord, Slack)" in visible(mara.open(page).html)

    @pytest.mark.requirement("A19")
    def test_another_team_is_refused(self, town: Town) -> None:
        window = self._joined(town)
        town.install.team = "T2"
        back = window.returns("slack", state_in(window.get("/oauth/slack/install")), way="installed")
        assert back == f"/chats/{town.scene.chat}?said=team&by=slack"
        assert [town.world.ports.identities.installation(team) for team in ("T1", "T2")] == [None, None]

    @pytest.mark.parametrize(("rest", "said"), [("error=access_denied", "cancelled"), ("code=broken", "failed")])
    def test_what_fails_can_be_tried_again(self, town: Town, rest: str, said: str) -> None:
        window = self._joined(town)
        back = window.returns("slack", state_in(window.get("/oauth/slack/install")), rest, way="installed")
        assert back == f"/chats/{town.scene.chat}?said={said}&by=slack"
        assert town.world.ports.identities.installation("T1") is None
        window.returns("slack", state_in(window.get("/oauth/slack/install")), way="installed")
        assert town.world.ports.identities.installation("T1")

    def test_it_needs_a_slack_identity(self, town: Town) -> None:
        window = town.browser()
        assert window.get("/oauth/slack/install").headers["location"].startswith("/sign-in")
        window.browser.cookies["session"] = town.scene.guest.token
        assert window.get("/oauth/slack/install").status == 409

    @pytest.mark.requirement("A30")
    def test_tokens_are_sealed_at_rest(self, town: Town) -> None:
        window = self._joined(town)
        window.returns("slack", state_in(window.get("/oauth/slack/install")), way="installed")
        identities = town.world.ports.identities
        identities.keep_user_token(SLACK.identity, "xoxp-very-secret")
        stored = everything(town.world)
        assert "xoxb" not in stored
        assert "xoxp" not in stored
        assert "very-secret" not in stored
        installed: Any = identities.installation("T1")
        assert (installed.bot_token, identities.user_token(SLACK.identity)) == ("xoxb-very-secret", "xoxp-very-secret")

    @pytest.mark.requirement("A08")
    def test_taken_out_its_token_is_gone_and_a_new_one_may_come(self, town: Town) -> None:
        identities = town.world.ports.identities
        identities.install(town.install.finish("c"))
        identities.uninstall("T1", town.world.now())
        assert identities.installation("T1") is None
        identities.install(town.install.finish("c"))
        assert identities.installation("T1")
