"""PRODUCT.md, section 4: the life of an invitation, and what its inviter can do about it."""

import pytest

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, INVITED, Scene, joins_company
from tests.support.steps import account, away, copied, hour, joins_by, later, ses_says, shows, texts


def resend(scene: Scene) -> tuple[int, str]:
    answer = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
    scene.world.settle()
    return answer.status, answer.json.get("code", "")


def look(scene: Scene, token: str = "") -> tuple[int, str]:
    answer = scene.world.call("GET", f"/join/{token or scene.link}")
    return answer.status, answer.json.get("code", answer.json.get("status", ""))


class TestStates:
    def test_pending_becomes_accepted(self, scene: Scene) -> None:
        assert look(scene) == (200, "pending")
        olaf = scene.world.joins(INVITED, "Olaf Nord")
        assert shows(scene, INVITED)["status"] == "accepted"
        assert shows(scene, INVITED)["joined"]["account_id"] == olaf.id
        assert look(scene) == (410, "invitation_accepted")

    def test_pending_becomes_declined_for_good_and_the_inviter_is_told(self, scene: Scene) -> None:
        scene.world.call("POST", f"/join/{scene.link}/decline", {"reason": "Not my project"})
        scene.world.settle()
        assert shows(scene, INVITED)["status"] == "declined"
        assert look(scene) == (410, "invitation_declined")
        assert f"{INVITED} declined: Not my project" in texts(scene)
        assert "declined" in scene.world.last_mail(scene.owner.email).subject.lower()
        answer = joins_by(account(scene.world, INVITED, "Olaf"), scene.link)
        assert (answer.status, answer.code) == (410, "invitation_declined")
        assert resend(scene) == (410, "invitation_declined")

    def test_pending_becomes_revoked_by_the_inviter(self, scene: Scene) -> None:
        assert scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}").status == 204
        scene.world.settle()
        assert look(scene) == (410, "invitation_revoked")
        assert f"Mara Lindqvist withdrew the invitation for {INVITED}" in texts(scene)
        assert joins_by(account(scene.world, INVITED, "Olaf"), scene.link).code == "invitation_revoked"

    def test_an_admin_may_revoke_what_somebody_else_invited_and_a_member_may_not(self, scene: Scene) -> None:
        path = f"{scene.base}/invitations/{scene.invitation}"
        assert (scene.member.delete(path).status, shows(scene, INVITED)["status"]) == (403, "pending")
        scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "admin"})
        assert (scene.member.delete(path).status, shows(scene, INVITED)["status"]) == (204, "revoked")

    @pytest.mark.requirement("A37")
    def test_pending_becomes_expired_by_the_clock_without_any_job(self, scene: Scene) -> None:
        scene.world.pass_time(days=14, seconds=-1)
        assert look(scene) == (200, "pending")
        away(scene, seconds=1)
        assert look(scene) == (410, "invitation_expired")
        assert shows(scene, INVITED)["status"] == "expired"
        answer = scene.world.call(
            "POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": "plum kettle 42 x"}
        )
        assert (answer.status, answer.code) == (410, "invitation_expired")

    def test_what_ended_stays_as_it_ended(self, scene: Scene) -> None:
        path = f"{scene.base}/invitations/{scene.invitation}"
        away(scene, days=15)
        assert scene.owner.delete(path).status == 204
        assert shows(scene, INVITED)["status"] == "expired"
        assert scene.world.call("POST", f"/join/{scene.link}/decline").code == "invitation_expired"
        assert shows(scene, INVITED)["status"] == "expired"
        accepted = scene.owner.delete(f"{scene.base}/invitations/{scene.joined}")
        assert (accepted.status, accepted.code) == (409, "already_joined")

    def test_declining_again_is_the_same_answer(self, scene: Scene) -> None:
        for _ in range(2):
            assert scene.world.call("POST", f"/join/{scene.link}/decline").status == 204
        scene.world.settle()
        assert sum("declined" in text for text in texts(scene)) == 1

    def test_accepting_one_leaves_the_persons_other_invitations_as_they_are(self, scene: Scene) -> None:
        other = scene.owner.invites(INVITED)
        scene.world.joins(INVITED, "Olaf Nord")
        assert shows(scene, INVITED)["status"] == "pending"
        mine = scene.owner.get(f"/chats/{other['chat']['id']}/invitations").json["items"]
        assert [item["status"] for item in mine] == ["accepted"]

    def test_the_same_address_twice_into_one_chat_is_the_same_invitation(self, scene: Scene) -> None:
        answer = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "OLAF@nord.example"}]})
        scene.world.settle()
        assert [result["outcome"] for result in answer.json["results"]] == ["already_invited"]
        assert answer.json["invitations"] == []
        assert len(scene.world.mails(INVITED)) == 1
        listed = scene.owner.get(f"{scene.base}/invitations").json["items"]
        assert [item["email"] for item in listed].count(INVITED) == 1

    @pytest.mark.requirement("A08")
    def test_an_invitation_dies_with_its_inviters_right(self, scene: Scene) -> None:
        made = scene.member.post(f"{scene.base}/invitations", {"invitees": [{"email": "liv@nord.example"}]})
        assert made.status == 201
        scene.world.settle()
        token = scene.world.invited("liv@nord.example")
        assert scene.owner.delete(f"/workspaces/{scene.workspace}/members/{scene.member.id}").status == 204
        scene.world.settle()
        assert look(scene, token) == (410, "invitation_revoked")


