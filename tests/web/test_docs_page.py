"""The page of the API: every operation with an example that is so, every field with its meaning, every code at its address."""

import json
import re

import pytest

from chalicelib.domain.errors import conflict
from chalicelib.web import errors, examples
from chalicelib.web.api import openapi
from tests import api_examples
from tests.support.form_browser import visible
from tests.support.sample_chat import Scene

CHAPTERS = ("begin", "sign-in", "errors", "paging", "idempotency", "events")


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, str]]:
    return [(method, path) for path, methods in _document()["paths"].items() for method in methods]


def _document() -> api_examples.Json:
    return openapi.document()


def page(scene: Scene) -> str:
    return str(scene.world.request("GET", "/docs").text)


def test_the_examples_are_what_the_api_answers() -> None:
    """Whoever changes an answer sees it in the difference of that file; `make openapi` writes it."""
    existing, played = json.loads(examples.FILE.read_text()), json.loads(api_examples.written())
    for name, example in played["operations"].items():
        assert existing["operations"].get(name) == example, f"{name}: run `make openapi` and look at the difference"
    assert existing == played


def test_every_operation_has_an_example_with_its_answer(shared_scene: Scene, operations: list[tuple[str, str]]) -> None:
    """S17: the words curl, Authorization and example did not occur."""
    html = page(shared_scene)
    sections = re.findall(r'<section class="operation".*?</section>', html, re.DOTALL)
    assert len(sections) == len(operations)
    for section in sections:
        assert "curl " in section, section[:200]
        assert "Answer 2" in section or "Answer 3" in section, section[:200]
    signed_in = [section for section in sections if "Without signing in" not in section]
    assert len(signed_in) > 40
    assert all("Authorization: Bearer $TOKEN" in section for section in signed_in)


def test_every_field_and_parameter_says_what_it_means(shared_scene: Scene) -> None:
    """S17: 218 of 314 rows had none."""
    document = _document()
    silent = [
        f"{name}.{field}"
        for name, shape in document["components"]["schemas"].items()
        for field, schema in shape.get("properties", {}).items()
        if not schema.get("description")
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            silent += [f"{method} {path} {item['name']}" for item in operation["parameters"] if not item["description"]]
    assert silent == []
    assert "<dd></dd>" not in page(shared_scene)


def test_it_tells_how_to_begin_and_shows_no_raw_marks(shared_scene: Scene) -> None:
    html = page(shared_scene)
    for chapter in CHAPTERS:
        assert f'id="{chapter}"' in html
        assert f'href="#{chapter}"' in html
    prose = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)
    assert "`" not in visible(prose)
    assert 'lang="en"' in html


def test_every_link_within_the_page_leads_somewhere(shared_scene: Scene) -> None:
    html = page(shared_scene)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) - {f"i-{name}" for name in ("x",)} <= set(ids)


def test_the_address_in_a_problem_leads_to_what_the_page_says_of_it(shared_scene: Scene) -> None:
    told = errors.problem(conflict("last_owner", "A workspace needs at least one owner."), "r").body
    assert json.loads(told)["type"] == "/docs#last_owner"
    html = page(shared_scene)
    assert all(f'<div id="{code}">' in html for code in api_examples.refusals())
    assert len(api_examples.refusals()) > 55
