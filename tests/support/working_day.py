"""A day at Pro Co that makes every Lambda function do everything it has rights for. Grow it with each new right."""

import base64
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from local import aws
from local.seeds import PASSWORD
from tests.support import provider_pages, uploads
from tests.support.files import EICAR
from tests.support.picture_samples import png
from tests.support.system import System

Json = dict[str, Any]
HOUR, DAY = 3_600, 86_400
_SLOW_START = 60.0
"""Seconds for functions that run for the first time."""
OWNER = "owner@pro.example"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    system: System
    token: str

    def ask(self, method: str, path: str, body: Json | None = None, **headers: str) -> Any:
        """The API's answer, which must be a success."""
        sent = {"Authorization": f"Bearer {self.token}", **headers} if self.token else headers
        answer = httpx.request(method, f"{self.system.app}/api/v1{path}", json=body, headers=sent, timeout=20)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def sign_in(system: System, email: str) -> Person:
    session = Person(system, "").ask("POST", "/sessions", {"email": email, "password": PASSWORD})
    return Person(system, session["token"])


def live(system: System) -> None:
    """The whole day."""
    owner = sign_in(system, OWNER)
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    chat, guest = _invite_and_join(system, owner, workspace)
    _talk(system, owner, guest, chat)
    _send_files(system, owner, guest, chat)
    _get_pushes(system, owner, guest, chat)
    _take_part_by_mail(system, owner, workspace)
    elsewhere = _chat_from_elsewhere(system, owner, workspace)
    _outlast_an_outage(system, owner, elsewhere)
    _change_invitations(system, owner, workspace, chat)
    _hear_from_ses(system, owner, chat)
    _throttle_ses(system)
    _reach_the_cap_of_an_address(system, owner, workspace)
    _choose_pictures(system, owner, chat)
    _leave_for_good(system, owner, guest, workspace)
    _end_sessions(system, owner)
    _let_time_pass(system)
    _be_the_operator(system, workspace)


def _invite_and_join(system: System, owner: Person, workspace: str) -> tuple[str, Person]:
    invitees = [{"email": f"{name}@day.example"} for name in ("anna", "ben", "cleo", "dora")]
    body = {"workspace_id": workspace, "name": "The day", "invitees": [*invitees, {"email": "member@pro.example"}]}
    created = owner.ask("POST", "/chats", body, **{"Idempotency-Key": "the day"})
    assert owner.ask("POST", "/chats", body, **{"Idempotency-Key": "the day"}) == created
    token = link_in(system.mail("anna@day.example"))
    joined = Person(system, "").ask("POST", f"/join/{token}/account", {"name": "Anna", "password": PASSWORD})
    return created["chat"]["id"], Person(system, joined["token"])


def _talk(system: System, owner: Person, guest: Person, chat: str) -> None:
    ticket = guest.ask("POST", "/socket-tickets")["url"]
    with connect(ticket, open_timeout=20) as socket:
        socket.send(json.dumps({"action": "ping"}))
        assert json.loads(socket.recv(20))["type"] == "pong"
        _write(owner, guest, chat)
        for kind in ("message.created", "chat.changed", "message.created"):  # up to the line that tells of the new name
            _wait_for(socket, kind)
        with connect(owner.ask("POST", "/socket-tickets")["url"], open_timeout=20) as other:
            socket.send(json.dumps({"action": "typing", "chat_id": chat}))
            _wait_for(other, "typing")
    system.until(lambda: not _stored(system, "socket"), "end of the sockets")


def _write(owner: Person, guest: Person, chat: str) -> None:
    message = owner.ask("POST", f"/chats/{chat}/messages", {"text": "Good *morning*"})
    here = f"/chats/{chat}/messages/{message['id']}"
    guest.ask("POST", f"/chats/{chat}/messages", {"text": "And to you", "reply_to": message["id"]})
    guest.ask("PUT", f"{here}/reactions/%F0%9F%91%8D")
    guest.ask("DELETE", f"{here}/reactions/%F0%9F%91%8D")
    guest.ask("PUT", f"/chats/{chat}/read", {"seq": message["seq"]})
    owner.ask("PATCH", here, {"text": "Good evening"})
    owner.ask("GET", f"/chats/{chat}/messages")
    owner.ask("DELETE", here)
    owner.ask("GET", "/chats")
    owner.ask("PATCH", f"/chats/{chat}", {"name": "A long day"})


