"""Messages go to Slack and Teams and come back saying the same, and never more than was written."""

import re
from functools import cache

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chalicelib.domain.messages import checked_text
from chalicelib.domain.translation.splitting import parts
from chalicelib.domain.translation.translated import Reached, Tagged, Translated
from chalicelib.providers.microsoft.reading import from_teams
from chalicelib.providers.microsoft.writing import tag, to_teams
from chalicelib.providers.slack.reading import from_slack
from chalicelib.providers.slack.writing import to_slack
from chalicelib.templating.marks import to_html
from tests.support.html_meaning import flowing, meaning, meaning_of
from tests.support.work import costs_its_share
from tests.templating.test_marks import SLOW, harmless

ADA, TOM = Reached("1", "Ada Lovelace", "U012AB3CD"), Reached("2", "Tom Webb")
NAMES = [ADA.name, TOM.name]
TAGGED = [Tagged(tag(ADA.name), ADA.user_id, ADA.name)]

MARKS = (
    "*", "**", "***", "_", "__", "`", "``", "```", "~", "~~~", "\\", "[", "]", "](", "(", ")", "<", ">", "&", "|", "#",
    "=", "!", "\n", "\n\n", "\n  ", "\n    ", " ", "  ", "\t", "- ", "* ", "+ ", "1. ", "2) ", "• ", "> ", "- - ", "a",
    "b", "é", "x y", ".", ",", "1", "🙂", "👨‍👩‍👧", "&amp;", ":smile:", "`co de`", "**b**", "*i*",
    "[x](https://a.example/c(d)?e=1&f=2) ",
    "~~", "~~s~~", "![x](https://a.example)",
    "[![x](https://a.example)", "](https://b.example)", "www.a.example/b_c ", "a_b@c.example ", "> a\n> b\n",
    "https://a.example/b_c ", "mailto:a@b.example ", "[x](mailto:a@b.example)", "@Ada Lovelace ", "@Tom Webb, ",
)  # fmt: skip
TRICKS = (
    "<!channel>", "<!here|here>", "<@U999>", "<#C1>", "@channel", "@here", "@everyone", "@Channel", "<at>Eve</at>",
    "[https://bank.example](https://evil.example)", "[x](javascript:alert(1))", "<javascript:alert(1)|x>", "evil.example",
    "<https://evil.example|x>", "\u202e", "\u200b", "\ufeff", "\u00ad", "\u2066", "\ufdd00\ufdd1", "<b>", "<img src=x>",
    "&lt;!channel&gt;", "<script>", "![x](https://evil.example)", "[a]: https://evil.example\n\n[a]", "ftp://x.example",
    "https://user:pw@evil.example", "| a |\n| - |", "data:text/html,x", ":+1:", "www.evil.example", "@chan\u200bnel",
)  # fmt: skip
written = st.lists(st.sampled_from(MARKS), max_size=25).map("".join).filter(lambda text: "]()" not in text)
tricky = st.lists(st.sampled_from(MARKS + TRICKS) | st.text(max_size=5), max_size=25).map("".join)


def is_shallow(text: str) -> bool:
    """Pages leave out what lies in lists deeper than this."""
    depth = deepest = 0
    for result in re.findall(r"<(/?)[uo]l", to_html(text)):
        depth += -1 if result else 1
        deepest = max(deepest, depth)
    return deepest < 5


