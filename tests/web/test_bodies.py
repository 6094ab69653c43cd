"""Hostile requests: any body, header, path or query gets a documented 4xx and leaves everything as it was. A32."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.routes import ROUTES, WITH_BODY, Sample
from tests.support.sample_chat import Scene

pytestmark = pytest.mark.requirement("A32")
DOCUMENTED = {400, 401, 403, 404, 409, 410, 413, 415, 422, 429}
JSON = {"Content-Type": "application/json"}
HOSTILE = {
    "nothing like JSON": (b"{", 400),
    "invalid UTF-8": (b'{"email": "\xff\xfe"}', 400),
    "a lone surrogate, escaped": (b'{"email": "\\ud800"}', 400),
    "a lone surrogate, raw": (b'{"email": "\xed\xa0\x80"}', 400),
    "deep nesting": (b"[" * 30_000 + b"]" * 30_000, 400),
    "deep objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "not a number": (b'{"seq": NaN}', 400),
    "two documents": (b"{}{}", 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a string": (b'"text"', 422),
    "a number": (b"1e999", (400, 422)),
    "an unknown field": (b'{"is_admin": true}', 422),
    "too large": (b'{"text": "' + b"x" * 300_000 + b'"}', 413),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("sample", WITH_BODY, ids=lambda item: item.name)
def test_a_hostile_body_is_refused_and_changes_nothing(shared_scene: Scene, sample: Sample, kind: str) -> None:
    raw, wanted = HOSTILE[kind]
    before = shared_scene.world.snapshot()
    answer = _send(shared_scene, sample, raw)
    assert answer.status in (wanted if isinstance(wanted, tuple) else (wanted,)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert shared_scene.world.snapshot() == before


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"]
)
@pytest.mark.parametrize("sample", WITH_BODY, ids=lambda item: item.name)
@pytest.mark.requirement("A18")
def test_json_routes_take_json_only(shared_scene: Scene, sample: Sample, media: str) -> None:
    raw = json.dumps(sample.body_in(shared_scene)).encode()
    answer = _send(shared_scene, sample, raw, {"Content-Type": media} if media else {})
    assert (answer.status, answer.code) == (415, "not_json")


@pytest.mark.parametrize("sample", WITH_BODY, ids=lambda item: item.name)
@pytest.mark.requirement("A30")
def test_each_field_of_a_wrong_type_is_named(shared_scene: Scene, sample: Sample) -> None:
    good = sample.body_in(shared_scene)
    assert good
    for name in good:
        wrongs: list[Any] = [{"$gt": ""}, [[]], 10**400, 1e300]
        for wrong in wrongs:
            answer = _send(shared_scene, sample, json.dumps(good | {name: wrong}).encode())
            assert answer.status == 422, (name, wrong, answer.text)
            assert answer.json["errors"][0]["field"].startswith(name)


@pytest.mark.parametrize("sample", WITH_BODY, ids=lambda item: item.name)
def test_text_that_can_not_be_kept_is_refused_or_cleaned(shared_scene: Scene, sample: Sample) -> None:
    """NUL, direction tricks, noncharacters, four-byte letters up to every limit: no crash on any of them."""
    good = sample.body_in(shared_scene)
    assert good
    for name, value in good.items():
        for wrong in (
            "\x00",
            "\u202e" * 50,
            "\uffff",
            "𝄞" * 1000,
            "é" * 1000,
            "\r\nBcc: x@y.example",
            "a\x00b",
            "'\"><",
        ):
            with shared_scene.world.kept():
                body = good | ({name: wrong} if isinstance(value, str) else {})
                answer = _send(shared_scene, sample, json.dumps(body, ensure_ascii=False).encode())
                assert answer.status < 500, (name, wrong, answer.text)


@pytest.mark.parametrize("sample", [sample for sample in ROUTES if sample.method == "GET"], ids=lambda item: item.name)
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1e2", "limit=%00", "limit=٣", "limit=99999999999999999999",
     "cursor=x", "cursor=%ff", "cursor=%00", "cursor=" + "A" * 900, "cursor=" + "A" * 5000, "before=-1", "after=x",
     "before=1&after=1", "after=99999999999999999999", "unknown=1", "limit=", "limit=1&limit=x"],
)  # fmt: skip
def test_a_hostile_query_is_answered_with_what_is_documented(shared_scene: Scene, sample: Sample, query: str) -> None:
    answer = shared_scene.owner.get(f"{sample.path_in(shared_scene)}?{query}")
    assert answer.status in (200, 303, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer " + "x" * 9000},
        {"Authorization": "Basic bWFyYTpwYXNz"},
        {"Authorization": "Bearer"},
        {"Authorization": "\xe9\xff"},
        {"Cookie": "session=" + "x" * 8000},
        {"Cookie": "=;;;=;session;" * 300},
        {"Cookie": "session=\x01\x02"},
        {"Idempotency-Key": "\x00"},
        {"Idempotency-Key": "k" * 5000},
        {"Content-Type": "application/json; charset=" + "x" * 4000},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "Host": "evil.example"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"Accept-Language": ",;q=" * 500},
    ],
    ids=lambda item: next(iter(item)),
)
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/chats", "/chats", "/sign-in"])
def test_a_hostile_header_is_answered_with_what_is_documented(
    shared_scene: Scene, path: str, headers: dict[str, str]
) -> None:
    for method in ("GET", "POST"):
        answer = shared_scene.world.request(method, path, b"{}" if method == "POST" else b"", JSON | headers)
        assert answer.status < 500 or (answer.status == 503 and "retry-after" in answer.headers)
        assert "Traceback" not in answer.text


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_no_json_at_all_gets_anything_but_a_documented_answer(shared_scene: Scene, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(WITH_BODY))
    good = sample.body_in(shared_scene) or {}
    body: Any = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(good, _anything)))
    if data.draw(st.booleans()):
        body = good | body
    with shared_scene.world.kept():
        answer = _send(shared_scene, sample, json.dumps(body).encode())
    assert answer.status in DOCUMENTED | {200, 201, 202, 204}, answer.text


def _send(scene: Scene, sample: Sample, raw: bytes, headers: dict[str, str] | None = None) -> Any:
    signed = {"Authorization": f"Bearer {scene.owner.token}"}
    sent = signed | (JSON if headers is None else headers)
    return scene.world.request(sample.method, "/api/v1" + sample.path_in(scene), raw, sent)
