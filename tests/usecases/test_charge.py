"""Chats that no member of the workspace is in: read, not written; taken over, or closed, by the clock after seven days."""

from datetime import timedelta

import pytest

from tests.support.app import PASSWORD, Answer, Person
from tests.support.form_browser import Browser
from tests.support.relay_in_memory import DANA, relaying
from tests.support.sample_chat import GUEST, OWNER, Scene, joins_company
from tests.support.steps import hour, later

ADMIN = "ada@brightwater.example"


@pytest.fixture
def admin(scene: Scene) -> Person:
    return joins_company(scene.world, scene.owner, ADMIN, "Ada Holm", "admin")


def leave_all(scene: Scene) -> None:
    """Both members go; Dana is left alone."""
    for person in (scene.member, scene.owner):
        assert person.delete(f"{scene.base}/participants/{person.id}").status == 204
    scene.world.settle()


def writes(scene: Scene) -> list[Answer]:
    message = f"{scene.base}/messages/{scene.reply['id']}"
    return [
        scene.guest.post(f"{scene.base}/messages", {"text": "Hello?"}),
        scene.guest.patch(message, {"text": "Changed"}),
        scene.guest.put(f"{message}/reactions/%F0%9F%91%8D"),
        scene.guest.post(f"{scene.base}/calls"),
    ]


def codes(answers: list[Answer]) -> set[tuple[int, str | None]]:
    return {(answer.status, answer.code_or_none) for answer in answers}


@pytest.mark.requirement("A03", "A28")
def test_outside_people_read_on_and_nobody_writes_or_is_let_in(scene: Scene) -> None:
    leave_all(scene)
    assert codes(writes(scene)) == {(403, "nobody_in_charge")}
    assert scene.guest.get(f"{scene.base}/messages").status == 200
    assert scene.guest.put(f"{scene.base}/read", {"seq": 1}).status == 204
    answer = scene.world.call("GET", f"/join/{scene.link}")
    assert (answer.status, answer.code) == (403, "nobody_in_charge")
    joining = scene.world.call("POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": PASSWORD})
    assert (joining.status, joining.code) == (403, "nobody_in_charge")


def test_one_member_is_enough(scene: Scene) -> None:
    scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}")
    scene.world.settle()
    assert scene.guest.post(f"{scene.base}/messages", {"text": "Hello"}).status == 201
    assert scene.owner.post(f"{scene.base}/take-over").code == "has_members"


@pytest.mark.requirement("A28", "A46")
def test_owners_and_admins_are_told_once_and_take_it_over(scene: Scene, admin: Person) -> None:
    leave_all(scene)
    hour(scene.world)
    for to in (OWNER, ADMIN):
        assert [mail.subject for mail in scene.world.mails(to)].count(
            "A chat of Brightwater Studio has no member any more"
        ) == 1
    answer = admin.post(f"{scene.base}/take-over")
    assert (answer.status, answer.json["id"]) == (200, scene.chat)
    scene.world.settle()
    assert scene.guest.post(f"{scene.base}/messages", {"text": "Welcome, Ada"}).status == 201
    items = admin.get(f"{scene.base}/messages").json["items"]
    assert "Welcome, Ada" in [item["text"] for item in items]
    assert "Glad to be here." not in [item["text"] for item in items], "what was said before stays unread"
    assert "Ada Holm took this chat over" in scene.lines(scene.guest)
    people = {person["account_id"]: person for person in admin.get(scene.base).json["participants"]}
    assert people[scene.guest.id]["owner"]["name"] == "Ada Holm"
    assert admin.post(f"{scene.base}/take-over").code == "has_members"
    kinds = [entry["kind"] for entry in admin.get(f"/workspaces/{scene.workspace}/audit").json["items"]]
    assert "chat.taken_over" in kinds
    scene.world.pass_time(days=9)
    hour(scene.world)
    assert "closed_at" not in scene.world.signs_in(ADMIN).get(scene.base).json


