"""What Python and the pages' scripts both say, and what pins the scripts' checks. The rest stands in tests/javascript."""

import json
import re
from pathlib import Path
from typing import Any

from chalicelib.domain.names import initials, tint
from tests.test_house_rules import PRIVATE_CLASSES, PRIVATE_NAMES, PRIVATE_WORDS

ROOT = Path(__file__).parents[1]
SCRIPTS = [*sorted((ROOT / "chalicelib/web/static").glob("*.js")), *sorted((ROOT / "tests/javascript").glob("*.js"))]
_DECLARED = re.compile(r"\b(?:const|let|function|class)\s+(\w+)|^\s+(?:async\s+)?#?(\w+)\(.*\) \{$", re.MULTILINE)


def _json(path: str) -> Any:
    return json.loads((ROOT / path).read_text())


def test_initials_and_colours_are_those_that_the_scripts_give() -> None:
    people = _json("tests/javascript/people.json")
    assert {name: initials(name) for name in people["initials"]} == people["initials"]
    assert {account: tint(account) for account in people["tints"]} == people["tints"]


def test_what_checks_the_scripts_is_pinned_and_nothing_of_it_is_shipped() -> None:
    wanted = _json("package.json")
    assert "dependencies" not in wanted
    assert [
        version for version in wanted["devDependencies"].values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []


def test_the_lock_holds_every_package_to_a_hash_and_names_no_host() -> None:
    packages = {name: entry for name, entry in _json("package-lock.json")["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_names_are_the_fields_words() -> None:
    """As in Python: what scripts declare is named by docs/glossary.md."""
    private = []
    for path in SCRIPTS:
        for name in filter(None, (name for match in _DECLARED.findall(path.read_text()) for name in match)):
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}
            if words & PRIVATE_WORDS.keys() or name in PRIVATE_NAMES or name in PRIVATE_CLASSES:
                private.append(f"{path.relative_to(ROOT)}: {name}")
    assert len(SCRIPTS) > 20
    assert private == []
