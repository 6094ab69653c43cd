"""What Slack and Teams truly send, as their documentation and samples show it; and their emoji."""

import re
from pathlib import Path

import pytest
from emoji import EMOJI_DATA, STATUS
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.emojis import normal
from chalicelib.domain.messages import checked_emoji
from chalicelib.domain.translation.translated import Tagged
from chalicelib.providers.microsoft.reactions import reaction_from_teams, reaction_to_teams
from chalicelib.providers.microsoft.reading import from_teams
from chalicelib.providers.slack.emojis import reaction_from_slack, reaction_to_slack, slack_reaction
from chalicelib.providers.slack.reading import from_slack
from cloud import emoji_names
from local.slack import emoji as slack_emoji

STATIC = Path(__file__).parents[2] / "chalicelib/web/static"
STRANGER = "Somebody who isn't in this chat is mentioned."
UNHEARD = " is shown, but notifies nobody here."
CHANNEL = "A channel is named that isn't known here."
NO_LINK = "A link that leads to neither a web page nor a mail address is shown as text."
MISLEADING = "A link's text looked like another address, so the true address is shown beside it."
PEOPLE = {"U024BE7LH": "Ada Lovelace", "W111": "Dana", "UBOT": ""}


@pytest.mark.parametrize(
    ("payload", "ours"),
    [
        ("Hello :wave:", "Hello 👋"),
        ("Hi <@W111>!", "Hi @Dana!"),
        (
            "Hey <@U024BE7LH>, thanks for submitting your report.",
            "Hey @Ada Lovelace, thanks for submitting your report.",
        ),
        ("<@W111>and you", "@Dana and you"),
        ("<@UBOT> help", "help"),
        ("Why not join <#C024BE7LR|general>?", "Why not join #general?"),
        ("*bold* _italic_ `code` *_both_*", "**bold** *italic* `code` ***both***"),
        ("~gone~, *~both~*", "~~gone~~, **~~both~~**"),
        ("&gt;&gt;&gt; all\n\nof *it*", "> all\n>\n> of **it**"),
        ("www.a.example", "www.a.example"),
        ("This is unquoted\n&gt;This is quoted", "This is unquoted\n> This is quoted"),
        ("This is a line of text.\nAnd this is another one.", "This is a line of text.\nAnd this is another one."),
        ("```This is a code block\nAnd it's multi-line```", "```\nThis is a code block\nAnd it's multi-line\n```"),
        ("see ```x &lt; y``` and more", "see\n\n```\nx < y\n```\n\nand more"),
        ("- Detective Chimp\n- Bouncing Boy\n- Aqualad", "- Detective Chimp\n- Bouncing Boy\n- Aqualad"),
        ("• one\n    ◦ two\n        ▪︎ three\n• four\nafter", "- one\n  - two\n    - three\n- four\n\nafter"),
        ("1. a\n2. b\n    a. c", "1. a\n2. b\n   a. c"),
        ("So does this one: <http://www.foo.com|link>", "So does this one: [link](http://www.foo.com)"),
        ("<https://example.com/path?a=1&amp;b=2>", "https://example.com/path?a=1&b=2"),
        ("<https://example.com|This *message* is a link>", r"[This \*message\* is a link](https://example.com)"),
        ("<mailto:bob@example.com|Email Bob Roberts>", "[Email Bob Roberts](mailto:bob@example.com)"),
        ("<mailto:bob@example.com|bob@example.com>", "bob@example.com"),
        ("<http://example.com|example.com>", "[example.com](http://example.com)"),
        (
            "<!date^1392734382^Posted {date_num} {time_secs}|Posted 2014-02-18 6:39:42 AM PST>",
            "Posted 2014-02-18 6:39:42 AM PST",
        ),
        ("<!date^1392734382^{date}^https://example.com/|Feb 18, 2014 PST>", "Feb 18, 2014 PST"),
        ("call <tel:+4930123|+49 30 123> or <tel:+4930124>", "call +49 30 123 or +4930124"),
        ("<tel:+15551234;ext=5|Call me>", "Call me (+15551234)"),
        ("one\x0btwo\x0c• three\r\nfour\u2028five", "one\ntwo\n- three\n\nfour\nfive"),
        (":handshake::skin-tone-2-6: :handshake::skin-tone-2::skin-tone-6:", "🫱🏻\u200d🫲🏿 🫱🏻\u200d🫲🏿"),
        ("Hello &amp; &lt;world&gt; 🌊 &quot;", "Hello & <world> 🌊 &quot;"),
        ("5 * 3 * 2, snake_case_name, a*b*c, *not bold *", "5 * 3 * 2, snake_case_name, a*b*c, *not bold *"),
        ("*one _two* three_", r"**one \_two** three\_"),
        ("It's at 10:30:45 :tada::+1::skin-tone-3:", "It's at 10:30:45 🎉👍🏼"),
        (":simple_smile: :thumbsup: :flag-de: :de: :man-woman-girl:", "🙂 👍 🇩🇪 🇩🇪 👨\u200d👩\u200d👧"),
        ("`:smile: &lt;b&gt; <https://example.com>`", "`:smile: <b> https://example.com`"),
        ("[x](https://example.com)", r"[x\](https://example.com)"),
        ("a &lt;!channel&gt; b", "a <!channel> b"),
        ("# heading\n1) one", "# heading\n1. one"),
        (r"2*3*4 in C:\Users\me\*.txt", r"2*3*4 in C:\Users\me\*.txt"),
        ("<https://a.example/__init__.py#L16> *b*", "https://a.example/__init__.py#L16 **b**"),
        ("", ""),
    ],
)
def test_slack_is_understood(payload: str, ours: str) -> None:
    back = from_slack(payload, PEOPLE)
    assert (back.text, back.lost) == (ours, ())


