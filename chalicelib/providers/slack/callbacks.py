"""Slack's calls to us: authenticated over the raw bytes before anything is parsed, then understood."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...domain.identities import Identity
from ...domain.provider_events import AppRemoved, AuthorizationRevoked, EventsMissed, PeopleActed, ProviderEvent
from ...domain.providers import Provider
from ..queue_bodies import acted
from ..specification import Callback, CallbackAnswer, CallbackRequest
from .events import FILE_FIELDS
from .signatures import is_signed

if TYPE_CHECKING:
    from .specification import SlackSpecification

_TRIES_OF_AN_OUTAGE = 2
"""Slack tries again at once, after one minute, and after five."""
_LAST = 2**33
_MOST_FILES = 20
_RELAYED = ("message", "reaction_added", "reaction_removed")


def read_event(slack: "SlackSpecification", request: CallbackRequest) -> CallbackAnswer | None:
    body = _parsed(request.body) if _is_signed(slack, request) else None
    if body is None:
        return None
    if body.get("type") == "url_verification" and isinstance(body.get("challenge"), str):
        return CallbackAnswer(body={"challenge": body["challenge"]})
    if body.get("type") != "event_callback":
        return CallbackAnswer()
    tries = request.headers.get("x-slack-retry-num", "")
    return CallbackAnswer(tuple(provider_events(body, int(tries) if tries in ("1", "2", "3") else 0)))


def read_interaction(slack: "SlackSpecification", request: CallbackRequest) -> CallbackAnswer | None:
    """Nothing of ours asks for one; a signed one is taken, so that Slack doesn't send it again."""
    return CallbackAnswer() if _is_signed(slack, request) else None


CALLBACKS = (
    Callback("/slack/events", "slack_events", read_event),
    Callback("/slack/interactions", "slack_interactions", read_interaction),
)


def provider_events(envelope: Mapping[str, Any], tries: int = 0) -> Iterator[ProviderEvent]:
    """What an event of a team means; `tries` is how often Slack failed with it before."""
    event, team_id = envelope.get("event"), envelope.get("team_id")
    if not isinstance(event, Mapping) or not isinstance(team_id, str):
        return
    if tries >= _TRIES_OF_AN_OUTAGE and isinstance(event.get("user"), str):
        yield EventsMissed(Identity(Provider.SLACK, team_id, event["user"]))
    for user in _revoked_users(event):
        yield AuthorizationRevoked(Identity(Provider.SLACK, team_id, user), _time_of(envelope))
    if _ends_installation(event):
        yield AppRemoved(Provider.SLACK, team_id, _time_of(envelope))
    elif event.get("type") in _RELAYED:
        yield _acted(envelope, event, team_id)


def _acted(envelope: Mapping[str, Any], event: Mapping[str, Any], team_id: str) -> PeopleActed:
    """Once for each event id, however often Slack sends it."""
    item = event.get("item")
    channel_id = str(event.get("channel") or (item.get("channel") if isinstance(item, Mapping) else ""))
    kept = {name: envelope.get(name) for name in ("team_id", "event_id", "authorizations")}
    once = f"slack {team_id} {envelope.get('event_id') or (channel_id, event.get('event_ts'))}"
    return acted(Provider.SLACK, f"in slack {team_id} {channel_id}", once, kept | {"event": _slim(event)})


def _is_signed(slack: "SlackSpecification", request: CallbackRequest) -> bool:
    stamp, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    return is_signed(slack.settings.signing_secret, stamp, signature, request.body)


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None


def _slim(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says the same once more, in many words: the queue's bodies have a limit."""
    kept = {name: value for name, value in message.items() if name not in ("blocks", "attachments")}
    if isinstance(kept.get("files"), list):
        kept["files"] = [_slim_file(file) for file in kept["files"][:_MOST_FILES] if isinstance(file, Mapping)]
    inner = {name: _slim(kept[name]) for name in ("message", "previous_message") if isinstance(kept.get(name), Mapping)}
    return kept | inner


def _slim_file(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: file.get(name) for name in FILE_FIELDS}


def _time_of(envelope: Mapping[str, Any]) -> datetime | None:
    """When it happened, by Slack's clock: an event that wasn't answered comes again, perhaps after what followed it."""
    at = envelope.get("event_time")
    return datetime.fromtimestamp(at, UTC) if type(at) is int and 0 < at < _LAST else None


def _ends_installation(event: Mapping[str, Any]) -> bool:
    if event.get("type") == "app_uninstalled":
        return True
    tokens = event.get("tokens")
    return event.get("type") == "tokens_revoked" and isinstance(tokens, Mapping) and bool(tokens.get("bot"))


def _revoked_users(event: Mapping[str, Any]) -> list[str]:
    """Who took back what they had authorized for themselves."""
    tokens = event.get("tokens")
    users = tokens.get("oauth") if event.get("type") == "tokens_revoked" and isinstance(tokens, Mapping) else None
    return [user for user in users if isinstance(user, str)] if isinstance(users, list) else []
