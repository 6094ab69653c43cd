"""Pushes: who is told of a message, when, of what, and never once they may not see it. A44, A48."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chalicelib.domain.pushes import PushOutcome, PushResult
from chalicelib.events import sockets
from chalicelib.usecases import live
from tests.support import rights
from tests.support.app import Person
from tests.support.aws_calls import watched
from tests.support.pushes import Phones, Service, browser, subscribes
from tests.support.sample_chat import Scene
from tests.support.steps import hour

LATER = PushResult(PushOutcome.LATER)
BUSY = PushResult(PushOutcome.LATER, 120)
GONE = PushResult(PushOutcome.GONE)
REFUSED = PushResult(PushOutcome.REFUSED)
NIGHT = {"from": "22:00", "to": "07:00"}  # it is 9:00


class Sockets:
    """Reaches everybody."""

    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        return []

    def hang_up(self, connection_id: str) -> None:
        pass


@pytest.fixture
def phones(scene: Scene) -> Phones:
    """The guest has a phone; nobody else gets pushes."""
    scene.owner.delete(f"/push-subscriptions/{scene.push}")
    subscribes(scene.guest, "phone")
    return Phones(scene.world)


def says(scene: Scene, text: str, by: Person | None = None, **more: Any) -> dict[str, Any]:
    answer = (by or scene.owner).post(f"{scene.base}/messages", {"text": text, **more})
    assert answer.status == 201, answer.text
    result: dict[str, Any] = answer.json
    return result


def texts(pushes: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, str]]:
    return [(name, push["text"]) for name, push in pushes]


def mails(scene: Scene) -> int:
    return sum(
        "missed" in mail.subject or "new message" in mail.subject for mail in scene.world.mails(scene.guest.email)
    )


class TestAMessage:
    def test_comes_to_every_browser_of_everybody_else_in_the_chat(self, scene: Scene, phones: Phones) -> None:
        subscribes(scene.guest, "laptop")
        subscribes(scene.member, "tom")
        subscribes(scene.owner, "mara")
        subscribes(scene.stranger, "nora")
        said = says(scene, "Shall we?")
        came = phones.settle()
        assert sorted(texts(came)) == [("laptop", "Shall we?"), ("phone", "Shall we?"), ("tom", "Shall we?")]
        push = came[0][1]
        assert (push["chat_id"], push["seq"]) == (scene.chat, said["seq"])
        assert (push["title"], push["author"], push["url"]) == (
            "Harbour house",
            "Mara Lindqvist",
            f"/chats/{scene.chat}",
        )

    def test_is_told_once_however_often_its_record_comes(self, scene: Scene, phones: Phones) -> None:
        says(scene, "Once")
        assert len(phones.settle()) == 1
        scene.world.told -= 5
        assert phones.settle() == []

    def test_counts_what_nobody_read_yet_and_takes_the_place_of_the_one_before(
        self, scene: Scene, phones: Phones
    ) -> None:
        scene.guest.put(f"{scene.base}/read", {"seq": 99})
        for text in ("One", "Two", "Three"):
            says(scene, text)
        counts = [push["count"] for _, push in phones.settle()]
        assert counts[-1] == 3
        assert len(set(phones.service.topics)) == 1
        assert all(len(topic) <= 32 for topic in phones.service.topics)

    def test_of_four_thousand_signs_is_cut_to_what_a_push_may_hold(self, scene: Scene, phones: Phones) -> None:
        text = 'Ж😀"\\' * 1000
        says(scene, text)
        ((_, push),) = phones.settle()
        assert len(json.dumps(push, ensure_ascii=False, separators=(",", ":")).encode()) <= 3993
        assert len(push["text"]) > 500
        assert text.startswith(push["text"].removesuffix("…"))

    def test_shows_on_a_locked_screen_only_what_the_person_wants(self, scene: Scene, phones: Phones) -> None:
        assert scene.guest.patch("/me", {"push_text": False, "locale": "de"}).status == 200
        says(scene, "The secret plan")
        ((_, push),) = phones.settle()
        assert (push["title"], push["author"], push["text"]) == ("Webtop", "", "Neue Nachricht")
        assert not [word for word in ("secret", "Mara", "Harbour") if word in json.dumps(push)]

    def test_costs_the_stream_one_read_more_and_the_worker_five_calls(self, scene: Scene, phones: Phones) -> None:
        says(scene, "How much")
        scene.world.settle()
        with watched() as calls:
            phones.settle()
        # Browsers; account and session; chat and membership; the message; that it was told.
        assert calls.made == ["BatchGetItem", "BatchGetItem", "BatchGetItem", "GetItem", "UpdateItem"]


@pytest.mark.requirement("A44", "A48")
class TestJudgedWhenItIsSent:
    """The job was queued before; what counts is how things are when it is done."""

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda scene, said: scene.owner.delete(f"{scene.base}/messages/{said['id']}"),
            lambda scene, said: scene.guest.put(f"{scene.base}/read", {"seq": said["seq"]}),
            lambda scene, said: scene.guest.put(f"{scene.base}/notifications", {"level": "none"}),
            lambda scene, said: scene.guest.put(f"{scene.base}/notifications", {"level": "mentions"}),
            lambda scene, said: scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}"),
            lambda scene, said: scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}"),
            lambda scene, said: scene.guest.delete("/sessions/current"),
        ],
        ids=["deleted", "read", "muted", "mentions only", "removed", "left", "signed out"],
    )
    def test_nothing_comes_of_it_any_more(
        self, scene: Scene, phones: Phones, meanwhile: Callable[[Scene, dict[str, Any]], Any]
    ) -> None:
        said = says(scene, "Too late")
        scene.world.settle()
        assert len(phones.waiting) == 1
        assert meanwhile(scene, said).status < 300
        assert phones.settle() == []

    def test_it_says_what_the_message_says_by_then(self, scene: Scene, phones: Phones) -> None:
        said = says(scene, "The door code is 4711")
        scene.world.settle()
        scene.owner.patch(f"{scene.base}/messages/{said['id']}", {"text": "The door is open"})
        assert texts(phones.settle()) == [("phone", "The door is open")]

    def test_mentions_and_answers_come_at_that_level(self, scene: Scene, phones: Phones) -> None:
        scene.guest.put(f"{scene.base}/notifications", {"level": "mentions"})
        says(scene, "To nobody in particular")
        says(scene, "What do you think, @Dana Smith?")
        says(scene, "Good", reply_to=scene.reply["id"])
        says(scene, "Mine", reply_to=scene.post["id"])
        assert texts(phones.settle()) == [("phone", "What do you think, @Dana Smith?"), ("phone", "Good")]

    def test_a_session_that_lay_idle_for_two_weeks_gets_nothing(self, scene: Scene, phones: Phones) -> None:
        scene.world.pass_time(days=14)
        says(scene, "Anybody there?", by=scene.world.signs_in(scene.owner.email))
        assert phones.settle() == []
        assert scene.world.ports.push_subscriptions.of(scene.guest.id)[0] == ()


@pytest.mark.requirement("A44")
class TestSubscriptions:
    def test_they_end_with_their_session_and_no_other(self, scene: Scene, phones: Phones) -> None:
        other = scene.world.signs_in(scene.guest.email)
        subscribes(other, "laptop")
        scene.guest.delete("/sessions/current")
        scene.world.settle()
        assert [item.endpoint for item in scene.world.ports.push_subscriptions.of(other.id)[0]] == [
            browser("laptop")["endpoint"]
        ]
        assert [item for item in scene.world.stored("push_endpoint") if item["account_id"]["S"] == other.id]
        says(scene, "Still there?")
        assert texts(phones.settle()) == [("laptop", "Still there?")]

    def test_a_browser_brings_the_pushes_of_who_asked_last(self, scene: Scene, phones: Phones) -> None:
        """Tom signs in on Dana's computer, from which she never signed out."""
        subscribes(scene.member, "phone")
        says(scene, "For whom?")
        came = phones.settle()
        assert [push["account_id"] for _, push in came] == [scene.member.id]

    def test_the_same_browser_again_is_the_same(self, scene: Scene, phones: Phones) -> None:
        assert subscribes(scene.guest, "phone") == subscribes(scene.guest, "phone")
        says(scene, "One")
        assert len(phones.settle()) == 1

    def test_a_ninth_takes_the_place_of_the_first(self, scene: Scene, phones: Phones) -> None:
        for number in range(8):
            subscribes(scene.guest, f"b{number}")
        says(scene, "To eight")
        assert sorted(name for name, _ in phones.settle()) == [f"b{number}" for number in range(8)]

    def test_turned_off_it_is_gone(self, scene: Scene, phones: Phones) -> None:
        (kept,) = scene.world.ports.push_subscriptions.of(scene.guest.id)[0]
        assert scene.member.delete(f"/push-subscriptions/{kept.id}").status == 404
        assert scene.guest.delete(f"/push-subscriptions/{kept.id}").status == 204
        assert scene.guest.delete(f"/push-subscriptions/{kept.id}").status == 404
        says(scene, "Nobody hears")
        assert phones.settle() == []

    def test_a_new_password_ends_them_all(self, scene: Scene, phones: Phones) -> None:
        scene.world.pass_time(minutes=1)
        assert scene.world.call("POST", "/password-resets", {"email": scene.guest.email}).status == 202
        scene.world.settle()
        token = scene.world.last_mail(scene.guest.email).link("reset").rpartition("/")[2]
        body = b"password=orbit+kettle+plum+42"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert scene.world.request("POST", f"/reset/{token}", body, kind).status == 303
        scene.world.settle()
        assert scene.world.ports.push_subscriptions.of(scene.guest.id)[0] == ()

    @pytest.mark.parametrize("answer", [GONE])
    def test_one_that_its_service_knows_no_more_is_forgotten(
        self, scene: Scene, phones: Phones, answer: PushResult
    ) -> None:
        phones.service.answers["phone"] = [answer]
        says(scene, "Gone")
        assert phones.settle() == []
        assert scene.world.ports.push_subscriptions.of(scene.guest.id)[0] == ()
        assert not [item for item in scene.world.stored("push_endpoint") if item["account_id"]["S"] == scene.guest.id]