class TestRoundTrips:
    @given(written.filter(is_shallow))
    def test_slack(self, text: str) -> None:
        translated = to_slack(text, [ADA, TOM])
        back = from_slack(translated.text, {ADA.user_id: ADA.name})
        if not (translated.lost or back.lost):
            assert meaning(back.text, NAMES) == meaning(text, NAMES)

    @given(written.filter(is_shallow))
    def test_teams(self, text: str) -> None:
        translated = to_teams(text, [ADA, TOM], "")
        back = from_teams(translated.text, "markdown", TAGGED)
        if not (translated.lost or back.lost):
            assert flowing(meaning(back.text, NAMES)) == flowing(meaning(text, NAMES))

    @given(written.filter(is_shallow))
    def test_teams_as_markdown_is_read_elsewhere(self, text: str) -> None:
        translated = to_teams(text, [], "")
        if not translated.lost:
            assert flowing(meaning_of(commonmark(translated.text))) == flowing(meaning(text))

    @pytest.mark.parametrize(
        "text",
        [
            "plain",
            "**bold** *italic* _too_ ***both***",
            "**bold *both*** and *italic **both***",
            "in**side**words and *a***b***c*",
            "`code *x* & <y>` ``with `tick` ``",
            "```py\nif a < b:\n\tprint('&')\n\n```",
            "- a\n- **b**\n  1. c\n  2. d\n     - e\n\n  still b\n- f",
            "7. a\n8. b",
            "a\nb\n\nc",
            "a\n- b\n\nc\n\n1. d",
            "[text](https://a.example/?b=1&c=2) [**bold** text](https://a.example)",
            "see https://a.example/x_y_(z).",
            "[write](mailto:ann@b.example) &amp; https://a.example/?a=1&amp;b",
            r"\*not\* \_this\_ \`or\` that \- 1\. \# \> \~x\~ \[x](https://a.example)",
            "- \\- a\n- • b\n- > c",
            "5 * 3 * 2, snake_case_name, ~home, a~b~c, 2 < 3 & 4 > 3",
            "so\n> quote **b**\n> - a\n>\n> more\n\n> another\n\nyes",
            "~~gone~~, **~~*all*~~** and in~~side~~words, ~one~",
            "www.a.example/b_c and a_b@c.example, ![x](https://a.example/x.png)",
            "@Ada Lovelace and **@Tom Webb**, `@Ada Lovelace`",
            "🙂 👨‍👩‍👧 🇩🇪 👍🏽 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "می‌خواهم नमस्ते שלום",
        ],
    )
    def test_nothing_is_lost(self, text: str) -> None:
        translated, across = to_slack(text, [ADA, TOM]), to_teams(text, [ADA, TOM], "")
        back = from_slack(translated.text, {ADA.user_id: ADA.name})
        again = from_teams(across.text, "markdown", TAGGED)
        assert (across.lost, back.lost, again.lost) == ((), (), ())
        assert translated.lost == (
            () if "tick" not in text else ("Code with a backtick in it is shown as plain text.",)
        )
        assert flowing(meaning(again.text, NAMES)) == flowing(meaning(text, NAMES))
        if not translated.lost:
            assert meaning(back.text, NAMES) == meaning(text, NAMES)


as_typed = st.lists(
    st.sampled_from(["*", "_", "\\", "`", "[", "]", "(", ")", ".", "1", "a", "b ", " ", "**", "- ", "](", "~~~"]),
    max_size=30,
).map("".join)


class TestWords:
    """Plain words that look like marks: what people see is what was typed over there."""

    @given(as_typed)
    @example("_*\\*_")
    @example("](_\\_[](](`")
    def test_from_teams(self, text: str) -> None:
        back = from_teams(text, "plain")
        assert meaning(back.text) == meaning_of(f"<p>{text}</p>")

    @given(as_typed, as_typed)
    def test_from_slack_beside_real_marks(self, text: str, more: str) -> None:
        back = from_slack(f"*bold*\u00ad {text.replace('`', '')}\u00ad _it_\n{more.replace('`', '')}", {})
        again = from_slack(to_slack(back.text).text, {})
        assert meaning(again.text) == meaning(back.text)

    @pytest.mark.parametrize(
        "text",
        ["2*3*4", r"C:\Users\me\*.txt", "snake_case_name", r"\\server\share\*x*", "x**2 + y**2", "(*.py, *.txt)",
         "__init__", "src/**/*.py and lib/**/*.js", "f**k that s**t"],
    )  # fmt: skip
    def test_go_and_come_back_as_typed(self, text: str) -> None:
        assert from_slack(to_slack(text).text, {}).text == text
        assert from_teams(to_teams(text, [], "").text, "markdown").text == text
        assert "<em>" not in commonmark(to_teams(text, [], "").text)

    @pytest.mark.parametrize(
        "address",
        ["https://a.example/Undiscord_-_Delete_all_DM_(Bulk_deletion)", "https://github.example/a/b/__init__.py#L16"],
    )
    def test_addresses_stay_whole(self, address: str) -> None:
        assert to_slack(f"see {address}.").text == f"see <{address}>."
        assert f'<a href="{address}">{address}</a>.' in commonmark(to_teams(f"see {address}.", [], "").text)

    def test_numbers_stay_those_that_were_typed(self) -> None:
        assert to_slack("3. Anna\n1. Ben\n2. Cleo").text == "3. Anna\n\n1. Ben\n2. Cleo"
        assert commonmark(to_teams("3. Anna\n1. Ben", [], "").text).count("<ol") == 2
        assert from_slack("3. Anna\n1. Ben", {}).text == "3. Anna\n\n1) Ben"

    def test_a_name_in_code_pings_nobody(self) -> None:
        assert to_slack("`@Ada Lovelace`", [ADA]).mentioned == ()


