"""Starts ministack, mended, with a few addresses of our own under `/_local/`."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.services import ses

from local import child_process
from local.embedded import deployments, invocations, keeping, mail, notifications, queries, rights, scanner, streams
from local.people import as_public

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_OWN: dict[tuple[str, str], Callable[[dict[str, list[str]]], Any]] = {
    ("GET", "/_local/mail"): lambda query: ses._sent_emails_list(),
    ("DELETE", "/_local/mail"): lambda query: ses._sent_emails_list().clear(),
    ("POST", "/_local/mail/faults"): mail.refuse,
    ("POST", "/_local/save"): lambda query: keeping.save_all(),
    ("GET", "/_local/invocations"): lambda query: invocations.seen.lately(),
    ("GET", "/_local/rights"): lambda query: rights.used,
    ("GET", "/_local/credentials"): lambda query: rights.credentials(query["function"][0]),
}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ministack, and the addresses of our own."""
    if scope["type"] != "http":
        await ministack.app(_as_public(scope), receive, send)
    elif mine := _OWN.get((scope["method"], scope["path"])):
        keeping.note_change()
        body = json.dumps(mine(parse_qs(scope["query_string"].decode()))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
    else:
        if scope["method"] != "GET":
            keeping.note_change()
        await ministack.app(scope, receive, send)


def _as_public(scope: Scope) -> Scope:
    """A live connection from the window of a persona as from any other."""
    headers = [
        (name, as_public(value.decode("latin-1")).encode("latin-1") if name == b"origin" else value)
        for name, value in scope.get("headers", [])
    ]
    return {**scope, "headers": headers}


async def run() -> None:
    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    saving = asyncio.create_task(keeping.save_often())
    await serve(application, config)  # saves everything when it ends
    saving.cancel()


def main() -> None:
    child_process.obey()
    for mend in (deployments, invocations, keeping, mail, notifications, queries, rights, scanner, streams):
        mend.install()
    asyncio.run(run())


if __name__ == "__main__":
    main()
