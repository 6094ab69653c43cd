"""PRODUCT.md, section 6: what happens where the joining account doesn't own the invited address; every policy x kind of link."""

import pytest

from tests.support.app import PASSWORD, Answer, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import (
    account,
    code_in_mail,
    copied,
    joins_by,
    renamed_policy,
    shows,
    texts,
)

OTHER = "dana.work@elsewhere.example"
WAYS = {
    ("tell", "mailed"): (409, "address_mismatch", ["switch", "code", "ask", "confirm"]),
    ("ask", "mailed"): (409, "address_mismatch", ["switch", "code", "ask"]),
    ("refuse", "mailed"): (409, "address_mismatch", ["switch", "code"]),
    ("tell", "copied"): (403, "code_needed", ["switch", "code", "ask"]),
    ("ask", "copied"): (403, "code_needed", ["switch", "code", "ask"]),
    ("refuse", "copied"): (403, "code_needed", ["switch", "code"]),
}
EACH = pytest.mark.parametrize(("policy", "link"), list(WAYS))


def played(scene: Scene, policy: str, link: str) -> tuple[Person, str]:
    renamed_policy(scene, policy)
    return account(scene.world, OTHER, "Dana Smith"), scene.link if link == "mailed" else copied(scene)


def proves(scene: Scene, person: Person, token: str) -> Answer:
    assert person.post(f"/join/{token}/code").status == 202
    scene.world.settle()
    return person.post(f"/join/{token}/code/confirm", {"code": code_in_mail(scene.world, INVITED)})


@EACH
class TestEveryPolicyAndLink:
    @pytest.mark.requirement("A07")
    def test_the_answer_names_the_ways_on_and_nothing_is_used_up(self, scene: Scene, policy: str, link: str) -> None:
        dana, token = played(scene, policy, link)
        answer = joins_by(dana, token)
        assert (answer.status, answer.code, answer.json["ways"]) == WAYS[policy, link]
        assert shows(scene, INVITED)["status"] == "pending"

    def test_switch_whoever_owns_the_address_just_joins(self, scene: Scene, policy: str, link: str) -> None:
        _, token = played(scene, policy, link)
        assert joins_by(account(scene.world, INVITED, "Olaf Nord"), token).json == {"chat_id": scene.chat}

    def test_a_code_to_the_invited_address_proves_it(self, scene: Scene, policy: str, link: str) -> None:
        dana, token = played(scene, policy, link)
        assert proves(scene, dana, token).status == 200
        assert joins_by(dana, token).json == {"chat_id": scene.chat}
        assert shows(scene, INVITED)["joined"]["email"] == OTHER

    def test_going_on_without_proof_is_for_the_mailed_link_and_the_policy_tell(
        self, scene: Scene, policy: str, link: str
    ) -> None:
        dana, token = played(scene, policy, link)
        answer = joins_by(dana, token, confirm_mismatch=True)
        assert answer.status == (200 if (policy, link) == ("tell", "mailed") else WAYS[policy, link][0])

    def test_asking_and_being_allowed_lets_in(self, scene: Scene, policy: str, link: str) -> None:
        dana, token = played(scene, policy, link)
        asked = dana.post(f"/join/{token}/ask")
        if policy == "refuse":
            assert (asked.status, asked.code, asked.json["ways"]) == (409, "address_mismatch", ["switch", "code"])
            return
        assert asked.status == 202
        shown = next(ask for ask in shows(scene, INVITED)["asks"] if ask["id"] == dana.id)
        assert (shown["kind"], shown["account"]["name"], shown["account"]["email"]) == ("join", "Dana Smith", OTHER)
        assert joins_by(dana, token).status == WAYS[policy, link][0]
        allowed = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/asks/{dana.id}", {"decision": "allow"})
        assert (allowed.status, [ask["id"] for ask in allowed.json["asks"]]) == (200, [scene.ask])
        assert joins_by(dana, token).json == {"chat_id": scene.chat}


