"""Every call to AWS on the way of each story, with every fault: the answer is right or says "try again", and then it is right.

The client does what the contract says: it repeats with the same Idempotency-Key. Whatever broke, there is one effect.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.app import PASSWORD, Answer
from tests.support.aws_calls import FAULTS, watched
from tests.support.sample_chat import INVITED, OWNER, Scene

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.requirement("A05", "A06", "A36", "A39")]
BUSY = 503


@dataclass(frozen=True)
class Story:
    """What somebody does, and what must be seen afterwards. `calls` is how many calls it takes, at most."""

    name: str
    do: Callable[[Scene], Answer]
    check: Callable[[Scene, Answer], None]
    calls: int


def _creates(scene: Scene) -> Answer:
    body = {
        "workspace_id": scene.workspace,
        "invitees": [{"email": "ida@fjord.example"}, {"email": scene.member.email}],
    }
    return scene.owner.post("/chats", body, Idempotency_Key="k")


def _created(scene: Scene, answer: Answer) -> None:
    assert [result["outcome"] for result in answer.json["results"]] == ["invited", "member_added"]
    assert len(scene.owner.get("/chats").json["items"]) == 2
    assert len(scene.world.mails("ida@fjord.example")) == 1
    assert len(scene.member.get("/chats").json["items"]) == 2
    assert len(scene.lines(scene.owner)) == 5


def _invites(scene: Scene) -> Answer:
    return scene.owner.post(
        f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]}, Idempotency_Key="k"
    )


def _invited(scene: Scene, answer: Answer) -> None:
    assert [result["outcome"] for result in answer.json["results"]] == ["invited"]
    assert len(scene.world.mails("ida@fjord.example")) == 1
    assert sum("ida@fjord.example" in line for line in scene.lines(scene.owner)) == 1


def _takes(scene: Scene) -> Answer:
    return scene.world.call(
        "POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": PASSWORD}, Idempotency_Key="k"
    )


def _taken(scene: Scene, answer: Answer) -> None:
    """Where the account was made and the answer got lost, signing in and joining again is the way on, and it works."""
    if answer.code_or_none == "account_exists":
        olaf = scene.world.signs_in(INVITED)
        assert olaf.post(f"/join/{scene.link}").json == {"chat_id": scene.chat}
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Olaf") == 1
    assert scene.world.signs_in(INVITED).get(scene.base).status == 200


def _joins(scene: Scene) -> Answer:
    return scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True}, Idempotency_Key="k")


def _joined(scene: Scene, answer: Answer) -> None:
    assert answer.json == {"chat_id": scene.chat}
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Nora Quist") == 1
    assert sum(line.startswith("Nora Quist joined") for line in scene.lines(scene.owner)) == 1


def _says(scene: Scene) -> Answer:
    return scene.guest.post(f"{scene.base}/messages", {"text": "Said once"}, Idempotency_Key="k")


def _said(scene: Scene, answer: Answer) -> None:
    lines = scene.owner.get(f"{scene.base}/messages").json["items"]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert [line["id"] for line in lines if line["text"] == "Said once"] == [answer.json["id"]]


def _resends(scene: Scene) -> Answer:
    return scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend", Idempotency_Key="k")


def _resent(scene: Scene, answer: Answer) -> None:
    assert answer.status == 200 or answer.code == "resend_too_soon"
    assert len(scene.world.mails(INVITED)) == 2


def _removes(scene: Scene) -> Answer:
    return scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}")


def _removed(scene: Scene, answer: Answer) -> None:
    assert answer.status in (204, 404)
    assert scene.guest.get(scene.base).status == 404
    assert scene.lines(scene.owner).count("Mara Lindqvist removed Dana Smith") == 1


def _declines(scene: Scene) -> Answer:
    return scene.world.call("POST", f"/join/{scene.link}/decline", {"reason": "busy"}, Idempotency_Key="k")


def _declined(scene: Scene, answer: Answer) -> None:
    assert answer.status == 204
    assert scene.invitations()[INVITED]["status"] == "declined"
    assert sum(line.endswith("declined: busy") for line in scene.lines(scene.owner)) == 1


def _signs_in(scene: Scene) -> Answer:
    return scene.world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD}, Idempotency_Key="k")


def _signed_in(scene: Scene, answer: Answer) -> None:
    assert scene.world.call("GET", "/me", token=answer.json["token"]).status == 200


STORIES = [
    Story("create a chat", _creates, _created, 14),
    Story("invite", _invites, _invited, 13),
    Story("join with a new account", _takes, _taken, 12),
    Story("join", _joins, _joined, 10),
    Story("write", _says, _said, 8),
    Story("resend", _resends, _resent, 15),
    Story("remove", _removes, _removed, 6),
    Story("decline", _declines, _declined, 5),
    Story("sign in", _signs_in, _signed_in, 8),
]
CASES = [(story, at, fault) for story in STORIES for at in range(1, story.calls + 1) for fault in FAULTS]


@pytest.mark.parametrize(
    ("story", "at", "fault"), CASES, ids=lambda item: item.name if isinstance(item, Story) else str(item)
)
def test_one_fault_leaves_no_trace_once_the_request_was_repeated(
    scene: Scene, story: Story, at: int, fault: str
) -> None:
    scene.world.pass_time(minutes=11)
    with watched() as calls:
        calls.at[at] = FAULTS[fault]
        answer = story.do(scene)
    if answer.status == BUSY:
        assert int(answer.headers["retry-after"]) > 0
        scene.world.pass_time(minutes=1)
        answer = story.do(scene)
    assert answer.status < 500, answer.text
    scene.world.settle()
    story.check(scene, answer)


@pytest.mark.parametrize("fault", ["unreached", "throttled", "broken"])
@pytest.mark.parametrize("story", STORIES, ids=lambda item: item.name)
@pytest.mark.requirement("A39")
def test_while_the_table_is_away_everybody_is_told_to_come_back_and_then_it_works(
    scene: Scene, story: Story, fault: str
) -> None:
    scene.world.pass_time(minutes=11)
    with watched() as calls:
        calls.each = FAULTS[fault]
        answer = story.do(scene)
    assert (answer.status, answer.code) == (BUSY, "busy")
    assert "Traceback" not in answer.text
    scene.world.pass_time(minutes=1)
    answer = story.do(scene)
    scene.world.settle()
    story.check(scene, answer)


@pytest.mark.parametrize("fault", ["unreached", "lost", "throttled", "broken"])
@pytest.mark.parametrize("at", range(1, 40, 2))
@pytest.mark.requirement("A12", "A35", "A36")
def test_what_follows_from_a_write_follows_in_the_end_whatever_broke_on_the_way(
    scene: Scene, at: int, fault: str
) -> None:
    """Stream, queue and mail come again until they are done; nothing is told or mailed twice, but for a lost answer of SES."""
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
    scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True})
    with watched() as calls:
        calls.at[at] = FAULTS[fault]
        scene.world.settle_with_faults()
    doubles = int(fault == "lost")
    assert 1 <= len(scene.world.mails("ida@fjord.example")) <= 1 + doubles
    lines = scene.lines(scene.owner)
    assert sum("ida@fjord.example" in line for line in lines) == 1
    assert sum(line.startswith("Nora Quist joined") for line in lines) == 1
    assert scene.invitations()["ida@fjord.example"]["mail"]["state"] == "sent"
