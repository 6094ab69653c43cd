"""What is due goes through a queue: twice, at once, late, killed in the middle, throttled, or never, and no harm is done."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.domain import errors, schedule
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.schedule import ScheduledTask, TaskKey, TaskKind
from chalicelib.events import schedule as functions
from chalicelib.gateways import relay_queue
from chalicelib.storage import schedule as stored
from chalicelib.storage.items import Item
from chalicelib.storage.schedule import SHARDS, Schedule
from chalicelib.usecases import hourly
from tests.support import rights
from tests.support.app import TABLE, World, work_off
from tests.support.aws_calls import throttled, watched
from tests.support.sample_chat import INVITED, OWNER, Scene
from tests.support.steps import away, hour, texts

pytestmark = pytest.mark.requirement("A35", "A36")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
REMINDED = timedelta(days=12)


class Killed(BaseException):
    """Of the whole process: nothing behind it runs."""


def minute(world: World) -> dict[str, Any]:
    with rights.acting_as("minutely"):
        return dict(functions.minutely())


def reminders(world: World, email: str = INVITED) -> int:
    return len(world.mails(email)) - 1


def due(world: World) -> list[str]:
    return sorted(item["what"]["S"] for item in world.stored("due"))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hourly job does nothing at once: all of it goes through the queue."""
    monkeypatch.setattr(hourly, "_AT_ONCE", 0)


def key(at: datetime, subject: str, number: int = 0, partition: str = "D#s0") -> TaskKey:
    return schedule.task_key(partition, f"{int(at.timestamp()):010d}#expire#{subject}#{number:03d}")


