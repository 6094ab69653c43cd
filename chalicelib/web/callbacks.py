"""Calls of Slack and Teams to us: authenticated over the raw bytes before anything is parsed, remembered, and answered at once."""

import json
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from .. import wiring
from ..domain.errors import Refusal
from ..providers.microsoft import signatures as teams
from ..providers.slack import signatures as slack
from ..usecases import provider_events
from . import requests
from .errors import problem, unexpected

routes = Blueprint(__name__)
log = logging.getLogger(__name__)


def _answering(view: Callable[[requests.Incoming], Response]) -> Callable[[], Response]:
    def answer() -> Response:
        try:
            return view(requests.incoming(routes.current_request))
        except Refusal as refusal:
            return problem(refusal, "")
        except Exception:  # a bug: noted once, here; the provider will send it again
            log.exception("callback failed: %s", view.__name__)
            return problem(unexpected(), "")

    answer.__name__ = view.__name__
    return answer


def _slack_events(incoming: requests.Incoming) -> Response:
    body = _signed_by_slack(incoming)
    if body is None:
        return _refused()
    if body.get("type") == "url_verification" and isinstance(body.get("challenge"), str):
        return _json({"challenge": body["challenge"]})
    if body.get("type") == "event_callback":
        tries = incoming.header("x-slack-retry-num")
        provider_events.receive_slack(wiring.ports(), body, int(tries) if tries in ("1", "2", "3") else 0)
    return _json({})


def _slack_interactions(incoming: requests.Incoming) -> Response:
    """Nothing of ours asks for one; a signed one is taken, so that Slack doesn't send it again."""
    return _json({}) if _is_slacks(incoming) else _refused()


def _teams_messages(incoming: requests.Incoming) -> Response:
    body = _parsed(incoming.body)
    if body is None or not teams.is_signed(wiring.configured().teams, incoming.header("authorization"), body):
        return _refused()
    provider_events.receive_teams(wiring.ports(), body)
    return _json({})


routes.route("/slack/events", methods=["POST"], content_types=["*/*"], name="slack_events")(_answering(_slack_events))
routes.route("/slack/interactions", methods=["POST"], content_types=["*/*"], name="slack_interactions")(
    _answering(_slack_interactions)
)
routes.route("/teams/messages", methods=["POST"], content_types=["*/*"], name="teams_messages")(
    _answering(_teams_messages)
)


def _signed_by_slack(incoming: requests.Incoming) -> dict[str, Any] | None:
    return _parsed(incoming.body) if _is_slacks(incoming) else None


def _is_slacks(incoming: requests.Incoming) -> bool:
    secret = wiring.configured().slack.signing_secret
    return slack.is_signed(
        secret, incoming.header("x-slack-request-timestamp"), incoming.header("x-slack-signature"), incoming.body
    )


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None


def _json(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body).decode(), headers={"Content-Type": "application/json"})


def _refused() -> Response:
    log.warning("callback without a good signature refused")
    return Response('{"error":"not signed"}', headers={"Content-Type": "application/json"}, status_code=401)
