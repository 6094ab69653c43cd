"""No, thank you: decline, block, report, unsubscribe; the invited person's own page; and "is this mail real?"."""

import logging
import re

import pytest

from tests.support.app import PASSWORD, Answer
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import (
    PERMANENT,
    away,
    code_in_mail,
    copied,
    hour,
    in_mailbox,
    of_table,
    ses_says,
    shows,
    texts,
)


def declines(scene: Scene, token: str = "", **body: object) -> int:
    answer = scene.world.call("POST", f"/join/{token or scene.link}/decline", body)
    scene.world.settle()
    return answer.status


def invited_by(scene: Scene, who: str, email: str = INVITED) -> str:
    """What this person is told who invites the address to a new chat."""
    person = getattr(scene, who)
    answer: Answer = person.post("/chats", {"workspace_id": person.workspace(), "invitees": [{"email": email}]})
    scene.world.settle()
    return "invited" if answer.status == 201 else str(answer.json["errors"][0]["code"])


class TestDecline:
    def test_with_a_reason_tells_the_inviter_in_the_chat_and_by_mail(self, scene: Scene) -> None:
        assert declines(scene, reason="I left the project") == 204
        assert f"{INVITED} declined: I left the project" in texts(scene)
        assert "I left the project" in scene.world.last_mail(scene.owner.email).text

    def test_of_a_reason_nothing_is_cut_away_unsaid(self, scene: Scene) -> None:
        """The field took 300 characters, and the inviter got 200 of them."""
        answer = scene.world.call("POST", f"/join/{scene.link}/decline", {"reason": "x" * 301})
        assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_long")
        browser = Browser(scene.world)
        page = browser.send(browser.open(f"/join/{scene.link}?step=decline").form("/decline"), reason="x" * 301)
        assert "Use at most 300 characters." in visible(page.html)
        assert "x" * 301 in page.html
        assert declines(scene, reason="y" * 300) == 204
        assert f"{INVITED} declined: {'y' * 300}" in texts(scene)

    @pytest.mark.requirement("A10")
    def test_a_reason_can_carry_no_link_into_the_inviters_mail(self, scene: Scene) -> None:
        declines(scene, reason="see https://evil.example/now \u202e and <b>this</b>\r\nBcc: x@evil.example")
        mail = scene.world.last_mail(scene.owner.email)
        assert "evil.example/now" not in mail.text + mail.html
        assert "\u202e" not in mail.text + "".join(texts(scene))
        assert mail.message["Bcc"] is None

    @pytest.mark.parametrize(
        ("block", "outcomes"),
        [
            ("inviter", {"owner": "not_reachable", "member": "invited", "stranger": "invited"}),
            ("workspace", {"owner": "not_reachable", "member": "not_reachable", "stranger": "invited"}),
            ("everyone", {"owner": "not_reachable", "member": "not_reachable", "stranger": "not_reachable"}),
        ],
    )
    def test_a_block_holds_for_whom_it_names(self, scene: Scene, block: str, outcomes: dict[str, str]) -> None:
        assert declines(scene, block=block) == 204
        assert {who: invited_by(scene, who) for who in outcomes} == outcomes

    def test_a_block_stops_resending_fixing_to_it_and_reminding(self, scene: Scene) -> None:
        other = scene.owner.invites(INVITED)
        declines(scene, block="inviter")
        scene.world.pass_time(minutes=11)
        path = f"/chats/{other['chat']['id']}/invitations/{other['invitations'][0]['id']}"
        assert scene.owner.post(f"{path}/resend").code == "not_reachable"
        made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "wrong@nord.example"}]}).json
        fixed = scene.owner.patch(f"{scene.base}/invitations/{made['invitations'][0]['id']}", {"email": INVITED})
        assert (fixed.status, fixed.json["errors"][0]["code"]) == (422, "not_reachable")
        before = len(scene.world.mails(INVITED))
        scene.world.pass_time(days=12)
        hour(scene.world)
        assert len(scene.world.mails(INVITED)) == before

    @pytest.mark.parametrize("block", ["inviter", "workspace", "everyone"])
    def test_only_the_mailed_link_speaks_for_the_address(self, scene: Scene, block: str) -> None:
        """A block that isn't done is refused, and nothing is declined by it."""
        before = scene.world.snapshot()
        answer = scene.world.call("POST", f"/join/{copied(scene)}/decline", {"block": block})
        assert (answer.status, answer.code) == (403, "code_needed")
        assert scene.world.snapshot() == before
        assert declines(scene, copied(scene), reason="Not for me") == 204
        assert invited_by(scene, "owner") == "invited"

    def test_the_page_of_a_copied_link_offers_no_block_until_a_code_proves_the_mailbox(self, scene: Scene) -> None:
        browser, link = Browser(scene.world), copied(scene)
        page = browser.open(f"/join/{link}?step=decline")
        assert "block" not in page.form("/decline").names()
        assert "To block someone, open the link in the e-mail" in visible(page.html)
        proving = browser.post(f"/join/{link}/code", []).form("/code/confirm")
        scene.world.settle()
        browser.send(proving, code=code_in_mail(scene.world, INVITED))
        form = browser.open(f"/join/{link}?step=decline").form("/decline")
        assert browser.send(form, block="everyone").status == 200
        assert invited_by(scene, "owner") == "not_reachable"

    def test_a_report_by_a_copied_link_is_noted(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        """It is about the inviter; whose the address is doesn't matter."""
        with caplog.at_level(logging.WARNING):
            assert declines(scene, copied(scene), report=True) == 204
        assert "abuse reported" in caplog.text

    def test_a_report_is_noted_for_the_operator_without_the_address(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            assert declines(scene, report=True) == 204
        (line,) = [log_record.getMessage() for log_record in caplog.records if "abuse" in log_record.getMessage()]
        assert scene.owner.id in line
        assert INVITED not in line

    def test_who_blocks_by_an_invitation_that_ended_has_blocked(self, scene: Scene) -> None:
        away(scene, days=15)
        assert declines(scene) == 410
        assert declines(scene, block="inviter") == 204
        assert invited_by(scene, "owner") == "not_reachable"

    def test_the_page_of_an_ended_invitation_still_offers_to_block(self, scene: Scene) -> None:
        away(scene, days=15)
        browser = Browser(scene.world)
        page = browser.open(f"/join/{scene.link}?step=decline")
        page = browser.send(page.form("/decline"), block="everyone")
        assert page.status == 200
        assert "blocked" in visible(page.html).lower()
        assert invited_by(scene, "stranger") == "not_reachable"

    def test_two_blocks_at_once_both_hold(self, scene: Scene) -> None:
        from concurrent.futures import ThreadPoolExecutor

        invited_by(scene, "stranger")
        tokens = [scene.link, scene.world.invited(INVITED)]
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(lambda token: scene.world.call("POST", f"/join/{token}/decline", {"block": "inviter"}), tokens)
            )
        assert [invited_by(scene, who) for who in ("owner", "stranger")] == ["not_reachable", "not_reachable"]


@pytest.mark.requirement("A11")
class TestUnsubscribe:
    def path(self, scene: Scene) -> str:
        match = re.search(
            r"<http://chat\.test(/unsubscribe/[^>]+)>", scene.world.last_mail(INVITED).message["List-Unsubscribe"]
        )
        assert match
        return match[1]

    def test_one_click_stops_invitation_mail_from_everybody(self, scene: Scene) -> None:
        path = self.path(scene)
        answer = scene.world.request(
            "POST", path, b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status == 200
        assert [invited_by(scene, who) for who in ("owner", "stranger")] == ["not_reachable", "not_reachable"]

    @pytest.mark.requirement("A02")
    def test_get_shows_a_page_and_changes_nothing(self, scene: Scene) -> None:
        before = scene.world.snapshot()
        page = Browser(scene.world).open(self.path(scene))
        assert (page.status, len(page.forms())) == (200, 1)
        assert scene.world.snapshot() == before

    def test_a_forged_one_is_not_there(self, scene: Scene) -> None:
        assert scene.world.request("POST", self.path(scene)[:-2] + "xx").status == 404

    def test_who_unsubscribed_can_still_use_the_invitation_that_they_have(self, scene: Scene) -> None:
        scene.world.request("POST", self.path(scene))
        assert scene.world.joins(INVITED).get("/chats").status == 200


class TestMailbox:
    def test_shows_every_open_invitation_from_every_workspace_with_a_way_in(self, scene: Scene) -> None:
        invited_by(scene, "stranger")
        page = in_mailbox(scene.world, INVITED).open("/invitations")
        for fact in ("Harbour house", "Brightwater Studio", "Nora Quist", "Elsewhere"):
            assert fact in visible(page.html)
        assert f"/join/{scene.link}" in page.html

    def test_shows_none_that_is_over(self, scene: Scene) -> None:
        scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        page = in_mailbox(scene.world, INVITED).open("/invitations")
        assert "Harbour house" not in page.html
        assert "No open invitation" in visible(page.html)

    def test_shows_one_before_its_mail_went_out(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, "liv@nord.example")
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "liv@nord.example"}]})
        scene.world.settle_stream()
        assert "Harbour house" in browser.open("/invitations").html

    @pytest.mark.requirement("A14")
    def test_asking_for_a_code_is_the_same_for_known_and_unknown_addresses(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        pages = []
        for email in (INVITED, "nobody@nord.example"):
            page = browser.send(browser.open("/invitations").form("/invitations"), email=email)
            pages.append((page.status, page.html.replace(email, "")))
        assert pages[0] == pages[1]

    def test_without_the_code_there_is_nothing(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        page = browser.send(browser.open("/invitations").form("/invitations"), email=INVITED)
        scene.world.settle()
        wrong = f"{(int(code_in_mail(scene.world, INVITED)) + 1) % 1_000_000:06d}"
        page = browser.send(page.form("/invitations/code"), code=wrong)
        assert (page.status, "Harbour house" in page.html) == (422, False)
        assert "Harbour house" not in browser.open("/invitations").html
        assert browser.post("/invitations/erase", []).status == 401

    @pytest.mark.requirement("A16")
    def test_five_tries_and_the_code_is_dead(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        page = browser.send(browser.open("/invitations").form("/invitations"), email=INVITED)
        scene.world.settle()
        code = code_in_mail(scene.world, INVITED)
        for _ in range(5):
            page = browser.send(page.form("/invitations/code"), code=f"{(int(code) + 1) % 1_000_000:06d}")
        page = browser.send(page.form("/invitations/code"), code=code)
        assert page.status in (410, 422)
        assert "Send another one" in visible(page.html)

    def test_holds_half_an_hour_and_ends_by_a_button(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, INVITED)
        scene.world.pass_time(minutes=31)
        assert "Harbour house" not in browser.open("/invitations").html
        browser = in_mailbox(scene.world, INVITED)
        browser.send(browser.open("/invitations").form("/invitations/leave"))
        assert "Harbour house" not in browser.open("/invitations").html

    @pytest.mark.requirement("A04")
    def test_a_code_for_an_invitation_does_not_open_it(self, scene: Scene) -> None:
        scene.world.call("POST", f"/join/{scene.link}/code")
        scene.world.settle()
        answer = Browser(scene.world).post(
            "/invitations/code", [("email", INVITED), ("code", code_in_mail(scene.world, INVITED))]
        )
        assert answer.status in (410, 422)

    def test_blocks_are_shown_by_name_and_can_be_lifted(self, scene: Scene) -> None:
        invited_by(scene, "stranger")
        token = scene.world.invited(INVITED)
        declines(scene, block="inviter")
        declines(scene, token, block="workspace")
        browser = in_mailbox(scene.world, INVITED)
        page = browser.open("/invitations")
        assert "Mara Lindqvist" in visible(page.html)
        assert "Elsewhere" in visible(page.html)
        forms = [item for item in page.forms() if ("do", "unblock") in item.fields]
        for form in forms:
            browser.send(form)
        assert [invited_by(scene, who) for who in ("owner", "stranger")] == ["invited", "invited"]

    def test_all_invitation_mail_can_be_stopped_and_let_through_again(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, INVITED)
        page = browser.open("/invitations")
        browser.send(next(form for form in page.forms() if ("do", "stop") in form.fields))
        assert invited_by(scene, "owner") == "not_reachable"
        page = browser.open("/invitations")
        browser.send(next(form for form in page.forms() if ("do", "allow") in form.fields))
        assert invited_by(scene, "owner") == "invited"

    def test_a_mailbox_that_bounced_once_can_say_that_it_works_again(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        assert invited_by(scene, "owner") == "not_reachable"
        browser = in_mailbox(scene.world, INVITED)
        browser.send(next(form for form in browser.open("/invitations").forms() if ("do", "allow") in form.fields))
        assert invited_by(scene, "owner") == "invited"

    def test_the_language_that_the_mailbox_chose_is_the_language_of_its_mails(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, INVITED)
        form = next(item for item in browser.open("/invitations").forms() if ("do", "language") in item.fields)
        browser.send(form, locale="fr")
        assert invited_by(scene, "stranger") == "invited"
        assert "vous invite" in scene.world.last_mail(INVITED).subject

    def test_a_form_from_another_site_changes_nothing(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, INVITED)
        answer = browser.post("/invitations/erase", [], Origin="https://evil.example", Sec_Fetch_Site="cross-site")
        assert answer.status == 403
        assert shows(scene, INVITED)["status"] == "pending"


class TestErase:
    def erased(self, scene: Scene) -> Browser:
        browser = in_mailbox(scene.world, INVITED)
        page = browser.send(browser.open("/invitations").form("/invitations/erase"))
        assert (page.status, "is erased" in page.html) == (200, True)
        scene.world.settle()
        return browser

    def test_nothing_of_the_address_stays_anywhere(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="General")
        self.erased(scene)
        assert of_table(scene.world, INVITED) == []
        assert not any(INVITED in text for text in texts(scene))
        assert INVITED not in scene.invitations()

    def test_a_keyed_hash_keeps_the_block_for_everybody(self, scene: Scene) -> None:
        self.erased(scene)
        assert [invited_by(scene, who) for who in ("owner", "member", "stranger")] == ["not_reachable"] * 3

    def test_the_link_and_its_page_are_gone(self, scene: Scene) -> None:
        self.erased(scene)
        assert scene.world.call("GET", f"/join/{scene.link}").status == 404

    def test_the_chat_is_told_that_an_invitation_was_declined(self, scene: Scene) -> None:
        self.erased(scene)
        assert "An invitation was declined" in texts(scene)

    def test_a_mail_that_was_still_waiting_does_not_go(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, "liv@nord.example")
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "liv@nord.example"}]})
        scene.world.settle_stream()
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        before = len(scene.world.mails("liv@nord.example"))
        scene.world.settle()
        assert len(scene.world.mails("liv@nord.example")) == before

    def test_chats_that_were_joined_stay(self, scene: Scene) -> None:
        olaf = scene.world.joins(INVITED, "Olaf Nord")
        self.erased(scene)
        assert olaf.get(scene.base).status == 200

    def test_the_mailboxs_owner_can_come_back(self, scene: Scene) -> None:
        self.erased(scene)
        browser = in_mailbox(scene.world, INVITED)
        browser.send(next(form for form in browser.open("/invitations").forms() if ("do", "allow") in form.fields))
        assert invited_by(scene, "owner") == "invited"


