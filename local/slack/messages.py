"""Messages of direct messages and channels, whoever writes them; each change is told to the application."""

import copy
import time
from typing import Any

from local.fake_provider.state import Json
from local.slack import events, seed_data
from local.slack.fake_slack import Slack, SlackError, short


def dm(slack: Slack, user: Json) -> Json:
    """The direct message between a person and the app, begun when it is first needed."""
    dm_id = f"D{user['id'][1:]}"
    channels: dict[str, Json] = slack.data["channels"]
    if dm_id not in channels:
        channels[dm_id] = {
            "id": dm_id,
            "team_id": user["team_id"],
            "kind": "im",
            "user": user["id"],
            "created": int(slack.now()),
        }
    return channels[dm_id]


def of(slack: Slack, channel: Json) -> list[Json]:
    """All messages of a conversation, in the order of their time stamps."""
    results: list[Json] = slack.data["messages"].setdefault(channel["id"], [])
    return results


def find(slack: Slack, channel: Json, ts: str, error: str = "message_not_found") -> Json:
    for message in of(slack, channel):
        if message["ts"] == ts and message.get("subtype") != "tombstone":
            return message
    raise SlackError(error)


def post(slack: Slack, channel: Json, content: Json) -> Json:
    """Add a message; `thread_ts` in the content makes it a reply."""
    parent = _parent(slack, channel, content.get("thread_ts"))
    message = {"type": "message", **content, "ts": slack.new_ts(), "team": channel["team_id"]}
    if parent is None:
        message.pop("thread_ts", None)
    else:
        _count(parent, message)
    of(slack, channel).append(message)
    _tell(slack, channel, {**message, "event_ts": message["ts"]})
    return message


def edit(slack: Slack, channel: Json, message: Json, changes: Json, by: str) -> None:
    before = copy.deepcopy(message)
    message.update(changes)
    message["edited"] = {"user": by, "ts": f"{int(slack.now())}.000000"}
    _changed(slack, channel, message, before)


def delete(slack: Slack, channel: Json, message: Json) -> None:
    """Remove it; one that has replies stays as a tombstone, which Slack reports as a change."""
    before = copy.deepcopy(message)
    if message.get("reply_count"):
        kept = {name: message[name] for name in ("type", "ts", "team", "thread_ts", "reply_count", "reply_users")}
        message.clear()
        message.update(kept | {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT"})
        _changed(slack, channel, message, before)
        return
    of(slack, channel).remove(message)
    _uncount(slack, channel, message)
    stamp = slack.new_ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": before["ts"],
        "ts": stamp,
        "event_ts": stamp,
        "previous_message": before,
    }
    _tell(slack, channel, event)


def react(slack: Slack, channel: Json, message: Json, name: str, by: str) -> None:
    reactions: list[Json] = message.setdefault("reactions", [])
    results = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if results is None:
        results = {"name": name, "users": [], "count": 0}
        reactions.append(results)
    if by in results["users"]:
        raise SlackError("already_reacted")
    results["users"].append(by)
    results["count"] += 1
    _reaction(slack, channel, message, "reaction_added", (name, by))


def unreact(slack: Slack, channel: Json, message: Json, name: str, by: str) -> None:
    reactions: list[Json] = message.get("reactions", [])
    results = next((reaction for reaction in reactions if reaction["name"] == name and by in reaction["users"]), None)
    if results is None:
        raise SlackError("no_reaction")
    results["users"].remove(by)
    results["count"] -= 1
    if not results["users"]:
        reactions.remove(results)
    _reaction(slack, channel, message, "reaction_removed", (name, by))


def by_app(slack: Slack, team_id: str) -> Json:
    """What marks a message as the app's."""
    bot = slack.bot_user(team_id)["id"]
    number = f"B{team_id[2:]}APP"
    profile = {
        "id": number,
        "app_id": seed_data.APP_ID,
        "user_id": bot,
        "name": seed_data.APP_NAME,
        "deleted": False,
        "updated": 1_502_138_686,
        "team_id": team_id,
        "icons": {},
    }
    return {"user": bot, "bot_id": number, "app_id": seed_data.APP_ID, "bot_profile": profile}


def by_person(user: Json, text: str) -> Json:
    """What a person's own message holds."""
    return {"user": user["id"], "text": text, "client_msg_id": short(user["id"], text, str(time.time())).lower()}


def is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _parent(slack: Slack, channel: Json, thread_ts: Any) -> Json | None:
    if not thread_ts:
        return None
    for message in of(slack, channel):
        if message["ts"] == str(thread_ts):
            if is_reply(message):
                raise SlackError("cannot_reply_to_message")
            return message
    raise SlackError("thread_not_found")


def _count(parent: Json, reply: Json) -> None:
    author = reply.get("user") or reply.get("bot_id")
    users = [*parent.get("reply_users", [])]
    if author not in users:
        users.append(author)
    parent.update(
        thread_ts=parent["ts"],
        reply_count=parent.get("reply_count", 0) + 1,
        reply_users=users,
        reply_users_count=len(users),
        latest_reply=reply["ts"],
    )
    reply["thread_ts"] = parent["ts"]
    if parent.get("user"):
        reply["parent_user_id"] = parent["user"]


def _uncount(slack: Slack, channel: Json, reply: Json) -> None:
    if not is_reply(reply):
        return
    for message in of(slack, channel):
        if message["ts"] == reply["thread_ts"]:
            message["reply_count"] = max(0, message.get("reply_count", 0) - 1)


def _changed(slack: Slack, channel: Json, message: Json, before: Json) -> None:
    stamp = slack.new_ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "ts": stamp,
        "event_ts": stamp,
        "message": copy.deepcopy(message),
        "previous_message": before,
    }
    _tell(slack, channel, event)


def _reaction(slack: Slack, channel: Json, message: Json, kind: str, what: tuple[str, str]) -> None:
    name, by = what
    event = {
        "type": kind,
        "user": by,
        "reaction": name,
        "event_ts": slack.new_ts(),
        "item": {"type": "message", "channel": channel["id"], "ts": message["ts"]},
    }
    if message.get("user"):
        event["item_user"] = message["user"]
    if channel["kind"] == "im":
        events.about_message(slack, channel["team_id"], event)


def _tell(slack: Slack, channel: Json, event: Json) -> None:
    if channel["kind"] == "im":
        event = {**copy.deepcopy(event), "channel": channel["id"], "channel_type": "im"}
        events.about_message(slack, channel["team_id"], event)
