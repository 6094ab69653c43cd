"""Files: who may send and have them, what they are by their bytes, and what is blocked, forgotten and deleted."""

import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from chalicelib.domain.files import File
from chalicelib.events import files, schedule
from chalicelib.storage.files import Files
from tests.support import picture_samples, rights
from tests.support.app import keys_in_memory, object_in_memory
from tests.support.files import EICAR, PNG, arrive, created, declared, scan, scanned, send, sent
from tests.support.sample_chat import Scene

PDF = b"%PDF-1.7\n..."
MB = 1024 * 1024


def said(scene: Scene, file_id: str, text: str = "") -> dict[str, Any]:
    answer = scene.owner.post(f"{scene.base}/messages", {"text": text, "files": [file_id]})
    assert answer.status == 201, answer.text
    scene.world.settle_stream()
    message: dict[str, Any] = answer.json
    return message


def test_a_file_is_declared_uploaded_checked_sent_and_had(scene: Scene) -> None:
    answer = declared(scene.owner, scene.chat, "Grundriß 2.pdf", len(PDF))
    file, upload = answer.json["file"], answer.json["upload"]
    assert (file["name"], file["size"], file["type"], file["state"]) == (
        "Grundriß 2.pdf",
        len(PDF),
        "application/pdf",
        "waiting",
    )
    assert (upload["method"], upload["headers"]) == ("POST", {})
    assert send(upload, PDF) == 201
    arrive(file["id"])
    message = scene.owner.post(f"{scene.base}/messages", {"files": [file["id"]]}).json
    assert (message["text"], message["html"], [each["state"] for each in message["files"]]) == ("", "", ["checking"])
    assert scene.guest.get(f"/files/{file['id']}").code == "file_checking"
    scan(file["id"])
    (shown,) = scene.guest.get(f"{scene.base}/messages?limit=1").json["items"][0]["files"]
    assert (shown["state"], shown["type"]) == ("ready", "application/pdf")
    had = scene.guest.get(urlsplit(shown["url"]).path.removeprefix("/api/v1"))
    assert (had.status, had.headers["cache-control"]) == (303, "no-store")
    given = urlsplit(had.headers["location"])
    query = {name: value for name, (value,) in parse_qs(given.query).items()}
    assert given.netloc == "files.s3.us-east-1.amazonaws.com"
    assert query["X-Amz-Expires"] == "60"
    assert query["response-content-type"] == "application/pdf"
    assert query["response-content-disposition"] == "attachment; filename*=UTF-8''Grundri%C3%9F%202.pdf"
    assert object_in_memory(given.path.lstrip("/"))[0] == PDF


def test_only_a_picture_by_its_bytes_ever_opens_in_a_page(scene: Scene) -> None:
    opened = {}
    for name, content in (
        ("a.png", PNG),
        ("b.png", b"<html><script>alert(1)</script>"),
        ("c.svg", b"<svg onload=alert(1)>"),
    ):
        file_id = sent(scene.owner, scene.chat, content, name, "image/png" if name != "c.svg" else "image/svg+xml")
        (shown,) = said(scene, file_id)["files"]
        url = scene.guest.get(f"/files/{file_id}?inline=1").headers["location"]
        query = parse_qs(urlsplit(url).query)
        opened[name] = (shown["type"], query["response-content-type"][0], query["response-content-disposition"][0][:10])
    other = "application/octet-stream"
    assert opened == {
        "a.png": ("image/png", "image/png", "inline; fi"),
        "b.png": (other, other, "attachment"),
        "c.svg": (other, other, "attachment"),
    }


@pytest.mark.requirement("A42", "A48")
def test_who_may_not_read_the_message_has_no_file(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF)
    for person in (scene.owner, scene.guest, scene.stranger):
        assert person.get(f"/files/{file_id}").status == 404, "it is in no message yet"
    said(scene, file_id)
    assert scene.guest.get(f"/files/{file_id}").status == 303
    assert scene.stranger.get(f"/files/{file_id}").status == 404
    assert scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": "late@acme.example"}]}).status == 201
    scene.world.settle()
    late = scene.world.joins("late@acme.example", "Late Comer")
    assert late.get(f"/files/{file_id}").status == 404, "it lies before their history"
    assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    assert scene.guest.get(f"/files/{file_id}").status == 404


