"""A mail that was promised is sent: once if all goes well, at most once more for each failure, and its end is visible."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.mail_reasons import MailReason
from chalicelib.events import mail as worker
from chalicelib.ports import MailNotTaken, MailRefused, MailWaits, OutgoingMail
from tests.support.app import World
from tests.support.sample_chat import INVITED, OWNER, Scene

ONE = {"attributes": {"ApproximateReceiveCount": "1"}}
LAST = {"attributes": {"ApproximateReceiveCount": "5"}}


@dataclass
class Post:
    """A mail service that does what it is told, mail by mail: `ok`, `later`, `never`, `wait`, `crash` (after it was sent)."""

    moods: list[str] = field(default_factory=list)
    sent: list[OutgoingMail] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        mood = self.moods.pop(0) if self.moods else "ok"
        if mood == "wait":
            raise MailWaits("SendingPausedException: paused", 900)
        if mood == "later":
            raise MailNotTaken("busy")
        if mood == "never":
            raise MailRefused(MailReason.SERVICE_REFUSED)
        self.sent.append(mail)
        if mood == "crash":
            raise ConnectionError("the process died")
        return f"ses-{len(self.sent)}"


class Throttled:
    """A mail service that takes fourteen mails in each second of the world's clock."""

    def __init__(self, world: World) -> None:
        self._world, self._taken = world, Counter[int]()
        self.sent: list[str] = []
        self.refused = 0

    def send(self, mail: OutgoingMail) -> str:
        second = int(self._world.now().timestamp())
        if self._taken[second] == 14:
            self.refused += 1
            raise MailWaits("TooManyRequestsException: Maximum sending rate exceeded.", 10)
        self._taken[second] += 1
        self.sent.append(mail.to)
        return f"ses-{len(self.sent)}"


@pytest.fixture
def post(scene: Scene) -> Post:
    post = Post()
    scene.world.use(mailer=post)
    return post


@pytest.fixture
def body(scene: Scene, post: Post) -> dict[str, Any]:
    """What waits in the queue for a new invitation."""
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
    invitation = scene.invitations()["ida@fjord.example"]["id"]
    return {"messageId": "m", "body": json.dumps({"chat": scene.chat, "seat": invitation, "number": 1})}


@pytest.mark.requirement("A12", "A35")
def test_a_body_that_comes_many_times_sends_one_mail(scene: Scene, post: Post, body: dict[str, Any]) -> None:
    for _ in range(5):
        assert _works(body | ONE)
    assert [mail.to for mail in post.sent] == ["ida@fjord.example"]
    assert _state(scene) == "sent"


@pytest.mark.requirement("A12")
def test_what_was_not_taken_is_tried_again(scene: Scene, post: Post, body: dict[str, Any]) -> None:
    post.moods = ["later", "later", "ok"]
    assert [_works(body | ONE) for _ in range(4)] == [False, False, True, True]
    assert len(post.sent) == 1
    assert _state(scene) == "sent"


@pytest.mark.requirement("A12", "A36")
def test_a_crash_after_sending_costs_one_double_at_most(scene: Scene, post: Post, body: dict[str, Any]) -> None:
    post.moods = ["crash"]
    assert not _works(body | ONE)
    assert not _works(body | ONE)  # somebody may still be at it
    assert len(post.sent) == 1
    scene.world.pass_time(minutes=2)
    assert _works(body | ONE)
    assert _works(body | ONE)
    assert len(post.sent) == 2
    assert len({mail.text for mail in post.sent}) == 1
    assert _state(scene) == "sent"


@pytest.mark.parametrize(("mood", "record"), [("never", ONE), ("later", LAST)])
@pytest.mark.requirement("A12")
def test_what_is_never_taken_ends_in_a_visible_state(
    scene: Scene, post: Post, body: dict[str, Any], mood: str, record: dict[str, Any]
) -> None:
    post.moods = [mood]
    assert _works(body | record)
    shown = scene.invitations()["ida@fjord.example"]["mail"]
    assert shown["state"] == "bounced"
    assert shown["detail"]
    scene.world.pass_time(minutes=10)
    invitation = scene.invitations()["ida@fjord.example"]["id"]
    assert scene.owner.post(f"{scene.base}/invitations/{invitation}/resend").status == 200
    scene.world.settle()
    assert _state(scene) == "sent"


@pytest.mark.requirement("A08", "A12")
@pytest.mark.parametrize("ending", ["revoked", "fixed", "expired"])
def test_a_mail_of_an_invitation_that_is_over_is_not_sent(
    scene: Scene, post: Post, body: dict[str, Any], ending: str
) -> None:
    path = f"{scene.base}/invitations/{scene.invitations()['ida@fjord.example']['id']}"
    if ending == "revoked":
        scene.owner.delete(path)
    elif ending == "fixed":
        scene.owner.patch(path, {"email": "ida@south.example"})
    else:
        scene.world.pass_time(days=14)
    assert _works(body | ONE)
    assert post.sent == []