@pytest.mark.parametrize(
    ("payload", "ours", "lost"),
    [
        ("<!here> <!channel|channel> hi", "@here @channel hi", ["@here" + UNHEARD, "@channel" + UNHEARD]),
        ("<!subteam^SAZ94GDB8|@devs> now", "@devs now", ["@devs" + UNHEARD]),
        ("<!subteam^SAZ94GDB8>", "@subteam", ["@subteam" + UNHEARD]),
        ("<@U999>, <@U998|bob>", "@somebody, @bob", [STRANGER]),
        ("ok :party-parrot:", "ok :party-parrot:", ["The custom emoji :party-parrot: isn't known here."]),
        ("Why not join <#C024BE7LR> or <#C024BE7LS|>?", "Why not join #channel or #channel?", [CHANNEL]),
        ("<tel:+15551234|call> <slack://user?team=T1|me>", "call (+15551234) me", [NO_LINK]),
        ("<javascript:alert(1)|click>", "click", [NO_LINK]),
        ("<https://evil.example|https://bank.example>", "https://bank.example (https://evil.example)", [MISLEADING]),
        ("a\u202eb", "ab", ["Invisible characters were left out."]),
    ],
)  # fmt: skip
def test_slack_is_shown_as_far_as_it_can_be(payload: str, ours: str, lost: list[str]) -> None:
    back = from_slack(payload, PEOPLE)
    assert (back.text, list(back.lost)) == (ours, lost)


def test_slack_says_who_was_mentioned() -> None:
    assert from_slack("<@W111> <@U999> @Ada Lovelace <@W111>", PEOPLE).mentioned == ("W111",)


BOT, ANN = Tagged("<at>Webtop</at>", "28:app", ""), Tagged("<at>Ann O&apos;Neil</at>", "29:ann", "Ann O'Neil")
MENTION = '<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">Webtop</span>'


