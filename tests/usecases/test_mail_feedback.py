"""The truth about the mail: what SES says becomes the invitation's own mail state."""

from typing import Any

import pytest

from chalicelib.events import feedback
from tests.scenes import INVITED, Scene
from tests.usecases.doing import (
    PERMANENT,
    hour,
    joins_by,
    later,
    ses_id,
    ses_says,
    shows,
    sns,
    texts,
    word,
)
from tests.world import World

NEW = "right@nord.example"


def mail(scene: Scene, email: str = INVITED) -> dict[str, Any]:
    return dict(shows(scene, email)["mail"])


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
class TestBothShapes:
    def test_a_mail_is_queued_then_sent_then_delivered(self, scene: Scene, shape: str) -> None:
        invited = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}]}).json["invitations"][0]
        assert invited["mail"]["state"] == "queued"
        scene.world.settle()
        assert mail(scene, NEW)["state"] == "sent"
        ses_says(scene.world, "Delivery", NEW, shape=shape)
        assert mail(scene, NEW)["state"] == "delivered"

    def test_a_bounce_says_why_in_plain_words(self, scene: Scene, shape: str) -> None:
        ses_says(scene.world, "Bounce", INVITED, shape=shape, **PERMANENT)
        assert mail(scene)["state"] == "bounced"
        assert mail(scene)["detail"] == "no such mailbox"
        assert f"The mail to {INVITED} bounced: no such mailbox" in texts(scene)

    def test_a_complaint_is_shown(self, scene: Scene, shape: str) -> None:
        ses_says(scene.world, "Complaint", INVITED, shape=shape)
        assert (mail(scene)["state"], mail(scene)["detail"]) == ("complained", "marked as spam")


def test_a_delay_says_that_we_keep_trying_and_ends_with_the_delivery(scene: Scene) -> None:
    ses_says(scene.world, "DeliveryDelay", INVITED, delayType="MailboxFull")
    assert (mail(scene)["state"], mail(scene)["detail"]) == ("delayed", "the mailbox is full; we keep trying")
    ses_says(scene.world, "Delivery", INVITED)
    assert mail(scene)["state"] == "delivered"
    assert "detail" not in mail(scene)


@pytest.mark.requirement("A35")
def test_words_that_come_twice_late_or_in_another_order_change_nothing(scene: Scene) -> None:
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    for kind in ("Delivery", "Send", "DeliveryDelay", "Bounce"):
        ses_says(scene.world, kind, INVITED, **(PERMANENT if kind == "Bounce" else {}))
    assert mail(scene)["state"] == "bounced"
    assert sum("bounced" in text for text in texts(scene)) == 1


@pytest.mark.requirement("A35")
def test_a_word_about_an_earlier_mail_says_nothing_about_the_newest(scene: Scene) -> None:
    scene.world.pass_time(minutes=11)
    assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200
    scene.world.settle()
    ses_says(scene.world, "Delivery", INVITED, nth=0)
    assert mail(scene)["state"] == "sent"
    ses_says(scene.world, "Delivery", INVITED)
    assert mail(scene)["state"] == "delivered"


def test_ses_may_speak_before_we_wrote_its_id_down(scene: Scene) -> None:
    said = word("Delivery", "an-id-that-nobody-knows", INVITED)
    said["mail"]["tags"] = {"chat": [scene.chat], "seat": [scene.invitation], "number": ["1"]}
    feedback.handle(sns(said))
    scene.world.settle()
    assert mail(scene)["state"] == "delivered"


def test_each_mail_carries_the_tags_by_which_ses_names_its_invitation(scene: Scene) -> None:
    sent: list[Any] = []

    class Listening:
        def send(self, outgoing: Any) -> str:
            sent.append(outgoing)
            return "an-id"

    with scene.world.using(mailer=Listening()):
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}]})
        scene.world.settle()
    identifier = shows(scene, NEW)["id"]
    assert dict(sent[0].tags) == {"chat": scene.chat, "seat": identifier, "number": "1"}


@pytest.mark.requirement("A24", "A32")
@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "[" * 100_000,
        {},
        {"eventType": "Bounce"},
        {"eventType": "Bounce", "mail": {"messageId": 5}},
        {"eventType": "Bounce", "mail": {"messageId": "x", "tags": []}, "bounce": {"bouncedRecipients": [5, {}]}},
        {"eventType": "Bounce", "mail": {"messageId": "x", "tags": {"chat": [], "seat": "x", "number": [1]}}},
        {"eventType": "Bounce", "mail": {"messageId": "x"}, "bounce": {"bouncedRecipients": [{"emailAddress": "@"}]}},
        {"eventType": "Click", "mail": {"messageId": "x"}},
        {"notificationType": ["Bounce"], "mail": {"messageId": "x"}},
    ],
)
def test_words_that_make_no_sense_are_dropped(scene: Scene, message: Any) -> None:
    before = scene.world.snapshot()
    feedback.handle(sns(message))
    feedback.handle({"Records": [{}]})
    after = scene.world.snapshot()
    assert {key: value for key, value in after.items() if before.get(key) != value} == {}


