"""Taking part by mail: held before joining, let in, told in one mail after two quiet minutes, and out by a link."""

from typing import Any

import pytest

from chalicelib.domain.mail_reasons import MailReason
from chalicelib.events import feedback, schedule
from chalicelib.ports import MailRefused, OutgoingMail
from tests.support import rights
from tests.support.app import World
from tests.support.incoming_mails import Mailroom, mail
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene
from tests.support.steps import later, sns, word

EVE = "eve@other.example"


@pytest.fixture
def to(scene: Scene, room: Mailroom) -> str:
    """Where Olaf answers, who is invited."""
    return room.address(scene.chat, scene.invitation)


class Refusing:
    """A mail service that takes nothing."""

    def send(self, mail: OutgoingMail) -> str:
        raise MailRefused(MailReason.SERVICE_REFUSED)


def asks(scene: Scene) -> list[dict[str, Any]]:
    return [ask for ask in scene.invitations()[INVITED]["asks"] if ask["kind"] == "mail"]


def minute(world: World, minutes: float = 2) -> dict[str, int]:
    world.pass_time(minutes=minutes)
    with rights.acting_as("minutely"):
        counts: dict[str, int] = schedule.minutely()
    world.settle()
    return counts


def joined_by_mail(scene: Scene, room: Mailroom) -> str:
    """Olaf's account, who takes part by mail from now on."""
    answer = scene.world.call("POST", f"/join/{scene.link}/mail", {"name": "Olaf Nord"})
    assert answer.status == 201, answer.text
    scene.world.settle()
    people = {person["name"]: person for person in scene.owner.get(scene.base).json["participants"]}
    assert people["Olaf Nord"]["via"] == "mail"
    return str(people["Olaf Nord"]["account_id"])


class TestBeforeJoining:
    def test_answers_are_held_for_the_inviter_three_at_most(self, scene: Scene, room: Mailroom, to: str) -> None:
        lines = scene.lines(scene.owner)
        raw = mail("First", INVITED, to)
        for mails in (raw, raw, mail("Second", INVITED, to), mail("Third", EVE, to), mail("Fourth", INVITED, to)):
            room.receives(mails, to)
        assert [(ask["text"], ask["email"]) for ask in asks(scene)] == [
            ("First", INVITED), ("Second", INVITED), ("Third", EVE),
        ]  # fmt: skip
        assert scene.lines(scene.owner) == lines
        assert len([item for item in scene.world.mails(OWNER) if "First" in item.text]) == 1

    def test_allowing_lets_them_in_by_mail_and_what_they_answered_is_said_once(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        for text in ("First words", "Second words"):
            room.receives(mail(text, f"Olaf Nord <{INVITED}>", to), to)
        path = f"{scene.base}/invitations/{scene.invitation}/asks/{asks(scene)[0]['id']}"
        for _ in range(2):
            answer = scene.owner.post(path, {"decision": "allow"})
            assert (answer.status, answer.json["status"]) == (200, "accepted")
            scene.world.settle_stream()
            room.works()
        assert answer.json["joined"]["via"] == "mail"
        items = scene.owner.get(f"{scene.base}/messages").json["items"]
        said = [(item["text"], item["author"]["name"]) for item in items if item["kind"] == "text"]
        assert said[-2:] == [("First words", "Olaf Nord"), ("Second words", "Olaf Nord")]
        room.receives(mail("Third words", INVITED, to), to)
        assert scene.lines(scene.owner)[-1] == "Third words"

    def test_another_sender_who_is_let_in_answers_from_there(self, scene: Scene, room: Mailroom, to: str) -> None:
        room.receives(mail("It is me, Eve", EVE, to), to)
        path = f"{scene.base}/invitations/{scene.invitation}/asks/{asks(scene)[0]['id']}"
        assert scene.owner.post(path, {"decision": "allow"}).status == 200
        scene.world.settle_stream()
        room.works()
        assert scene.lines(scene.owner)[-1] == "It is me, Eve"
        before = scene.lines(scene.owner)
        room.receives(mail("Who am I?", INVITED, to), to)
        assert scene.lines(scene.owner) == before

    def test_refusing_leaves_the_invitation_as_it_was(self, scene: Scene, room: Mailroom, to: str) -> None:
        raw = mail("Let me in", INVITED, to)
        room.receives(raw, to)
        path = f"{scene.base}/invitations/{scene.invitation}/asks/{asks(scene)[0]['id']}"
        assert scene.owner.post(path, {"decision": "refuse"}).json["status"] == "pending"
        room.receives(raw, to)
        assert asks(scene) == []
        assert "Let me in" not in str(scene.world.snapshot())

    def test_not_proven_or_no_longer_invited_is_not_held(self, scene: Scene, room: Mailroom, to: str) -> None:
        room.receives(mail("Not proven", INVITED, to), to, dmarc="FAIL")
        assert asks(scene) == []
        assert scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}").status < 300
        room.receives(mail("Too late", INVITED, to), to)
        assert "Too late" not in str(scene.world.snapshot())

    def test_denied_domains_and_blocked_addresses_are_not_held(self, scene: Scene, room: Mailroom, to: str) -> None:
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["other.example"]})
        room.receives(mail("From a denied domain", EVE, to), to)
        scene.world.ports.accounts.suppress(INVITED, "blocked")
        room.receives(mail("From a blocked address", INVITED, to), to)
        assert asks(scene) == []


