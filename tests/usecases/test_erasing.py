"""After an account was deleted: seven days in which it can be kept, and then nothing says any more whose it was."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.events import schedule
from chalicelib.storage.mapping import account_item
from tests.support import rights
from tests.support.app import PASSWORD, Answer, Person, World, keys_in_memory, object_in_memory
from tests.support.form_browser import Browser, visible
from tests.support.routes import SIGNED_IN, Sample
from tests.support.sample_chat import GUEST, MEMBER, OWNER, STRANGER, Scene, joins_company, played
from tests.support.steps import code_in_mail, hour, later

DANA, TOM = "Dana Smith", "Tom Berg"


def deletes(person: Person, messages: str = "keep", **proof: str) -> Answer:
    answer = person.delete("/me", {"messages": messages, **(proof or {"password": PASSWORD})})
    person.world.settle()
    return answer


def hour_comes(world: World, **units: float) -> None:
    """The hourly job, with no more than its own rights."""
    world.pass_time(**units)
    with rights.acting_as("hourly"):
        assert schedule.hourly()["left"] == 0
    world.settle()


def erases(person: Person, messages: str = "keep") -> None:
    assert deletes(person, messages).status == 202
    hour_comes(person.world, days=7)


def dump(world: World) -> str:
    """The whole table but for what DynamoDB has deleted by now, because its time is over."""
    now = world.now().timestamp()
    items = [item["Attributes"] for item in world.snapshot().values()]
    return json.dumps(
        [item for item in items if float(item.get("gone_at", {"N": "inf"})["N"]) > now], ensure_ascii=False
    )


def in_use(scene: Scene) -> None:
    """Dana and Tom leave their names wherever one can: written, mentioned, invited, renamed, removed."""
    world, guest, member, owner = scene.world, scene.guest, scene.member, scene.owner
    assert owner.post(f"{scene.base}/messages", {"text": f"Thank you @{DANA}, and @{TOM}."}).status == 201
    assert member.post(f"{scene.base}/messages", {"text": "From me, too."}).status == 201
    guest.put(f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D")
    made = member.invites(GUEST, "ida@fjord.example", name="Quay")
    chat = made["chat"]["id"]
    world.settle()
    token = world.invited(GUEST)
    assert guest.post(f"/join/{token}").status == 200
    world.settle()
    assert member.patch(f"/chats/{chat}", {"name": "Quay two"}).status == 200
    revoked = next(item["id"] for item in made["invitations"] if item["email"] == "ida@fjord.example")
    assert member.delete(f"/chats/{chat}/invitations/{revoked}").status == 204
    world.settle()
    assert member.delete(f"/chats/{chat}/participants/{guest.id}").status == 204
    world.settle()


@pytest.mark.requirement("A47")
@pytest.mark.parametrize("messages", ["keep", "empty"])
@pytest.mark.parametrize(("who", "name", "email"), [("guest", DANA, GUEST), ("member", TOM, MEMBER)])
def test_neither_table_nor_store_nor_log_holds_name_or_address(  # what it is about, and whose
    scene: Scene, caplog: pytest.LogCaptureFixture, messages: str, who: str, name: str, email: str
) -> None:
    in_use(scene)
    assert all(text in dump(scene.world) for text in (name, email))
    with caplog.at_level(logging.INFO):
        caplog.clear()
        erases(getattr(scene, who), messages)
        scene.world.pass_time(hours=1)
        hour(scene.world)
        logged = caplog.text
    left = dump(scene.world)
    for text in (name, email):
        assert text not in left, [item for item in json.loads(left) if text in json.dumps(item, ensure_ascii=False)]
        assert text not in logged
        assert all(text not in key and text.encode() not in object_in_memory(key)[0] for key in keys_in_memory())


@pytest.mark.requirement("A47")
def test_who_left_before_is_found_all_the_same(scene: Scene) -> None:
    """Tom isn't of the workspace any more, and in none of its chats."""
    in_use(scene)
    assert scene.owner.delete(f"/workspaces/{scene.workspace}/members/{scene.member.id}").status == 204
    scene.world.settle()
    erases(scene.member)
    left = dump(scene.world)
    assert TOM not in left
    assert MEMBER not in left


def texts(scene: Scene) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = scene.owner.get(f"{scene.base}/messages").json["items"]
    return [item for item in items if item["kind"] == "text"]


def again(scene: Scene) -> None:
    scene.owner.token = scene.world.signs_in(OWNER).token


def test_what_was_written_stays_from_somebody_who_left(scene: Scene) -> None:
    in_use(scene)
    erases(scene.guest)
    again(scene)
    reply = next(item for item in texts(scene) if item["text"] == "Glad to be here.")
    assert reply["author"] == {
        "account_id": scene.guest.id,
        "name": "Somebody who left",
        "role": "external",
        "via": "webtop",
    }
    assert f"Thank you @Somebody who left, and @{TOM}." in [item["text"] for item in texts(scene)]
    people = scene.owner.get(scene.base).json["participants"]
    assert scene.guest.id not in {person["account_id"] for person in people}
    assert "Somebody who left left" in scene.lines(scene.owner)


