"""The whole system in one process: real stores on an AWS in memory, a clock that stands still, a mailbox to read."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.retries import standard
from chalice.test import Client, HTTPResponse
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends

from chalicelib import wiring
from chalicelib.events import changes, mail, operator, schedule
from chalicelib.gateways import aws
from chalicelib.ports import Ports
from chalicelib.storage.chats import Chats
from chalicelib.storage.invitations import Invitations
from chalicelib.storage.items import Item
from chalicelib.storage.outside import Outside
from chalicelib.storage.relayed_messages import RelayedMessages
from chalicelib.storage.workspaces import Workspaces
from chalicelib.usecases import accounts
from local.embedded import ses_rules as embedded_ses
from pictures import handler
from tests.support import moto_shortcuts, rights

PASSWORD = "plum kettle orbit 42"
TABLE, REGION, PUBLIC_URL = "webtop", "us-east-1", "http://chat.test"
ENVIRONMENT = {
    "STAGE": "local",
    "PUBLIC_URL": PUBLIC_URL,
    "TABLE_NAME": TABLE,
    "LINK_KEYS": "k" * 40,
    "SOCKET_URL": "ws://127.0.0.1:9",
    "MAIL_FROM": "invitations@webtop.example",
    "FILES_BUCKET": "files",
    "FILES_URL": "https://files.s3.us-east-1.amazonaws.com",
    "PICTURE_FUNCTION": "picture-maker",
    "MALWARE_SCAN": "guardduty",
    "VAPID_KEY": "A" * 42 + "E",  # the number 1
    "AWS_ENDPOINT_URL": "",  # an AWS in memory
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
        match = re.search(re.escape(PUBLIC_URL) + rf"(/{path}/[\w-]+)", self.text)
        assert match, self.text
        return match[1]


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

    def delete(self, path: str, body: Any = None) -> "Answer":
        return self.world.call("DELETE", path, body, token=self.token)

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
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def code_or_none(self) -> str | None:
        return self.code if self.status >= 400 else None


@dataclass
class World:
    start: datetime
    client: Any = None
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
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.request(method, "/api/v1" + path, raw, sent)

    def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        with rights.acting_as("api"):
            response: HTTPResponse = self.client.http.request(method, path, headers=headers or {}, body=body)
        return Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.body.decode(errors="replace"),
            response.body,
        )

    @property
    def data(self) -> "Data":
        return _box.data

    @property
    def ports(self) -> Ports:
        return wiring.ports()

    def use(self, **parts: Any) -> None:
        """These parts in the place of the real ones, to the end of this world."""
        wiring.use(replace(wiring.ports(), **parts))

    @contextmanager
    def using(self, **parts: Any) -> Iterator[None]:
        before = wiring.ports()
        self.use(**parts)
        try:
            yield
        finally:
            wiring.use(before)

    def snapshot(self) -> dict[tuple[str, str], Any]:
        """Every item of the table, to see whether anything changed."""
        return {(pk, sk): item.to_json() for pk, part in self.data.items.items() for sk, item in part.items()}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Afterwards everything in the table is as it was."""
        before = deepcopy(self.data.items)
        try:
            yield
        finally:
            _box.put(before)

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """The items of one kind, as DynamoDB's JSON."""
        results = [item["Attributes"] for item in self.snapshot().values()]
        return [item for item in results if item["kind"]["S"] == kind]

    def settle(self) -> None:
        """Lets everything follow that follows from what was written: stream, queue, mail."""
        while (records := self._new_records()) or (due := self.due_queue()) or (queued := self._queued()):
            if records:
                assert _changes(records) == []
            elif due:
                assert work_off(due) == []
            else:
                assert _mail(queued) == []

    def settle_stream(self) -> None:
        """The stream's part of it; mails stay in their queue."""
        while records := self._new_records():
            assert _changes(records) == []

    def settle_with_faults(self) -> None:
        """Like `settle`, as Lambda does it where something fails: what failed comes again, a minute later."""
        waiting: list[Any] = []
        for _ in range(12):
            records = self._new_records()
            while records:
                failed = _changes(records)
                ids = [record["dynamodb"]["SequenceNumber"] for record in records]
                records = records[ids.index(failed[0]["itemIdentifier"]) :] if failed else self._new_records()
                self.pass_time(minutes=bool(failed))
            waiting += self._queued()
            failed = _mail(waiting)
            again = {item["itemIdentifier"] for item in failed}
            waiting = [item for item in waiting if item["messageId"] in again]
            if not waiting and len(self.data.stream) == self.told and not self.data.queued:
                return
            self.pass_time(minutes=2)

    def mails(self, to: str = "") -> list[Mail]:
        all_mails = [Mail(mail.destinations[0], _read(mail.raw_data)) for mail in self.data.mails]
        return [mail for mail in all_mails if not to or mail.to == to]

    def last_mail(self, to: str) -> Mail:
        mails = self.mails(to)
        assert mails, f"no mail to {to}"
        return mails[-1]

    def signs_up(
        self, email: str, name: str = "Mara Lindqvist", workspace: str = "Brightwater Studio", plan: str = "pro"
    ) -> Person:
        """A person with a workspace, confirmed by mail as everybody is."""
        answer = self.call(
            "POST", "/accounts", {"email": email, "name": name, "password": PASSWORD, "workspace": workspace}
        )
        assert answer.status == 202, answer.text
        self.settle()
        accounts.confirm(wiring.ports(), self.last_mail(email).link("confirm").rpartition("/")[2])
        person = self.signs_in(email)
        if plan != "free":
            operator.set_plan({"workspace_id": person.workspace(), "plan": plan})
        return person

    def signs_in(self, email: str, password: str = PASSWORD) -> Person:
        answer = self.call("POST", "/sessions", {"email": email, "password": password})
        assert answer.status == 201, answer.text
        return Person(self, email, answer.json["token"], answer.json["account"]["id"])

    def invited(self, email: str) -> str:
        """The token in the newest mail to this address that invites."""
        inviting = [mail for mail in self.mails(email) if "/join/" in mail.text]
        assert inviting, f"no invitation to {email}"
        return inviting[-1].link("join").rpartition("/")[2]

    def joins(self, email: str, name: str = "Dana Smith") -> Person:
        """Whoever got the newest mail at this address makes an account and is in the chat."""
        token = self.invited(email)
        answer = self.call("POST", f"/join/{token}/account", {"name": name, "password": PASSWORD})
        assert answer.status == 201, answer.text
        self.settle()
        return Person(self, email, answer.json["token"], answer.json["account"]["id"])

    def _new_records(self) -> list[Any]:
        records = [item.to_json() for item in self.data.stream[self.told : self.told + 100]]
        self.told += len(records)
        return records

    def due_queue(self) -> list[Any]:
        """What was handed over to the queue of due work, taken from it."""
        return _taken(self.data.due)

    def _queued(self) -> list[Any]:
        return _taken(self.data.queued)