class TestResend:
    def test_keeps_the_link_and_renews_the_end(self, scene: Scene) -> None:
        first, end = scene.world.invited(INVITED), shows(scene, INVITED)["expires_at"]
        scene.world.pass_time(days=3)
        assert resend(scene)[0] == 200
        assert scene.world.invited(INVITED) == first
        assert len(scene.world.mails(INVITED)) == 2
        assert shows(scene, INVITED)["expires_at"] > end
        scene.world.pass_time(days=13)
        assert look(scene, first) == (200, "pending")

    def test_is_refused_within_ten_minutes_of_the_last_mail(self, scene: Scene) -> None:
        scene.world.pass_time(minutes=9, seconds=59)
        answer = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (429, "resend_too_soon", "1")
        scene.world.pass_time(seconds=1)
        assert resend(scene)[0] == 200
        assert resend(scene) == (429, "resend_too_soon")

    def test_repeated_with_its_key_is_the_same_answer_and_no_second_mail(self, scene: Scene) -> None:
        scene.world.pass_time(minutes=10)
        path = f"{scene.base}/invitations/{scene.invitation}/resend"
        first = scene.owner.post(path, Idempotency_Key="k")
        assert scene.owner.post(path, Idempotency_Key="k").json == first.json
        assert scene.owner.post(path, Idempotency_Key="another").code == "resend_too_soon"
        scene.world.settle()
        assert len(scene.world.mails(INVITED)) == 2

    def test_five_times_and_no_sixth(self, scene: Scene) -> None:
        for _ in range(5):
            scene.world.pass_time(days=1)
            assert resend(scene)[0] == 200
        scene.world.pass_time(days=1)
        assert resend(scene) == (409, "resend_limit")

    def test_brings_an_expired_one_back_with_the_same_link(self, scene: Scene) -> None:
        away(scene, days=15)
        assert resend(scene)[0] == 200
        assert look(scene) == (200, "pending")

    def test_counts_against_the_workspaces_cap(self, scene: Scene) -> None:
        from chalicelib.events import operator

        operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": f"p{n}@nord.example"} for n in range(6)]})
        for n in range(12):
            made = scene.owner.post(
                "/chats", {"workspace_id": scene.workspace, "invitees": [{"email": f"q{n}@nord.example"}]}
            )
            assert made.status == 201
        scene.world.pass_time(minutes=11)
        assert resend(scene) == (429, "mail_cap")
        fixed = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "new@nord.example"})
        assert (fixed.status, fixed.code) == (429, "mail_cap")
        scene.world.pass_time(days=1, hours=1)
        assert resend(scene)[0] == 200

    @pytest.mark.requirement("A05", "A11", "A35")
    def test_pressed_many_times_sends_one_mail(self, scene: Scene) -> None:
        scene.world.pass_time(minutes=11)
        path = f"{scene.base}/invitations/{scene.invitation}/resend"
        statuses = [scene.owner.post(path).status for _ in range(4)]
        scene.world.settle()
        assert statuses[0] == 200
        assert set(statuses[1:]) <= {409, 429}
        assert len(scene.world.mails(INVITED)) == 2