def _send_files(system: System, owner: Person, guest: Person, chat: str) -> None:
    """One that is had and taken back, one with malware; and one that nobody sends, which time forgets."""
    contents = (b"sound", EICAR, b"unsent", png(4, 3))
    sound, infected, unsent, picture = (_uploaded(system, owner, chat, content) for content in contents)
    system.until(lambda: _state(system, infected) == "blocked", "end of the malware", _SLOW_START)
    system.until(
        lambda: {_state(system, each) for each in (sound, unsent, picture)} == {"ready"},
        "results of the scan",
        _SLOW_START,
    )
    message = owner.ask("POST", f"/chats/{chat}/messages", {"files": [sound]})
    given = httpx.get(message["files"][0]["url"], headers={"Authorization": f"Bearer {guest.token}"})
    assert uploads.get(given.headers["location"])[2] == b"sound"
    owner.ask("DELETE", f"/chats/{chat}/messages/{message['id']}")
    system.until(lambda: uploads.get(given.headers["location"])[0] in (403, 404), "end of the bytes")


def _uploaded(system: System, owner: Person, chat: str, content: bytes) -> str:
    declared = owner.ask("POST", f"/chats/{chat}/files", {"name": "x.txt", "size": len(content), "type": "text/plain"})
    assert uploads.post(declared["upload"], content) == 201
    return str(declared["file"]["id"])


def _state(system: System, file_id: str) -> str:
    key = {"pk": {"S": f"B#{file_id}"}, "sk": {"S": "B"}}
    item = system.aws("dynamodb").get_item(TableName=system.table, Key=key, ConsistentRead=True)["Item"]
    return str(item["state"]["S"])


def _get_pushes(system: System, owner: Person, guest: Person, chat: str) -> None:
    """At once, by a service that asks for a pause, after quiet, and by a browser that is gone."""
    made = system.call("POST", "/push/subscriptions", {})
    browser = {name: made[name] for name in ("endpoint", "expirationTime", "keys")}
    guest.ask("POST", "/push-subscriptions", browser)
    messages = f"/chats/{chat}/messages"
    owner.ask("POST", messages, {"text": "Can you see it?"})
    system.until(lambda: pushed(system, made["id"]) == ["Can you see it?"], "push")
    until = datetime.fromisoformat(system.call("GET", "/clock")["now"]) + timedelta(hours=1)
    guest.ask("PATCH", "/me", {"dnd_until": until.isoformat()})
    owner.ask("POST", messages, {"text": "Sleep well"})
    system.until(lambda: [item for item in _stored(system, "due") if item["what"]["S"] == "push"], "held push")
    system.advance(HOUR)
    system.invoke("minutely")
    system.until(lambda: pushed(system, made["id"])[1:] == ["2 new messages"], "summary")
    system.call("POST", "/push/faults", {"status": 503})
    system.call("DELETE", f"/push/subscriptions/{made['id']}")
    owner.ask("POST", messages, {"text": "Nobody is there"})
    system.until(lambda: not _stored(system, "push_endpoint"), "end of the subscription", 90)


def _take_part_by_mail(system: System, owner: Person, workspace: str) -> None:
    """Eve answers the invitation and is let in; from then on both write, she by mail. A mail to nobody is left unread."""
    body = {"workspace_id": workspace, "invitees": [{"email": "eve@mail.example"}]}
    chat = owner.ask("POST", "/chats", body)["chat"]["id"]
    mail = system.mail("eve@mail.example")
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": "May I just write back?"})
    invitation = owner.ask("GET", f"/chats/{chat}/invitations")["items"][0]
    path = f"/chats/{chat}/invitations/{invitation['id']}/asks/{invitation['asks'][0]['id']}"
    owner.ask("POST", path, {"decision": "allow"})
    messages = f"/chats/{chat}/messages"
    system.until(lambda: "May I just write back?" in _texts(owner, messages), "first words", _SLOW_START)
    plan = {"name": "plan.txt", "type": "text/plain", "base64": "aGk="}
    system.call("POST", f"/mail/{mail['id']}/reply", {"text": "And once more", "attachments": [plan]})
    system.until(lambda: "And once more" in _texts(owner, messages), "second words", _SLOW_START)
    owner.ask("POST", messages, {"text": "You may"})
    system.until(lambda: [item for item in _stored(system, "due") if item["what"]["S"] == "chat_mail"], "noted mail")
    system.advance(180)
    system.invoke("minutely")
    told = system.mail("eve@mail.example", number=2)
    assert "You may" in told["text"]
    system.notify(told, "delivery")
    system.notify(told, "bounce")
    system.until(lambda: "relay.cut_off" in json.dumps(owner.ask("GET", messages)), "end of the mails", _SLOW_START)
    system.call("POST", f"/mail/{told['id']}/reply", {"text": "Stop."})
    system.until(lambda: len(owner.ask("GET", f"/chats/{chat}")["participants"]) == 1, "end of the place", _SLOW_START)


