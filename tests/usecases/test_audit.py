"""The audit log: what happened, who did it, and when; once, in order, without names, and never changed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.audit import AuditKind
from chalicelib.events import operator
from chalicelib.storage.items import AccountItem
from chalicelib.web.pages.audit import KINDS
from tests.support.app import PASSWORD, Person
from tests.support.aws_calls import watched
from tests.support.form_browser import Browser
from tests.support.relay_in_memory import DANA, relaying
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene, joins_company
from tests.support.steps import Json, later

POLICIES = Path(__file__).parents[2] / "policies"


def log(reader: Person, scene: Scene, query: str = "") -> list[Json]:
    scene.world.settle()
    answer = reader.get(f"/workspaces/{scene.workspace}/audit{query}")
    assert answer.status == 200, answer.text
    items: list[Json] = answer.json["items"]
    return items


def newest(scene: Scene) -> Json:
    return log(scene.owner, scene, "?limit=1")[0]


def told(entry: Json) -> tuple[str, str | None, str | None]:
    return entry["kind"], (entry["actor"] or {}).get("name"), entry.get("subject", {}).get("name")


def tick(scene: Scene) -> None:
    scene.world.pass_time(seconds=1)


def test_a_day_of_a_workspace_stands_there_in_order(scene: Scene) -> None:
    invitation = f"{scene.base}/invitations/{scene.invitation}"
    place = f"{scene.base}/participants/{scene.guest.id}"
    members = f"/workspaces/{scene.workspace}/members"
    mara, dana = "Mara Lindqvist", "Dana Smith"
    scene.world.pass_time(minutes=11)
    steps: list[tuple[Any, tuple[str, str | None, str | None]]] = [
        (lambda: scene.owner.post(f"{invitation}/resend"), ("invitation.resent", mara, INVITED)),
        (
            lambda: scene.owner.post(f"{invitation}/asks/{scene.ask}", {"decision": "refuse"}),
            ("invitation.refused", mara, "Nora Quist"),
        ),
        (
            lambda: scene.owner.patch(invitation, {"email": "o@nord.example"}),
            ("invitation.moved", mara, "o@nord.example"),
        ),
        (lambda: scene.owner.delete(invitation), ("invitation.revoked", mara, "o@nord.example")),
        (
            lambda: scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]}),
            ("invitation.sent", mara, "ida@fjord.example"),
        ),
        (lambda: scene.owner.patch(place, {"ends_at": "2027-03-01T00:00:00Z"}), ("participant.end_set", mara, dana)),
        (lambda: scene.owner.patch(place, {"owner": scene.member.id}), ("participant.owner_set", mara, dana)),
        (
            lambda: scene.owner.patch(f"/workspaces/{scene.workspace}", {"outside_days": 30}),
            ("settings.changed", mara, None),
        ),
        (
            lambda: scene.owner.put(f"/workspaces/{scene.workspace}/lines", {"items": ["Hi"]}),
            ("settings.changed", mara, None),
        ),
        (
            lambda: operator.set_plan({"workspace_id": scene.workspace, "plan": "enterprise"}),
            ("plan.changed", None, None),
        ),
        (
            lambda: scene.owner.patch(f"{members}/{scene.member.id}", {"role": "admin"}),
            ("member.changed", mara, "Tom Berg"),
        ),
        (
            lambda: scene.owner.delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}"),
            ("participant.removed", mara, dana),
        ),
        (lambda: scene.owner.delete(f"{members}/{scene.member.id}"), ("member.removed", mara, "Tom Berg")),
    ]
    for step, wanted in steps:
        tick(scene)
        step()
        assert told(newest(scene)) == wanted or wanted in map(told, log(scene.owner, scene, "?limit=3")), wanted
    entries = log(scene.owner, scene, "?limit=100")
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)
    kinds = {entry["kind"] for entry in entries}
    assert {"invitation.sent", "participant.joined", "invitation.asked", "member.added"} <= kinds


def test_an_end_by_the_clock_has_no_actor_and_leaving_has_ones_own(scene: Scene) -> None:
    scene.owner.patch(f"{scene.base}/participants/{scene.guest.id}", {"ends_at": "2026-11-24T09:00:00Z"})
    scene.world.settle()
    later(scene.world, days=1, hours=1)
    assert told(newest(scene)) == ("participant.ended", None, "Dana Smith")
    late = scene.world.joins(INVITED, "Olaf")
    tick(scene)
    late.delete(f"{scene.base}/participants/{late.id}")
    assert told(newest(scene)) == ("participant.left", "Olaf", "Olaf")
    assert newest(scene)["details"]["receipt_id"]


def test_the_relay_that_opens_and_is_cut_off_stands_there() -> None:
    with relaying() as relay:
        relay.writes("one")
        relay.settle()
        relay.room(DANA).shut = "token_revoked"
        relay.writes("two")
        relay.settle()
        kinds = [item["what"]["S"] for item in relay.world.stored("audit")]
        assert {kind for kind in kinds if kind.startswith("relay.")} == {"relay.opened", "relay.cut_off"}


@pytest.mark.requirement("A35", "A46")
def test_told_twice_it_stands_there_once(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"outside_days": 30})
    scene.owner.delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}")
    scene.world.settle()
    count = len(scene.world.stored("audit"))
    assert count > 3
    scene.world.told = 0
    scene.world.settle_stream()
    assert len(scene.world.stored("audit")) == count


@pytest.mark.requirement("A46", "A47")
def test_it_holds_ids_and_no_name_or_address(scene: Scene) -> None:
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
    scene.owner.delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}")
    scene.world.settle()
    stored = json.dumps(scene.world.stored("audit"))
    for text in ("@", "Dana", "Mara", "Tom", "Harbour"):
        assert text not in stored
    left = next(entry for entry in log(scene.owner, scene) if entry["kind"] == "participant.removed")
    assert left["subject"]["name"] == "Dana Smith"


@pytest.mark.requirement("A46", "A47")
def test_who_is_not_there_any_more_is_somebody_who_left(scene: Scene) -> None:
    scene.world.settle()
    AccountItem(f"A#{scene.guest.id}", "A").delete()
    joined = [entry for entry in log(scene.owner, scene) if entry["kind"] == "participant.joined"]
    assert ("participant.joined", "Somebody who left", "Somebody who left") in map(told, joined)


@pytest.mark.requirement("A46")
def test_no_function_may_change_or_delete_it_and_only_the_stream_adds() -> None:
    writes = {f"dynamodb:{name}" for name in ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")}
    for path in POLICIES.glob("*.json"):
        statements = json.loads(path.read_text())["Statement"]
        allowed = {action for each in statements if each["Effect"] == "Allow" for action in each["Action"]} & writes
        denied = {
            action
            for each in statements
            if each["Effect"] == "Deny"
            and each["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["U#*"]}}
            for action in each["Action"]
        }
        added = {"dynamodb:PutItem"} if path.stem == "table_changes" else set()
        assert allowed - denied == allowed & added, path.stem


@pytest.mark.requirement("A46")
def test_what_stands_there_is_never_written_over(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"outside_days": 30})
    scene.world.settle()
    before = scene.world.stored("audit")
    with watched() as calls:
        scene.world.told = 0
        scene.world.settle_stream()
    puts = [json.loads(item["body"]) for item in calls.asked if item["operation"] == "PutItem"]
    entries = [body for body in puts if body["Item"]["pk"]["S"].startswith("U#")]
    assert entries
    assert all("attribute_not_exists" in body["ConditionExpression"] for body in entries)
    assert scene.world.stored("audit") == before


@pytest.mark.requirement("A31", "A46")
def test_it_comes_in_pages_by_kind_and_what_is_newer(scene: Scene) -> None:
    for number in range(7):
        tick(scene)
        scene.owner.patch(f"/workspaces/{scene.workspace}", {"invitation_days": number + 20})
    everything = log(scene.owner, scene, "?limit=100")
    walked, cursor = list[str](), ""
    while True:
        answer = scene.owner.get(f"/workspaces/{scene.workspace}/audit?limit=4{cursor and f'&cursor={cursor}'}").json
        walked += [entry["id"] for entry in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert walked == [entry["id"] for entry in everything]
    settings = log(scene.owner, scene, "?kind=settings.changed&limit=3")
    assert [entry["kind"] for entry in settings] == ["settings.changed"] * 3
    third = everything[3]["id"]
    assert [entry["id"] for entry in log(scene.owner, scene, f"?after={third}")] == [
        entry["id"] for entry in everything[:3]
    ]
    path = f"/workspaces/{scene.workspace}/audit"
    for query in ("?after=x", "?after=0000000000000aaaaaaaaaaaaaaaa", "?kind=x", "?kind=", "?cursor=x"):
        assert scene.owner.get(f"{path}{query}").status == 422, query
    cursor = scene.owner.get(f"{path}?limit=4").json["next"]
    assert scene.owner.get(f"{path}?limit=4&kind=settings.changed&cursor={cursor}").status == 422


@pytest.mark.requirement("A40")
def test_a_page_costs_one_query_and_one_read(scene: Scene) -> None:
    scene.world.settle()
    with watched() as calls:
        log(scene.owner, scene, "?limit=5")
    assert calls.made[-2:] == ["Query", "BatchGetItem"]


def test_after_400_days_an_entry_is_not_shown(scene: Scene) -> None:
    assert log(scene.owner, scene)
    (kept,) = {
        round((int(item["gone_at"]["N"]) - int(item["at"]["N"]) / 1000) / 86_400)
        for item in scene.world.stored("audit")
    }
    assert kept == 400
    scene.world.pass_time(days=401)
    scene.owner.token = scene.world.signs_in(OWNER).token
    assert log(scene.owner, scene) == []


@pytest.mark.requirement("A45")
def test_the_sheet_has_a_row_for_each_entry(scene: Scene) -> None:
    scene.owner.patch(scene.base, {"name": "=1+1"})
    entries = log(scene.owner, scene, "?limit=100")
    answer = scene.world.call(
        "GET", f"/workspaces/{scene.workspace}/audit?limit=1", token=scene.owner.token, Accept="text/csv"
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
    assert {row["chat_name"] for row in rows} == {"'=1+1", ""}


def test_the_page_tells_it_in_the_readers_language(scene: Scene) -> None:
    scene.owner.delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}")
    scene.world.settle()
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.open("/audit")
    assert ("<b>Removed</b>" in page.html, "by Mara Lindqvist" in page.html) == (True, True)
    assert "<b>Invited</b>" not in browser.open("/audit?kind=participant.removed").html
    assert "Entfernt" in browser.open("/audit?lang=de").html
    assert browser.open("/audit.csv").answer.headers["content-type"] == "text/csv; charset=utf-8"
    for email, status in (("tom@brightwater.example", 403), (GUEST, 404)):
        other = Browser(scene.world)
        other.signs_in(email, PASSWORD)
        assert other.open(f"/audit?workspace={scene.workspace}").status == status


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(AuditKind)


def test_an_admin_sees_who_did_what_in_chats_they_are_not_in(scene: Scene) -> None:
    admin = joins_company(scene.world, scene.owner, "ada@brightwater.example", "Ada Holm", "admin")
    assert any(entry["details"].get("chat_name") == "Harbour house" for entry in log(admin, scene))