@pytest.mark.requirement("A47")
def test_who_invited_whom_into_a_team_elsewhere_is_known_by_id_and_asked_for_when_shown(scene: Scene) -> None:
    """An entry of before has the name in it; both name the invited address, which may be theirs."""
    told = {"team": "T1", "kind": "members", "results": [{"email": GUEST, "outcome": "sent"}]}
    for number, by in enumerate(({"by": DANA}, {"by_id": scene.guest.id})):
        text = json.dumps(
            {**by, **told, "results": [*told["results"], {"email": "eve@nord.example", "outcome": "sent"}]}
        )
        scene.world.ports.workspaces.note(scene.workspace, f"n{number}", text, scene.world.now())
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    assert visible(browser.open("/overview").html).count(DANA) == 4
    erases(scene.guest)
    again(scene)
    browser.cookies["session"] = scene.owner.token
    assert DANA not in dump(scene.world)
    assert GUEST not in dump(scene.world)
    shown = visible(browser.open("/overview").html)
    assert shown.count("eve@nord.example") == shown.count("Somebody who left") == 2


def test_pages_say_it_in_the_readers_language(scene: Scene) -> None:
    erases(scene.guest)
    again(scene)
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.owner.token
    html = browser.open(f"{scene.base}?lang=de").html
    assert "Jemand, der nicht mehr da ist" in html
    assert "Somebody who left" not in html


def test_or_is_emptied_where_one_chose_so(scene: Scene) -> None:
    erases(scene.guest, "empty")
    again(scene)
    mine = [item for item in texts(scene) if item["author"]["account_id"] == scene.guest.id]
    assert [(item["text"], item["author"]["name"], bool(item["deleted_at"])) for item in mine] == [
        ("", "Somebody who left", True)
    ]


@pytest.mark.requirement("A46", "A47")
def test_register_audit_and_contacts_know_nobody(scene: Scene) -> None:
    erases(scene.guest)
    again(scene)
    base = f"/workspaces/{scene.workspace}"
    assert scene.owner.get(f"{base}/outside").json["items"] == []
    assert scene.owner.get(f"{base}/contacts?q=dana").json["items"] == []
    log = scene.owner.get(f"{base}/audit").text
    assert DANA not in log
    assert GUEST not in log
    assert "participant.left" in log


@pytest.mark.requirement("A45", "A47")
def test_receipts_lose_the_name_and_are_signed_anew_and_old_copies_stay_good(scene: Scene) -> None:
    in_use(scene)
    token = scene.world.last_mail(GUEST).link("receipts").rpartition("/")[2]
    before = scene.world.call("GET", f"/receipts/{token}").json
    assert before["person"]["name"] == DANA
    erases(scene.guest)
    after = scene.world.call("GET", f"/receipts/{token}").json
    assert (after["id"], after["person"]["name"], after["person"]["invited_as"]) == (
        before["id"],
        "Somebody who left",
        "",
    )
    for receipt in (before, after):
        assert scene.world.call("POST", "/receipts/check", receipt).json == {"valid": True}


@pytest.mark.requirement("A08", "A17")
def test_at_once_every_session_is_over_and_places_stay(scene: Scene) -> None:
    other = scene.world.signs_in(GUEST)
    answer = deletes(scene.guest)
    assert answer.json == {"deleted_at": "2026-11-30T09:00:00Z"}
    assert (scene.guest.get("/me").status, other.get("/me").status) == (401, 401)
    people = scene.owner.get(scene.base).json["participants"]
    assert DANA in {person["name"] for person in people}
    assert "will be deleted on" in scene.world.last_mail(GUEST).subject


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("sample", SIGNED_IN, ids=lambda sample: sample.name)
def test_whoever_is_leaving_can_only_keep_their_account(shared_leaving: Scene, sample: Sample) -> None:
    scene = shared_leaving
    if sample.name in ("POST /me/keep", "DELETE /sessions/current") or sample.takes_file:
        return
    with scene.world.kept():
        answer = scene.world.call(
            sample.method, sample.path_in(scene), sample.body_in(scene), token=scene.world.signs_in(GUEST).token
        )
    assert (answer.status, answer.code) == (403, "account_leaving")


@pytest.fixture(scope="module")
def shared_leaving() -> Iterator[Scene]:
    with played() as scene:
        assert deletes(scene.guest).status == 202
        yield scene


def test_who_changes_their_mind_keeps_everything(scene: Scene) -> None:
    deletes(scene.guest)
    scene.world.pass_time(days=6, hours=23)
    back = scene.world.signs_in(GUEST)
    assert back.get("/chats").code == "account_leaving"
    assert back.post("/me/keep").status == 204
    assert back.post("/me/keep").status == 204
    later(scene.world, days=3)
    fresh = scene.world.signs_in(GUEST)
    assert [chat["id"] for chat in fresh.get("/chats").json["items"]] == [scene.chat]
    assert DANA in dump(scene.world)


