"""The settings of notifications by forms alone; and the files with which the application is installed."""

import re
from urllib.parse import urlencode

import pytest

from tests.support.app import Answer, Person
from tests.support.pushes import Service
from tests.support.sample_chat import Scene

FORM = {"push_text": "1", "time_zone": "Europe/Berlin", "quiet.from": "22:00", "quiet.to": "07:00", "dnd": ""}


def page(person: Person, path: str) -> Answer:
    return person.world.request("GET", path, headers={"Cookie": f"session={person.token}"})


def saves(person: Person, **fields: str) -> Answer:
    given = {name: value for name, value in (FORM | fields).items() if value != "-"}
    headers = {
        "Cookie": f"session={person.token}",
        "Origin": "http://chat.test",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return person.world.request("POST", "/settings/notifications", urlencode(given).encode(), headers)


def test_what_is_saved_is_what_the_api_says_and_the_page_shows(scene: Scene) -> None:
    answer = saves(scene.guest, quiet="1", dnd="4", push_text="-")
    assert (answer.status, answer.headers["location"]) == (
        303,
        "/settings?workspace=&saved=notifications#notifications",
    )
    me = scene.guest.get("/me").json["account"]
    assert (me["quiet"], me["time_zone"], me["push_text"]) == (
        {"from": "22:00", "to": "07:00"},
        "Europe/Berlin",
        False,
    )
    assert me["dnd_until"] == "2026-11-23T13:00:00Z"
    shown = page(scene.guest, "/settings").text
    assert '<option value="Europe/Berlin" selected>' in shown
    assert '<option value="keep" selected>' in shown
    assert 'datetime="2026-11-23T13:00:00.000Z"' in shown


def test_what_was_chosen_before_is_kept_and_can_be_ended(scene: Scene) -> None:
    saves(scene.guest, dnd="24")
    scene.world.pass_time(hours=1)
    saves(scene.guest, dnd="keep")
    assert scene.guest.get("/me").json["account"]["dnd_until"] == "2026-11-24T09:00:00Z"
    saves(scene.guest)
    assert scene.guest.get("/me").json["account"]["dnd_until"] is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"quiet": "1", "quiet.to": "22:00"}, "Quiet hours end at another time than they begin."),
        ({"quiet": "1", "quiet.from": "late"}, "Write a time of day like 22:00."),
        ({"time_zone": "Europe/Atlantis"}, "Choose a time zone like Europe/Berlin."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(scene: Scene, wrong: dict[str, str], says: str) -> None:
    answer = saves(scene.guest, **wrong)
    assert answer.status == 422
    assert says in answer.text
    assert scene.guest.get("/me").json["account"]["quiet"] is None


def test_a_number_of_hours_that_is_not_offered_turns_nothing_on(scene: Scene) -> None:
    saves(scene.guest, dnd="100000")
    assert scene.guest.get("/me").json["account"]["dnd_until"] is None


def test_where_push_is_not_set_up_nobody_is_asked(scene: Scene) -> None:
    assert 'id="push-ask" hidden' in page(scene.guest, scene.base).text
    scene.world.use(push_service=Service(is_offered=False))
    assert "push-ask" not in page(scene.guest, scene.base).text
    assert 'id="push-here"' not in page(scene.guest, "/settings").text


@pytest.mark.requirement("A33")
def test_the_service_worker_is_at_the_root_and_may_run_nothing_else(scene: Scene) -> None:
    answer = scene.world.request("GET", "/sw.js")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
    policy = page(scene.guest, "/chats").headers["content-security-policy"]
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.requirement("A44")
def test_the_offline_page_has_no_word_of_anybody(scene: Scene) -> None:
    """The worker asks for it without a cookie."""
    said = {scene.world.request("GET", f"/offline?lang={locale}").text for locale in ("en", "de", "es", "fr")}
    assert len(said) == 4
    for text in said:
        assert "data-account" not in text
        assert not re.search(r"Dana|Harbour|Mara", text)