class TestTelling:
    def test_inviter_and_chat_are_told_invited_as_and_joined_as(self, scene: Scene) -> None:
        dana = account(scene.world, OTHER, "Dana Smith")
        joins_by(dana, scene.link, confirm_mismatch=True)
        assert f"Dana Smith joined, invited as {INVITED}, with {OTHER}" in texts(scene)
        joined = shows(scene, INVITED)["joined"]
        assert joined == {"account_id": dana.id, "name": "Dana Smith", "email": OTHER, "via": "webtop"}
        people = {participant["name"]: participant for participant in scene.owner.get(scene.base).json["participants"]}
        assert people["Dana Smith"]["invited_as"] in (INVITED, "dana@acme.example")

    def test_people_from_outside_read_no_addresses(self, scene: Scene) -> None:
        joins_by(account(scene.world, OTHER, "Dana Smith"), scene.link, confirm_mismatch=True)
        assert not any("@" in line for line in scene.lines(scene.guest))


class TestDomains:
    def test_who_goes_on_unproved_needs_an_address_that_the_workspace_lets_in(self, scene: Scene) -> None:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["elsewhere.example"]})
        dana = account(scene.world, OTHER)
        answer = joins_by(dana, scene.link, confirm_mismatch=True)
        assert (answer.status, answer.code) == (403, "domain_refused")
        proves(scene, dana, scene.link)
        assert joins_by(dana, scene.link).status == 200

    def test_rules_for_domains_hold_at_joining_as_at_inviting(self, scene: Scene) -> None:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"allowed_domains": ["acme.example"]})
        answer = scene.world.call("POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": PASSWORD})
        assert (answer.status, answer.code) == (403, "domain_refused")
        assert joins_by(account(scene.world, INVITED, "Olaf"), scene.link).code == "domain_refused"


