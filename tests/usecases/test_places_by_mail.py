"""From mail to the browser and back, for one person: nothing is lost, and nothing told twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.providers import Option
from tests.support.effort import giant
from tests.support.incoming_mails import Mailroom, mail
from tests.support.sample_chat import INVITED, Scene, played
from tests.usecases.test_chat_mails import joined_by_mail, minute

pytestmark = pytest.mark.requirement("A43")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def writes(scene: Scene, text: str) -> None:
    assert scene.owner.post(f"{scene.base}/messages", {"text": text}).status == 201
    scene.world.settle()


def mailed(scene: Scene, to: str = INVITED) -> str:
    return "\n".join(item.text for item in scene.world.mails(to))


def link(scene: Scene, room: Mailroom) -> str:
    """Olaf's link, who takes part by mail and was told of one message."""
    joined_by_mail(scene, room)
    writes(scene, "First")
    minute(scene.world)
    return scene.world.mails(INVITED)[-1].link("by-mail")


def presses(scene: Scene, at: str, what: str) -> str:
    answer = scene.world.request("POST", f"{at}/{what}", b"", FORM)
    assert answer.status == 200, answer.text
    scene.world.settle()
    return answer.text


def via(scene: Scene, name: str) -> str:
    people = {person["name"]: person["via"] for person in scene.owner.get(scene.base).json["participants"]}
    return str(people[name])


class TestByTheLink:
    def test_to_the_browser_and_back_each_message_is_told_once(self, scene: Scene, room: Mailroom) -> None:
        at = link(scene, room)
        writes(scene, "Second, before the mail went")
        presses(scene, at, "browser")
        assert via(scene, "Olaf Nord") == "webtop"
        writes(scene, "Third, in the browser")
        minute(scene.world, 5)
        assert "Second" not in mailed(scene)
        page = presses(scene, at, "mail")
        assert "by e-mail" in page
        assert via(scene, "Olaf Nord") == "mail"
        writes(scene, "Fourth")
        minute(scene.world, 5)
        minute(scene.world, 5)
        counts = [mailed(scene).count(text) for text in ("First", "Second", "Third", "Fourth")]
        assert counts == [1, 1, 1, 1]
        to = room.address(scene.chat, scene.invitation)
        room.receives(mail("And I answer", INVITED, to), to)
        assert scene.lines(scene.owner)[-1] == "And I answer"

    def test_what_was_stopped_begins_again(self, scene: Scene, room: Mailroom) -> None:
        at = link(scene, room)
        assert "no more e-mails" in presses(scene, at, "stop")
        writes(scene, "Unheard")
        minute(scene.world, 5)
        assert "Unheard" not in mailed(scene)
        assert f'action="{at}/mail"' in scene.world.request("GET", at).text
        presses(scene, at, "mail")
        minute(scene.world, 5)
        assert mailed(scene).count("Unheard") == 1

    def test_again_is_the_same_and_after_leaving_it_leads_nowhere(self, scene: Scene, room: Mailroom) -> None:
        at = link(scene, room)
        for what in ("mail", "mail", "browser", "browser", "mail"):
            presses(scene, at, what)
        minute(scene.world, 5)
        assert mailed(scene).count("First") == 1
        presses(scene, at, "leave")
        assert "any more" in presses(scene, at, "mail")
        people = {person["name"] for person in scene.owner.get(scene.base).json["participants"]}
        assert "Olaf Nord" not in people

    def test_an_address_that_bounces_is_not_chosen(self, scene: Scene, room: Mailroom) -> None:
        at = link(scene, room)
        presses(scene, at, "browser")
        scene.world.ports.accounts.suppress(INVITED, "bounced")
        assert scene.world.request("POST", f"{at}/mail", b"", FORM).status == 409
        assert via(scene, "Olaf Nord") == "webtop"


@giant(20)
@given(st.lists(st.sampled_from(["writes", "mail", "browser", "stop", "minute", "answers"]), min_size=1, max_size=10))
def test_in_any_order_each_message_is_told_once_in_the_end(steps: list[str]) -> None:
    with played() as scene:
        room = Mailroom(scene.world)
        scene.world.use(configured=frozenset(Option))
        at, texts = link(scene, room), list[str]()
        to = room.address(scene.chat, scene.invitation)
        for number, step in enumerate(steps):
            if step == "writes":
                texts.append(f"thought{number:02}")
                writes(scene, texts[-1])
            elif step == "answers":
                room.receives(mail(f"answer {number}", INVITED, to), to)
            elif step == "minute":
                minute(scene.world)
            else:
                presses(scene, at, step)
        presses(scene, at, "mail")
        minute(scene.world, 15)
        counts = [mailed(scene).count(text) for text in texts]
        read = [step for step in steps if step == "answers"]
        assert max(counts, default=0) <= 1
        assert read or min(counts, default=1) == 1
