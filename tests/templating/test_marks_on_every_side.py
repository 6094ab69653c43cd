"""Every light mark on every side: our pages, previews and text mails, Slack and Teams both ways, mails that come in."""

from dataclasses import dataclass

import pytest

from chalicelib.domain.mail_text import from_html, newly_written
from chalicelib.providers.microsoft.reading import from_teams
from chalicelib.providers.microsoft.writing import to_teams
from chalicelib.providers.slack.reading import from_slack
from chalicelib.providers.slack.writing import to_slack
from chalicelib.templating.marks import to_html, to_plain

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


@dataclass(frozen=True)
class Sides:
    """What stands for `text` elsewhere; `html` is what Teams and mail programs write."""

    text: str
    page: str
    plain: str
    slack: str
    teams: str
    html: str


SIDES = {
    "bold": Sides("**a**", "<p><strong>a</strong></p>", "a", "*a*", "**a**", "<p><b>a</b></p>"),
    "italic": Sides("*a*", "<p><em>a</em></p>", "a", "_a_", "*a*", "<p><i>a</i></p>"),
    "strikethrough": Sides("~~a~~", "<p><s>a</s></p>", "~~a~~", "~a~", "~~a~~", "<p><s>a</s></p>"),
    "all three": Sides(
        "**~~*a*~~**",
        "<p><strong><s><em>a</em></s></strong></p>",
        "~~a~~",
        "*_~a~_*",
        "***~~a~~***",
        "<p><del><strong><em>a</em></strong></del></p>",
    ),
    "code": Sides("`a`", "<p><code>a</code></p>", "a", "`a`", "`a`", "<p><code>a</code></p>"),
    "code block": Sides("```\na\n```", "<pre><code>a\n</code></pre>", "a", "```\na\n```", "```\na\n```", "<pre>a</pre>"),
    "list": Sides("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "- a\n- b", "• a\n• b", "- a\n- b", "<ul><li>a<li>b</ul>"),
    "numbers": Sides(
        "1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>", "1. a\n2. b", "1. a\n2. b", "1. a\n2. b", "<ol><li>a<li>b</ol>"
    ),
    "quote": Sides(
        "> a\n> b\n\nc",
        "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n<p>c</p>",
        "> a\n> b\nc",
        "&gt; a\n&gt; b\nc",
        "> a\n>\n> b\n\nc",
        "<blockquote>a<br>b</blockquote><p>c</p>",
    ),
    "link": Sides(
        "[a](https://x.example)",
        f'<p><a href="https://x.example" {REL}>a</a></p>',
        "a",
        "<https://x.example|a>",
        "[a](https://x.example)",
        '<p><a href="https://x.example">a</a></p>',
    ),
    "web address": Sides(
        "https://x.example/b_c",
        f'<p><a href="https://x.example/b_c" {REL}>https://x.example/b_c</a></p>',
        "https://x.example/b_c",
        "<https://x.example/b_c>",
        "[https://x.example/b_c](https://x.example/b_c)",
        '<p><a href="https://x.example/b_c">https://x.example/b_c</a></p>',
    ),
    "www address": Sides(
        "www.x.example",
        f'<p><a href="https://www.x.example" {REL}>www.x.example</a></p>',
        "www.x.example",
        "<https://www.x.example|www.x.example>",
        "[www.x.example](https://www.x.example)",
        '<p><a href="https://www.x.example">www.x.example</a></p>',
    ),
    "mail address": Sides(
        "a@x.example",
        f'<p><a href="mailto:a@x.example" {REL}>a@x.example</a></p>',
        "a@x.example",
        "<mailto:a@x.example|a@x.example>",
        "[a@x.example](mailto:a@x.example)",
        '<p><a href="mailto:a@x.example">a@x.example</a></p>',
    ),
}  # fmt: skip
SAID_OTHERWISE = {("all three", "slack"), ("all three", "teams"), ("all three", "html"), ("quote", "teams")}
"""Where what comes back shows the same, written another way: another nesting, a line as a paragraph of its own."""


@pytest.mark.parametrize("name", SIDES)
def test_a_mark_goes_to_every_side(name: str) -> None:
    sides = SIDES[name]
    assert to_html(sides.text) == sides.page
    assert to_plain(sides.text) == sides.plain
    slack, teams = to_slack(sides.text), to_teams(sides.text, [], "")
    assert (slack.text, slack.lost) == (sides.slack, ())
    assert (teams.text.replace("\u00ad", ""), teams.lost) == (sides.teams, ())


@pytest.mark.parametrize("name", SIDES)
def test_a_mark_comes_from_every_side(name: str) -> None:
    sides = SIDES[name]
    backs = {
        "slack": from_slack(sides.slack, {}),
        "teams": from_teams(sides.teams, "markdown"),
        "html": from_teams(sides.html, "html"),
    }
    for side, back in backs.items():
        assert back.lost == ()
        if (name, side) not in SAID_OTHERWISE:
            assert back.text == sides.text, side
    if name != "quote":
        assert newly_written(from_html(sides.html)) == backs["html"].text


def test_a_quote_that_is_answered_in_a_mail_stays_a_quote() -> None:
    html = "<p>See below.</p><blockquote>When?</blockquote><p>At nine.</p>"
    assert to_html(newly_written(from_html(html))) == (
        "<p>See below.</p>\n<blockquote>\n<p>When?</p>\n</blockquote>\n<p>At nine.</p>"
    )


def test_a_picture_is_a_link_on_every_side() -> None:
    text = "![a cat](https://x.example/cat.png)"
    assert to_html(text) == f'<p><a href="https://x.example/cat.png" {REL}>a cat</a></p>'
    assert to_plain(text) == "a cat"
    assert to_slack(text).text == "<https://x.example/cat.png|a cat>"
    assert to_teams(text, [], "").text == "[a cat](https://x.example/cat.png)"
    assert from_teams(text, "markdown").text == "[a cat](https://x.example/cat.png)"


def test_code_inside_a_quote_is_hoisted_in_slack_and_said() -> None:
    slack = to_slack("> a\n>\n> ```\n> b\n> ```\n>\n> c")
    assert slack.text == "&gt; a\n```\nb\n```\n&gt; c"
    assert slack.lost == ("A code block inside a quote is shown outside of it.",)
