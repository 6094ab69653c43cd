"""One form for an address, one judge of what is one. A09."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.address_lists.reading import of_field
from chalicelib.domain.address_lists.typed import Entry
from chalicelib.domain.addresses import NotAnAddress, allowed_here, canonical, domain_of, masked

pytestmark = pytest.mark.requirement("A09")
_LOCAL = st.text(string.ascii_letters + string.digits + "._+-", min_size=1, max_size=20)
_LABEL = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana@Example.ORG ", "dana@example.org"),
        ("\u200bdana@example.org", "dana@example.org"),
        ("\ufeff\u202adana@example.org\u202c\u00a0", "dana@example.org"),
        ("\u2068dana@example.org\u2069\u00ad\u2060\ufe0f\u3164", "dana@example.org"),
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
        ("a@ＢÜＣＨＥＲ.example", "a@xn--bcher-kva.example"),
        ("o'brien+tag@acme.example", "o'brien+tag@acme.example"),
        ("A@xn--BCHER-kva.example", "a@xn--bcher-kva.example"),
    ],
)
def test_the_form_that_is_kept(typed: str, kept: str) -> None:
    assert canonical(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "a", "@", "a@", "@b.example", "a@b", "a b@c.example", "a@b.example, c@d.example", "Dana <a@b.example>",
     "<a@b.example>",
     '"a b"@c.example', "a@[127.0.0.1]", "a@b..example", ".a@b.example", "a.@b.example", "a@-b.example",
     "a@b.example\r\nBcc: x@y.z",
     "\u200b", "\u200b\u2060 ", "da\u200bna@b.example", "a@b\u200b.example",
     "a\x00@b.example", "ä@b.example", "a@b.example;", "a@b_c.example", "a@" + "x" * 64 + ".example", "x" * 65 + "@b.example",
     "a@b.example" + "x" * 300, "\ud800@b.example", "a@\ud800.example", "a@b.123", "a@\u202ebexample.org", "a%00@b.example,"],
)  # fmt: skip
def test_what_is_no_plain_address(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        canonical(typed)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_becomes_a_form_that_stays_itself(typed: str) -> None:
    try:
        kept = canonical(typed)
    except NotAnAddress:
        return
    assert canonical(kept) == kept
    assert kept.count("@") == 1
    assert kept.isascii()
    assert kept == kept.lower().strip()
    assert not set(kept) & set(' \t\r\n<>,;"\\')


@given(_LOCAL, _LABEL, st.sampled_from(["example.org", "example"]))
@settings(max_examples=60)
def test_case_and_space_around_make_no_difference(local: str, label: str, ending: str) -> None:
    typed = f"{local}@{label}.{ending}"
    try:
        kept = canonical(typed)
    except NotAnAddress:
        return
    assert canonical(f"  {typed.upper()} ") == kept
    assert domain_of(kept).endswith(ending)


@pytest.mark.parametrize(
    ("pasted", "entries"),
    [
        ("a@b.c, d@e.f;g@h.i\nj@k.l", [("a@b.c", ""), ("d@e.f", ""), ("g@h.i", ""), ("j@k.l", "")]),
        ("Dana Smith <a@b.c>", [("a@b.c", "Dana Smith")]),
        ('"Smith, Dana" <a@b.c>', [("a@b.c", "Smith, Dana")]),
        ("a@b.c d@e.f", [("a@b.c", ""), ("d@e.f", "")]),
        (" ,;\n ", []),
    ],
)
def test_a_pasted_list_is_taken_apart(pasted: str, entries: list[tuple[str, str]]) -> None:
    assert [(entry.text, entry.name) for entry in of_field(pasted)] == entries


@given(st.text(max_size=200))
def test_any_paste_is_taken_apart_without_a_crash(pasted: str) -> None:
    assert all(entry.text for entry in of_field(pasted))


def test_a_masked_address_shows_no_more_than_first_letters_and_the_ending() -> None:
    assert masked("dana.smith@acme.example") == "d•••@a•••.example"


@pytest.mark.parametrize(
    ("address", "allowed", "denied", "fits"),
    [
        ("a@acme.org", (), (), True),
        ("a@acme.org", ("acme.org",), (), True),
        ("a@x.acme.org", ("acme.org",), (), True),
        ("a@notacme.org", ("acme.org",), (), False),
        ("a@acme.org", (), ("acme.org",), False),
        ("a@x.acme.org", ("acme.org",), ("x.acme.org",), False),
        ("a@acme.org.evil.example", ("acme.org",), (), False),
    ],
)
def test_domains_let_in_and_keep_out(
    address: str, allowed: tuple[str, ...], denied: tuple[str, ...], fits: bool
) -> None:
    assert allowed_here(address, allowed, denied) is fits


def test_a_list_of_blanks_is_read_in_one_go() -> None:
    """A regular expression took the cube of the length for it."""
    assert of_field(" " * 4_000 + "<") == []
    assert of_field('"Doe" ' + " " * 4_000 + "<dana@acme.example>") == [Entry("dana@acme.example", "Doe")]
