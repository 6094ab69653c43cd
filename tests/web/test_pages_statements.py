"""What pages and mails say is so: each sentence against the state that it speaks of."""

import re

import pytest

from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import INVITED, MEMBER, OWNER, STRANGER, Scene
from tests.support.steps import away, hour, renamed_policy


@pytest.fixture
def mara(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def _made(owner: Person, *histories: str) -> str:
    invitees = [{"email": f"new{at}@fjord.example", "history": each} for at, each in enumerate(histories)]
    answer = owner.post("/chats", {"workspace_id": owner.workspace(), "invitees": invitees})
    assert answer.status == 201, answer.text
    return str(answer.json["chat"]["id"])


@pytest.mark.parametrize(
    ("histories", "said"),
    [
        (("from_join", "from_join"), "People see messages from when they join."),
        (("all", "all"), "People see everything when they join."),
        (("all", "from_join"), "What people see depends on what you chose for each of them."),
        (("from_join",), "The invited person will see messages from when they join."),
        (("last:10",), "The invited person sees the last 10 messages."),
    ],
)
def test_what_the_invited_will_see_is_what_was_chosen(
    scene: Scene, mara: Browser, histories: tuple[str, ...], said: str
) -> None:
    text = visible(mara.open(f"/chats/{_made(scene.owner, *histories)}").html)
    assert said in text
    assert len(histories) == 1 or "2 people are invited, none of them has joined yet" in text


def test_who_declined_is_sent_to_the_inviter_for_that_is_the_only_way_back(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=decline")
    browser.send(page.form("/decline"))
    scene.world.settle()
    assert "only a new invitation from you lets them in" in scene.world.last_mail(OWNER).text
    again = browser.open(f"/join/{scene.link}")
    assert "I already joined" not in again.html
    assert "#i-clock" not in again.html.partition('class="pair"')[2].partition("</div>")[0]
    answer = scene.stranger.post(f"/join/{scene.link}")
    assert (answer.status, "write to the inviter" in answer.json["detail"]) == (410, True)


def test_an_ended_invitation_was_delivered_only_if_it_was(scene: Scene, mara: Browser) -> None:
    away(scene, days=15)
    hour(scene.world)
    ended = mara_again(scene).open(f"{scene.base}?people=1").html.partition('id="p-ended"')[2]
    assert re.findall(r'<i class="(\w+)">', ended)[:3] == ["done", "wait", "end"]


def mara_again(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def test_times_of_lists_and_of_the_ended_page_become_the_readers_own(scene: Scene, mara: Browser) -> None:
    for path in ("/chats", "/chats?view=inbox", "/search?q=welcome"):
        html = mara.open(path).html
        assert re.findall(r'<time class="when"[^>]*>', html)
        assert all('data-form="when"' in tag for tag in re.findall(r'<time class="when"[^>]*>', html))
    away(scene, days=15)
    assert "join.js" in Browser(scene.world).open(f"/join/{scene.link}").html


def test_a_mismatched_invitation_is_open_until_one_joins_or_declines(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    text = visible(browser.open(f"/join/{scene.link}").html)
    assert "unless you join or decline" in text


@pytest.mark.requirement("A09")
def test_whoever_was_let_in_joins_with_their_own_address_and_reads_it(scene: Scene) -> None:
    renamed_policy(scene, "ask")
    path = f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}"
    assert scene.owner.post(path, {"decision": "allow"}).status in (200, 204)
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    text = visible(browser.open(f"/join/{scene.link}").html)
    assert f"{STRANGER} invited as {INVITED}" in text
    assert "as invited" not in text


class TestCommunicateOff:
    @pytest.fixture(autouse=True)
    def off(self, scene: Scene) -> None:
        assert scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": False}).status == 200

    def test_an_owner_is_led_to_the_settings(self, scene: Scene, mara: Browser) -> None:
        page = mara.open("/chats/new")
        assert f'href="/settings?workspace={scene.workspace}"' in page.html
        assert "Ask an owner" not in visible(page.html)
        assert re.search(r'id="create" disabled', page.html)
        answer = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "new@fjord.example"}]})
        assert (answer.status, "in the settings" in answer.json["detail"]) == (403, True)

    def test_a_member_is_told_whom_to_ask(self, scene: Scene) -> None:
        browser = Browser(scene.world)
        browser.signs_in(scene.member.email, PASSWORD)
        assert "Ask an owner or admin to switch it on." in visible(browser.open("/chats/new").html)
        answer = scene.member.post(f"{scene.base}/invitations", {"invitees": [{"email": "new@fjord.example"}]})
        assert (answer.status, "Ask an owner" in answer.json["detail"]) == (403, True)


def test_the_inbox_says_how_far_it_looked(scene: Scene, mara: Browser) -> None:
    assert "That’s everything. " in visible(mara.open("/chats?view=inbox").html)
    for _ in range(21):
        made = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": MEMBER}]})
        scene.member.post(f"/chats/{made.json['chat']['id']}/messages", {"text": "Good morning"})
    scene.world.settle()
    assert "Older ones appear once you’ve read them." in visible(mara.open("/chats?view=inbox").html)


@pytest.mark.requirement("A09")
def test_whoever_was_let_in_is_told_by_mail_and_joins_by_its_link(scene: Scene) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}"
    before = len(scene.world.mails(STRANGER))
    scene.owner.post(path, {"decision": "allow"})
    scene.owner.post(path, {"decision": "allow"})
    scene.world.settle()
    assert len(scene.world.mails(STRANGER)) == before + 1
    mail = scene.world.last_mail(STRANGER)
    assert mail.subject == "Mara Lindqvist let you in"
    assert mail.link("join") != f"/join/{scene.link}", "the mailed link would prove the invited mailbox"
    browser = Browser(scene.world)
    assert "mail you a code" not in browser.open(mail.link("join")).html
    browser.signs_in(STRANGER, PASSWORD)
    page = browser.open(mail.link("join"))
    assert browser.send(page.form(mail.link("join"))).path.startswith(scene.base)


def test_whoever_was_refused_gets_no_mail(scene: Scene) -> None:
    before = len(scene.world.mails(STRANGER))
    scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/asks/{scene.ask}", {"decision": "refuse"})
    scene.world.settle()
    assert len(scene.world.mails(STRANGER)) == before
