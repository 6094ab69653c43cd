"""The documents: what they point at is there, and what is there they name."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from chalicelib import settings
from chalicelib.providers.slack.installation import BOT_SCOPES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = (
    *("/", "/sign-up", "/sign-in", "/chats", "/chats/new", "/chats/{id}", "/settings", "/join/{token}"),
    *("/docs", "/invitations", "/slack/invite"),
)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_URL = re.compile(r"https?:|mailto:")


def _links(document: Path) -> Iterator[str]:
    """Where the document leads inside this repository."""
    for match in _LINK.finditer(_CODE.sub("", document.read_text())):
        target = match[1] or match[2]
        if not _URL.match(target):
            yield unquote(target)


def _anchors(document: Path) -> set[str]:
    """The names that a reader on the web gives to headings."""
    headings = _HEADING.findall(_CODE.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_relative_link_and_picture_is_there(document: Path) -> None:
    missing = []
    for link in _links(document):
        path, _, anchor = link.partition("#")
        existing = (document.parent / path).resolve() if path else document
        if not existing.exists() or (anchor and anchor not in _anchors(existing)):
            missing.append(link)
    assert missing == []


def test_the_readme_names_each_page() -> None:
    assert [page for page in PAGES if f"`{page}`" not in README] == []


def test_the_readme_names_each_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert targets is not None
    assert [target for target in targets[1].split() if f"`make {target}`" not in README] == []


def test_the_readme_gives_no_make_target_that_is_not_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = {name for document in DOCUMENTS for name in re.findall(r"`?make ([a-z-]+)`", document.read_text())}
    assert [name for name in sorted(named) if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


def test_each_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z-]+):.* ## ", makefile, re.MULTILINE))
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert targets is not None
    assert explained == set(targets[1].split())


def test_the_recipes_name_files_that_are_there_in_at_most_ten_lines() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    recipes = re.findall(r"^### (.+?)\n\n(.+?)(?=\n\n###|\Z)", text.strip(), re.MULTILINE | re.DOTALL)
    assert len(recipes) >= 8
    assert [title for title, steps in recipes if len(steps.splitlines()) > 10] == []
    named = {item for item in re.findall(r"`([^`<\s]+/[^`<\s]*|[^`<\s/]+\.py)`", text) if "*" not in item}
    assert [
        item for item in sorted(named) if not any((ROOT / part / item).exists() for part in ("", "chalicelib"))
    ] == []


def test_each_setting_is_in_the_configuration() -> None:
    here = Path(settings.__file__)
    paths = [here, *here.parent.glob("providers/*/settings.py")]
    source = "".join(path.read_text() for path in paths)
    names = set(re.findall(r"\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|STAGE)\"", source)) - {"AWS_REGION", "AWS_DEFAULT_REGION"}
    table = (ROOT / "docs" / "configuration.md").read_text()
    assert len(names) > 20
    assert sorted(name for name in names if f"`{name}`" not in table) == []


def test_the_guide_explains_each_scope_that_the_slack_app_asks_for() -> None:
    guide = (ROOT / "docs" / "slack-and-microsoft.md").read_text()
    assert [scope for scope in BOT_SCOPES if f"`{scope}`" not in guide] == []


def test_each_requirement_has_its_row_with_files_that_are_there() -> None:
    rows = re.findall(r"^\| (A\d\d) \| (.+) \|$", (ROOT / "docs" / "SECURITY.md").read_text(), re.MULTILINE)
    numbers = [number for number, _ in rows]
    assert numbers[:41] == [f"A{number:02d}" for number in range(1, 42)]
    assert numbers == sorted(set(numbers)), "those of what is still being built come as it is"
    wrong = []
    for number, row in rows:
        modules, tests = re.findall(r"`([\w/]+\.py)`", row), re.findall(r"\]\(\.\./(tests/[\w/]+\.py)\)", row)
        wrong += [(number, path) for path in modules if not (ROOT / "chalicelib" / path).exists()]
        wrong += [(number, path) for path in tests if f'"{number}"' not in (ROOT / path).read_text()]
        assert modules, number
        assert tests, number
    assert wrong == []


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    groups = re.findall(r"^### (\w+)", text, re.MULTILINE)
    assert set(groups) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