def pushed(system: System, subscription: str) -> list[str]:
    """The texts of the pushes that a browser got."""
    items = system.call("GET", f"/push/messages.json?subscription={subscription}")["items"]
    return [json.loads(item["text"])["text"] for item in items]


def _chat_from_elsewhere(system: System, owner: Person, workspace: str) -> str:
    """Dana reads in Slack, Jonas in Teams; each writes, edits, deletes and reacts there. The chat's messages."""
    people = [{"email": "dana@acme.example"}, {"email": "jonas@kessel.example"}]
    body = {"workspace_id": workspace, "name": "Elsewhere", "invitees": people}
    chat = owner.ask("POST", "/chats", body)["chat"]["id"]
    for provider, email, user in (
        (provider_pages.SLACK, "dana@acme.example", provider_pages.DANA),
        (provider_pages.MICROSOFT, "jonas@kessel.example", provider_pages.JONAS),
    ):
        token = link_in(system.mail(email))
        came = Person(system, provider_pages.come_in(system, provider, token, user))
        came.ask("POST", f"/join/{token}")
        if provider == provider_pages.SLACK:
            assert provider_pages.add_to_slack(system, came.token, user) == f"/chats/{chat}?notice=installed&by=slack"
            came.ask(
                "POST", "/slack/invitations", {"emails": ["eve@acme.example"], "kind": "members", "channel_ids": []}
            )
    provider_pages.play(system, f"/microsoft/teams/chat/{provider_pages.JONAS}/install")
    provider_pages.play(system, "/slack/faults", {"answer": "429", "path": "chat.postMessage", "seconds": 1})
    _write_elsewhere(system, owner, f"/chats/{chat}/messages")
    return f"/chats/{chat}/messages"


def _write_elsewhere(system: System, owner: Person, messages: str) -> None:
    from_web = owner.ask("POST", messages, {"text": "Hello to both"})
    existing = provider_pages.arrived_in_slack(system, provider_pages.DANA, "Hello to both")
    provider_pages.arrived_in_teams(system, provider_pages.JONAS, "Hello to both")
    window = f"/slack/dm/{provider_pages.DANA}/messages"
    provider_pages.play(system, f"{window}/{existing['ts']}/react", {"name": "heart"})
    hello = provider_pages.write_in_slack(system, provider_pages.DANA, "Hello from Slack", existing["thread_ts"])
    provider_pages.arrived_in_teams(system, provider_pages.JONAS, "Hello from Slack")
    provider_pages.write_in_teams(system, provider_pages.JONAS, "Hello from Teams")
    provider_pages.arrived_in_slack(system, provider_pages.DANA, "Hello from Teams")
    provider_pages.play(system, f"{window}/{hello['ts']}/edit", {"text": "Hello again from Slack"})
    system.until(lambda: "Hello again from Slack" in _texts(owner, messages), "edited message")
    provider_pages.play(system, f"{window}/{hello['ts']}/delete")
    system.until(lambda: "Hello again from Slack" not in _texts(owner, messages), "deleted message")
    provider_pages.play(system, f"{window}/{existing['ts']}/unreact", {"name": "heart"})
    system.until(lambda: not _reactions(owner, messages, from_web["id"]), "end of the reaction")
    _exchange_files(system, owner, messages, existing["thread_ts"])


def _exchange_files(system: System, owner: Person, messages: str, thread: str) -> None:
    """One from here in Slack, and one from there here; taken back, the first is gone there, too."""

    def names_in_slack() -> set[str]:
        listed = provider_pages.in_slack(system, provider_pages.DANA)
        return {file.get("name", "") for item in listed for file in item.get("files", [])}

    def files_in_chat() -> set[tuple[str, str]]:
        items = owner.ask("GET", f"{messages}?limit=50")["items"]
        return {(file["name"], file["state"]) for item in items for file in item["files"]}

    uploaded = _uploaded(system, owner, messages.split("/")[2], b"from here")
    system.until(lambda: _state(system, uploaded) == "ready", "result of the scan", _SLOW_START)
    sent = owner.ask("POST", messages, {"files": [uploaded]})
    system.until(lambda: "x.txt" in names_in_slack(), "file in Slack", _SLOW_START)
    given = {"name": "there.txt", "base64": base64.b64encode(b"from there").decode()}
    window = f"/slack/dm/{provider_pages.DANA}/messages"
    provider_pages.play(system, window, {"text": "", "thread_ts": thread, "files": [given]})
    system.until(lambda: ("there.txt", "ready") in files_in_chat(), "file from Slack", _SLOW_START)
    owner.ask("DELETE", f"{messages}/{sent['id']}")
    system.until(lambda: "x.txt" not in names_in_slack(), "end of the file in Slack", _SLOW_START)


