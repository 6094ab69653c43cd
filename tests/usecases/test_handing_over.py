"""PRODUCT.md, section 6, handing over: the invited person names the right one; the inviter allows or refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.handing_over import NOTE_LONGEST
from chalicelib.storage.items import WorkspaceItem
from tests.support.hand_overs import COLLEAGUE, RIGHT, allowed, asks, decides, mails_left, names, policy, shown
from tests.support.sample_chat import GUEST, INVITED, MEMBER, Scene, joins_company
from tests.support.steps import (
    account,
    away,
    code_in_mail,
    copied,
    hour,
    joins_by,
    later,
    of_table,
    ses_says,
    texts,
)

Json = dict[str, Any]


class TestAsking:
    def test_shows_who_and_why_and_changes_nothing(self, scene: Scene) -> None:
        before = {**shown(scene), "asks": None}
        answer = names(scene, " Jonas@FJORD.example", note="He runs the project now")
        assert (answer.status, answer.json) == (202, {})
        (ask,) = asks(scene)
        assert (ask["email"], ask["note"], set(ask)) == (
            RIGHT,
            "He runs the project now",
            {"id", "kind", "asked_at", "email", "note"},
        )
        assert {**shown(scene), "asks": None} == before
        assert scene.world.joins(INVITED, "Olaf Nord").get(scene.base).status == 200

    def test_the_inviter_gets_one_mail_with_both_addresses_and_the_note(self, scene: Scene) -> None:
        before = len(scene.world.mails(scene.owner.email))
        for _ in range(2):
            assert names(scene, note="He runs the project now").status == 202
        mail = scene.world.last_mail(scene.owner.email)
        assert len(scene.world.mails(scene.owner.email)) == before + 1
        for fact in (INVITED, RIGHT, "He runs the project now", f"/chats/{scene.chat}"):
            assert fact in mail.text
            assert fact in mail.html
        assert f"{INVITED} says that {RIGHT} is the right one." in mail.text
        assert len(asks(scene)) == 1
        assert scene.world.mails(RIGHT) == []

    def test_the_mail_is_in_the_inviters_language(self, scene: Scene) -> None:
        scene.world.ports.accounts.save_profile(scene.owner.id, "Mara Lindqvist", "de")
        names(scene)
        assert f"{RIGHT}" in scene.world.last_mail(scene.owner.email).text
        assert "says that" not in scene.world.last_mail(scene.owner.email).text

    @pytest.mark.requirement("A14")
    def test_the_answer_is_the_same_whoever_the_other_address_is(self, scene: Scene) -> None:
        scene.world.ports.accounts.suppress("gone@fjord.example", "bounced")
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["denied.example"]})
        others = (RIGHT, MEMBER, GUEST, "gone@fjord.example", "x@denied.example")
        assert {(answer.status, answer.text) for answer in (names(scene, other) for other in others)} == {(202, "{}")}

    @pytest.mark.parametrize("spelling", [INVITED, "OLAF@Nord.Example", f" {INVITED} "])
    def test_the_invited_address_itself_is_no_other(self, scene: Scene, spelling: str) -> None:
        answer = names(scene, spelling)
        assert (answer.status, answer.code) == (422, "same_address")
        assert [(fault["field"], fault["code"]) for fault in answer.json["errors"]] == [("email", "same_address")]

    @pytest.mark.requirement("A09", "A10")
    @pytest.mark.parametrize(
        ("body", "field", "code"),
        [
            ({"email": "nobody"}, "email", "bad_address"),
            ({"email": "a@b.example, c@d.example"}, "email", "bad_address"),
            ({"email": RIGHT, "note": "see evil-site.com"}, "note", "link_in_line"),
            ({"email": RIGHT, "note": "<b>him</b>"}, "note", "link_in_line"),
            ({"email": RIGHT, "note": "x" * (NOTE_LONGEST + 1)}, "note", "too_long"),
        ],
    )
    def test_a_field_that_is_wrong_says_so(self, scene: Scene, body: Json, field: str, code: str) -> None:
        answer = scene.world.call("POST", f"/join/{scene.link}/hand-over", body)
        assert answer.status == 422
        assert [(fault["field"], fault["code"]) for fault in answer.json["errors"]] == [(field, code)]
        assert asks(scene) == []

    def test_a_note_is_one_line_of_up_to_200_characters_or_none(self, scene: Scene) -> None:
        assert names(scene, "a@fjord.example", note="x" * NOTE_LONGEST).status == 202
        assert names(scene, "b@fjord.example", note="one\ntwo\u202e").status == 202
        assert names(scene, "c@fjord.example", note=None).status == 202
        assert [ask["note"] for ask in asks(scene)] == ["x" * NOTE_LONGEST, "one two", None]

    @pytest.mark.requirement("A11")
    def test_at_most_five_wait_for_an_answer(self, scene: Scene) -> None:
        for number in range(5):
            assert names(scene, f"p{number}@fjord.example").status == 202
        sixth = names(scene, "p5@fjord.example")
        assert (sixth.status, int(sixth.headers["retry-after"]) > 0) == (429, True)
        assert names(scene, "p4@fjord.example").status == 202
        decides(scene, asks(scene)[0]["id"], "refuse")
        assert names(scene, "p5@fjord.example").status == 202
        assert len(asks(scene)) == 5

    @pytest.mark.requirement("A11", "A40")
    def test_the_inviter_is_not_flooded_by_asking_again_after_each_refusal(self, scene: Scene) -> None:
        statuses = []
        for number in range(22):
            statuses.append(names(scene, f"p{number}@fjord.example").status)
            for ask in asks(scene):
                decides(scene, ask["id"], "refuse")
        assert statuses == [202] * 20 + [429] * 2
        invitation = scene.world.ports.invitations.get(scene.chat, scene.invitation)
        assert invitation is not None
        assert len(invitation.asks) <= 7

    def test_people_who_ask_to_join_leave_room_for_it(self, scene: Scene) -> None:
        for number in range(4):
            person = account(scene.world, f"other{number}@elsewhere.example")
            assert person.post(f"/join/{scene.link}/ask").status == 202
        assert names(scene).status == 202
        assert account(scene.world, "late@elsewhere.example").post(f"/join/{scene.link}/ask").status == 429

    def test_it_is_off_where_the_workspace_says_so(self, scene: Scene) -> None:
        policy(scene, "off")
        assert (names(scene).status, names(scene).code) == (403, "hand_over_off")

    @pytest.mark.parametrize("end", ["declined", "revoked", "accepted", "expired"])
    def test_what_is_over_is_not_handed_over(self, scene: Scene, end: str) -> None:
        if end == "declined":
            scene.world.call("POST", f"/join/{scene.link}/decline")
        elif end == "revoked":
            scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
        elif end == "accepted":
            scene.world.joins(INVITED)
        else:
            away(scene, days=14)
        answer = names(scene)
        assert (answer.status, answer.code) == (410, f"invitation_{end}")

    def test_with_communicate_off_nothing_is_handed_over(self, scene: Scene) -> None:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": False})
        assert names(scene).code == "communicate_off"

    def test_what_waits_ends_with_the_invitation_and_leaves_no_address(self, scene: Scene) -> None:
        names(scene, note="He runs it")
        scene.world.joins(INVITED, "Olaf Nord")
        scene.world.settle()
        assert asks(scene) == []
        assert {key[0].partition("#")[0] for key in of_table(scene.world, RIGHT)} == set()

    @pytest.mark.requirement("A06")
    def test_repeated_with_its_key_is_the_same_answer(self, scene: Scene) -> None:
        first = names(scene, headers={"Idempotency_Key": "k"})
        again = names(scene, headers={"Idempotency_Key": "k"})
        assert (first.status, first.text) == (again.status, again.text) == (202, "{}")
        assert names(scene, "x@y.example", headers={"Idempotency_Key": "k"}).status == 409


class TestCopiedLink:
    def test_needs_the_code_in_that_browser(self, scene: Scene) -> None:
        token = copied(scene)
        answer = names(scene, token=token)
        assert (answer.status, answer.code, answer.json["ways"]) == (403, "code_needed", ["code"])
        assert account(scene.world, INVITED).post(f"/join/{token}/hand-over", {"email": RIGHT}).code == "code_needed"
        assert scene.world.call("POST", f"/join/{token}/code").status == 202
        scene.world.settle()
        confirmed = scene.world.call(
            "POST", f"/join/{token}/code/confirm", {"code": code_in_mail(scene.world, INVITED)}
        )
        cookie = confirmed.headers["set-cookie"][0].partition(";")[0]
        assert names(scene, token=token, headers={"Cookie": cookie}).status == 202
        assert names(scene, "other@fjord.example", token=token).code == "code_needed"

    @pytest.mark.requirement("A04")
    def test_a_code_for_the_old_address_proves_nothing_for_the_new_one(self, scene: Scene) -> None:
        scene.world.call("POST", f"/join/{scene.link}/code")
        scene.world.settle()
        dana = account(scene.world, "dana.work@elsewhere.example")
        body = {"code": code_in_mail(scene.world, INVITED)}
        assert dana.post(f"/join/{scene.link}/code/confirm", body).status == 200
        allowed(scene)
        assert joins_by(dana, scene.world.invited(RIGHT)).status == 409
        token = copied(scene)
        assert dana.post(f"/join/{token}/hand-over", {"email": "z@z.example"}).code == "code_needed"


class TestAllowing:
    def test_moves_it_with_its_history_line_locale_and_end(self, scene: Scene) -> None:
        before = scene.world.ports.invitations.get(scene.chat, scene.invitation)
        scene.world.pass_time(days=3)
        answer = allowed(scene)
        after = scene.world.ports.invitations.get(scene.chat, scene.invitation)
        assert before is not None
        assert after is not None
        for kept in ("history", "line", "locale", "expires_at", "inviter_id", "created_at", "status"):
            assert getattr(after, kept) == getattr(before, kept)
        assert (answer.status, answer.json["email"], answer.json["asks"]) == (200, RIGHT, [])
        (move,) = answer.json["handed_over"]
        assert (move["from"], move["to"], set(move)) == (INVITED, RIGHT, {"from", "to", "at"})
        assert answer.json["expires_at"] == shown(scene)["expires_at"]

    @pytest.mark.requirement("A01", "A08")
    def test_the_old_link_dies_and_the_new_one_opens(self, scene: Scene) -> None:
        old_copied, old = copied(scene), scene.link
        allowed(scene)
        for token in (old, old_copied):
            assert scene.world.call("GET", f"/join/{token}").status == 404
            assert names(scene, token=token).status == 404
        jonas = scene.world.joins(RIGHT, "Jonas Fjord")
        assert jonas.get(scene.base).status == 200
        assert shown(scene)["handed_over"][0]["from"] == INVITED
        assert texts(scene)[-1] == "Jonas Fjord joined"

    def test_the_new_address_gets_the_mail_and_the_old_one_none(self, scene: Scene) -> None:
        before = len(scene.world.mails(INVITED))
        allowed(scene)
        assert len(scene.world.mails(INVITED)) == before
        (mail,) = scene.world.mails(RIGHT)
        assert mail.link("join") != f"/join/{scene.link}"
        assert shown(scene)["mail"]["state"] == "sent"

    def test_drops_the_other_hand_overs_and_the_asks_of_the_old_address(self, scene: Scene) -> None:
        names(scene, "other@fjord.example")
        other = asks(scene)[0]["id"]
        answer = allowed(scene)
        assert answer.json["asks"] == []
        assert decides(scene, other).status == 404
        assert decides(scene, scene.ask).status == 404
        assert joins_by(scene.stranger, scene.world.invited(RIGHT)).status == 409

    @pytest.mark.requirement("A06")
    def test_again_is_the_same_answer_and_one_mail(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        left = mails_left(scene)
        assert [decides(scene, ask).json["email"] for _ in range(2)] == [RIGHT, RIGHT]
        assert len(scene.world.mails(RIGHT)) == 1
        assert mails_left(scene) == left - 1

    def test_at_most_two_moves_and_both_stay_on_it(self, scene: Scene) -> None:
        allowed(scene)
        second = allowed(scene, "liv@fjord.example", scene.world.invited(RIGHT))
        assert [(move["from"], move["to"]) for move in second.json["handed_over"]] == [
            (INVITED, RIGHT),
            (RIGHT, "liv@fjord.example"),
        ]
        third = names(scene, "x@fjord.example", scene.world.invited("liv@fjord.example"))
        assert (third.status, third.code) == (409, "hand_over_limit")
        scene.world.joins("liv@fjord.example", "Liv")
        assert len(shown(scene)["handed_over"]) == 2

    def test_a_fixed_address_is_no_move_and_the_moves_stay(self, scene: Scene) -> None:
        names(scene, "other@fjord.example")
        path = f"{scene.base}/invitations/{scene.invitation}"
        assert scene.owner.patch(path, {"email": "right@nord.example"}).json["handed_over"] == []
        scene.world.settle()
        assert asks(scene) == []
        allowed(scene, RIGHT, scene.world.invited("right@nord.example"))
        assert scene.owner.patch(path, {"email": "jonas@fjord2.example"}).status == 200
        scene.world.settle()
        assert [move["to"] for move in shown(scene)["handed_over"]] == [RIGHT]
        assert names(scene, token=scene.world.invited("jonas@fjord2.example")).status == 202

    @pytest.mark.requirement("A28")
    def test_who_may_answer(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        statuses = [decides(scene, ask, by=by).status for by in (scene.member, scene.guest, scene.stranger)]
        assert statuses == [403, 403, 404]
        scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "admin"})
        assert decides(scene, ask, by=scene.member).json["email"] == RIGHT
        assert "Mara Lindqvist" in scene.world.last_mail(RIGHT).text

    @pytest.mark.requirement("A30")
    def test_it_is_no_line_in_the_chat_and_people_from_outside_see_no_address(self, scene: Scene) -> None:
        before = texts(scene)
        names(scene)
        decides(scene, asks(scene)[0]["id"])
        assert texts(scene) == before
        paths = (scene.base, f"{scene.base}/messages", "/chats")
        seen = " ".join(scene.guest.get(path).text for path in paths)
        assert INVITED not in seen
        assert RIGHT not in seen
        assert scene.guest.get(f"{scene.base}/invitations").status == 403
        jonas = scene.world.joins(RIGHT, "Jonas Fjord")
        seen = " ".join(person.get(path).text for path in paths for person in (scene.guest, jonas))
        assert INVITED not in seen

    def test_another_members_list_shows_the_chain(self, scene: Scene) -> None:
        allowed(scene)
        items = scene.member.get(f"{scene.base}/invitations").json["items"]
        assert [item["handed_over"][0]["to"] for item in items if item["handed_over"]] == [RIGHT]

    def test_the_new_person_is_reminded_once_where_enough_time_is_left(self, scene: Scene) -> None:
        later(scene.world, days=11)
        scene.owner.token = scene.world.signs_in(scene.owner.email).token
        allowed(scene)
        later(scene.world, days=1)
        assert len(scene.world.mails(RIGHT)) == 1

    def test_the_new_person_is_reminded_two_days_before_the_end(self, scene: Scene) -> None:
        scene.world.pass_time(days=2)
        allowed(scene)
        later(scene.world, days=10)
        hour(scene.world)
        assert len(scene.world.mails(RIGHT)) == 2
        assert len(scene.world.mails(INVITED)) == 1


BLOCKED = [
    ("member", "kim@brightwater.example", 409, "already_member"),
    ("in_chat", GUEST, 409, "already_in_chat"),
    ("invited", "ida@fjord.example", 409, "already_invited"),
    ("bounced", RIGHT, 422, "not_reachable"),
    ("blocked", RIGHT, 422, "not_reachable"),
    ("denied", "x@denied.example", 422, "domain_refused"),
    ("capped", RIGHT, 422, "address_capped"),
    ("mail_cap", RIGHT, 429, "mail_cap"),
]


def hinder(scene: Scene, what: str) -> None:
    accounts, owner = scene.world.ports.accounts, scene.owner
    by_name: dict[str, Callable[[], Any]] = {
        "member": lambda: joins_company(scene.world, owner, "kim@brightwater.example", "Kim"),
        "invited": lambda: owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]}),
        "bounced": lambda: accounts.suppress(RIGHT, "bounced"),
        "blocked": lambda: accounts.block(RIGHT, f"inviter:{owner.id}", 9),
        "denied": lambda: owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["denied.example"]}),
        "capped": lambda: [owner.invites(RIGHT, f"more{number}@fjord.example") for number in range(5)],
        "mail_cap": lambda: spend_mails(scene),
    }
    by_name.get(what, lambda: None)()
    scene.world.settle()


def spend_mails(scene: Scene) -> None:
    scene.world.ports.workspaces.set_plan(scene.workspace, "free")
    for number in range(mails_left(scene)):
        scene.owner.invites(f"more{number}@fjord.example")


class TestWhatStopsIt:
    @pytest.mark.requirement("A11")
    @pytest.mark.parametrize(("what", "email", "status", "code"), BLOCKED)
    def test_is_said_to_the_inviter_and_nothing_changes(
        self, scene: Scene, what: str, email: str, status: int, code: str
    ) -> None:
        hinder(scene, what)
        assert names(scene, email).json == {}
        before, left, mails = shown(scene), mails_left(scene), len(scene.world.mails())
        answer = decides(scene, asks(scene)[0]["id"])
        assert (answer.status, answer.code) == (status, code)
        assert (shown(scene), mails_left(scene), len(scene.world.mails())) == (before, left, mails)
        assert scene.world.call("GET", f"/join/{scene.link}").status == 200

    @pytest.mark.parametrize(("what", "code"), [("communicate", "communicate_off"), ("admins", "role")])
    def test_who_may_not_invite_may_not_allow(self, scene: Scene, what: str, code: str) -> None:
        made = scene.member.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@tide.example"}]}).json
        scene.world.settle()
        invitation = made["invitations"][0]["id"]
        names(scene, token=scene.world.invited("ida@tide.example"))
        settings: Json = {"communicate": False} if what == "communicate" else {"who_may_invite": "admins"}
        scene.owner.patch(f"/workspaces/{scene.workspace}", settings)
        items = {item["id"]: item for item in scene.member.get(f"{scene.base}/invitations").json["items"]}
        ask = items[invitation]["asks"][0]["id"]
        answer = scene.member.post(f"{scene.base}/invitations/{invitation}/asks/{ask}", {"decision": "allow"})
        assert (answer.status, answer.code) == (403, code)

    def test_an_admin_who_answers_is_not_judged_by_blocks_of_themselves(self, scene: Scene) -> None:
        """The mail names the inviter: their block counts, whoever presses the button. As for fixing an address."""
        scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "admin"})
        scene.world.ports.accounts.block(RIGHT, f"inviter:{scene.member.id}", 9)
        scene.world.ports.accounts.block("liv@fjord.example", f"inviter:{scene.owner.id}", 9)
        path = f"{scene.base}/invitations/{scene.invitation}"
        assert scene.member.patch(path, {"email": "liv@fjord.example"}).code == "not_reachable"
        names(scene)
        assert decides(scene, asks(scene)[0]["id"], by=scene.member).status == 200


class TestRefusing:
    def test_takes_the_ask_away_and_mails_nobody(self, scene: Scene) -> None:
        names(scene, note="He runs it")
        mails, ask = len(scene.world.mails()), asks(scene)[0]["id"]
        answers = [decides(scene, ask, "refuse") for _ in range(2)]
        assert [answer.status for answer in answers] == [200, 200]
        assert (answers[0].json["email"], asks(scene)) == (INVITED, [])
        assert len(scene.world.mails()) == mails
        assert scene.world.call("GET", f"/join/{scene.link}").status == 200
        assert decides(scene, ask).status == 404

    @pytest.mark.requirement("A47")
    def test_forgets_the_address(self, scene: Scene) -> None:
        names(scene, note="He runs it")
        decides(scene, asks(scene)[0]["id"], "refuse")
        assert of_table(scene.world, RIGHT) == []
        assert of_table(scene.world, "He runs it") == []


class TestSameDomain:
    def test_passes_without_asking(self, scene: Scene) -> None:
        policy(scene, "same_domain")
        before = len(scene.world.mails(scene.owner.email))
        answer = names(scene, COLLEAGUE, note="He runs it")
        assert (answer.status, answer.json) == (202, {})
        assert (shown(scene)["email"], shown(scene)["asks"]) == (COLLEAGUE, [])
        assert [(move["from"], move["to"]) for move in shown(scene)["handed_over"]] == [(INVITED, COLLEAGUE)]
        assert len(scene.world.mails(COLLEAGUE)) == 1
        assert len(scene.world.mails(scene.owner.email)) == before
        assert scene.world.call("GET", f"/join/{scene.link}").status == 404

    @pytest.mark.parametrize("email", [RIGHT, "jonas@team.nord.example", "jonas@ord.example"])
    def test_another_domain_is_asked_about(self, scene: Scene, email: str) -> None:
        policy(scene, "same_domain")
        names(scene, email)
        assert [ask["email"] for ask in asks(scene)] == [email]

    @pytest.mark.parametrize("domain", ["gmail.com", "web.de", "yahoo.co.uk", "mail.ru"])
    def test_a_public_provider_is_nobodys_domain(self, scene: Scene, domain: str) -> None:
        policy(scene, "same_domain")
        made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": f"ida@{domain}"}]}).json
        scene.world.settle()
        names(scene, f"jonas@{domain}", scene.world.invited(f"ida@{domain}"))
        items = {item["id"]: item for item in scene.owner.get(f"{scene.base}/invitations").json["items"]}
        invitation = items[made["invitations"][0]["id"]]
        assert (invitation["email"], len(invitation["asks"])) == (f"ida@{domain}", 1)

    @pytest.mark.parametrize("what", ["bounced", "in_chat", "mail_cap", "admins"])
    def test_what_would_fail_is_asked_about_instead(self, scene: Scene, what: str) -> None:
        policy(scene, "same_domain")
        if what == "bounced":
            scene.world.ports.accounts.suppress(COLLEAGUE, "bounced")
        elif what == "in_chat":
            scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": COLLEAGUE}]})
            scene.world.settle()
            scene.world.joins(COLLEAGUE, "Jonas")
        elif what == "mail_cap":
            hinder(scene, what)
        else:
            scene.owner.patch(f"/workspaces/{scene.workspace}", {"who_may_invite": "admins"})
            scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "owner"})
            scene.member.patch(f"/workspaces/{scene.workspace}/members/{scene.owner.id}", {"role": "member"})
        assert names(scene, COLLEAGUE).json == {}
        assert [ask["email"] for ask in asks(scene)] == [COLLEAGUE]
        assert scene.world.call("GET", f"/join/{scene.link}").status == 200

    def test_counts_as_a_move(self, scene: Scene) -> None:
        policy(scene, "same_domain")
        names(scene, COLLEAGUE)
        names(scene, "liv@nord.example", scene.world.invited(COLLEAGUE))
        third = names(scene, "kai@nord.example", scene.world.invited("liv@nord.example"))
        assert (third.status, third.code) == (409, "hand_over_limit")

    @pytest.mark.requirement("A06", "A36")
    def test_a_request_that_died_after_the_move_is_finished_by_its_repeat(self, scene: Scene) -> None:
        policy(scene, "same_domain")
        store, key = scene.world.ports.idempotency, {"Idempotency_Key": "k"}

        class Dying:
            begin, forget = store.begin, store.forget

            def finish(self, *_: Any) -> None:
                raise KeyboardInterrupt

        with scene.world.using(idempotency=Dying()), pytest.raises(KeyboardInterrupt):
            names(scene, COLLEAGUE, headers=key)
        scene.world.pass_time(minutes=1)
        again = names(scene, COLLEAGUE, headers=key)
        assert (again.status, again.text) == (202, "{}")
        assert len(scene.world.mails(COLLEAGUE)) == 1
        assert names(scene, COLLEAGUE, headers={"Idempotency_Key": "other"}).status == 404


def test_a_mail_that_waited_for_the_old_address_is_not_sent(scene: Scene) -> None:
    """The mail to the old address is one number, the new one's the next; SES's late word on the old one changes nothing."""
    allowed(scene)
    ses_says(scene.world, "Bounce", INVITED, bounceType="Permanent", bounceSubType="NoEmail")
    assert shown(scene)["mail"]["state"] == "sent"


def test_settings_have_it_ask_at_first_and_refuse_other_values(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}"
    assert scene.owner.get(path).json["hand_over"] == "ask"
    assert scene.owner.patch(path, {"hand_over": "same_domain"}).json["hand_over"] == "same_domain"
    for value in ("always", "", True):
        assert scene.owner.patch(path, {"hand_over": value}).status == 422
    assert scene.member.patch(path, {"hand_over": "off"}).status == 403
    assert scene.owner.patch(path, {"name": "Brightwater"}).json["hand_over"] == "same_domain"


def test_a_setting_that_only_newer_code_knows_hands_nothing_over(scene: Scene) -> None:
    WorkspaceItem(f"W#{scene.workspace}", "W").update([WorkspaceItem.hand_over.set("tomorrow")])
    assert names(scene).code == "hand_over_off"
