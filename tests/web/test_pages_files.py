"""Files on the chat's page without a script: one goes with a message through us, and what came is shown and linked."""

from typing import Any

import pytest

from tests.support.app import PASSWORD, Answer, keys_in_memory
from tests.support.files import EICAR, PNG, scan, sent
from tests.support.form_browser import Browser, Page
from tests.support.sample_chat import OWNER, Scene

PDF = b"%PDF-1.7\r\n\x00\xff binary \r\n--not-the-limit\r\n"


@pytest.fixture
def mara(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def chat_page(scene: Scene, browser: Browser) -> Page:
    return browser.open(f"/chats/{scene.chat}")


def last_message(scene: Scene) -> dict[str, Any]:
    message: dict[str, Any] = scene.guest.get(f"{scene.base}/messages?limit=1").json["items"][0]
    return message


@pytest.mark.parametrize("text", ["Here is the plan", ""])
def test_one_file_goes_with_a_message(scene: Scene, mara: Browser, text: str) -> None:
    form = chat_page(scene, mara).form("/messages")
    page = mara.send_file(form, "", "Grundriß “2”.pdf", PDF, text=text)
    assert page.status == 303, page.html
    scene.world.settle_stream()
    message = last_message(scene)
    (file,) = message["files"]
    assert (message["text"], file["name"], file["size"], file["state"]) == (
        text,
        "Grundriß “2”.pdf",
        len(PDF),
        "checking",
    )
    scan(file["id"])
    answer = mara.open(f"/chats/{scene.chat}").html
    assert f'href="/files/{file["id"]}"' in answer
    assert mara_gets(mara, f"/files/{file['id']}").headers["location"].startswith("https://files.s3.")


def test_a_picture_says_what_is_seen_in_it(scene: Scene, mara: Browser) -> None:
    form = chat_page(scene, mara).form("/messages")
    page = mara.send_file(form, "", "plan.png", PNG, text="", alt="A plan of the “harbour” house")
    assert page.status == 303, page.html
    scene.world.settle_stream()
    scan(last_message(scene)["files"][0]["id"])
    assert 'alt="A plan of the “harbour” house"' in mara.open(f"/chats/{scene.chat}").html


def mara_gets(mara: Browser, path: str) -> Answer:
    return mara._request("GET", path, b"", {})


def test_what_comes_twice_is_one_message_with_one_file(scene: Scene, mara: Browser) -> None:
    form, before = chat_page(scene, mara).form("/messages"), set(keys_in_memory())
    places = {mara.send_file(form, "", "plan.pdf", PDF, text="x").answer.headers["location"] for _ in "ab"}
    assert len(places) == 1
    assert len(set(keys_in_memory()) - before) == 1


def test_a_bad_file_is_said_at_the_field_and_the_words_stay(scene: Scene, mara: Browser) -> None:
    scene.world.ports.workspaces.set_plan(scene.workspace, "free")
    form = chat_page(scene, mara).form("/messages")
    page = mara.send_file(form, "", "a/b", PDF, text="My words")
    assert page.status == 422
    assert "Give the file a name" in page.html
    assert "My words" in page.html


def test_more_than_four_megabytes_need_the_browser_to_send_them(scene: Scene, mara: Browser) -> None:
    form = chat_page(scene, mara).form("/messages")
    assert mara.send_file(form, "", "plan.pdf", b"x" * (4 * 1024 * 1024), text="x").status == 303
    assert mara.send_file(form, "", "plan.pdf", b"x" * (4 * 1024 * 1024 + 70_000), text="x").status == 413


@pytest.mark.parametrize(("setting", "takes"), [("all", True), ("members", True), ("off", False)])
def test_files_are_offered_where_they_are_taken(scene: Scene, mara: Browser, setting: str, takes: bool) -> None:
    form = mara.open("/settings").form("/settings/workspace")
    assert mara.send(form, "Save changes", files=setting).status == 200
    assert ("file" in chat_page(scene, mara).form("/messages").names()) is takes


def test_each_state_is_said_and_only_pictures_are_shown(scene: Scene, mara: Browser) -> None:
    picture, other = sent(scene.owner, scene.chat, PNG, "<b>.png"), sent(scene.owner, scene.chat, b"plain", "x.txt")
    bad = sent(scene.owner, scene.chat, b"sound", "bad.txt")
    assert scene.owner.post(f"{scene.base}/messages", {"files": [picture, other, bad]}).status == 201
    waiting = sent(scene.owner, scene.chat, EICAR, "eicar.txt")
    assert scene.owner.post(f"{scene.base}/messages", {"files": [waiting]}).code == "file_blocked"
    html = chat_page(scene, mara).html
    assert f'<img src="/api/v1/files/{picture}?preview=1" alt="&lt;b&gt;.png"' in html
    assert f'src="/api/v1/files/{other}' not in html
    assert f'href="/files/{other}"' in html


def test_who_isnt_signed_in_is_asked_to_and_comes_back(scene: Scene) -> None:
    answer = scene.world.request("GET", f"/files/{scene.file}")
    assert answer.status == 303
    assert answer.headers["location"] == f"/sign-in?next=/files/{scene.file}"
