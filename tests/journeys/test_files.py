"""Files through the embedded AWS: its bucket, its events, its signatures, the deployed functions and their rights."""

from typing import Any

import httpx
import pytest

from local import aws
from tests.pictures.test_making import noted, opened, picture
from tests.support import uploads
from tests.support.files import EICAR
from tests.support.system import System
from tests.support.working_day import Person, sign_in

pytestmark = [pytest.mark.embedded]
PDF = b"%PDF-1.7\n..."


@pytest.fixture(scope="module")
def owner(system: System) -> Person:
    return sign_in(system, "owner@pro.example")


@pytest.fixture(scope="module")
def chat(owner: Person) -> str:
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    body = {"workspace_id": workspace, "invitees": [{"email": "reader@files.example"}, {"email": "member@pro.example"}]}
    return str(owner.ask("POST", "/chats", body)["chat"]["id"])


def declared(owner: Person, chat: str, content: bytes, name: str = "plan.pdf", media: str = "application/pdf") -> Any:
    return owner.ask("POST", f"/chats/{chat}/files", {"name": name, "size": len(content), "type": media})


def state_in(owner: Person, chat: str, seq: int) -> dict[str, Any]:
    file: dict[str, Any] = owner.ask("GET", f"/chats/{chat}/messages?after={seq - 1}&limit=1")["items"][0]["files"][0]
    return file


def sent(system: System, owner: Person, chat: str, content: bytes) -> dict[str, Any]:
    """A message with this file, once the bytes came."""
    answer = declared(owner, chat, content)
    assert uploads.post(answer["upload"], content) == 201
    message: dict[str, Any] = {}

    def is_taken() -> bool:
        given = httpx.post(
            f"{system.app}/api/v1/chats/{chat}/messages",
            json={"files": [answer["file"]["id"]]},
            headers={"Authorization": f"Bearer {owner.token}"},
        )
        message.update(given.json())
        return given.is_success or given.json()["code"] != "file_waiting"

    system.until(is_taken, "upload", 60)
    return message


def located(system: System, owner: Person, path: str) -> httpx.Response:
    return httpx.get(path, headers={"Authorization": f"Bearer {owner.token}"}, follow_redirects=False)


@pytest.mark.requirement("A42")
def test_a_file_goes_past_us_and_comes_back_for_a_minute(system: System, owner: Person, chat: str) -> None:
    message = sent(system, owner, chat, PDF)
    system.until(lambda: state_in(owner, chat, message["seq"])["state"] == "ready", "result of the scan", 60)
    answer = located(system, owner, state_in(owner, chat, message["seq"])["url"])
    assert answer.status_code == 303
    status, headers, content = uploads.get(answer.headers["location"])
    assert (status, content) == (200, PDF)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''plan.pdf"
    assert uploads.get(answer.headers["location"].split("?")[0])[0] == 403, "without a signature"
    forged = answer.headers["location"].replace("attachment", "inline")
    assert uploads.get(forged)[0] == 403
    owner.ask("DELETE", f"/chats/{chat}/messages/{message['id']}")
    system.until(lambda: uploads.get(answer.headers["location"])[0] in (403, 404), "end of the bytes", 60)


@pytest.mark.requirement("A42")
def test_malware_is_blocked_and_gone(system: System, owner: Person, chat: str) -> None:
    message = sent(system, owner, chat, b"Hello " + EICAR)
    if "seq" not in message:  # it was found before the message could be sent
        assert message["code"] == "file_blocked"
        return
    system.until(lambda: state_in(owner, chat, message["seq"])["state"] == "blocked", "result of the scan", 60)
    path = f"{system.app}/api/v1/files/{message['files'][0]['id']}"
    assert located(system, owner, path).json()["code"] == "file_blocked"


@pytest.mark.requirement("A42")
def test_the_store_refuses_what_wasnt_signed(owner: Person, chat: str) -> None:
    upload = declared(owner, chat, PDF)["upload"]
    too_long = b"x" * (25 * 1024 * 1024 + 1)
    assert uploads.post(upload, b"") == 400
    assert uploads.post(upload, too_long) == 400
    assert uploads.post(upload, PDF, key="f/aaaaaaaaaaaaaaaa/0") == 403
    assert uploads.post(upload, PDF, Content_Type="text/html") == 403
    assert uploads.post(upload, PDF, x_amz_signature="0" * 64) == 403
    assert uploads.post(upload, PDF) == 201


@pytest.mark.requirement("A42")
def test_the_bucket_is_private(system: System) -> None:
    s3 = system.aws("s3")
    bucket = system.place.deployed()["environment"]["FILES_BUCKET"]
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    (cors,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert cors["AllowedOrigins"] == [system.app]


def test_no_function_lacked_a_right(system: System) -> None:
    refused = {
        name: [action for action, count in used.items() if count["refused"]]
        for name, used in aws.rights_used(system.place).items()
    }
    assert not any(refused.values()), refused


@pytest.mark.requirement("A42")
def test_a_picture_has_a_preview_from_the_deployed_function(system: System, owner: Person, chat: str) -> None:
    """A function that holds no rights: it reads and writes what it was given signed addresses of."""
    message = sent(system, owner, chat, picture("JPEG", 3000, 2000, exif=noted(6)))
    system.until(lambda: state_in(owner, chat, message["seq"])["state"] == "ready", "result of the scan", 60)
    file = state_in(owner, chat, message["seq"])
    assert (file["width"], file["height"]) == (2000, 3000)
    shown = {}
    for name, path in (("small", file["preview_url"]), ("whole", file["url"])):
        status, headers, content = uploads.get(located(system, owner, path).headers["location"])
        shown[name] = (status, headers["Content-Type"], opened(content).size, dict(opened(content).getexif()))
    assert shown == {"small": (200, "image/webp", (480, 720), {}), "whole": (200, "image/jpeg", (2000, 3000), {})}