class TestIsItReal:
    def code(self, scene: Scene) -> str:
        match = re.search(r"\b[a-z2-7]{5}-[a-z2-7]{5}\b", scene.world.last_mail(INVITED).text)
        assert match, scene.world.last_mail(INVITED).text
        return match[0]

    def checks(self, scene: Scene, code: str) -> str:
        browser = Browser(scene.world)
        return visible(browser.send(browser.open("/check").form("/check"), code=code).html)

    def test_three_words_are_the_same_in_the_mail_on_the_page_and_in_the_list(self, scene: Scene) -> None:
        words = shows(scene, INVITED)["three_words"]
        assert len(words) == 3
        assert ", ".join(words) in scene.world.last_mail(INVITED).text
        assert ", ".join(words) in visible(Browser(scene.world).open(f"/join/{scene.link}").html)
        mine = in_mailbox(scene.world, INVITED).open("/invitations")
        assert ", ".join(words) in visible(mine.html)

    def test_a_new_key_in_front_changes_no_words_and_no_code(self, scene: Scene) -> None:
        words, code = shows(scene, INVITED)["three_words"], self.code(scene)
        with scene.world.using(link_keys=("n" * 40, *scene.world.ports.link_keys)):
            assert shows(scene, INVITED)["three_words"] == words
            assert "Yes, this invitation is ours" in self.checks(scene, code)

    def test_a_fixed_address_has_other_words_and_another_code(self, scene: Scene) -> None:
        words, code = shows(scene, INVITED)["three_words"], self.code(scene)
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "right@nord.example"})
        scene.world.settle()
        assert shows(scene, "right@nord.example")["three_words"] != words
        assert "We don’t recognise this code" in self.checks(scene, code)

    def test_the_mail_says_where_to_check_its_code(self, scene: Scene) -> None:
        mail = scene.world.last_mail(INVITED)
        assert "http://chat.test/check" in mail.text
        assert "http://chat.test/check" in mail.html
        assert self.code(scene) in mail.html.replace("<wbr>", "")

    def test_the_code_tells_workspace_masked_address_and_whether_it_is_open_and_nothing_else(
        self, scene: Scene
    ) -> None:
        page = self.checks(scene, self.code(scene))
        assert "It comes from Brightwater Studio, it is for o•••@n•••.example, and it is open." in page
        for secret in (INVITED, "Mara", "Harbour house", scene.link, scene.chat, *shows(scene, INVITED)["three_words"]):
            assert secret not in page

    def test_of_one_that_is_over_it_says_so(self, scene: Scene) -> None:
        code = self.code(scene)
        scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        assert "It is no longer open" in self.checks(scene, code)

    def test_typed_with_spaces_and_capitals_it_is_the_same_code(self, scene: Scene) -> None:
        assert "Yes" in self.checks(scene, f" {self.code(scene).upper().replace('-', ' ')} ")

    @pytest.mark.parametrize("code", ["", "aaaaa-aaaaa", "x" * 14, "ÄÖÜ", "12345 67890"])
    def test_any_other_code_is_unknown(self, scene: Scene, code: str) -> None:
        answer = Browser(scene.world).post("/check", [("code", code)])
        assert "We don’t recognise this code" in visible(answer.html)

    @pytest.mark.requirement("A16")
    def test_guessing_is_capped(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        statuses = [browser.post("/check", [("code", "aaaaa-aaaaa")]).status for _ in range(31)]
        assert statuses == [200] * 30 + [429]

    def test_the_code_is_not_readable_in_the_table(self, scene: Scene) -> None:
        assert of_table(scene.world, self.code(scene).replace("-", "")) == []


class TestNotices:
    def mails(self, scene: Scene) -> int:
        return len(scene.world.mails(scene.owner.email))

    def switched_off(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        browser.signs_in(scene.owner.email, PASSWORD)
        account = scene.world.ports.accounts.get(scene.owner.id)
        assert account is not None
        scene.world.ports.accounts.save_notices(scene.owner.id, notices=False, missed_mail=False)

    def test_decline_bounce_and_expiry_come_by_mail_and_in_the_chat(self, scene: Scene) -> None:
        scene.owner.post(
            f"{scene.base}/invitations", {"invitees": [{"email": f"{name}@nord.example"} for name in ("a", "b", "c")]}
        )
        scene.world.settle()
        before = self.mails(scene)
        ses_says(scene.world, "Bounce", "a@nord.example", **PERMANENT)
        declines(scene, scene.world.invited("b@nord.example"))
        subjects = [mail.subject for mail in scene.world.mails(scene.owner.email)[before:]]
        assert len(subjects) == 2
        assert ["a@nord.example" in subjects[0], "b@nord.example" in subjects[1]] == [True, True]

    def test_acceptance_is_told_in_the_chat(self, scene: Scene) -> None:
        scene.world.joins(INVITED, "Olaf Nord")
        assert "Olaf Nord joined" in texts(scene)

    def test_each_person_can_switch_the_mails_off_and_the_chat_still_tells(self, scene: Scene) -> None:
        self.switched_off(scene)
        before = self.mails(scene)
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        declines(scene)
        away(scene, days=15)
        hour(scene.world)
        assert self.mails(scene) == before
        assert f"The e-mail to {INVITED} bounced: no such mailbox" in texts(scene)

    def test_a_notice_that_waited_until_it_was_over_is_not_sent(self, scene: Scene) -> None:
        before = self.mails(scene)
        ses_says_without_mail(scene)
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "right@nord.example"})
        scene.world.settle()
        assert self.mails(scene) == before


