"""The whole system in one process: real stores on an AWS in memory, a clock that stands still, a mailbox to read."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import boto3
from chalice.test import Client, HTTPResponse
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ses.models import ses_backends

PASSWORD = "plum kettle orbit 42"
TABLE, REGION, PUBLIC_URL = "webtop", "us-east-1", "http://chat.test"
ENVIRONMENT = {
    "STAGE": "local",
    "PUBLIC_URL": PUBLIC_URL,
    "TABLE_NAME": TABLE,
    "LINK_KEYS": "k" * 40,
    "MAIL_FROM": "invitations@webtop.example",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


@dataclass
class Mail:
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def link(self, path: str) -> str:
        """The path of the first link of ours under `path`."""
        found = re.search(re.escape(PUBLIC_URL) + rf"(/{path}/[\w-]+)", self.text)
        assert found, self.text
        return found[1]


@dataclass
class Person:
    """Somebody with a session; calls the API as they would."""

    world: "World"
    email: str
    token: str
    id: str

    def get(self, path: str) -> Any:
        return self.world.call("GET", path, token=self.token)

    def post(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.world.call("POST", path, body, token=self.token, **headers)

    def patch(self, path: str, body: Any) -> "Answer":
        return self.world.call("PATCH", path, body, token=self.token)

    def put(self, path: str, body: Any = None) -> "Answer":
        return self.world.call("PUT", path, body, token=self.token)

    def delete(self, path: str) -> "Answer":
        return self.world.call("DELETE", path, token=self.token)

    def workspace(self) -> str:
        return str(self.get("/me").json["workspaces"][0]["id"])

    def invites(self, *emails: str, name: str | None = None) -> Any:
        """Creates a chat with these invitees; the API's answer."""
        body: dict[str, Any] = {"workspace_id": self.workspace(), "invitees": [{"email": email} for email in emails]}
        if name:
            body["name"] = name
        answer = self.post("/chats", body)
        assert answer.status == 201, answer.text
        self.world.settle()
        return answer.json


@dataclass
class Answer:
    status: int
    headers: dict[str, Any]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])


@dataclass
class World:
    client: Client
    start: datetime
    ahead: float = 0
    told: int = 0

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.ahead)

    def pass_time(self, **units: float) -> None:
        self.ahead += timedelta(**units).total_seconds()

    def call(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Answer:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes | str) else json.dumps(body).encode() if body is not None else b""
        return self.request(method, "/api/v1" + path, raw, sent)

    def request(self, method: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None) -> Answer:
        got: HTTPResponse = self.client.http.request(method, path, headers=headers or {}, body=body)
        return Answer(got.status_code, {name.lower(): value for name, value in got.headers.items()}, got.body.decode())

    def settle(self) -> None:
        """Lets everything follow that follows from what was written: stream, queue, mail."""
        from chalicelib.events import changes, mail

        while (records := self._new_records()) or (queued := self._queued()):
            if records:
                assert changes.handle({"Records": records})["batchItemFailures"] == []
            else:
                assert mail.handle({"Records": queued})["batchItemFailures"] == []

    def mails(self, to: str = "") -> list[Mail]:
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        all_mails = [
            Mail(one.destinations[0], message_from_bytes(one.raw_data.encode(), policy=default)) for one in sent
        ]  # type: ignore[arg-type]
        return [one for one in all_mails if not to or one.to == to]

    def last_mail(self, to: str) -> Mail:
        found = self.mails(to)
        assert found, f"no mail to {to}"
        return found[-1]

    def signs_up(
        self, email: str, name: str = "Mara Lindqvist", workspace: str = "Brightwater Studio", plan: str = "pro"
    ) -> Person:
        """A person with a workspace, confirmed by mail as everybody is."""
        answer = self.call(
            "POST", "/accounts", {"email": email, "name": name, "password": PASSWORD, "workspace": workspace}
        )
        assert answer.status == 202, answer.text
        self.settle()
        from chalicelib import wiring
        from chalicelib.usecases import accounts

        accounts.confirm(wiring.ports(), self.last_mail(email).link("confirm").rpartition("/")[2])
        person = self.signs_in(email)
        if plan != "free":
            from chalicelib.events import operator

            operator.set_plan({"workspace_id": person.workspace(), "plan": plan})
        return person

    def signs_in(self, email: str, password: str = PASSWORD) -> Person:
        answer = self.call("POST", "/sessions", {"email": email, "password": password})
        assert answer.status == 201, answer.text
        return Person(self, email, answer.json["token"], answer.json["account"]["id"])

    def joins(self, email: str, name: str = "Dana Smith") -> Person:
        """Whoever got the newest mail at this address makes an account and is in the chat."""
        token = self.last_mail(email).link("join").rpartition("/")[2]
        answer = self.call("POST", f"/join/{token}/account", {"name": name, "password": PASSWORD})
        assert answer.status == 201, answer.text
        self.settle()
        return Person(self, email, answer.json["token"], answer.json["account"]["id"])

    def _new_records(self) -> list[Any]:
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(TABLE).stream_shard
        assert shard is not None
        records = [item.to_json() for item in shard.items[self.told : self.told + 100]]
        self.told += len(records)
        return records

    def _queued(self) -> list[Any]:
        sqs = boto3.client("sqs", REGION)
        url = os.environ["MAIL_QUEUE_URL"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for one in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [
            {"messageId": one["MessageId"], "body": one["Body"], "attributes": {"ApproximateReceiveCount": "1"}}
            for one in messages
        ]


@contextmanager
def built() -> Iterator[World]:
    """A world of its own, and nothing of it afterwards."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    try:
        with mock_aws():
            yield _fill()
    finally:
        os.environ.clear()
        os.environ.update(before)


def _fill() -> World:
    boto3.client("dynamodb", REGION).create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    os.environ["MAIL_QUEUE_URL"] = boto3.client("sqs", REGION).create_queue(QueueName="mail")["QueueUrl"]
    boto3.client("sesv2", REGION).create_email_identity(EmailIdentity="webtop.example")
    return _connected(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


def _connected(start: datetime) -> World:
    from dataclasses import replace

    from chalicelib import wiring
    from chalicelib.gateways import aws

    aws.client.cache_clear()
    aws._session.cache_clear()
    wiring.configured.cache_clear()
    import app

    world = World(Client(app.app), start)
    wiring.use(replace(wiring.build(wiring.configured()), now=world.now))
    return world
