"""Messages' light marks: what they become, and that no text can become anything else or take long."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.templating.marks import to_html, to_plain
from tests.support.mail_samples import Html
from tests.support.work import costs_its_share

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'
TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "s", "span", "strong", "ul"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("**bold** *italic* _too_", "<p><strong>bold</strong> <em>italic</em> <em>too</em></p>"),
        ("`a *b* <c>`", "<p><code>a *b* &lt;c&gt;</code></p>"),
        ("```py\n@Dana <b>\n```", "<pre><code>@Dana &lt;b&gt;\n</code></pre>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("[x](https://a.example/?b=1&c=2)", f'<p><a href="https://a.example/?b=1&amp;c=2" {LINK}>x</a></p>'),
        ("[x](mailto:a@b.example)", f'<p><a href="mailto:a@b.example" {LINK}>x</a></p>'),
        (
            "see http://a.example/x_y_z.",
            f'<p>see <a href="http://a.example/x_y_z" {LINK}>http://a.example/x_y_z</a>.</p>',
        ),
        ("(https://a.example/(b))", f'<p>(<a href="https://a.example/(b)" {LINK}>https://a.example/(b)</a>)</p>'),
        ("snake_case_name", "<p>snake_case_name</p>"),
        (r"\*not\*", "<p>*not*</p>"),
        (r"\_not\_ \`nor\` \[this](x)", "<p>_not_ `nor` [this](x)</p>"),
        ("in**side**words", "<p>in<strong>side</strong>words</p>"),
        ("un**believable news**", "<p>un<strong>believable news</strong></p>"),
        ("and **or**/**nor**", "<p>and <strong>or</strong>/<strong>nor</strong></p>"),
        ("这是*重点*内容", "<p>这是<em>重点</em>内容</p>"),
        ("> so *it* goes\n> on\nyes", "<blockquote>\n<p>so <em>it</em> goes<br>\non</p>\n</blockquote>\n<p>yes</p>"),
        ("no\n> a\n>\n> - b", "<p>no</p>\n<blockquote>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n</blockquote>"),
        ("> > a\n>b", "<blockquote>\n<p>&gt; a</p>\n</blockquote>\n<p>&gt;b</p>"),
        ("- a\n> b", "<ul>\n<li>a</li>\n</ul>\n<blockquote>\n<p>b</p>\n</blockquote>"),
        ("> ```\n> x\n> ```", "<blockquote>\n<pre><code>x\n</code></pre>\n</blockquote>"),
        ("```\n> x\n```", "<pre><code>&gt; x\n</code></pre>"),
        (r"\> a", "<p>&gt; a</p>"),
        ("~~gone~~ and **~~both~~**", "<p><s>gone</s> and <strong><s>both</s></strong></p>"),
        (r"\~~not\~~", "<p>~~not~~</p>"),
        ("see www.a.example/b_c.", f'<p>see <a href="https://www.a.example/b_c" {LINK}>www.a.example/b_c</a>.</p>'),
        ("to a_b+c@mail.example.", f'<p>to <a href="mailto:a_b+c@mail.example" {LINK}>a_b+c@mail.example</a>.</p>'),
        ("*x@a.example*", f'<p><em><a href="mailto:x@a.example" {LINK}>x@a.example</a></em></p>'),
        (
            "![a **cat**](https://a.example/c.png)",
            f'<p><a href="https://a.example/c.png" {LINK}>a <strong>cat</strong></a></p>',
        ),
        (
            "![](https://a.example/c.png)",
            f'<p><a href="https://a.example/c.png" {LINK}>https://a.example/c.png</a></p>',
        ),
        ("[](mailto:a@b.example)", f'<p><a href="mailto:a@b.example" {LINK}>a@b.example</a></p>'),
        (r"wow\![x](https://a.example)", f'<p>wow!<a href="https://a.example" {LINK}>x</a></p>'),
        ("![x](javascript:alert)", "<p>![x](javascript:alert)</p>"),
        (
            "[![a *b*](https://a.example) c](https://b.example)",
            f'<p><a href="https://b.example" {LINK}>a <em>b</em> c</a></p>',
        ),
        (
            "[![](https://a.example)](https://b.example)",
            f'<p>https://a.example (<a href="https://b.example" {LINK}>https://b.example</a>)</p>',
        ),
        (
            "www.a.example,www.b.example:80/?q",
            (
                f'<p><a href="https://www.a.example" {LINK}>www.a.example</a>,'
                f'<a href="https://www.b.example:80/?q" {LINK}>www.b.example:80/?q</a></p>'
            ),
        ),
        ("~~~ all of it", "<pre><code>all of it\n</code></pre>"),
        ("```py\n\n```", "<pre><code>py\n</code></pre>"),
        ("", ""),
    ],
)
def test_marks_become_html(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3. Anna\n1. Ben\n2. Cleo", [3, 1, 2]),
        ("2. a\n2. b\n4. c", [2, 2, 4]),
        ("1. a\n1. b\n1. c", [1, 2, 3]),
        ("7. a\n\n9. b", [7, 9]),
        ("- x\n\n  2. a\n  5. b\n- y", [2, 5]),
    ],
)
def test_the_items_of_a_list_keep_their_numbers(text: str, numbers: list[int]) -> None:
    """ "3. Anna, 1. Ben" was 3 and 4. Where all are typed as 1, they count, as Markdown's habit is."""
    assert _numbers(to_html(text)) == numbers