@pytest.mark.parametrize(
    ("payload", "text_format", "ours"),
    [
        ("Hello", "plain", "Hello"),
        ("one\x0btwo", "plain", "one\ntwo"),
        ('<p>Ring <a href="tel:+4930123">me</a></p>', "html", "Ring me (+4930123)"),
        ("<at>Webtop</at> show *all* <b>", "plain", r"show \*all\* <b>"),
        ("<at>Webtop</at>&nbsp;hi &amp; &lt;bye&gt;\n", "plain", "hi & <bye>"),
        ("hi <at>Ann O'Neil</at>s", "plain", "hi @Ann O'Neil s"),
        ("a\nb\n\nc", "plain", "a\nb\n\nc"),
        ("- not a list\n1. nor this", "plain", "\\- not a list\n1\\. nor this"),
        ("**bold** *it* [x](https://example.com)", "markdown", "**bold** *it* [x](https://example.com)"),
        ("a<br>b<br/>c &lt;d&gt;", None, "a\nb\nc <d>"),
        ("- a\n- b\n\n```\nc &lt; d\n```", "markdown", "- a\n- b\n\n```\nc &lt; d\n```"),
        ("<p>Hi <strong>there</strong> <em>you</em></p>\n<p>&nbsp;</p>\n<p>bye</p>", "xml", "Hi **there** *you*\n\nbye"),
        (f"<p>{MENTION}&nbsp;<i>hi</i></p>", "html", "*hi*"),
        ('<div><div><at id="0">Ann O\'Neil</at> ok?</div></div>', "html", "@Ann O'Neil ok?"),
        (
            '<div>\r\n<div itemprop="copy-paste-block">\n\r\n<div style="size:14px"><strong>bold</strong></div>\n</div></div>',
            "plain",
            "**bold**",
        ),
        ('<p>see <a href="https://example.com/?a=1&amp;b=2" title="x">this</a></p>', "html", "see [this](https://example.com/?a=1&b=2)"),
        ("<ul><li>a</li><li>b<ol start='3'><li>c</li></ol></li></ul>", "html", "- a\n- b\n\n  3. c"),
        (
            '<codeblock class="Python"><code>if a &lt; b:<br>&nbsp;&nbsp;&nbsp; x()</code></codeblock>',
            "html",
            "```\nif a < b:\n    x()\n```",
        ),
        ("<pre>a *b*\n c</pre><p>run <code>ls -l</code></p>", "html", "```\na *b*\n c\n```\n\nrun `ls -l`"),
        ('<p>ok <img alt="😀" itemtype="http://schema.skype.com/Emoji"><emoji id="smile" alt="🙂"></emoji></p>', "html", "ok 😀🙂"),
        (
            '<blockquote itemtype="http://schema.skype.com/Reply"><strong>Ann</strong><p>the plan</p></blockquote><p>yes</p>',
            "html",
            "> **Ann**\n>\n> the plan\n\nyes",
        ),
        ("<p><s>no</s> <del>nor</del> <strike>this</strike></p>", "html", "~~no nor this~~"),
        ("<blockquote>a<blockquote>b</blockquote><ul><li>c</li></ul></blockquote>d", "html", "> a\n>\n> b\n> - c\n\nd"),
        ("<ul><li><blockquote>a</blockquote></li></ul>", "html", r"- \> a"),
        ("> a\n~~b~~", "markdown", "> a\n\n~~b~~"),
        ("> a", "plain", r"\> a"),
        ("<h1>Title</h1>text<hr>more", "html", "**Title**\n\ntext\n\nmore"),
        ("<p>a<script>alert(1)</script><style>b</style> <!-- c --><u>d</u></p>", "html", "a d"),
        ("<p>2 &lt; 3 and <b>unclosed", "html", "2 < 3 and **unclosed**"),
        ("a < b and c > d", "html", "a < b and c > d"),
        ("", "plain", ""),
    ],
)  # fmt: skip
def test_teams_is_understood(payload: str, text_format: str | None, ours: str) -> None:
    back = from_teams(payload, text_format, [BOT, ANN])
    assert (back.text, back.lost) == (ours, ())


@pytest.mark.parametrize(
    ("payload", "ours", "lost"),
    [
        ('<attachment id="1616"></attachment><p>yes</p>', "yes", "Something attached isn't shown here."),
        ('<p>look <img src="https://graph.example/x" alt="image"></p>', "look", "A picture isn't shown here."),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b |", "A table is shown as text."),
        ("<p><at>Eve</at> hi</p>", "@Eve hi", STRANGER),
        ('<p><a href="javascript:alert(1)">x</a></p>', "x", NO_LINK),
        ('<p><a href="https://evil.example">bank.example</a></p>', "bank.example (https://evil.example)", MISLEADING),
    ],
)
def test_teams_is_shown_as_far_as_it_can_be(payload: str, ours: str, lost: str) -> None:
    back = from_teams(payload, "html", [BOT, ANN])
    assert (back.text, list(back.lost)) == (ours, [lost])


def test_teams_says_who_was_mentioned() -> None:
    twins = [Tagged("<at>Sam</at>", "29:one", "Sam One"), Tagged("<at>Sam</at>", "29:two", "Sam Two")]
    back = from_teams("<at>Sam</at> and <at>Sam</at>", "plain", twins)
    assert (back.text, back.mentioned) == ("@Sam One and @Sam Two", ("29:one", "29:two"))


