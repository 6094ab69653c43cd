"""Taking one's data along: all that one may read and nothing else, for a day, for oneself alone."""

import io
import json
import zipfile
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.app import PASSWORD, Answer, Person, keys_in_memory, object_in_memory
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, OWNER, Scene
from tests.support.steps import later


def asks(person: Person) -> str:
    """The path of the mailed link."""
    assert person.post("/me/export").status == 202
    person.world.settle()
    return person.world.last_mail(person.email).link("export")


def opens(person: Person, path: str) -> Answer:
    return person.world.request("GET", path, b"", {"Authorization": f"Bearer {person.token}"})


def key_of(answer: Answer) -> str:
    assert answer.status == 303, answer.text
    return unquote(urlsplit(str(answer.headers["location"])).path.lstrip("/"))


def contents(person: Person) -> dict[str, Any]:
    content, _ = object_in_memory(key_of(opens(person, asks(person))))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in read.items()}


def texts(told: list[dict[str, Any]]) -> list[str]:
    return [item["text"] for item in told if item["kind"] == "text"]


@pytest.mark.requirement("A45")
def test_it_holds_account_places_own_words_and_what_one_reads(scene: Scene) -> None:
    exported = contents(scene.guest)
    assert exported["account.json"]["email"] == GUEST
    assert [place["chat_id"] for place in exported["places.json"]] == [scene.chat]
    assert texts(exported["own_messages.json"]) == ["Glad to be here."]
    assert texts(exported[f"chats/{scene.chat}/messages.json"]) == ["Welcome, everybody.", "Glad to be here."]
    assert "Dana Smith: Glad to be here. [plan.pdf]" in exported[f"chats/{scene.chat}/messages.txt"]


@pytest.mark.requirement("A48")
@pytest.mark.parametrize("history", ["from_join", "last:1"])
def test_it_obeys_a_persons_history_as_lists_do(scene: Scene, history: str) -> None:
    """The very messages that the list gives, line for line."""
    world = scene.world
    body = {"invitees": [{"email": "ida@fjord.example", "history": history}]}
    assert scene.owner.post(f"{scene.base}/invitations", body).status == 201
    world.settle()
    ida = world.joins("ida@fjord.example", "Ida Fjord")
    scene.owner.post(f"{scene.base}/messages", {"text": "After Ida came"})
    taken = scene.owner.post(f"{scene.base}/messages", {"text": "Taken back"}).json
    scene.owner.delete(f"{scene.base}/messages/{taken['id']}")
    world.settle()
    listed = ida.get(f"{scene.base}/messages").json["items"]
    told = contents(ida)[f"chats/{scene.chat}/messages.json"]
    assert [(item["seq"], item["text"]) for item in told] == [(item["seq"], item["text"]) for item in listed]
    whole = json.dumps(contents(ida), ensure_ascii=False)
    assert "Taken back" not in whole
    assert ("Welcome, everybody." in whole) is (history == "all")
    assert "olaf@nord.example" not in whole


@pytest.mark.requirement("A28", "A48")
def test_a_chat_that_one_is_out_of_isnt_in_it(scene: Scene) -> None:
    assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    scene.world.settle()
    exported = contents(scene.guest)
    assert exported["places.json"] == exported["own_messages.json"] == []
    assert "Welcome, everybody." not in json.dumps(exported)


@pytest.mark.requirement("A42", "A45")
def test_the_link_is_for_its_account_alone(scene: Scene) -> None:
    path = asks(scene.guest)
    assert Browser(scene.world).open(path).path == f"/sign-in?next={path}"
    for person in (scene.owner, scene.stranger):
        assert opens(person, path).status == 404
    assert opens(scene.guest, path[:-4] + "AAAA").status == 404
    for _ in range(2):
        assert opens(scene.guest, path).status == 303


@pytest.mark.requirement("A37", "A45")
def test_after_a_day_it_is_over_and_its_bytes_are_gone(scene: Scene) -> None:
    path = asks(scene.guest)
    key = key_of(opens(scene.guest, path))
    scene.world.pass_time(hours=23, minutes=59)
    assert opens(scene.guest, path).status == 303
    scene.world.pass_time(minutes=1)
    assert opens(scene.guest, path).status == 410
    assert opens(scene.owner, path).status == 404
    assert key in keys_in_memory()
    later(scene.world, minutes=30)
    assert key not in keys_in_memory()


@pytest.mark.requirement("A04")
def test_another_mailed_link_is_no_export(scene: Scene) -> None:
    token = scene.world.last_mail(GUEST).link("join").rpartition("/")[2]
    assert opens(scene.guest, f"/export/{token}").status == 404


@pytest.mark.requirement("A11")
def test_three_a_day_are_enough(scene: Scene) -> None:
    assert [scene.guest.post("/me/export").status for _ in range(4)] == [202, 202, 202, 429]


def test_nothing_of_it_stays_after_the_account_was_erased(scene: Scene) -> None:
    key = key_of(opens(scene.guest, asks(scene.guest)))
    assert key in keys_in_memory()
    assert scene.guest.delete("/me", {"messages": "keep", "password": PASSWORD}).status == 202
    later(scene.world, days=7)
    assert key not in keys_in_memory()


def test_the_page_asks_for_it_without_a_script(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.open("/settings/account")
    page = browser.send(page.form("/export"))
    assert "A mail with the link is on its way." in visible(page.html)
    for _ in range(3):
        page = browser.send(page.form("/export"))
    assert "Three times a day are enough." in visible(page.html)
