"""No regular expression takes more than its share of time, whatever somebody typed.

Every pattern in the package is found by itself, so a new one is tried too. The bound is on work and not on seconds: a text
twice as long may cost about twice as much, measured in this thread's own CPU time; a pattern that looks at each pair of
places costs four times.
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
from chalicelib.domain.messages import LONGEST
from chalicelib.domain.names import for_mail
from chalicelib.templating.sanitize import excerpt, sanitize

ROOT = Path(__file__).parents[2] / "chalicelib"
# Reads our own source when somebody translates, and nothing that a user typed.
OURS_ALONE = ("chalicelib.templating.extraction", "chalicelib.templating.catalogue", "chalicelib.templating.precompile")
PUMPED = (
    *"a_-./<&\\`*~|([])'\":=@#!>é漢{1❤🏴🇩 \n\t\ufe0f\u200d\ufdd0",
    *("a-", "a.", "1.", "a/", "://", "a://", "<a", "<<", "&#", "\\a", ":a", "a=", "@a", "https://a", "www.", "man-"),
    *("in_", "<a'", "a ", "\n ", "- ", " - at `", "<a ", "<blockquote ", "<quoted ", "a='"),
)
BEGINNINGS, LONG = ("", "<", "<a x='"), 2_000
TOO_MUCH = 3


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
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and node.func.attr != "escape":  # type: ignore[attr-defined]
                yield node.lineno, first.value


def once(pattern: re.Pattern[str], text: str) -> float:
    """CPU seconds of this thread."""
    begun = time.thread_time()
    pattern.sub("", text)
    pattern.fullmatch(text)
    return time.thread_time() - begun


def cost(pattern: re.Pattern[str], text: str) -> float:
    return min(once(pattern, text) for _ in range(5))


PATTERNS = patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_twice_the_text_costs_about_twice_the_work(name: str) -> None:
    pattern = PATTERNS[name]
    cheap = 40 * cost(re.compile("[^\\0]\\0"), "a" * LONG)  # of a scan that looks at each character
    for text in (beginning + part * (LONG // len(part)) for beginning in BEGINNINGS for part in PUMPED):
        if once(pattern, text) > cheap:
            assert cost(pattern, text) < TOO_MUCH * cost(pattern, text[: len(text) // 2]), (pattern.pattern, text[:40])


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
