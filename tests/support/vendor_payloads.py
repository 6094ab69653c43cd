"""What Slack and Teams send, in the shapes that they publish: Slack's Events API, as in bolt-python's scenario tests, and the
Bot Framework's activities, as in Microsoft's documentation of conversation events. The values are ours."""

from typing import Any

Json = dict[str, Any]
TEAM, BOT, APP, CHANNEL = "T1", "UBOT", "A1", "D1"
_RICH = [
    {
        "type": "rich_text",
        "block_id": "b1",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Good morning"}]}],
    }
]
_FILE = {
    "id": "F1",
    "created": 1750000000,
    "name": "plan.png",
    "title": "plan.png",
    "mimetype": "image/png",
    "size": 4711,
    "mode": "hosted",
    "is_external": False,
    "url_private": "https://files.slack.com/files-pri/T1-F1/plan.png",
    "thumb_64": "https://files.slack.com/files-tmb/T1-F1-a/plan_64.png",
    "has_rich_preview": False,
}
_PROFILE = {
    "id": "B1",
    "deleted": False,
    "name": "weather",
    "app_id": "A9",
    "team_id": TEAM,
    "icons": {"image_36": "x"},
}


def envelope(event: Any, event_id: str = "Ev1", **more: Any) -> Json:
    granted = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "deprecated",
        "team_id": TEAM,
        "enterprise_id": "E1",
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": 1750000001,
        "authorizations": [granted],
        "is_ext_shared_channel": False,
        "event_context": "4-context",
        **more,
    }


def said(**more: Any) -> Json:
    return {
        "client_msg_id": "0d4ac2d6-0000-4000-8000-000000000001",
        "type": "message",
        "user": "U1",
        "text": "Good morning",
        "ts": "1750000001.000100",
        "team": TEAM,
        "blocks": _RICH,
        "channel": CHANNEL,
        "event_ts": "1750000001.000100",
        "channel_type": "im",
        **more,
    }


def changed(new: Json, old: Json, **more: Any) -> Json:
    times = {"ts": "1750000009.000900", "event_ts": "1750000009.000900"}
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": new,
        "previous_message": old,
        "channel": CHANNEL,
        "hidden": True,
        "channel_type": "im",
        **times,
        **more,
    }


_OLD = {
    "type": "message",
    "user": "U1",
    "text": "Good moning",
    "team": TEAM,
    "ts": "1750000001.000100",
    "blocks": _RICH,
}
_NEW = {**_OLD, "text": "Good morning", "edited": {"user": "U1", "ts": "1750000008.000000"}}
_BOTS = {"bot_id": "B1", "bot_profile": _PROFILE, "app_id": "A9"}
_ROOT = {
    "text": "New chat",
    "user": "U1",
    "type": "message",
    "edited": {},
    "thread_ts": "1750000000.000001",
    "reply_count": 2,
    "latest_reply": "1750000001.000100",
    "reply_users": ["U1", BOT],
    "is_locked": False,
    "ts": "1750000000.000001",
}
_STONE = {
    "type": "message",
    "subtype": "tombstone",
    "user": "USLACKBOT",
    "text": "This message was deleted.",
    "hidden": True,
}
_ITEM = {"type": "message", "channel": CHANNEL, "ts": "1750000001.000100"}
_REACTION = {"type": "reaction_added", "user": "U1", "reaction": "tada", "item": _ITEM, "item_user": BOT}

_OPENED = {"type": "app_home_opened", "user": "U1", "channel": CHANNEL, "event_ts": "1515449522000016"}