@pytest.mark.requirement("A49")
class TestNotNow:
    def test_a_service_that_asks_for_a_pause_gets_it(self, scene: Scene, phones: Phones) -> None:
        """For this browser alone, and for every other message too."""
        subscribes(scene.guest, "laptop")
        phones.service.answers["phone"] = [BUSY]
        says(scene, "First")
        assert texts(phones.settle()) == [("laptop", "First")]
        says(scene, "Second")
        assert texts(phones.settle()) == [("laptop", "Second")]
        scene.world.pass_time(seconds=119)
        assert phones.settle() == []
        scene.world.pass_time(seconds=2)
        assert sorted(texts(phones.settle())) == [("phone", "First"), ("phone", "Second")]

    def test_one_that_is_down_is_asked_later_and_later_and_then_no_more(self, scene: Scene, phones: Phones) -> None:
        phones.service.answers["phone"] = [LATER] * 100
        says(scene, "Hello?")
        asked = []
        for _ in range(20):
            phones.settle()
            asked.append(len(phones.service.answers["phone"]))
            if not phones.waiting:
                break
            scene.world.ahead += (phones.waiting[0][0] - scene.world.now()).total_seconds()
        assert asked == list(range(99, 90, -1))
        assert scene.world.ahead < 3 * 3600
        assert mails(scene) == 0
        hour(scene.world)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert mails(scene) == 1

    def test_what_is_refused_for_good_is_not_asked_again(self, scene: Scene, phones: Phones) -> None:
        phones.service.answers["phone"] = [REFUSED]
        says(scene, "Our key is wrong")
        assert phones.settle() == []
        assert phones.waiting == []
        assert len(scene.world.ports.push_subscriptions.of(scene.guest.id)[0]) == 1