class TestCopiedLink:
    def test_is_another_link_for_the_same_invitation(self, scene: Scene) -> None:
        token = copied(scene)
        assert token != scene.link
        shown = scene.world.call("GET", f"/join/{token}").json
        assert (shown["link"], shown["email"], shown["status"]) == ("copied", "o•••@n•••.example", "pending")

    def test_proves_no_address(self, scene: Scene) -> None:
        token = copied(scene)
        answer = scene.world.call("POST", f"/join/{token}/account", {"name": "Olaf", "password": "plum kettle orbit"})
        assert (answer.status, answer.code) == (403, "code_needed")
        asked = joins_by(scene.stranger, token, confirm_mismatch=True)
        assert (asked.status, asked.code, asked.json["ways"]) == (403, "code_needed", ["switch", "code", "ask"])

    def test_opens_for_whoever_owns_the_invited_address(self, scene: Scene) -> None:
        token = copied(scene)
        assert joins_by(account(scene.world, INVITED, "Olaf"), token).json == {"chat_id": scene.chat}

    def test_has_a_qr_code(self, scene: Scene) -> None:
        link = scene.owner.get(f"{scene.base}/invitations/{scene.invitation}/link").json
        browser = Browser(scene.world)
        browser.signs_in(scene.owner.email, PASSWORD)
        drawn = browser.open(link["qr_svg_url"].removeprefix("http://chat.test"))
        assert (drawn.status, drawn.answer.headers["content-type"]) == (200, "image/svg+xml")
        assert "<svg" in drawn.html

    def test_is_for_the_inviter_and_for_owners_and_admins_only(self, scene: Scene) -> None:
        path = f"{scene.base}/invitations/{scene.invitation}/link"
        assert [person.get(path).status for person in (scene.member, scene.guest, scene.stranger)] == [403, 403, 404]

    def test_of_an_invitation_that_is_over_there_is_none(self, scene: Scene) -> None:
        scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        answer = scene.owner.get(f"{scene.base}/invitations/{scene.invitation}/link")
        assert (answer.status, answer.code) == (410, "invitation_revoked")