UNDERSTOOD: list[tuple[str, Json, tuple[str, str, str]]] = [
    ("a message", said(), ("posted", "1750000001.000100", "Good morning")),
    ("the app's messages opened", {**_OPENED, "tab": "messages"}, ("arrived", "", "")),
    ("the app's page opened", {**_OPENED, "tab": "home", "view": {"id": "V1", "type": "home"}}, ("looked", "", "")),
    (
        "a reply",
        said(thread_ts="1750000000.000001", parent_user_id=BOT),
        ("posted", "1750000001.000100", "Good morning"),
    ),
    ("to an assistant", said(assistant_thread={"x": "y"}), ("posted", "1750000001.000100", "Good morning")),
    (
        "a file",
        said(subtype="file_share", files=[_FILE], upload=False, display_as_bot=False),
        ("posted", "1750000001.000100", "Good morning\n(file: plan.png)"),
    ),
    (
        "a file alone",
        said(subtype="file_share", text="", files=[_FILE]),
        ("posted", "1750000001.000100", "(file: plan.png)"),
    ),
    (
        "a file without a name",
        said(subtype="file_share", files=[{**_FILE, "name": None, "title": "Pasted"}, {"id": "F2", "name": ""}]),
        ("posted", "1750000001.000100", "Good morning\n(file: Pasted)\n(file)"),
    ),
    (
        "a message that was forwarded",
        said(
            text="Look",
            attachments=[
                {
                    "is_share": True,
                    "is_msg_unfurl": True,
                    "author_name": "Ada & Bea",
                    "text": "The *red* door\non the left",
                    "fallback": "[23 November] Ada: The red door",
                    "from_url": "https://acme.slack.com/archives/C1/p1",
                }
            ],
        ),
        ("posted", "1750000001.000100", "Look\n> **Ada & Bea:**\n> The **red** door\n> on the left"),
    ),
    (
        "a forward without words",
        said(text="", attachments=[{"is_share": True, "fallback": "The red door"}]),
        ("posted", "1750000001.000100", "> The red door"),
    ),
    (
        "a link that Slack shows",
        said(attachments=[{"is_msg_unfurl": True, "author_name": "Ada", "text": "The red door"}, "x", None]),
        ("posted", "1750000001.000100", "Good morning"),
    ),
    (
        "a canvas",
        said(subtype="file_share", text="", files=[{**_FILE, "name": "", "title": "Plan", "filetype": "quip"}]),
        ("posted", "1750000001.000100", "(canvas: Plan)"),
    ),
    (
        "one of two files taken out",
        changed(
            {**_OLD, "files": [{"id": "F1", "mode": "tombstone"}, {**_FILE, "id": "F2", "name": "b.png"}]},
            {**_OLD, "files": [_FILE, {**_FILE, "id": "F2", "name": "b.png"}]},
        ),
        ("edited", "1750000001.000100", "Good moning\n(file: b.png)"),
    ),
    (
        "the only file taken out of a message without words",
        changed(
            {**_OLD, "text": "", "files": [{"id": "F1", "mode": "tombstone"}]}, {**_OLD, "text": "", "files": [_FILE]}
        ),
        ("edited", "1750000001.000100", "(file: taken out)"),
    ),
    (
        "also to the channel",
        said(subtype="thread_broadcast", thread_ts="1750000000.000001", root={**_ROOT, "subtype": "bot_message"}),
        ("posted", "1750000001.000100", "Good morning"),
    ),
    ("an edit", changed({**_NEW, "source_team": TEAM}, _OLD), ("edited", "1750000001.000100", "Good morning")),
    (
        "an edit that says its time in the past only",
        changed({key: value for key, value in _NEW.items() if key != "ts"}, _OLD),
        ("edited", "1750000001.000100", "Good morning"),
    ),
    (
        "a deletion",
        {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": _OLD,
            "channel": CHANNEL,
            "hidden": True,
            "deleted_ts": "1750000001.000100",
            "ts": "1750000010.000100",
        },
        ("deleted", "1750000001.000100", ""),
    ),
    (
        "a deletion of what was answered",
        changed({**_STONE, "ts": "1750000001.000100"}, {**_OLD, "reply_count": 1}),
        ("deleted", "1750000001.000100", ""),
    ),
    ("a reaction", _REACTION, ("reacted", "1750000001.000100", "")),
    ("a reaction taken back", {**_REACTION, "type": "reaction_removed"}, ("unreacted", "1750000001.000100", "")),
]
IGNORED: list[tuple[str, Any]] = [
    ("a bot's", said(**_BOTS)),
    ("an old integration's", {**said(subtype="bot_message", username="weather", bot_id="B1"), "user": None}),
    ("our own", said(user=BOT)),
    ("an unfurled link", changed({**_OLD, "attachments": [{"from_url": "https://x.example", "id": 1}]}, _OLD)),
    ("a thread's counters", changed({**_ROOT, "subtype": "assistant_app_thread"}, _ROOT)),
    ("a bot's edit", changed({**_NEW, **_BOTS}, {**_OLD, **_BOTS})),
    (
        "a bot's deletion",
        {"type": "message", "subtype": "message_deleted", "channel": CHANNEL, "previous_message": _BOTS},
    ),
    ("our own reaction", {**_REACTION, "user": BOT}),
    ("a reaction on a file", {**_REACTION, "item": {"type": "file", "file": "F1"}}),
    ("somebody came", said(subtype="channel_join", inviter="U2")),
    ("a topic", said(subtype="channel_topic", topic="x")),
    ("a mention", {"type": "app_mention", "user": "U1", "text": f"<@{BOT}> hi", "ts": "1.1", "channel": "C1"}),
    (
        "a link",
        {"type": "link_shared", "user": "U1", "links": [{"domain": "x", "url": "https://x"}], "channel": CHANNEL},
    ),
    (
        "an assistant's thread",
        {
            "type": "assistant_thread_started",
            "assistant_thread": {"user_id": "U1", "context": {}, "channel_id": CHANNEL, "thread_ts": "1.1"},
        },
    ),
    ("a function", {"type": "function_executed", "function": {"id": "Fn1", "type": "app"}, "inputs": {}}),
    ("somebody joined", {"type": "member_joined_channel", "user": "U9", "channel": "C1", "inviter": "U2"}),
    ("a star", {"type": "star_added", "user": "U1", "item": _ITEM}),
]
ODD: list[Any] = [
    None,
    [],
    "text",
    7,
    {},
    {"type": None},
    {"type": ["message"]},
    {"type": "message"},
    {"type": "message", "channel": ["D1"]},
    said(subtype=["file_share"]),
    said(subtype={"a": 1}),
    said(user=None),
    said(user={"id": "U1"}),
    said(ts=1750000001.0001),
    said(ts=None),
    said(text=None),
    said(text={"a": 1}),
    said(text=["a"]),
    said(thread_ts=7),
    said(thread_ts=[]),
    said(files="plan.png", subtype="file_share"),
    said(files=[None, 7, {}], subtype="file_share"),
    said(channel="#", user="U#1"),
    said(text="\ud800 \x00 <" + "<" * 300),
    changed({}, {}),
    {"type": "message", "subtype": "message_changed", "channel": CHANNEL},
    {"type": "message", "subtype": "message_changed", "channel": CHANNEL, "message": [], "previous_message": 1},
    {"type": "message", "subtype": "message_deleted", "channel": CHANNEL, "previous_message": "x"},
    {"type": "reaction_added"},
    {"type": "reaction_added", "item": "x", "user": "U1"},
    {"type": "reaction_added", "item": {"type": "message"}, "user": "U1", "reaction": None},
    {**_REACTION, "reaction": ["tada"]},
    {**_REACTION, "user": ["U1"]},
    {"type": "tokens_revoked"},
    {"type": "tokens_revoked", "tokens": ["bot"]},
    {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}},
]
ENDS: list[Json] = [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": [BOT]}}]

CONVERSATION = "a:1PersonalConversationOfOne"
TENANT, PERSON = "3a1d0c52-0000-4000-8000-0000000000aa", "7b2e4c90-0000-4000-8000-0000000000bb"


def activity(kind: str, **more: Any) -> Json:
    return {
        "type": kind,
        "id": "1750000000001",
        "timestamp": "2026-06-15T15:06:41.123Z",
        "localTimestamp": "2026-06-15T17:06:41.123+02:00",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "channelId": "msteams",
        "from": {"id": "29:1person", "name": "Jonas Weber", "aadObjectId": PERSON},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": CONVERSATION},
        "recipient": {"id": "28:bot", "name": "Webtop Chat"},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-US",
        **more,
    }


_HTML = [{"contentType": "text/html", "content": "<p>Good morning</p>"}]
_EDITED, _UNDELETED = ({"eventType": name, "tenant": {"id": TENANT}} for name in ("editMessage", "undeleteMessage"))
_SOFT = {"eventType": "softDeleteMessage", "tenant": {"id": TENANT}}
ACTIVITIES: list[tuple[str, Json, list[tuple[str, str]]]] = [
    (
        "a message",
        activity("message", text="Good morning", textFormat="plain", attachments=_HTML),
        [("posted", "1750000000001")],
    ),
    (
        "a reply",
        activity("message", text="Good morning", textFormat="plain", replyToId="1749999999999"),
        [("posted", "1750000000001")],
    ),
    ("an edit", activity("messageUpdate", text="Good day", channelData=_EDITED), [("edited", "1750000000001")]),
    ("a deletion", activity("messageDelete", channelData=_SOFT), [("deleted", "1750000000001")]),
    (
        "a reaction",
        activity("messageReaction", replyToId="17", reactionsAdded=[{"type": "like"}]),
        [("reacted", "17")],
    ),
    (
        "one reaction for another",
        activity(
            "messageReaction", replyToId="17", reactionsRemoved=[{"type": "like"}], reactionsAdded=[{"type": "heart"}]
        ),
        [("reacted", "17"), ("unreacted", "17")],
    ),
    (
        "an undeletion",
        activity("messageUpdate", text="Good day", channelData=_UNDELETED),
        [("restored", "1750000000001")],
    ),
    ("added", activity("installationUpdate", action="add"), [("arrived", "1750000000001")]),
    ("upgraded", activity("installationUpdate", action="add-upgrade"), [("arrived", "1750000000001")]),
    ("removed", activity("installationUpdate", action="remove-upgrade"), []),
    ("members", activity("conversationUpdate", membersAdded=[{"id": "28:bot"}]), [("arrived", "1750000000001")]),
    (
        "a renamed team",
        activity("conversationUpdate", channelData={"eventType": "teamRenamed", "team": {"id": "x"}}),
        [],
    ),
    ("typing", activity("typing"), []),
    ("an invoke", activity("invoke", name="adaptiveCard/action", value={"action": {}}), []),
    (
        "a read receipt",
        activity("event", name="application/vnd.microsoft.readReceipt", value={"lastReadMessageId": "1"}),
        [],
    ),
    ("a meeting", activity("event", name="application/vnd.microsoft.meetingStart", value={"Title": "x"}), []),
    ("the end", activity("endOfConversation", code="completedSuccessfully"), []),
]
ODD_ACTIVITIES: list[Json] = [
    activity("message", id=None),
    activity("message", id=7),
    activity("message", text=None),
    activity("message", text={"a": 1}, textFormat=["plain"]),
    activity("message", text="\ud800\x00", textFormat="xml"),
    activity("message", text="<" * 500, textFormat="xml"),
    activity("message", conversation=None),
    activity("message", conversation="a:1"),
    activity("message", conversation={"id": 7, "tenantId": TENANT}),
    activity("message", conversation={"id": None}),
    activity("message", channelData=None, replyToId=7),
    activity("message", channelData=[]),
    {**activity("message"), "from": None},
    {**activity("message"), "from": {"id": "29:1", "aadObjectId": None}},
    {**activity("message"), "from": {"id": None, "aadObjectId": "a#b"}},
    {**activity("message"), "from": {"id": "28:bot", "aadObjectId": PERSON, "role": "bot"}},
    activity("messageReaction"),
    activity("messageReaction", replyToId=None, reactionsAdded="like"),
    activity("messageReaction", replyToId="17", reactionsAdded=[None, 7, {}, {"type": None}, {"type": ["like"]}]),
    activity("installationUpdate", action=None),
    {**activity("message"), "type": None},
    {**activity("message"), "type": ["message"]},
]
