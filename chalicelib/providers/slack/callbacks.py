"""Slack's calls to us: authenticated over the raw bytes before anything is parsed, then understood."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ...domain.identities import Identity
from ...domain.provider_events import AppRemoved, AuthorizationRevoked, EventsMissed, PeopleActed, ProviderEvent
from ...domain.providers import Provider
from ..queue_bodies import acted
from ..specification import Callback, CallbackAnswer, CallbackRequest
from . import choices
from .events import FILE_FIELDS, SHARED_FIELDS, shared_messages
from .signatures import is_signed

if TYPE_CHECKING:
    from .specification import SlackSpecification

_TRIES_OF_AN_OUTAGE = 2
"""Slack tries again at once, after one minute, and after five."""
_LAST = 2**33
_MOST_FILES = 20
_RELAYED = ("message", "reaction_added", "reaction_removed", "app_home_opened")


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
    """A button was pressed: worked off in the order of that conversation. Others are taken, so that nobody sees an error."""
    if not _is_signed(slack, request):
        return None
    payload = _parsed((parse_qs(request.body.decode("utf-8", "replace")).get("payload") or ["{}"])[0].encode()) or {}
    kept = choices.pressed(payload)
    if kept is None:
        return CallbackAnswer()
    once = f"slack {kept['team']} pressed {payload.get('trigger_id') or kept['value']}"
    group = f"in slack {kept['team']} {kept['channel']}"
    return CallbackAnswer((acted(Provider.SLACK, group, once, {"pressed": kept}),))


CALLBACKS = (
    Callback("/slack/events", "slack_events", read_event),
    Callback("/slack/interactions", "slack_interactions", read_interaction),
)


def provider_events(envelope: Mapping[str, Any], tries: int = 0) -> Iterator[ProviderEvent]:
    """What an event of a team means, or of an organization, which names no team. `tries`: how often Slack failed with it before."""
    event, team_id = envelope.get("event"), envelope.get("team_id")
    if not isinstance(event, Mapping):
        return
    tenant = team_id if isinstance(team_id, str) else envelope.get("enterprise_id")
    if isinstance(tenant, str):
        yield from _ended(envelope, event, tenant)
    if isinstance(team_id, str):
        yield from _happened(envelope, event, team_id, tries)


def _ended(envelope: Mapping[str, Any], event: Mapping[str, Any], tenant: str) -> Iterator[ProviderEvent]:
    """`tenant` is a team, or an organization: then it ends in all its teams."""
    at = _time_of(envelope)
    for user in _revoked_users(event):
        yield AuthorizationRevoked(Identity(Provider.SLACK, tenant, user), at)
    for team in [*([tenant] if _ends_installation(event) else []), *_left_teams(event)]:
        yield AppRemoved(Provider.SLACK, team, at)


def _happened(
    envelope: Mapping[str, Any], event: Mapping[str, Any], team_id: str, tries: int
) -> Iterator[ProviderEvent]:
    if tries >= _TRIES_OF_AN_OUTAGE and isinstance(event.get("user"), str):
        yield EventsMissed(Identity(Provider.SLACK, team_id, event["user"]))
    if event.get("type") in _RELAYED:
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
    kept = {name: value for name, value in message.items() if name not in ("blocks", "attachments", "view")}
    if shared := shared_messages(message):
        kept["attachments"] = [{name: item.get(name) for name in SHARED_FIELDS} for item in shared]
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


def _left_teams(event: Mapping[str, Any]) -> list[str]:
    """Of an organization where our app is installed for all: those that an admin has taken it from."""
    teams = event.get("team_ids") if event.get("type") == "team_access_revoked" else None
    return [team for team in teams if isinstance(team, str)] if isinstance(teams, list) else []


def _revoked_users(event: Mapping[str, Any]) -> list[str]:
    """Who took back what they had authorized for themselves."""
    tokens = event.get("tokens")
    users = tokens.get("oauth") if event.get("type") == "tokens_revoked" and isinstance(tokens, Mapping) else None
    return [user for user in users if isinstance(user, str)] if isinstance(users, list) else []
