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
    *(path for part in ("local", "cloud", "bench", "pictures") for path in sorted((ROOT / part).rglob("*.py"))),
]
LONGEST_MODULE, LONGEST_TEST, LONGEST_ROUTE = 300, 600, 12

# Shipped modules that are longer, and why each is read more easily in one piece. None may pass its own limit.
LONG = {
    "domain/errors.py": (400, "a table of the sentences that refuse, looked up in"),
    "domain/invitations.py": (
        400,
        "one life: its states, its steps and what refuses them stand under the drawing of it",
    ),
    "providers/slack/relay.py": (360, "one adapter, method by method as its port lists them"),
    "schemas/bodies.py": (400, "a table of the API's shapes, looked up in"),
    "storage/items.py": (590, "a table of what lies in the table, looked up in"),
    "usecases/inviting.py": (400, "one story, from an address that was typed to the invitation that is stored"),
    "web/pages/chat.py": (360, "the one page that everything leads to: each form of it, and what it shows"),
    "web/pages/joining.py": (380, "the steps of one page, which show one another"),
    "web/routing.py": (320, "the way of a request of the API in and out again"),
    "web/pages/routing.py": (340, "the way of a page's request in and out again"),
}
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
# A word of ours where the field, or docs/glossary.md, has one, and what to say instead; inside names, too (`seat_of`).
PRIVATE_WORDS = {
    "seat": "invitation",
    "seats": "invitations",
    "far": "remote",
    "fares": "deliveries",
    "agenda": "schedule",
    "leash": "child process",
    "vault": "token cipher",
    "surroundings": "workspace and inviter",
}
# Whole names of classes, functions, parameters and variables.
PRIVATE_NAMES = {
    "one": "the noun",
    "found": "the noun",
    "there": "the noun",
    "got": "request, incoming",
    "visit": "request",
    "heard": "event",
    "fares": "deliveries",
    "links_of": "invitation_links",
    "let_mail": "unsuppress",
    "stop_mail": "suppress",
    "speak": "set_locale",
    "turns_away": "blocks_mail_from",
    "is_dead": "is_suppressed",
    "tell_the_world": "handle_change",
    "sum_up": "update_head",
    "hear": "record_event",
    "hear_mail": "record_mail_event",
    "told_texts": "notified_text_count",
    "is_first": "mark_seen",
    "was_taken": "was_seen",
    "set_aside": "dead letter",
    "cut_off": "disconnected",
}
PRIVATE_CLASSES = {
    "Again", "Agenda", "Aside", "Attempts", "Copies", "Copy", "CutOff", "Due", "Face", "Far", "Heard", "Judged",
    "Letter", "Moment", "Newest", "No", "Once", "Open", "Opened", "Patient", "Place", "Pointers", "Ready", "Said",
    "Seat", "Secrets", "See", "SetAside", "Shows", "Signed", "Spent", "Standing", "Stands", "Visit", "Way",
    "Word",
}  # fmt: skip
# A request's body and the domain's own object: the same thing at two borders; a template's texts and their port.
SHARED = {"Invitee", "MailTexts"}
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
    most, _ = LONG.get(_inside(path), (LONGEST_TEST if path in TESTS or path not in SHIPPED else LONGEST_MODULE, ""))
    assert len(path.read_text().splitlines()) <= most