class TestQuiet:
    def test_in_quiet_hours_nothing_comes_and_one_summary_at_their_end(self, scene: Scene, phones: Phones) -> None:
        me = scene.guest.patch("/me", {"time_zone": "Asia/Tokyo", "quiet": {"from": "17:00", "to": "20:00"}}).json
        assert me["account"]["quiet"] == {"from": "17:00", "to": "20:00"}  # 9:00 UTC is 18:00 there
        scene.guest.put(f"{scene.base}/read", {"seq": 99})
        for text in ("One", "Two", "Three"):
            says(scene, text)
        assert phones.settle() == []
        scene.world.pass_time(hours=1, minutes=59)
        assert phones.minute() == []
        scene.world.pass_time(minutes=1)
        ((_, push),) = phones.minute()
        assert (push["title"], push["text"], push["chat_id"]) == ("Harbour house", "3 new messages", scene.chat)
        assert phones.minute() == []
        says(scene, "Good morning")
        assert texts(phones.settle()) == [("phone", "Good morning")]

    def test_of_several_chats_there_is_one_summary_in_ones_language(self, scene: Scene, phones: Phones) -> None:
        other = scene.owner.invites("dana@acme.example", "eve@acme.example", name="Pier")
        token = scene.world.invited("dana@acme.example")
        assert scene.guest.post(f"/join/{token}", {}).status == 200
        scene.guest.patch("/me", {"quiet": {"from": "08:00", "to": "10:00"}, "locale": "es"})
        for path in (scene.base, f"/chats/{other['chat']['id']}"):
            scene.guest.put(f"{path}/read", {"seq": 99})
            scene.owner.post(f"{path}/messages", {"text": "Hello"})
        assert phones.settle() == []
        scene.world.pass_time(hours=1)
        ((_, push),) = phones.minute()
        assert (push["title"], push["text"], push["url"]) == ("Webtop", "2 mensajes nuevos", "/chats")

    def test_what_was_read_meanwhile_is_not_summed_up(self, scene: Scene, phones: Phones) -> None:
        scene.guest.patch("/me", {"quiet": {"from": "08:00", "to": "10:00"}})
        says(scene, "Read in the night")
        phones.settle()
        scene.guest.put(f"{scene.base}/read", {"seq": 99})
        scene.world.pass_time(hours=1)
        assert phones.minute() == []

    def test_do_not_disturb_lasts_until_the_moment_that_was_chosen(self, scene: Scene, phones: Phones) -> None:
        until = "2026-11-23T11:30:00Z"
        assert scene.guest.patch("/me", {"dnd_until": until}).json["account"]["dnd_until"] == until
        says(scene, "Psst")
        assert phones.settle() == []
        scene.world.pass_time(hours=2, minutes=30)
        assert texts(phones.minute()) == [("phone", "One new message")]
        assert scene.guest.get("/me").json["account"]["dnd_until"] is None

    def test_ended_by_hand_the_next_message_comes_at_once(self, scene: Scene, phones: Phones) -> None:
        scene.guest.patch("/me", {"dnd_until": "2026-11-24T09:00:00Z"})
        says(scene, "Held")
        phones.settle()
        scene.guest.patch("/me", {"dnd_until": None})
        says(scene, "Not held")
        assert texts(phones.settle()) == [("phone", "Not held")]

    def test_no_mail_tells_at_night_what_a_push_will_tell_in_the_morning(self, scene: Scene, phones: Phones) -> None:
        scene.guest.patch("/me", {"quiet": {"from": "08:00", "to": "12:30"}})
        says(scene, "In the night")
        phones.settle()
        for _ in range(4):
            hour(scene.world)
            assert mails(scene) == 0
            scene.world.pass_time(hours=1)
        assert texts(phones.minute()) == [("phone", "One new message")]
        hour(scene.world)
        assert mails(scene) == 0