@pytest.mark.requirement("A42")
def test_deleting_the_message_deletes_the_bytes(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF)
    message = said(scene, file_id)
    assert scene.world.ports.workspaces.stored_bytes(scene.workspace) == len(PDF)
    assert scene.owner.delete(f"{scene.base}/messages/{message['id']}").status == 204
    assert scene.guest.get(f"/files/{file_id}").status == 404, "at once, before the bytes are gone"
    scene.world.settle_stream()
    assert [key for key in keys_in_memory() if file_id in key] == []
    assert scene.world.ports.files.get(file_id) is None
    assert scene.world.ports.workspaces.stored_bytes(scene.workspace) == 0
    assert scene.owner.get(f"{scene.base}/messages?limit=1").json["items"][0]["files"] == []


@pytest.mark.requirement("A42")
@pytest.mark.parametrize(
    ("content", "result"),
    [
        (EICAR, {}),
        (b"PK..", {"result": "UNSUPPORTED"}),
        (PDF, {"status": "FAILED", "result": "FAILED"}),
        (PDF, {"status": "SKIPPED"}),
    ],
)
def test_what_isnt_known_to_be_clean_is_blocked(scene: Scene, content: bytes, result: dict[str, str]) -> None:
    answer = declared(scene.owner, scene.chat, size=len(content)).json
    file_id = answer["file"]["id"]
    assert send(answer["upload"], content) == 201
    arrive(file_id)
    said(scene, file_id, "Look")
    scan(file_id, **result)
    scene.world.settle_stream()
    (shown,) = scene.guest.get(f"{scene.base}/messages?limit=1").json["items"][0]["files"]
    assert (shown["state"], "url" in shown) == ("blocked", False)
    assert scene.guest.get(f"/files/{file_id}").code == "file_blocked"
    assert [key for key in keys_in_memory() if file_id in key] == []
    log = scene.owner.get(f"/workspaces/{scene.workspace}/audit?kind=file.blocked").json["items"]
    assert len(log) == (content == EICAR)


def test_a_scan_that_comes_again_or_late_changes_nothing(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF)
    scan(file_id, result="THREATS_FOUND")
    assert scene.world.ports.files.get(file_id).state == "ready"  # type: ignore[union-attr]
    assert scene.world.ports.workspaces.stored_bytes(scene.workspace) == len(PDF)


@pytest.mark.requirement("A42")
def test_bytes_that_come_again_change_nothing(scene: Scene) -> None:
    answer = declared(scene.owner, scene.chat).json
    file_id = answer["file"]["id"]
    assert send(answer["upload"], PDF) == 201
    arrive(file_id)
    said(scene, file_id)
    assert send(answer["upload"], EICAR) == 201
    arrive(file_id)
    scan(file_id)
    file = scene.world.ports.files.get(file_id)
    assert file is not None
    assert (file.state, object_in_memory(file.key)[0]) == ("ready", PDF)
    assert [key for key in keys_in_memory() if file_id in key] == [file.key]


def test_the_upload_that_overtook_another_is_the_files(scene: Scene) -> None:
    """What was told of the first bytes finds the second ones there."""
    answer = declared(scene.owner, scene.chat).json
    file_id = answer["file"]["id"]
    assert send(answer["upload"], b"first") == 201
    _, first_tag = object_in_memory(f"in/{file_id}")
    assert send(answer["upload"], PDF) == 201
    with rights.acting_as("file_arrived"):
        files.arrived(created(f"in/{file_id}", first_tag, 5))
    assert scene.world.ports.files.get(file_id).state == "waiting"  # type: ignore[union-attr]
    arrive(file_id)
    scan(file_id)
    file = scene.world.ports.files.get(file_id)
    assert file is not None
    assert object_in_memory(file.key)[0] == PDF


@pytest.mark.requirement("A42")
def test_the_store_takes_what_was_declared_and_no_more(scene: Scene) -> None:
    upload = declared(scene.owner, scene.chat, size=9).json["upload"]
    assert send(upload, b"") == 400
    assert send(upload, b"x" * (25 * MB + 1)) == 400
    assert send(upload, PDF, Content_Type="text/html") == 403
    assert send(upload, PDF, key="f/aaaaaaaaaaaaaaaa/0") == 403
    assert send(upload, PDF, acl="public-read") == 403
    assert send(upload, PDF) == 201


