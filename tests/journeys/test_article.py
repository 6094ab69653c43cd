"""The help article over HTTP against the running system: two addresses, two mails, one link, both sides write. A02, A05, A12."""

import re

import httpx
import pytest

from local.seeds import PASSWORD
from tests.support.parallel_callers import Caller, caller
from tests.support.system import Json, System

pytestmark = [pytest.mark.embedded, pytest.mark.requirement("A02", "A05", "A07", "A12")]
DANA, OLAF = "dana@article.example", "olaf@article.example"


def test_from_the_invitation_list_to_the_first_messages_of_both_sides(system: System) -> None:
    owner = caller(system)
    session = owner.call("POST", "/sessions", {"email": "owner@pro.example", "password": PASSWORD})
    owner.token = session.json()["token"]
    workspace = _json(owner, "GET", "/me")["workspaces"][0]["id"]

    body = {"workspace_id": workspace, "invitees": [{"email": DANA}, {"email": OLAF}], "name": "Harbour house"}
    made = _json(owner, "POST", "/chats", body)
    assert [result["outcome"] for result in made["results"]] == ["invited", "invited"]
    chat = f"/chats/{made['chat']['id']}"

    mails = [system.mail(address) for address in (DANA, OLAF)]
    assert [len(mail["to"]) for mail in mails] == [1, 1]
    assert all("Harbour house" in mail["text"] and "Paula Prowse" in mail["text"] for mail in mails)
    assert all(
        mail["reply_to"].startswith("r-") and mail["reply_to"].endswith("@r.webtop-chat.example") for mail in mails
    )

    guest, token = caller(system), _token(system, mails[0])
    shown = _json(guest, "GET", f"/join/{token}")
    assert (shown["email"], shown["status"], shown["chat"]["participants"]) == (DANA, "pending", 1)
    for method in ("GET", "HEAD"):
        assert guest.client.request(method, f"{system.app}/join/{token}").status_code == 200
    assert _json(guest, "GET", f"/join/{token}")["status"] == "pending"

    joined = _json(guest, "POST", f"/join/{token}/account", {"name": "Dana Smith", "password": "plum kettle orbit 42"})
    guest.token = joined["token"]
    assert guest.call("GET", f"/join/{token}").status_code == 410

    _json(owner, "POST", f"{chat}/messages", {"text": "Welcome"})
    _json(guest, "POST", f"{chat}/messages", {"text": "Thank you"})
    for person in (owner, guest):
        texts = [item["text"] for item in _json(person, "GET", f"{chat}/messages")["items"] if item["kind"] == "text"]
        assert texts == ["Welcome", "Thank you"]
    system.until(lambda: _events(owner, chat) >= {"invitation.sent", "participant.joined"}, "lines about what happened")

    people = _json(owner, "GET", chat)["participants"]
    assert [(item["name"], item["role"]) for item in people] == [("Paula Prowse", "member"), ("Dana Smith", "external")]
    invitations = _json(owner, "GET", f"{chat}/invitations")["items"]
    assert {invitation["email"]: invitation["status"] for invitation in invitations} == {
        DANA: "accepted",
        OLAF: "pending",
    }
    for person in (owner, guest):
        person.client.close()


def test_the_document_and_its_page_are_there(system: System) -> None:
    assert httpx.get(f"{system.app}/api/v1/health").json() == {"status": "ok"}
    assert httpx.get(f"{system.app}/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    assert httpx.get(f"{system.app}/docs").status_code == 200


def _json(person: Caller, method: str, path: str, body: Json | None = None) -> Json:
    answer = person.call(method, path, body)
    assert answer.is_success, answer.text
    results: Json = answer.json()
    return results


def _events(person: Caller, chat: str) -> set[str]:
    return {
        item["event"]["type"] for item in _json(person, "GET", f"{chat}/messages")["items"] if item["kind"] == "event"
    }


def _token(system: System, mail: Json) -> str:
    match = re.search(re.escape(system.app) + r"/join/([\w-]+)", mail["text"])
    assert match, mail["text"]
    return match[1]
