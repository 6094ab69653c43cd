"""A bounce for good or a complaint stops the side by mail, the chat says so once, and who comes back misses nothing."""

from typing import Any

import pytest

from chalicelib.events import feedback
from tests.support import rights
from tests.support.form_browser import Browser, visible
from tests.support.incoming_mails import Mailroom, mail
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import ses_id, sns, word
from tests.usecases.test_chat_mails import joined_by_mail, minute

pytestmark = pytest.mark.requirement("A43")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GONE: dict[str, Any] = {}
NO_ENTRY = {"bounceType": "Permanent", "bounceSubType": "General", "diagnosticCode": "smtp; 550 5.7.1 denied by policy"}


def writes(scene: Scene, text: str) -> None:
    scene.owner.post(f"{scene.base}/messages", {"text": text})
    scene.world.settle()
    minute(scene.world)


def told(scene: Scene, text: str) -> int:
    return sum(text in item.text for item in scene.world.mails(INVITED))


def lines(scene: Scene) -> list[str]:
    """What the chat says of that side, in order."""
    items = scene.owner.get(f"{scene.base}/messages").json["items"]
    kinds = [item["event"]["type"] for item in items if item["kind"] == "event"]
    return [kind for kind in kinds if kind.startswith("relay.")]


def ses_says(scene: Scene, kind: str, **given: Any) -> None:
    """About the last mail that told of messages, with the tags that it went with."""
    sent = scene.world.last_mail(INVITED)
    said = word(kind, ses_id(scene.world, INVITED), INVITED, **given)
    reader = next(p["account_id"] for p in scene.owner.get(scene.base).json["participants"] if p["via"] == "mail")
    items = scene.owner.get(f"{scene.base}/messages").json["items"]
    seqs = "-".join(str(item["seq"]) for item in items if item["text"] and item["text"] in sent.text)
    said["mail"]["tags"] = {"chat": [scene.chat], "reader": [reader], "messages": [seqs]}
    with rights.acting_as("mail_feedback"):
        feedback.handle(sns(said))
    scene.world.settle()


@pytest.fixture
def at(scene: Scene, room: Mailroom) -> str:
    """Olaf's page, who takes part by mail and was told of one message."""
    joined_by_mail(scene, room)
    writes(scene, "Before it stopped")
    return scene.world.mails(INVITED)[-1].link("by-mail")


def presses(scene: Scene, at: str, what: str) -> int:
    answer = scene.world.request("POST", f"{at}/{what}", b"", FORM)
    scene.world.settle()
    return answer.status


@pytest.mark.parametrize(("kind", "given"), [("Bounce", GONE), ("Bounce", NO_ENTRY), ("Complaint", {})])
def test_nothing_more_goes_there_and_the_chat_and_its_reader_are_told_so(
    scene: Scene, at: str, kind: str, given: dict[str, Any]
) -> None:
    for _ in range(2):
        ses_says(scene, kind, **given)
    writes(scene, "After it stopped")
    assert told(scene, "After it stopped") == 0
    assert lines(scene) == ["relay.cut_off"]
    assert "Olaf Nord no longer gets this chat by e-mail" in scene.lines(scene.owner)
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.owner.token
    assert "Olaf no longer gets messages by e-mail." in visible(browser.open(scene.base).html)
    page = scene.world.request("GET", at).text
    assert "gets no more e-mails from this chat" in page
    assert f'action="{at}/mail"' in page


@pytest.mark.parametrize(("kind", "given"), [("Bounce", GONE), ("Complaint", {})])
def test_a_mailbox_that_takes_nothing_is_not_chosen_until_it_is_let_in_again(
    scene: Scene, at: str, kind: str, given: dict[str, Any]
) -> None:
    ses_says(scene, kind, **given)
    writes(scene, "Meanwhile")
    assert presses(scene, at, "mail") == 409
    assert lines(scene) == ["relay.cut_off"]
    scene.world.ports.accounts.unsuppress(INVITED, ())
    writes(scene, "Still stopped")
    assert told(scene, "Still stopped") == 0
    assert presses(scene, at, "mail") == 200
    assert lines(scene) == ["relay.cut_off", "relay.restored"]
    minute(scene.world)
    assert [told(scene, text) for text in ("Before it stopped", "Meanwhile", "Still stopped")] == [1, 1, 1]
    ses_says(scene, "Bounce", **NO_ENTRY)
    assert lines(scene) == ["relay.cut_off", "relay.restored", "relay.cut_off"]


def test_who_was_refused_once_comes_back_with_what_was_missed(scene: Scene, at: str) -> None:
    ses_says(scene, "Bounce", **NO_ENTRY)
    writes(scene, "Meanwhile")
    assert presses(scene, at, "mail") == 200
    minute(scene.world)
    assert told(scene, "Meanwhile") == 1
    assert lines(scene) == ["relay.cut_off", "relay.restored"]


def test_an_answer_from_there_shows_that_the_mailbox_lives(scene: Scene, room: Mailroom, at: str) -> None:
    ses_says(scene, "Bounce", **NO_ENTRY)
    writes(scene, "Meanwhile")
    to = room.address(scene.chat, scene.invitation)
    room.receives(mail("I am still here", INVITED, to), to)
    minute(scene.world)
    assert scene.lines(scene.owner)[-2:] == ["Olaf Nord gets this chat by e-mail again", "I am still here"]
    assert lines(scene) == ["relay.cut_off", "relay.restored"]
    assert told(scene, "Meanwhile") == 1


def test_a_bounce_after_they_went_elsewhere_says_nothing(scene: Scene, at: str) -> None:
    reader = next(p["account_id"] for p in scene.owner.get(scene.base).json["participants"] if p["via"] == "mail")
    said = word("Bounce", ses_id(scene.world, INVITED), INVITED)
    said["mail"]["tags"] = {"chat": [scene.chat], "reader": [reader], "messages": ["1"]}
    assert presses(scene, at, "browser") == 200
    with rights.acting_as("mail_feedback"):
        feedback.handle(sns(said))
    scene.world.settle()
    assert lines(scene) == []