def _taken(queued: list[Any]) -> list[Any]:
    """From the queue in memory itself: its receiving looks at the machine's clock and may find nothing."""
    taken, queued[:] = list(queued), []
    return [{"messageId": item.id, "body": item.body, "attributes": {"ApproximateReceiveCount": "1"}} for item in taken]


def _changes(records: list[Any]) -> list[Any]:
    with rights.acting_as("table_changes"):
        failed: list[Any] = changes.handle({"Records": records})["batchItemFailures"]
        return failed


def _mail(queued: list[Any]) -> list[Any]:
    with rights.acting_as("mail_out"):
        failed: list[Any] = mail.handle({"Records": queued})["batchItemFailures"]
        return failed


def work_off(queued: list[Any]) -> list[Any]:
    """By the function that does what is due; the ids of what is to be brought again."""
    with rights.acting_as("hourly"):
        failed: list[Any] = schedule.due({"Records": queued})["batchItemFailures"]
        return failed


def _read(raw: str) -> EmailMessage:
    read: EmailMessage = message_from_bytes(raw.encode(), policy=default)
    return read


@dataclass
class Data:
    """What lies in one world's AWS. `copied` makes a beginning of it that other worlds can start from."""

    items: Any = field(default_factory=lambda: defaultdict(dict))
    stream: list[Any] = field(default_factory=list)
    mails: list[Any] = field(default_factory=list)
    queued: list[Any] = field(default_factory=list)
    pushes: list[Any] = field(default_factory=list)
    due: list[Any] = field(default_factory=list)

    def copied(self) -> "Data":
        return Data(items=deepcopy(self.items), mails=list(self.mails))


