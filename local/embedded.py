"""Embedded AWS: ministack in its own virtual environment, with what it leaves out added.

Mails are kept whole and outlive a restart, a stream's partial answer is a failure and its unread part outlives a
restart, and SNS events are complete, each as on AWS. Run by the Python of `.venv-aws`, which knows only `leash`.
"""

import asyncio
import contextlib
import copy
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.services import dynamodb, lambda_svc, ses, ses_v2, sns

from local import leash

MAIL = "/_local/mail"
SAVE = "/_local/save"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Reply = tuple[int, dict[str, str], bytes]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ministack, and two addresses of our own."""
    if scope["type"] == "http" and scope["path"] in (MAIL, SAVE):
        body = _own(scope["method"], scope["path"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
    else:
        await ministack.app(scope, receive, send)


def _own(method: str, path: str) -> Any:
    if path == SAVE:
        ministack.save_all(ministack._build_persistence_save_dict())
        return {}
    mails = ses._sent_emails_list()
    if method == "DELETE":
        mails.clear()
    return mails


def keep_mails_whole() -> None:
    """Every accepted mail keeps its raw text, its tags and the time of the system's clock."""
    original_v1, original_v2 = ses.handle_request, ses_v2.handle_request

    async def v2(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Reply:
        reply: Reply = await original_v2(method, path, headers, body, query)
        if path.rstrip("/").endswith("/outbound-emails") and reply[0] == 200:
            sent = json.loads(body)
            _remember(
                json.loads(reply[2])["MessageId"],
                Raw=sent.get("Content", {}).get("Raw", {}).get("Data", ""),
                ReplyTo=sent.get("ReplyToAddresses", []),
                Tags={tag["Name"]: tag["Value"] for tag in sent.get("EmailTags", [])},
                ConfigurationSet=sent.get("ConfigurationSetName", ""),
            )
        return reply

    async def v1(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Reply:
        before = len(ses._sent_emails_list())
        reply: Reply = await original_v1(method, path, headers, body, query)
        form = ses.parse_qs(body.decode(errors="replace"))
        for record in ses._sent_emails_list()[before:]:
            if "SentAt" not in record:
                raw, chosen = form.get("RawMessage.Data", [""])[0], form.get("ConfigurationSetName", [""])[0]
                _remember(record["MessageId"], Raw=raw, ReplyTo=[], Tags={}, ConfigurationSet=chosen)
        return reply

    ses.handle_request, ses_v2.handle_request = v1, v2


def _remember(message_id: str, **facts: Any) -> None:
    for record in reversed(ses._sent_emails_list()):
        if record["MessageId"] == message_id:
            record.update(facts, SentAt=time.time() + _seconds_ahead())
            return


def _seconds_ahead() -> float:
    with contextlib.suppress(OSError, ValueError):
        return float(Path(os.environ["CLOCK_FILE"]).read_text())
    return 0.0


def retry_partly_failed_streams() -> None:
    """A stream's batch with `batchItemFailures` comes again, as on AWS; ministack alone would go on behind it."""
    original = lambda_svc._execute_function

    def execute(function: dict[str, Any], event: Any, *more: Any, **named: Any) -> dict[str, Any]:
        result: dict[str, Any] = original(function, event, *more, **named)
        records = event.get("Records") if isinstance(event, dict) else None
        if records and records[0].get("eventSource") == "aws:dynamodb" and not result.get("error"):
            answer = result.get("body")
            answer = json.loads(answer) if isinstance(answer, (str, bytes)) and answer else answer
            if isinstance(answer, dict) and answer.get("batchItemFailures"):
                return {**result, "error": True, "body": {"errorType": "Partial", "errorMessage": json.dumps(answer)}}
        return result

    lambda_svc._execute_function = execute


def complete_sns_events() -> None:
    """A notification always has these two fields on AWS, and Chalice reads them."""
    original = sns._deliver_to_lambda

    def deliver(endpoint: str, envelope: str, *more: Any) -> None:
        notification = {"Subject": None, "MessageAttributes": {}, **json.loads(envelope)}
        original(endpoint, json.dumps(notification), *more)

    sns._deliver_to_lambda = deliver


def keep_mails() -> None:
    """Sent mails outlive a restart, as everything else does."""
    original_state, original_load = ses.get_state, ses.load_persisted_state

    def load(data: dict[str, Any]) -> None:
        original_load(data)
        ses._sent_emails.update(data.get("_sent_emails", {}))

    ses.get_state = lambda: {**original_state(), "_sent_emails": copy.deepcopy(ses._sent_emails)}
    ses.load_persisted_state = load


def keep_streams() -> None:
    """What the stream's reader hasn't read yet outlives a restart; ministack alone forgets it, but not the position."""
    original_state, original_load = dynamodb.get_state, dynamodb.load_persisted_state

    def state() -> dict[str, Any]:
        unread, read = copy.deepcopy(dynamodb._stream_records), copy.deepcopy(dynamodb._stream_trimmed)
        reached = min(lambda_svc._dynamodb_stream_positions._data.values(), default=0)
        for key, records in unread._data.items():
            done = max(0, reached - read._data.get(key, 0))
            del records[:done]
            read._data[key] = read._data.get(key, 0) + done
        return {**original_state(), "stream_records": unread, "stream_trimmed": read}

    def load(data: dict[str, Any]) -> None:
        original_load(data)
        if data:
            dynamodb._stream_records.update(data.get("stream_records", {}))
            dynamodb._stream_trimmed.update(data.get("stream_trimmed", {}))

    dynamodb.get_state, dynamodb.load_persisted_state = state, load


def main() -> None:
    leash.obey()
    keep_mails()
    keep_mails_whole()
    keep_streams()
    retry_partly_failed_streams()
    complete_sns_events()
    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    asyncio.run(serve(application, config))  # saves its state when it ends


if __name__ == "__main__":
    main()