@pytest.mark.requirement("A28")
def test_rights_are_looked_at_before_the_state(scene: Scene, admin: Person) -> None:
    for what in ("take-over", "close"):
        path = f"{scene.base}/{what}"
        assert codes([admin.post(path)]) == {(409, "has_members")}
        assert codes([scene.member.post(path)]) == {(403, "role")}
        assert codes([scene.guest.post(path)]) == {(403, "members_only")}
        assert codes([scene.stranger.post(path)]) == {(404, "not_found")}
    leave_all(scene)
    for what in ("take-over", "close"):
        assert scene.member.post(f"{scene.base}/{what}").status == 404


@pytest.mark.requirement("A08", "A45")
def test_closed_it_reads_on_for_who_was_in_it_with_a_receipt(scene: Scene, admin: Person) -> None:
    leave_all(scene)
    scene.world.pass_time(days=1)
    admin.token = scene.world.signs_in(ADMIN).token
    answer = admin.post(f"{scene.base}/close")
    assert (answer.status, answer.json["closed_at"]) == (200, "2026-11-24T09:00:00Z")
    scene.world.settle()
    assert codes(writes(scene)) == {(409, "chat_closed")}
    assert scene.guest.get(f"{scene.base}/messages").status == 200
    assert "Ada Holm closed this chat" in scene.lines(scene.guest)
    assert scene.world.call("GET", f"/join/{scene.link}").code == "chat_closed"
    assert {admin.post(f"{scene.base}/{what}").code for what in ("take-over", "close")} == {"chat_closed"}
    token = scene.world.last_mail(GUEST).link("receipts").rpartition("/")[2]
    receipt = scene.world.call("GET", f"/receipts/{token}").json
    assert (receipt["reason"], receipt["ended_by"]) == ("closed", {"name": "Ada Holm"})
    assert scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    assert scene.guest.get(scene.base).status == 404


@pytest.mark.requirement("A37")
def test_after_seven_days_it_is_closed_by_the_clock_whether_or_not_a_job_ran(scene: Scene) -> None:
    leave_all(scene)
    scene.world.pass_time(days=7, seconds=-1)
    assert codes(writes(scene)) == {(403, "nobody_in_charge")}
    scene.world.pass_time(seconds=1)
    assert codes(writes(scene)) == {(409, "chat_closed")}
    scene.owner.token = scene.world.signs_in(OWNER).token
    assert scene.owner.post(f"{scene.base}/take-over").code == "chat_closed"
    for _ in range(2):
        later(scene.world, hours=5)
    assert scene.lines(scene.guest).count("This chat was closed") == 1
    closed_at = (scene.world.start + timedelta(days=7)).isoformat().replace("+00:00", "Z")
    assert scene.guest.get(scene.base).json["closed_at"] == closed_at
    receipts = [item for item in scene.world.stored("receipt") if item["account_id"]["S"] == scene.guest.id]
    assert [item["reason"]["S"] for item in receipts] == ["closed"]


@pytest.mark.requirement("A26")
def test_nothing_gets_in_from_slack_either() -> None:
    with relaying() as relay:
        relay.writes("before")
        relay.settle()
        ports = relay.world.ports
        assert ports.chats.note_memberless(relay.chat, ports.now())
        relay.says(DANA, "Anybody?")
        relay.settle()
        assert [message.text for message in relay.messages()] == ["before"]


def test_the_pages_say_so_and_take_it_over(scene: Scene, admin: Person) -> None:
    leave_all(scene)
    guest = Browser(scene.world)
    guest.signs_in(GUEST, PASSWORD)
    assert "No member of the workspace is in this chat now" in guest.open(f"/chats/{scene.chat}").html
    browser = Browser(scene.world)
    browser.signs_in(ADMIN, PASSWORD)
    before = scene.world.snapshot()
    page = browser.open(f"/chats/{scene.chat}/take-over")
    assert (page.status, scene.world.snapshot()) == (200, before)
    page = browser.send(page.form("/take-over"))
    assert (page.path, page.status) == (f"/chats/{scene.chat}", 200)
    assert "No member of the workspace" not in page.html
    assert guest.open(f"/chats/{scene.chat}/take-over").status == 403