@pytest.mark.requirement("A35")
@pytest.mark.parametrize(
    "nonsense", ["", "{", "[]", "{}", '{"chat": "x", "seat": "y", "number": 1}', '{"letter": "nobody"}']
)
def test_a_body_that_is_none_fails_by_itself_and_stops_no_other(
    scene: Scene, post: Post, body: dict[str, Any], nonsense: str
) -> None:
    records = [{"messageId": "bad", "body": nonsense} | ONE, body | ONE]
    failed = worker.handle({"Records": records})["batchItemFailures"]
    assert [item["itemIdentifier"] for item in failed] in ([], ["bad"])
    assert len(post.sent) == 1


@pytest.mark.requirement("A12")
def test_a_letter_survives_a_crash_and_its_newest_link_works(world: World) -> None:
    post = Post(["crash", "later"])
    world.signs_up(OWNER)
    world.use(mailer=post)
    world.call("POST", "/sign-in-links", {"email": OWNER})
    world.settle_stream()
    (record,) = world._queued()
    assert not _works(record)
    world.pass_time(minutes=2)
    assert not _works(record)
    assert _works(record)
    assert _works(record)
    assert [mail.to for mail in post.sent] == [OWNER, OWNER]


class TestTheServiceTakesNothing:
    """Throttled, paused or out of quota: nothing is lost, no try is used up, and the operator reads one line."""

    @pytest.mark.requirement("A12")
    def test_waiting_uses_up_no_try(self, scene: Scene, post: Post, body: dict[str, Any]) -> None:
        post.moods = ["wait"] * 20
        record = body | LAST
        for _ in range(20):
            assert _works(record)
            (record,) = scene.world._queued()
            assert json.loads(record["body"])["tried"] == 4
            assert _state(scene) == "queued"
        assert _works(record)
        assert _state(scene) == "sent"
        assert len(post.sent) == 1

    @pytest.mark.requirement("A12")
    def test_real_tries_are_counted_through_the_waits(self, scene: Scene, post: Post, body: dict[str, Any]) -> None:
        post.moods = ["wait", "later"]
        assert _works(body | {"attributes": {"ApproximateReceiveCount": "4"}})
        (record,) = scene.world._queued()
        assert not _works(record)
        post.moods = ["later"]
        assert _works(record | {"attributes": {"ApproximateReceiveCount": "2"}})
        assert scene.invitations()["ida@fjord.example"]["mail"]["detail"].startswith(
            "The e-mail service didn't take it."
        )

    def test_the_rest_of_the_batch_waits_untried(self, scene: Scene, post: Post, body: dict[str, Any]) -> None:
        post.moods = ["wait"]
        records = [body | ONE | {"messageId": str(number)} for number in range(5)]
        assert worker.handle({"Records": records})["batchItemFailures"] == []
        assert len(scene.world._queued()) == 5
        assert (post.moods, post.sent) == ([], [])

    def test_a_letter_waits_too(self, world: World) -> None:
        post = Post(["wait"])
        world.signs_up(OWNER)
        world.use(mailer=post)
        world.call("POST", "/sign-in-links", {"email": OWNER})
        world.settle_stream()
        (record,) = world._queued()
        assert _works(record)
        assert _works(world._queued()[0])
        assert [mail.to for mail in post.sent] == [OWNER]

    def test_one_line_an_hour_tells_the_operator(
        self, scene: Scene, post: Post, body: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        post.moods = ["wait"] * 12
        for _ in range(10):
            assert _works(body | ONE)
        told = [log_record.getMessage() for log_record in caplog.records if log_record.levelname == "ERROR"]
        assert told == ["mail waits, nothing is lost: SendingPausedException: paused"]
        scene.world.pass_time(hours=1)
        assert _works(body | ONE)
        assert sum(log_record.levelname == "ERROR" for log_record in caplog.records) == 2

    @pytest.mark.requirement("A12")
    def test_a_burst_beyond_fourteen_a_second_loses_nothing(self, scene: Scene) -> None:
        service, emails = Throttled(scene.world), [f"p{number}@fjord.example" for number in range(24)]
        with scene.world.using(mailer=service):
            invitees = [{"email": email} for email in emails]
            assert scene.owner.post(f"{scene.base}/invitations", {"invitees": invitees}).status == 201
            scene.world.settle_stream()
            waiting, runs = scene.world._queued(), 0
            while waiting and runs < 100:
                batch, waiting, runs = waiting[:5], waiting[5:], runs + 1
                assert worker.handle({"Records": batch})["batchItemFailures"] == []
                waiting += scene.world._queued()
                scene.world.pass_time(seconds=0.2)
        assert sorted(service.sent) == sorted(emails)
        assert service.refused > 0
        assert {
            invitation["mail"]["state"] for invitation in scene.invitations().values() if invitation["email"] in emails
        } == {"sent"}


def _works(record: dict[str, Any]) -> bool:
    """Whether the worker is done with it."""
    return bool(worker.handle({"Records": [record]})["batchItemFailures"] == [])


def _state(scene: Scene) -> str:
    return str(scene.invitations()["ida@fjord.example"]["mail"]["state"])


def test_nothing_is_mailed_twice_when_the_stream_is_played_again(scene: Scene) -> None:
    from chalicelib.events import changes

    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
    records = [item.to_json() for item in scene.world.data.stream]
    for _ in range(3):
        changes.handle({"Records": records})
        scene.world.settle()
    assert len(scene.world.mails("ida@fjord.example")) == 1
    assert len(scene.world.mails(INVITED)) == 1