class TestCode:
    def sent(self, scene: Scene, token: str = "") -> str:
        assert scene.world.call("POST", f"/join/{token or scene.link}/code").status == 202
        scene.world.settle()
        return code_in_mail(scene.world, INVITED)

    def guess(self, scene: Scene, code: str, token: str = "") -> tuple[int, str]:
        answer = scene.world.call("POST", f"/join/{token or scene.link}/code/confirm", {"code": code})
        return answer.status, "" if answer.status == 200 else answer.code

    def wrong(self, code: str) -> str:
        return f"{(int(code) + 1) % 1_000_000:06d}"

    @pytest.mark.requirement("A11", "A16")
    def test_many_invitations_of_one_address_are_not_as_many_ways_to_guess(self, scene: Scene) -> None:
        links = [scene.link]
        for _ in range(3):
            scene.owner.invites(INVITED)
            links.append(scene.world.invited(INVITED))
        sent = [scene.world.call("POST", f"/join/{link}/code").status for link in links for _ in range(5)]
        assert (sent.count(202), sent.count(429)) == (10, 10)

    @pytest.mark.requirement("A09")
    def test_goes_to_the_invited_address_as_it_is_stored_and_to_no_other(self, scene: Scene) -> None:
        before = len(scene.world.mails())
        self.sent(scene)
        assert [mail.to for mail in scene.world.mails()[before:]] == [INVITED]

    def test_holds_ten_minutes(self, scene: Scene) -> None:
        code = self.sent(scene)
        scene.world.pass_time(minutes=9, seconds=59)
        assert self.guess(scene, code)[0] == 200
        late = self.sent(scene)
        scene.world.pass_time(minutes=10)
        assert self.guess(scene, late) == (410, "code_dead")

    @pytest.mark.requirement("A16")
    def test_five_tries_and_then_it_is_dead(self, scene: Scene) -> None:
        code = self.sent(scene)
        for _ in range(5):
            assert self.guess(scene, self.wrong(code)) == (422, "invalid_fields")
        assert self.guess(scene, code) == (410, "code_dead")

    def test_the_fifth_try_may_be_the_right_one(self, scene: Scene) -> None:
        code = self.sent(scene)
        for _ in range(4):
            self.guess(scene, self.wrong(code))
        assert self.guess(scene, code)[0] == 200

    @pytest.mark.requirement("A16", "A35")
    def test_five_tries_hold_for_many_at_once(self, scene: Scene) -> None:
        from concurrent.futures import ThreadPoolExecutor

        code = self.sent(scene)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: self.guess(scene, self.wrong(code)), range(12)))
        assert answers.count((422, "invalid_fields")) == 5
        assert answers.count((410, "code_dead")) == 7

    def test_works_once(self, scene: Scene) -> None:
        """Nobody else can use it; who got no answer may send it again for two minutes, and no longer."""
        code = self.sent(scene)
        assert self.guess(scene, code)[0] == 200
        other = scene.stranger.post(f"/join/{scene.link}/code/confirm", {"code": code})
        assert (other.status, other.code) == (410, "code_dead")
        assert self.guess(scene, code)[0] == 200
        scene.world.pass_time(minutes=2)
        assert self.guess(scene, code) == (410, "code_dead")

    @pytest.mark.requirement("A16")
    def test_sent_again_it_has_five_tries_as_before(self, scene: Scene) -> None:
        code = self.sent(scene)
        assert self.guess(scene, code)[0] == 200
        for _ in range(5):
            assert self.guess(scene, self.wrong(code)) == (422, "invalid_fields")
        assert self.guess(scene, code) == (410, "code_dead")

    def test_only_the_newest_one_works(self, scene: Scene) -> None:
        first = self.sent(scene)
        second = self.sent(scene)
        if first != second:
            assert self.guess(scene, first)[0] == 422
        assert self.guess(scene, second)[0] == 200

    @pytest.mark.requirement("A04")
    def test_for_one_invitation_is_worthless_for_another(self, scene: Scene) -> None:
        scene.owner.invites(INVITED)
        other = scene.world.invited(INVITED)
        code = self.sent(scene)
        assert self.guess(scene, code, other) == (410, "code_dead")

    def test_at_most_five_an_hour_are_sent(self, scene: Scene) -> None:
        for _ in range(5):
            self.sent(scene)
        answer = scene.world.call("POST", f"/join/{scene.link}/code")
        assert (answer.status, answer.code) == (429, "too_many_codes")
        scene.world.pass_time(hours=1)
        self.sent(scene)

    @pytest.mark.requirement("A01")
    def test_is_stored_as_a_keyed_hash_only(self, scene: Scene) -> None:
        from tests.support.steps import of_table

        code = self.sent(scene)
        assert of_table(scene.world, code) == []

    def test_counts_for_that_browser_for_half_an_hour(self, scene: Scene) -> None:
        browser, token = Browser(scene.world), copied(scene)
        page = browser.open(f"/join/{token}?step=new_account")
        page = browser.send(page.form("/code"))
        scene.world.settle()
        page = browser.send(page.form("/code/confirm"), code=code_in_mail(scene.world, INVITED))
        assert page.status == 200
        other = Browser(scene.world).open(f"/join/{token}?step=new_account")
        assert "Confirm your e-mail first" in other.html
        account_form = browser.open(f"/join/{token}?step=new_account").form("/account")
        scene.world.pass_time(minutes=31)
        late = browser.send(account_form, name="Olaf Nord", password=PASSWORD)
        assert "Confirm your e-mail first" in late.html

    def test_in_that_browser_an_account_can_be_made_by_the_copied_link(self, scene: Scene) -> None:
        browser, token = Browser(scene.world), copied(scene)
        page = browser.send(browser.open(f"/join/{token}?step=new_account").form("/code"))
        scene.world.settle()
        browser.send(page.form("/code/confirm"), code=code_in_mail(scene.world, INVITED))
        page = browser.open(f"/join/{token}?step=new_account")
        page = browser.send(page.form("/account"), name="Olaf Nord", password=PASSWORD)
        scene.world.settle()
        assert (page.status, shows(scene, INVITED)["status"]) == (200, "accepted")

    def test_counts_for_that_session_without_any_cookie(self, scene: Scene) -> None:
        dana = account(scene.world, OTHER)
        proves(scene, dana, scene.link)
        again = scene.world.signs_in(OTHER)
        assert joins_by(again, scene.link).status == 409
        assert joins_by(dana, scene.link).status == 200

    def test_the_proof_ends_with_the_address_that_was_proved(self, scene: Scene) -> None:
        dana = account(scene.world, OTHER)
        proves(scene, dana, scene.link)
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "right@nord.example"})
        scene.world.settle()
        assert joins_by(dana, scene.world.invited("right@nord.example")).status == 409

    def test_a_code_that_waited_while_the_address_was_fixed_is_not_sent(self, scene: Scene) -> None:
        scene.world.call("POST", f"/join/{scene.link}/code")
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "right@nord.example"})
        scene.world.settle()
        assert not any("code" in mail.subject.lower() for mail in scene.world.mails("right@nord.example"))


