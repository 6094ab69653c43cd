"""Page cursors are opaque, and good only for the list and the person they were made for. A31."""

import string

import pytest

from tests.support.sample_chat import Scene

pytestmark = pytest.mark.requirement("A31")


def test_pages_of_chats_hold_each_chat_once(scene: Scene) -> None:
    made = [scene.owner.invites(f"x{number}@acme.example")["chat"]["id"] for number in range(4)]
    results: list[str] = []
    cursor = ""
    while True:
        page = scene.owner.get(f"/chats?limit=2&cursor={cursor}").json
        assert len(page["items"]) <= 2
        results += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert sorted(results) == sorted([*made, scene.chat])


def test_a_cursor_changed_in_any_letter_is_refused(shared_scene: Scene) -> None:
    cursor = shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1").json["next"]
    path = f"{shared_scene.base}/invitations?limit=1&cursor="
    assert shared_scene.owner.get(path + cursor).status == 200
    for at, letter in enumerate(cursor):
        other = next(item for item in string.ascii_letters if item != letter)
        answer = shared_scene.owner.get(f"{path}{cursor[:at]}{other}{cursor[at + 1 :]}")
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("change", ["{}=", "{}A", "{}%0A", "%20{}", "{}.", "!{}"])
def test_a_cursor_written_in_another_way_is_refused(shared_scene: Scene, change: str) -> None:
    cursor = shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1").json["next"]
    answer = shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1&cursor={change.format(cursor)}")
    assert answer.status == 422


def test_a_letter_in_the_last_place_that_says_the_same_is_refused(shared_scene: Scene) -> None:
    """Base64 leaves bits over at the end; another letter there decodes alike and is still not ours."""
    cursor = shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1").json["next"]
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    answers = {
        letter: shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1&cursor={cursor[:-1]}{letter}")
        for letter in letters
    }
    assert [letter for letter, answer in answers.items() if answer.status == 200] == [cursor[-1]]


def test_a_cursor_of_another_person_is_refused(shared_scene: Scene) -> None:
    cursor = shared_scene.owner.get(f"{shared_scene.base}/invitations?limit=1").json["next"]
    assert shared_scene.member.get(f"{shared_scene.base}/invitations?limit=1&cursor={cursor}").status == 422


def test_a_cursor_of_another_list_is_refused(scene: Scene) -> None:
    other = scene.owner.invites("one@acme.example", "two@acme.example")["chat"]["id"]
    cursor = scene.owner.get(f"{scene.base}/invitations?limit=1").json["next"]
    assert scene.owner.get(f"/chats/{other}/invitations?limit=1&cursor={cursor}").status == 422
    assert scene.owner.get(f"/chats?limit=1&cursor={cursor}").status == 422
    assert scene.owner.get(f"/workspaces/{scene.workspace}/members?limit=1&cursor={cursor}").status == 422
