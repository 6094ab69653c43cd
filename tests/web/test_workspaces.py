"""A workspace's settings and its people through the API."""

from typing import Any

import pytest

from tests.support.app import World
from tests.support.sample_chat import GUEST, JITSI, MEMBER, OWNER, Scene, joins_company


def test_a_member_sees_the_settings_and_an_owner_changes_them(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}"
    assert scene.member.get(path).json == {
        "id": scene.workspace,
        "name": "Brightwater Studio",
        "plan": "pro",
        "communicate": True,
        "invitation_days": 14,
        "allowed_domains": [],
        "denied_domains": [],
        "who_may_invite": "members",
        "mismatch": "tell",
        "locale": "en",
        "hand_over": "ask",
        "files": "all",
        "calls": {"kind": "jitsi", "url": JITSI},
        "outside_days": None,
    }
    wanted = {
        "invitation_days": 90,
        "denied_domains": ["Evil.Example", "@bad.example"],
        "mismatch": "refuse",
        "locale": "de",
        "hand_over": "same_domain",
        "files": "members",
    }
    changed = scene.owner.patch(path, wanted)
    assert changed.status == 200
    assert changed.json | {"denied_domains": ["evil.example", "bad.example"]} == changed.json
    assert scene.member.get(path).json == changed.json


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"invitation_days": 0}, "invitation_days"),
        ({"invitation_days": 91}, "invitation_days"),
        ({"invitation_days": 10**40}, "invitation_days"),
        ({"invitation_days": 1.5}, "invitation_days"),
        ({"communicate": "yes"}, "communicate"),
        ({"who_may_invite": "everybody"}, "who_may_invite"),
        ({"locale": "tlh"}, "locale"),
        ({"allowed_domains": ["not a domain"]}, "allowed_domains"),
        ({"allowed_domains": ["x.example"] * 101}, "allowed_domains"),
        ({"name": "\u202e"}, "name"),
        ({"plan": "enterprise"}, "plan"),
        ({"id": "other"}, "id"),
    ],
)
@pytest.mark.requirement("A30")
def test_a_wrong_setting_is_refused_by_name(shared_scene: Scene, wanted: dict[str, Any], field: str) -> None:
    before = shared_scene.owner.get(f"/workspaces/{shared_scene.workspace}").json
    answer = shared_scene.owner.patch(f"/workspaces/{shared_scene.workspace}", wanted)
    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert shared_scene.owner.get(f"/workspaces/{shared_scene.workspace}").json == before


@pytest.mark.requirement("A28", "A29")
def test_no_route_sets_the_plan_and_a_member_changes_nothing(shared_scene: Scene) -> None:
    path = f"/workspaces/{shared_scene.workspace}"
    assert shared_scene.member.patch(path, {"name": "Mine"}).status == 403
    assert shared_scene.member.post(f"{path}/members", {"email": "x@y.example"}).status == 403
    assert shared_scene.member.patch(f"{path}/members/{shared_scene.member.id}", {"role": "owner"}).status == 403
    assert shared_scene.member.delete(f"{path}/members/{shared_scene.owner.id}").status == 403
    assert shared_scene.owner.get(path).json["name"] == "Brightwater Studio"


def test_an_address_with_an_account_becomes_a_member_at_once_and_another_is_asked_by_mail(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}/members"
    added = scene.owner.post(path, {"email": GUEST.upper(), "role": "admin"})
    assert (added.status, added.json) == (
        201,
        {"account_id": scene.guest.id, "name": "Dana Smith", "email": GUEST, "role": "admin"},
    )
    asked = scene.owner.post(path, {"email": "new@brightwater.example"})
    assert asked.status == 202
    scene.world.settle()
    assert scene.world.last_mail("new@brightwater.example").link("welcome")
    repeated = scene.owner.post(path, {"email": GUEST})
    assert (repeated.status, repeated.code) == (409, "already_member")


def test_members_are_listed_in_pages(world: World) -> None:
    owner = world.signs_up(OWNER)
    names = ["Tom Berg", "Ida Falk", "Ole Lund"]
    for number, name in enumerate(names):
        joins_company(world, owner, f"m{number}@brightwater.example", name)
    path = f"/workspaces/{owner.workspace()}/members"
    results: list[str] = []
    following: str | None = ""
    for _ in range(2):
        page = owner.get(f"{path}?limit=2&cursor={following}").json
        results += [item["name"] for item in page["items"]]
        following = page["next"]
    assert following is None
    assert sorted(results) == sorted(["Mara Lindqvist", *names])


def test_roles_change_and_the_last_owner_stays(scene: Scene) -> None:
    members = f"/workspaces/{scene.workspace}/members"
    assert scene.owner.patch(f"{members}/{scene.member.id}", {"role": "admin"}).json["role"] == "admin"
    last = scene.owner.patch(f"{members}/{scene.owner.id}", {"role": "member"})
    assert (last.status, last.code) == (409, "last_owner")
    assert scene.owner.delete(f"{members}/{scene.owner.id}").code == "last_owner"
    touched = scene.member.patch(f"{members}/{scene.owner.id}", {"role": "member"})
    assert (touched.status, touched.code) == (403, "role")
    assert scene.member.patch(f"{members}/{scene.member.id}", {"role": "owner"}).status == 403


@pytest.mark.requirement("A08", "A28")
def test_who_is_removed_from_the_workspace_is_out_of_its_chats_at_once(scene: Scene) -> None:
    assert scene.member.get(scene.base).status == 200
    assert scene.owner.delete(f"/workspaces/{scene.workspace}/members/{scene.member.id}").status == 204
    assert scene.member.get(scene.base).status == 404
    assert scene.member.get(f"/workspaces/{scene.workspace}").status == 404
    assert scene.member.post(f"{scene.base}/messages", {"text": "still here?"}).status == 404
    assert scene.member.get("/chats").json["items"] == []
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == "Mara Lindqvist removed Tom Berg"


def test_a_guest_of_a_chat_sees_nothing_of_the_workspace(shared_scene: Scene) -> None:
    assert shared_scene.guest.get("/me").json["workspaces"] == []
    assert shared_scene.guest.get(f"/workspaces/{shared_scene.workspace}").status == 404
    assert shared_scene.guest.get(f"/workspaces/{shared_scene.workspace}/members").status == 404


def test_an_unknown_member_is_not_there(shared_scene: Scene) -> None:
    members = f"/workspaces/{shared_scene.workspace}/members"
    for who in (shared_scene.stranger.id, "a" * 16):
        assert shared_scene.owner.patch(f"{members}/{who}", {"role": "admin"}).status == 404
        assert shared_scene.owner.delete(f"{members}/{who}").status == 404
    assert shared_scene.owner.get(members).json["items"][0]["email"] in (OWNER, MEMBER)
