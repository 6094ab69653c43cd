"""Chats and invitations through the API: statuses, shapes, and what the contract says of each."""

from typing import Any

import pytest

from tests.support.app import World
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene

CHAT = {"id", "workspace_id", "kind", "name", "created_at", "last_seq", "unread", "mentions"}
INVITATION = {"id", "chat_id", "email", "status", "mail", "inviter", "created_at", "expires_at", "asks"}


def test_a_new_chat_answers_itself_its_invitations_and_a_result_for_each_address(world: World) -> None:
    owner = world.signs_up(OWNER)
    made = owner.invites(GUEST, "not an address", INVITED, GUEST.upper(), OWNER)
    assert [(result["email"], result["outcome"], result.get("code")) for result in made["results"]] == [
        (GUEST, "invited", None),
        ("not an address", "refused", "bad_address"),
        (INVITED, "invited", None),
        (GUEST, "already_invited", "repeated"),
        (OWNER, "already_in_chat", "already_in_chat"),
    ]
    assert [invitation["email"] for invitation in made["invitations"]] == [GUEST, INVITED]
    assert CHAT | {"participants"} <= set(made["chat"])
    first = made["invitations"][0]
    assert set(first) >= INVITATION
    assert first["status"] == "pending"
    assert first["mail"] == {"state": "queued", "at": "2026-11-23T09:00:00Z"}
    assert (first["created_at"], first["expires_at"]) == ("2026-11-23T09:00:00Z", "2026-12-07T09:00:00Z")
    assert first["inviter"] == {"account_id": owner.id, "name": "Mara Lindqvist"}
    assert first["asks"] == []


def test_one_invitee_makes_a_direct_chat_and_two_a_group(world: World) -> None:
    owner = world.signs_up(OWNER)
    direct = owner.invites(GUEST)["chat"]
    group = owner.invites(GUEST, INVITED, name="Harbour house")["chat"]
    assert (direct["kind"], direct["name"]) == ("direct", None)
    assert (group["kind"], group["name"]) == ("group", "Harbour house")


def test_a_name_with_one_invitee_is_422(world: World) -> None:
    owner = world.signs_up(OWNER)
    body = {"workspace_id": owner.workspace(), "invitees": [{"email": GUEST}], "name": "Two"}
    answer = owner.post("/chats", body)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "name")
    assert owner.get("/chats").json["items"] == []


def test_no_good_address_is_422_with_an_error_for_each_and_no_chat(world: World) -> None:
    owner = world.signs_up(OWNER)
    body = {"workspace_id": owner.workspace(), "invitees": [{"email": "no"}, {"email": OWNER}]}
    before = world.snapshot()
    answer = owner.post("/chats", body)
    assert answer.status == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
        ("invitees[0].email", "bad_address"),
        ("invitees[1].email", "already_in_chat"),
    ]
    assert world.snapshot() == before


@pytest.mark.requirement("A28")
def test_a_chat_in_a_workspace_of_others_is_404_whatever_it_is_called(shared_scene: Scene) -> None:
    for workspace in (shared_scene.workspace, "a" * 16, "", "𝄞" * 1000, "../x"):
        body = {"workspace_id": workspace, "invitees": [{"email": "x@y.example"}]}
        answer = shared_scene.stranger.post("/chats", body)
        assert (answer.status, answer.code) == (404, "not_found")


def test_a_member_is_added_at_once_without_an_invitation(scene: Scene) -> None:
    answer = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": MEMBER}]})
    assert [result["outcome"] for result in answer.json["results"]] == ["member_added"]
    assert answer.json["invitations"] == []
    assert [participant["name"] for participant in answer.json["chat"]["participants"]] == [
        "Mara Lindqvist",
        "Tom Berg",
    ]
    assert scene.member.get(f"/chats/{answer.json['chat']['id']}").status == 200


def test_a_chat_shows_its_people_and_the_invited_addresses_to_members_only(shared_scene: Scene) -> None:
    shown = shared_scene.owner.get(shared_scene.base).json
    roles = {participant["name"]: participant["role"] for participant in shown["participants"]}
    assert roles == {"Mara Lindqvist": "member", "Tom Berg": "member", "Dana Smith": "external"}
    assert shown["participants"][0]["name"] == "Mara Lindqvist"
    invited_as = {participant["name"]: participant.get("invited_as") for participant in shown["participants"]}
    assert invited_as == {"Mara Lindqvist": None, "Tom Berg": None, "Dana Smith": GUEST}
    assert GUEST not in shared_scene.guest.get(shared_scene.base).text


def test_chats_are_listed_by_their_newest_activity(scene: Scene) -> None:
    scene.world.pass_time(minutes=1)
    newer = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    assert [item["id"] for item in scene.owner.get("/chats").json["items"]] == [newer, scene.chat]
    scene.world.pass_time(minutes=1)
    scene.guest.post(f"{scene.base}/messages", {"text": "Hello"})
    assert [item["id"] for item in scene.owner.get("/chats").json["items"]] == [scene.chat, newer]


def test_a_group_is_renamed_by_members_and_a_direct_chat_by_nobody(scene: Scene) -> None:
    renamed = scene.member.patch(scene.base, {"name": "  Harbour \n  house II "})
    assert (renamed.status, renamed.json["name"]) == (200, "Harbour house II")
    scene.world.settle()
    assert scene.lines(scene.guest)[-1] == "Tom Berg named the chat “Harbour house II”"
    direct = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    refused = scene.owner.patch(f"/chats/{direct}", {"name": "Two"})
    assert (refused.status, refused.code) == (409, "direct_chat")


