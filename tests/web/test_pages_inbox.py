"""The inbox: what isn't read, who answered oneself, and which calls were missed."""

import pytest

from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import OWNER, Scene


@pytest.fixture
def mara(scene: Scene) -> Browser:
    """Has read everything."""
    scene.world.settle()
    scene.owner.put(f"{scene.base}/read", {"seq": 999_999_999})
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def inbox(browser: Browser, chosen: str = "all") -> str:
    return visible(browser.open(f"/chats?view=inbox&filter={chosen}").html.partition("<main")[2])


def says(person: Person, scene: Scene, text: str, reply_to: str = "") -> str:
    body = {"text": text} | ({"reply_to": reply_to} if reply_to else {})
    answer = person.post(f"{scene.base}/messages", body)
    assert answer.status == 201, answer.text
    scene.world.settle()
    return str(answer.json["id"])


def test_answers_to_me_are_counted_and_shown_alone(scene: Scene, mara: Browser) -> None:
    mine = says(scene.owner, scene, "Is the poster ready?")
    theirs = says(scene.member, scene, "Which one?", mine)
    says(scene.guest, scene, "It is", mine)
    says(scene.guest, scene, "The large one", theirs)
    told = inbox(mara)
    for words in ("Answers to me, 1", "2 answers to you", "The large one"):
        assert words in told
    told = inbox(mara, "answers")
    assert "It is" in told
    assert "The large one" not in told
    assert f"/chats/{scene.chat}#m-" in mara.open("/chats?view=inbox&filter=answers").html


def test_what_i_answered_myself_what_was_read_and_what_was_taken_back_are_no_answers(
    scene: Scene, mara: Browser
) -> None:
    mine = says(scene.owner, scene, "Is the poster ready?")
    says(scene.owner, scene, "I mean the large one", mine)
    taken_back = says(scene.guest, scene, "No", mine)
    scene.guest.delete(f"{scene.base}/messages/{taken_back}")
    says(scene.guest, scene, "Something else")
    assert "Answers to me," not in inbox(mara)
    says(scene.guest, scene, "Yes", mine)
    assert "Answers to me, 1" in inbox(mara)
    scene.owner.put(f"{scene.base}/read", {"seq": 999_999_999})
    assert "Answers to me," not in inbox(mara)


def test_an_answer_to_what_lies_before_ones_history_is_none(scene: Scene) -> None:
    mine = says(scene.owner, scene, "Before")
    late = scene.world.joins("olaf@nord.example", "Olaf")
    says(scene.guest, scene, "An answer", mine)
    browser = Browser(scene.world, {"session": late.token})
    assert "Answers to me," not in inbox(browser)


def test_a_call_can_be_joined_from_the_inbox_and_is_missed_once_it_is_over(scene: Scene, mara: Browser) -> None:
    scene.owner.delete(f"/calls/{scene.call}")
    call = scene.guest.post(f"{scene.base}/calls").json["id"]
    scene.world.settle()
    page = mara.open("/chats?view=inbox")
    assert "Calls now" in visible(page.html)
    assert f'href="/calls/{call}"' in page.html
    scene.guest.delete(f"/calls/{call}")
    page = mara.open("/chats?view=inbox")
    assert "Missed call" in visible(page.html)
    assert f"/calls/{call}" not in page.html
    dana = Browser(scene.world, {"session": scene.guest.token})
    assert "Missed call" not in inbox(dana), "it was theirs"
    scene.owner.put(f"{scene.base}/read", {"seq": 999_999_999})
    assert "Missed call" not in inbox(mara)


def test_a_call_that_nobody_ended_is_missed_after_two_hours(scene: Scene, mara: Browser) -> None:
    scene.owner.delete(f"/calls/{scene.call}")
    scene.guest.post(f"{scene.base}/calls")
    scene.world.settle()
    scene.world.pass_time(hours=2)
    assert "Missed call" in inbox(mara)
