"""What no linter can say: the house's own rules, each with its reason in docs/ARCHITECTURE.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = [*sorted((ROOT / "chalicelib").rglob("*.py")), ROOT / "app.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ALL = [
    *SHIPPED,
    *TESTS,
    *(path for part in ("local", "cloud", "bench") for path in sorted((ROOT / part).rglob("*.py"))),
]
LONGEST_MODULE, LONGEST_TEST, LONGEST_ROUTE = 400, 600, 12

# A table of models and a list of what the stories ask for: looked up in, not read like a story.
LONG_BY_NATURE = {"items.py", "ports.py"}
# Words that say nothing about what is inside.
EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
    "base",
}
# The last callers, who log and go on: one record, one route, one job must not stop the others.
MAY_CATCH_ALL = {
    "events/batches.py",
    "events/relay.py",
    "usecases/hourly.py",
    "web/callbacks.py",
    "web/routing.py",
    "web/pages/routing.py",
}


def test_every_requirement_is_named_in_a_test() -> None:
    wanted = {f"A{number:02}" for number in range(1, 42)}
    coming = {f"A{number}" for number in range(42, 51)}  # of files, mail that comes in, push, exports
    named = {requirement for path in TESTS for requirement in _requirements(path)}
    assert named <= wanted | coming, "there is no such requirement"
    assert sorted(wanted - named) == [], "no test names these; mark one with pytest.mark.requirement"


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_read_in_one_go(path: Path) -> None:
    if path.name not in LONG_BY_NATURE:
        longest = LONGEST_TEST if path in TESTS else LONGEST_MODULE
        assert len(path.read_text().splitlines()) <= longest


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in ALL if path.read_text().strip() and not ast.get_docstring(_tree(path))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_no_module_is_named_after_nothing() -> None:
    named = [path for path in ALL if EMPTY_WORDS & set(path.stem.split("_"))]
    assert [str(path.relative_to(ROOT)) for path in named if path.parent.name != "static"] == []


def test_nothing_is_patched() -> None:
    """A test that replaces a part checks how it is done; a shorter wait or another folder may be set."""
    patching = re.compile(r"mock\.patch|unittest\.mock|mocker\b")
    paths = [path for path in TESTS if path != Path(__file__) and patching.search(path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in paths] == []


def test_nobody_catches_everything_but_the_last_caller() -> None:
    results = [
        f"{_inside(path)}:{node.lineno}"
        for path in SHIPPED
        for node in _catch_alls(path)
        if _inside(path) not in MAY_CATCH_ALL
    ]
    assert results == []


def test_the_same_noun_has_the_same_name_in_every_layer() -> None:
    """`web/api/invitations.py` is read beside `usecases/invitations.py` and `domain/invitations.py`."""
    below = {path.stem for part in ("usecases", "domain", "gateways", "shapes") for path in _modules(part)}
    of_pages = {"shell", "people", "inbox", "thread", "said", "settings", "oauth"}
    of_the_layer = {"openapi", "documents", "routing", "static", "__init__"} | of_pages
    strangers = [
        _inside(path)
        for part in ("web/api", "web/pages")
        for path in _modules(part)
        if path.stem not in below | of_the_layer and path.stem.rstrip("s") not in {item.rstrip("s") for item in below}
    ]
    assert strangers == []


def test_a_route_parses_calls_and_answers() -> None:
    long = []
    for part in ("web/api", "web/pages"):
        for path in (module for module in _modules(part) if module.is_file()):
            for view in _views(path):
                body = view.body[1:] if ast.get_docstring(view) else view.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if lines > LONGEST_ROUTE + 12 * (part == "web/pages"):
                    long.append(f"{_inside(path)}:{view.name} {lines}")
    assert long == []


def test_no_test_waits_by_sleeping() -> None:
    """What happens by itself is waited for where it shows, in one place."""
    waiting = {"system.py", "browser.py", "others.py"}
    of_the_matter = {"far.py", "test_running.py"}  # a provider that is slow; the seconds that a power cut may take
    allowed = {*waiting, *of_the_matter, Path(__file__).name}
    paths = [path for path in TESTS if path.name not in allowed and re.search(r"\bsleep\(", path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in paths] == []


def test_time_comes_from_one_place() -> None:
    """Everything that is decided by a clock asks `ports.now`, so that a test, and the playground, can move it."""
    clock = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(")
    allowed = {"wiring.py", "gateways/jwts.py", "gateways/slack.py", "gateways/teams.py", "gateways/microsoft.py"}
    results = [_inside(path) for path in SHIPPED if clock.search(path.read_text()) and _inside(path) not in allowed]
    assert results == []


def _requirements(path: Path) -> Iterator[str]:
    text = path.read_text()
    for marker in re.findall(r"mark\.requirement\(([^)]*)\)", text):
        yield from re.findall(r"A\d\d", marker)
    yield from (item.upper() for item in re.findall(r"def test_(a\d\d)_", text))


def _catch_alls(path: Path) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(
                expr is None or (isinstance(expr, ast.Name) and expr.id in ("Exception", "BaseException"))
                for expr in caught
            ):
                yield node


def _views(path: Path) -> Iterator[ast.FunctionDef]:
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef) and any("routes." in ast.unparse(expr) for expr in node.decorator_list):
            yield node


def _modules(part: str) -> list[Path]:
    """The layer's modules; of a package its folder, which has the noun's name."""
    here = ROOT / "chalicelib" / part
    return sorted([*here.glob("*.py"), *(path.parent for path in here.glob("*/__init__.py"))])


def _inside(path: Path) -> str:
    return str(path.relative_to(ROOT / "chalicelib")) if "chalicelib" in path.parts else path.name


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
