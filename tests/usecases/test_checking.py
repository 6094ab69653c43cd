"""`check=true`: the call's own path to its last step. What it says is what the call does; it does nothing itself."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.app import Answer, Person, World
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene
from tests.support.steps import PERMANENT, ses_says

NEW = "ida@fjord.example"
ADDRESSES = [
    NEW,
    "noah@fjord.example",
    INVITED,
    GUEST,
    MEMBER,
    OWNER,
    "nobody",
    "b@denied.example",
    " Ida@Fjord.example",
]


def check(person: Person, path: str, invitees: list[dict[str, Any]], **more: Any) -> Answer:
    return person.post(f"{path}?check=true", {"invitees": invitees, **more})


def of(*emails: str) -> list[dict[str, Any]]:
    return [{"email": email} for email in emails]


def outcomes(answer: Answer) -> list[tuple[str, str, str | None]]:
    return [(result["email"], result["outcome"], result.get("code")) for result in answer.json["results"]]


@given(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=6), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_check_says_what_the_call_then_does_and_changes_nothing(scene: Scene, emails: list[str], new: bool) -> None:
    with scene.world.kept():
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["denied.example"]})
        more = {"workspace_id": scene.workspace} if new else {}
        path = "/chats" if new else f"{scene.base}/invitations"
        before = scene.world.snapshot()
        asked = check(scene.owner, path, of(*emails), **more)
        assert asked.status == 200, asked.text
        changed = [item for key, item in scene.world.snapshot().items() if before.get(key) != item]
        assert len(changed) == 1, "nothing but the count of checks is written"
        assert "tries" in str(changed)
        done = scene.owner.post(path, {"invitees": of(*emails), **more})
        if done.status == 422:
            assert all(outcome == "refused" or new for _, outcome, _ in outcomes(asked))
        else:
            assert outcomes(asked) == outcomes(done)
            assert asked.json["mails"] == len(done.json["invitations"])


def test_a_check_counts_the_mails_and_what_is_left_of_the_day(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    owner.invites("a@fjord.example", "b@fjord.example")
    body = {"workspace_id": owner.workspace()}
    answer = check(owner, "/chats", of("c@fjord.example", "nobody"), **body)
    assert (answer.json["mails"], answer.json["mails_left"], answer.json["problems"]) == (1, 18, [])


def test_caps_that_would_be_passed_are_named_and_not_refused(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    emails = [f"p{at}@fjord.example" for at in range(21)]
    answer = check(owner, "/chats", of(*emails), workspace_id=owner.workspace())
    assert answer.status == 200
    assert {problem["code"] for problem in answer.json["problems"]} == {"mail_cap", "chat_full"}
    assert all(problem["message"] for problem in answer.json["problems"])


def test_a_check_answers_where_every_address_is_refused(scene: Scene) -> None:
    answer = check(scene.owner, "/chats", of("nobody", "nowhere"), workspace_id=scene.workspace)
    assert answer.status == 200
    assert [result["outcome"] for result in answer.json["results"]] == ["refused", "refused"]


def test_it_says_not_reachable_alike_for_bounced_unsubscribed_and_blocked(scene: Scene) -> None:
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    answer = check(scene.owner, "/chats", of(INVITED), workspace_id=scene.workspace)
    assert [result["code"] for result in answer.json["results"]] == ["not_reachable"]


@pytest.mark.parametrize("value", ["", "yes", "1", "TRUE", "2"])
def test_another_word_than_true_or_false_sends_nothing(scene: Scene, value: str) -> None:
    before = scene.world.snapshot()
    answer = scene.owner.post(f"{scene.base}/invitations?check={value}", {"invitees": of(NEW)})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "check")
    assert scene.world.snapshot() == before


def test_it_refuses_what_is_not_about_addresses(scene: Scene) -> None:
    assert check(scene.guest, f"{scene.base}/invitations", of(NEW)).status == 403
    assert check(scene.stranger, f"{scene.base}/invitations", of(NEW)).status == 404
    assert check(scene.owner, "/chats", [], workspace_id=scene.workspace).status == 422
    assert check(scene.owner, "/chats", of(NEW), workspace_id=scene.workspace, name="Alone").status == 422
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": False})
    assert check(scene.owner, f"{scene.base}/invitations", of(NEW)).code == "communicate_off"


@pytest.mark.requirement("A11")
def test_ten_checks_in_ten_minutes_over_both_routes_and_refused_ones_are_free(scene: Scene) -> None:
    for _ in range(12):
        assert check(scene.owner, "/chats", [], workspace_id=scene.workspace).status == 422

    def check_once(at: int) -> int:
        if at % 2:
            return check(scene.owner, "/chats", of(NEW), workspace_id=scene.workspace).status
        return check(scene.owner, f"{scene.base}/invitations", of(NEW)).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(check_once, range(16)))
    assert (statuses.count(200), statuses.count(429)) == (10, 6)
    scene.world.pass_time(minutes=11)
    assert check_once(0) == 200


def test_a_thousand_addresses_can_be_checked_and_no_more(scene: Scene) -> None:
    many = of(*(f"p{at}@fjord.example" for at in range(1_001)))
    assert check(scene.owner, "/chats", many[:1_000], workspace_id=scene.workspace).status == 200
    assert check(scene.owner, "/chats", many, workspace_id=scene.workspace).status == 422
    assert scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": many}).status == 422


def test_a_check_and_the_call_may_use_one_key(scene: Scene) -> None:
    body = {"workspace_id": scene.workspace, "invitees": of(NEW)}
    checked = scene.owner.post("/chats?check=true", body, Idempotency_Key="one")
    made = scene.owner.post("/chats", body, Idempotency_Key="one")
    repeated = scene.owner.post("/chats", body, Idempotency_Key="one")
    assert (checked.status, made.status) == (200, 201)
    assert repeated.json == made.json
