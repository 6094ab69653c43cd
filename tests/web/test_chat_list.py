"""Keeping one's own list in order: marked unread, hidden until somebody writes, muted. Nobody else sees a difference."""

import pytest

from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, OWNER, Scene


def row(person: Person, scene: Scene) -> dict[str, int]:
    return next(item for item in person.get("/chats").json["items"] if item["id"] == scene.chat)


def ids(person: Person, query: str = "") -> list[str]:
    return [item["id"] for item in person.get(f"/chats{query}").json["items"]]


def read_all(person: Person, scene: Scene) -> None:
    assert person.put(f"{scene.base}/read", {"seq": 999_999_999}).status == 204


def test_the_mark_goes_back_only_as_unread(scene: Scene) -> None:
    read_all(scene.owner, scene)
    before = scene.post["seq"] - 1
    assert scene.owner.put(f"{scene.base}/read", {"seq": before}).status == 204
    assert row(scene.owner, scene)["unread"] == 0
    assert scene.owner.put(f"{scene.base}/read", {"seq": before, "unread": True}).status == 204
    assert row(scene.owner, scene)["unread"] == 2
    assert scene.owner.put(f"{scene.base}/read", {"seq": scene.post["seq"], "unread": True}).status == 204
    assert row(scene.owner, scene)["unread"] == 1
    read_all(scene.owner, scene)
    assert row(scene.owner, scene)["unread"] == 0


def test_mentions_come_back_with_what_is_unread(scene: Scene) -> None:
    said = scene.guest.post(f"{scene.base}/messages", {"text": "@Mara Lindqvist look"}).json
    scene.world.settle()
    read_all(scene.owner, scene)
    assert (row(scene.owner, scene)["unread"], row(scene.owner, scene)["mentions"]) == (0, 0)
    scene.owner.put(f"{scene.base}/read", {"seq": said["seq"] - 1, "unread": True})
    assert (row(scene.owner, scene)["unread"], row(scene.owner, scene)["mentions"]) == (1, 1)


@pytest.mark.requirement("A48")
def test_it_never_goes_back_before_ones_history(scene: Scene) -> None:
    late = scene.world.joins("olaf@nord.example", "Olaf")
    said = scene.owner.post(f"{scene.base}/messages", {"text": "new"}).json
    read_all(late, scene)
    assert late.put(f"{scene.base}/read", {"seq": 0, "unread": True}).status == 204
    assert row(late, scene)["unread"] == 1
    assert said["seq"] > 1


def test_what_was_put_back_on_purpose_is_not_mailed_as_missed(scene: Scene) -> None:
    scene.owner.post(f"{scene.base}/messages", {"text": "one more"})
    scene.world.settle()
    read_all(scene.guest, scene)
    scene.guest.put(f"{scene.base}/read", {"seq": 0, "unread": True})
    membership = scene.world.ports.chats.with_membership(scene.chat, scene.guest.id)
    chat, mine = membership
    assert chat is not None
    assert mine is not None
    assert mine.unread(chat) > 0
    assert not mine.misses(chat)


def test_a_hidden_chat_comes_back_with_the_next_message(scene: Scene) -> None:
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    assert scene.owner.put(f"{scene.base}/hidden").status == 204
    assert scene.owner.put(f"{scene.base}/hidden").status == 204
    assert ids(scene.owner) == [other]
    assert ids(scene.owner, "?hidden=true") == [scene.chat]
    assert ids(scene.guest) == [scene.chat]
    assert scene.owner.get(scene.base).status == 200
    scene.owner.patch(scene.base, {"name": "Lighthouse"})
    scene.world.settle()
    assert ids(scene.owner) == [other], "a line about what happened is no message"
    scene.guest.post(f"{scene.base}/messages", {"text": "Hello?"})
    assert scene.chat in ids(scene.owner)
    assert ids(scene.owner, "?hidden=true") == []


def test_a_hidden_chat_is_shown_again_on_asking_and_still_searched(scene: Scene) -> None:
    scene.owner.put(f"{scene.base}/hidden")
    assert ids(scene.owner) == []
    assert len(scene.owner.get("/search?q=glad").json["items"]) == 1
    assert scene.owner.delete(f"{scene.base}/hidden").status == 204
    assert scene.owner.delete(f"{scene.base}/hidden").status == 204
    assert ids(scene.owner) == [scene.chat]
    assert scene.stranger.put(f"{scene.base}/hidden").status == 404


def test_the_chats_menu_marks_mutes_hides_and_leaves(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    read_all(scene.owner, scene)
    page = browser.send(browser.open(f"/chats/{scene.chat}").form("/unread"))
    assert page.path == "/chats"
    assert row(scene.owner, scene)["unread"] == 1
    page = browser.open(f"/chats/{scene.chat}")
    mute = next(form for form in page.forms() if ("level", "none") in form.fields)
    assert "Unmute" in browser.send(mute).html
    assert "muted" in browser.open("/chats").html
    page = browser.send(browser.open(f"/chats/{scene.chat}").form("/hidden"))
    assert (page.path, f'data-chat="{scene.chat}"' in page.html) == ("/chats", False)
    assert "Hidden, 1" in page.html
    assert f'data-chat="{scene.chat}"' in browser.open("/chats?filter=hidden").html
    page = browser.send(browser.open(f"/chats/{scene.chat}").form("/hidden"))
    assert ids(scene.owner) == [scene.chat]
    guest = Browser(scene.world)
    guest.signs_in(GUEST, PASSWORD)
    leave = guest.open(f"/chats/{scene.chat}").form(f"/participants/{scene.guest.id}/remove")
    assert guest.send(leave).path == "/chats"
    assert ids(scene.guest) == []