@pytest.mark.parametrize(("plan", "most"), [("free", 5), ("pro", 25), ("enterprise", 100)])
def test_the_plan_says_how_large(scene: Scene, plan: str, most: int) -> None:
    scene.world.ports.workspaces.set_plan(scene.workspace, plan)
    assert declared(scene.guest, scene.chat, size=most * MB).status == 201
    refused = declared(scene.guest, scene.chat, size=most * MB + 1)
    assert (refused.status, refused.code) == (422, "too_large")
    assert declared(scene.guest, scene.chat, size=0).status == 422


@pytest.mark.parametrize(
    "name", ["", "  ", ".", "..", "\u202e", "a/b", "a\\b", "a\nb", "a\0b", "a\x7fb", "a\u2028b", "x" * 256]
)
def test_a_bad_name(scene: Scene, name: str) -> None:
    answer = declared(scene.owner, scene.chat, name)
    assert (answer.status, answer.code) == (422, "bad_name")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("x" * 255, "x" * 255),
        ('résumé "final".pdf', 'résumé "final".pdf'),
        ("gpj\u202e.exe", "gpj.exe"),
        ("🦊.png", "🦊.png"),
        ("...", "..."),
    ],
)
def test_any_other_name_is_kept_and_turns_nothing(scene: Scene, given: str, kept: str) -> None:
    assert declared(scene.owner, scene.chat, given).json["file"]["name"] == kept


@pytest.mark.parametrize("media", ["", "png", "text/html\r\nX: y", "a/b; charset=x\n", "x" * 300])
def test_a_type_that_is_none_is_any_bytes(scene: Scene, media: str) -> None:
    assert declared(scene.owner, scene.chat, media=media).json["file"]["type"] in ("application/octet-stream", "a/b")


def test_which_files_a_message_takes(scene: Scene) -> None:
    waiting = declared(scene.owner, scene.chat).json["file"]["id"]
    theirs = sent(scene.guest, scene.chat, PDF)
    other_chat = scene.owner.invites("x@acme.example")["chat"]["id"]
    elsewhere = sent(scene.owner, other_chat, PDF)
    mine = sent(scene.owner, scene.chat, PDF)
    blocked = sent(scene.owner, scene.chat, EICAR)

    def posted(*files: str, text: str = "x") -> tuple[int, str | None]:
        answer = scene.owner.post(f"{scene.base}/messages", {"text": text, "files": list(files)})
        return answer.status, answer.code_or_none

    assert posted(waiting) == (409, "file_waiting")
    assert posted(blocked) == (403, "file_blocked")
    assert posted(theirs) == posted(elsewhere) == posted("a" * 16) == posted("../../etc") == (404, "not_found")
    assert posted(text="")[0] == 422
    assert posted(*(str(number) for number in range(11)))[0] == 422
    assert posted(mine, waiting) == (409, "file_waiting")
    assert posted(mine, text="") == (201, None)
    assert posted(mine) == (409, "file_used")


def test_a_repeated_request_sends_a_file_once(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF)
    answers = [
        scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}, Idempotency_Key="k").json["id"] for _ in "ab"
    ]
    assert answers[0] == answers[1]


def test_two_messages_at_once_and_one_file(scene: Scene) -> None:
    """Whoever looked before the other wrote is refused by the table."""
    file_id = sent(scene.owner, scene.chat, PDF)
    looked_at = scene.world.ports.files.get_many([file_id])

    class Early(Files):
        def get_many(self, file_ids: Iterable[str]) -> dict[str, File]:
            return looked_at

    said(scene, file_id)
    with scene.world.using(files=Early()):
        assert scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}).code == "file_used"


@pytest.mark.parametrize(("setting", "owner", "guest"), [("all", 201, 201), ("members", 201, 403), ("off", 403, 403)])
def test_the_workspace_says_who_sends_files(scene: Scene, setting: str, owner: int, guest: int) -> None:
    before = sent(scene.guest, scene.chat, PDF)
    had = sent(scene.guest, scene.chat, PDF)
    assert scene.guest.post(f"{scene.base}/messages", {"files": [had]}).status == 201
    changed = scene.owner.patch(f"/workspaces/{scene.workspace}", {"files": setting})
    assert changed.json["files"] == setting
    assert declared(scene.owner, scene.chat).status == owner
    answer = declared(scene.guest, scene.chat)
    assert (answer.status, answer.code_or_none) == (guest, "files_off" if guest == 403 else None)
    again = scene.guest.post(f"{scene.base}/messages", {"files": [before]})
    assert (again.status, again.code_or_none) == (guest, "files_off" if guest == 403 else None)
    assert scene.owner.get(f"/files/{had}").status == 303, "what was sent stays"