class Box:
    """What all worlds of one process share, because it is slow to make: an AWS in memory, its clients, the ports."""

    def __init__(self) -> None:
        self.mock = mock_aws()
        self._worlds: list[tuple[Data, Ports]] = []

    @property
    def data(self) -> Data:
        """What lies there now. Moto puts copies in the place of its tables and lists, so it is asked each time."""
        table = table_in_memory()
        queues = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues
        assert table.stream_shard is not None
        mails = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        queued = (queues[name]._messages for name in ("mail", "push", "due"))
        return Data(table.items, table.stream_shard.items, mails, *queued)

    def open(self, data: Data, now: Callable[[], datetime]) -> None:
        os.environ.update(ENVIRONMENT)
        if "ports" not in vars(self):
            self.mock.start()
            self._fill()
        botocore_stubber.enabled = True
        os.environ |= self.queue_urls
        wiring.configured.cache_clear()
        wiring.configured()  # before Chalice's test client brings its own stage's environment
        if self._worlds:
            self._worlds[-1] = (self.data, self._worlds[-1][1])
        self._worlds.append((data, _with_clock(self.ports, now)))
        self._use(*self._worlds[-1])

    def close(self) -> None:
        """Back to the world that was open before, if there was one."""
        self._worlds.pop()
        if self._worlds:
            self._use(*self._worlds[-1])
        botocore_stubber.enabled = bool(self._worlds)
        moto_shortcuts.forget_copies()

    def put(self, items: Any) -> None:
        table_in_memory().items = items

    def _use(self, data: Data, ports: Ports) -> None:
        table = table_in_memory()
        assert table.stream_shard is not None
        table.items, table.stream_shard.items = data.items, data.stream
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages = data.mails
        queues = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues
        for name, queued in (("mail", data.queued), ("push", data.pushes), ("due", data.due)):
            queues[name]._messages = queued
        wiring.use(ports)

    def _fill(self) -> None:
        boto3.client("dynamodb", REGION).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        moto_shortcuts.quicken(table_in_memory())
        sqs = boto3.client("sqs", REGION)
        self.queue_urls = {
            f"{name.upper()}_QUEUE_URL": sqs.create_queue(QueueName=name)["QueueUrl"]
            for name in ("mail", "push", "due")
        }
        os.environ |= self.queue_urls
        boto3.client("s3", REGION).create_bucket(Bucket="files")
        boto3.client("sesv2", REGION).create_email_identity(EmailIdentity="webtop.example")
        aws.client.cache_clear()
        aws._session.cache_clear()
        wiring.configured.cache_clear()
        self.ports = wiring.build(wiring.configured())
        for client in clients():
            client.meta.events.unregister("before-send", botocore_stubber)
            client.meta.events.register("before-send", answer_in_memory)
            _make_impatient(client)


def _with_clock(ports: Ports, now: Callable[[], datetime]) -> Ports:
    """These ports by another clock, the stores that judge by it too."""
    return replace(
        ports,
        now=now,
        machine_now=now,
        chats=Chats(now),
        invitations=Invitations(now),
        outside=Outside(now),
        workspaces=Workspaces(now),
        relayed_messages=RelayedMessages(now),
    )


def table_in_memory() -> Any:
    """Moto's own object of the table."""
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(TABLE)


def clients() -> list[Any]:
    """What the system speaks to AWS with."""
    return [
        Item._get_connection().connection.client,
        *(aws.client(service, REGION) for service in ("sqs", "sesv2", "s3", "lambda")),
    ]


