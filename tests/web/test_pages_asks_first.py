"""What can't be undone asks first, in words that name what follows, without a script; and a link says that one left."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, STRANGER, Scene
from tests.support.scripted_providers import with_providers
from tests.support.steps import code_in_mail


@dataclass
class Question:
    """A popover: what it says, the forms in it, and the buttons on the page that open and close it."""

    words: str = ""
    actions: list[str] = field(default_factory=list)
    opens: int = 0
    closes: int = 0


class _Questions(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.questions: dict[str, Question] = {}
        self.loose: list[str] = []
        self._inside = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "div":
            if self._inside:
                self._depth += 1
            elif "popover" in given:
                self._inside, self._depth = given["id"], 1
                self.questions.setdefault(given["id"], Question())
        if tag == "form" and self._inside:
            self.questions[self._inside].actions.append(given["action"])
        elif tag == "form":
            self.loose.append(given.get("action", ""))
        if tag == "button" and given.get("popovertarget", "").startswith("ask-"):
            assert given["type"] == "button", "one that opens a question sends nothing"
            question = self.questions.setdefault(given["popovertarget"], Question())
            if given.get("popovertargetaction") == "hide":
                question.closes += 1
            else:
                question.opens += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._inside:
            self._depth -= 1
            self._inside = self._inside if self._depth else ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.questions[self._inside].words += data


def asked(html: str, action: str) -> str:
    """What the page asks before the form with this action can be sent."""
    reader = _Questions()
    reader.feed(html)
    assert not [item for item in reader.loose if item.endswith(action)], "sent at one tap"
    (question,) = [item for item in reader.questions.values() if any(at.endswith(action) for at in item.actions)]
    assert (question.opens, question.closes) == (1, 1)
    return " ".join(question.words.split())


@pytest.fixture
def mara(shared_scene: Scene) -> Browser:
    return browser_of(shared_scene, shared_scene.owner)


def browser_of(scene: Scene, person: Person) -> Browser:
    browser = Browser(scene.world)
    browser.cookies["session"] = person.token
    return browser


class TestTheQuestion:
    def test_before_leaving(self, shared_scene: Scene, mara: Browser) -> None:
        chat = f"/chats/{shared_scene.chat}"
        member = asked(mara.open(chat).html, f"{shared_scene.owner.id}/remove")
        assert "Leave “Harbour house”?" in member
        guest = asked(browser_of(shared_scene, shared_scene.guest).open(chat).html, f"{shared_scene.guest.id}/remove")
        assert "You need a new invitation to come back." in guest

    def test_before_somebody_is_removed_or_an_invitation_taken_back(self, shared_scene: Scene, mara: Browser) -> None:
        html = mara.open(f"/chats/{shared_scene.chat}?people=1").html
        assert "Remove Dana Smith from the chat?" in asked(html, f"{shared_scene.guest.id}/remove")
        revoke = asked(html, f"{shared_scene.invitation}/revoke")
        assert f"Revoke the invitation for {INVITED}?" in revoke
        assert "Its link stops working at once." in revoke

    def test_before_a_member_is_removed(self, shared_scene: Scene, mara: Browser) -> None:
        words = asked(mara.open("/settings").html, f"{shared_scene.member.id}/remove")
        assert "Remove Tom Berg from Brightwater Studio?" in words
        assert "all its chats" in words

    def test_before_a_way_to_sign_in_is_unlinked(self, scene: Scene) -> None:
        providers = with_providers(scene)
        browser = providers.browser()
        browser.browser.cookies["session"] = scene.guest.token
        for provider in ("slack", "microsoft"):
            browser.returns(provider, browser.starts(provider, query="link=1"))
        html = browser.browser.open("/settings").html
        reader = _Questions()
        reader.feed(html)
        words = [" ".join(question.words.split()) for question in reader.questions.values() if question.actions]
        assert sorted(word.partition("?")[0] for word in words) == ["Unlink Microsoft, Nord", "Unlink Slack, Nord"]
        assert "/settings/identities/remove" not in reader.loose

    def test_before_everybody_is_blocked_or_the_address_erased(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        page = browser.send(browser.open("/invitations").form("/invitations"), email=INVITED)
        scene.world.settle()
        page = browser.send(page.form("/invitations/code"), code=code_in_mail(scene.world, INVITED))
        assert "can’t be undone" in asked(page.html, "/invitations/erase")
        reader = _Questions()
        reader.feed(page.html)
        (block,) = [question for question in reader.questions.values() if "/invitations/mail" in question.actions]
        assert "Block everyone?" in block.words
        stopped = browser.send(next(form for form in page.forms() if ("do", "stop") in form.fields))
        assert "No one can send invitation e-mails" in visible(stopped.html)


class TestTheLinkOfWhoIsNotInTheChatAnyMore:
    def test_says_that_one_left_and_how_to_come_back(self, scene: Scene) -> None:
        person, link = self.joined(scene)
        browser = browser_of(scene, person)
        browser.send(browser.open(f"/chats/{scene.chat}").form(f"{person.id}/remove"))
        text = self.says(browser, link)
        assert "You left this chat" in text
        assert "Ask Mara to invite you again" in text
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": INVITED}]})
        scene.world.settle()
        again = browser.open(f"/join/{scene.world.invited(INVITED)}")
        assert browser.send(again.form(again.path)).status == 200

    def test_says_that_one_was_removed(self, scene: Scene) -> None:
        person, link = self.joined(scene)
        assert scene.owner.delete(f"{scene.base}/participants/{person.id}").status == 204
        text = self.says(browser_of(scene, person), link)
        assert "You were removed from this chat" in text
        assert "Write to Mara" in text

    @pytest.mark.parametrize("who", ["signed out", "another account"])
    def test_tells_others_no_more_than_that_it_was_used(self, scene: Scene, who: str) -> None:
        person, link = self.joined(scene)
        scene.owner.delete(f"{scene.base}/participants/{person.id}")
        browser = Browser(scene.world)
        if who == "another account":
            browser.signs_in(STRANGER, PASSWORD)
        text = self.says(browser, link)
        assert "Invitation already used" in text
        assert "removed" not in text
        assert "ask Mara to invite you again" in text

    def joined(self, scene: Scene) -> tuple[Person, str]:
        return scene.world.joins(INVITED, "Olaf Berg"), scene.link

    def says(self, browser: Browser, link: str) -> str:
        page = browser.open(f"/join/{link}")
        assert page.status == 410
        assert "You are in the chat" not in page.html
        assert "Open the chat" not in page.html
        return visible(page.html)


def test_a_message_is_deleted_only_after_a_question(scene: Scene) -> None:
    """Without a script one tap deleted it for everyone."""
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.guest.token
    said = scene.guest.post(f"{scene.base}/messages", {"text": "The door code is 4711"}).json
    page = browser.send(browser.open(scene.base).form(f"/messages/{said['id']}/delete"))
    assert (page.path, page.fragment) == (f"{scene.base}?delete={said['id']}", f"m-{said['seq']}")
    assert "Delete this message for everyone?" in visible(page.html)
    assert scene.guest.get(f"{scene.base}/messages").json["items"][-1]["text"] == "The door code is 4711"
    sure = next(form for form in page.forms() if ("sure", "1") in form.fields)
    assert "Message deleted" in visible(browser.send(sure).html)
    other = Browser(scene.world)
    other.cookies["session"] = scene.owner.token
    assert "for everyone?" not in visible(other.open(f"{scene.base}?delete={said['id']}").html)