class TestJoining:
    def test_the_mailed_link_joins_once_without_a_session(self, scene: Scene, room: Mailroom) -> None:
        assert "mail" in scene.world.call("GET", f"/join/{scene.link}").json["options"]
        answers = [scene.world.call("POST", f"/join/{scene.link}/mail") for _ in range(2)]
        assert [answer.json for answer in answers] == [{"chat_id": scene.chat}] * 2
        assert not any("set-cookie" in answer.headers for answer in answers)
        assert scene.world.call("POST", f"/join/{scene.link}").status == 401

    def test_a_copied_link_offers_it_not(self, scene: Scene, room: Mailroom) -> None:
        path = f"{scene.base}/invitations/{scene.invitation}/link"
        copied = scene.owner.get(path).json["url"].rpartition("/")[2]
        assert "mail" not in scene.world.call("GET", f"/join/{copied}").json["options"]
        assert scene.world.call("POST", f"/join/{copied}/mail").code == "code_needed"

    def test_after_another_way_it_is_over(self, scene: Scene, room: Mailroom) -> None:
        scene.world.joins(INVITED, "Olaf")
        assert scene.world.call("POST", f"/join/{scene.link}/mail").code == "invitation_accepted"

    def test_where_no_mail_comes_in_it_is_not_offered(self, scene: Scene) -> None:
        assert "mail" not in scene.world.call("GET", f"/join/{scene.link}").json["options"]
        assert scene.world.call("POST", f"/join/{scene.link}/mail").status == 403

    def test_the_page_has_a_button_and_opening_it_changes_nothing(self, scene: Scene, room: Mailroom) -> None:
        before = scene.world.snapshot()
        page = scene.world.request("GET", f"/join/{scene.link}")
        assert f'action="/join/{scene.link}/mail"' in page.text
        assert scene.world.snapshot() == before


