"""What the cutter left away: kept as text behind the message, for whoever may read it, and no longer than what stands in it."""

import pytest

from chalicelib.domain.whole_mails import KEPT, LONGEST, WholeMail, kept_text
from chalicelib.events import schedule
from chalicelib.storage import rate_limits
from chalicelib.storage.items import CounterItem
from chalicelib.usecases import whole_mails
from tests.support import rights
from tests.support.app import PASSWORD, Answer, Person
from tests.support.form_browser import Browser, Page
from tests.support.incoming_mails import Mailroom, mail
from tests.support.sample_chat import GUEST, INVITED, Scene

pytestmark = pytest.mark.requirement("A43")
QUOTE = "On Mon, 23 Nov 2026 at 10:00, Webtop <ida@fjord.example> wrote:\n> Welcome, every\n> body.\n"


@pytest.fixture
def to(scene: Scene, room: Mailroom) -> str:
    return room.address(scene.chat, scene.joined)


def answers(
    scene: Scene, room: Mailroom, to: str, text: str = f"See you at nine.\n\n{QUOTE}", dmarc: str = "PASS"
) -> str:
    """Dana answers; the id of what it became."""
    room.receives(mail(text, GUEST, to), to, dmarc=dmarc)
    item = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
    return str(item["id"])


def whole(scene: Scene, reader: Person, message: str) -> Answer:
    answer: Answer = reader.get(f"{scene.base}/messages/{message}/mail")
    return answer


def page_of(scene: Scene, reader: Person, at: str) -> Page:
    browser = Browser(scene.world)
    browser.signs_in(reader.email, PASSWORD)
    return browser.open(at)


def stored(scene: Scene) -> list[WholeMail]:
    """Besides the one that the chat has from the beginning."""
    return [item for item in scene.world.ports.whole_mails.of_chat(scene.chat) if item.id != "m" * 32]


