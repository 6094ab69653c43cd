"""The WebSocket API: a ticket opens a socket, once; every action looks up rights anew."""

import json
import logging
from typing import Any

from .. import wiring
from ..domain.errors import Refusal
from ..schemas import events
from ..usecases import live

log = logging.getLogger(__name__)
_LONGEST = 2_000


def connect(event: dict[str, Any]) -> dict[str, Any]:
    token = (event.get("queryStringParameters") or {}).get("ticket") or ""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        live.connect(wiring.ports(), token, _connection(event), headers.get("origin", ""))
    except Refusal as refusal:
        log.info("socket refused: %s", refusal.code)
        return {"statusCode": 403}
    return {"statusCode": 200}


def message(event: dict[str, Any]) -> dict[str, Any]:
    body = _parsed(event.get("body"))
    ports = wiring.ports()
    if body.get("action") == "ping":
        live.ping(ports, _connection(event))
    elif body.get("action") == "looking":
        live.note_looking(ports, _connection(event))
    elif body.get("action") == "typing" and isinstance(body.get("chat_id"), str) and len(body["chat_id"]) == 16:
        try:
            live.typing(ports, _connection(event), body["chat_id"], events.show, events.write)
        except Refusal as refusal:
            log.info("typing refused: %s", refusal.code)
    return {"statusCode": 200}


def disconnect(event: dict[str, Any]) -> dict[str, Any]:
    live.disconnect(wiring.ports(), _connection(event))
    return {"statusCode": 200}


def _connection(event: dict[str, Any]) -> str:
    return str(event["requestContext"]["connectionId"])


def _parsed(text: Any) -> dict[str, Any]:
    """A small JSON object; empty for anything else."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return {}
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
