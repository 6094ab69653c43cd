"""What a new person sees of the past: chosen when they are invited, decided when they join, shown before. A48"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain import errors
from chalicelib.domain.history import History, chosen
from tests.support.app import PASSWORD
from tests.support.sample_chat import Scene

NEW = "ida@fjord.example"


def write(scene: Scene, count: int) -> list[str]:
    return [scene.owner.post(f"{scene.base}/messages", {"text": f"word {at}"}).json["id"] for at in range(count)]


def previewed(scene: Scene, history: str) -> list[str]:
    answer = scene.owner.get(f"{scene.base}/preview?history={history}&limit=100")
    assert answer.status == 200, answer.text
    return [item["text"] for item in answer.json["items"] if item["kind"] == "text"]


def joined_with(scene: Scene, history: str) -> list[str]:
    """What a person who was invited with this history reads after joining."""
    made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW, "history": history}]})
    assert made.status == 201, made.text
    scene.world.settle()
    token = scene.world.invited(NEW)
    answer = scene.world.call("POST", f"/join/{token}/account", {"name": "Ida", "password": PASSWORD})
    assert answer.status == 201, answer.text
    page = scene.world.call("GET", f"{scene.base}/messages?limit=100", token=answer.json["token"]).json["items"]
    return [item["text"] for item in page if item["kind"] == "text"]


@pytest.mark.requirement("A48")
@pytest.mark.parametrize("history", ["all", "from_join", "last:1", "last:3", "last:100", "since:2026-01-02"])
def test_the_preview_is_what_the_person_sees_after_joining(scene: Scene, history: str) -> None:
    ids = write(scene, 6)
    scene.owner.delete(f"{scene.base}/messages/{ids[4]}")
    shown = previewed(scene, history)
    assert joined_with(scene, history) == shown
    if history == "last:3":
        assert [item for item in shown if item] == ["word 2", "word 3", "word 5"]
    if history == "from_join":
        assert shown == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "answer", "edit", "delete", "react", "rename", "wait"]), st.integers(0, 30)),
    max_size=8,
)
HISTORIES = (
    st.sampled_from(["all", "from_join"])
    | st.integers(1, 6).map(lambda count: f"last:{count}")
    | st.integers(0, 6).map(lambda days: f"ago:{days}")
)


def take(scene: Scene, step: str, number: int) -> None:
    """One thing that happens in the chat; `number` says to which message, or what."""
    messages = scene.owner.get(f"{scene.base}/messages?limit=100").json["items"]
    mine = [
        item["id"] for item in messages if item["kind"] == "text" and item["author"]["account_id"] == scene.owner.id
    ]
    chosen_id = mine[number % len(mine)]
    match step:
        case "write":
            scene.owner.post(f"{scene.base}/messages", {"text": f"word {number}"})
        case "answer":
            scene.guest.post(f"{scene.base}/messages", {"text": f"answer {number}", "reply_to": chosen_id})
        case "edit":
            scene.owner.patch(f"{scene.base}/messages/{chosen_id}", {"text": f"other {number}"})
        case "delete" if len(mine) > 1:
            scene.owner.delete(f"{scene.base}/messages/{chosen_id}")
        case "react":
            scene.guest.put(f"{scene.base}/messages/{chosen_id}/reactions/%F0%9F%91%8D")
        case "rename":
            scene.owner.patch(scene.base, {"name": f"Harbour {number}"})
        case "wait":
            scene.world.pass_time(hours=number)


def whole(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != "deliveries"} for item in items]


@pytest.mark.requirement("A48")
@given(STEPS, HISTORIES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happened_the_preview_is_what_the_person_reads_message_for_message(
    scene: Scene, steps: list[tuple[str, int]], history: str
) -> None:
    with scene.world.kept():
        for step in steps:
            take(scene, *step)
        if history.startswith("ago:"):
            day = (scene.world.ports.now() - timedelta(days=int(history[4:]))).date()
            history = f"since:{day.isoformat()}"
        made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW, "history": history}]})
        assert made.status == 201, made.text
        scene.world.settle()
        token = scene.world.invited(NEW)
        shown = scene.owner.get(f"{scene.base}/preview?history={history}&limit=100").json["items"]
        joined = scene.world.call("POST", f"/join/{token}/account", {"name": "Ida", "password": PASSWORD}).json["token"]
        read = scene.world.call("GET", f"{scene.base}/messages?limit=100", token=joined).json["items"]
        before = [item for item in read if item["seq"] <= shown[-1]["seq"]] if shown else []
        assert whole(before) == whole(shown)
        assert [item for item in read if item not in before and item["kind"] == "text"] == []


@pytest.mark.parametrize(
    "text",
    ["", "some", "last:0", "last:101", "last:٣", "last:03", "since:", "since:2026-13-01", "since:2026-1-1", "ALL"],
)
def test_what_is_no_history_is_refused_at_its_field(scene: Scene, text: str) -> None:
    answer = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW, "history": text}]})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "invitees[0].history")


def test_a_day_in_the_future_is_refused(scene: Scene) -> None:
    tomorrow = (scene.world.ports.now() + timedelta(days=1)).date().isoformat()
    invited = scene.owner.post(
        f"{scene.base}/invitations",
        {"invitees": [{"email": "a@b.example"}, {"email": NEW, "history": f"since:{tomorrow}"}]},
    )
    assert (invited.status, invited.json["errors"][0]["field"]) == (422, "invitees[1].history")
    assert scene.owner.get(f"{scene.base}/preview?history=since:{tomorrow}").status == 422


def test_the_preview_is_for_members_in_the_chat_and_marks_nothing_as_read(scene: Scene) -> None:
    write(scene, 2)
    assert scene.guest.get(f"{scene.base}/preview?history=all").status == 403
    assert scene.stranger.get(f"{scene.base}/preview?history=all").status == 404
    before = scene.world.snapshot()
    previewed(scene, "all")
    assert scene.world.snapshot() == before


def test_since_begins_at_midnight_in_utc() -> None:
    assert History.parse("since:2026-11-27").since == datetime(2026, 11, 27, tzinfo=UTC)
    now = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
    assert chosen("since:2026-11-27", "history", now).day is not None
    with pytest.raises(errors.Refusal):
        chosen("since:2026-11-28", "history", now)


@given(
    st.sampled_from(["all", "from_join"])
    | st.integers(1, 100).map(lambda item: f"last:{item}")
    | st.dates().map(lambda day: f"since:{day.isoformat()}")
)
def test_a_history_is_written_as_it_was_read(text: str) -> None:
    assert str(History.parse(text)) == text