def _make_impatient(client: Any) -> None:
    """The client's own retries, as often as ever, without the waiting between them."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
    attempts = client.meta.config.retries["total_max_attempts"]
    handler = standard.register_retry_handler(client, attempts)
    handler._retry_policy._retry_backoff = _NoPause()  # type: ignore[attr-defined]


class _NoPause:
    def delay_amount(self, context: Any) -> float:
        return 0


_turn = Lock()
_SERVICES = {"sesv2": "ses"}


def answer_in_memory(event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    """Moto looks first and writes then; DynamoDB lets nobody in between. Nor anybody without the right."""
    service, operation = event_name.split(".")[1:3]
    rights.ask_for_call(_SERVICES.get(service, service), operation, request.body)
    with _turn:
        if service == "lambda":
            return _made_pictures(request)
        answer = (
            _too_much(request) or _not_ascii(request) or _other_bytes(request) or botocore_stubber(event_name, request)
        )
        if event_name.endswith("TransactWriteItems"):
            moto_shortcuts.forget_copies()
        return answer


_NOT_TAKEN = re.compile(rb'"pk": \{"S": "[^"]{2049}|"sk": \{"S": "[^"]{1025}|"SS": \[(?:[^]]*, )?""')


def _too_much(request: AWSPreparedRequest) -> AWSResponse | None:
    """Moto takes keys of any length, and empty texts in a set; DynamoDB refuses them."""
    if not _NOT_TAKEN.search(request.body if isinstance(request.body, bytes) else b""):
        return None
    fault = {
        "__type": "com.amazon.coral.validate#ValidationException",
        "message": "A key is too long, or a text empty.",
    }
    return AWSResponse(request.url, 400, {}, MockRawResponse(json.dumps(fault)))  # type: ignore[arg-type]


def _not_ascii(request: AWSPreparedRequest) -> AWSResponse | None:
    """Moto takes Unicode in the addresses and the headers of a mail; SES refuses it, as the embedded AWS does."""
    if not urlsplit(request.url).path.endswith("/outbound-emails"):
        return None
    reason = embedded_ses.refused(json.loads(request.body if isinstance(request.body, bytes) else b"{}"))
    if not reason:
        return None
    fault = json.dumps({"message": reason})
    headers = {"x-amzn-errortype": "BadRequestException"}
    return AWSResponse(request.url, 400, headers, MockRawResponse(fault))  # type: ignore[arg-type]


_box = Box()


def _other_bytes(request: AWSPreparedRequest) -> AWSResponse | None:
    """Moto copies whatever lies there; S3 refuses where these aren't the bytes of that tag any more."""
    tag, source = (_header(request, f"x-amz-copy-source{end}") for end in ("-if-match", ""))
    if not tag or object_in_memory(unquote(source).partition("/")[2])[1] == tag:
        return None
    fault = "<Error><Code>PreconditionFailed</Code><Message>Other bytes.</Message></Error>"
    return AWSResponse(request.url, 412, {}, MockRawResponse(fault))  # type: ignore[arg-type]


def _made_pictures(request: AWSPreparedRequest) -> AWSResponse:
    """The picture function's own answer; for it the store's signed addresses lead to the store in memory."""
    event = json.loads(request.body if isinstance(request.body, bytes) else b"{}")
    said = json.dumps(handler.answer(event, _SignedStore()))
    return AWSResponse(request.url, 200, {}, MockRawResponse(said))  # type: ignore[arg-type]


class _SignedStore:
    def read(self, address: str) -> bytes:
        return object_in_memory(self._key(address))[0]

    def write(self, address: str, content: bytes) -> None:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("files", self._key(address), content)

    def _key(self, address: str) -> str:
        parts = urlsplit(address)
        assert "X-Amz-Signature=" in parts.query
        assert parts.netloc == "files.s3.us-east-1.amazonaws.com"
        return parts.path.lstrip("/")


def _header(request: AWSPreparedRequest, name: str) -> str:
    value: Any = request.headers.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)


def object_in_memory(key: str) -> tuple[bytes, str]:
    """What lies at this key of the store, and its tag; nothing where nothing lies."""
    stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["files"].keys.get(key)
    return (stored.value, stored.etag.strip('"')) if stored else (b"", "")


def keys_in_memory() -> list[str]:
    return sorted(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["files"].keys)


@contextmanager
def built(data: Data | None = None) -> Iterator[World]:
    """A world of its own, empty or with this data, and nothing of it afterwards. Worlds may be built within worlds."""
    before = dict(os.environ)
    world = World(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    _box.open(data or Data(), world.now)
    try:
        import app

        world.client = Client(app.app)
        yield world
    finally:
        _box.close()
        os.environ.clear()
        os.environ.update(before)
    assert rights.refused == []
