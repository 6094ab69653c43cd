"""The table of faults: at every call to AWS on the way of four stories, five faults; and whether the rest was finished.

A fault may end one process. What is left to do comes again by itself: the client repeats its request with the same
Idempotency-Key, the stream and the queue bring their records again, the job runs again the next hour.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.domain.errors import Refusal
from chalicelib.events import changes, mail, schedule
from tests.support.app import Answer, World
from tests.support.aws_calls import Calls, Fault, lost, throttled, unreached, watched
from tests.support.sample_chat import INVITED, OWNER, Scene, played

NEW = "ida@fjord.example"


class Killed(BaseException):
    """The process is gone, at this call."""


class GivenUp(Exception):
    """Something was not finished by itself."""


def _killed(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    raise Killed


FAULTS: dict[str, tuple[Fault, int]] = {
    "throttled twice": (throttled, 2),
    "throttled ten times": (throttled, 10),
    "timeout": (unreached, 1),
    "reply lost": (lost, 1),
    "process killed": (_killed, 1),
}


@dataclass(frozen=True)
class Story:
    """What happens, from the first request to the last mail; and what must be seen in the end."""

    name: str
    begin: Callable[[Scene], None]
    run: Callable[[Scene], None]
    check: Callable[[Scene, str], None]


@dataclass(frozen=True)
class Row:
    story: str
    fault: str
    survived: int
    tried: int
    failed: tuple[str, ...]


def rows(story: Story, every: int = 1) -> Iterator[Row]:
    """A row for each fault; with `every`, each fault breaks only each such call, and each fault others."""
    with played() as scene:
        story.begin(scene)
        beginning, ahead, told = scene.world.data, scene.world.ahead, scene.world.told
        kept = (beginning.copied(), list(beginning.stream), list(beginning.queued))
        with watched() as calls:
            story.run(scene)
            story.check(scene, "nothing")
            made = list(calls.made)
        for first, fault in enumerate(FAULTS):
            failed = []
            numbers = range(1 + first % every, len(made) + 1, every)
            for at in numbers:
                _back(scene.world, kept, ahead, told)
                why = _broken_at(scene, story, at, fault)
                failed += [f"call {at}, {made[at - 1]}: {why}"] if why else []
            yield Row(story.name, fault, len(numbers) - len(failed), len(numbers), tuple(failed))


def _broken_at(scene: Scene, story: Story, at: int, fault: str) -> str:
    """Empty, or what was wrong."""
    breaks, times = FAULTS[fault]
    try:
        with watched() as calls:
            _arm(calls, at, breaks, times)
            story.run(scene)
        story.check(scene, fault)
    except (AssertionError, GivenUp) as reason:
        return f"{type(reason).__name__} {reason}".replace("\n", " ")[:200]
    return ""


def _arm(calls: Calls, at: int, breaks: Fault, times: int) -> None:
    for number in range(at, at + times):
        calls.at[number] = breaks


def _back(world: World, kept: Any, ahead: float, told: int) -> None:
    data, stream, queued = kept
    now = world.data
    now.items.clear()
    now.items.update(data.copied().items)
    now.stream[:], now.queued[:], now.mails[:] = stream, queued, data.mails
    world.ahead, world.told = ahead, told


# How everybody goes on


def asks(scene: Scene, request: Callable[[], Answer]) -> Answer:
    """A client that does what the contract says: no answer, 503 or "in progress" means: the same again in a minute."""
    for _ in range(6):
        try:
            answer = request()
        except Killed:
            scene.world.pass_time(minutes=1)
            continue
        if answer.status == 503 or (answer.status == 409 and answer.code == "in_progress"):
            scene.world.pass_time(minutes=1)
            continue
        return answer
    raise GivenUp("the client never got an answer")


def follows(world: World) -> None:
    """Stream and queue, as Lambda works them off: what failed, or was disconnected, comes again."""
    received: dict[str, int] = {}
    queued: list[Any] = []
    for _ in range(40):
        _records(world)
        queued += [
            entry for entry in world._queued() if entry["messageId"] not in {each["messageId"] for each in queued}
        ]
        if not queued:
            return
        left = []
        for item in queued:
            received[item["messageId"]] = received.get(item["messageId"], 0) + 1
            item["attributes"]["ApproximateReceiveCount"] = str(received[item["messageId"]])
            if received[item["messageId"]] <= 6 and not _handled(partial(mail.handle, {"Records": [item]})):
                left.append(item)
        queued = left
        if left:
            world.pass_time(seconds=200)
    raise GivenUp("stream and queue never came to an end")


def hours(world: World, count: int) -> None:
    """The schedule, and what follows from it."""
    for _ in range(count):
        with suppress(Killed, Refusal):
            schedule.hourly()
        follows(world)
        world.pass_time(hours=1)


def until_sent(scene: Scene, email: str) -> None:
    """Where a queue gave up on a mail, the job of the next hours looks after it."""
    for _ in range(3):
        results = [item for item in scene.world.stored("seat") if item.get("email") == {"S": email}]
        if all(item["mail_done"] == item["mail_wanted"] for item in results):
            return
        scene.world.pass_time(hours=1)
        hours(scene.world, 1)


def _records(world: World) -> None:
    for _ in range(20):
        start = world.told
        records = world._new_records()
        if not records:
            return
        try:
            failed = changes.handle({"Records": records})["batchItemFailures"]
        except Killed:
            world.told = start
            continue
        if failed:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            world.told = start + numbers.index(failed[0]["itemIdentifier"])
            world.pass_time(seconds=10)
    raise GivenUp("a record of the stream never passed")


def _handled(work: Callable[[], Any]) -> bool:
    try:
        return not work()["batchItemFailures"]
    except Killed:
        return False


# The stories


def _create(scene: Scene) -> None:
    body = {"workspace_id": scene.workspace, "invitees": [{"email": NEW}, {"email": scene.member.email}]}
    answer = asks(scene, lambda: scene.owner.post("/chats", body, Idempotency_Key="k"))
    assert answer.status == 201, answer.text
    assert [result["outcome"] for result in answer.json["results"]] == ["invited", "member_added"]
    follows(scene.world)
    until_sent(scene, NEW)


def _created(scene: Scene, fault: str) -> None:
    chats = [item["id"] for item in scene.owner.get("/chats").json["items"] if item["id"] != scene.chat]
    assert len(chats) == 1
    assert len(scene.member.get("/chats").json["items"]) == 2
    (invitation,) = scene.owner.get(f"/chats/{chats[0]}/invitations").json["items"]
    assert (invitation["status"], invitation["mail"]["state"]) == ("pending", "sent")
    _mailed(scene, NEW, 1, fault)
    lines = [item["text"] for item in scene.owner.get(f"/chats/{chats[0]}/messages").json["items"]]
    assert sorted(lines) == ["Mara Lindqvist added Tom Berg", f"Mara Lindqvist invited {NEW}"]


def _accept(scene: Scene) -> None:
    body = {"confirm_mismatch": True}
    answer = asks(scene, lambda: scene.stranger.post(f"/join/{scene.link}", body, Idempotency_Key="k"))
    assert (answer.status, answer.json) == (200, {"chat_id": scene.chat})
    follows(scene.world)


def _accepted(scene: Scene, fault: str) -> None:
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Nora Quist") == 1
    assert scene.invitations()[INVITED]["status"] == "accepted"
    assert sum(line.startswith("Nora Quist joined") for line in scene.lines(scene.owner)) == 1
    assert scene.stranger.get(scene.base).status == 200


def _resend(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}/resend"
    answer = asks(scene, lambda: scene.owner.post(path, Idempotency_Key="k"))
    assert answer.status == 200, answer.text
    follows(scene.world)
    until_sent(scene, INVITED)


def _resent(scene: Scene, fault: str) -> None:
    _mailed(scene, INVITED, 2, fault)
    assert scene.invitations()[INVITED]["mail"]["state"] == "sent"
    assert scene.world.call("GET", f"/join/{scene.link}").json["status"] == "pending"


def _before_the_job(scene: Scene) -> None:
    """One invitation is to be remembered, another has ended, a third is to be forgotten, and somebody missed a message."""
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"invitation_days": 1})
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ends@nord.example"}]})
    scene.world.settle()
    scene.world.ports.schedule.all_done_until(scene.world.now())
    scene.world.pass_time(days=11)
    scene.owner.put(f"{scene.base}/read", {"seq": 99})
    scene.owner.token = scene.world.signs_in(OWNER).token
    scene.owner.post(f"{scene.base}/messages", {"text": "Anybody there?"})
    scene.world.settle()
    scene.world.pass_time(days=1)


def _job(scene: Scene) -> None:
    hours(scene.world, 5)


def _done(scene: Scene, fault: str) -> None:
    _mailed(scene, INVITED, 2, fault)
    ended = [line for line in scene.lines(scene.owner) if "expired without a reply" in line]
    assert ended == ["The invitation for ends@nord.example expired without a reply"]
    assert _count(scene, OWNER, "has ended", fault) == 1
    assert _count(scene, "dana@acme.example", "new message", fault) == 1


def _mailed(scene: Scene, email: str, count: int, fault: str) -> None:
    """SES itself knows no token: where its answer was lost, or the process died after it, the mail goes once more."""
    sent = len(scene.world.mails(email))
    assert sent == count or (
        fault in ("reply lost", "process killed", "throttled ten times", "timeout") and sent == count + 1
    ), sent


def _count(scene: Scene, email: str, subject: str, fault: str) -> int:
    result = sum(subject in mail.subject for mail in scene.world.mails(email))
    return 1 if result == 2 and fault != "throttled twice" else result


def _wait(scene: Scene) -> None:
    scene.world.ports.schedule.all_done_until(scene.world.now())
    scene.world.pass_time(minutes=11)


STORIES = (
    Story("create a chat", _wait, _create, _created),
    Story("accept", _wait, _accept, _accepted),
    Story("resend", _wait, _resend, _resent),
    Story("the hourly job", _before_the_job, _job, _done),
)
