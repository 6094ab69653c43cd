"""The files of a chat, newest first: within one's history, page by page, whatever was deleted, erased or blocked meanwhile."""

from typing import Any

import pytest

from tests.support.app import PASSWORD, Person
from tests.support.files import EICAR, PNG, arrive, declared, scan, send, sent
from tests.support.form_browser import Browser
from tests.support.sample_chat import OWNER, Scene

pytestmark = pytest.mark.requirement("A42", "A48")
PDF = b"%PDF-1.7\n..."


def says(scene: Scene, *names: str) -> dict[str, Any]:
    """A message of the owner's with files of these names."""
    chosen = [sent(scene.owner, scene.chat, f"{name} ".encode() + PDF, name) for name in names]
    answer = scene.owner.post(f"{scene.base}/messages", {"files": chosen})
    assert answer.status == 201, answer.text
    message: dict[str, Any] = answer.json
    return message


def pages(person: Person, base: str, limit: int) -> list[list[str]]:
    """Names, page by page."""
    results, cursor = [], ""
    while True:
        answer = person.get(f"{base}/files?limit={limit}&cursor={cursor}")
        assert answer.status == 200, answer.text
        results.append([item["name"] for item in answer.json["items"]])
        cursor = answer.json["next"] or ""
        if not cursor:
            return results


def names(person: Person, base: str) -> list[str]:
    return [name for page in pages(person, base, 100) for name in page]


def test_each_file_says_its_message(scene: Scene) -> None:
    message = says(scene, "plan.pdf")
    scene.owner.post(f"{scene.base}/messages", {"text": "Only words"})
    item = scene.guest.get(f"{scene.base}/files").json["items"][0]
    assert (item["name"], item["message_id"], item["seq"]) == ("plan.pdf", message["id"], message["seq"])
    assert (item["author"]["name"], item["sent_at"], item["state"]) == (
        "Mara Lindqvist",
        message["created_at"],
        "ready",
    )
    assert item["url"].endswith(f"/api/v1/files/{item['id']}")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 100])
def test_pages_fit_together_within_a_message_too(scene: Scene, limit: int) -> None:
    before = names(scene.guest, scene.base)
    for together in ("abc", "d", "efg"):
        says(scene, *together)
    results = pages(scene.guest, scene.base, limit)
    assert [name for page in results for name in page] == [*"efgdabc", *before]
    assert all(len(page) <= limit for page in results)


def test_what_was_deleted_between_two_pages_shifts_nothing(scene: Scene) -> None:
    says(scene, "a", "b")
    message = says(scene, "c", "d", "e")
    first = scene.guest.get(f"{scene.base}/files?limit=2").json
    assert [item["name"] for item in first["items"]] == ["c", "d"]
    assert scene.owner.delete(f"{scene.base}/messages/{message['id']}").status == 204
    rest = scene.guest.get(f"{scene.base}/files?limit=9&cursor={first['next']}").json
    assert [item["name"] for item in rest["items"]][:2] == ["a", "b"]


def test_what_was_said_before_one_joined_isnt_listed(scene: Scene) -> None:
    says(scene, "before.pdf")
    invited = {"invitees": [{"email": "late@other.example", "history": "from_join"}]}
    assert scene.owner.post(f"{scene.base}/invitations", invited).status == 201
    scene.world.settle()
    late = scene.world.joins("late@other.example", "Lea Late")
    says(scene, "after.pdf")
    assert names(late, scene.base) == ["after.pdf"]
    assert names(scene.guest, scene.base)[:2] == ["after.pdf", "before.pdf"]


def test_whoever_isnt_in_the_chat_finds_nothing(scene: Scene) -> None:
    says(scene, "plan.pdf")
    cursor = scene.owner.get(f"{scene.base}/files?limit=1").json["next"] or "x"
    assert scene.stranger.get(f"{scene.base}/files").status == 404
    assert scene.guest.get(f"{scene.base}/files?cursor={cursor}x").status == 422
    assert scene.guest.get("/chats/aaaaaaaaaaaaaaaa/files").status == 404


def test_a_cursor_is_good_for_its_reader_and_its_chat_alone(scene: Scene) -> None:
    says(scene, "a", "b")
    cursor = scene.owner.get(f"{scene.base}/files?limit=1").json["next"]
    assert scene.guest.get(f"{scene.base}/files?cursor={cursor}").status == 422
    assert scene.owner.get(f"{scene.base}/files?cursor={cursor}").status == 200


def test_malware_is_listed_as_blocked_and_given_to_nobody(scene: Scene) -> None:
    file_id = sent_unchecked(scene)
    item = scene.guest.get(f"{scene.base}/files").json["items"][0]
    assert (item["id"], item["state"], "url" in item) == (file_id, "blocked", False)


def sent_unchecked(scene: Scene) -> str:
    answer = declared(scene.owner, scene.chat, "bad.txt", len(EICAR))
    assert send(answer.json["upload"], EICAR) == 201
    file_id: str = answer.json["file"]["id"]
    arrive(file_id)
    assert scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}).status == 201
    scan(file_id)
    return file_id


def test_the_page_lists_them_without_a_script(scene: Scene) -> None:
    says(scene, "plan <b>.pdf")
    file_id = sent(scene.owner, scene.chat, PNG, "crane.png", "image/png")
    scene.owner.post(f"{scene.base}/messages", {"files": [{"id": file_id, "alt": "A crane"}]})
    mara = Browser(scene.world)
    mara.signs_in(OWNER, PASSWORD)
    assert f'href="/chats/{scene.chat}/files"' in mara.open(f"/chats/{scene.chat}").html
    page = mara.open(f"/chats/{scene.chat}/files").html
    assert "plan &lt;b&gt;.pdf" in page
    assert 'alt="A crane"' in page
    assert f'href="/files/{file_id}"' in page
    assert f'href="/chats/{scene.chat}#m-' in page


def test_a_page_has_thirty_and_leads_further_back(scene: Scene) -> None:
    before = len(names(scene.owner, scene.base))
    for number in range(4):
        says(scene, *(f"{number}-{at}.pdf" for at in range(9)))
    mara = Browser(scene.world)
    mara.signs_in(OWNER, PASSWORD)
    page = mara.open(f"/chats/{scene.chat}/files")
    assert page.html.count("data-file=") == 30
    further = page.html.partition(f'href="/chats/{scene.chat}/files?cursor=')[2].partition('"')[0]
    assert mara.open(f"/chats/{scene.chat}/files?cursor={further}").html.count("data-file=") == 6 + before
