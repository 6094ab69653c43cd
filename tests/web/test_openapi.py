"""The document says what the routes do: every route, every body, every status."""

import json

import pytest

from cloud import openapi
from tests.support.routes import ROUTES
from tests.support.sample_chat import Scene

DOCUMENT = "/openapi.json"


def test_the_document_names_every_route_of_the_api_and_no_other(shared_scene: Scene) -> None:
    import app

    served = {
        (method, path)
        for path, methods in app.app.routes.items()
        for method in methods
        if path.startswith("/api/v1") and method != "HEAD"
    }
    document = shared_scene.world.call("GET", DOCUMENT).json
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == served


def test_the_file_in_docs_says_what_the_api_answers(shared_scene: Scene) -> None:
    """Whoever changes the API sees it in the difference of that file; `make openapi` writes it."""
    told = json.loads(shared_scene.world.call("GET", DOCUMENT).text)
    assert json.loads(openapi.FILE.read_text()) == told, "run `make openapi` and look at the difference"
    assert openapi.FILE.read_text() == openapi.written()


def test_the_table_of_these_tests_knows_every_route(shared_scene: Scene) -> None:
    document = shared_scene.world.call("GET", DOCUMENT).json
    told = {(method.upper(), _shape(path)) for path, methods in document["paths"].items() for method in methods}
    existing = {(sample.method, _shape("/api/v1" + sample.path)) for sample in ROUTES}
    assert {item for item in told if "/slack/" not in item[1]} <= existing


@pytest.mark.requirement("A32")
def test_every_operation_says_its_refusals_its_rights_and_its_media(shared_scene: Scene) -> None:
    document = shared_scene.world.call("GET", DOCUMENT).json
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert {"400", "422", "429", "503"} <= set(operation["responses"]), where
            assert "500" not in operation["responses"], where
            assert "security" in operation, where
            for status, answer in operation["responses"].items():
                media = set(answer.get("content", {}))
                wanted = {"application/problem+json"} if status >= "400" else {"application/json"}
                assert media <= wanted, (where, status)
            if operation["security"]:
                assert {"401", "403", "404"} <= set(operation["responses"]), where


def test_the_document_is_openapi_3_1_and_every_reference_leads_somewhere(shared_scene: Scene) -> None:
    answer = shared_scene.world.call("GET", DOCUMENT)
    document = answer.json
    assert document["openapi"].startswith("3.1")
    names = set(document["components"]["schemas"])
    references = set(answer.text.split('"#/components/schemas/')[1:])
    assert {reference.partition('"')[0] for reference in references} <= names


def test_bodies_refuse_what_they_do_not_name(shared_scene: Scene) -> None:
    document = shared_scene.world.call("GET", DOCUMENT).json
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                content = operation["requestBody"]["content"]
                if path.endswith("/address-lists"):
                    assert set(content) == {"text/csv", "text/plain", "application/octet-stream"}
                    continue
                schema = content["application/json"]["schema"]["$ref"]
                shape = document["components"]["schemas"][schema.rpartition("/")[2]]
                if path.endswith("/push-subscriptions"):  # a browser writes it, which may say more one day
                    continue
                assert shape.get("additionalProperties") is False, (method, path)


def _shape(path: str) -> str:
    """The path with its parameters nameless."""
    parts = path.partition("?")[0].split("/")
    return "/".join("{}" if part.startswith(("{", "%")) else part for part in parts)