def test_what_marks_cannot_say_is_said_plainer() -> None:
    back = from_teams("<p>a<b>(b)</b>c</p>", "html")
    assert (back.text, back.lost) == ("a(b)c", ("Some bold, italic or struck-through text is shown plain.",))


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1", "👍"),
        ("+1::skin-tone-3", "👍🏼"),
        ("heart", "❤️"),
        ("tada", "🎉"),
        ("thinking_face", "🤔"),
        ("joy", "😂"),
        ("slightly_smiling_face", "🙂"),
        ("rolling_on_the_floor_laughing", "🤣"),
        ("de", "🇩🇪"),
        ("flag-sark", "🇨🇶"),
        ("woman_running_facing_right", "🏃\u200d♀️\u200d➡️"),
        ("handshake::skin-tone-2-6", "🫱🏻\u200d🫲🏿"),
        ("people_holding_hands::skin-tone-3-2", "🧑🏼\u200d🤝\u200d🧑🏻"),
        ("people_holding_hands::skin-tone-4", "🧑🏽\u200d🤝\u200d🧑🏽"),
        ("flag-scotland", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"),
        ("male-technologist::skin-tone-6", "👨🏿\u200d💻"),
        ("woman-running", "🏃\u200d♀️"),
        ("man-woman-girl-boy", "👨\u200d👩\u200d👧\u200d👦"),
        ("woman-kiss-woman", "👩\u200d❤️\u200d💋\u200d👩"),
        ("large_green_circle", "🟢"),
        ("white_check_mark", "✅"),
        ("one", "1️⃣"),
        ("dog", "🐶"),
        ("dog2", "🐕"),
    ],
)
def test_slack_names_emoji(name: str, emoji: str) -> None:
    assert reaction_from_slack(name) == emoji
    assert reaction_to_slack(emoji) == name


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("thumbsup", "👍"),
        ("simple_smile", "🙂"),
        ("flag-us", "🇺🇸"),
        (":eyes:", "👀"),
        ("kiss::skin-tone-2", "💋"),
        ("handshake::skin-tone-2::skin-tone-6", "🫱🏻\u200d🫲🏿"),
    ],
)
def test_slack_has_other_names_too(name: str, emoji: str) -> None:
    assert reaction_from_slack(name) == emoji


def test_unknown_reactions_are_none() -> None:
    assert [reaction_from_slack(name) for name in ("party-parrot", "", "a b", "+1::skin-tone-9")] == [None] * 4
    assert [reaction_to_slack(emoji) for emoji in ("", "x", "👍👍")] == [None] * 3
    assert reaction_to_teams("🏴‍☠️") is reaction_from_teams("parrot") is None


def test_a_tone_that_slack_cannot_name_is_left_out() -> None:
    assert reaction_from_slack("tada::skin-tone-3") == "🎉"
    assert reaction_to_slack("🤼🏿") == "wrestlers"


@pytest.mark.parametrize("name", ["like", "heart", "laugh", "surprised", "sad", "angry"])
def test_teams_names_six(name: str) -> None:
    emoji = reaction_from_teams(name)
    assert emoji
    assert reaction_to_teams(checked_emoji(emoji)) == name
    assert reaction_to_teams("👍🏽") == "like"


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("1f440_eyes", "👀"),
        ("2705_whiteheavycheckmark", "✅"),
        ("launch", "🚀"),
        ("1f44b_wavinghand-tone3", "👋🏽"),
        ("1f9d1200d1f4bb_technologist-tone5", "🧑🏿\u200d💻"),
        ("yes-tone1", "👍🏻"),
        ("1f468_200d_1f9b2_manbald-tone1", "👨🏻\u200d🦲"),
        ("2639_frowningface", "☹️"),
        ("1f441fe0f200d1f5e8fe0f_eye", "👁️\u200d🗨️"),
        ("cwl", "😂"),
    ],
)
def test_teams_names_more_than_six(name: str, emoji: str) -> None:
    assert reaction_from_teams(name) == checked_emoji(emoji) == emoji


@pytest.mark.parametrize(
    "name", ["hajimi_run;0-ea-d11-abc", "oreoyum", "", "1f44", "0041_a", "1f440_eyes-tone9", "x" * 200]
)
def test_what_is_no_emoji_is_no_reaction_from_teams(name: str) -> None:
    assert reaction_from_teams(name) is None


def test_each_reaction_that_can_be_sent_to_teams_comes_back() -> None:
    for emoji in EMOJI_DATA:
        name = reaction_to_teams(emoji)
        assert name is None or reaction_from_teams(name) == normal(re.sub("[\U0001f3fb-\U0001f3ff]", "", emoji))
    sent = ("👀", "🚀", "📌", "✅", "👋🏽", "😂", "❤")
    assert [reaction_to_teams(emoji) for emoji in sent] == [
        "1f440_eyes",
        "launch",
        "1f4cc_pushpin",
        "2705_whiteheavycheckmark",
        "1f44b_wavinghand",
        "cwl",
        "heart",
    ]


@given(st.text(max_size=8) | st.sampled_from(["+1", "flag-zz", "man-man", "::", "skin-tone-2"]))
def test_any_name_of_an_emoji_is_fit_for_a_reaction(name: str) -> None:
    emoji = reaction_from_slack(name)
    assert emoji is None or checked_emoji(emoji) == emoji
    reaction_to_slack(name)


