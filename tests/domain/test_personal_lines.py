"""A line from the inviter holds nothing that a reader's program would turn into a link, and lets plain sentences pass."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.personal_lines import clean, is_mailed, saved
from chalicelib.domain.plans import Plan
from chalicelib.domain.workspaces import Workspace


@pytest.mark.requirement("A10")
@pytest.mark.parametrize(
    "text",
    ["http://x", "see https:x", "mailto:a", "javascript:alert(1)", "foo://bar", "//evil.example/x", "www.evil",
     "go to evil-site.com now", "EVIL-SITE.COM", "a@b", "<b>", "</b>", "[x](y)", "evil。com", "ｅｖｉｌ．ｃｏｍ",
     "ev\u200bil.c\u200dom", "evil.co.uk/x", "пример.рф", "evil.com.", "x&lt;b", "t.co", "(evil.com)", "evil.com,",
     "\u202emoc.live.com"],
)  # fmt: skip
def test_a_link_an_address_and_markup_are_refused(text: str) -> None:
    for line in (text, f"Hello, {text}", f"{text} is it"):
        with pytest.raises(errors.Refusal) as refused:
            clean(line)
        assert refused.value.fields[0].code == "link_in_line"


@pytest.mark.parametrize(
    "text",
    ["On 27.11.2026 at 10.30", "v2.0.1 is out", "e.g. this, i.e. that", "A/B and C//D?", "終わり。次", "Fine. So be it",
     "z.B. so", "U.S. office", "Note: see you", "100 % sure (yes) [ok]", "Mr. Smith", "a < b and c > d", "5.am",
     "Hi @Dana", "Q1.pdf", "and/or", "Node.js", "Hello...world", "Grüße, 你好, مرحبا"],
)  # fmt: skip
def test_plain_words_pass_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_a_line_is_one_line_of_at_most_300_characters_without_what_hides() -> None:
    assert clean("Hello\nthere,\r\n\tDana\u200b\u202e") == "Hello there, Dana"
    assert clean(" \u200b ") == ""
    assert len(clean("x" * 300)) == 300
    with pytest.raises(errors.Refusal) as refused:
        clean("x" * 301)
    assert refused.value.fields[0].code == "too_long"


def test_a_workspace_keeps_three_lines_each_by_the_same_rules() -> None:
    assert saved(["One", "Two", "Three"]) == ("One", "Two", "Three")
    assert saved([]) == ()
    for wrong, field in ((["a"] * 4, "items"), (["fine", "evil.com"], "items[1]"), ([" "], "items[0]")):
        with pytest.raises(errors.Refusal) as refused:
            saved(wrong)
        assert refused.value.fields[0].field == field


def test_mails_carry_the_line_once_the_workspace_is_seven_days_old_and_its_owner_confirmed() -> None:
    made = datetime(2026, 11, 1, tzinfo=UTC)
    workspace = Workspace(id="w", name="W", plan=Plan.PRO, communicate=True, created_at=made)
    week = timedelta(days=7)
    assert is_mailed(workspace, True, made + week)
    assert not is_mailed(workspace, True, made + week - timedelta(seconds=1))
    assert not is_mailed(workspace, False, made + week)