class TestOut:
    def test_two_quiet_minutes_later_one_mail_with_all_of_it(self, scene: Scene, room: Mailroom, to: str) -> None:
        joined_by_mail(scene, room)
        for text in ("One", "Two **bold**", "Three"):
            scene.owner.post(f"{scene.base}/messages", {"text": text})
            scene.world.settle()
            assert minute(scene.world, 1)["mails"] == 0
        before = len(scene.world.mails(INVITED))
        assert minute(scene.world)["mails"] == 1
        (sent,) = scene.world.mails(INVITED)[before:]
        assert [sent.text.count(text) for text in ("One", "Two bold", "Three")] == [1, 1, 1]
        assert "<strong>bold</strong>" in sent.html
        assert sent.message["Reply-To"] == to
        assert sent.message["Auto-Submitted"] == "auto-generated"
        assert "List-Unsubscribe" in sent.message
        assert minute(scene.world)["mails"] == 0
        scene.owner.post(f"{scene.base}/messages", {"text": "Four"})
        scene.world.settle()
        minute(scene.world)
        again = scene.world.mails(INVITED)[-1]
        assert "One" not in again.text
        assert (again.subject, again.message["References"]) == (sent.subject, sent.message["References"])

    def test_an_edit_is_corrected_a_deletion_taken_back_and_what_never_went_is_never_told(
        self, scene: Scene, room: Mailroom
    ) -> None:
        joined_by_mail(scene, room)
        post = scene.owner.post(f"{scene.base}/messages", {"text": "Nine o'clock"}).json
        other = scene.owner.post(f"{scene.base}/messages", {"text": "The code is 4711"}).json
        scene.owner.delete(f"{scene.base}/messages/{other['id']}")
        scene.world.settle()
        minute(scene.world)
        first = scene.world.mails(INVITED)[-1].text
        assert "Nine o'clock" in first
        assert "4711" not in first
        assert "taken back" not in first
        scene.owner.patch(f"{scene.base}/messages/{post['id']}", {"text": "Ten o'clock"})
        scene.world.settle()
        minute(scene.world)
        assert "corrected:" in scene.world.mails(INVITED)[-1].text
        assert "Ten o'clock" in scene.world.mails(INVITED)[-1].text
        scene.owner.delete(f"{scene.base}/messages/{post['id']}")
        scene.world.settle()
        minute(scene.world)
        last = scene.world.mails(INVITED)[-1].text
        assert "taken back" in last
        assert "o'clock" not in last

    def test_ones_own_answers_do_not_come_back(self, scene: Scene, room: Mailroom, to: str) -> None:
        joined_by_mail(scene, room)
        minute(scene.world)
        before = len(scene.world.mails(INVITED))
        room.receives(mail("I wrote this", INVITED, to), to)
        minute(scene.world, 5)
        assert len(scene.world.mails(INVITED)) == before

    def test_at_most_twenty_an_hour_and_nothing_is_lost(self, scene: Scene, room: Mailroom) -> None:
        joined_by_mail(scene, room)
        before = len(scene.world.mails(INVITED))
        for number in range(23):
            scene.owner.post(f"{scene.base}/messages", {"text": f"thought{number:03}"})
            scene.world.settle()
            minute(scene.world)
        assert len(scene.world.mails(INVITED)) - before == 20
        minute(scene.world, 60)
        told = "".join(item.text for item in scene.world.mails(INVITED)[before:])
        assert [told.count(f"thought{number:03}") for number in range(23)] == [1] * 23

    def test_only_what_their_history_has(self, scene: Scene, room: Mailroom) -> None:
        joined_by_mail(scene, room)
        reply = {"text": "As I said", "reply_to": scene.post["id"]}
        scene.owner.post(f"{scene.base}/messages", reply)
        scene.owner.patch(f"{scene.base}/messages/{scene.post['id']}", {"text": "Before their time"})
        scene.world.settle()
        minute(scene.world)
        text = scene.world.mails(INVITED)[-1].text
        assert "As I said" in text
        assert "Welcome" not in text
        assert "Before their time" not in text

    def test_the_state_of_each_message_is_the_mails(self, scene: Scene, room: Mailroom) -> None:
        account = joined_by_mail(scene, room)
        post = scene.owner.post(f"{scene.base}/messages", {"text": "Did it arrive?"}).json
        scene.world.settle()
        path = f"{scene.base}/messages/{post['id']}/deliveries"

        def state() -> list[tuple[str, str, str]]:
            items = scene.owner.get(path).json["items"]
            return [(item["account_id"], item["via"], item["state"]) for item in items]

        minute(scene.world)
        assert state() == [(account, "mail", "sent")]
        sent = scene.world.data.mails[-1]
        tags = {"chat": [scene.chat], "reader": [account], "messages": [str(post["seq"])]}
        for kind, wanted in (("Delivery", "delivered"), ("Bounce", "bounced"), ("Delivery", "bounced")):
            said = word(kind, sent.id, INVITED)
            said["mail"]["tags"] = tags
            with rights.acting_as("mail_feedback"):
                feedback.handle(sns(said))
            assert state() == [(account, "mail", wanted)]
        scene.world.settle()
        items = scene.owner.get(f"{scene.base}/messages").json["items"]
        assert [item["event"]["type"] for item in items if item["kind"] == "event"].count("relay.cut_off") == 1

    def test_what_the_mail_service_refuses_for_good_is_said(self, scene: Scene, room: Mailroom) -> None:
        account = joined_by_mail(scene, room)
        post = scene.owner.post(f"{scene.base}/messages", {"text": "Will it go?"}).json
        scene.world.settle()
        with scene.world.using(mailer=Refusing()):
            minute(scene.world)
        (delivery,) = scene.owner.get(f"{scene.base}/messages/{post['id']}/deliveries").json["items"]
        assert (delivery["account_id"], delivery["state"]) == (account, "bounced")
        assert delivery["detail"]

    def test_a_bounced_address_gets_no_more_and_others_are_not_disturbed(self, scene: Scene, room: Mailroom) -> None:
        joined_by_mail(scene, room)
        scene.world.ports.accounts.suppress(INVITED, "bounced")
        before = len(scene.world.mails(INVITED))
        scene.owner.post(f"{scene.base}/messages", {"text": "Hello?"})
        scene.world.settle()
        minute(scene.world)
        assert len(scene.world.mails(INVITED)) == before

    def test_a_mail_about_what_was_missed_in_one_chat_is_answered_there(self, scene: Scene, room: Mailroom) -> None:
        scene.owner.post(f"{scene.base}/messages", {"text": "Are you there?"})
        scene.world.settle()
        later(scene.world, hours=1)
        missed = scene.world.mails(GUEST)[-1]
        to = str(missed.message["Reply-To"])
        assert to == room.address(scene.chat, scene.joined)
        room.receives(mail("I am", GUEST, to), to)
        assert scene.lines(scene.owner)[-1] == "I am"

    def test_whoever_reads_here_gets_no_such_mail(self, scene: Scene, room: Mailroom) -> None:
        scene.owner.post(f"{scene.base}/messages", {"text": "For all"})
        scene.world.settle()
        assert minute(scene.world)["mails"] == 0
        assert not any("For all" in item.text for item in scene.world.mails(GUEST))


