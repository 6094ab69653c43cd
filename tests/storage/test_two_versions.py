"""Two versions of the code on one table, as in every roll-out and roll-back: what the newer one wrote stops the older nowhere.

The newer version is played by its items: those of the usual town, changed as a later version may change them, and written
to the table, so that pages read them and the stream tells of them. The older one by the town as version 0.1 left it in its
table, recorded in `town_of_0_1.json`.
"""

import json
import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from chalicelib.events import changes, schedule
from chalicelib.storage import changes as stream
from chalicelib.storage.items import Item, kinds, name_of
from tests.support.app import TABLE, Person, World
from tests.support.form_browser import Browser
from tests.support.sample_chat import INVITED, Scene, played

Raw = dict[str, Any]
TOMORROW = "tomorrow"


def client() -> Any:
    return Item._get_connection().connection.client


def put(item: Raw) -> None:
    client().put_item(TableName=TABLE, Item=item)


def delete(item: Raw) -> None:
    client().delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})


def inside(name: str, *path: Any) -> Callable[[Raw], bool]:
    """Sets a value within an attribute that holds JSON; False where the item has no such thing."""

    def change(item: Raw) -> bool:
        existing: Any = json.loads(item[name]["S"]) if name in item else None
        within: Any = existing
        try:
            for step in path[:-1]:
                within = within[step]
            within[path[-1]]  # it must be there
        except (TypeError, KeyError, IndexError):
            return False
        within[path[-1]] = TOMORROW
        item[name] = {"S": json.dumps(existing)}
        return True

    return change


def text(name: str) -> Callable[[Raw], bool]:
    def change(item: Raw) -> bool:
        if name not in item:
            return False
        item[name] = {"S": TOMORROW}
        return True

    return change


