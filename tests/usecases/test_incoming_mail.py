"""Mail that comes in: whose word it is, what is dropped, and that one mail is one message."""

import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest

from chalicelib.domain import links
from chalicelib.domain.incoming_mail import IncomingMail, automatic
from chalicelib.usecases import invitation_links
from tests.support.incoming_mails import DOMAIN, Mailroom, mail
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene

pytestmark = pytest.mark.requirement("A43")


@pytest.fixture
def room(scene: Scene) -> Mailroom:
    return Mailroom(scene.world)


@pytest.fixture
def to(scene: Scene, room: Mailroom) -> str:
    """Where Dana, who is in the chat, answers."""
    return room.address(scene.chat, scene.joined)


class TestAnswers:
    def test_a_participants_answer_is_their_message_once(self, scene: Scene, room: Mailroom, to: str) -> None:
        before = len(scene.lines(scene.owner))
        raw = mail(
            "See you at nine.\n\nOn Mon, 23 Nov 2026 at 10:00, Mara <m@b.example> wrote:\n> Welcome.\n", GUEST, to
        )
        room.receives(raw, to)
        room.receives(raw, to)
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert len(scene.lines(scene.owner)) == before + 1
        assert (last["text"], last["author"]["name"]) == ("See you at nine.", "Dana Smith")

    def test_the_case_of_the_address_and_its_own_spelling_do_not_matter(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        room.receives(mail("Loud and clear", GUEST.upper(), to), to.upper())
        assert scene.lines(scene.owner)[-1] == "Loud and clear"

    def test_a_resend_keeps_the_address_and_it_fits_into_a_local_part(self, scene: Scene, room: Mailroom) -> None:
        before = room.address(scene.chat, scene.invitation)
        scene.world.pass_time(minutes=11)
        assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status < 300
        local, _, domain = room.address(scene.chat, scene.invitation).partition("@")
        assert (f"{local}@{domain}", domain) == (before, DOMAIN)
        assert len(local) <= 64
        assert local == local.lower()
        assert len(local.removeprefix("r-")) <= 62

    def test_an_address_that_was_fixed_has_another_and_the_old_one_is_dead(self, scene: Scene, room: Mailroom) -> None:
        before = room.address(scene.chat, scene.invitation)
        path = f"{scene.base}/invitations/{scene.invitation}"
        assert scene.owner.patch(path, {"email": "ole@nord.example"}).status == 200
        assert room.address(scene.chat, scene.invitation) != before

    def test_a_long_answer_becomes_several_messages_and_nothing_is_cut(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        words = " ".join(f"word{number}" for number in range(1200))
        before = len(scene.lines(scene.owner))
        room.receives(mail(words, GUEST, to), to)
        pieces = scene.lines(scene.owner)[before:]
        assert len(pieces) == 3
        assert all(len(piece) <= 4000 for piece in pieces)
        assert " ".join(pieces).split() == words.split()

    def test_that_a_mail_goes_on_beyond_what_is_read_is_said(self, scene: Scene, room: Mailroom, to: str) -> None:
        room.receives(mail("many words\n" * 7_000, GUEST, to), to)
        assert "The e-mail goes on." in scene.lines(scene.owner)[-1]

    def test_a_long_quote_below_a_short_answer_is_not_worth_a_word(self, scene: Scene, room: Mailroom, to: str) -> None:
        quote = "> many words\n" * 7_000
        room.receives(mail(f"Short.\n\nOn Mon, 23 Nov 2026 at 10:00, <a@b.example> wrote:\n{quote}", GUEST, to), to)
        assert scene.lines(scene.owner)[-1] == "Short."

    def test_who_is_out_writes_nothing_though_the_address_is_known(self, scene: Scene, room: Mailroom, to: str) -> None:
        assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status < 300
        scene.world.settle()
        before = scene.lines(scene.owner)
        room.receives(mail("Still here?", GUEST, to), to)
        assert scene.lines(scene.owner) == before

    def test_two_tokens_in_one_mail_are_two_answers(self, scene: Scene, room: Mailroom, to: str) -> None:
        second = scene.owner.invites(GUEST)["chat"]["id"]
        token = scene.world.invited(GUEST)
        assert scene.guest.post(f"/join/{token}").status == 200
        scene.world.settle()
        invitation = scene.owner.get(f"/chats/{second}/invitations").json["items"][0]["id"]
        room.receives(mail("To both", GUEST, to), [to, room.address(second, invitation), to])
        for chat in (scene.chat, second):
            texts = [item["text"] for item in scene.owner.get(f"/chats/{chat}/messages").json["items"]]
            assert texts.count("To both") == 1

    def test_files_come_along_once_and_what_is_not_taken_is_named(self, scene: Scene, room: Mailroom, to: str) -> None:
        parts = [
            ("text/plain", "", b"The plan."),
            ("application/pdf; name=plan.pdf", "", b"hi"),
            ("application/pdf; name=a/b.pdf", "", b"hi"),
            ("image/png; name=logo.png", "Content-ID: <logo>\r\n", b"small"),
        ]
        body = b"".join(
            f"--b\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + content + b"\r\n" for kind, more, content in parts
        )
        head = f"From: {GUEST}\r\nTo: {to}\r\nMessage-ID: <f@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        for _ in range(2):
            room.receives(head.encode() + body + b"--b--\r\n", to)
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert last["text"] == "The plan.\n\n(file: a/b.pdf, bad name)"
        assert [file["name"] for file in last["files"]] == ["plan.pdf"]
        assert scene.lines(scene.owner).count(last["text"]) == 1

    def test_a_file_alone_is_a_message(self, scene: Scene, room: Mailroom, to: str) -> None:
        raw = f"From: {GUEST}\r\nTo: {to}\r\nMessage-ID: <g@x>\r\nContent-Type: image/gif; name=x.gif\r\n\r\nGIF89a"
        room.receives(raw.encode(), to)
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert (last["text"], [file["name"] for file in last["files"]]) == ("", ["x.gif"])


class TestDropped:
    """Each leaves chat, mailboxes and queue as they were, and its reason in the log."""

    @pytest.fixture(autouse=True)
    def nothing_follows(self, scene: Scene, room: Mailroom) -> Iterator[None]:
        before, sent = scene.lines(scene.owner), len(scene.world.mails())
        yield
        assert (scene.lines(scene.owner), len(scene.world.mails())) == (before, sent)
        assert not any(room.queue.groups.values())

    @pytest.mark.parametrize(
        ("headers", "envelope"),
        [
            ({"Auto_Submitted": "auto-replied"}, "x@y.example"),
            ({"Auto_Submitted": "auto-generated; owner"}, "x@y.example"),
            ({"Precedence": "bulk"}, "x@y.example"),
            ({"List_Id": "<talk.lists.example>"}, "x@y.example"),
            ({"X_Autoreply": "yes"}, "x@y.example"),
            ({"X_Auto_Response_Suppress": "All"}, "x@y.example"),
            ({"Subject": "Automatische Antwort: Mara lädt Sie ein"}, "x@y.example"),
            ({"Subject": "Réponse automatique : Bonjour"}, "x@y.example"),
            ({}, ""),
            ({}, "<>"),
        ],
    )
    def test_what_a_program_or_a_list_sent(
        self, room: Mailroom, to: str, headers: dict[str, str], envelope: str
    ) -> None:
        room.receives(mail("I am away.", GUEST, to, **headers), to, envelope)

    @pytest.mark.parametrize("verdicts", [{"spam": "FAIL"}, {"virus": "FAIL"}])
    def test_what_is_harmful(self, room: Mailroom, to: str, verdicts: dict[str, str]) -> None:
        room.receives(mail("Buy now", GUEST, to), to, **verdicts)

    @pytest.mark.parametrize(
        "sender",
        [
            f"{GUEST}, eve@evil.example",
            f"eve@evil.example, {GUEST}",
            "not an address",
            "",
        ],
    )
    def test_not_exactly_one_sender(self, room: Mailroom, to: str, sender: str) -> None:
        raw = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <a@b>\r\n\r\nHello\r\n"
        room.receives(raw.encode(), to)

    @pytest.mark.parametrize("dmarc", ["FAIL", "GRAY", ""])
    def test_another_sender_who_is_not_proven(self, room: Mailroom, to: str, dmarc: str) -> None:
        room.receives(mail("Hello", "eve@evil.example", to), to, dmarc=dmarc)

    def test_two_from_headers(self, room: Mailroom, to: str) -> None:
        room.receives(f"From: {GUEST}\r\nFrom: {GUEST}\r\nTo: {to}\r\n\r\nHello\r\n".encode(), to)
        room.receives(b"To: x@y.example\r\n\r\nHello\r\n", to)

    def test_the_token_counts_only_in_the_envelope(self, room: Mailroom, to: str) -> None:
        room.receives(mail("In the header alone", GUEST, to), f"r-{'a' * 61}@{DOMAIN}")
        room.receives(mail("On another domain", GUEST, to), to.replace(DOMAIN, "evil.example"))
        room.receives(mail("No token", GUEST, to), f"r-@{DOMAIN}")

    def test_a_forged_token(self, room: Mailroom, to: str) -> None:
        local, _, domain = to.partition("@")
        for at in range(2, len(local), 7):
            letter = "a" if local[at] != "a" else "b"
            room.receives(mail("Forged", GUEST, to), f"{local[:at]}{letter}{local[at + 1 :]}@{domain}")

    def test_a_mail_with_nothing_new_in_it(self, room: Mailroom, to: str) -> None:
        room.receives(mail("\n> Welcome\n\n-- \nDana\n", GUEST, to), to)

    def test_where_no_mail_comes_in_nothing_does(self, scene: Scene, room: Mailroom, to: str) -> None:
        scene.world.use(mail_in_domain="")
        room.receives(mail("Hello", GUEST, to), to)


class TestWasThisYou:
    """The right address, without a proof: SPF and DKIM alone say nothing of it."""

    @pytest.mark.parametrize("dmarc", ["FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED", ""])
    def test_the_mailbox_is_asked_and_its_press_sends_the_answer_once(
        self, scene: Scene, room: Mailroom, to: str, dmarc: str
    ) -> None:
        before, raw = scene.lines(scene.owner), mail("It is me, really", GUEST, to)
        room.receives(raw, to, dmarc=dmarc)
        room.receives(raw, to, dmarc=dmarc)
        asked = [item for item in scene.world.mails(GUEST) if "/mail-answers/" in item.text]
        assert len(asked) == 1
        assert "really" not in asked[0].text
        at = asked[0].link("mail-answers")
        stored = scene.world.snapshot()
        page = scene.world.request("GET", at)
        assert "It is me, really" in page.text
        assert page.text.count('method="post"') == 1
        assert scene.world.snapshot() == stored
        assert scene.lines(scene.owner) == before
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert [scene.world.request("POST", at, b"", form).status for _ in range(2)] == [200, 410]
        room.works()
        assert scene.lines(scene.owner) == [*before, "It is me, really"]
        room.receives(raw, to)
        assert scene.lines(scene.owner) == [*before, "It is me, really"]

    def test_before_joining_it_is_held_then(self, scene: Scene, room: Mailroom) -> None:
        to = room.address(scene.chat, scene.invitation)
        room.receives(mail("Olaf here", INVITED, to), to, dmarc="GRAY")
        at = scene.world.mails(INVITED)[-1].link("mail-answers")
        scene.world.request("POST", at, b"", {"Content-Type": "application/x-www-form-urlencoded"})
        asks = scene.invitations()[INVITED]["asks"]
        assert [(ask["text"], ask["email"]) for ask in asks if ask["kind"] == "mail"] == [("Olaf here", INVITED)]

    def test_at_most_three_times_a_day_and_never_about_an_automatic_mail(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        before = len(scene.world.mails())
        room.receives(mail("Away", GUEST, to, Auto_Submitted="auto-replied"), to, dmarc="FAIL")
        assert len(scene.world.mails()) == before
        for number in range(5):
            room.receives(mail(f"Number {number}", GUEST, to), to, dmarc="FAIL")
        assert len(scene.world.mails()) == before + 3

    def test_after_a_day_or_once_they_are_out_it_is_too_late(self, scene: Scene, room: Mailroom, to: str) -> None:
        room.receives(mail("Tomorrow", GUEST, to), to, dmarc="FAIL")
        at = scene.world.mails(GUEST)[-1].link("mail-answers")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        room.receives(mail("Today", GUEST, to), to, dmarc="FAIL")
        today = scene.world.mails(GUEST)[-1].link("mail-answers")
        assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status < 300
        assert scene.world.request("POST", today, b"", form).status == 410
        scene.world.pass_time(hours=24)
        assert scene.world.request("GET", at).status == 410


class TestFromAnotherAddress:
    """Of somebody who is in the chat: proven to be from elsewhere, so they are asked whether it is theirs."""

    @pytest.mark.parametrize(
        "sender", ["dana@private.example", f'"{GUEST}" <eve@evil.example>', f"{GUEST}.evil.example"]
    )
    def test_the_person_is_asked_in_their_own_mailbox_and_says_it_under_their_name(
        self, scene: Scene, room: Mailroom, to: str, sender: str
    ) -> None:
        before, count = scene.lines(scene.owner), len(scene.world.mails())
        raw = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <o@x>\r\n\r\nFrom my other address\r\n".encode()
        room.receives(raw, to)
        room.receives(raw, to)
        assert [item.to for item in scene.world.mails()[count:]] == [GUEST]
        asked = scene.world.mails(GUEST)[-1]
        assert "other address" not in asked.text
        assert "evil" not in asked.text
        at = asked.link("mail-answers")
        page = scene.world.request("GET", at).text
        assert "From my other address" in page
        assert "isn’t your address here" in page
        assert scene.lines(scene.owner) == before
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert [scene.world.request("POST", at, b"", form).status for _ in range(2)] == [200, 410]
        room.works()
        last = scene.owner.get(f"{scene.base}/messages").json["items"][-1]
        assert (last["text"], last["author"]["name"]) == ("From my other address", "Dana Smith")
        assert len(scene.lines(scene.owner)) == len(before) + 1

    def test_another_persons_token_says_nothing_under_their_name(self, scene: Scene, room: Mailroom) -> None:
        before = scene.lines(scene.owner)
        members = room.world.ports.chats.roster(scene.chat)
        assert members
        other = next(invitation for invitation in members[1] if invitation.account_id == scene.member.id)
        room.receives(mail("As Tom", GUEST, MEMBER), invitation_links.reply_address(room.world.ports, other))
        assert scene.lines(scene.owner) == before
        assert "/mail-answers/" in scene.world.last_mail(MEMBER).text

    def test_at_most_three_times_a_day_and_the_word_that_leaves_is_no_strangers(
        self, scene: Scene, room: Mailroom, to: str
    ) -> None:
        count = len(scene.world.mails())
        for number in range(5):
            room.receives(mail(f"stop {number}", "eve@evil.example", to), to)
        room.receives(mail("stop", "eve@evil.example", to), to)
        assert len(scene.world.mails()) == count + 3
        names = {person["name"] for person in scene.owner.get(scene.base).json["participants"]}
        assert "Dana Smith" in names


def test_a_machine_that_says_the_same_again_is_taken_once_and_people_stay_below_their_limit(
    scene: Scene, room: Mailroom, to: str
) -> None:
    before = len(scene.lines(scene.owner))
    for _ in range(3):
        room.receives(mail("I am out until Monday.", GUEST, to), to)
    assert len(scene.lines(scene.owner)) == before + 1
    for number in range(40):
        room.receives(mail(f"thought {number}", GUEST, to), to)
    assert len(scene.lines(scene.owner)) == before + 30
    scene.world.pass_time(hours=1)
    room.receives(mail("I am out until Monday.", GUEST, to), to)
    assert len(scene.lines(scene.owner)) == before + 31


def test_why_a_mail_was_dropped_is_in_the_log_without_a_word_of_it(
    scene: Scene, room: Mailroom, to: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        room.receives(mail("Secret words", "eve@evil.example", to), to, dmarc="FAIL")
    assert f"mail not taken: another sender, not proven, chat {scene.chat}" in caplog.text
    assert "Secret" not in caplog.text
    assert "eve@" not in caplog.text


def test_what_cannot_be_read_ends_in_a_refusal(scene: Scene, room: Mailroom, to: str) -> None:
    before = scene.lines(scene.owner)
    for raw in (b"", b"\r\n\r\n", b"\0" * 1000, b"From: " + b"a" * 400_000, b"X: y\r\n" * 10_000 + b"\r\nHello"):
        room.receives(raw, to)
    room.receives(b"From: x@y.example\r\n\r\n" + b"a" * (40 * 1024 * 1024), to)
    assert scene.lines(scene.owner) == before


def test_an_event_that_is_no_receipt_and_the_note_of_the_set_up_are_passed_over() -> None:
    from chalicelib.events import incoming_mail

    setup = {"ses": {"mail": {"messageId": "AMAZON_SES_SETUP_NOTIFICATION"}, "receipt": {"recipients": ["a@b"]}}}
    incoming_mail.handle({"Records": [{}, {"ses": {"mail": {"messageId": "../f/x"}}}, setup]})


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?Olaf=0D=0ABcc=3A_eve=40evil.example=0D=0A=0D=0AWords?=",
        "=?utf-8?b?T2xhZg0KQmNjOiBldmVAZXZpbC5leGFtcGxl?=",
        '"Olaf\u202e\u2066" ',
        "=?utf-7?q?+AA0ACg-Bcc+ADo_eve+AEA-evil.example?=",
    ],
)
def test_a_name_adds_no_header_to_what_the_inviter_gets(scene: Scene, room: Mailroom, name: str) -> None:
    """Before joining, an answer's sender is named to the inviter, in a mail."""
    to = room.address(scene.chat, scene.invitation)
    raw = f"From: {name} <{INVITED}>\r\nTo: {to}\r\nMessage-ID: <{uuid4()}@nord.example>\r\n\r\nLet me in\r\n"
    room.receives(raw.encode(), to)
    told = next(item for item in reversed(scene.world.mails(OWNER)) if "Let me in" in item.text)
    assert told.message["Bcc"] is None
    assert [address.addr_spec for address in told.message["To"].addresses] == [OWNER]
    assert "evil.example" not in str(told.message["Subject"])
    assert not scene.world.mails("eve@evil.example")


class TestReplyTo:
    def test_the_mails_of_an_invitation_are_answered_there(self, scene: Scene, room: Mailroom) -> None:
        scene.owner.invites("ida@fjord.example")
        invitation = scene.world.mails("ida@fjord.example")[-1]
        assert str(invitation.message["Reply-To"]).endswith(f"@{DOMAIN}")
        local = str(invitation.message["Reply-To"]).partition("@")[0]
        assert links.parse_reply(local.removeprefix("r-"))

    def test_without_a_domain_it_stays_the_inviter(self, scene: Scene) -> None:
        assert scene.world.last_mail(INVITED).message["Reply-To"] == scene.owner.email


@pytest.mark.parametrize("token", ["", "a", "A" * 61, "ä" * 61, "a" * 60, "a" * 62, "1" * 61, "a=" * 30])
def test_what_can_be_no_token(token: str) -> None:
    link = links.parse_reply(token)
    assert link is None or not links.is_reply(link, ["k" * 40], 1)


def test_each_key_opens_its_tokens_in_either_case() -> None:
    chat, invitation = "a" * 16, "b" * 16
    token = links.make_reply("x" * 40, chat, invitation, 3)
    link = links.parse_reply(token.upper())
    assert link
    assert (link.chat_id, link.invitation_id) == (chat, invitation)
    assert links.is_reply(link, ["y" * 40, "x" * 40], 3)
    assert not links.is_reply(link, ["y" * 40], 3)
    assert not links.is_reply(link, ["x" * 40], 4)


@pytest.mark.parametrize("headers", [{}, {"auto-submitted": "no"}, {"auto-submitted": "No; by hand"}])
def test_a_person_is_no_machine(headers: dict[str, str]) -> None:
    answer = IncomingMail(id="<a@b>", senders=(GUEST,), sender_name="", subject="Re: Out", headers=headers, text="Hi")
    assert not automatic(answer, GUEST)