class TestSlackIsSafe:
    @given(tricky)
    def test_any_text(self, text: str) -> None:
        translated = to_slack(text, [ADA, TOM])
        rest = re.sub(r"<!date\^00000000\^\{_\}\|[*_~`\u00ad]+>|<@U012AB3CD>", "", translated.text)
        for link in re.findall(r"<(?!!|@|#)([^<>|]*)(?:\|[^<>]*)?>", rest):
            assert re.match(r"(https?://|mailto:)", link, re.IGNORECASE)
        links = re.compile(r"<(?:https?://|mailto:)[^<>|]*(\|[^<>]*)?>", re.IGNORECASE)
        assert "://" not in re.sub(r"```.*?```|`[^`\n]+`", "", links.sub("", rest), flags=re.DOTALL)
        assert not re.search(
            r"[<>]|&(?!amp;|lt;|gt;)|@(channel|here|everyone)\b", links.sub(r"\1", rest), re.IGNORECASE
        )
        assert is_visible(translated.text.replace("\u00ad", "").replace("\u200b", ""))

    @given(tricky)
    def test_any_text_comes_back_harmless(self, text: str) -> None:
        fits(from_slack(text, {ADA.user_id: ADA.name, "U999": ""}))

    def test_only_those_who_are_there_are_mentioned(self) -> None:
        translated = to_slack("@Ada Lovelace @Tom Webb @Eve @ada lovelace", [ADA, TOM])
        assert translated == Translated("<@U012AB3CD> @Tom Webb @Eve <@U012AB3CD>", (), ("U012AB3CD",))

    def test_an_id_that_is_none_mentions_nobody(self) -> None:
        assert to_slack("@Ada", [Reached("1", "Ada", "!channel")]).text == "@Ada"

    def test_a_name_of_two_people_mentions_neither(self) -> None:
        translated = to_slack("@Sam", [Reached("1", "Sam", "U1"), Reached("2", "Sam", "U2")])
        assert translated == Translated("@Sam", ("Several people are called Sam, so the mention notifies nobody.",))

    def test_two_people_of_one_name_are_mentioned_in_their_order(self) -> None:
        sams = [Reached("2", "Sam", "U2"), Reached("1", "Sam", "U1")]
        assert to_slack("@Sam and @sam", sams).text == "<@U2> and <@U1>"
        assert to_slack("@Sam", sams[:1]).text == "<@U2>"
        assert to_slack("@Sam @Sam @Sam", sams).mentioned == ()

    @pytest.mark.parametrize(
        ("text", "existing"),
        [
            ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
            ("@channel", "@\u00adchannel"),
            (">quote", "\u00ad&gt;quote"),
            ("so\n> quote\n> **more**\n\nyes", "so\n&gt; quote\n&gt; *more*\nyes"),
            ("> a\n\n> b", "&gt; a\n\n&gt; b"),
            ("> - a\n> - b", "&gt; • a\n&gt; • b"),
            ("~~gone~~ ~not~", "~gone~ <!date^00000000^{_}|~>not<!date^00000000^{_}|~>"),
            ("www.a.example", "<https://www.a.example|www.a.example>"),
            ("a@b.example", "<mailto:a@b.example|a@b.example>"),
            ("![cat](https://a.example/c.png)", "<https://a.example/c.png|cat>"),
            (":smile:", ":\u00adsmile:"),
            ("bank.example", "bank.\u00adexample"),
            (r"\*not\*", "<!date^00000000^{_}|*>not<!date^00000000^{_}|*>"),
            ("**a**b", "*a*\u200bb"),
            ("- a\n  - b", "• a\n    ◦ b"),
            ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
            ("[a\u202eb](https://a.example/\u202e)", "<https://a.example/%E2%80%AE|ab>"),
        ],
    )
    def test_what_is_written(self, text: str, existing: str) -> None:
        assert to_slack(text).text == existing

    @pytest.mark.parametrize(
        "label", ["https://bank.example", "bank.example", "www.bank.example/x", "**bank**.example"]
    )
    def test_a_link_that_pretends_shows_where_it_leads(self, label: str) -> None:
        translated = to_slack(f"[{label}](https://evil.example/bank.example)")
        assert translated.text.endswith(" (<https://evil.example/bank.example>)")
        assert translated.lost == (
            "A link's text looked like another address, so the true address is shown beside it.",
        )

    @pytest.mark.parametrize("label", ["bank.example", "here", "https://www.bank.example/other"])
    def test_a_link_that_does_not_is_left_alone(self, label: str) -> None:
        assert to_slack(f"[{label}](https://bank.example/x)") == Translated(f"<https://bank.example/x|{label}>")