class TestAsking:
    def decide(self, scene: Scene, ask_id: str, decision: str, by: Person | None = None) -> Answer:
        path = f"{scene.base}/invitations/{scene.invitation}/asks/{ask_id}"
        answer = (by or scene.owner).post(path, {"decision": decision})
        scene.world.settle()
        return answer

    def test_the_inviter_gets_a_mail_that_says_who_and_for_what(self, scene: Scene) -> None:
        mail = scene.world.last_mail(scene.owner.email)
        for fact in ("Nora Quist", "nora@elsewhere.example", INVITED):
            assert fact in mail.text
        assert f"/chats/{scene.chat}" in mail.text

    def test_again_is_the_same_ask_and_no_second_mail(self, scene: Scene) -> None:
        before = len(scene.world.mails(scene.owner.email))
        assert scene.stranger.post(f"/join/{scene.link}/ask").status == 202
        scene.world.settle()
        assert len(shows(scene, INVITED)["asks"]) == 1
        assert len(scene.world.mails(scene.owner.email)) == before

    def test_refused_is_not_let_in_and_not_asked_about_again(self, scene: Scene) -> None:
        assert self.decide(scene, scene.ask, "refuse").json["asks"] == []
        assert scene.stranger.post(f"/join/{scene.link}/ask").status == 202
        assert shows(scene, INVITED)["asks"] == []
        renamed_policy(scene, "ask")
        assert joins_by(scene.stranger, scene.link, confirm_mismatch=True).status == 409

    def test_allowing_opens_the_door_to_that_account_and_no_other(self, scene: Scene) -> None:
        self.decide(scene, scene.ask, "allow")
        assert shows(scene, INVITED)["status"] == "pending"
        assert joins_by(account(scene.world, OTHER), scene.link).status == 409
        assert joins_by(scene.stranger, scene.link).json == {"chat_id": scene.chat}

    def test_a_change_of_mind_holds_until_somebody_joined(self, scene: Scene) -> None:
        self.decide(scene, scene.ask, "allow")
        self.decide(scene, scene.ask, "refuse")
        assert joins_by(scene.stranger, scene.link).status == 409

    def test_answering_again_is_the_same_answer(self, scene: Scene) -> None:
        assert [self.decide(scene, scene.ask, "allow").status for _ in range(2)] == [200, 200]

    @pytest.mark.requirement("A28")
    def test_who_may_answer(self, scene: Scene) -> None:
        statuses = [
            self.decide(scene, scene.ask, "allow", by).status for by in (scene.member, scene.guest, scene.stranger)
        ]
        assert statuses == [403, 403, 404]
        assert joins_by(scene.stranger, scene.link).status == 409
        scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "admin"})
        assert self.decide(scene, scene.ask, "allow", scene.member).status == 200

    def test_an_unknown_ask_is_not_there(self, scene: Scene) -> None:
        assert self.decide(scene, "nobody", "allow").status == 404

    def test_of_an_invitation_that_is_over_can_not_be_answered(self, scene: Scene) -> None:
        scene.world.joins(INVITED, "Olaf")
        answer = self.decide(scene, scene.ask, "allow")
        assert (answer.status, answer.code) == (410, "invitation_accepted")

    def test_without_a_session_one_must_sign_in_first(self, scene: Scene) -> None:
        assert scene.world.call("POST", f"/join/{scene.link}/ask").status == 401

    @pytest.mark.requirement("A40")
    def test_five_people_may_ask_and_no_sixth(self, scene: Scene) -> None:
        people = [account(scene.world, f"p{number}@elsewhere.example", f"P {number}") for number in range(5)]
        answers = [person.post(f"/join/{scene.link}/ask").status for person in people]
        assert answers == [202, 202, 202, 202, 429]

    def test_many_at_once_are_all_heard(self, scene: Scene) -> None:
        from concurrent.futures import ThreadPoolExecutor

        people = [account(scene.world, f"p{number}@elsewhere.example", f"P {number}") for number in range(3)]
        with ThreadPoolExecutor(3) as pool:
            assert [item.status for item in pool.map(lambda item: item.post(f"/join/{scene.link}/ask"), people)] == [
                202
            ] * 3
        assert len(shows(scene, INVITED)["asks"]) == 4

    def test_on_the_page_the_inviter_allows_with_a_button(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        browser.signs_in(scene.owner.email, PASSWORD)
        page = browser.open(f"/chats/{scene.chat}?people=1")
        assert "opened the invitation for" in visible(page.html)
        page = browser.send(page.form(f"/asks/{scene.ask}"), "allow")
        assert page.status == 200
        assert joins_by(scene.stranger, scene.link).status == 200

    def test_on_the_page_somebody_who_asked_sees_that_the_inviter_was_told(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        browser.signs_in(scene.stranger.email, PASSWORD)
        page = browser.open(f"/join/{scene.link}")
        assert "We’ve asked Mara" in visible(page.html)
        self.decide(scene, scene.ask, "allow")
        page = browser.open(f"/join/{scene.link}")
        assert "Join the chat" in visible(page.html)

    def test_who_was_refused_is_not_offered_to_ask_again(self, scene: Scene) -> None:
        self.decide(scene, scene.ask, "refuse")
        browser = Browser(scene.world)
        browser.signs_in(scene.stranger.email, PASSWORD)
        assert "for access" not in visible(browser.open(f"/join/{scene.link}").html)


class TestAskForANewOne:
    def expired(self, scene: Scene) -> None:
        from tests.support.steps import away

        away(scene, days=14)

    def test_the_expired_page_offers_it_and_it_tells_the_inviter(self, scene: Scene) -> None:
        self.expired(scene)
        browser = Browser(scene.world)
        page = browser.open(f"/join/{scene.link}")
        assert (page.status, "Ask for a new one" in page.html) == (410, True)
        page = browser.send(page.form("/ask"))
        scene.world.settle()
        assert "We’ve asked Mara" in visible(page.html)
        assert [ask["kind"] for ask in shows(scene, INVITED)["asks"] if ask["id"] == "renew"] == ["renew"]
        assert INVITED in scene.world.last_mail(scene.owner.email).text

    def test_asking_twice_tells_once(self, scene: Scene) -> None:
        self.expired(scene)
        for _ in range(2):
            assert scene.world.call("POST", f"/join/{scene.link}/ask").status == 202
            scene.world.settle()
        assert sum("new invitation" in mail.subject for mail in scene.world.mails(scene.owner.email)) <= 1
        assert [ask["id"] for ask in shows(scene, INVITED)["asks"]].count("renew") == 1

    def test_allowing_sends_the_same_link_again_and_the_ask_is_gone(self, scene: Scene) -> None:
        self.expired(scene)
        scene.world.call("POST", f"/join/{scene.link}/ask")
        path = f"{scene.base}/invitations/{scene.invitation}/asks/renew"
        for _ in range(2):
            allowed = scene.owner.post(path, {"decision": "allow"})
            scene.world.settle()
            assert (allowed.status, allowed.json["status"]) == (200, "pending")
        assert "renew" not in [ask["id"] for ask in shows(scene, INVITED)["asks"]]
        assert len(scene.world.mails(INVITED)) == 2
        assert scene.world.joins(INVITED, "Olaf").get("/chats").json["items"] != []

    def test_resending_answers_it_as_well(self, scene: Scene) -> None:
        self.expired(scene)
        scene.world.call("POST", f"/join/{scene.link}/ask")
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200
        assert "renew" not in [ask["id"] for ask in shows(scene, INVITED)["asks"]]

    def test_refusing_sends_nothing_and_it_can_not_be_asked_again(self, scene: Scene) -> None:
        self.expired(scene)
        scene.world.call("POST", f"/join/{scene.link}/ask")
        scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/asks/renew", {"decision": "refuse"})
        assert scene.world.call("POST", f"/join/{scene.link}/ask").status == 202
        scene.world.settle()
        assert "renew" not in [ask["id"] for ask in shows(scene, INVITED)["asks"]]
        assert len(scene.world.mails(INVITED)) == 1

    @pytest.mark.parametrize("end", ["declined", "revoked", "accepted"])
    def test_what_is_over_for_another_reason_can_not_be_asked_for(self, scene: Scene, end: str) -> None:
        if end == "declined":
            scene.world.call("POST", f"/join/{scene.link}/decline")
        elif end == "revoked":
            scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        else:
            scene.world.joins(INVITED)
        answer = scene.world.call("POST", f"/join/{scene.link}/ask")
        assert (answer.status, answer.code) == (410, f"invitation_{end}")
        page = Browser(scene.world).open(f"/join/{scene.link}")
        assert (page.status, "Ask for a new one" in page.html) == (410, False)

    def test_an_unknown_link_says_what_to_do_next(self, scene: Scene) -> None:
        page = Browser(scene.world).open("/join/nothing-like-a-link")
        assert (page.status, "Ask the person who invited you" in visible(page.html)) == (404, False)
        assert "ask the person who invited you for a new invitation" in visible(page.html)
