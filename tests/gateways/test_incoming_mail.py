"""Raw mail is read within limits: what real programs write is understood, what nobody should write costs little and ends."""

import pytest

from chalicelib.gateways import incoming_mail
from chalicelib.gateways.incoming_mail import read
from chalicelib.ports import MailUnreadable
from tests.mails.hostile import HEAD, mixed, nested
from tests.support.work import calls

pytestmark = pytest.mark.requirement("A43")


class TestReading:
    def test_plain_text_and_who_it_is_from(self) -> None:
        mail = read(HEAD + b"Date: x\r\n\r\nHello\r\nworld\r\n")
        assert (mail.id, mail.senders, mail.sender_name) == ("<1@acme.example>", ("dana@acme.example",), "Dana")
        assert (mail.subject, mail.text) == ("Re: Plan", "Hello\nworld\n")

    @pytest.mark.parametrize(
        ("head", "body", "text"),
        [
            (b"Content-Type: text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
            (b"Content-Type: text/plain; charset=windows-1252", b"\x80 5", "€ 5"),
            (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", "Grüße".encode(), "Grüße"),
            (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64", b"R3LDvMOfZQ==", "Grüße"),
            (b"Content-Transfer-Encoding: quoted-printable", b"Gr=C3=BC=C3=9Fe=\r\n!", "Grüße!"),
            (b"Content-Type: text/plain; charset=nonsense", "Grüße".encode(), "Grüße"),
            (b"Content-Type: text/plain; charset=us-ascii", "Grüße".encode(), "Grüße"),
            (b"X: no content type at all", b"Gr\xfc\xdfe", "Grüße"),
            (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64", b"R3LDvM!OfZQ", "Grüße"),
            (b"Content-Type: text/plain; charset=punycode", b"plain", "plain"),
            (b"Content-Type: text/plain; charset=zip", b"plain", "plain"),
            (
                b"Content-Type: text/plain; format=flowed",
                b"one \r\ntwo\r\n> a \r\n> b\r\n-- \r\nD",
                "one two\n> a b\n-- \nD",
            ),
            (b"Content-Type: text/html", b"<p>One <b>two</b></p><p>three</p>", "One **two**\n\nthree"),
        ],
    )
    def test_character_sets_encodings_and_flowed_lines(self, head: bytes, body: bytes, text: str) -> None:
        assert read(HEAD + head + b"\r\n\r\n" + body).text == text

    def test_of_two_forms_the_plain_one_and_html_where_that_is_empty(self) -> None:
        html = b"Content-Type: text/html\r\n\r\n<p>as <i>HTML</i></p>"
        plain = b"Content-Type: text/plain\r\n\r\nas text"
        assert read(HEAD + mixed(plain, html, kind=b"alternative")).text == "as text"
        empty = b"Content-Type: text/plain\r\n\r\n  \r\n"
        assert read(HEAD + mixed(empty, html, kind=b"alternative")).text == "as *HTML*"

    def test_files_with_their_names_and_an_attached_mail(self) -> None:
        pdf = b'Content-Type: application/pdf; name="=?utf-8?q?Pl=C3=A4ne=2Epdf?="\r\nContent-Transfer-Encoding: base64\r\n\r\naGk='
        text = b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="notes.txt"\r\n\r\nin a file'
        original = b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nthe original"
        mail = read(HEAD + mixed(b"Content-Type: text/plain\r\n\r\nSee there", pdf, text, original))
        assert mail.text == "See there"
        assert [(part.name, part.type) for part in mail.parts] == [
            ("Pläne.pdf", "application/pdf"),
            ("notes.txt", "text/plain"),
            ("mail.eml", "message/rfc822"),
        ]
        assert mail.parts[0].content == b"hi"

    def test_a_boundary_that_is_never_closed_and_a_preamble(self) -> None:
        raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\nthe text\r\n"
        assert read(raw).text == "the text\n"

    def test_line_feeds_alone_are_lines_too(self) -> None:
        raw = (HEAD + mixed(b"Content-Type: text/plain\r\n\r\nHello\r\nthere")).replace(b"\r\n", b"\n")
        assert read(raw).text == "Hello\nthere"


class TestHostile:
    def test_what_is_refused_costs_as_much_as_what_is_not(self) -> None:
        """200 levels take no more steps than the ten that are looked at; headers are counted before they are parsed."""

        def refused(raw: bytes) -> None:
            with pytest.raises(MailUnreadable):
                read(raw)

        assert calls(lambda: refused(nested(200))) < 2 * calls(lambda: read(nested(10)))
        few = calls(lambda: read(b"X-Header: y\r\n" * 400 + b"\r\nHello"))
        assert calls(lambda: refused(b"X-Header: y\r\n" * 10_000 + b"\r\nHello")) < few

    def test_text_is_read_to_64_kb_and_html_to_256(self) -> None:
        mail = read(HEAD + b"\r\n" + "ä".encode() * 40_000)
        assert (len(mail.text), mail.is_cut) == (32_768, True)
        html = b"Content-Type: text/html\r\n\r\n" + b"<p>a</p>" * 20_000
        for raw in (HEAD + html + b"<p>a</p>" * 20_000, HEAD + mixed(html, html)):
            assert read(raw).is_cut
        with_text = mixed(b"Content-Type: text/plain\r\n\r\nHello", html, html)
        assert read(HEAD + with_text).is_cut
        mail = read(HEAD + html)
        assert not mail.is_cut
        assert len(mail.text) <= 65_536

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Type: text/plain; charset*=%ff%ff''\xff",
            b"Content-Type: multipart/mixed; boundary=",
            b'Content-Type: multipart/mixed; boundary="' + b"(" * 5_000,
            b"Content-Type: ;;;===;",
            b"Subject: =?utf-8?b?////?= =?x?q?=zz?=",
            b"Subject: " + b"=?utf-8?q?a?= " * 600,
            b"From: " + b"<" * 2_000,
            b"From: " + b"(" * 2_000,
            b"Content-Disposition: attachment; filename*0*=utf-8''%zz; filename*1=\0",
            b"Content-Transfer-Encoding: base64\r\nContent-Type: application/x",
            b"Bcc: x@y.example\r\nX-Injected: a\rFrom: evil@evil.example",
            b"\xff\xfe: \x00\x01",
        ],
    )
    def test_nonsense_in_headers_is_read_or_refused_and_costs_little(self, head: bytes) -> None:
        def attempt() -> None:
            try:
                mail = read(HEAD + head + b"\r\n\r\nHello\r\n")
            except MailUnreadable:
                return
            assert mail.senders[:1] == ("dana@acme.example",) or mail.sender == ""

        assert calls(attempt) < 400_000


def test_the_limits_are_those_of_the_contract() -> None:
    assert (incoming_mail.MOST_TEXT, incoming_mail.MOST_HTML) == (65_536, 262_144)