class TestTeamsIsSafe:
    @given(tricky)
    def test_any_text(self, text: str) -> None:
        translated = to_teams(text, [ADA, TOM], "Eve* <b> (Webtop)")
        rest = translated.text.replace("<at>Ada Lovelace</at>", "")
        assert not re.search(r"<[a-z/!?]|@(channel|here|everyone)\b", re.sub(r"\]\(\S*", "", rest), re.IGNORECASE)
        assert is_visible(translated.text.replace("\u00ad", ""))

    @given(tricky)
    def test_any_text_as_markdown_is_read_elsewhere(self, text: str) -> None:
        harmless(addressed(as_ours(commonmark(to_teams(text, [], "Eve").text))))

    @given(tricky, st.sampled_from(["plain", "markdown", "xml", "html", "", None]))
    def test_any_text_comes_back_harmless(self, text: str, text_format: str | None) -> None:
        fits(from_teams(text, text_format, [*TAGGED, Tagged("<at>Eve</at>", "29:e", None)]))

    def test_the_author_stands_before_it(self) -> None:
        assert to_teams("**Hi**", [], "Ada (Webtop)").text == "**Ada (Webtop):** **Hi**"
        assert to_teams("- a", [], "Ada_*<b>").text == r"**Ada\_\*&lt;b&gt;:**" + "\n\n- a"

    def test_only_those_who_are_there_are_mentioned(self) -> None:
        translated = to_teams("@Ada Lovelace @Tom Webb <at>Tom Webb</at>", [ADA, TOM], "")
        assert translated.text == "<at>Ada Lovelace</at> @Tom Webb &lt;at&gt;Tom Webb&lt;/at&gt;"
        assert translated.mentioned == (ADA.user_id,)

    def test_no_words_become_marks(self) -> None:
        translated = to_teams("# a\n---\n\\~~b~~ | c\n[d]: https://a.example\n![e](x)", [], "")
        assert "<h1>" not in commonmark(translated.text)
        assert re.findall(r"<(?!/)(\w+)", commonmark(translated.text)) == ["p", "p", "p", "p", "a", "p"]