def test_only_what_is_long_has_a_reason_for_it() -> None:
    short = [name for name in LONG if len((ROOT / "chalicelib" / name).read_text().splitlines()) <= LONGEST_MODULE]
    assert short == [], "these need none any more"


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
    below = {path.stem for part in ("usecases", "domain", "gateways", "providers/slack") for path in _modules(part)}
    of_pages = {
        "shell",
        "people",
        "inbox",
        "thread",
        "flash",
        "settings",
        "settings_shown",
        "chat_shown",
        "chat_fragments",
        "oauth",
        "participants",
        "invitees",
        "unknown",
    }
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
    waiting = {"system.py", "form_browser.py", "browsers.py", "third_party_fakes.py"}
    # a provider that is slow; the seconds that a power cut may take
    of_the_matter = {"fake_providers.py", "test_running.py"}
    allowed = {*waiting, *of_the_matter, Path(__file__).name}
    paths = [path for path in TESTS if path.name not in allowed and re.search(r"\bsleep\(", path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in paths] == []


def test_time_comes_from_one_place() -> None:
    """Everything that is decided by a clock asks `ports.now`, so that a test, and the playground, can move it."""
    clock = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(")
    allowed = {"wiring.py", "gateways/jwts.py", "gateways/pushes.py", "providers/slack/signatures.py"}
    results = [_inside(path) for path in SHIPPED if clock.search(path.read_text()) and _inside(path) not in allowed]
    assert results == []


def test_names_are_the_fields_words() -> None:
    """Whoever knows the field and docs/glossary.md knows what a name means."""
    private = []
    for path in ALL:
        for line, name in _names(_tree(path)):
            words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)
            if path.is_relative_to(ROOT / "tests") and name.startswith("test_"):
                continue
            bad = next((word for word in words if word.lower() in PRIVATE_WORDS), None)
            if bad or name in PRIVATE_NAMES or name in PRIVATE_CLASSES:
                say = PRIVATE_NAMES.get(name) or PRIVATE_WORDS.get((bad or "").lower(), "a word of docs/glossary.md")
                private.append(f"{path.relative_to(ROOT)}:{line} {name}: say {say}")
    assert private == []


def test_only_its_own_package_names_a_provider() -> None:
    """A new provider is a package and its names in the registry; whatever asks for one by name would have to change, too."""
    provider = re.compile(r"\b(slack|teams|microsoft)\b", re.IGNORECASE)
    # the registry; and the pages of inviting people into one's own Slack, which only Slack has
    own = {"domain/providers.py", "web/pages/colleagues.py", "web/api/colleagues.py", "schemas/colleagues.py"}
    own.add("domain/personal_lines.py")  # among the schemes of addresses that a personal line may not have
    naming = [
        f"{_inside(path)}:{node.lineno} {text}"
        for path in SHIPPED
        if not _inside(path).startswith("providers/") and _inside(path) not in own
        for node, text in _said(_tree(path))
        if provider.search(text)
    ]
    assert naming == []
    of_pages = re.compile(r"\{[{%][^}]*'[^'}]*\b(slack|teams|microsoft)\b[^'}]*'[^}]*[%}]\}")
    for path in sorted((ROOT / "chalicelib").rglob("templates/*.html")):
        if not path.name.lstrip("_").startswith(("slack", "docs", "settings", "overview")):
            assert not of_pages.search(path.read_text()), path.name


def test_the_web_asks_stories_and_no_store() -> None:
    """What a page or a route may see is judged in a use case. Only repeats of a request are HTTP's own matter."""
    stores = (
        "accounts|calls|chats|codes|connections|files|identities|invitation_lookup|invitations|messages|notifications"
    )
    stores += "|one_time_tokens|outside|relayed_messages|schedule|workspaces"
    asked = re.compile(rf"ports\.({stores})\.\w+\(")
    layers = [path for part in ("web", "schemas") for path in (ROOT / "chalicelib" / part).rglob("*.py")]
    assert [_inside(path) for path in sorted(layers) if asked.search(path.read_text())] == []


def test_a_class_name_means_one_thing() -> None:
    """Two classes of chalicelib with one name are taken for each other; a store and its port are one thing."""
    homes: dict[str, list[str]] = {}
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path.parent.name in ("ports", "storage", "gateways"):
            continue
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in homes.items() if len(where) > 1 and name not in SHARED} == {}


def _said(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Texts that aren't docstrings, and members that are asked for by name."""
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node, node.value
        elif isinstance(node, ast.Attribute):
            yield node, node.attr


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


def _names(tree: ast.Module) -> list[tuple[int, str]]:
    """What this module names: it can't help what its libraries are called."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append((node.lineno, node.name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.attr))
        elif isinstance(node, ast.arg):
            names.append((node.lineno, node.arg))
        elif isinstance(node, ast.alias):
            names.append((node.lineno, (node.asname or node.name).rpartition(".")[2]))
    return names