def test_what_nobody_sent_within_a_day_is_forgotten(scene: Scene) -> None:
    unsent, kept = sent(scene.owner, scene.chat, PDF), sent(scene.owner, scene.chat, PDF)
    never_came = declared(scene.owner, scene.chat).json["file"]["id"]
    said(scene, kept)
    scene.world.pass_time(hours=24)
    assert scene.owner.post(f"{scene.base}/messages", {"files": [unsent]}).status == 404, "by the clock, without a job"
    with rights.acting_as("minutely"):
        schedule.minutely()
    assert [scene.world.ports.files.get(each) for each in (unsent, never_came)] == [None, None]
    assert [key for key in keys_in_memory() if unsent in key] == []
    assert scene.guest.get(f"/files/{kept}").status == 303
    assert scene.world.ports.workspaces.stored_bytes(scene.workspace) == len(PDF)


def test_a_file_that_nobody_could_check_is_blocked_in_the_end(scene: Scene) -> None:
    answer = declared(scene.owner, scene.chat).json
    assert send(answer["upload"], PDF) == 201
    arrive(answer["file"]["id"])
    said(scene, answer["file"]["id"])
    scene.world.pass_time(hours=24)
    with rights.acting_as("minutely"):
        schedule.minutely()
    assert scene.guest.get(f"/files/{answer['file']['id']}").code == "file_blocked"


def test_bytes_for_a_forgotten_file_are_thrown_away(scene: Scene) -> None:
    answer = declared(scene.owner, scene.chat).json
    assert send(answer["upload"], PDF) == 201
    scene.world.pass_time(hours=24)
    arrive(answer["file"]["id"])
    assert [key for key in keys_in_memory() if answer["file"]["id"] in key] == []


def test_results_about_something_else_are_passed_over(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF)
    file = scene.world.ports.files.get(file_id)
    assert file is not None
    other = scanned(file.key, result="THREATS_FOUND")
    other["detail"]["s3ObjectDetails"]["bucketName"] = "another"
    for event in (other, {}, {"source": "aws.guardduty"}, created(file.key, file.tag, 1)):
        files.checked(event)
    files.arrived(created("somewhere/else", "0", 1))
    assert scene.world.ports.files.get(file_id) == file


def test_a_file_is_found_by_its_name(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PDF, "Kündigung Halle 7.pdf")
    message = said(scene, file_id)
    for path in (
        f"{scene.base}/search?q=kundigung",
        f"{scene.base}/search?q=halle&has=file",
        "/search?q=halle&has=file",
    ):
        assert [(hit["id"], hit["files"][0]["state"]) for hit in scene.guest.get(path).json["items"]] == [
            (message["id"], "ready")
        ]
    assert scene.guest.get(f"{scene.base}/search?q=welcome&has=file").json["items"] == []


def test_who_answers_a_file_quotes_its_name(scene: Scene) -> None:
    message = said(scene, sent(scene.owner, scene.chat, PDF, "plan.pdf"))
    scene.guest.post(f"{scene.base}/messages", {"text": "Thanks", "reply_to": message["id"]})
    assert scene.owner.get(f"{scene.base}/messages?limit=1").json["items"][0]["reply_to"]["text"] == "📎 plan.pdf"


def test_the_words_beside_files_may_be_taken_away(scene: Scene) -> None:
    message = said(scene, sent(scene.owner, scene.chat, PDF), "Here it is")
    path = f"{scene.base}/messages/{message['id']}"
    edited = scene.owner.patch(path, {"text": ""})
    assert (edited.status, edited.json["text"], len(edited.json["files"])) == (200, "", 1)


