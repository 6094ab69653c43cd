"""What waits for somebody is counted and found wherever it is: who asks, what bounced, of the reader's own invitations."""

import re

import pytest

from tests.support.app import Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import PERMANENT, ses_says

WAITS = r'id="side-inbox".*?<span class="count">(\d+)'


def waiting(scene: Scene, person: Person, path: str = "/chats") -> int:
    """The number at the inbox in the sidebar."""
    shown = re.search(WAITS, browser_of(scene, person).open(path).html.partition('class="side-chats"')[0], re.DOTALL)
    return int(shown[1]) if shown else 0


def browser_of(scene: Scene, person: Person) -> Browser:
    browser = Browser(scene.world)
    browser.cookies["session"] = person.token
    return browser


def buried(scene: Scene) -> None:
    """Twenty-five chats of more recent activity lie over the scene's."""
    for number in range(25):
        scene.owner.invites(f"p{number}@nord.example")
    scene.world.settle()


def test_who_asks_and_what_bounced_is_counted_for_the_inviter_alone(scene: Scene) -> None:
    """S6: the number at the inbox was of mentions only."""
    scene.world.settle()
    assert [waiting(scene, person) for person in (scene.owner, scene.member, scene.guest)] == [1, 0, 0]
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    scene.world.settle()
    assert waiting(scene, scene.owner) == 2
    page = browser_of(scene, scene.owner).open(scene.base).html
    assert re.search(r'id="people-button".*?<span class="count" aria-hidden="true">2</span></a>', page, re.DOTALL)
    member = browser_of(scene, scene.member).open(scene.base).html
    assert not re.search(r'id="people-button"[^\n]*<span class="count"', member)


def test_what_was_answered_or_mended_counts_no_more(scene: Scene) -> None:
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    scene.world.settle()
    scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}", {"decision": "refuse"})
    scene.world.settle()
    assert waiting(scene, scene.owner) == 1
    scene.owner.patch(f"{scene.base}/invitations/{scene.invitation}", {"email": "right@nord.example"})
    scene.world.settle()
    assert waiting(scene, scene.owner) == 0


@pytest.mark.parametrize("filter_", ["", "&filter=invitations"])
def test_the_inbox_shows_what_waits_in_a_chat_that_is_long_forgotten(scene: Scene, filter_: str) -> None:
    """S4: of 41 chats it looked at 20 and said that nothing waits."""
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    buried(scene)
    assert waiting(scene, scene.owner) == 2
    text = visible(browser_of(scene, scene.owner).open(f"/chats?view=inbox{filter_}").html)
    assert "asks to join Harbour house" in text
    assert f"{INVITED} invited to Harbour house" in text
    assert "That’s everything." in text


def test_a_message_is_found_in_the_inbox_however_many_read_chats_lie_over_it(scene: Scene) -> None:
    scene.guest.post(f"{scene.base}/messages", {"text": "Did you see this?"})
    buried(scene)
    assert "Did you see this?" in visible(browser_of(scene, scene.owner).open("/chats?view=inbox").html)