class TestTheLink:
    @pytest.fixture
    def at(self, scene: Scene, room: Mailroom) -> str:
        joined_by_mail(scene, room)
        scene.owner.post(f"{scene.base}/messages", {"text": "Hello"})
        scene.world.settle()
        minute(scene.world)
        return scene.world.mails(INVITED)[-1].link("by-mail")

    def told(self, scene: Scene) -> bool:
        before = len(scene.world.mails(INVITED))
        scene.owner.post(f"{scene.base}/messages", {"text": "Something new"})
        scene.world.settle()
        minute(scene.world)
        return any("Something new" in item.text for item in scene.world.mails(INVITED)[before:])

    def test_opening_it_changes_nothing(self, scene: Scene, at: str) -> None:
        before = scene.world.snapshot()
        page = scene.world.request("GET", at)
        assert page.status == 200
        assert all(f'action="{at}/{what}"' in page.text for what in ("stop", "browser", "leave"))
        assert scene.world.snapshot() == before
        assert scene.world.request("GET", at[:-3] + "aaa").status == 404

    @pytest.mark.parametrize("what", ["stop", "browser", "leave"])
    def test_each_button_ends_the_mails_about_messages(self, scene: Scene, at: str, what: str) -> None:
        assert self.told(scene)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = scene.world.request("POST", f"{at}/{what}", b"List-Unsubscribe=One-Click", form)
        assert answer.status == 200, answer.text
        scene.world.settle()
        assert not self.told(scene)
        people = {person["name"]: person for person in scene.owner.get(scene.base).json["participants"]}
        assert ("Olaf Nord" in people) == (what != "leave")
        if what == "browser":
            assert people["Olaf Nord"]["via"] == "webtop"
            assert scene.world.last_mail(INVITED).link("enter")


class TestOutByOneWord:
    @pytest.mark.parametrize("word_alone", ["Leave", "stop.", "STOP", "Verlassen!", "salir", "Quitter."])
    def test_one_word_alone_leaves(self, scene: Scene, room: Mailroom, to: str, word_alone: str) -> None:
        joined_by_mail(scene, room)
        room.receives(mail(f"{word_alone}\n\n> What was said", INVITED, to), to)
        scene.world.settle()
        names = {person["name"] for person in scene.owner.get(scene.base).json["participants"]}
        assert "Olaf Nord" not in names

    def test_in_a_sentence_it_is_a_word(self, scene: Scene, room: Mailroom, to: str) -> None:
        joined_by_mail(scene, room)
        room.receives(mail("Please stop the crane", INVITED, to), to)
        assert scene.lines(scene.owner)[-1] == "Please stop the crane"

    def test_who_is_out_is_told_once_a_day_and_two_machines_come_to_rest(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        joined_by_mail(scene, room)
        room.receives(mail("stop", INVITED, to), to)
        scene.world.settle()
        before = len(scene.world.mails(INVITED))
        for text in ("Am I still in?", "Hello?", "Nobody?"):
            room.receives(mail(text, INVITED, to), to)
        (notice,) = scene.world.mails(INVITED)[before:]
        assert notice.message["Auto-Submitted"] == "auto-replied"
        room.receives(mail("I am away", INVITED, to, Auto_Submitted="auto-replied"), to)
        room.receives(mail("Who is that?", "eve@evil.example", to), to)
        room.receives(mail("Not proven", INVITED, to), to, dmarc="FAIL")
        assert len(scene.world.mails(INVITED)) == before + 1
        scene.world.pass_time(days=1)
        room.receives(mail("And now?", INVITED, to), to)
        assert len(scene.world.mails(INVITED)) == before + 2
