"""What Slack tells the application: events, signed over the bytes sent, tried again where the answer isn't good."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping

from cloud.manifests import SLACK_EVENTS
from local.fake_provider.deliveries import Delivery
from local.fake_provider.state import Json
from local.slack import seed_data
from local.slack.fake_slack import Slack, event_id

_PATIENCE = 3.0
_REACTIONS = {"reaction_added", "reaction_removed"}


def signed(slack: Slack, body: bytes) -> dict[str, str]:
    """The headers that prove to the application that Slack sent this, now."""
    stamp = str(int(time.time()))
    secret = slack.settings["SLACK_SIGNING_SECRET"].encode()
    digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def about_message(slack: Slack, team_id: str, event: Json) -> None:
    """An event of a direct message with the app; sent where the installation may read it."""
    install = slack.install(team_id)
    scopes = set(slack.data["tokens"][install["token"]]["scopes"]) if install else set()
    needed = "reactions:read" if event["type"] in _REACTIONS else "im:history"
    if needed in scopes:
        send(slack, team_id, event)


def app_uninstalled(slack: Slack, team_id: str, of_organization: bool = False) -> None:
    send(slack, team_id, {"type": "app_uninstalled"}, of_organization)


def tokens_revoked(slack: Slack, team_id: str, ended: Iterable[Json], of_organization: bool = False) -> None:
    several = list(ended)
    who = {kind: [about["user"] for about in several if about["kind"] == kind] for kind in ("user", "bot")}
    tokens = {"oauth": who["user"], "bot": who["bot"]}
    send(
        slack,
        team_id,
        {"type": "tokens_revoked", "tokens": {kind: ids for kind, ids in tokens.items() if ids}},
        of_organization,
    )


def verify_address(slack: Slack) -> str:
    """Play what Slack does when the address of events is typed into the app's settings; the challenge it sent."""
    challenge = event_id() * 3
    _send(slack, "url_verification", {"type": "url_verification", "token": "demo", "challenge": challenge}, challenge)
    return challenge


def send(slack: Slack, team_id: str, event: Json, of_organization: bool = False) -> str:
    """Wrap the event as Slack does, and hand it to the courier; of those that the app's manifest doesn't ask for, nothing is told.

    What concerns an organization names no team.
    """
    team, number = slack.team(team_id), event_id()
    kind = str(event["type"])
    if (f"{kind}.{event['channel_type']}" if kind == "message" else kind) not in SLACK_EVENTS:
        return number
    bot = slack.bot_user(team_id)["id"]
    stamp = time.time()
    authorization = {
        "enterprise_id": team["enterprise_id"],
        "team_id": team_id,
        "user_id": bot,
        "is_bot": True,
        "is_enterprise_install": of_organization,
    }
    envelope: Json = {
        "token": "demo",
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": team["enterprise_id"],
        "api_app_id": seed_data.APP_ID,
        "event": {**event, "event_ts": event.get("event_ts") or f"{stamp:.6f}"},
        "type": "event_callback",
        "event_id": number,
        "event_time": int(stamp),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{number}",
    }
    if team["enterprise_id"]:
        envelope["enterprise_id"] = team["enterprise_id"]
    if of_organization:
        envelope |= {"team_id": None, "context_team_id": None}
        authorization["team_id"] = None
    _send(slack, str(event.get("subtype") or event["type"]), envelope, number)
    return number


def _send(slack: Slack, kind: str, envelope: Json, number: str) -> None:
    body = json.dumps(envelope).encode()

    def parcel(attempt: int, reason: str) -> tuple[Mapping[str, str], bytes]:
        again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        return {**signed(slack, body), **again}, body

    url = f"{slack.config.application}/slack/events"
    slack.courier.send(Delivery(number, kind, url, parcel, _PATIENCE, slack.retries))
