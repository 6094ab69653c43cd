"""Names are one line that hides nothing; in a mail to a stranger they are no link and no address. A10."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.errors import Refusal
from chalicelib.domain.names import PERSON, clean, for_mail, initials, tidy

pytestmark = pytest.mark.requirement("A10")
_ANY = st.text(max_size=80) | st.text(st.sampled_from("a.b/@:<> \n\u202e\u200dw\u0300😀eé"), max_size=40)


@example("A\x00\u0300")
@example("A\u200b\u0300")
@given(_ANY)
def test_a_name_is_kept_in_one_form_or_refused(typed: str) -> None:
    try:
        kept = clean(typed, "name")
    except Refusal:
        return
    assert clean(kept, "name") == kept
    assert 0 < len(kept) <= PERSON
    assert kept == " ".join(kept.split())
    assert not [item for item in kept if unicodedata.category(item) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\u200b", "\u202e", "\x00", "\n\n", "\u0301", "\u3164", "\u2800 \u2060", "\ufe0f", "\U000e0041",
     "\u115f\u200d"],
)  # fmt: skip
def test_a_name_of_nothing_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        clean(typed, "name")


@pytest.mark.parametrize(
    "typed",
    ["Mara Lindqvist", "O'Brien", "李小龍", "محمد", "👩‍🚀 Ann", "Jean-Luc", "Zoë", "a & b", "<b>",
     "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0d05\u0d35\u0d28\u0d4d\u200d", "क्\u200dष Rao",
     "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Harry", "\U0001faea Zed",
     "\U0001faea\u200d\U0001f6d8", "❤️ Ann"],
)  # fmt: skip
def test_names_of_people_stay_as_they_are(typed: str) -> None:
    assert clean(typed, "name") == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Ann\u200c", "Ann"), ("A\u200dnn", "Ann"), ("A\U000e0041nn", "Ann"), ("\u2067nnA", "nnA"), ("A\ue000nn", "Ann")],
)
def test_what_hides_or_turns_is_taken_out(typed: str, kept: str) -> None:
    assert clean(typed, "name") == kept == for_mail(typed)


@given(_ANY)
def test_a_name_in_a_mail_is_short_and_can_be_no_link(typed: str) -> None:
    shown = for_mail(typed)
    assert len(shown) <= 48
    assert not set(shown) & set("<>@\n\r\t")
    assert not re.search(r"https?:|www\.", shown, re.IGNORECASE)
    assert not re.search(r"\w\.[^\W\d_]{2,}", shown)


@pytest.mark.parametrize(
    "typed",
    ["evil.example", "www.evil.example", "https://evil.example/a", "HTTP://EVIL", "a@evil.example", "evil.рф", "evil.中国",
     "x.evil.co.uk/path?q", "ftp://evil.example", "evil\u200b.example", "evil.\u200dexample", "10.0.0.1/admin"],
)  # fmt: skip
def test_what_looks_like_a_link_is_none_in_a_mail(typed: str) -> None:
    shown = for_mail(f"Your bank {typed} now")
    assert not re.search(r"\w\.[^\W\d_]{2,}|://|@", shown), shown


def test_a_remark_is_one_line() -> None:
    assert tidy("too\n busy\u202e \x00now ") == "too busy now"


@given(st.text(min_size=1, max_size=20))
def test_anybody_has_initials(name: str) -> None:
    assert len(initials(name)) <= 6