def ses_says_without_mail(scene: Scene) -> None:
    """SES says that the mail bounced; what follows from it still waits in the queue."""
    from chalicelib.events import feedback
    from tests.support.steps import ses_id, sns, word

    feedback.handle(sns(word("Bounce", ses_id(scene.world, INVITED), INVITED, **PERMANENT)))
    scene.world.settle_stream()


class TestMissed:
    def missed(self, scene: Scene, email: str) -> list[str]:
        return [mail.subject for mail in scene.world.mails(email) if "new message" in mail.subject]

    def writes(self, scene: Scene, text: str = "Are you there?", chat: str = "") -> None:
        assert scene.owner.post(f"/chats/{chat or scene.chat}/messages", {"text": text}).status == 201
        scene.world.settle()

    def test_who_is_away_gets_one_mail_about_what_they_missed(self, scene: Scene) -> None:
        self.writes(scene)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        (subject,) = self.missed(scene, "dana@acme.example")
        assert "Harbour house" in subject
        assert "Are you there?" in scene.world.last_mail("dana@acme.example").text

    def test_who_read_it_gets_none(self, scene: Scene) -> None:
        self.writes(scene)
        scene.guest.put(f"{scene.base}/read", {"seq": 99})
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert self.missed(scene, "dana@acme.example") == []

    def test_never_more_than_one_an_hour_from_all_chats_together(self, scene: Scene) -> None:
        other = scene.owner.invites("dana@acme.example", "x@nord.example")["chat"]["id"]
        token = scene.world.invited("dana@acme.example")
        scene.guest.post(f"/join/{token}", {})
        scene.world.settle()
        for _ in range(4):
            self.writes(scene)
            self.writes(scene, "And here?", other)
            scene.world.pass_time(minutes=30)
            hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == 2

    def test_one_mail_tells_of_every_chat(self, scene: Scene) -> None:
        other = scene.owner.invites("dana@acme.example", "x@nord.example", name="Boat shed")["chat"]["id"]
        scene.guest.post(f"/join/{scene.world.invited('dana@acme.example')}", {})
        scene.world.settle()
        self.writes(scene)
        self.writes(scene, "And here?", other)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == 1
        mail = scene.world.last_mail("dana@acme.example").text
        assert "Harbour house" in mail
        assert "Boat shed" in mail

    def test_what_was_told_once_is_not_told_again(self, scene: Scene) -> None:
        self.writes(scene)
        for _ in range(4):
            scene.world.pass_time(hours=1)
            hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == 1

    def test_two_jobs_at_once_write_one_mail(self, scene: Scene) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from chalicelib.events import schedule

        self.writes(scene)
        scene.world.pass_time(hours=1)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: schedule.hourly(), range(2)))
        scene.world.settle()
        hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == 1

    @pytest.mark.parametrize(
        ("level", "text", "count"), [("none", "@Dana Smith", 0), ("mentions", "all", 0), ("mentions", "@Dana Smith", 1)]
    )
    def test_the_level_of_the_chat_counts(self, scene: Scene, level: str, text: str, count: int) -> None:
        assert scene.guest.put(f"{scene.base}/notifications", {"level": level}).status == 204
        self.writes(scene, text)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == count

    @pytest.mark.parametrize("level", ["all", "mentions"])
    def test_what_was_deleted_or_edited_away_before_it_was_read_is_in_no_mail(self, scene: Scene, level: str) -> None:
        scene.guest.put(f"{scene.base}/read", {"seq": 999_999})
        scene.guest.put(f"{scene.base}/notifications", {"level": level})
        said = scene.owner.post(f"{scene.base}/messages", {"text": "@Dana Smith, look"}).json["id"]
        scene.world.settle()
        if level == "all":
            scene.owner.delete(f"{scene.base}/messages/{said}")
        else:
            scene.owner.patch(f"{scene.base}/messages/{said}", {"text": "Nothing"})
        scene.world.pass_time(hours=2)
        hour(scene.world)
        assert self.missed(scene, "dana@acme.example") == []

    def test_the_link_in_it_stops_them_with_one_click_and_without_a_session(self, scene: Scene) -> None:
        self.writes(scene)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        path = scene.world.last_mail("dana@acme.example").link("stop")
        before = scene.world.snapshot()
        page = Browser(scene.world).open(path)
        assert (page.status, scene.world.snapshot() == before) == (200, True)
        assert scene.world.request("POST", path, b"List-Unsubscribe=One-Click").status == 415
        posted = scene.world.request(
            "POST", path, b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert posted.status == 200
        self.writes(scene)
        scene.world.pass_time(hours=2)
        hour(scene.world)
        assert len(self.missed(scene, "dana@acme.example")) == 1

    def test_never_what_lies_before_the_readers_history(self, scene: Scene) -> None:
        olaf = scene.world.joins(INVITED, "Olaf Nord")
        self.writes(scene, "Welcome, Olaf")
        scene.world.pass_time(hours=1)
        hour(scene.world)
        mail = scene.world.last_mail(INVITED).text
        assert "Welcome, Olaf" in mail
        assert "Welcome, everybody." not in mail
        assert olaf.id
