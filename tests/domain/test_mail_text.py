"""What is new in a mail: on the corpus of `tests/mails`, on what must stay, and on texts that nobody should write."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.mail_text import from_html, newly_written
from tests.mails import CORPUS, Judgement, judge, judged
from tests.support.work import costs_its_share


def test_the_corpus_is_of_every_program_and_language_and_at_least_sixty_mails() -> None:
    names = {path.stem for path in CORPUS.glob("*.eml")}
    assert len(names) >= 60
    assert names == {path.stem for path in CORPUS.glob("*.txt")}
    for program in (
        "gmail",
        "outlook-desktop",
        "outlook-web",
        "outlook-phone",
        "apple-mail",
        "thunderbird",
        "yahoo",
        "k9",
        "proton",
    ):
        for language in ("en", "de", "es", "fr"):
            assert any(name.startswith(program) and name.endswith(language) for name in names), (program, language)


def test_nothing_is_lost_and_nineteen_of_twenty_are_exactly_right() -> None:
    judgements = dict(judged())
    counts = Counter(judgements.values())
    assert [name for name, judgement in judgements.items() if judgement is Judgement.LOST] == []
    assert counts[Judgement.RIGHT] >= 0.95 * counts.total(), judgements


@pytest.mark.parametrize(
    ("existing", "judgement"),
    [("a\nb", Judgement.RIGHT), ("a\n> q\nb", Judgement.TOO_MUCH), ("a", Judgement.LOST), ("", Judgement.LOST)],
)
def test_the_judge_knows_what_is_lost(existing: str, judgement: Judgement) -> None:
    assert judge(existing, "a\nb") is judgement


@settings(deadline=None)
@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30), min_size=1, max_size=8))
def test_words_alone_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(f"w{word}" for word in words)
    assert newly_written(text) == text.strip()


@given(
    st.lists(
        st.sampled_from(["one thought", "", "another", "On Monday we met", "a: b", "- point", "To: all"]),
        max_size=12,
    )
)
def test_without_anything_quoted_no_line_is_lost(lines: list[str]) -> None:
    existing = newly_written("\n".join(lines)).split("\n")
    assert [line for line in lines if line] == [line for line in existing if line]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n-- \nDana Smith is in the office on Mondays only.", "Yes."),
        ("Yes.\n--\nDana Smith\nAcme", "Yes."),
        ("Yes.\n--\nBut what about the crane?", "Yes.\n--\nBut what about the crane?"),
    ],
)
def test_two_hyphens_are_a_signature_or_part_two_thoughts(text: str, new: str) -> None:
    assert newly_written(text) == new


HOSTILE = ["\n", "On ", "> ", "> \n", "-- \n", "From: x\n", "On a@b\n", "_____\n", "a", "Sent from my \n", "This e-mail \n\n",
           "*", " ", "\u00a0", "\\", "\u200b", "On 1 x@y\nwrote\n", "\tOn\r"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_16_kb_of_anything_cost_no_more_than_their_length(piece: str) -> None:
    assert costs_its_share(newly_written, (piece * 16_384)[:16_384])


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<",
        "<b>",
        "<blockquote>a",
        "<li>",
        "<!--",
        "<p>a ",
        "<a href=x>",
        "<div class=gmail_signature",
        "&lt;",
        "<td>x",
    ],
)
def test_html_costs_no_more_than_its_length(piece: str) -> None:
    assert costs_its_share(from_html, piece * (8_192 // len(piece)))


def test_an_attribution_ends_where_the_quote_begins() -> None:
    """Spanish names begin with "El", as "El jueves" does; what the quote itself attributes is no part of it."""
    assert newly_written("El jueves me viene bien.\n> El 23 nov 2026, a las 10:00, Mara escribió:\n> Hola") == (
        "El jueves me viene bien."
    )


def test_html_has_marks_and_nothing_that_is_hidden_in_it() -> None:
    html = (
        "<style>p{}</style><script>alert(1)</script><!--[if mso]><p>only Outlook</p><![endif]-->"
        '<p>A <b>bold</b> <s>old</s> <a href="https://a.example/x">link</a></p><ul><li>one<li>two</ul>'
        '<p>bad <a href="javascript:alert(1)">link</a></p>'
    )
    assert from_html(html) == "A **bold** ~~old~~ [link](https://a.example/x)\n- one\n- two\n\nbad link"
