"""What a page sends counts for the account that it was made for; at sign-out the browser forgets what the pages kept."""

import pytest

from tests.support.app import PASSWORD, PUBLIC_URL, Answer, Person
from tests.support.form_browser import Browser
from tests.support.sample_chat import OWNER, Scene

pytestmark = pytest.mark.requirement("A28")


def test_an_open_page_of_one_person_does_nothing_in_the_name_of_the_next(scene: Scene) -> None:
    before = scene.world.snapshot()
    for method, path in (("POST", f"{scene.base}/messages"), ("GET", f"{scene.base}/messages"), ("GET", "/me")):
        answer = _by_cookie(scene.guest, method, path, {"text": "Hello"}, meant=scene.owner)
        assert (answer.status, answer.code) == (401, "other_account")
    assert scene.world.snapshot() == before


def test_a_public_route_is_refused_too(scene: Scene) -> None:
    answer = _by_cookie(scene.guest, "POST", f"/join/{scene.link}/ask", {}, meant=scene.owner)
    assert (answer.status, answer.code) == (401, "other_account")


def test_the_page_of_who_is_signed_in_is_served(scene: Scene) -> None:
    answer = _by_cookie(scene.guest, "POST", f"{scene.base}/messages", {"text": "Hello"}, meant=scene.guest)
    assert (answer.status, answer.json["author"]["account_id"]) == (201, scene.guest.id)


def test_a_program_with_a_token_says_nothing_of_pages(scene: Scene) -> None:
    answer = scene.guest.post(f"{scene.base}/messages", {"text": "Hello"}, Webtop_Account=scene.owner.id)
    assert (answer.status, answer.json["author"]["account_id"]) == (201, scene.guest.id)


def test_each_page_says_whose_it_is(scene: Scene) -> None:
    browser = Browser(scene.world)
    assert "data-account" not in browser.open("/sign-in").html
    browser.signs_in(OWNER, PASSWORD)
    for path in ("/chats", scene.base, "/chats/new", "/settings", "/docs", "/chats/nothing", f"/join/{scene.link}"):
        assert f' data-account="{scene.owner.id}">' in browser.open(path).html, path


@pytest.mark.requirement("A08")
@pytest.mark.parametrize("path", ["/sign-out", "/join/{link}/sign-out"])
def test_at_sign_out_the_browser_is_told_to_forget(scene: Scene, path: str) -> None:
    headers = {"Origin": PUBLIC_URL, "Cookie": f"session={scene.owner.token}"}
    answer = scene.world.request("POST", path.format(link=scene.link), b"", headers)
    assert (answer.status, answer.headers["clear-site-data"]) == (303, '"storage"')


@pytest.mark.requirement("A08")
def test_at_sign_out_by_a_script_too(scene: Scene) -> None:
    answer = scene.owner.delete("/sessions/current")
    assert (answer.status, answer.headers["clear-site-data"]) == (204, '"storage"')


def _by_cookie(person: Person, method: str, path: str, body: dict[str, str], *, meant: Person) -> Answer:
    headers = {"Origin": PUBLIC_URL, "Cookie": f"session={person.token}", "Webtop-Account": meant.id}
    return person.world.call(method, path, body if method == "POST" else None, **headers)