def _numbers(html: str) -> list[int]:
    """As a browser counts: from each list's `start`."""
    results: list[int] = []
    for start, items in re.findall(r'<ol(?: start="(\d+)")?>(.*?)</ol>', html, re.DOTALL):
        results += range(int(start or 1), int(start or 1) + items.count("<li>"))
    return results


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "2**3**4, x**2 + y**2",
        "snake_case_name __init__s",
        "__init__ and __main__, __all__ = []",
        r"\_\_init\_\_",
        "f**k that s**t, f**k",
        "src/**/*.py and lib/**/*.js",
        "**/node_modules/** or **/*.log",
        "*/5 * * * *, /*comment*/, a/*/b",
        r"C:\Users\me\*.txt",
        r"C:\*.txt D:\*.txt",
        r"\\server\share\*x*",
        "C:\\dir\\\nnext",
        "(*.py, *.txt) a*b* _a_b",
        r"5 \* 3, \# \> \( \) a\[0\] \d+\.",
        ">5 %, >:(",
        ">",
        "~/files and ~5, ~home~",
        "a ~~~~ or ~~ or ~~~a~~~",
        "5~~6~~7",
        "@a@b.example a@b.example@c.example jörg@a.example",
        "@a.example a@b a@1.2 x@a.example-b www.a www..b xwww.a.example",
        "Hey![0], wow!",
    ],
)
def test_what_marks_nothing_is_shown_as_typed(text: str) -> None:
    assert to_html(text) == f"<p>{escape(text, quote=False)}</p>".replace("\n", "<br>\n")
    assert to_plain(text) == text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("{}", "https://a.example/Undiscord_-_Delete_all_messages_in_a_DM_(Bulk_deletion)"),
        ("see {}.", "https://github.example/a/b/__init__.py#L16"),
        ("**{}**, really", "https://a.example/x_y_z"),
        ("_{}_!", "https://a.example/*/b?c=*d*&e=_f"),
        ("({})", "https://a.example/a_(b)_(c)"),
        ("[{}]: x", "https://a.example/a?b(0)=_c_"),
        ("**bold** {} _it_", "https://a.example/a_"),
        ("看{}。然后", "https://a.example/a"),
        ("«{}»", "https://a.example/a"),
        ("„{}“", "https://a.example/b"),
        ("“{}”", "https://a.example/b"),
        ("{}…", "https://a.example/a_b"),
        ("- {}\n- b", "HTTPS://a.example/__b__"),
    ],
)
def test_an_address_is_found_before_marks(text: str, address: str) -> None:
    html = to_html(text.format(address))
    assert html.count(f">{escape(address)}</a>") == 1
    assert Html(html).links == [address]