class TestMail:
    def test_what_a_push_has_shown_is_not_mailed(self, scene: Scene, phones: Phones) -> None:
        says(scene, "Shown")
        assert len(phones.settle()) == 1
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert mails(scene) == 0

    def test_what_no_push_has_shown_is_mailed(self, scene: Scene, phones: Phones) -> None:
        phones.service.answers["phone"] = [GONE]
        says(scene, "Not shown")
        phones.settle()
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert mails(scene) == 1

    def test_what_was_mailed_is_not_pushed_after_it(self, scene: Scene, phones: Phones) -> None:
        phones.service.answers["phone"] = [LATER] * 100
        says(scene, "By mail")
        phones.settle()
        scene.world.pass_time(hours=1)
        hour(scene.world)
        assert mails(scene) == 1


class TestLooking:
    def looks(self, scene: Scene) -> None:
        scene.world.use(sockets=Sockets())
        live.connect(scene.world.ports, self.ticket(scene), "c1", "")
        self.says_so(scene)

    def says_so(self, scene: Scene) -> None:
        body = json.dumps({"action": "looking", "chat_id": scene.chat})
        with rights.acting_as("socket_message"):
            sockets.message({"requestContext": {"connectionId": "c1"}, "body": body})

    def ticket(self, scene: Scene) -> str:
        return str(scene.guest.post("/socket-tickets").json["url"]).partition("ticket=")[2]

    def test_whoever_looks_at_a_page_gets_no_push(self, scene: Scene, phones: Phones) -> None:
        self.looks(scene)
        said = says(scene, "You see it anyway")
        assert phones.settle() == []
        scene.guest.put(f"{scene.base}/read", {"seq": said["seq"]})
        scene.world.pass_time(minutes=5)
        assert phones.settle() == []

    def test_whoever_went_away_without_reading_it_gets_it_then(self, scene: Scene, phones: Phones) -> None:
        self.looks(scene)
        scene.world.pass_time(seconds=10)
        says(scene, "Just gone")
        assert phones.settle() == []
        scene.world.pass_time(seconds=31)
        assert texts(phones.settle()) == [("phone", "Just gone")]

    def test_a_socket_whose_session_is_over_says_nothing(self, scene: Scene, phones: Phones) -> None:
        subscribes(scene.world.signs_in(scene.guest.email), "laptop")
        scene.world.use(sockets=Sockets())
        live.connect(scene.world.ports, self.ticket(scene), "c1", "")
        scene.guest.delete("/sessions/current")
        self.says_so(scene)
        says(scene, "Somebody else looks")
        assert texts(phones.settle()) == [("laptop", "Somebody else looks")]


def test_where_push_is_not_set_up_nothing_of_it_happens(scene: Scene, phones: Phones) -> None:
    scene.world.use(push_service=Service(is_offered=False))
    says(scene, "Hello")
    assert phones.settle() == []
    assert phones.waiting == []
    assert scene.guest.get("/push-key").code == "push_off"
    assert scene.guest.post("/push-subscriptions", browser("x")).code == "push_off"
