"""PRODUCT.md, sections 3 and 5: what each address is told, and the mail that goes to it."""

import re

import pytest

from chalicelib.events import changes
from tests.support.app import Person, World
from tests.support.form_browser import visible
from tests.support.sample_chat import GUEST, INVITED, MEMBER, Scene
from tests.support.steps import in_mailbox, later, ses_says, shows, texts

LIV = "liv@nord.example"


def invites(person: Person, email: str) -> tuple[str, str]:
    """What came of it; and the chat."""
    answer = person.post("/chats", {"workspace_id": person.workspace(), "invitees": [{"email": email}]})
    if answer.status != 201:
        return str(answer.json["errors"][0]["code"]), ""
    return str(answer.json["results"][0]["outcome"]), str(answer.json["chat"]["id"])


class TestEachAddress:
    def test_is_answered_by_itself_in_order_and_a_refused_one_stops_nobody(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED)
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["rival.example"]})
        sent = [LIV, "no address", MEMBER, "LIV@nord.example", "x@rival.example", INVITED, GUEST]
        body = {"workspace_id": scene.workspace, "invitees": [{"email": email} for email in sent]}
        answer = scene.owner.post("/chats", body)
        assert answer.status == 201
        assert [(result["email"], result["outcome"], result.get("code")) for result in answer.json["results"]] == [
            (LIV, "invited", None),
            ("no address", "refused", "bad_address"),
            (MEMBER, "member_added", None),
            (LIV, "already_invited", "repeated"),
            ("x@rival.example", "refused", "domain_refused"),
            (INVITED, "refused", "not_reachable"),
            (GUEST, "invited", None),
        ]
        assert all(
            result["message"]
            for result in answer.json["results"]
            if result["outcome"] not in ("invited", "member_added")
        )

    def test_where_none_is_good_there_is_no_chat_and_each_has_its_error(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED)
        before = len(scene.owner.get("/chats").json["items"])
        body = {"workspace_id": scene.workspace, "invitees": [{"email": "no address"}, {"email": INVITED}]}
        answer = scene.owner.post("/chats", body)
        assert answer.status == 422
        assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
            ("invitees[0].email", "bad_address"),
            ("invitees[1].email", "not_reachable"),
        ]
        assert len(scene.owner.get("/chats").json["items"]) == before

    def test_a_member_is_in_at_once_and_gets_no_invitation(self, scene: Scene) -> None:
        made = scene.owner.invites(MEMBER, LIV)
        assert [invitation["email"] for invitation in made["invitations"]] == [LIV]
        assert made["chat"]["id"] in [item["id"] for item in scene.member.get("/chats").json["items"]]
        assert not any("invites you to" in mail.subject for mail in scene.world.mails(MEMBER))

    def test_a_third_person_makes_a_group_that_may_be_named(self, scene: Scene) -> None:
        chat = scene.owner.invites(LIV)["chat"]
        assert chat["kind"] == "direct"
        assert scene.owner.patch(f"/chats/{chat['id']}", {"name": "Boat shed"}).code == "direct_chat"
        scene.owner.post(f"/chats/{chat['id']}/invitations", {"invitees": [{"email": "x@nord.example"}]})
        named = scene.owner.patch(f"/chats/{chat['id']}", {"name": "Boat shed"}).json
        assert (named["kind"], named["name"]) == ("group", "Boat shed")

    @pytest.mark.parametrize(("history", "seen"), [("all", True), ("from_join", False), (None, False)])
    def test_a_new_person_sees_of_the_past_what_the_inviter_granted(
        self, scene: Scene, history: str | None, seen: bool
    ) -> None:
        invitee = {"email": LIV} | ({"history": history} if history else {})
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [invitee]})
        scene.world.settle()
        liv = scene.world.joins(LIV, "Liv Ulf")
        assert ("Welcome, everybody." in scene.lines(liv)) is seen

    def test_external_people_may_not_invite_and_see_no_invitations(self, scene: Scene) -> None:
        path = f"{scene.base}/invitations"
        assert scene.guest.post(path, {"invitees": [{"email": LIV}]}).status == 403
        assert scene.guest.get(path).status == 403

    def test_the_same_key_and_body_is_the_same_answer_though_the_first_got_lost(self, scene: Scene) -> None:
        body = {"invitees": [{"email": LIV}, {"email": "no address"}]}
        first = scene.owner.post(f"{scene.base}/invitations", body, Idempotency_Key="k").json
        for key in [key for key, item in scene.world.snapshot().items() if item["Attributes"]["kind"]["S"] == "once"]:
            scene.world.data.items[key[0]].pop(key[1])
        again = scene.owner.post(f"{scene.base}/invitations", body, Idempotency_Key="k").json
        assert again["results"] == first["results"]
        assert [invitation["id"] for invitation in again["invitations"]] == [
            invitation["id"] for invitation in first["invitations"]
        ]