def _outlast_an_outage(system: System, owner: Person, messages: str) -> None:
    """It lasts past the hour: the comparison finds a message that isn't there, and the relay gives itself a job for it."""
    provider_pages.play(system, "/slack/faults", {"answer": "500", "path": "chat.postMessage", "times": 1_000})
    owner.ask("POST", messages, {"text": "Through the outage"})
    # The second try comes after all that the first one noted.
    system.until(lambda: _answers(system, "chat.postMessage").count("500") >= 2, "second try", 90)
    system.advance(HOUR)
    system.invoke("hourly")
    relay = system.place.deployed()["functions"]["relay"]
    system.until(
        lambda: "sqs:SendMessage" in aws.rights_used(system.place).get(relay, {}), "job of the relay's own", 90
    )
    system.call("DELETE", "/slack/faults")
    # It is in doubt, and Slack lets one look once a minute.

    def shown() -> list[dict[str, Any]]:
        posted = provider_pages.in_slack(system, provider_pages.DANA)
        return [item for item in posted if item["text"] == "Through the outage"]

    assert len(system.until(shown, "message after the outage", 180)) == 1


def _answers(system: System, method: str) -> list[str]:
    items = system.call("GET", "/slack/calls.json")["items"]
    return [str(item["status"]) for item in items if item["method"] == method]


def _texts(owner: Person, messages: str) -> list[str]:
    return [item["text"] for item in owner.ask("GET", messages)["items"]]


def _reactions(owner: Person, messages: str, message_id: str) -> list[Json]:
    items = owner.ask("GET", messages)["items"]
    return next(item["reactions"] for item in items if item["id"] == message_id)


def _stored(system: System, kind: str) -> list[Json]:
    result = system.aws("dynamodb").scan(
        TableName=system.table,
        FilterExpression="#kind = :kind",
        ExpressionAttributeNames={"#kind": "kind"},
        ExpressionAttributeValues={":kind": {"S": kind}},
    )
    items: list[Json] = result["Items"]
    return items


def _wait_for(socket: Any, kind: str) -> None:
    while json.loads(socket.recv(20))["type"] != kind:
        pass


def _change_invitations(system: System, owner: Person, workspace: str, chat: str) -> None:
    items = owner.ask("GET", f"/chats/{chat}/invitations")["items"]
    ids = {item["email"].partition("@")[0]: item["id"] for item in items}
    owner.ask("DELETE", f"/chats/{chat}/invitations/{ids['ben']}")
    owner.ask("PATCH", f"/chats/{chat}/invitations/{ids['cleo']}", {"email": "chloe@day.example"})
    token = link_in(system.mail("chloe@day.example"))
    stranger = Person(system, "")
    stranger.ask("POST", f"/join/{token}/code")
    stranger.ask("POST", f"/join/{token}/decline", {"block": "inviter", "report": True, "tell": True})
    owner.ask("POST", f"/workspaces/{workspace}/members", {"email": "new@pro.example", "role": "member"})


def _hear_from_ses(system: System, owner: Person, chat: str) -> None:
    def state() -> str:
        items = owner.ask("GET", f"/chats/{chat}/invitations")["items"]
        return str(next(item["mail"]["state"] for item in items if item["email"] == "dora@day.example"))

    for kind, expected in (("delivery", "delivered"), ("bounce", "bounced")):
        system.notify(system.mail("dora@day.example"), kind)
        system.until(lambda expected=expected: state() == expected, f"mail {expected}")  # type: ignore[misc]


def _throttle_ses(system: System) -> None:
    """More often than the client tries by itself: the mail is put back, and comes all the same."""
    system.call("POST", "/mail/faults", {"code": "TooManyRequestsException", "times": 3})
    existing = len(system.mails("member@pro.example"))
    Person(system, "").ask("POST", "/sign-in-links", {"email": "member@pro.example"})
    system.mail("member@pro.example", number=existing + 1)


def _reach_the_cap_of_an_address(system: System, owner: Person, workspace: str) -> None:
    for number in range(7):
        body = {"workspace_id": workspace, "name": f"Round {number}", "invitees": _two("often@day.example", number)}
        owner.ask("POST", "/chats", body)
    system.notify(system.mail("other0@day.example"), "complaint")


