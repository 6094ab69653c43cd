"""Reports of abuse: three different people of a day stop an inviter until an operator has looked, and whoever asked is told."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.events import operator
from chalicelib.storage.items import AccountItem
from chalicelib.storage.keys import account as account_key
from tests.support.app import PASSWORD, Answer
from tests.support.form_browser import Browser, Page, visible
from tests.support.sample_chat import INVITED, OWNER, Scene, joins_company
from tests.support.steps import Json, copied, hour, in_mailbox, later, of_table


def invites(scene: Scene, *emails: str, who: str = "owner") -> Answer:
    person = getattr(scene, who)
    answer: Answer = person.post(
        "/chats", {"workspace_id": person.workspace(), "invitees": [{"email": email} for email in emails]}
    )
    scene.world.settle()
    return answer


def reports(scene: Scene, token: str, status: int = 204, **more: Any) -> Answer:
    answer = scene.world.call("POST", f"/join/{token}/decline", {"report": True, **more})
    assert answer.status == status, answer.text
    scene.world.settle()
    return answer


def from_three(scene: Scene, **more: Any) -> None:
    """Mara invites three people, and each reports her."""
    emails = [f"p{number}@fjord.example" for number in range(3)]
    assert invites(scene, *emails).status == 201
    for email in emails:
        reports(scene, scene.world.invited(email), **more)


def listed() -> list[Json]:
    items: list[Json] = operator.abuse_reports({})["items"]
    return items


def decides(scene: Scene, decision: str, *ids: str) -> None:
    for each in ids:
        assert operator.abuse_reports({"id": each, "decision": decision})["state"] in ("dismissed", "stopped")
    scene.world.settle()


def is_paused(scene: Scene) -> bool:
    answer = invites(scene, "anybody@nord.example")
    assert answer.status in (201, 403)
    assert answer.status == 201 or answer.code == "sending_paused"
    return answer.status == 403


def ticks(browser: Browser, page: Page, *boxes: str) -> None:
    """Sends the form of the page with these boxes ticked."""
    form = page.form("/decline")
    for box in boxes:
        assert f'type="checkbox" name="{box}" value="1"' in page.html
    assert browser.post(form.action, [*form.fields, *((box, "1") for box in boxes)]).status == 200


def kinds(scene: Scene, person: Any, workspace: str) -> list[str]:
    items = person.get(f"/workspaces/{workspace}/audit?limit=100").json["items"]
    return [entry["kind"] for entry in items if entry["kind"].startswith("abuse.")]


@pytest.mark.requirement("A11")
class TestStop:
    def test_the_third_person_of_a_day_stops_the_inviter_and_the_second_does_not(self, scene: Scene) -> None:
        emails = [f"p{number}@fjord.example" for number in range(3)]
        invites(scene, *emails)
        for email in emails[:2]:
            reports(scene, scene.world.invited(email))
            assert not is_paused(scene)
        reports(scene, scene.world.invited(emails[2]))
        assert is_paused(scene)

    def test_it_holds_for_every_mail_of_theirs_whoever_presses_the_button(self, scene: Scene) -> None:
        scene.world.pass_time(minutes=11)
        made = scene.owner.invites("next@fjord.example", "right@fjord.example")
        path = f"/chats/{made['chat']['id']}/invitations/{made['invitations'][0]['id']}"
        scene.world.call(
            "POST", f"/join/{scene.world.invited('right@fjord.example')}/hand-over", {"email": "a@b.example"}
        )
        scene.world.settle()
        ask = scene.owner.get(f"/chats/{made['chat']['id']}/invitations").json["items"][1]["asks"][0]["id"]
        from_three(scene)
        scene.world.pass_time(minutes=11)
        refused = [
            scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "x@fjord.example"}]}),
            scene.owner.post(f"{path}/resend"),
            scene.owner.patch(path, {"email": "y@fjord.example"}),
            scene.owner.post(
                f"/chats/{made['chat']['id']}/invitations/{made['invitations'][1]['id']}/asks/{ask}",
                {"decision": "allow"},
            ),
            scene.owner.post(f"/workspaces/{scene.workspace}/members", {"email": "z@fjord.example", "role": "member"}),
        ]
        assert [(answer.status, answer.code) for answer in refused] == [(403, "sending_paused")] * len(refused)
        assert invites(scene, "x@fjord.example", who="member").status == 201

    def test_an_admin_sends_nothing_in_the_name_of_who_was_stopped(self, scene: Scene) -> None:
        admin = joins_company(scene.world, scene.owner, "ada@brightwater.example", "Ada Holm", "admin")
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": admin.email}]})
        from_three(scene)
        scene.world.pass_time(minutes=11)
        answer = admin.post(f"{scene.base}/invitations/{scene.invitation}/resend")
        assert (answer.status, answer.code) == (403, "sending_paused")

    def test_links_that_are_out_work_and_nobody_is_reminded(self, scene: Scene) -> None:
        from_three(scene)
        before = len(scene.world.mails(INVITED))
        later(scene.world, days=12, hours=1)
        assert len(scene.world.mails(INVITED)) == before
        assert scene.world.joins(INVITED, "Olaf").get(scene.base).status == 200

    def test_a_mail_that_waits_goes_once_somebody_has_looked(self, scene: Scene) -> None:
        made = scene.owner.post(
            "/chats", {"workspace_id": scene.workspace, "invitees": [{"email": "wait@nord.example"}]}
        )
        assert made.status == 201
        AccountItem(account_key(scene.owner.id), "A").update([AccountItem.sending_paused.set(True)])
        scene.world.settle()
        assert scene.world.mails("wait@nord.example") == []
        later(scene.world, days=1)
        assert scene.world.mails("wait@nord.example") == []
        AccountItem(account_key(scene.owner.id), "A").update([AccountItem.sending_paused.set(False)])
        later(scene.world, days=1)
        assert len(scene.world.mails("wait@nord.example")) == 1

    def test_one_person_is_one_however_many_invitations_or_tags(self, scene: Scene) -> None:
        for email in ("ida@fjord.example", "ida+a@fjord.example", "ida+b@fjord.example"):
            invites(scene, email)
            reports(scene, scene.world.invited(email))
            reports(scene, scene.world.invited(email))
        assert not is_paused(scene)
        assert len(listed()) == 3

    def test_three_over_more_than_a_day_stop_nobody(self, scene: Scene) -> None:
        for number in range(3):
            invites(scene, f"p{number}@fjord.example")
            reports(scene, scene.world.invited(f"p{number}@fjord.example"))
            scene.world.pass_time(hours=12, minutes=1)
        scene.owner.token = scene.world.signs_in(OWNER).token
        assert not is_paused(scene)

    def test_the_stop_outlasts_the_day(self, scene: Scene) -> None:
        from_three(scene)
        scene.world.pass_time(days=3)
        assert is_paused(scene)

    def test_copied_links_report_and_stop_nobody(self, scene: Scene) -> None:
        """Whoever has them may be one person, and need not be invited at all."""
        reports(scene, copied(scene))
        for number in range(3):
            made = scene.owner.invites(f"p{number}@fjord.example")
            path = f"/chats/{made['chat']['id']}/invitations/{made['invitations'][0]['id']}/link"
            reports(scene, scene.owner.get(path).json["url"].rpartition("/")[2])
        assert not is_paused(scene)
        assert len(listed()) == 4

    def test_three_at_once_stop(self, scene: Scene) -> None:
        emails = [f"p{number}@fjord.example" for number in range(3)]
        invites(scene, *emails)
        tokens = [scene.world.invited(email) for email in emails]
        with ThreadPoolExecutor(3) as pool:
            answers = pool.map(
                lambda token: scene.world.call("POST", f"/join/{token}/decline", {"report": True}), tokens
            )
            assert [answer.status for answer in answers] == [204] * 3
        scene.world.settle()
        assert is_paused(scene)
        assert len(listed()) == 3

    def test_the_pages_say_why(self, scene: Scene) -> None:
        from_three(scene)
        browser = Browser(scene.world)
        browser.signs_in(OWNER, PASSWORD)
        page = browser.open("/chats/new?lang=de")
        page = browser.send(page.form("/chats/new"), "create", address="x@fjord.example")
        assert "Einladungen wurden als Missbrauch gemeldet" in visible(page.html)

    def test_the_alarm_s_line_is_written_for_reports_and_not_for_an_operator(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            from_three(scene)
            assert [line for line in caplog.messages if "sending paused" in line] == [
                f"sending paused after reports: inviter {scene.owner.id}"
            ]
            caplog.clear()
            decides(scene, "dismiss", *(each["id"] for each in listed()))
            decides(scene, "stop", listed()[0]["id"])
        assert caplog.messages == []


class TestDecision:
    def test_the_list_says_who_where_and_why_and_no_address(self, scene: Scene) -> None:
        reports(scene, scene.link, reason="Never heard of them")
        (shown,) = listed()
        assert shown.pop("id")
        assert shown.pop("at").endswith("Z")
        assert shown == {
            "inviter": {"account_id": scene.owner.id, "name": "Mara Lindqvist"},
            "workspace_id": scene.workspace,
            "invitation_id": scene.invitation,
            "reason": "Never heard of them",
            "state": "open",
        }

    def test_dismissing_lifts_it_and_a_dismissed_one_never_counts_again(self, scene: Scene) -> None:
        from_three(scene)
        ids = [each["id"] for each in listed()]
        decides(scene, "dismiss", *ids)
        assert not is_paused(scene)
        for number in (3, 4):
            invites(scene, f"p{number}@fjord.example")
            reports(scene, scene.world.invited(f"p{number}@fjord.example"))
        reports(scene, scene.world.invited("p0@fjord.example"))  # was dismissed, and stays so
        assert not is_paused(scene)
        invites(scene, "p5@fjord.example")
        reports(scene, scene.world.invited("p5@fjord.example"))
        assert is_paused(scene)

    def test_one_stop_holds_until_it_is_dismissed(self, scene: Scene) -> None:
        reports(scene, scene.link)
        (shown,) = listed()
        decides(scene, "stop", shown["id"])
        decides(scene, "stop", shown["id"])
        assert is_paused(scene)
        scene.world.pass_time(days=100)
        scene.owner.token = scene.world.signs_in(OWNER).token
        assert is_paused(scene)
        assert [each["state"] for each in listed()] == ["stopped"]
        decides(scene, "dismiss", shown["id"])
        assert not is_paused(scene)
        assert listed() == []

    def test_a_dismissed_one_is_listed_for_90_days(self, scene: Scene) -> None:
        reports(scene, scene.link)
        decides(scene, "dismiss", listed()[0]["id"])
        (stored,) = scene.world.stored("report")
        assert int(stored["gone_at"]["N"]) * 1000 // 86_400_000 - int(stored["at"]["N"]) // 86_400_000 == 90
        scene.world.pass_time(days=89)
        assert [each["state"] for each in listed()] == ["dismissed"]
        scene.world.pass_time(days=2)
        assert listed() == []

    @pytest.mark.parametrize(
        "event",
        [
            {"id": "x"},
            {"decision": "stop"},
            {"id": "x", "decision": "delete"},
            {"id": 7, "decision": "stop"},
            {"id": "x", "decision": ["stop"]},
            {"id": "x", "decision": "stop", "more": 1},
            {"id": "no-such", "decision": "stop"},
        ],
    )
    def test_what_is_no_decision_is_an_error_in_words(self, scene: Scene, event: Json) -> None:
        assert list(operator.abuse_reports(event)) == ["error"]

    def test_the_audit_log_of_each_workspace_has_one_line_for_each_decision(self, scene: Scene) -> None:
        other = scene.owner.post("/workspaces", {"name": "Second"})
        workspaces = [scene.workspace, *([other.json["id"]] if other.status == 201 else [])]
        from_three(scene)
        for workspace in workspaces:
            assert kinds(scene, scene.owner, workspace) == ["abuse.stopped"]
        entry = scene.owner.get(f"/workspaces/{scene.workspace}/audit?kind=abuse.stopped").json["items"][0]
        assert (entry["actor"], entry["subject"]["name"]) == (None, "Mara Lindqvist")
        scene.world.pass_time(seconds=1)
        decides(scene, "dismiss", listed()[0]["id"])
        assert kinds(scene, scene.owner, scene.workspace) == ["abuse.dismissed", "abuse.stopped"]
        scene.world.told = 0
        scene.world.settle_stream()
        assert kinds(scene, scene.owner, scene.workspace) == ["abuse.dismissed", "abuse.stopped"]


class TestAnswer:
    def mails(self, scene: Scene) -> list[Any]:
        return [mail for mail in scene.world.mails(INVITED) if "report" in mail.subject.lower()]

    @pytest.mark.parametrize(("decision", "said"), [("stop", "send invitations"), ("dismiss", "found nothing")])
    def test_who_wants_to_know_is_told_once(self, scene: Scene, decision: str, said: str) -> None:
        reports(scene, scene.link, tell=True)
        (shown,) = listed()
        assert self.mails(scene) == []
        decides(scene, decision, shown["id"])
        (mail,) = self.mails(scene)
        assert said in mail.text
        assert "Mara Lindqvist" in mail.text
        decides(scene, "dismiss" if decision == "stop" else "stop", shown["id"])
        scene.world.told = 0
        scene.world.settle()
        assert len(self.mails(scene)) == 1

    def test_nobody_else_is(self, scene: Scene) -> None:
        reports(scene, scene.link)
        decides(scene, "stop", listed()[0]["id"])
        assert self.mails(scene) == []

    def test_by_a_copied_link_it_needs_the_code(self, scene: Scene) -> None:
        before = scene.world.snapshot()
        assert reports(scene, copied(scene), 403, tell=True).code == "code_needed"
        assert scene.world.snapshot() == before

    def test_the_page_offers_it_and_the_mail_has_the_page_s_language(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        page = browser.open(f"/join/{scene.link}?step=decline&lang=de")
        ticks(browser, page, "report", "tell")
        scene.world.settle()
        decides(scene, "stop", listed()[0]["id"])
        assert "Ihre Meldung" in scene.world.last_mail(INVITED).subject

    def test_the_page_of_an_ended_invitation_offers_it_too(self, scene: Scene) -> None:
        scene.world.pass_time(days=15)
        browser = Browser(scene.world)
        ticks(browser, browser.open(f"/join/{scene.link}?step=decline"), "report", "tell")
        scene.world.settle()
        decides(scene, "dismiss", listed()[0]["id"])
        assert len(self.mails(scene)) == 1

    @pytest.mark.requirement("A47")
    def test_decided_or_erased_the_address_is_gone(self, scene: Scene) -> None:
        reports(scene, scene.link, tell=True, reason="I am Olaf")
        pointers = scene.world.stored("report_pointer")
        assert len(pointers) == 1
        browser = in_mailbox(scene.world, INVITED)
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        scene.world.settle()
        assert scene.world.stored("report_pointer") == []
        assert [key for key in of_table(scene.world, INVITED) if key[0].startswith("T#")] == []
        (shown,) = listed()
        assert "reason" not in shown
        decides(scene, "stop", shown["id"])
        assert self.mails(scene) == []

    @pytest.mark.requirement("A47")
    def test_once_decided_nothing_here_needs_the_address(self, scene: Scene) -> None:
        reports(scene, scene.link, tell=True)
        decides(scene, "stop", listed()[0]["id"])
        hour(scene.world)
        assert scene.world.stored("report_pointer") == []
        assert all("email" not in item for item in scene.world.stored("report"))