class TestShown:
    def test_what_was_cut_is_behind_the_message(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to)
        item = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert (item["text"], item["has_mail"]) == ("See you at nine.", True)
        answer = whole(scene, scene.owner, message)
        assert answer.json["is_cut"] is False
        assert answer.json["text"].startswith("See you at nine.\n\nOn Mon")
        assert "> Welcome, every" in answer.json["text"]

    def test_a_mail_of_which_nothing_was_cut_is_kept_once_as_the_message(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        message = answers(scene, room, to, "Just  this,\n\n\nand that.")
        assert "has_mail" not in scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert whole(scene, scene.owner, message).status == 404
        assert stored(scene) == []

    def test_the_page_shows_it_as_text_and_the_message_leads_there(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to, f"Hello\n\n{QUOTE}> <b onclick=x>bold</b>\n")
        at = f"/chats/{scene.chat}/messages/{message}/mail"
        assert f'href="{at}"' in page_of(scene, scene.owner, scene.base).html
        page = page_of(scene, scene.owner, at)
        assert page.status == 200
        assert "&lt;b onclick=x&gt;bold&lt;/b&gt;" in page.html

    def test_with_files_and_in_several_pieces_each_leads_to_it(self, scene: Scene, room: Mailroom, to: str) -> None:
        raw = (
            f"From: {GUEST}\r\nTo: {to}\r\nMessage-ID: <w@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            f"--b\r\n\r\nThe plan.\n\n{QUOTE}\r\n--b\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\nhi\r\n--b--\r\n"
        )
        room.receives(raw.encode(), to)
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert [file["name"] for file in last["files"]] == ["plan.pdf"]
        assert "Welcome" in whole(scene, scene.owner, last["id"]).json["text"]
        answers(scene, room, to, " ".join(f"word{number}" for number in range(900)) + f"\n\n{QUOTE}")
        items = scene.owner.get(f"{scene.base}/messages").json["items"][-2:]
        assert [item["has_mail"] for item in items] == [True, True]

    def test_an_answer_that_waited_for_its_mailbox_has_it_too(self, scene: Scene, room: Mailroom, to: str) -> None:
        answers(scene, room, to, dmarc="GRAY")
        at = scene.world.mails(GUEST)[-1].link("mail-answers")
        scene.world.request("POST", at, b"", {"Content-Type": "application/x-www-form-urlencoded"})
        room.works()
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert "Welcome" in whole(scene, scene.owner, last["id"]).json["text"]


class TestToWhom:
    def test_links_of_ours_that_it_quotes_are_nobodys(self, scene: Scene, room: Mailroom, to: str) -> None:
        quoted = scene.world.last_mail(INVITED).text
        link = scene.world.last_mail(INVITED).link("join").rpartition("/")[2]
        message = answers(scene, room, to, f"Ok\n\nOn Mon, 23 Nov 2026 at 10:00, <{to}> wrote:\n> {quoted}\n> {link}")
        text = whole(scene, scene.owner, message).json["text"]
        assert link not in text
        assert to.partition("@")[0].removeprefix("r-") not in text
        assert link not in str(stored(scene))

    def test_others_from_outside_learn_no_address_by_it(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to)
        assert "ida@fjord.example" in whole(scene, scene.owner, message).json["text"]
        theirs = whole(scene, scene.guest, message).json["text"]
        assert "ida@fjord.example" not in theirs
        assert "i•••@f•••.example" in theirs

    def test_whose_history_begins_later_sees_the_message_and_not_what_it_quotes(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        before = answers(scene, room, to)
        late = scene.world.joins(INVITED, "Olaf")
        assert whole(scene, late, before).status == 404
        message = answers(scene, room, to, f"And again\n\n{QUOTE}")
        assert late.get(f"{scene.base}/messages").json["items"][-1]["text"] == "And again"
        assert whole(scene, late, message).code == "mail_from_before"
        page = page_of(scene, late, f"{scene.base}/messages/{message}/mail")
        assert (page.status, "before you joined" in page.html, "Welcome" in page.html) == (403, True, False)

    def test_nobody_else_and_nothing_else(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to)
        assert whole(scene, scene.stranger, message).status == 404
        assert whole(scene, scene.owner, str(scene.post["id"])).status == 404
        assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status < 300
        assert whole(scene, scene.guest, message).status == 404
        assert whole(scene, scene.owner, message).status == 200


class TestForgotten:
    @pytest.mark.parametrize("change", ["edit", "delete"])
    def test_with_the_message_and_with_an_edit_of_it(self, scene: Scene, room: Mailroom, to: str, change: str) -> None:
        message = answers(scene, room, to)
        path = f"{scene.base}/messages/{message}"
        if change == "edit":
            assert scene.guest.patch(path, {"text": "See you at ten."}).status == 200
        else:
            assert scene.guest.delete(path).status == 204
        assert whole(scene, scene.owner, message).status == 404
        scene.world.settle()
        assert stored(scene) == []

    @pytest.mark.parametrize("change", ["edit", "delete"])
    def test_with_what_it_quotes(self, scene: Scene, room: Mailroom, to: str, change: str) -> None:
        message = answers(scene, room, to)
        other = scene.owner.post(f"{scene.base}/messages", {"text": "Something else"}).json["id"]
        scene.owner.delete(f"{scene.base}/messages/{other}")
        scene.world.settle()
        assert whole(scene, scene.owner, message).status == 200
        path = f"{scene.base}/messages/{scene.post['id']}"
        if change == "edit":
            scene.owner.patch(path, {"text": "Welcome, all."})
        else:
            scene.owner.delete(path)
        scene.world.settle()
        assert whole(scene, scene.owner, message).code == "mail_not_kept"
        assert stored(scene) == []

    @pytest.mark.parametrize("who", ["author", "named", "other"])
    def test_with_the_account_of_whoever_wrote_it_or_stands_in_it(
        self, scene: Scene, room: Mailroom, to: str, who: str
    ) -> None:
        answers(
            scene,
            room,
            to,
            f"See you.\n\n-- \nDana\n{QUOTE.replace('Webtop', 'Tom Berg') if who == 'named' else QUOTE}",
        )
        person = {"author": scene.guest, "named": scene.member, "other": scene.member}[who]
        assert person.delete("/me", {"messages": "keep", "password": PASSWORD}).status == 202
        scene.world.settle()
        scene.world.pass_time(days=7)
        with rights.acting_as("hourly"):
            assert schedule.hourly()["left"] == 0
        assert len(stored(scene)) == (1 if who == "other" else 0)

    def test_a_mail_that_comes_again_afterwards_is_not_kept_again(self, scene: Scene, room: Mailroom, to: str) -> None:
        raw = mail(f"See you at nine.\n\n{QUOTE}", GUEST, to)
        room.receives(raw, to)
        message = scene.owner.get(f"{scene.base}/messages").json["items"][-1]["id"]
        assert len(stored(scene)) == 1
        scene.guest.delete(f"{scene.base}/messages/{message}")
        scene.world.settle()
        scene.world.pass_time(days=3)
        room.receives(raw, to)
        assert stored(scene) == []

    def test_a_chat_keeps_only_so_many(self, scene: Scene, room: Mailroom, to: str) -> None:
        most = whole_mails.limit(scene.chat)
        rate_limits._counter(most, scene.world.now()).update([CounterItem.tries.set(most.most - 1)])
        first, second = (answers(scene, room, to, f"Number {number}\n\n{QUOTE}") for number in range(2))
        assert whole(scene, scene.owner, first).status == 200
        assert whole(scene, scene.owner, second).status == 404
        assert scene.lines(scene.owner)[-1] == "Number 1"

    def test_after_its_time(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to)
        scene.world.pass_time(days=KEPT.days)
        owner = scene.world.signs_in(scene.owner.email)
        assert whole(scene, owner, message).code == "mail_not_kept"

    def test_what_is_beyond_its_length_is_said(self, scene: Scene, room: Mailroom, to: str) -> None:
        message = answers(scene, room, to, f"Ok\n\n{QUOTE}" + "> many words\n" * 4000)
        answer = whole(scene, scene.owner, message)
        assert (len(answer.json["text"]), answer.json["is_cut"]) == (LONGEST, True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-" * 40 + "\nDonaudampfschifffahrtsgesellschaftskapitän", None),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", None),
        ("see https://chat.example/join/" + "aB3_-" * 14, "see https://chat.example/join/…"),
        ("r-" + "abc234" * 10 + "@r.chat.example", "…@r.chat.example"),
        ("a\u202eb", "ab"),
    ],
)
def test_secrets_of_links_go_and_long_words_stay(text: str, wanted: str | None) -> None:
    assert kept_text(text, "") == (text if wanted is None else wanted)
