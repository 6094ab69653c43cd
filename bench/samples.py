"""Payloads that others published, given to our own addresses: none may be answered 5xx or break the relay's worker.

`samples.txt` names each file by repository, commit and path. Nothing of them is kept here: they are read from clones below the
folder that `SAMPLES` names (`owner/name`, bare or not), else from GitHub. A file holds JSON, Markdown with blocks of JSON, or
Python with dictionaries; what looks like one of Slack's or the Bot Framework's payloads is taken, each once.
"""

import ast
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.table import Row, Table
from chalicelib import wiring
from chalicelib.domain.errors import Refusal
from chalicelib.events import relay
from chalicelib.ports import RelayLater
from tests.support import id_tokens
from tests.support.app import World, built
from tests.support.relay_in_memory import Queue

Json = dict[str, Any]
LIST = Path(__file__).with_name("samples.txt")
_SECRET, _BOT = "signing-secret", "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02"
_SERVICE, _TENANT = "https://smba.example/emea/", "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
_INTERACTIONS = (
    *("block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut", "message_action"),
    *("interactive_message", "dialog_submission", "dialog_cancellation", "dialog_suggestion", "workflow_step_edit"),
)
_OF_ACTIVITIES = {"channelId", "serviceUrl", "channelData", "conversation", "recipient"}


def run() -> list[Table]:
    """Counts by kind and answer; broken where one was answered 5xx, or its worker failed."""
    counted: Counter[tuple[str, str]] = Counter()
    with _listening() as send:
        for path, kind, payload in payloads(LIST.read_text(), read):
            outcome = send(kind, payload)
            counted[kind, outcome] += 1
            if outcome not in ("200", "left", "understood"):
                sys.stdout.write(f"{outcome}: {path}\n")
    rows = [
        Row(f"{kind}: {outcome}", (str(number),), number, None if outcome in ("understood", "left") else 0)
        for (kind, outcome), number in sorted(counted.items())
    ]
    total = counted.total()
    return [Table("Payloads from public samples", ("payloads",), [*rows, Row("all", (str(total),), 300 - total, 0)])]


def payloads(listed: str, source: Callable[[str, str, str], str]) -> Iterator[tuple[str, str, Json]]:
    """Where each stands, its kind, and it; each once."""
    seen: set[str] = set()
    for line in filter(None, listed.splitlines()):
        repository, commit, path = line.split(" ")
        for written in _written(path, source(repository, commit, path)):
            for kind, payload in _addressed(path, written):
                digest = json.dumps([kind, payload], sort_keys=True)
                if digest not in seen:
                    seen.add(digest)
                    yield f"{repository} {path}", kind, payload


def read(repository: str, commit: str, path: str) -> str:
    """The text of a file at a commit."""
    clone = Path(os.environ.get("SAMPLES", "")) / repository
    if os.environ.get("SAMPLES") and clone.exists():
        done = subprocess.run(["git", "-C", clone, "show", f"{commit}:{path}"], capture_output=True, check=True)
        return done.stdout.decode()
    with urllib.request.urlopen(
        f"https://raw.githubusercontent.com/{repository}/{commit}/{path}", timeout=20
    ) as answer:
        return str(answer.read().decode())


def _written(path: str, text: str) -> Iterator[Any]:
    """Whatever values a file writes down."""
    if path.endswith(".json"):
        value = json.loads(text)
        yield from value if isinstance(value, list) else [value]
    elif path.endswith(".md"):
        yield from filter(None, (_json(block) for block in re.findall(r"```json[^\n]*\n(.*?)```", text, re.DOTALL)))
    else:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Dict):
                yield _literal(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield _json(node.value)


def _literal(node: ast.AST) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):  # with names of the program in it
        return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _addressed(path: str, value: Any) -> Iterator[tuple[str, Json]]:
    """As it would come to us: from a workspace, a tenant and a service that are known, under an id of its own."""
    if not isinstance(value, dict):
        return
    if isinstance(value.get("event"), dict):
        yield "Slack event", {**value, "type": "event_callback", "team_id": value.get("team_id") or "T1"}
    elif value.get("type") in _INTERACTIONS:
        yield "Slack interaction", value
    elif "/rtm/" in path and value.get("type"):
        yield "Slack event", {"type": "event_callback", "team_id": "T1", "event": value}
    elif isinstance(value.get("type"), str) and value.keys() & _OF_ACTIVITIES:
        yield "Teams activity", _activity(value)


def _activity(value: Json) -> Json:
    sender, conversation = value.get("from"), value.get("conversation")
    return {
        **value,
        "channelId": "msteams",
        "serviceUrl": _SERVICE,
        "from": {"id": "29:1", "aadObjectId": _BOT, **(sender if isinstance(sender, dict) else {})},
        "conversation": {"id": "a:1", **(conversation if isinstance(conversation, dict) else {}), "tenantId": _TENANT},
        "recipient": {"id": f"28:{_BOT}"},
    }


@contextmanager
def _listening() -> Iterator[Callable[[str, Json], str]]:
    """Our addresses, with the vendors' keys in our hands; gives what becomes of a payload."""
    server = id_tokens.Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = server.provider()
    provider.answers["/keys"] = id_tokens.fake_answer(id_tokens.key_set(endorsements=["msteams"]))
    environment = {
        "SLACK_SIGNING_SECRET": _SECRET,
        "TEAMS_BOT_ID": _BOT,
        "BOT_METADATA_URL": f"{provider.base}/v1/.well-known/openidconfiguration",
        "BOT_SERVICE_HOSTS": "smba.example",
    }
    before = dict(os.environ)
    os.environ |= environment
    try:
        with built() as world:
            wiring.configured.cache_clear()
            wiring.configured()
            queue = Queue(world.now)
            world.use(relay_queue=queue)
            yield lambda kind, payload: _outcome(world, queue, kind, payload)
    finally:
        os.environ.clear()
        os.environ.update(before)
        wiring.configured.cache_clear()
        server.shutdown()
        server.server_close()


def _outcome(world: World, queue: Queue, kind: str, payload: Json) -> str:
    """`understood` if the relay's worker got something of it to do, `left` if it was taken and is nothing to us."""
    queue.ever.clear()
    match kind:
        case "Slack event":
            answer = _from_slack(
                world, "/slack/events", json.dumps({**payload, "event_id": os.urandom(8).hex()}), "json"
            )
        case "Slack interaction":
            answer = _from_slack(world, "/slack/interactions", urlencode({"payload": json.dumps(payload)}), "form")
        case _:
            token = id_tokens.signed(
                {"iss": "https://api.botframework.com", "aud": _BOT, "serviceurl": _SERVICE, **id_tokens.times()}
            )
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            answer = world.request("POST", "/teams/messages", json.dumps(payload).encode(), headers)
    if answer.status != 200:
        return str(answer.status)
    for body, _ in list(queue.ever):
        try:
            relay._work(json.loads(body))  # noqa: SLF001  # as the queue's function does it
        except (Refusal, RelayLater):
            continue
        except Exception as error:  # noqa: BLE001  # counted, and named
            return f"the worker failed: {error!r}"
    return "understood" if queue.ever else "left"


def _from_slack(world: World, path: str, text: str, form: str) -> Any:
    body, stamp = text.encode(), str(int(time.time()))
    digest = hmac.new(_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    kind = "application/json" if form == "json" else "application/x-www-form-urlencoded"
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}
    return world.request("POST", path, body, headers)