def test_the_text_of_a_link_keeps_the_address_in_it() -> None:
    html = to_html("[https://a.example/__init__.py](https://a.example/__init__.py)")
    assert ">https://a.example/__init__.py</a>" in html


@pytest.mark.parametrize(
    "text",
    [
        "# heading",
        "---",
        "| a | b |\n| - | - |",
        "<b>bold</b>",
        "<!-- x -->",
        "&lt;b&gt; &amp;",
        "[a]: https://evil.example\n[a]",
        "    indented",
        "heading\n=====",
    ],
)
def test_all_else_stays_text(text: str) -> None:
    html = to_html(text)
    assert set(Html(html).tags) <= {"p", "/p", "br", "a", "/a"}
    assert "<" not in re.sub(r"</?(p|br|a)\b[^>]*>", "", html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:x) [y](data:text/html,x) [z](file:///etc/passwd)",
        "[x](//evil.example) [y](/sign-out) [z](sign-out)",
        "[x](<javascript:alert(1)>)",
        '[x](https://a.example "onmouseover=alert(1)")',
        'https://a.example/"onmouseover="alert(1)',
        "https://a.example/<script>alert(1)</script>",
        "![x](javascript:alert(1))",
        "`<script>`**<script>**",
        "```<script>\n<script>\n```",
        "[**<img src=x onerror=alert(1)>**](https://a.example)",
        "[[x](https://a.example)](javascript:alert(1))",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<p style='position:fixed'>x</p>",
        "@<script>alert(1)</script>",
        "\u0000<script>",
    ],
)
def test_hostile_text_is_harmless(text: str) -> None:
    harmless(to_html(text, ["<script>alert(1)</script>", '" onclick="x']))


@given(st.text(alphabet=st.sampled_from("[]()<>*_`~#-+.!|\\\n\t :/@\"'&;=ab1é\u202ehttps://javascript:"), max_size=400))
def test_any_text_is_harmless(text: str) -> None:
    harmless(to_html(text, ["a", "b1"]))


def harmless(html: str) -> None:
    page = Html(html)
    assert {tag.removeprefix("/") for tag in page.tags} <= TAGS
    for link in page.links:
        assert re.match(r"(https?://|mailto:)", link, re.IGNORECASE)
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(
            rf'</?({"|".join(TAGS)})>|<a href="[^"]*" {LINK}>|<ol start="\d+">|<span class="mention">',
            tag,
        )


class TestMentions:
    def test_stand_out(self) -> None:
        assert to_html("hi @Dana!", ["Dana"]) == '<p>hi <span class="mention">@Dana</span>!</p>'

    def test_the_longest_name_wins(self) -> None:
        assert '<span class="mention">@Ann Lee</span>' in to_html("@Ann Lee", ["Ann", "Ann Lee"])

    def test_only_those_who_are_named(self) -> None:
        assert "span" not in to_html("@Tom and @Danas", ["Dana"])

    def test_inside_other_marks(self) -> None:
        assert to_html("**@Dana**", ["Dana"]) == '<p><strong><span class="mention">@Dana</span></strong></p>'

    def test_not_in_code_and_not_in_links(self) -> None:
        assert "span" not in to_html("`@Dana` [@Dana](https://a.example) https://a.example/@Dana", ["Dana"])

    def test_names_are_text(self) -> None:
        assert to_html("@<b>", ["<b>"]) == '<p><span class="mention">@&lt;b&gt;</span></p>'
        assert "mention" not in to_html("@Dxna", ["D.na"])


