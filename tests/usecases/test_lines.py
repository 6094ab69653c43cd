"""A line from the inviter: in the answer, on the joining page's data, and in the mail when the workspace is old enough."""

import pytest

from tests.support.app import PASSWORD
from tests.support.sample_chat import MEMBER, Scene

NEW, LINE = "ida@fjord.example", "Here is the draft that we talked about."


def test_the_line_stands_on_the_invitation_and_on_the_joining_page_only_while_it_is_open(scene: Scene) -> None:
    made = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}], "line": LINE}).json
    scene.world.settle()
    token = scene.world.invited(NEW)
    assert made["invitations"][0]["line"] == LINE
    assert scene.world.call("GET", f"/join/{token}").json["line"] == LINE
    assert "line" not in scene.world.call("GET", f"/join/{scene.link}").json
    scene.owner.delete(f"{scene.base}/invitations/{made['invitations'][0]['id']}")
    assert LINE not in scene.world.call("GET", f"/join/{token}").text


@pytest.mark.parametrize("days", [0, 8])
def test_the_mail_carries_it_from_the_eighth_day_of_the_workspace_on(scene: Scene, days: int) -> None:
    scene.world.pass_time(days=days)
    owner = scene.world.signs_in("mara@brightwater.example")
    made = owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": NEW}], "line": LINE})
    assert made.status == 201, made.text
    scene.world.settle()
    mail = scene.world.last_mail(NEW)
    assert (LINE in mail.text, LINE in mail.html) == (days > 7, days > 7)


def test_a_link_in_the_line_refuses_the_whole_call_and_the_check_of_it(scene: Scene) -> None:
    body = {"workspace_id": scene.workspace, "invitees": [{"email": NEW}], "line": "see evil-site.com"}
    before = scene.world.snapshot()
    for query in ("", "?check=true"):
        answer = scene.owner.post(f"/chats{query}", body)
        assert (answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]) == (
            422, "line", "link_in_line")  # fmt: skip
    assert scene.world.snapshot() == before


def test_who_is_invited_already_keeps_the_line_they_had(scene: Scene) -> None:
    first = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}], "line": LINE}).json
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW}], "line": "Another one"})
    assert {invitation["email"]: invitation.get("line") for invitation in scene.invitations().values()}[NEW] == LINE
    assert first["invitations"][0]["line"] == LINE


def test_owners_and_admins_save_three_lines_and_members_choose_from_them(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}/lines"
    assert scene.owner.get(path).json == {"items": []}
    assert scene.owner.put(path, {"items": [LINE, "Two", "Three"]}).json["items"] == [LINE, "Two", "Three"]
    member = scene.world.signs_in(MEMBER)
    assert member.get(path).json["items"] == [LINE, "Two", "Three"]
    assert member.put(path, {"items": []}).status == 403
    assert scene.guest.get(path).status == scene.stranger.put(path, {"items": []}).status == 404
    assert scene.owner.put(path, {"items": ["x"] * 4}).status == 422
    assert scene.owner.put(path, {"items": ["evil.com"]}).json["errors"][0]["code"] == "link_in_line"
    assert scene.owner.put(path, {"items": []}).json == {"items": []}
    assert scene.owner.get(path).json == {"items": []}


def contacts(scene: Scene, q: str) -> list[str]:
    answer = scene.owner.get(f"/workspaces/{scene.workspace}/contacts?q={q}")
    assert answer.status == 200, answer.text
    return [item["email"] for item in answer.json["items"]]


def test_contacts_are_ones_own_people_of_this_workspace(scene: Scene) -> None:
    assert contacts(scene, "DAN") == ["dana@acme.example"]
    assert contacts(scene, "olaf") == ["olaf@nord.example"]
    assert contacts(scene, "tom") == [MEMBER]
    assert contacts(scene, "mara") == []
    assert contacts(scene, "nora") == []
    member = scene.world.signs_in(MEMBER)
    theirs = member.get(f"/workspaces/{scene.workspace}/contacts?q=olaf").json["items"]
    assert theirs == [], "whom somebody else invited, and who hasn't joined, is theirs alone"
    scene.world.pass_time(days=45)
    owner = scene.world.signs_in("mara@brightwater.example")
    assert owner.get(f"/workspaces/{scene.workspace}/contacts?q=olaf").json["items"] == []


@pytest.mark.parametrize("q", ["", "a", "%20a%20", "x" * 101])
def test_a_contact_needs_two_to_a_hundred_characters(scene: Scene, q: str) -> None:
    assert scene.owner.get(f"/workspaces/{scene.workspace}/contacts?q={q}").status == 422
    assert scene.owner.get(f"/workspaces/{scene.workspace}/contacts").status == 422


def test_contacts_are_for_members_alone(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}/contacts?q=dana"
    assert scene.guest.get(path).status == scene.stranger.get(path).status == 404
    assert PASSWORD not in scene.owner.get(path).text
