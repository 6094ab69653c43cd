"""Which records of the stream wake the function that follows them: every one that says something, and few of the others."""

from typing import Any

import pytest

from chalicelib.storage import changes
from tests.support.app import World
from tests.support.sample_chat import Scene

Json = dict[str, Any]
NO_MORE_THAN = 250  # of the 607 records that a chat with 50 invitees makes until its mails are sent


def matches(pattern: Json, record: Json) -> bool:
    """As the Lambda developer guide describes filter rules: objects match inside, lists hold what may stand there."""
    return all(
        matches(wanted, record.get(name, {})) if isinstance(wanted, dict) else _is_one_of(wanted, record.get(name))
        for name, wanted in pattern.items()
    )


def _is_one_of(wanted: list[Any], value: Any) -> bool:
    """`anything-but` asks that there is something."""
    return any(
        value is not None and value not in item["anything-but"] if isinstance(item, dict) else value == item
        for item in wanted
    )


def wakes(record: Json) -> bool:
    return any(matches(pattern, record) for pattern in changes.patterns())


def records(world: World) -> list[Json]:
    return [item.to_json() for item in world.data.stream]


def test_no_record_that_says_something_is_kept_from_the_function(scene: Scene) -> None:
    """Whatever this world can do: join, write, react, leave, sign out, lose a member."""
    scene.world.joins("olaf@nord.example", "Olaf")
    scene.guest.put(f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D")
    scene.guest.delete(f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D")
    scene.owner.put(f"{scene.base}/read", {"seq": 99})
    scene.owner.patch(scene.base, {"name": "Harbour"})
    scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}")
    scene.owner.delete(f"/workspaces/{scene.workspace}/members/{scene.member.id}")
    scene.member.delete("/sessions/current")
    scene.world.settle()
    said = [record for record in records(scene.world) if changes.change(record) is not None]
    assert {type(changes.change(item)).__name__ for item in said} >= {
        "InvitationChanged",
        "ChatEventAdded",
        "MessageChanged",
        "MembershipChanged",
        "ReactionChanged",
        "MemberRemoved",
        "SessionEnded",
    }
    assert [item for item in said if not wakes(item)] == []


def test_a_kind_that_only_newer_code_knows_passes_so_that_nothing_of_it_is_lost() -> None:
    image = {"kind": {"S": "tomorrow"}}
    assert wakes({"eventName": "INSERT", "dynamodb": {"NewImage": image}})
    assert wakes({"eventName": "REMOVE", "dynamodb": {"OldImage": image}})


@pytest.mark.parametrize(
    ("name", "image", "kind"),
    [
        ("INSERT", "NewImage", "pointer"),
        ("INSERT", "NewImage", "session"),
        ("MODIFY", "NewImage", "letter"),
        ("INSERT", "NewImage", "place"),
        ("MODIFY", "NewImage", "counter"),
        ("REMOVE", "OldImage", "seat"),
        ("REMOVE", "OldImage", "message"),
    ],
)
def test_what_nobody_follows_wakes_nobody(name: str, image: str, kind: str) -> None:
    assert not wakes({"eventName": name, "dynamodb": {image: {"kind": {"S": kind}}}})


def test_most_records_of_a_chat_with_fifty_invitees_wake_nobody(world: World) -> None:
    owner = world.signs_up("mara@brightwater.example")
    before = len(world.data.stream)
    owner.invites(*(f"x{number}@acme.example" for number in range(50)))
    made = records(world)[before:]
    assert len(made) > 500
    assert sum(map(wakes, made)) <= NO_MORE_THAN


def test_patterns_are_within_what_a_mapping_takes() -> None:
    """Five filters, each of at most 4,096 characters (Lambda quotas)."""
    assert len(changes.patterns()) <= 5
    assert max(len(str(pattern)) for pattern in changes.patterns()) < 4096