class TestBatches:
    def test_all_of_a_chat_is_in_one_batch_in_order(self) -> None:
        keys = [key(NOW + timedelta(seconds=n), f"chat{n % 3}", n) for n in range(60)]
        made = list(schedule.batches(keys))
        assert [len({each.subject for each in batch}) for batch in made] == [1, 1, 1]
        assert all(list(batch) == sorted(batch, key=lambda each: each.place) for batch in made)

    def test_small_ones_share_a_batch_and_none_is_lost(self) -> None:
        keys = [key(NOW, f"chat{n}") for n in range(70)]
        made = list(schedule.batches(keys))
        assert [len(batch) for batch in made] == [25, 25, 20]
        assert [each for batch in made for each in batch] == keys

    def test_a_chat_of_a_thousand_is_cut(self) -> None:
        assert [len(batch) for batch in schedule.batches(key(NOW, "chat", n) for n in range(450))] == [200, 200, 50]

    @pytest.mark.parametrize("place", ["", "1", "x#expire#chat#1", "1#expire", "99999999999999999#expire#chat#1"])
    def test_what_is_no_key_is_refused(self, place: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            schedule.task_key("D#s0", place)


class TestByTheMinute:
    def test_what_is_due_is_done_within_the_minute_without_the_hourly_job(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        assert minute(scene.world)["queued"] > 0
        assert reminders(scene.world) == 0
        scene.world.settle()
        assert reminders(scene.world) == 1
        reminded = [item for item in scene.world.stored("due") if item["what"]["S"] == "remind"]
        assert scene.invitation not in {item["seat_id"]["S"] for item in reminded}

    def test_the_dispatcher_reads_keys_and_writes_up_to_where_it_came(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        before = scene.world.snapshot()
        with watched() as calls, rights.acting_as("minutely"):
            hourly.dispatch(scene.world.ports)
        assert {getattr(sk, "value", sk) for _, sk in set(scene.world.snapshot()) - set(before)} <= {"P"}
        assert set(calls.made) - {"PutItem"} == {"BatchGetItem", "Query", "SendMessageBatch"}
        assert (calls.count("BatchGetItem"), calls.count("Query")) == (1, SHARDS)
        queries = [json.loads(each["body"]) for each in calls.asked if each["operation"] == "Query"]
        assert all(query["ProjectionExpression"].count("#") == 3 for query in queries)

    def test_handed_over_twice_and_brought_twice_it_is_done_once(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        for _ in range(2):
            minute(scene.world)
        brought = scene.world.due_queue()
        assert len(brought) >= 2
        for _ in range(2):
            assert work_off(brought) == []
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_two_dispatchers_and_four_workers_at_once_do_it_once(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: hourly.dispatch(scene.world.ports), range(2)))
        brought = scene.world.due_queue()
        with ThreadPoolExecutor(4) as pool:
            assert (
                list(pool.map(lambda _: functions.due({"Records": brought}), range(4)))
                == [{"batchItemFailures": []}] * 4
            )
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_what_the_queue_lost_the_next_hour_finds(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        assert scene.world.due_queue()
        scene.world.pass_time(minutes=10)
        minute(scene.world)
        hour(scene.world)
        assert reminders(scene.world) == 1

    def test_ends_are_left_to_the_hour_so_that_one_letter_tells_of_all(self, scene: Scene) -> None:
        away(scene, days=14)
        minute(scene.world)
        scene.world.settle()
        assert "expire" in due(scene.world)
        hour(scene.world)
        assert "expire" not in due(scene.world)

    @pytest.mark.parametrize("days", [1, 12, 44, 200])
    def test_a_clock_that_jumps_by_days_does_no_harm(self, scene: Scene, days: int) -> None:
        away(scene, days=days)
        for _ in range(3):
            minute(scene.world)
            scene.world.settle()
            hour(scene.world)
            scene.world.pass_time(minutes=5)
        lines = [line for line in texts(scene) if "expired without a reply" in line]
        assert len(lines) == (days >= 14)
        assert reminders(scene.world) == (days == 12)

    def test_a_clock_that_goes_back_loses_nothing(self, scene: Scene) -> None:
        scene.world.pass_time(days=30)
        minute(scene.world)
        scene.world.pass_time(days=-18)
        scene.world.due_queue()
        hour(scene.world)
        assert reminders(scene.world) == 1


class TestTheQueue:
    def test_what_comes_first_stays_in_the_queue_though_the_hour_comes(self, scene: Scene, queued: None) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        assert functions.hourly()["queued"] > 0
        assert reminders(scene.world) == 0
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_one_letter_tells_of_all_that_ended_whoever_does_it(self, scene: Scene, queued: None) -> None:
        """More than a batch holds; by workers that get their batches at once, and twice."""
        emails = [f"p{number}@nord.example" for number in range(60)]
        scene.owner.invites(*emails, name="Open house")
        scene.world.settle()
        away(scene, days=14)
        functions.hourly()
        functions.hourly()
        brought = scene.world.due_queue()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda record: functions.due({"Records": [record]}), brought))
        scene.world.settle()
        told = [mail.subject for mail in scene.world.mails(OWNER) if "ended" in mail.subject]
        assert sorted(told) == ["60 invitations to Open house have ended", f"Your invitation to {INVITED} has ended"]
        assert "expire" not in due(scene.world)

    @pytest.mark.parametrize("survives", [0, 1, 2])
    def test_killed_between_the_letter_and_its_end_it_is_the_same_letter(
        self, scene: Scene, queued: None, survives: int
    ) -> None:
        """The task of the invitation that the letter is known by goes last."""
        scene.owner.invites(*[f"p{number}@nord.example" for number in range(40)], name="Open house")
        scene.world.settle()
        away(scene, days=14)
        functions.hourly()
        brought = scene.world.due_queue()
        for record in brought:
            with scene.world.using(schedule=Dying(survives)), suppress(Killed):
                work_off([record])
        scene.world.settle()
        assert "expire" in due(scene.world)
        assert work_off(brought) == []
        scene.world.settle()
        told = [mail.subject for mail in scene.world.mails(OWNER) if "ended" in mail.subject]
        assert sorted(told) == ["40 invitations to Open house have ended", f"Your invitation to {INVITED} has ended"]

    def test_what_the_table_can_not_take_now_comes_again_and_is_done(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        brought = scene.world.due_queue()
        with scene.world.using(invitations=Throttled(scene.world.ports.invitations)):
            failed = work_off(brought)
        assert failed
        assert reminders(scene.world) == 0
        assert work_off(brought) == []
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_what_failed_comes_again_soon_and_later_each_time(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        brought = scene.world.due_queue()
        shown: list[int] = []

        class Queue:
            def later(self, receipt: str, seconds: int) -> None:
                assert receipt == "handle"
                shown.append(seconds)

        places = [place for record in brought for place in record["body"].split('"')]
        (reminding,) = [place for place in places if "#remind#" in place and scene.invitation in place]
        partition = next(item["pk"]["S"] for item in scene.world.stored("due") if item["sk"]["S"] == reminding)
        record = {"messageId": "m", "receiptHandle": "handle", "body": json.dumps({partition: [reminding]})}
        with scene.world.using(invitations=Throttled(scene.world.ports.invitations), due_queue=Queue()):
            for tries in ("1", "2", "4", "6"):
                assert work_off([record | {"attributes": {"ApproximateReceiveCount": tries}}])
        assert shown == [5, 10, 40, 60]
        assert work_off([record]) == []
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_what_was_done_and_could_not_be_noted_is_done_once(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        brought = scene.world.due_queue()
        with scene.world.using(schedule=Forgetful()):
            assert work_off(brought)
        assert work_off(brought) == []
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_a_cap_that_is_reached_waits_for_the_hour_and_not_for_the_dead_letters(self, scene: Scene) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        brought = scene.world.due_queue()
        with scene.world.using(
            invitations=Throttled(scene.world.ports.invitations, errors.too_many("mail_cap", "Enough for today.", 3600))
        ):
            assert work_off(brought) == []
        assert "remind" in due(scene.world)
        hour(scene.world)
        assert reminders(scene.world) == 1

    def test_a_poisoned_task_takes_no_other_along(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        """It kills its worker; what comes again comes in parts."""
        scene.owner.invites("liv@nord.example")
        scene.world.settle()
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        with scene.world.using(invitations=Poisoned(scene.world.ports.invitations, scene.invitation)):
            minute(scene.world)
            together: dict[str, list[str]] = {}
            for record in scene.world.due_queue():
                together |= json.loads(record["body"])
            record = {"messageId": "m", "body": json.dumps(together), "attributes": {"ApproximateReceiveCount": "1"}}
            with pytest.raises(Killed):
                work_off([record])
            record["attributes"] = {"ApproximateReceiveCount": "2"}
            assert work_off([record]) == []
            killed = 0
            for part in scene.world.due_queue():
                try:
                    assert work_off([part]) == []
                except Killed:
                    killed += 1
            assert killed == 1
        scene.world.settle()
        assert (reminders(scene.world, "liv@nord.example"), reminders(scene.world)) == (1, 0)
        hour(scene.world)
        assert reminders(scene.world) == 1

    @pytest.mark.parametrize("body", ["", "[]", "{", '{"D#s0": ["x"]}', '{"D#s0": 7}', "null"])
    def test_a_body_that_is_not_ours_fails_alone(
        self, scene: Scene, body: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        alien = {"messageId": "alien", "body": body}
        assert work_off([alien, *scene.world.due_queue()]) == [{"itemIdentifier": "alien"}]
        scene.world.settle()
        assert reminders(scene.world) == 1

    def test_a_key_of_something_else_does_nothing(self, scene: Scene) -> None:
        """Neither what is gone, nor an item that isn't due work."""
        before = scene.world.snapshot()
        place = f"{int(NOW.timestamp()):010d}#expire#{scene.chat}#{scene.invitation}"
        assert work_off([{"messageId": "m", "body": json.dumps({f"C#{scene.chat}": [place]})}]) == []
        assert scene.world.snapshot() == before


class TestDeadLetters:
    def test_what_is_over_needs_nobody_s_attention_any_more(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        sqs = Sqs([record["body"] for record in scene.world.due_queue()] + ["not ours"])
        monkeypatch.setattr(relay_queue, "client", lambda service, region: sqs)
        configured = replace(wiring.configured(), due_dead_letter_url="aside")
        monkeypatch.setattr(wiring, "configured", lambda: configured)
        hour(scene.world)
        assert reminders(scene.world) == 1
        assert sqs.bodies == ["not ours"]


class TestOldAndNew:
    def test_what_version_0_1_noted_is_found_and_done(self, scene: Scene) -> None:
        """Its partitions are days."""
        move_to_days(scene.world)
        scene.world.pass_time(seconds=REMINDED.total_seconds())
        minute(scene.world)
        hour(scene.world)
        assert reminders(scene.world) == 1
        away(scene, days=2)
        hour(scene.world)
        assert "expire" not in due(scene.world)
        assert [line for line in texts(scene) if "expired without a reply" in line]

    def test_a_roll_back_loses_nothing_of_what_the_new_one_noted(self, scene: Scene) -> None:
        """Version 0.1 finds nothing of it, and says that all is done until now."""
        scene.world.pass_time(days=20)
        scene.world.ports.schedule.all_done_until(scene.world.now())
        hour(scene.world)
        assert "expire" not in due(scene.world)


class TestTheSchedule:
    def test_a_backlog_is_handed_over_once_though_nobody_does_it(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stored, "_HANDED_OVER_AT_ONCE", 10)
        at = world.now()
        world.ports.schedule.add([task(f"chat{number}", at) for number in range(300)], at)
        world.pass_time(minutes=10)
        handed_over: list[TaskKey] = []
        for _ in range(12):
            for keys in world.ports.schedule.new(world.now()):
                handed_over += keys
                world.ports.schedule.handed_over(keys, world.now())
        assert len(handed_over) == len(set(handed_over)) == 300
        assert len({each.partition for each in handed_over}) == SHARDS

    def test_what_is_written_a_moment_late_is_handed_over_all_the_same(self, world: World) -> None:
        """By a function that looked at the clock before the dispatcher did."""
        at = world.now()
        world.ports.schedule.add([task("late", at)], at)
        (keys,) = world.ports.schedule.new(world.now())
        world.ports.schedule.handed_over(keys, world.now())
        world.ports.schedule.add([task("late", at - timedelta(seconds=90))], at - timedelta(seconds=90))
        (again,) = world.ports.schedule.new(world.now())
        assert len(again) == 2

    def test_two_dispatchers_never_put_the_place_back(self, world: World) -> None:
        at = world.now()
        world.ports.schedule.add([task("chat", at + timedelta(seconds=n)) for n in range(4)], at)
        world.pass_time(minutes=10)
        (keys,) = world.ports.schedule.new(world.now())
        world.ports.schedule.handed_over(keys, world.now())
        world.ports.schedule.handed_over(keys[:1], world.now())
        assert list(world.ports.schedule.new(world.now())) == []

    def test_the_earliest_comes_first_over_all_partitions(self, world: World) -> None:
        at = world.now()
        tasks = [task(f"chat{number}", at + timedelta(seconds=number)) for number in range(40)]
        world.ports.schedule.add(tasks, at)
        world.pass_time(minutes=10)
        assert [each.subject for each in world.ports.schedule.standing(world.now())] == [each.chat_id for each in tasks]

    @pytest.mark.parametrize("asked", ["due", "standing", "new"])
    def test_a_table_that_throttles_is_busy_and_no_bug(self, world: World, asked: str) -> None:
        with watched() as calls:
            calls.each = throttled
            with pytest.raises(errors.Refusal, match="busy"):
                list(getattr(world.ports.schedule, asked)(world.now()))

    def test_all_of_a_chat_lies_in_one_partition(self) -> None:
        for together in ((TaskKind.REMIND, TaskKind.MAIL), (TaskKind.EXPIRE, TaskKind.FORGET)):
            assert len({Schedule()._item(task("chat", NOW, kind)).pk for kind in together}) == 1


def task(chat_id: str, at: datetime, kind: TaskKind = TaskKind.REMIND) -> ScheduledTask:
    return ScheduledTask(kind=kind, at=at, chat_id=chat_id, invitation_id="i" * 16)


def move_to_days(world: World) -> None:
    """As version 0.1 would have noted it."""
    client: Any = Item._get_connection().connection.client
    for item in world.stored("due"):
        at = datetime.fromtimestamp(int(item["sk"]["S"][:10]), UTC)
        client.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
        client.put_item(TableName=TABLE, Item=item | {"pk": {"S": f"D#{at:%Y-%m-%d}"}})


class Dying(Schedule):
    """Dies after some deletions."""

    def __init__(self, survives: int) -> None:
        super().__init__()
        self._survives = survives

    def done_all(self, tasks: Sequence[ScheduledTask]) -> None:
        for each in tasks:
            if not self._survives:
                raise Killed
            self._survives -= 1
            self.done(each)


class Forgetful(Schedule):
    def done_all(self, tasks: Sequence[ScheduledTask]) -> None:
        if tasks:
            raise errors.busy()


class Throttled:
    """These invitations, of which none can be read now."""

    def __init__(self, invitations: Any, refusal: errors.Refusal | None = None) -> None:
        self._invitations, self._refusal = invitations, refusal or errors.busy()

    def __getattr__(self, name: str) -> Any:
        if name == "get":
            raise self._refusal
        return getattr(self._invitations, name)


class Poisoned:
    """These invitations, of which one kills whoever reads it."""

    def __init__(self, invitations: Any, poisoned: str) -> None:
        self._invitations, self._poisoned = invitations, poisoned

    def get(self, chat_id: str, invitation_id: str) -> Invitation | None:
        if invitation_id == self._poisoned:
            raise Killed
        invitation: Invitation | None = self._invitations.get(chat_id, invitation_id)
        return invitation

    def __getattr__(self, name: str) -> Any:
        return getattr(self._invitations, name)


class Sqs:
    """The dead-letter queue, as far as it is used."""

    def __init__(self, bodies: list[str]) -> None:
        self.bodies = bodies

    def receive_message(self, **_: Any) -> Any:
        return {"Messages": [{"MessageId": each, "Body": each, "ReceiptHandle": each} for each in self.bodies]}

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.bodies = [each for each in self.bodies if each != ReceiptHandle]