def test_every_emoji_goes_by_slack_s_own_name_and_comes_back() -> None:
    """Those that are older than Slack's list, of Emoji 16, in each tone; of newer ones none is given another's name."""
    full = [item for item, data in EMOJI_DATA.items() if data["status"] == STATUS["fully_qualified"]]
    names = {item: reaction_to_slack(item) for item in full}
    assert len(full) == 3_963
    assert [item for item in full if not names[item] and EMOJI_DATA[item]["E"] < 17] == []
    others = [item for item in full if names[item] and reaction_from_slack(names[item] or "") != item]
    assert [item for item in others if EMOJI_DATA[item]["E"] < 17] == []
    assert all(names[item] == names[normal(re.sub("[\U0001f3fb-\U0001f3ff]", "", item))] for item in others)


def test_the_stand_in_takes_each_of_these_names() -> None:
    full = [item for item, data in EMOJI_DATA.items() if data["status"] == STATUS["fully_qualified"]]
    names = [name for item in full if (name := reaction_to_slack(item))]
    assert [name for name in names if slack_emoji.canonical(name) != name] == []
    assert [slack_emoji.canonical(name) for name in ("flag-cq", "tada::skin-tone-2", "wave::skin-tone-2-3")] == [
        None
    ] * 3


def test_the_list_is_written_from_slack_s_own() -> None:
    records = [
        {"unified": "1F44D", "short_name": "+1", "short_names": ["+1", "thumbsup"]}
        | {"skin_variations": {"1F3FB": {"unified": "1F44D-1F3FB"}, "1F3FC": {"unified": "1F44D-1F3FC"}}},
        {"unified": "1F91D", "short_name": "handshake", "short_names": ["handshake"]}
        | {
            "skin_variations": {
                "1F3FB": {"unified": "1F91D-1F3FB"},
                "1F3FB-1F3FC": {"unified": "1FAF1-1F3FB-200D-1FAF2-1F3FC"},
            }
        },
    ]
    written = emoji_names.table(records, "emoji-datasource@1.2.3").splitlines()
    assert "emoji-datasource@1.2.3" in written[1]
    assert written[2:] == ["1F44D +1,thumbsup 1F44D-T", "1F91D handshake 1F91D-T 1FAF1-T-200D-1FAF2-U"]
    records[0]["skin_variations"] = {"1F3FB": {"unified": "1F44D-1F3FC"}}
    with pytest.raises(ValueError, match="1F3FB"):
        emoji_names.table(records, "emoji-datasource@1.2.3")


def test_the_pages_have_the_same_names_by_groups() -> None:
    records = [
        {
            "unified": "1F44D",
            "short_name": "+1",
            "short_names": ["thumbsup", "+1"],
            "category": "People & Body",
            "sort_order": 9,
        },
        {
            "unified": "1F44B",
            "short_name": "wave",
            "short_names": ["wave"],
            "category": "People & Body",
            "sort_order": 1,
        },
    ]
    written = emoji_names.script(records, "emoji-datasource@1.2.3")
    assert "emoji-datasource@1.2.3" in written
    assert "  people: '\U0001f44b wave|\U0001f44d +1,thumbsup',\n" in written
    kept = (STATIC / "emoji_table.js").read_text(encoding="utf-8")
    entries = [entry for line in re.findall(r": '(.*)',", kept) for entry in line.replace("\\'", "'").split("|")]
    assert len(entries) > 1_800
    for emoji, names in (entry.split(" ") for entry in entries):
        assert {reaction_from_slack(name) for name in names.split(",")} == {normal(emoji)}


def test_each_emoji_has_one_normal_form() -> None:
    """However it is spelled: with and without what makes it a picture. The package says which form is fully qualified."""
    full = [item for item, data in EMOJI_DATA.items() if data["status"] == STATUS["fully_qualified"]]
    assert len(full) > 3_000
    assert [item for item in full if normal(item) != item or normal(item.replace("\ufe0f", "")) != item] == []


def test_reactions_from_slack_and_teams_have_it_too() -> None:
    names = ["heart", "rainbow-flag", "keycap_star", "man-wearing-turban", "umbrella", "+1::skin-tone-3", "email"]
    results = [reaction_from_slack(name) for name in names]
    assert [normal(item or "") for item in results] == results
    assert reaction_from_teams("heart") == normal("\u2764") == "\u2764\ufe0f"


def test_a_workspaces_own_emoji_goes_by_its_name() -> None:
    assert [slack_reaction(name) for name in ("party-parrot", "heart", "", "a b")] == [":party-parrot:", "❤️", "", ""]
    assert reaction_to_slack(":party-parrot:") is None