@pytest.mark.requirement("A35")
def test_kept_and_deleted_again_it_goes_at_the_later_time(scene: Scene) -> None:
    deletes(scene.guest)
    scene.world.pass_time(days=3)
    back = scene.world.signs_in(GUEST)
    assert back.post("/me/keep").status == 204
    deletes(back)
    later(scene.world, days=4)
    assert DANA in dump(scene.world)
    later(scene.world, days=3)
    hour(scene.world)
    assert DANA not in dump(scene.world)


@pytest.mark.requirement("A13")
@pytest.mark.parametrize("password", ["", "wrong wrong wrong"])
def test_a_session_alone_deletes_nothing(scene: Scene, password: str) -> None:
    answer = deletes(scene.guest, password=password)
    assert (answer.status, answer.code) == (403, "wrong_password")
    assert scene.guest.get("/me").status == 200


def test_without_a_password_a_code_is_mailed_first(scene: Scene) -> None:
    account = scene.world.ports.accounts.get(scene.guest.id)
    assert account is not None
    account_item(replace(account, password_hash="")).save()
    first = scene.guest.delete("/me", {"messages": "keep"})
    assert (first.status, first.code) == (403, "code_needed")
    scene.world.settle()
    answer = deletes(scene.guest, code=code_in_mail(scene.world, GUEST))
    assert answer.status == 202


def test_the_last_owner_names_another_first(scene: Scene) -> None:
    answer = deletes(scene.owner)
    assert (answer.status, answer.code) == (409, "last_owner")
    assert (
        scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "owner"}).status == 200
    )
    assert deletes(scene.owner).status == 202
    late = deletes(scene.member)
    assert (late.status, late.code) == (409, "last_owner")


def test_two_owners_who_leave_at_once_leave_an_owner(scene: Scene) -> None:
    ada = joins_company(scene.world, scene.owner, "ada@brightwater.example", "Ada Holm", "admin")
    members = f"/workspaces/{scene.workspace}/members"
    assert scene.owner.patch(f"{members}/{scene.member.id}", {"role": "owner"}).status == 200
    assert deletes(scene.owner).status == 202
    assert scene.member.patch(f"{members}/{scene.member.id}", {"role": "member"}).status == 200
    hour_comes(scene.world, days=7)
    ada = scene.world.signs_in(ada.email)
    assert {item["role"] for item in ada.get(members).json["items"] if item["account_id"] == ada.id} == {"owner"}


def test_the_only_person_of_a_workspace_takes_it_along(scene: Scene) -> None:
    nora, world = scene.stranger, scene.world
    made = nora.invites(GUEST, "ida@fjord.example", name="Pier")
    chat = made["chat"]["id"]
    assert scene.guest.post(f"/join/{world.invited(GUEST)}").status == 200
    world.settle()
    ida = world.invited("ida@fjord.example")
    erases(nora)
    dana = world.signs_in(GUEST)
    assert dana.post(f"/chats/{chat}/messages", {"text": "Hello?"}).status in (404, 409)
    assert "receipts" in world.last_mail(GUEST).text
    assert world.call("GET", f"/join/{ida}").code == "invitation_revoked"
    assert STRANGER not in dump(world)
    assert "Nora Quist" not in dump(world)


def test_the_address_is_free_for_a_new_account(scene: Scene) -> None:
    erases(scene.guest)
    again(scene)
    assert scene.world.call("POST", "/sessions", {"email": GUEST, "password": PASSWORD}).status == 401
    made = scene.owner.invites(GUEST)
    assert made["results"][0]["outcome"] == "invited"
    anew = scene.world.joins(GUEST, "Dana Two")
    assert anew.id != scene.guest.id


@pytest.mark.requirement("A11", "A47")
def test_an_address_that_wanted_nothing_of_us_is_left_in_peace_by_its_hash(scene: Scene) -> None:
    scene.world.ports.accounts.suppress(GUEST, "unsubscribed")
    erases(scene.guest)
    again(scene)
    assert GUEST not in dump(scene.world)
    answer = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": GUEST}]})
    assert answer.status == 422
    assert answer.json["errors"][0]["code"] == "not_reachable"


def test_the_pages_delete_and_keep_without_a_script(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(GUEST, PASSWORD)
    page = browser.open("/settings/account")
    page = browser.send(page.form("/delete"), delete_password="wrong wrong")
    assert "That is not your password." in visible(page.html)
    page = browser.send(page.form("/delete"), delete_password=PASSWORD)
    assert "Your account will be deleted in seven days." in visible(page.html)
    browser.cookies.pop("session", None)
    browser.signs_in(GUEST, PASSWORD)
    for path in ("/chats", f"/chats/{scene.chat}", "/settings", "/search?q=glad"):
        assert browser.open(path).path == "/settings/account/keep"
    page = browser.send(browser.open("/settings/account/keep").form("/keep"))
    assert "Your account stays." in visible(page.html)
    assert browser.open("/chats").status == 200