NEW_VALUES = [
    ("message", "kind", text("message_kind")),
    ("message", "event type", inside("event", "type")),
    ("message", "via of the author", inside("author", "via")),
    ("message", "role of the author", inside("author", "role")),
    ("seat", "status", text("status")),
    ("seat", "role", text("role")),
    ("seat", "via", text("via")),
    ("seat", "history", text("history")),
    ("seat", "state of its mail", text("mail_state")),
    ("seat", "kind of an ask", inside("asks", 0, "kind")),
    ("seat", "state of an ask", inside("asks", 0, "state")),
    ("seat", "via of an ask", inside("asks", 0, "via")),
    ("place", "role", text("role")),
    ("place", "via", text("via")),
    ("place", "level", text("level")),
    ("chat", "kind", text("chat_kind")),
    ("chat", "what it is told", inside("told", "type")),
    ("chat", "role of a face", inside("faces", 0, 2)),
    ("workspace", "plan", text("plan")),
    ("workspace", "who may invite", text("who_may_invite")),
    ("workspace", "mismatch", text("mismatch")),
    ("member", "role", text("role")),
    ("badge", "role", text("role")),
    ("letter", "kind", text("letter_kind")),
    ("letter", "state", text("state")),
    ("secret", "purpose", text("purpose")),
    ("due", "what", text("what")),
]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with played() as scene:
        scene.owner.put(f"{scene.base}/notifications", {"level": "mentions"})
        scene.owner.put(f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D")
        scene.world.call("POST", "/password-resets", {"email": scene.owner.email})
        scene.world.settle()
        yield scene


def told(scene: Scene) -> None:
    """The stream passes every record."""
    while records := scene.world._new_records():
        assert changes.handle({"Records": records})["batchItemFailures"] == []


def is_looked_at(scene: Scene) -> None:
    """Pages and API answer, to a member and to somebody from outside."""
    base, workspace = scene.base, f"/workspaces/{scene.workspace}"
    paths = ("/chats", base, f"{base}/messages", f"{base}/invitations", "/me", workspace, f"{workspace}/members")
    for person in (scene.owner, scene.guest):
        for path in (*paths, f"/join/{scene.link}"):
            assert person.get(path).status < 500, path
        browser = Browser(scene.world)
        browser.cookies["session"] = person.token
        for path in ("/chats", base, "/settings", f"/join/{scene.link}"):
            assert browser.open(path).status < 500, path


@pytest.mark.parametrize(("kind", "what", "change"), NEW_VALUES, ids=lambda item: item if isinstance(item, str) else "")
@pytest.mark.requirement("A39")
def test_a_value_that_only_newer_code_knows(
    scene: Scene, kind: str, what: str, change: Callable[[Raw], bool], caplog: pytest.LogCaptureFixture
) -> None:
    changed = [item for item in deepcopy(scene.world.stored(kind)) if change(item)]
    assert changed, f"no {kind} has {what}"
    with caplog.at_level(logging.ERROR):
        for item in changed:
            put(item)
        told(scene)
        is_looked_at(scene)
        schedule.hourly()
        for item in changed:
            delete(item)
        told(scene)
    assert caplog.messages == []


@pytest.mark.requirement("A39")
def test_a_page_of_messages_has_no_gap_where_newer_code_wrote(scene: Scene) -> None:
    """The line keeps its number, and says in the reader's language that it can't be shown."""
    before = scene.owner.get(f"{scene.base}/messages").json["items"]
    for item in scene.world.stored("message"):
        if inside("event", "type")(item):
            put(item)
    after = scene.owner.get(f"{scene.base}/messages").json["items"]
    assert [entry["seq"] for entry in after] == [entry["seq"] for entry in before]
    lines = {entry["text"] for entry in after if entry["kind"] == "event"}
    assert lines == {"Something happened here that can’t be shown right now."}
    assert [entry["text"] for entry in after if entry["kind"] == "text"] == ["Welcome, everybody.", "Glad to be here."]


@pytest.mark.requirement("A03", "A39")
def test_what_isn_t_known_gives_nobody_a_right(scene: Scene) -> None:
    for kind, name in (("place", "role"), ("member", "role"), ("workspace", "plan")):
        for item in scene.world.stored(kind):
            put(item | {name: {"S": TOMORROW}})
    assert scene.owner.get(f"{scene.base}/invitations").status == 403
    assert scene.owner.patch(f"/workspaces/{scene.workspace}", {"name": "Mine"}).status == 403


@pytest.mark.requirement("A39")
def test_kinds_that_only_newer_code_knows_are_passed_over_wherever_they_lie(scene: Scene) -> None:
    """Beside every item there is, under keys that queries read, in the stream, and when they are deleted."""
    new = [
        item | {"kind": {"S": TOMORROW}, "sk": {"S": item["sk"]["S"] + "+"}, "colour": {"S": "green"}}
        for name in map(name_of, kinds())
        for item in deepcopy(scene.world.stored(name))
    ]
    for item in new:
        put(item)
    told(scene)
    is_looked_at(scene)
    schedule.hourly()
    for item in new:
        delete(item)
    told(scene)


@pytest.mark.requirement("A39")
def test_an_item_in_the_place_of_one_of_ours_is_as_if_it_were_not_there(scene: Scene) -> None:
    for name in ("seat", "message", "place", "letter", "due"):
        for item in scene.world.stored(name):
            put(item | {"kind": {"S": TOMORROW}})
    told(scene)
    assert scene.owner.get(scene.base).status == 404
    assert scene.world.call("GET", f"/join/{scene.link}").status == 404


@pytest.mark.requirement("A39")
def test_no_record_stops_the_stream_whatever_its_items_lack_or_have_more(scene: Scene) -> None:
    tried = 0
    for name in map(name_of, kinds()):
        for item in scene.world.stored(name)[:2]:
            for left_out in set(item) - {"pk", "sk"}:
                less = {key: value for key, value in item.items() if key != left_out}
                more = item | {left_out: {"L": []}, "colour": {"S": "green"}}
                for image in (less, more):
                    for images in ({"NewImage": image}, {"OldImage": image}, {"OldImage": image, "NewImage": item}):
                        stream.change({"eventID": "1", "dynamodb": images})
                        tried += 1
    assert tried > 1000


@pytest.mark.requirement("A12", "A39")
def test_one_line_of_the_log_tells_of_a_record_that_was_passed_over(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    invitation = scene.world.stored("seat")[0] | {"status": {"S": TOMORROW}}
    assert stream.change({"eventID": "abc", "dynamodb": {"NewImage": invitation}}) is None
    (line,) = [message for message in caplog.messages if "passed over" in message]
    assert "abc" in line
    assert TOMORROW in line
    assert invitation["email"]["S"] not in line


@pytest.mark.requirement("A39")
def test_what_an_older_version_wrote_is_read_and_goes_on(world: World) -> None:
    """Its sessions, links, chats and messages; and its records that the stream still holds."""
    kept = json.loads(Path(__file__).with_name("town_of_0_1.json").read_text())
    people: Any = {name: Person(world, **entry) for name, entry in kept["people"].items()}
    scene = Scene(world=world, **people, **kept["town"], post=kept["post"], reply=kept["reply"])
    for item in kept["items"]:
        put(item)
    told(scene)
    is_looked_at(scene)
    lines = scene.lines(scene.owner)
    assert "Glad to be here." in lines
    assert "Something happened here that can’t be shown right now." not in lines
    answer = scene.world.call(
        "POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": "plum kettle orbit 42"}
    )
    assert answer.status == 201, answer.text
    olaf = scene.world.signs_in(INVITED, "plum kettle orbit 42")
    assert olaf.post(f"{scene.base}/messages", {"text": "Still the same chat"}).status == 201
    told(scene)
    assert scene.lines(scene.guest)[-2:] == ["Still the same chat", "Olaf joined"]
    scene.world.pass_time(hours=1)
    schedule.hourly()
    register = scene.owner.get(f"/workspaces/{scene.workspace}/outside").json["items"]
    assert {person["account_id"] for person in register} == {scene.guest.id, olaf.id}