def encoded(kind: str, width: int, height: int, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def located(scene: Scene, file_id: str, query: str) -> tuple[bytes, dict[str, str]]:
    """The bytes that this address of ours leads to, and what the store is asked to say of them."""
    url = urlsplit(scene.guest.get(f"/files/{file_id}{query}").headers["location"])
    asked = {name: value for name, (value,) in parse_qs(url.query).items()}
    return object_in_memory(url.path.lstrip("/"))[0], asked


def test_a_picture_has_a_preview(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, encoded("JPEG", 3000, 2000), "plan.jpg", "image/jpeg")
    (shown,) = said(scene, file_id)["files"]
    assert urlsplit(shown["preview_url"]).path == f"/api/v1/files/{file_id}"
    content, asked = located(scene, file_id, "?preview=1")
    preview = Image.open(io.BytesIO(content))
    assert (preview.format, preview.size) == ("WEBP", (720, 480))
    assert asked["response-content-type"] == "image/webp"
    assert asked["response-content-disposition"].startswith("inline")
    assert Image.open(io.BytesIO(located(scene, file_id, "?inline=1")[0])).size == (3000, 2000)


@pytest.mark.requirement("A42")
def test_a_picture_that_is_turned_is_kept_upright_and_without_metadata(scene: Scene) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    file_id = sent(scene.owner, scene.chat, encoded("JPEG", 300, 200, exif=exif), "plan.jpg", "image/jpeg")
    (shown,) = said(scene, file_id)["files"]
    assert (shown["width"], shown["height"]) == (200, 300)
    for query in ("", "?inline=1", "?preview=1"):
        content, _ = located(scene, file_id, query)
        image = Image.open(io.BytesIO(content))
        assert (image.size, dict(image.getexif())) == ((200, 300), {})
        assert b"Exif" not in content
    assert shown["size"] == len(located(scene, file_id, "")[0])


def test_what_cant_be_decoded_has_no_preview(scene: Scene) -> None:
    """It is laid out as a picture, and its data are none."""
    file_id = sent(scene.owner, scene.chat, picture_samples.jpeg(40, 30), "plan.jpg", "image/jpeg")
    (shown,) = said(scene, file_id)["files"]
    assert (shown["state"], shown["type"], "preview_url" in shown) == ("ready", "image/jpeg", False)
    assert located(scene, file_id, "?preview=1")[1]["response-content-type"] == "image/jpeg"


def test_a_preview_goes_with_its_message(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PNG, "plan.png", "image/png")
    message = said(scene, file_id)
    assert [key[:2] for key in keys_in_memory() if file_id in key] == ["c/", "p/"]
    assert scene.owner.delete(f"{scene.base}/messages/{message['id']}").status == 204
    scene.world.settle_stream()
    assert [key for key in keys_in_memory() if file_id in key] == []


def test_what_is_seen_in_a_picture_goes_with_it(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PNG, "plan.png", "image/png")
    body = {"files": [{"id": file_id, "alt": " A plan\n of the \u202eharbour\u0000 house "}]}
    answer = scene.owner.post(f"{scene.base}/messages", body)
    assert answer.status == 201, answer.text
    shown = scene.guest.get(f"{scene.base}/messages?limit=1").json["items"][0]["files"][0]
    assert (shown["id"], shown["alt"]) == (file_id, "A plan of the harbour house")


def test_a_file_without_a_description_has_none(scene: Scene) -> None:
    for chosen in (str, lambda file_id: {"id": file_id}, lambda file_id: {"id": file_id, "alt": " \n"}):
        file_id = sent(scene.owner, scene.chat, PNG, "plan.png", "image/png")
        answer = scene.owner.post(f"{scene.base}/messages", {"files": [chosen(file_id)]})
        assert (answer.status, "alt" in answer.json["files"][0]) == (201, False), answer.text


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"alt": "x" * 1_001}, "alt_too_long"),
        ({"alt": 7}, "invalid"),
        ({"alt": "x", "name": "y"}, "invalid"),
        ({"alt": "x" * 5_000}, "invalid"),
    ],
)
def test_a_description_is_words_and_not_many(scene: Scene, chosen: dict[str, Any], code: str) -> None:
    file_id = sent(scene.owner, scene.chat, PNG, "plan.png", "image/png")
    answer = scene.owner.post(f"{scene.base}/messages", {"files": [{"id": file_id, **chosen}]})
    assert answer.status == 422
    assert code in answer.text or code == "invalid"
    assert scene.world.ports.files.get(file_id).alt == ""  # type: ignore[union-attr]


def test_nobody_describes_anothers_file_and_what_was_sent_stays(scene: Scene) -> None:
    file_id = sent(scene.owner, scene.chat, PNG, "plan.png", "image/png")
    chosen = {"files": [{"id": file_id, "alt": "Mine"}]}
    assert scene.guest.post(f"{scene.base}/messages", chosen).status == 404
    assert scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}).status == 201
    assert scene.owner.post(f"{scene.base}/messages", chosen).status == 409
    assert scene.world.ports.files.get(file_id).alt == ""  # type: ignore[union-attr]
