"""Methods about conversations: direct messages and channels."""

from collections.abc import Callable, Mapping

from local.fake_provider.state import Json
from local.slack import messages
from local.slack.calls import Call
from local.slack.fake_slack import SlackError
from local.slack.limits import MOST_READ

_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def reachable(call: Call) -> Json:
    """The conversation named as `channel`, if this token may know of it."""
    channel: Json | None = call.slack.data["channels"].get(call.text("channel"))
    if channel is None or channel["team_id"] != call.team_id or not _visible(call, channel):
        raise SlackError("channel_not_found")
    return channel


def open_dm(call: Call) -> Json:
    if call.text("channel"):
        channel = reachable(call)
        return {"no_op": True, "already_open": True, "channel": {"id": channel["id"]}}
    ids = call.items("users")
    if not ids:
        raise SlackError("users_list_not_supplied")
    if len(ids) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    call.need("im:write")
    user = call.slack.user(ids[0], call.team_id)
    if user["deleted"]:
        raise SlackError("user_disabled")
    if user["is_bot"]:
        raise SlackError("invalid_user_combination")
    existing = f"D{user['id'][1:]}" in call.slack.data["channels"]
    channel = messages.dm(call.slack, user)
    shown = _shown(call, channel) if call.flag("return_im") else {"id": channel["id"]}
    return ({"no_op": True, "already_open": True} if existing else {}) | {"channel": shown}


def list_all(call: Call) -> Json:
    page, more = call.paged(_wanted(call))
    return {"channels": [_shown(call, channel) for channel in page], **more}


def list_mine(call: Call) -> Json:
    """The caller's own, or those of the person named as `user`, as far as the caller may see them."""
    whose = call.text("user")
    if whose and call.slack.user(whose)["team_id"] != call.team_id:
        raise SlackError("user_not_found")
    mine = [item for item in _wanted(call) if (_has(item, whose) if whose else _is_member(call, item))]
    page, more = call.paged(mine)
    return {"channels": [_shown(call, channel) for channel in page], **more}


def info(call: Call) -> Json:
    channel = reachable(call)
    call.need(f"{_TYPES[_type(channel)]}:read")
    shown = _shown(call, channel)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def members(call: Call) -> Json:
    channel = reachable(call)
    call.need(f"{_TYPES[_type(channel)]}:read")
    page, more = call.paged(_members(call, channel))
    return {"members": page, **more}


def history(call: Call) -> Json:
    channel = _readable(call)
    top = [item for item in messages.of(call.slack, channel) if not messages.is_reply(item)]
    page, more = call.paged(_between(call, top)[::-1], most=_most_read(call))
    return {"messages": page, "has_more": bool(more["response_metadata"]["next_cursor"]), "pin_count": 0, **more}


def replies(call: Call) -> Json:
    channel = _readable(call)
    root = call.text("ts")
    thread = [item for item in messages.of(call.slack, channel) if root in (item["ts"], item.get("thread_ts"))]
    if not thread:
        raise SlackError("thread_not_found")
    first = [item for item in thread if not messages.is_reply(item)]
    page, more = call.paged(
        [*first, *(item for item in _between(call, thread) if messages.is_reply(item))], 1_000, _most_read(call)
    )
    return {"messages": page, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


def join(call: Call) -> Json:
    channel = reachable(call)
    if channel["kind"] == "im" or channel["is_private"]:
        raise SlackError("method_not_supported_for_channel_type")
    if call.about["user"] not in channel["members"]:
        channel["members"].append(call.about["user"])
    return {"channel": _shown(call, channel)}


def _most_read(call: Call) -> int:
    return MOST_READ if call.slack.limits.on else 1_000


def _readable(call: Call) -> Json:
    channel = reachable(call)
    call.need(f"{_TYPES[_type(channel)]}:history")
    if channel["kind"] != "im" and not _is_member(call, channel):
        raise SlackError("not_in_channel")
    return channel


def _wanted(call: Call) -> list[Json]:
    types = call.items("types") or ["public_channel"]
    if set(types) - set(_TYPES):
        raise SlackError("invalid_types")
    for item in types:
        call.need(f"{_TYPES[item]}:read")
    several = [channel for channel in call.slack.data["channels"].values() if channel["team_id"] == call.team_id]
    return [entry for entry in several if _type(entry) in types and _visible(call, entry)]


def _type(channel: Json) -> str:
    if channel["kind"] == "im":
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def _visible(call: Call, channel: Json) -> bool:
    """Private channels exist for their members only, and this app's direct messages for it and the person."""
    if channel["kind"] == "im":
        return call.about["kind"] == "bot" or bool(channel["user"] == call.about["user"])
    guest = call.slack.user(call.about["user"])["is_restricted"]
    return _is_member(call, channel) if channel["is_private"] or guest else True


def _is_member(call: Call, channel: Json) -> bool:
    return channel["kind"] == "im" or call.about["user"] in channel["members"]


def _has(channel: Json, user: str) -> bool:
    return user == channel["user"] if channel["kind"] == "im" else user in channel["members"]


def _members(call: Call, channel: Json) -> list[str]:
    if channel["kind"] == "im":
        return [channel["user"], call.slack.bot_user(channel["team_id"])["id"]]
    return list(channel["members"])


def _between(call: Call, several: list[Json]) -> list[Json]:
    oldest, latest, inclusive = call.text("oldest"), call.text("latest"), call.flag("inclusive")
    for name, value in (("oldest", oldest), ("latest", latest)):
        if value and not value.replace(".", "", 1).isdecimal():
            raise SlackError(f"invalid_ts_{name}")
    low, high = float(oldest or 0), float(latest or "inf")
    if inclusive:
        return [item for item in several if low <= float(item["ts"]) <= high]
    return [item for item in several if low < float(item["ts"]) < high]


def _shown(call: Call, channel: Json) -> Json:
    common = {
        "id": channel["id"],
        "created": channel.get("created", 1_449_252_889),
        "is_archived": False,
        "is_org_shared": False,
        "context_team_id": channel["team_id"],
        "updated": 1_678_229_664_302,
    }
    if channel["kind"] == "im":
        return common | {"is_im": True, "user": channel["user"], "is_user_deleted": False, "priority": 0}
    topic = {"value": "", "creator": "", "last_set": 0}
    return common | {
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": not channel["is_private"],
        "is_group": channel["is_private"],
        "is_im": False,
        "is_mpim": False,
        "is_private": channel["is_private"],
        "is_general": channel["is_general"],
        "is_member": _is_member(call, channel),
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "creator": channel["members"][0],
        "unlinked": 0,
        "topic": topic,
        "purpose": topic,
        "previous_names": [],
        "num_members": len(channel["members"]),
    }


METHODS: Mapping[str, Callable[[Call], Json]] = {
    "conversations.open": open_dm,
    "conversations.list": list_all,
    "users.conversations": list_mine,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.join": join,
}