class TestSuppression:
    @pytest.mark.requirement("A11")
    @pytest.mark.parametrize(("kind", "given"), [("Bounce", PERMANENT), ("Complaint", {})])
    def test_nobody_can_mail_an_address_that_bounced_hard_or_complained(
        self, scene: Scene, kind: str, given: dict[str, Any]
    ) -> None:
        ses_says(scene.world, kind, INVITED, **given)
        other = scene.stranger
        answer = other.post(
            "/chats",
            {"workspace_id": other.workspace(), "invitees": [{"email": INVITED}, {"email": "good@nord.example"}]},
        )
        results = [(one["outcome"], one.get("code")) for one in answer.json["results"]]
        assert (answer.status, results) == (201, [("refused", "not_reachable"), ("invited", None)])
        alone = other.post("/chats", {"workspace_id": other.workspace(), "invitees": [{"email": INVITED}]})
        assert (alone.status, alone.json["errors"][0]["code"]) == (422, "not_reachable")
        scene.world.pass_time(minutes=11)
        again = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
        assert (again.status, again.code) == (409, "not_reachable")

    def test_a_bounce_that_may_pass_suppresses_nobody(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="MailboxFull")
        assert (mail(scene)["state"], mail(scene)["detail"]) == ("bounced", "the mailbox is full")
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200

    def test_no_reminder_goes_to_an_address_that_bounced(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        before = len(scene.world.mails(INVITED))
        later(scene.world, days=12, hours=1)
        assert len(scene.world.mails(INVITED)) == before

    def test_a_mail_that_waited_is_not_sent_to_an_address_that_bounced_meanwhile(self, scene: Scene) -> None:
        scene.world.pass_time(minutes=11)
        scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
        feedback.handle(sns(word("Bounce", ses_id(scene.world, INVITED), INVITED, **PERMANENT)))
        scene.world.settle()
        assert len(scene.world.mails(INVITED)) == 1
        assert mail(scene)["state"] == "bounced"

    def test_who_complained_about_an_invitation_gets_no_code_either(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED)
        answer = scene.world.call("POST", f"/join/{scene.link}/code")
        assert (answer.status, answer.code) == (409, "not_reachable")


class TestFixAddress:
    def test_moves_the_invitation_and_revives_its_mail(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        fixed = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": NEW})
        assert (fixed.status, fixed.json["id"], fixed.json["email"]) == (200, scene.invitation, NEW)
        scene.world.settle()
        assert mail(scene, NEW)["state"] == "sent"
        assert "detail" not in mail(scene, NEW)
        ses_says(scene.world, "Delivery", NEW)
        assert mail(scene, NEW)["state"] == "delivered"
        assert scene.world.joins(NEW).get("/chats").json["items"][0]["id"] == scene.chat

    def test_the_old_link_dies_with_its_proofs_and_asks(self, scene: Scene) -> None:
        assert (
            scene.owner.post(
                f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}", {"decision": "allow"}
            ).status
            == 200
        )
        copied = scene.owner.get(f"{scene.base}/invitations/{scene.invitation}/link").json["url"].rpartition("/")[2]
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": NEW})
        scene.world.settle()
        for token in (scene.link, copied):
            assert scene.world.call("GET", f"/join/{token}").status == 404
            assert scene.world.call("POST", f"/join/{token}/decline").status == 404
        assert shows(scene, NEW)["asks"] == []
        answer = joins_by(scene.stranger, scene.world.invited(NEW))
        assert (answer.status, answer.code) == (409, "address_mismatch")

    @pytest.mark.requirement("A35")
    def test_a_late_bounce_of_the_old_address_does_not_touch_the_new_one(self, scene: Scene) -> None:
        scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": NEW})
        scene.world.settle()
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        assert mail(scene, NEW)["state"] == "sent"

    @pytest.mark.parametrize(
        ("email", "status", "code"),
        [
            ("tom@brightwater.example", 409, "already_in_chat"),
            ("dana@acme.example", 409, "already_in_chat"),
            ("not an address", 422, "invalid_fields"),
            ("olga@brightwater.example", 409, "already_member"),
        ],
    )
    def test_to_somebody_who_is_there_changes_nothing(self, scene: Scene, email: str, status: int, code: str) -> None:
        from tests.scenes import joins_company

        joins_company(scene.world, scene.owner, "olga@brightwater.example", "Olga Riis")
        before = shows(scene, INVITED)
        answer = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": email})
        assert (answer.status, answer.code) == (status, code)
        assert shows(scene, INVITED) == before

    def test_to_an_address_that_is_invited_already_changes_nothing(self, scene: Scene) -> None:
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}]})
        answer = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": NEW})
        assert (answer.status, answer.code) == (409, "already_invited")

    def test_to_the_same_address_sends_nothing(self, scene: Scene) -> None:
        answer = scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": " Olaf@NORD.example "})
        scene.world.settle()
        assert (answer.status, len(scene.world.mails(INVITED))) == (200, 1)


class TestMailsThatGotLost:
    @pytest.mark.requirement("A12", "A36")
    def test_an_hour_later_a_mail_that_its_queue_lost_is_queued_anew(self, scene: Scene) -> None:
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}]})
        told = scene.world.told
        scene.world.settle_stream()
        assert scene.world.told > told
        scene.world.data.queued.clear()
        later(scene.world, minutes=30)
        assert scene.world.mails(NEW) == []
        later(scene.world, minutes=31)
        assert len(scene.world.mails(NEW)) == 1
        for _ in range(3):
            later(scene.world, hours=1)
        assert len(scene.world.mails(NEW)) == 1

    def test_a_mail_that_ses_never_takes_ends_in_a_state_that_says_so(self, world: World) -> None:
        from chalicelib.ports import MailRefused

        class Refusing:
            def send(self, outgoing: Any) -> str:
                raise MailRefused("The mail service refused this mail.")

        mara = world.signs_up("mara@brightwater.example")
        with world.using(mailer=Refusing()):
            made = mara.invites("dana@acme.example")
        shown = mara.get(f"/chats/{made['chat']['id']}/invitations").json["items"][0]["mail"]
        assert (shown["state"], shown["detail"]) == ("bounced", "The mail service refused this mail.")
        hour(world)
        assert world.mails("dana@acme.example") == []
