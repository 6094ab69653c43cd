"""What Slack and Teams tell us of their side: the app was added or taken away. Whatever else comes is taken and left."""

import json
import re
from collections.abc import Mapping
from typing import Any

from ..domain import schedule
from ..domain.identities import Identity
from ..domain.providers import Provider
from ..ports import Ports
from . import relay_out

_TRIES_OF_AN_OUTAGE = 2
"""Slack tries again at once, after one minute, and after five."""
_QUOTE = re.compile(r"""<blockquote\s[^<>]{0,200}schema\.skype\.com/Reply[^<>]{0,100}\sitemid=["']([0-9]{1,20})["']""")
_LONGEST_HTML = 10_000
_RELAYED = ("message", "reaction_added", "reaction_removed")
_ACTED = ("message", "messageUpdate", "messageDelete", "messageReaction")
_KEPT = (
    "type",
    "id",
    "from",
    "conversation",
    "channelData",
    "timestamp",
    "text",
    "textFormat",
    "replyToId",
    "reactionsAdded",
    "reactionsRemoved",
)


def receive_slack(ports: Ports, envelope: Mapping[str, Any], tries: int = 0) -> None:
    """An event of a team, once for each event id, however often Slack sends it."""
    event, team_id = envelope.get("event"), envelope.get("team_id")
    if not isinstance(event, Mapping) or not isinstance(team_id, str):
        return
    if tries >= _TRIES_OF_AN_OUTAGE and isinstance(event.get("user"), str):
        _compare_later(ports, Identity(Provider.SLACK, team_id, event["user"]))
    for user in _revoked_users(event):
        ports.identities.forget_user_token(Identity(Provider.SLACK, team_id, user))
    if _ends_installation(event):
        ports.identities.uninstall(team_id, ports.now())
    elif event.get("type") in _RELAYED:
        item = event.get("item")
        channel_id = str(event.get("channel") or (item.get("channel") if isinstance(item, Mapping) else ""))
        kept = {name: envelope.get(name) for name in ("team_id", "event_id", "authorizations")}
        once = f"slack {team_id} {envelope.get('event_id') or (channel_id, event.get('event_ts'))}"
        body = {"once": once, "slack": kept | {"event": _slim(event)}}
        ports.relay_queue.put(_written(body), f"in slack {team_id} {channel_id}", once)


def _compare_later(ports: Ports, identity: Identity) -> None:
    """We were away for minutes, so other events of this person may have been given up before we were back."""
    account_id = ports.identities.account_of(identity)
    for membership in ports.chats.memberships(account_id) if account_id else ():
        if membership.via is identity.provider.via:
            ports.schedule.add_once(schedule.compare(membership.chat_id, membership.invitation_id, ports.now()))


def receive_teams(ports: Ports, activity: Mapping[str, Any]) -> None:
    """An activity: adding the app opens the way to a person, taking it away closes it."""
    person = _person(activity)
    if person is None or not _is_between_two(activity):
        return
    identity, user_id = person
    kind, conversation = activity.get("type"), _of(activity, "conversation").get("id")
    removed = kind == "installationUpdate" and str(activity.get("action", "")).startswith("remove")
    if removed:
        ports.identities.close_conversation(identity)
        return
    if kind in ("installationUpdate", "conversationUpdate", "message") and isinstance(conversation, str):
        was_open = bool(ports.identities.conversation(identity)[1])
        ports.identities.open_conversation(identity, str(activity["serviceUrl"]), conversation, user_id)
        if not was_open:
            relay_out.catch_up(ports, identity)
    if kind in _ACTED and _of(activity, "from").get("role") != "bot":
        kept = {name: activity.get(name) for name in _KEPT} | _attached(activity)
        once = f"teams {conversation} {activity.get('id')} {kind} {activity.get('timestamp')}"
        ports.relay_queue.put(_written({"once": once, "teams": kept}), f"in teams {conversation}", once)


def teams_identity(activity: Mapping[str, Any]) -> Identity | None:
    person = _person(activity)
    return person[0] if person else None


def _attached(activity: Mapping[str, Any]) -> dict[str, Any]:
    """In a chat of two, what a message answers stands in an entity or in the HTML alone; of files, their names are enough."""
    attached, quoted = _listed(activity, "attachments"), ""
    for item in _listed(activity, "entities"):
        quoted = quoted or str(_of(item, "quotedReply").get("messageId") or "")[:100]
    for item in attached:
        if not quoted and item.get("contentType") == "text/html":
            quote = _QUOTE.search(str(item.get("content", ""))[:_LONGEST_HTML])
            quoted = quote[1] if quote else ""
    files = [entry["name"][:200] for entry in attached if isinstance(entry.get("name"), str)]
    return {"quoted": quoted, "files": files[:20]}


def _listed(activity: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    result = activity.get(name)
    return [item for item in result if isinstance(item, Mapping)] if isinstance(result, list) else []


def _slim(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says the same once more, in many words: the queue's bodies have a limit."""
    kept = {name: value for name, value in message.items() if name not in ("blocks", "attachments")}
    inner = {name: _slim(kept[name]) for name in ("message", "previous_message") if isinstance(kept.get(name), Mapping)}
    return kept | inner


def _written(body: dict[str, Any]) -> str:
    """As it is, not as escapes, which are longer; but half of a pair can't be written so."""
    text = json.dumps(body, ensure_ascii=False)
    return text if text.isascii() or _is_whole(text) else json.dumps(body)


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= notification <= "\udfff" for notification in text)


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


def _person(activity: Mapping[str, Any]) -> tuple[Identity, str] | None:
    """Who wrote: Entra's tenant and object id; None for the bot itself and for what doesn't say."""
    sender, conversation = _of(activity, "from"), _of(activity, "conversation")
    tenant = conversation.get("tenantId") or _of(_of(activity, "channelData"), "tenant").get("id")
    user = sender.get("aadObjectId")
    if not isinstance(tenant, str) or not isinstance(user, str) or not tenant or not user or "#" in tenant + user:
        return None
    return Identity(Provider.MICROSOFT, tenant, user), str(sender.get("id", ""))


def _is_between_two(activity: Mapping[str, Any]) -> bool:
    """Not in a channel or a group, where others would read what is for one person."""
    conversation = _of(activity, "conversation")
    return conversation.get("conversationType", "personal") == "personal" and not conversation.get("isGroup")


def _of(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    result = body.get(name)
    return result if isinstance(result, Mapping) else {}
