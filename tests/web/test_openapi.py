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
                good = {"image/jpeg"} if "/pictures/" in path else {"application/json"}
                wanted = {"application/problem+json"} if status >= "400" else good
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
                if path.endswith(("/address-lists", "/picture")):
                    assert {media["schema"]["format"] for media in content.values()} == {"binary"}
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


@pytest.mark.requirement("A32")
def test_the_document_says_what_is_accepted(shared_scene: Scene) -> None:
    """K7: an empty address was valid by the document, and refused."""
    document = shared_scene.world.call("GET", DOCUMENT).json
    shapes = document["components"]["schemas"]
    for shape in ("NewAccount", "Credentials", "OnlyEmail", "NewMember", "HandOver"):
        email = shapes[shape]["properties"]["email"]
        assert (email["format"], email["minLength"], email["maxLength"]) == ("email", 3, 254), shape
    for shape in ("NewAccount", "JoiningAccount"):
        properties = shapes[shape]["properties"]
        assert (properties["password"]["minLength"], properties["password"]["maxLength"]) == (8, 256)
        assert properties["name"]["minLength"] == 1
    for path in ("/api/v1/search", "/api/v1/chats/{chat_id}/search"):
        needed = {item["name"] for item in document["paths"][path]["get"]["parameters"] if item.get("required")}
        assert "q" in needed, path


@pytest.mark.requirement("A32")
@pytest.mark.parametrize("key", ["", " ", "ß", "a" * 201, "two\tparts"])
def test_a_key_that_the_document_does_not_allow_is_refused_wherever_a_post_takes_one(
    shared_scene: Scene, key: str
) -> None:
    """K7: an empty one was passed over, one in other letters taken."""
    for path, body in (("/socket-tickets", None), ("/chats", {}), ("/sign-in-links", {"email": "ida@acme.example"})):
        answer = shared_scene.owner.post(path, body, Idempotency_Key=key)
        assert (answer.status, answer.code) in {(422, "bad_key"), (422, "invalid_fields")}, path


@pytest.mark.requirement("A32")
def test_a_whole_number_may_be_written_with_a_point(scene: Scene) -> None:
    """K7: JSON has one kind of number, and JSON Schema takes 1.0 for an integer."""
    read = f"/chats/{scene.chat}/read"
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {scene.owner.token}"}
    for text, status in (
        ('{"seq": 2.0}', 204),
        ('{"seq": 2.5}', 422),
        ('{"seq": 2.0, "x": 1}', 422),
        ('{"seq": -1.0}', 422),
    ):
        assert scene.world.request("PUT", f"/api/v1{read}", text.encode(), sent).status == status, text


def test_a_refused_meeting_link_is_named_as_the_body_names_it(shared_scene: Scene) -> None:
    answer = shared_scene.owner.put("/me/meeting-link", {"url": "nowhere"})
    assert [item["field"] for item in answer.json["errors"]] == ["url"]
