"""No regular expression takes more than its share of time, whatever somebody typed.

Every pattern in the package is found by itself, so a new one is tried too; one that is put together where it is used must
be named here (`BUILT`). The bound is on work and not on seconds: a text twice as long may cost about twice as much, measured
in this thread's own CPU time; a pattern that looks at each pair of places costs four times. The longest text that gets in is
tried, too: the body of a request, which `web/requests.py` cuts off, of a form with a list of addresses for their readers.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib.domain import messages, names, personal_lines, searching
from chalicelib.domain.calls import checked_url
from chalicelib.domain.errors import Refusal
from chalicelib.domain.mentions import calling
from chalicelib.domain.messages import LONGEST
from chalicelib.domain.names import for_mail
from chalicelib.domain.translation.blocks import Manner
from chalicelib.domain.translation.translated import LONGEST_READ
from chalicelib.gateways.incoming_mail import _bounds
from chalicelib.providers.microsoft.reading import from_teams
from chalicelib.providers.slack.reading import from_slack
from chalicelib.templating.sanitize import excerpt, sanitize
from chalicelib.web.requests import MOST_BYTES, MOST_BYTES_OF_LIST

ROOT = Path(__file__).parents[2] / "chalicelib"
# Reads our own source when somebody translates, and nothing that a user typed.
OURS_ALONE = ("chalicelib.templating.extraction", "chalicelib.templating.catalogue", "chalicelib.templating.precompile")
PUMPED = (
    *"a_-./<&\\`*~|([])'\":=@#!>é漢{1❤🏴🇩 \n\t\ufe0f\u200d\ufdd0",
    *("a-", "a.", "1.", "a/", "://", "a://", "<a", "<<", "&#", "\\a", ":a", "a=", "@a", "https://a", "www.", "man-"),
    *("in_", "<a'", "a ", "\n ", "- ", " - at `", "<a ", "<blockquote ", "<quoted ", "a='"),
)
TAKE_PATTERNS = {
    "re.compile",
    "re.search",
    "re.match",
    "re.fullmatch",
    "re.split",
    "re.findall",
    "re.finditer",
    "re.sub",
}
ALIKE = ["a" * 60, *("a" * length + "b" for length in range(59)), "@a", "漢" * 60]
"""Names that begin alike, as those that are looked for together may."""
BUILT: dict[str, Callable[[str], object]] = {
    "chalicelib.gateways.incoming_mail._bounds": lambda text: _parts_of_mail(text.encode()),
    "chalicelib.domain.mentions.calling": lambda text: list(_found(calling(ALIKE), text)),
    "chalicelib.domain.searching.holds": lambda text: searching.holds(text, ("a" * 49 + "b", "a", "漢")),
    "chalicelib.domain.translation.blocks.lead": Manner(bullets="•◦▪‣*-").lead.match,
    "chalicelib.domain.translation.blocks.marker": Manner(bullets="•◦▪‣*-").marker.match,
}
BEGINNINGS, LONG = ("", "<", "<a x='"), 2_000
TOO_MUCH, NOISE = 3, 0.004


def patterns() -> dict[str, re.Pattern[str]]:
    """By where each stands: those that modules hold, and those that are written where they are used."""
    results: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if module.name not in OURS_ALONE:
            held = vars(importlib.import_module(module.name)).items()
            results |= {f"{module.name}.{name}": item for name, item in held if isinstance(item, re.Pattern)}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        if name not in OURS_ALONE:
            results |= {f"{name}:{line}": re.compile(text) for line, text in _written(path)}
    return {name: pattern for name, pattern in results.items() if isinstance(pattern.pattern, str)}


def _written(path: Path) -> Iterator[tuple[int, str]]:
    for _, call in _calls(path):
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            yield call.lineno, call.args[0].value


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call that takes a pattern, and the function in which it stands; empty for one at the module's own level."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    within = {id(node): function.name for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in TAKE_PATTERNS:
            yield within.get(id(node), ""), node


def built_where_used() -> set[str]:
    """Patterns that are put together in a function, which no module holds."""
    return {
        f"{'.'.join(path.relative_to(ROOT.parent).with_suffix('').parts)}.{function}"
        for path in sorted(ROOT.rglob("*.py"))
        for function, call in _calls(path)
        if function and not isinstance(call.args[0], ast.Constant)
    }


def once(pattern: re.Pattern[str], text: str) -> float:
    """CPU seconds of this thread."""
    begun = time.thread_time()
    pattern.sub("", text)
    pattern.fullmatch(text)
    return time.thread_time() - begun


def cost(pattern: re.Pattern[str], text: str) -> float:
    return min(once(pattern, text) for _ in range(5))


def doubles(pattern: re.Pattern[str], text: str) -> bool:
    """Measured again where a busy machine came between: what looks at each pair of places never passes."""
    return any(cost(pattern, text) < TOO_MUCH * cost(pattern, text[: len(text) // 2]) for _ in range(4))


def _found(pattern: re.Pattern[str] | None, text: str) -> Iterator[str]:
    assert pattern
    return (match[0] for match in pattern.finditer(text))


def _parts_of_mail(raw: bytes) -> list[tuple[int, int]]:
    return list(_bounds(raw, 0, len(raw), "a"))


PATTERNS = patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_twice_the_text_costs_about_twice_the_work(name: str) -> None:
    pattern = PATTERNS[name]
    cheap = 40 * cost(re.compile("[^\\0]\\0"), "a" * LONG)  # of a scan that looks at each character
    for text in (beginning + part * (LONG // len(part)) for beginning in BEGINNINGS for part in PUMPED):
        if once(pattern, text) > cheap:
            assert doubles(pattern, text), (pattern.pattern, text[:40])


@pytest.mark.parametrize("part", ["a-", "a", "a.", "1.", "www.", "a://", "https://a.b ", "-", ":", "@a."])
@pytest.mark.parametrize("read", [for_mail, sanitize, excerpt], ids=lambda read: str(read.__name__))
def test_names_and_messages_in_mails_are_read_in_one_go(read: Callable[[str], str], part: str) -> None:
    def cost_of(length: int) -> float:
        text = part * (length // len(part))

        def timed() -> float:
            begun = time.thread_time()
            read(text)
            return time.thread_time() - begun

        return min(timed() for _ in range(5))

    read("warm")
    assert cost_of(LONGEST) < TOO_MUCH * max(cost_of(LONGEST // 2), 0.002)


def test_a_pattern_that_is_built_where_it_is_used_is_named_here() -> None:
    assert built_where_used() == set(BUILT)


@pytest.mark.parametrize("name", BUILT)
def test_a_pattern_that_is_built_costs_what_the_text_is_long(name: str) -> None:
    def cost_of(text: str) -> float:
        return min(timed(BUILT[name], text) for _ in range(5))

    for part in (*PUMPED, "@", "@" + "a" * 59, "@" + "a" * 60 + "c"):
        text = part * (2 * LONG // len(part))
        half = text[: len(text) // 2]
        assert any(cost_of(text) < TOO_MUCH * max(cost_of(half), 0.0005) for _ in range(4)), part


def timed(read: Callable[[str], object], text: str) -> float:
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


@pytest.mark.parametrize("name", PATTERNS)
def test_the_longest_text_that_gets_in_costs_no_more_for_each_character(name: str) -> None:
    """With the two texts that cost this pattern most; four times the text, never nine times the work."""
    pattern = PATTERNS[name]
    longest = MOST_BYTES_OF_LIST if ".address_lists." in name else MOST_BYTES
    whole = [(beginning, part) for beginning in BEGINNINGS for part in PUMPED]
    costs = {pair: once(pattern, pair[0] + pair[1] * (LONG // len(pair[1]))) for pair in whole}
    for beginning, part in sorted(whole, key=lambda pair: -costs[pair])[:2]:
        length = LONG
        while length < longest:
            shorter, length = length, min(longest, 4 * length)
            part_of_it, text = (beginning + part * (size // len(part)) for size in (shorter, length))
            # A busy machine may disturb one look, never all.
            looks = (once(pattern, text) < 9 * max(once(pattern, part_of_it), NOISE) for _ in range(5))
            assert any(looks), (pattern.pattern, part, length)


@pytest.mark.parametrize(
    ("read", "most"),
    [
        (messages.checked_text, messages.LONGEST),
        (lambda text: names.clean(text, "name"), names.PERSON),
        (lambda text: names.clean(text, "name", names.TITLE), names.TITLE),
        (personal_lines.clean, personal_lines.LONGEST),
        (searching.criteria, searching.LONGEST),
        (lambda text: checked_url("https://meet.example.org/" + text, "url"), 500),
    ],
)
def test_what_is_typed_has_a_longest(read: Callable[[str], object], most: int) -> None:
    with pytest.raises(Refusal):
        read("a" * (most + 1))


@pytest.mark.parametrize("read", [lambda text: from_slack(text, {}), lambda text: from_teams(text, "plain")])
def test_of_a_text_from_outside_so_much_is_read_and_no_more(read: Callable[[str], object]) -> None:
    """Slack and Teams have limits of their own; a text beyond ours costs nothing more."""
    text = "word " * (LONGEST_READ // 5)
    assert read(text + "<b>more</b> *a* " * 1_000) == read(text)
