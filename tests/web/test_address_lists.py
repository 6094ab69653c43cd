"""POST /address-lists: a file as the body, people and skipped rows as the answer; nothing is stored."""

import pytest

from tests.support.app import Answer
from tests.support.sample_chat import Scene

CSV = "Name;E-Mail\r\nJörg Müller;joerg@acme.example\r\n;joerg@acme.example\r\nIda;ida at fjord\r\n"


def read(scene: Scene, content: bytes, media: str = "text/csv", token: str | None = None) -> Answer:
    token = scene.stranger.token if token is None else token
    headers = {"Content-Type": media} | ({"Authorization": f"Bearer {token}"} if token else {})
    return scene.world.request("POST", "/api/v1/address-lists", content, headers)


@pytest.mark.parametrize("media", ["text/csv", "text/csv; charset=utf-16", "text/plain", "application/octet-stream"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_a_file_is_read_for_anybody_signed_in_and_nothing_changes(
    shared_scene: Scene, media: str, encoding: str
) -> None:
    before = shared_scene.world.snapshot()
    answer = read(shared_scene, CSV.encode(encoding), media)
    assert answer.status == 200
    assert answer.json == {
        "invitees": [{"email": "joerg@acme.example", "name": "Jörg Müller"}],
        "skipped": [
            {"row": 3, "text": ";joerg@acme.example", "code": "repeated"},
            {"row": 4, "text": "Ida;ida at fjord", "code": "not_an_address"},
        ],
    }
    assert shared_scene.world.snapshot() == before


@pytest.mark.parametrize("media", ["application/json", "text/vcard", "multipart/form-data", ""])
def test_another_media_type_is_refused(shared_scene: Scene, media: str) -> None:
    assert read(shared_scene, CSV.encode(), media).status == 415


@pytest.mark.requirement("A45")
def test_a_file_is_limited_before_it_is_read(shared_scene: Scene) -> None:
    assert read(shared_scene, b"a" * (1024 * 1024)).status == 200
    assert read(shared_scene, b"a" * (1024 * 1024 + 1)).status == 413
    too_many = read(shared_scene, b"".join(b"p%d@x.example\n" % at for at in range(1_001)))
    assert (too_many.status, too_many.json["errors"][0]["code"]) == (422, "too_many_rows")


def test_who_is_not_signed_in_reads_nothing(shared_scene: Scene) -> None:
    assert read(shared_scene, CSV.encode(), token="").status == 401


@pytest.mark.parametrize("content", [b"", b"nobody here", b"\xff\xfe", b"a\xffb,c\n" * 9])
def test_a_file_without_addresses_has_no_invitees(shared_scene: Scene, content: bytes) -> None:
    answer = read(shared_scene, content)
    assert (answer.status, answer.json["invitees"]) == (200, [])


def test_the_same_key_is_answered_the_same(shared_scene: Scene) -> None:
    headers = {
        "Content-Type": "text/csv",
        "Authorization": f"Bearer {shared_scene.stranger.token}",
        "Idempotency-Key": "one",
    }
    first, repeated = (
        shared_scene.world.request("POST", "/api/v1/address-lists", CSV.encode(), headers) for _ in range(2)
    )
    assert first.json == repeated.json
