"""What goes along with a message by mail: files, small ones attached and larger ones behind a link that needs no session;
reactions to what its reader wrote, as a line."""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest

from chalicelib.gateways.mime import mime
from chalicelib.ports import MailAttachment, OutgoingMail
from tests.support import files
from tests.support.app import PUBLIC_URL, Mail
from tests.support.incoming_mails import Mailroom, mail
from tests.support.picture_samples import png
from tests.support.sample_chat import INVITED, Scene
from tests.usecases.test_chat_mails import joined_by_mail, minute

pytestmark = pytest.mark.requirement("A43")
MB = 1024 * 1024
THUMB = "%F0%9F%91%8D"


@pytest.fixture
def olaf(scene: Scene, room: Mailroom) -> str:
    """Takes part by mail; his account."""
    return joined_by_mail(scene, room)


def posts(scene: Scene, text: str, *file_ids: str) -> str:
    answer = scene.owner.post(f"{scene.base}/messages", {"text": text, "files": list(file_ids)})
    assert answer.status == 201, answer.text
    scene.world.settle()
    return str(answer.json["id"])


def told(scene: Scene) -> Mail:
    """The one mail that goes now."""
    before = len(scene.world.mails(INVITED))
    minute(scene.world)
    (sent,) = scene.world.mails(INVITED)[before:]
    return sent


def attached(sent: Mail) -> dict[str, bytes]:
    return {str(part.get_filename()): content_of(part) for part in sent.message.iter_attachments()}


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def links(sent: Mail) -> list[str]:
    return re.findall(rf"{re.escape(PUBLIC_URL)}(/by-mail/[\w-]+/files/\w+)", sent.text)


class TestFiles:
    def test_a_small_one_is_attached_with_its_name(self, scene: Scene, olaf: str) -> None:
        posts(scene, "The plan", files.sent(scene.owner, scene.chat, b"%PDF-1.7 plan", "Plän für Ünal.pdf"))
        sent = told(scene)
        assert attached(sent) == {"Plän für Ünal.pdf": b"%PDF-1.7 plan"}
        assert "Plän für Ünal.pdf (attached)" in sent.text
        assert "/files/" not in sent.text

    def test_larger_ones_are_links_that_need_no_session(self, scene: Scene, olaf: str) -> None:
        large = files.sent(scene.owner, scene.chat, b"%PDF-" + b"a" * (10 * MB + 1), "large.pdf")
        several = [files.sent(scene.owner, scene.chat, b"%PDF-" + b"a" * 4 * (MB - 5), f"{n}.pdf") for n in range(3)]
        posts(scene, "", large, *several)
        sent = told(scene)
        assert sorted(attached(sent)) == ["0.pdf", "1.pdf"]
        assert len(links(sent)) == 2
        before = scene.world.snapshot()
        answer = scene.world.request("GET", links(sent)[0])
        assert answer.status == 303
        assert f"/f/{large}/" in answer.headers["location"]
        assert scene.world.snapshot() == before

    def test_the_link_is_for_whoever_is_in_the_chat_and_its_files(
        self, scene: Scene, room: Mailroom, olaf: str
    ) -> None:
        large = files.sent(scene.owner, scene.chat, b"%PDF-" + b"a" * (10 * MB + 1), "large.pdf")
        message = posts(scene, "", large)
        at = links(told(scene))[0]
        elsewhere = scene.owner.invites("ida@fjord.example")["chat"]["id"]
        other = files.sent(scene.owner, elsewhere, b"%PDF-1.7", "other.pdf")
        scene.owner.post(f"/chats/{elsewhere}/messages", {"text": "", "files": [other]})
        unsent = files.sent(scene.owner, scene.chat, b"%PDF-1.7", "unsent.pdf")
        for file_id in (other, unsent, scene.file, "a" * 16):
            assert scene.world.request("GET", at.replace(large, file_id)).status == 404, file_id
        assert scene.world.request("GET", at.replace("/files/", "a/files/")).status == 404
        scene.owner.delete(f"{scene.base}/messages/{message}")
        assert scene.world.request("GET", at).status == 404

    def test_after_they_left_the_link_is_dead(self, scene: Scene, olaf: str) -> None:
        posts(scene, "", files.sent(scene.owner, scene.chat, b"%PDF-" + b"a" * (10 * MB + 1), "large.pdf"))
        at = links(told(scene))[0]
        assert scene.owner.delete(f"{scene.base}/participants/{olaf}").status < 300
        scene.world.settle()
        assert scene.world.request("GET", at).status == 404

    def test_one_that_is_still_looked_through_is_a_link_that_says_so(self, scene: Scene, olaf: str) -> None:
        declared = files.declared(scene.owner, scene.chat, "plan.pdf", 8, "application/pdf").json
        files.send(declared["upload"], b"%PDF-1.7")
        files.arrive(declared["file"]["id"])
        posts(scene, "", declared["file"]["id"])
        at = links(told(scene))[0]
        assert scene.world.request("GET", at).status == 409
        files.scan(declared["file"]["id"])
        assert scene.world.request("GET", at).status == 303

    def test_malware_is_named_alone(self, scene: Scene, olaf: str) -> None:
        declared = files.declared(scene.owner, scene.chat, "plan.pdf", len(files.EICAR), "text/plain").json
        files.send(declared["upload"], files.EICAR)
        files.arrive(declared["file"]["id"])
        posts(scene, "Look", declared["file"]["id"])
        files.scan(declared["file"]["id"])
        sent = told(scene)
        assert (attached(sent), links(sent)) == ({}, [])
        assert "plan.pdf (blocked)" in sent.text

    def test_a_correction_does_not_bring_the_bytes_again(self, scene: Scene, olaf: str) -> None:
        message = posts(scene, "The plan", files.sent(scene.owner, scene.chat, b"%PDF-1.7"))
        told(scene)
        scene.owner.patch(f"{scene.base}/messages/{message}", {"text": "The new plan"})
        scene.world.settle()
        sent = told(scene)
        assert "corrected:" in sent.text
        assert (attached(sent), len(links(sent))) == ({}, 1)

    def test_a_picture_goes_as_it_was_cleaned(self, scene: Scene, olaf: str) -> None:
        picture = png(40, 30)
        posts(scene, "Look", files.sent(scene.owner, scene.chat, picture, "site.png", "image/png"))
        sent = told(scene)
        (part,) = sent.message.iter_attachments()
        assert (part.get_content_type(), part.get_filename()) == ("image/png", "site.png")
        assert content_of(part).startswith(b"\x89PNG")