def test_a_direct_chat_that_gets_a_third_person_becomes_a_group(world: World) -> None:
    owner = world.signs_up(OWNER)
    chat = owner.invites(GUEST)["chat"]["id"]
    more = owner.post(f"/chats/{chat}/invitations", {"invitees": [{"email": INVITED}]})
    assert (more.status, set(more.json)) == (201, {"invitations", "results"})
    assert owner.get(f"/chats/{chat}").json["kind"] == "group"
    assert owner.patch(f"/chats/{chat}", {"name": "Three"}).status == 200


def test_inviting_again_answers_each_address_for_itself(scene: Scene) -> None:
    body = {"invitees": [{"email": item} for item in (INVITED, GUEST, MEMBER, "new@acme.example", "x")]}
    answer = scene.owner.post(f"{scene.base}/invitations", body)
    assert [result["outcome"] for result in answer.json["results"]] == [
        "already_invited",
        "already_in_chat",
        "already_in_chat",
        "invited",
        "refused",
    ]
    assert [invitation["email"] for invitation in answer.json["invitations"]] == ["new@acme.example"]


def test_a_resend_answers_the_invitation_and_too_soon_is_429_with_a_time(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}/resend"
    early = scene.owner.post(path)
    assert (early.status, early.code, early.headers["retry-after"]) == (429, "resend_too_soon", "600")
    scene.world.pass_time(minutes=10)
    repeated = scene.owner.post(path)
    assert (repeated.status, repeated.json["status"], repeated.json["expires_at"]) == (
        200,
        "pending",
        "2026-12-07T09:10:00Z",
    )


def test_fixing_the_address_answers_the_invitation_with_the_new_one(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}"
    fixed = scene.owner.patch(path, {"email": "Olaf@South.Example"})
    assert (fixed.status, fixed.json["email"], fixed.json["id"]) == (200, "olaf@south.example", scene.invitation)
    for email, code in ((MEMBER, "already_in_chat"), (GUEST, "already_in_chat"), (OWNER, "already_in_chat")):
        refused = scene.owner.patch(path, {"email": email})
        assert (refused.status, refused.code) == (409, code)
    assert scene.owner.patch(path, {"email": "no"}).status == 422


def test_revoking_is_204_each_time_and_409_for_who_has_joined(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}"
    assert [scene.owner.delete(path).status for _ in range(2)] == [204, 204]
    joined = scene.owner.delete(f"{scene.base}/invitations/{scene.joined}")
    assert (joined.status, joined.code) == (409, "already_joined")
    assert scene.guest.get(scene.base).status == 200


@pytest.mark.requirement("A01", "A30")
def test_the_copied_link_is_another_one_and_masks_the_address(scene: Scene) -> None:
    answer = scene.owner.get(f"{scene.base}/invitations/{scene.invitation}/link").json
    assert set(answer) == {"url", "qr_svg_url"}
    token = answer["url"].rpartition("/join/")[2]
    assert token != scene.link
    shown = scene.world.call("GET", f"/join/{token}").json
    assert (shown["link"], shown["email"]) == ("copied", "o•••@n•••.example")
    assert INVITED not in scene.world.request("GET", f"/join/{token}").text
    svg = scene.world.request(
        "GET", answer["qr_svg_url"].removeprefix("http://chat.test"), headers={"Cookie": f"session={scene.owner.token}"}
    )
    assert (svg.status, svg.headers["content-type"]) == (200, "image/svg+xml")
    assert svg.text.startswith("<svg")


@pytest.mark.parametrize(
    ("invitee", "field"),
    [
        ({"email": GUEST, "history": "some"}, "invitees[0].history"),
        ({"email": GUEST, "role": "owner"}, "invitees[0].role"),
        ({"email": None}, "invitees[0].email"),
        ({}, "invitees[0].email"),
        (GUEST, "invitees[0]"),
    ],
)
@pytest.mark.requirement("A30")
def test_an_invitee_of_a_wrong_shape_is_named(shared_scene: Scene, invitee: Any, field: str) -> None:
    answer = shared_scene.owner.post("/chats", {"workspace_id": shared_scene.workspace, "invitees": [invitee]})
    assert (answer.status, [error["field"] for error in answer.json["errors"]]) == (422, [field])


def test_a_bad_name_beside_one_address_does_not_stop_the_others(scene: Scene) -> None:
    invitees = [{"email": "one@acme.example", "name": "x" * 61}, {"email": "two@acme.example", "name": "Two"}]
    answer = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": invitees})
    assert answer.status == 201
    assert [result["outcome"] for result in answer.json["results"]] == ["refused", "invited"]


@pytest.mark.parametrize("count", [0, 1_001])
def test_none_and_more_than_1_000_at_once_are_422(shared_scene: Scene, count: int) -> None:
    invitees = [{"email": f"x{number}@acme.example"} for number in range(count)]
    answer = shared_scene.owner.post("/chats", {"workspace_id": shared_scene.workspace, "invitees": invitees})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "invitees")


def test_the_founder_may_leave_and_the_chat_says_who(scene: Scene) -> None:
    assert scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}").status == 204
    assert scene.owner.get(scene.base).status == 404
    scene.world.settle()
    assert scene.lines(scene.member)[-1] == "Mara Lindqvist left"
    people = scene.member.get(scene.base).json["participants"]
    assert {person["name"] for person in people} == {"Tom Berg", "Dana Smith"}


def test_an_asker_is_allowed_in_or_refused(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}"
    assert scene.owner.post(path, {"decision": "maybe"}).status == 422
    assert scene.guest.post(path, {"decision": "allow"}).status == 403
    shown = scene.invitations()[INVITED]["asks"]
    assert [(item["kind"], item["account"]["email"]) for item in shown] == [("join", "nora@elsewhere.example")]
    assert scene.owner.post(path, {"decision": "allow"}).status == 200
    assert scene.stranger.post(f"/join/{scene.link}").json == {"chat_id": scene.chat}