SLOW = {
    "[": "[" * 2_000,
    "*": "*" * 2_000,
    ">": ">" * 2_000,
    "word": "a" * 4_000,
    "[](": "[](" * 990,
    "[a](": "[a](" * 990,
    "nested []": "[" * 990 + "]" * 990 + "(https://a.example)",
    "*a _b": "*a _b " * 490,
    "**a**": "**a*" * 330,
    "a**b": "a**b" * 490,
    "`": "".join("`" * length + " " for length in range(44)),
    "`a": "`a" * 999,
    "- -": "- " * 2_000,
    "1. 1.": "1. " * 1_300,
    "~~a": "~~a " * 490,
    "~": "~" * 2_000,
    "![": "![" * 990,
    "![](": "![](a)" * 660,
    "> a": "> a\n" * 1_000,
    "> >": "> " * 2_000,
    "www": "www.a.b " * 490,
    "@a.b": "a@b.cc " * 490,
    "a.a.": "a." * 1_990 + "@a.b",
    "@a.a.": "a@" + "a." * 1_990,
    "deeper lists": "\n".join(" " * depth + "- x" for depth in range(80)),
    "empty items": "-\n" * 2_000,
    "fences": "```\n" * 330,
    "lines": "\n" * 4_000,
    "backslashes": "\\" * 4_000,
    "addresses": "https://a.b " * 330,
    "brackets in an address": "https://" + "(" * 1_990 + ")" * 1_990,
    "stops after an address": "https://a" + ".)" * 1_990,
    "at": "@" * 4_000,
    "mentions": "@Dana " * 660,
}


@pytest.mark.parametrize("name", SLOW)
def test_a_longer_text_costs_no_more_than_its_share(name: str) -> None:
    names = ["Dana", *("@" * length for length in range(1, 20))]

    def show(text: str) -> None:
        harmless(to_html(text, names))
        to_plain(text)

    to_html("warm")
    assert costs_its_share(show, SLOW[name])


def test_what_no_person_types_is_shown_as_it_stands() -> None:
    assert to_html("*" * 1_500) == f"<p>{'*' * 1_500}</p>"
    assert to_html("a\n<b>" + "x" * 4_000).startswith("<p>a<br>&lt;b&gt;x")


def test_lists_however_deep_lose_nothing() -> None:
    for depth in (6, 19, 20, 60):
        text = "\n".join(" " * 2 * level + f"- level{level}." for level in range(depth))
        for shown in (to_html(text), to_plain(text)):
            assert [f"level{level}." in shown for level in range(depth)] == [True] * depth


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "[https://bank.example](https://evil.example/?a&b)",
            "https://bank.example (<a>https://evil.example/?a&amp;b</a>)",
        ),
        (
            "[**bank.example** now](https://evil.example)",
            "<strong>bank.example</strong> now (<a>https://evil.example</a>)",
        ),
        ("[dana@bank.example](mailto:x@evil.example)", "dana@bank.example (<a>x@evil.example</a>)"),
        ("[bank.example](https://www.bank.example/a)", "<a>bank.example</a>"),
        ("[the bank](https://evil.example)", "<a>the bank</a>"),
    ],
)
def test_a_link_that_reads_like_another_address_says_where_it_leads(text: str, html: str) -> None:
    assert re.sub("<a [^>]*>", "<a>", to_html(text)) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Hi** [you](https://a.example), `x`", "Hi you, x"),
        ("- a\n- b\n\nc", "- a\n- b\nc"),
        ("a\n- b\n  - c\n\n  d", "a\n- b\n- c\nd"),
        ("- 5 degrees", "- 5 degrees"),
        ("3. Mai passt", "3. Mai passt"),
        ("1) a\n2) b", "1) a\n2) b"),
        ("10. Nov.\n\n12. Nov.", "10. Nov.\n12. Nov."),
        ("1. a\n\n   ```\n   x\n   ```", "1. a\nx"),
        ("```\ncode <b>\n```", "code <b>"),
        ("https://a.example/x", "https://a.example/x"),
        ("<b>", "<b>"),
        ("> a\n> b\n\nc", "> a\n> b\nc"),
        ("> - a\n>\n> b", "> - a\n> b"),
        ("~~old~~ new", "~~old~~ new"),
        ("![a cat](https://a.example) www.a.example", "a cat www.a.example"),
    ],
)
def test_plain_words(text: str, plain: str) -> None:
    assert to_plain(text) == plain