class TestReminder:
    def reminders(self, scene: Scene, email: str = INVITED) -> int:
        return sum("Until " in mail.subject for mail in scene.world.mails(email))

    def live_for(self, scene: Scene, days: int, email: str = "liv@nord.example") -> str:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"invitation_days": days})
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": email}]})
        scene.world.settle()
        return email

    def test_goes_once_two_days_before_the_end_with_the_same_link(self, scene: Scene) -> None:
        later(scene.world, days=11, hours=23)
        assert self.reminders(scene) == 0
        later(scene.world, hours=1)
        assert self.reminders(scene) == 1
        assert scene.world.invited(INVITED) == scene.link
        for _ in range(5):
            later(scene.world, hours=5)
        assert self.reminders(scene) == 1

    def test_goes_for_a_life_of_four_days_and_not_for_three(self, scene: Scene) -> None:
        short, long = self.live_for(scene, 3), self.live_for(scene, 4, "lena@nord.example")
        for _ in range(8):
            later(scene.world, hours=12)
        assert (self.reminders(scene, short), self.reminders(scene, long)) == (0, 1)

    def test_of_a_renewed_one_goes_by_its_new_life(self, scene: Scene) -> None:
        email = self.live_for(scene, 3)
        scene.world.pass_time(days=2)
        assert scene.owner.post(f"{scene.base}/invitations/{shows(scene, email)['id']}/resend").status == 200
        scene.world.settle()
        for _ in range(8):
            later(scene.world, hours=12)
        assert self.reminders(scene, email) == 0

    @pytest.mark.parametrize("end", ["join", "decline", "revoke"])
    def test_is_cancelled_by_joining_declining_and_revoking(self, scene: Scene, end: str) -> None:
        scene.world.pass_time(days=3)
        if end == "join":
            scene.world.joins(INVITED)
        elif end == "decline":
            scene.world.call("POST", f"/join/{scene.link}/decline")
        else:
            scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        scene.world.settle()
        later(scene.world, days=10)
        assert self.reminders(scene) == 0

    def test_is_put_off_by_resending(self, scene: Scene) -> None:
        scene.world.pass_time(days=11)
        assert resend(scene)[0] == 200
        later(scene.world, days=2)
        assert self.reminders(scene) == 0
        later(scene.world, days=10)
        assert self.reminders(scene) == 1

    def test_waits_where_the_workspaces_cap_is_reached_and_goes_when_there_is_room(self, scene: Scene) -> None:
        from chalicelib.events import operator

        scene.world.pass_time(days=12)
        operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
        for n in range(20):
            made = scene.owner.post(
                "/chats", {"workspace_id": scene.workspace, "invitees": [{"email": f"q{n}@nord.example"}]}
            )
            assert made.status == 201
        assert hour(scene.world)["left"] == 1
        assert self.reminders(scene) == 0
        later(scene.world, hours=25)
        assert self.reminders(scene) == 1

    def test_says_the_same_as_the_invitation_and_that_it_is_the_only_one(self, scene: Scene) -> None:
        later(scene.world, days=12)
        first, reminder = scene.world.mails(INVITED)
        assert "This is the only reminder." in reminder.text
        assert reminder.link("join") == first.link("join")
        assert reminder.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_counts_as_sent_and_delivered_on_the_invitation(self, scene: Scene) -> None:
        ses_says(scene.world, "Delivery", INVITED)
        later(scene.world, days=12)
        assert shows(scene, INVITED)["mail"]["state"] == "sent"
        ses_says(scene.world, "Delivery", INVITED)
        assert shows(scene, INVITED)["mail"]["state"] == "delivered"


class TestRoom:
    def test_reopening_an_expired_one_needs_room_in_the_chat(self, scene: Scene) -> None:
        from chalicelib.events import operator

        away(scene, days=15)
        operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
        more = [{"email": f"p{n}@nord.example"} for n in range(7)]
        assert scene.owner.post(f"{scene.base}/invitations", {"invitees": more}).status == 201
        assert resend(scene) == (409, "chat_full")
        fixed = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "new@nord.example"})
        assert (fixed.status, fixed.code) == (409, "chat_full")

    def test_a_member_of_the_workspace_takes_no_invitation(self, scene: Scene) -> None:
        joins_company(scene.world, scene.owner, "olga@brightwater.example", "Olga Riis")
        made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "olga@brightwater.example"}]}).json
        scene.world.settle()
        assert ([result["outcome"] for result in made["results"]], made["invitations"]) == (["member_added"], [])
        assert "Mara Lindqvist added Olga Riis" in texts(scene)
        assert GUEST in scene.invitations()


@pytest.mark.parametrize("job", [False, True])
def test_on_the_page_an_expired_one_can_be_sent_again_with_a_button(scene: Scene, job: bool) -> None:
    away(scene, days=15)
    if job:
        hour(scene.world)
    browser = Browser(scene.world)
    browser.signs_in(scene.owner.email, PASSWORD)
    page = browser.open(f"/chats/{scene.chat}?people=1")
    browser.send(page.form(f"/invitations/{scene.invitation}/resend"))
    scene.world.settle()
    assert look(scene) == (200, "pending")
