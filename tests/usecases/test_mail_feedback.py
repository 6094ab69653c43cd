"""The truth about the mail: what SES says becomes the invitation's own mail state."""

from typing import Any

import pytest

from chalicelib.domain.mail_reasons import MailReason
from chalicelib.events import feedback
from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import (
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
        assert f"The e-mail to {INVITED} bounced: no such mailbox" in texts(scene)

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
    answer = word("Delivery", "an-id-that-nobody-knows", INVITED)
    answer["mail"]["tags"] = {"chat": [scene.chat], "seat": [scene.invitation], "number": ["1"]}
    feedback.handle(sns(answer))
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
        results = [(result["outcome"], result.get("code")) for result in answer.json["results"]]
        assert (answer.status, results) == (201, [("refused", "not_reachable"), ("invited", None)])
        alone = other.post("/chats", {"workspace_id": other.workspace(), "invitees": [{"email": INVITED}]})
        assert (alone.status, alone.json["errors"][0]["code"]) == (422, "not_reachable")
        scene.world.pass_time(minutes=11)
        repeated = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
        assert (repeated.status, repeated.code) == (409, "not_reachable")

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

    def test_a_server_that_refuses_us_by_policy_makes_no_address_dead(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Permanent", bounceSubType="General", status="5.7.1")
        assert mail(scene)["state"] == "bounced"
        assert mail(scene)["detail"] == "their server’s policy blocks our e-mail; the address may be right"
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200

    def test_a_dead_address_is_one_whatever_ses_calls_the_bounce(self, scene: Scene) -> None:
        code = "smtp; 550 5.1.1 <olaf@nord.example>: no such user"
        ses_says(scene.world, "Delivery", INVITED)
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="General", diagnosticCode=code)
        assert (mail(scene)["state"], mail(scene)["detail"]) == ("bounced", "no such mailbox")
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").code == "not_reachable"

    def test_who_complained_about_an_invitation_gets_no_code_either(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED)
        answer = scene.world.call("POST", f"/join/{scene.link}/code")
        assert (answer.status, answer.code) == (409, "not_reachable")


class TestAfterTheDelivery:
    """What came back after a mail had arrived takes that back only where it says for good."""

    @pytest.mark.parametrize(
        ("given", "note"),
        [
            ({"bounceType": "Transient", "bounceSubType": "General"}, "a reply came back that doesn’t say why"),
            ({"bounceType": "Undetermined"}, "a reply came back that doesn’t say why"),
            ({"bounceType": "Transient", "bounceSubType": "MailboxFull"}, "the mailbox is full"),
        ],
    )
    def test_a_bounce_that_is_none_for_good_stays_a_note(self, scene: Scene, given: dict[str, Any], note: str) -> None:
        ses_says(scene.world, "Delivery", INVITED)
        at, notifications = mail(scene)["at"], len(scene.world.mails(scene.owner.email))
        scene.world.pass_time(minutes=2)
        ses_says(scene.world, "Bounce", INVITED, **given)
        assert (mail(scene)["state"], mail(scene)["at"]) == ("delivered", at)
        assert mail(scene)["detail"].startswith(note)
        assert len(scene.world.mails(scene.owner.email)) == notifications
        assert not [text for text in texts(scene) if "bounced" in text]

    def test_one_for_good_takes_it_back(self, scene: Scene) -> None:
        ses_says(scene.world, "Delivery", INVITED)
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        assert mail(scene)["state"] == "bounced"

    def test_a_delivery_that_is_told_of_later_counts(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="General")
        assert mail(scene)["state"] == "bounced"
        ses_says(scene.world, "Delivery", INVITED)
        assert mail(scene)["state"] == "delivered"
        assert "detail" not in mail(scene)

    def test_a_bounce_for_good_says_more_than_one_that_may_pass(self, scene: Scene) -> None:
        ses_says(scene.world, "Bounce", INVITED, bounceType="Transient", bounceSubType="MailboxFull")
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        assert mail(scene)["detail"] == "no such mailbox"
        ses_says(scene.world, "Delivery", INVITED)
        assert mail(scene)["state"] == "bounced"

    @pytest.mark.parametrize(
        ("kind", "given", "subject", "lead"),
        [
            ("Bounce", PERMANENT, "didn’t reach", "The e-mail came back. No one has seen this invitation."),
            (
                "Bounce",
                {"bounceType": "Transient", "bounceSubType": "MailboxFull"},
                "may not have reached",
                "can’t tell",
            ),
            ("Reject", {}, "wasn’t sent", "The e-mail was never sent. No one has seen this invitation."),
        ],
    )
    def test_the_letter_says_what_is_known(
        self, scene: Scene, kind: str, given: dict[str, Any], subject: str, lead: str
    ) -> None:
        ses_says(scene.world, kind, INVITED, **given)
        notification = scene.world.last_mail(scene.owner.email)
        assert subject in notification.subject
        assert lead in " ".join(notification.text.split())

    def test_a_rejected_mail_was_never_sent_and_kills_no_address(self, scene: Scene) -> None:
        ses_says(scene.world, "Reject", INVITED)
        assert mail(scene)["state"] == "bounced"
        assert mail(scene)["detail"] == "our e-mail service didn’t send it, because of what it contains"
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200

    @pytest.mark.parametrize(
        ("locale", "words"),
        [("de", "Postfach existiert nicht"), ("es", "el buzón no existe"), ("fr", "la boîte n’existe pas")],
    )
    def test_page_and_letter_say_it_in_the_inviters_language(self, scene: Scene, locale: str, words: str) -> None:
        scene.world.ports.accounts.save_profile(scene.owner.id, "Mara", locale)
        ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
        browser = Browser(scene.world)
        browser.signs_in(scene.owner.email, PASSWORD)
        assert words in browser.open(f"{scene.base}?people=1").html
        assert words in browser.open("/chats?view=inbox").html
        assert words in scene.world.last_mail(scene.owner.email).text
        assert mail(scene)["detail"] == "no such mailbox"


class TestComplaints:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("abuse", "marked as spam"),
            ("auth-failure", "their provider couldn’t verify that the e-mail is from us"),
            ("fraud", "reported as fraud or phishing"),
            ("virus", "reported as carrying a virus"),
            ("other", "their provider reported a complaint without saying why"),
        ],
    )
    def test_each_kind_in_its_own_words(self, scene: Scene, kind: str, words: str) -> None:
        ses_says(scene.world, "Complaint", INVITED, complaintFeedbackType=kind)
        assert (mail(scene)["state"], mail(scene)["detail"]) == ("complained", words)

    def test_no_spam_takes_the_block_away(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED)
        ses_says(scene.world, "Complaint", INVITED, complaintFeedbackType="not-spam")
        assert mail(scene)["state"] == "delivered"
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 200

    @pytest.mark.parametrize("other", ["unsubscribed", "blocked", "bounced"])
    def test_no_spam_takes_no_other_block_away(self, scene: Scene, other: str) -> None:
        for first, second in ((other, "complained"), ("complained", other)):
            scene.world.ports.accounts.suppress(INVITED, first)
            scene.world.ports.accounts.suppress(INVITED, second)
            ses_says(scene.world, "Complaint", INVITED, complaintFeedbackType="not-spam")
            address = scene.world.ports.accounts.addresses([INVITED])[INVITED]
            assert (address.unreachable, address.complained) == (other, False)

    def test_a_mail_to_a_suppressed_address_was_never_sent(self, scene: Scene) -> None:
        ses_says(scene.world, "Complaint", INVITED, complaintSubType="OnAccountSuppressionList")
        assert mail(scene)["state"] == "bounced"
        assert mail(scene)["detail"] == "this address reported our e-mail as spam before, so it wasn’t sent"
        assert "wasn’t sent" in scene.world.last_mail(scene.owner.email).subject


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
        from tests.support.sample_chat import joins_company

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
                raise MailRefused(MailReason.SERVICE_REFUSED)

        mara = world.signs_up("mara@brightwater.example")
        with world.using(mailer=Refusing()):
            made = mara.invites("dana@acme.example")
        shown = mara.get(f"/chats/{made['chat']['id']}/invitations").json["items"][0]["mail"]
        assert (shown["state"], shown["detail"]) == ("bounced", "The e-mail service refused this e-mail.")
        hour(world)
        assert world.mails("dana@acme.example") == []