class TestTheMail:
    def test_html_and_text_name_who_to_what_for_whom_until_when_and_why(self, scene: Scene) -> None:
        mail = scene.world.last_mail(INVITED)
        for part in (mail.text, visible(mail.html)):
            for fact in (
                "Mara Lindqvist",
                "Brightwater Studio",
                "Harbour house",
                INVITED,
                "7 December",
                "because Mara invited you",
            ):
                assert fact in part

    def test_one_link_leads_to_our_page_and_small_print_to_block_or_report(self, scene: Scene) -> None:
        links = re.findall(r"https?://\S+", scene.world.last_mail(INVITED).text)
        join = f"http://chat.test/join/{scene.link}"
        assert links == [join, "http://chat.test/check", f"{join}?step=decline"]

    def test_headers(self, scene: Scene) -> None:
        message = scene.world.last_mail(INVITED).message
        assert message["Reply-To"] == scene.owner.email
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "\n" not in str(message["Subject"])

    @pytest.mark.parametrize(("chosen", "workspaces", "spoken"), [("es", "de", "le invita"), (None, "de", "lädt Sie")])
    def test_language_is_the_chosen_one_else_the_workspaces(
        self, scene: Scene, chosen: str | None, workspaces: str, spoken: str
    ) -> None:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"locale": workspaces})
        scene.owner.post(
            f"{scene.base}/invitations", {"invitees": [{"email": LIV} | ({"locale": chosen} if chosen else {})]}
        )
        scene.world.settle()
        assert spoken in scene.world.last_mail(LIV).subject

    def test_the_code_speaks_the_language_of_the_mailbox(self, scene: Scene) -> None:
        browser = in_mailbox(scene.world, INVITED)
        form = next(item for item in browser.open("/invitations").forms() if ("do", "language") in item.fields)
        browser.send(form, locale="de")
        scene.world.call("POST", f"/join/{scene.link}/code")
        scene.world.settle()
        assert "Minuten" in scene.world.last_mail(INVITED).text


@pytest.mark.requirement("A11")
class TestFiveADay:
    def people(self, world: World, count: int) -> list[Person]:
        return [world.signs_up(f"o{n}@home{n}.example", f"Owner {n}", f"Home {n}") for n in range(count)]

    def test_a_sixth_is_refused_whoever_asks_and_tomorrow_it_goes(self, world: World) -> None:
        people = self.people(world, 6)
        told = []
        for person in people:
            told.append(invites(person, LIV)[0])
            world.settle()
        assert told == ["invited"] * 5 + ["address_capped"]
        world.pass_time(days=1)
        assert invites(people[5], LIV)[0] == "invited"

    def test_six_at_once_are_five_today_and_one_tomorrow_and_it_says_so(self, world: World) -> None:
        people = self.people(world, 6)
        chats = [invites(person, LIV) for person in people]
        assert [outcome for outcome, _ in chats] == ["invited"] * 6
        world.settle()
        assert len(world.mails(LIV)) == 5
        states = [
            person.get(f"/chats/{chat}/invitations").json["items"][0]["mail"]
            for person, (_, chat) in zip(people, chats, strict=True)
        ]
        assert sorted(state["state"] for state in states) == ["delayed"] + ["sent"] * 5
        assert [state["detail"] for state in states if state["state"] == "delayed"] == [
            "This address has had its e-mails for today; it goes tomorrow."
        ]
        later(world, hours=2)
        assert len(world.mails(LIV)) == 5
        later(world, hours=22)
        assert len(world.mails(LIV)) == 6
        after = [
            person.get(f"/chats/{chat}/invitations").json["items"][0]["mail"]
            for person, (_, chat) in zip(people, chats, strict=True)
        ]
        assert [item["state"] for item in after] == ["sent"] * 6

    @pytest.mark.requirement("A35")
    def test_a_record_of_the_stream_that_comes_again_counts_once(self, scene: Scene) -> None:
        for _ in range(4):
            for item in list(scene.world.data.stream):
                changes.handle({"Records": [item.to_json()]})
        scene.world.settle()
        assert invites(scene.stranger, INVITED)[0] == "invited"
        assert shows(scene, INVITED)["mail"]["state"] == "sent"
        assert sum("invited" in text for text in texts(scene)) == 1