def _two(email: str, number: int) -> list[Json]:
    return [{"email": email}, {"email": f"other{number}@day.example"}]


def _choose_pictures(system: System, owner: Person, chat: str) -> None:
    """One takes the other's place, and is seen."""
    first, second = (choose_picture(system, owner, number) for number in (64, 32))
    sent = {"Authorization": f"Bearer {owner.token}"}
    assert httpx.get(second, headers=sent, timeout=20).headers["content-type"] == "image/jpeg"
    assert httpx.get(first, headers=sent, timeout=20).status_code == 404
    system.until(
        lambda: second in json.dumps(owner.ask("GET", f"/chats/{chat}")["participants"]), "picture among the people"
    )


def choose_picture(system: System, person: Person, side: int) -> str:
    """The address of their new picture."""
    sent = {"Authorization": f"Bearer {person.token}", "Content-Type": "image/png"}
    answer = httpx.put(f"{system.app}/api/v1/me/picture", content=png(side, side), headers=sent, timeout=60)
    assert answer.is_success, answer.text
    return str(answer.json()["picture_url"])


def _leave_for_good(system: System, owner: Person, guest: Person, workspace: str) -> None:
    """Anna takes her data along and goes; so does an owner, who leaves another one behind."""
    choose_picture(system, guest, 16)
    received = len(system.mails("anna@day.example"))
    guest.ask("POST", "/me/export")
    link = re.search(r"http\S+/export/\S+", system.mail("anna@day.example", number=received + 1)["text"])
    assert link
    given = httpx.get(link[0], cookies={"session": guest.token}, timeout=20)
    with zipfile.ZipFile(io.BytesIO(uploads.get(given.headers["location"])[2])) as archive:
        assert "picture.jpg" in archive.namelist()
    second = sign_in(system, "member@pro.example")
    members = owner.ask("GET", f"/workspaces/{workspace}/members")["items"]
    (theirs,) = [item["account_id"] for item in members if item["email"] == "member@pro.example"]
    for role in ("owner", "admin", "owner"):
        owner.ask("PATCH", f"/workspaces/{workspace}/members/{theirs}", {"role": role})
    for person in (guest, second):
        person.ask("DELETE", "/me", {"messages": "empty", "password": PASSWORD})


def _end_sessions(system: System, owner: Person) -> None:
    with connect(owner.ask("POST", "/socket-tickets")["url"], open_timeout=20) as socket:
        owner.ask("DELETE", "/sessions/current")
        with pytest.raises(ConnectionClosed):
            _wait_for(socket, "nothing")
    received = len(system.mails(OWNER))
    Person(system, "").ask("POST", "/password-resets", {"email": OWNER})
    address = re.search(r"http\S+", system.mail(OWNER, number=received + 1)["text"])
    assert address
    page = httpx.get(address[0])
    form = re.search(r'action="([^"]*)"', page.text)
    target = httpx.URL(address[0]).join(form[1]) if form else address[0]
    answer = httpx.post(target, data={"password": PASSWORD}, headers={"Origin": system.app})
    assert answer.status_code == 303, answer.text


def _let_time_pass(system: System) -> None:
    for days in (1, 12, 3, 40):
        system.advance(days * DAY)
        system.invoke("minutely")
        system.invoke("hourly")


def _be_the_operator(system: System, workspace: str) -> None:
    for plan in ("enterprise", "pro"):
        system.invoke("set_plan", {"workspace_id": workspace, "plan": plan})
    for decision in ("stop", "dismiss"):
        for report in system.invoke("abuse_reports", {})["items"]:
            assert system.invoke("abuse_reports", {"id": report["id"], "decision": decision})["id"] == report["id"]
    sqs = system.aws("sqs")
    dead_letter = next(url for url in sqs.list_queues()["QueueUrls"] if "RelaySetAside" in url)
    job = json.dumps({"chat": "a" * 16, "seq": 1, "account": "a" * 16, "to": "slack#T#U"})
    sqs.send_message(QueueUrl=dead_letter, MessageBody=job, MessageGroupId="g", MessageDeduplicationId="d")
    assert [item["what"] for item in system.invoke("dead_letters", {})["items"]] == ["out"]
    assert system.invoke("dead_letters", {"send_again": True}) == {"sent": 1}
    assert system.invoke("dead_letters", {}) == {"items": []}


def link_in(mail: Json) -> str:
    """The token of the invitation's link in a mail."""
    match = re.search(r"/join/([\w-]+)", mail["text"])
    assert match, mail["text"]
    return match[1]
