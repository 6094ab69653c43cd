"""One package for all tests of it, made as `make package` makes it."""

import json
from typing import Any

import pytest

from cloud.package import ROOT, Package, make


@pytest.fixture(scope="session")
def package() -> Package:
    return make(ROOT / "build")


@pytest.fixture(scope="session")
def template(package: Package) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(package.template.read_text())
    return written


@pytest.fixture(scope="session")
def stages() -> dict[str, Any]:
    """The stages of Chalice's configuration, by name."""
    results: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    return results
