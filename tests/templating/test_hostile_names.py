"""Nothing that a user typed can add a header, recipient, link, line, markup or direction to a mail."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ports import OutgoingMail
from chalicelib.templating.sanitize import LONGEST, address, excerpt, file_name, first_name, reply_to, sanitize
from tests.support.mail_samples import ADDRESSES, CHECK, STOP, URL, Html, Typed, in_every_language, links_in

HOSTILE = {
    "header": "Mara\r\nBcc: victim@example.com\r\n\r\nBody",
    "lone line feed": "Mara\nX-Injected: 1",
    "line separators": "Mara\u2028Bcc: a\u2029b\x85c\x0bd",
    "null": "Ma\x00ra",
    "link": "Win at https://evil.example/path?x=1#y now",
    "bare domain": "evil.example/login",
    "www": "www.evil.example",
    "domain of another script": "пример.рф вход",
    "full-width dot": "evil．example evil。example evil｡example",
    "numbers": "Call 192.0.2.1:8080/x",
    "other schemes": "ftp://evil.example mailto:a@evil.example tel:+123456 javascript:alert(1)",
    "address": "support@evil.example a＠evil.example",
    "markup": "<b>Mara</b><a href='https://evil.example'>x</a><img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt;&#60;b&#62;&quot;",
    "attribute": "\" onmouseover=\"alert(1)' style='x",
    "template": "{{ 7*7 }} {% raw %} %(name)s %s {name} {0}",
    "right-to-left override": "Mara \u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "invisible": "Ma\u200bra\u2060 \ufeff\u00ad\U000e0041",
    "unclosed isolate": "\u2067\u2067\u2068Mara",
    "display name": '"Support" <support@evil.example>, Mara; (comment) [x]',
    "markdown": "[here](https://evil.example) ![x](https://evil.example/x.png)",
    "long": "W" * 4_000,
    "long words": "Wort " * 800,
    "nothing left": "@@<<>>@@",
    "blank": "\u200b",
    "right-to-left words": "مارا ليندكفيست",
    "surrogate": "Mara \ud800",
}
OURS = {"\u2068", "\u2069", "\u200d"}
VANISHING = ("nothing left", "blank")
PLAIN = dict(in_every_language())


def everything(mail: OutgoingMail) -> str:
    return "\n".join((mail.subject, mail.from_name, mail.text, Html(mail.html).words))


def typed_part(text: str) -> str:
    """The text without the links and addresses that belong in it."""
    for existing in (f"{URL}?step=decline", URL, STOP, CHECK, *ADDRESSES):
        text = text.replace(existing, "")
    return text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_adds_nothing_to_any_mail_in_any_language(hostile: str) -> None:
    for name, mail in in_every_language(Typed.everywhere(HOSTILE[hostile])):
        no_header_line_or_recipient_is_added(PLAIN[name], mail)
        no_link_is_added(PLAIN[name], mail)
        no_direction_is_changed(mail)
        if hostile not in VANISHING:  # what is empty has no row of its own, and an unnamed chat other words
            no_markup_is_added(PLAIN[name], mail)
            no_line_is_added(PLAIN[name], mail)


def no_header_line_or_recipient_is_added(plain: OutgoingMail, mail: OutgoingMail) -> None:
    for value in (mail.to, mail.subject, mail.from_name, mail.reply_to, *sum(mail.headers, ())):
        assert len(value.splitlines()) == 1 or value == ""
    assert (mail.to, mail.reply_to, mail.headers, mail.tags) == (plain.to, plain.reply_to, plain.headers, plain.tags)
    assert not re.search(r'[<>@"\\,;()\[\]]', mail.from_name)


def no_markup_is_added(plain: OutgoingMail, mail: OutgoingMail) -> None:
    assert Html(mail.html).tags == Html(plain.html).tags
    assert not re.search(r"\son\w+=[\"']", mail.html)


def no_line_is_added(plain: OutgoingMail, mail: OutgoingMail) -> None:
    assert len(mail.text.splitlines()) == len(plain.text.splitlines())


def no_link_is_added(plain: OutgoingMail, mail: OutgoingMail) -> None:
    assert Html(mail.html).links == Html(plain.html).links
    assert links_in(mail.text) == links_in(plain.text)
    rest = typed_part(everything(mail))
    assert "@" not in rest
    assert "://" not in rest
    assert not re.search(r"\w[.\u3002\uff0e\uff61]\w", rest)


def no_direction_is_changed(mail: OutgoingMail) -> None:
    for part in (mail.subject, mail.from_name, mail.text, mail.html):
        for character in part:
            assert unicodedata.category(character) not in ("Cf", "Cs", "Zl", "Zp") or character in OURS
            assert unicodedata.category(character) != "Cc" or character == "\n"
        for line in part.splitlines():
            assert line.count("\u2068") == line.count("\u2069")


def test_a_name_with_nothing_left_is_somebody() -> None:
    for name, mail in in_every_language(Typed.everywhere("@@<<>>@@")):
        if name == "invitation (en)":
            assert mail.subject == "Someone (a workspace without a name) invites you to a chat"
            assert mail.from_name == "Webtop"


@given(st.text(max_size=300))
def test_any_text_becomes_one_short_line_without_links(text: str) -> None:
    for result in (sanitize(text), excerpt(text), first_name(text)):
        bare = result.removeprefix("\u2068").removesuffix("\u2069")
        assert len(bare) <= 140
        assert bare == " ".join(bare.split())
        assert not re.search(r"[<>@\u202a-\u202e\u2066-\u2069]|//|\w\.\w", bare)
    assert len(sanitize(text)) <= LONGEST + 2


@given(st.text(max_size=80))
def test_answers_go_to_one_plain_address_or_nowhere(text: str) -> None:
    assert reply_to(text) == "" or re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", reply_to(text))


@pytest.mark.parametrize(
    ("name", "first"),
    [("Mara Lindqvist", "Mara"), ("Dr. Mara Lindqvist", "Dr. Mara Lindqvist"), ("J Lee", "J Lee"), ("Mara", "Mara")],
)
def test_first_name(name: str, first: str) -> None:
    assert first_name(name) == first


def test_an_address_that_is_none_is_shown_as_a_name_is() -> None:
    assert address("dana@acme.example") == "dana@acme.example"
    assert address("dana@acme.example, https://evil.example") == "dana acme example, https evil example"


def test_an_excerpt_has_no_marks_and_no_links() -> None:
    assert excerpt("**Hi** see\n\nhttps://evil.example/x and `code`") == "Hi see […] and code"


@pytest.mark.parametrize("name", ["مارا ليندكفيست", "מרה", "Mara \u0661\u0662 א"])
def test_right_to_left_words_are_fenced_in(name: str) -> None:
    assert sanitize(name) == f"\u2068{name}\u2069"
    assert sanitize("Mara Lindqvist") == "Mara Lindqvist"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("v1.2 final.tar.gz", "v1.2 final.tar.gz"),
        ("a\r\nBcc: b.pdf", "a Bcc: b.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("W" * 300 + ".pdf", "W" * 37 + "…WWWWWW.pdf"),
        ("خطة.pdf", "\u2068خطة.pdf\u2069"),
    ],
)
def test_a_file_keeps_its_dots_and_its_ending(typed: str, shown: str) -> None:
    assert file_name(typed) == shown
    assert len(file_name(typed)) <= LONGEST + 2