class TestLengths:
    @pytest.mark.parametrize("text", ["&" * 4_000, "*." * 400 + "*a " * 1_000, "🙂" * 4_000, "@Ada Lovelace" * 300])
    def test_what_is_sent_fits(self, text: str) -> None:
        assert len(to_slack(text, [ADA]).text) <= 40_000
        assert len(to_teams(text, [ADA], "Ada").text.encode("utf-16-le")) <= 28_000

    def test_what_is_cut_off_is_said(self) -> None:
        assert to_teams("&" * 4_000, [], "").lost == ("The message is too long for Teams, so its end is missing.",)

    @given(
        st.lists(st.sampled_from(["word ", "\n\n", "\n", "x" * 900, "```\n", "é" * 50, "👨‍👩‍👧", "  "]), max_size=60)
    )
    def test_parts_fit_and_leave_out_no_word(self, words: list[str]) -> None:
        text = "".join(words)
        results = parts(text)
        assert all(checked_text(part) == part for part in results)
        assert re.sub(r"[\s`]", "", "".join(results)) == re.sub(r"[\s`]", "", text)

    def test_short_text_is_one_part(self) -> None:
        assert parts("a\n\nb") == ("a\n\nb",)
        assert parts(" \n") == ()

    def test_paragraphs_stay_whole(self) -> None:
        assert parts(f"{'a ' * 1_500}\n\n{'b ' * 1_500}") == (("a " * 1_500).strip(), ("b " * 1_500).strip())

    def test_code_that_is_cut_goes_on_as_code(self) -> None:
        first, second = parts("```\n" + "line of code\n" * 400 + "```")
        assert first.startswith("```\n")
        assert first.endswith("\n```")
        assert second.startswith("```\nline")
        assert second.endswith("\n```")

    def test_emoji_stay_whole(self) -> None:
        assert all(set(part) == set("👨‍👩‍👧") and len(part) % 5 == 0 for part in parts("👨‍👩‍👧" * 1_500))


SLOWER = {**SLOW, **{sign: sign * 4_000 for sign in "*_~`<>[]()&:@|.#\\"}}
SLOWER |= {f"{sign} and a letter": f"{sign}a " * 1_333 for sign in "*_~`<[&:@|."}
SLOWER |= {
    tag: tag * (4_000 // len(tag))
    for tag in (
        "<a",
        "<a b='",
        "<a b='>",
        "<!-- >",
        "<![CDATA[",
        "<?",
        "</",
        "<script>",
        "<ul><li>",
        "<at>",
        "<!",
        "<https://a.bc|d.ef>",
        "&#",
        "<p>",
    )
}


@pytest.mark.parametrize("name", SLOWER)
def test_a_longer_text_costs_no_more_than_its_share(name: str) -> None:
    def translate(text: str) -> None:
        to_slack(text, [ADA, TOM])
        to_teams(text, [ADA, TOM], "Ada")
        from_slack(text, {})
        from_teams(text, "markdown")
        from_teams(text, "xml")

    from_slack(":warm:", {})
    assert costs_its_share(translate, SLOWER[name])


def fits(back: Translated) -> None:
    """What came back can be a message, or several, and shows nothing that ours may not."""
    for part in parts(back.text):
        assert checked_text(part) == part
        harmless(addressed(to_html(part, NAMES)))
    assert is_visible(back.text)


def addressed(html: str) -> str:
    """A link to an address that can't be one has none, which is harmless too."""
    return html.replace("<a target", '<a href="https://no.address" target')


def is_visible(text: str) -> bool:
    return not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufdd0-\ufdef]", text)


@cache
def reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def commonmark(text: str) -> str:
    return str(reader().render(text))


def as_ours(html: str) -> str:
    """What another reader shows, as our pages write it; tags that ours don't have stay, for the test to find."""
    return nh3.clean(
        html,
        tags={"a", "br", "code", "em", "li", "ol", "p", "pre", "span", "strong", "ul", "img", "table", "h1", "s", "hr"},
        attributes={"a": {"href"}, "ol": {"start"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "javascript", "data", "ftp"},
        link_rel="noopener noreferrer nofollow",
    )