class TestReactions:
    def says(self, scene: Scene, room: Mailroom, text: str = "Nine works for me.") -> str:
        to = room.address(scene.chat, scene.invitation)
        room.receives(mail(text, INVITED, to), to)
        return str(scene.owner.get(f"{scene.base}/messages").json["items"][-1]["id"])

    def test_to_ones_own_message_are_a_line_once(self, scene: Scene, room: Mailroom, olaf: str) -> None:
        message = self.says(scene, room)
        scene.owner.put(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        scene.world.settle()
        sent = told(scene)
        assert "Mara Lindqvist reacted 👍 to “Nine works for me.”" in " ".join(sent.text.split())
        assert "reacted" in sent.html
        scene.guest.put(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        posts(scene, "And a word")
        text = " ".join(told(scene).text.split())
        assert "Dana Smith reacted 👍" in text
        assert "Mara Lindqvist reacted" not in text
        assert "And a word" in text
        scene.owner.delete(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        scene.world.settle()
        assert minute(scene.world, 5)["mails"] <= 1
        assert "taken back" not in scene.world.mails(INVITED)[-1].text

    def test_to_what_others_wrote_are_nobodys_mail(self, scene: Scene, room: Mailroom, olaf: str) -> None:
        message = posts(scene, "For all")
        told(scene)
        before = len(scene.world.mails(INVITED))
        scene.guest.put(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        scene.world.settle()
        minute(scene.world, 5)
        assert len(scene.world.mails(INVITED)) == before

    def test_taken_back_before_the_mail_went_is_never_told(self, scene: Scene, room: Mailroom, olaf: str) -> None:
        message = self.says(scene, room)
        before = len(scene.world.mails(INVITED))
        scene.owner.put(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        scene.owner.delete(f"{scene.base}/messages/{message}/reactions/{THUMB}")
        scene.world.settle()
        minute(scene.world, 5)
        assert len(scene.world.mails(INVITED)) == before


@pytest.mark.parametrize(
    "name", ["plan.pdf", "Plän für Ünal.pdf", "計画" * 60 + ".pdf", 'a";b\\c.pdf', "\U0001f600.pdf"]
)
def test_the_name_of_an_attachment_survives_as_ascii_alone(name: str) -> None:
    plain = OutgoingMail(to="a@b.example", from_name="Webtop", subject="s", text="t\n", html="<p>t</p>")
    whole = OutgoingMail(
        **{field: getattr(plain, field) for field in ("to", "from_name", "subject", "text", "html")},
        attachments=(MailAttachment(name, "application/pdf", b"%PDF"),),
    )
    raw = mime(whole, "x@chat.example")
    assert raw.isascii()
    (part,) = message_from_bytes(raw, policy=default).iter_attachments()
    assert (part.get_filename(), content_of(part)) == (name, b"%PDF")
