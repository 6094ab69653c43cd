"""Answers by mail through the embedded AWS: the playground puts the mail where SES would, the deployed functions do the rest."""

from functools import partial
from secrets import token_hex
from typing import Any

import httpx
import pytest

from tests.support.system import System
from tests.support.working_day import Person, sign_in

pytestmark = [pytest.mark.embedded, pytest.mark.requirement("A43")]
PASSWORD = "plum kettle orbit 42"


@pytest.fixture(scope="module")
def owner(system: System) -> Person:
    return sign_in(system, "owner@pro.example")


def invited(system: System, owner: Person) -> tuple[str, dict[str, Any]]:
    """A new chat, and the mail that invites somebody into it."""
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    email = f"dana@{token_hex(4)}.example"
    chat = owner.ask("POST", "/chats", {"workspace_id": workspace, "invitees": [{"email": email}]})["chat"]["id"]
    return chat, system.mail(email)


def joined(system: System, owner: Person) -> tuple[str, dict[str, Any]]:
    chat, mail = invited(system, owner)
    token = mail["text"].partition("/join/")[2].split()[0]
    body = {"name": "Dana Smith", "password": PASSWORD}
    assert httpx.post(f"{system.app}/api/v1/join/{token}/account", json=body).status_code == 201
    return chat, mail


def texts(owner: Person, chat: str) -> list[str]:
    items = owner.ask("GET", f"/chats/{chat}/messages")["items"]
    return [item["text"] for item in items if item["kind"] == "text"]


def test_who_joined_answers_the_mail_and_the_answer_is_a_message(system: System, owner: Person) -> None:
    chat, mail = joined(system, owner)
    assert mail["reply_to"].startswith("r-")
    quote = "\n\nOn Mon, 23 Nov 2026 at 10:00, Webtop <x@y.example> wrote:\n> Hello\n"
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": f"I just answer it.{quote}"})
    system.until(lambda: texts(owner, chat) == ["I just answer it."], "answer", 60)
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": "Away", "headers": {"Auto-Submitted": "auto-replied"}})
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": "Not I", "from": "eve@evil.example", "dmarc": "FAIL"})
    system.call("POST", f"/mail/{mail['id']}/reply", {"html": "<p>Second, as <b>HTML</b></p>"})
    system.until(lambda: len(texts(owner, chat)) > 1, "second answer", 60)
    assert texts(owner, chat) == ["I just answer it.", "Second, as **HTML**"]


def test_raw_mail_goes_the_same_way_and_above_40_mb_is_refused(system: System, owner: Person) -> None:
    chat, mail = joined(system, owner)
    raw = f"From: {mail['to'][0]}\r\nTo: {mail['reply_to']}\r\nMessage-ID: <{token_hex(8)}@x.example>\r\n\r\nRaw words\r\n"
    for _ in range(2):
        answer = httpx.post(f"{system.playground}/mail/inbound?verdicts=spf=FAIL,dmarc=PASS", content=raw.encode())
        assert answer.status_code == 200
    system.until(lambda: texts(owner, chat) == ["Raw words"], "answer", 60)
    for path in ("verdicts=dmarc=GRAY", f"to=r-{'a' * 61}@r.webtop-chat.example", "from="):
        assert httpx.post(f"{system.playground}/mail/inbound?{path}", content=raw.encode()).is_success
    large = httpx.post(f"{system.playground}/mail/inbound", content=b"a" * (40 * 1024 * 1024 + 1), timeout=60)
    assert large.status_code == 413


def test_the_page_has_a_reply_for_each_mail_that_can_be_answered(system: System, owner: Person) -> None:
    chat, mail = joined(system, owner)
    page = httpx.get(f"{system.playground}/?mail={mail['id']}").text
    assert f'action="/mail/{mail["id"]}/reply"' in page
    answer = httpx.post(f"{system.playground}/mail/{mail['id']}/reply", data={"text": "From the page"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/?mail={mail['id']}")
    system.until(lambda: texts(owner, chat) == ["From the page"], "answer", 60)


def test_somebody_takes_part_by_mail_from_the_first_answer_to_the_browser(system: System, owner: Person) -> None:
    chat, mail = invited(system, owner)
    email = mail["to"][0]
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": "One. May I just write back?"})
    (invitation,) = owner.ask("GET", f"/chats/{chat}/invitations")["items"]
    (ask,) = invitation["asks"]
    assert (ask["kind"], ask["email"], ask["text"]) == ("mail", email, "One. May I just write back?")
    let_in = owner.ask("POST", f"/chats/{chat}/invitations/{invitation['id']}/asks/{ask['id']}", {"decision": "allow"})
    assert let_in["joined"]["via"] == "mail"
    system.until(lambda: len(texts(owner, chat)) == 1, "first words", 60)
    for question, answer in (("Two?", "Three."), ("Four?", "Five.")):
        post = owner.ask("POST", f"/chats/{chat}/messages", {"text": question})
        told = told_by_mail(system, email, question)
        system.call("POST", f"/mail/{told['id']}/reply", {"text": answer})
        system.until(partial(is_last, owner, chat, answer), answer, 60)
    owner.ask("PATCH", f"/chats/{chat}/messages/{post['id']}", {"text": "Six instead of four?"})
    assert "corrected" in told_by_mail(system, email, "Six instead of four?")["text"]
    assert texts(owner, chat) == ["One. May I just write back?", "Two?", "Three.", "Six instead of four?", "Five."]
    link = told["text"].partition("/by-mail/")[2].split()[0]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert httpx.post(f"{system.app}/by-mail/{link}/browser", headers=form).status_code == 200
    system.until(lambda: any("/enter/" in item["text"] for item in system.mails(email)), "link to sign in", 60)
    assert [person["via"] for person in owner.ask("GET", f"/chats/{chat}")["participants"]] == ["webtop", "webtop"]


def is_last(owner: Person, chat: str, text: str) -> bool:
    return texts(owner, chat)[-1] == text


def told_by_mail(system: System, email: str, text: str) -> dict[str, Any]:
    """Two quiet minutes later; the minute's job runs until the message's note is there."""
    system.advance(130)

    def told() -> list[dict[str, Any]]:
        system.invoke("minutely")
        return [item for item in system.mails(email) if text in item["text"]]

    return system.until(told, f"mail with {text}", 60)[-1]
