"""Methods about messages: posting, changing, deleting, reactions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.fake_provider.state import Json
from local.slack import blocks as block_kit
from local.slack import emoji, messages
from local.slack.calls import Call
from local.slack.conversations import reachable
from local.slack.fake_slack import SlackError
from local.slack.limits import LONGEST_POST, LONGEST_UPDATE


def post(call: Call) -> Json:
    channel = _channel(call)
    content = _content(call)
    cut = len(content["text"]) > LONGEST_POST
    content |= {"text": content["text"][:LONGEST_POST], "thread_ts": call.text("thread_ts") or None}
    message = messages.post(call.slack, channel, content)
    warned = {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}} if cut else {}
    return {"channel": channel["id"], "ts": message["ts"], "message": message, **warned}


def update(call: Call) -> Json:
    channel = reachable(call)
    message = messages.find(call.slack, channel, call.text("ts"))
    _own(call, message, "cant_update_message")
    changes = {name: value for name, value in _body(call).items() if name in ("text", "blocks", "attachments")}
    if len(changes["text"]) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    messages.edit(call.slack, channel, message, changes | _metadata(call), call.about["user"])
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": message}


def delete(call: Call) -> Json:
    channel = reachable(call)
    message = messages.find(call.slack, channel, call.text("ts"))
    _own(call, message, "cant_delete_message")
    messages.delete(call.slack, channel, message)
    return {"channel": channel["id"], "ts": call.text("ts")}


def permalink(call: Call) -> Json:
    channel = reachable(call)
    message = messages.find(call.slack, channel, call.text("message_ts"))
    domain = call.slack.team(call.team_id)["domain"]
    address = f"https://{domain}.slack.com/archives/{channel['id']}/p{message['ts'].replace('.', '')}"
    return {"channel": channel["id"], "permalink": address}


def add_reaction(call: Call) -> Json:
    return _reaction(call, messages.react)


def remove_reaction(call: Call) -> Json:
    return _reaction(call, messages.unreact)


def reactions(call: Call) -> Json:
    channel = reachable(call)
    message = messages.find(call.slack, channel, call.text("timestamp"))
    return {"type": "message", "channel": channel["id"], "message": message}


def _reaction(call: Call, change: Callable[..., None]) -> Json:
    channel, name = reachable(call), emoji.canonical(call.text("name"))
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    if not name:
        raise SlackError("invalid_name")
    message = messages.find(call.slack, channel, call.text("timestamp"))
    change(call.slack, channel, message, name, call.about["user"])
    return {}


def _channel(call: Call) -> Json:
    """Where to post: a conversation, or a person, whose direct message is opened then."""
    target = call.text("channel")
    if target[:1] in ("U", "W"):
        user = call.slack.data["users"].get(target)
        if user is None or user["team_id"] != call.team_id or user["deleted"] or user["is_bot"]:
            raise SlackError("channel_not_found")
        return messages.dm(call.slack, user)
    channel = reachable(call)
    if channel["kind"] == "im":
        if call.slack.user(channel["user"])["deleted"]:
            raise SlackError("channel_not_found")
    elif call.about["user"] not in channel["members"] and "chat:write.public" not in call.about["scopes"]:
        raise SlackError("not_in_channel")
    return channel


def _content(call: Call) -> Json:
    content = _body(call) | _metadata(call)
    if call.about["kind"] != "bot":
        return content | {"user": call.about["user"]}
    content |= messages.by_app(call.slack, call.team_id)
    if "chat:write.customize" in call.about["scopes"]:
        content |= _disguise(call)
        if call.text("username"):
            del content["user"]
    return content


def _disguise(call: Call) -> Json:
    """Another name and picture for one message; such a message is of Slack's old kind `bot_message`."""
    results: Json = {}
    if call.text("username"):
        results |= {"subtype": "bot_message", "username": call.text("username")}
    if call.text("icon_url"):
        results["icons"] = {"image_48": call.text("icon_url")}
    elif call.text("icon_emoji"):
        results["icons"] = {"emoji": call.text("icon_emoji")}
    return results


def _body(call: Call) -> Json:
    text, blocks, attachments = call.text("text"), _list(call, "blocks"), _list(call, "attachments")
    if call.text("markdown_text"):
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        text = call.text("markdown_text")
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    body: Json = {"text": text}
    if blocks:
        block_kit.check(blocks)
        body["blocks"] = blocks
    if attachments:
        body["attachments"] = attachments
    return body


def _list(call: Call, name: str) -> list[Any]:
    value = _parsed(call.args.get(name), f"invalid_{name}_format" if name == "blocks" else f"invalid_{name}")
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_attachments")
    return value


def _metadata(call: Call) -> Json:
    value = _parsed(call.args.get("metadata"), "invalid_metadata_format")
    if value in (None, ""):
        return {}
    if not isinstance(value, dict) or set(value) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(value.get("event_type"), str) or not isinstance(value.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    return {"metadata": value}


def _parsed(value: Any, error: str) -> Any:
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def _own(call: Call, message: Json, error: str) -> None:
    mine = message.get("bot_id") == messages.by_app(call.slack, call.team_id)["bot_id"]
    if not (mine if call.about["kind"] == "bot" else message.get("user") == call.about["user"]):
        raise SlackError(error)


METHODS: Mapping[str, Callable[[Call], Json]] = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": reactions,
}
