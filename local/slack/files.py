"""Files: uploaded from outside in three steps, shared into a conversation, downloaded with the app's token, deleted.

From docs.slack.dev (slack-ruby/slack-api-ref 0e98f2ed, November 2026). An upload that wasn't completed is nobody's file; completing
says no time stamp; without `files:read` a download is Slack's page to sign in, with status 200.
"""

import copy
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from local.fake_provider.state import Json
from local.http import Answer
from local.slack import messages
from local.slack.calls import Call
from local.slack.conversations import reachable
from local.slack.fake_slack import Slack, SlackError

_LONGEST_ALT = 1_000
_LOGIN = b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


def upload_url(call: Call) -> Json:
    length = call.text("length")
    if not length.isdecimal() or int(length) < 1:
        raise SlackError("missing_argument")
    if len(call.text("alt_txt")) > _LONGEST_ALT:
        raise SlackError("alt_txt_too_large")
    file_id, ticket = new_id(), secrets.token_urlsafe(24)
    call.slack.data.setdefault("uploads", {})[ticket] = {
        "id": file_id,
        "team_id": call.team_id,
        "user": call.about["user"],
        "name": call.text("filename"),
        "size": int(length),
        "alt_txt": call.text("alt_txt"),
        "came": False,
    }
    return {"upload_url": f"{call.slack.base}/upload/v1/{ticket}", "file_id": file_id}


def upload(slack: Slack, ticket: str, content: bytes) -> Answer:
    """The bytes, as many as were announced."""
    with slack.changing():
        waiting = slack.data.setdefault("uploads", {}).get(ticket)
        if waiting is None:
            return Answer(404, [("Content-Type", "text/plain")], b"no such upload")
        if len(content) != waiting["size"]:
            return Answer(400, [("Content-Type", "text/plain")], b"not the announced length")
        slack.keep(waiting["id"], content)
        waiting["came"] = True
    return Answer(200, [("Content-Type", "text/plain")], f"OK - {len(content)}".encode())


def complete(call: Call) -> Json:
    wanted = call.args.get("files")
    try:
        wanted = json.loads(wanted) if isinstance(wanted, str) else wanted
    except ValueError:
        raise SlackError("file_not_found") from None
    if (
        not isinstance(wanted, list)
        or not wanted
        or not all(isinstance(item, dict) and "id" in item for item in wanted)
    ):
        raise SlackError("file_not_found")
    uploads = {
        waiting["id"]: ticket
        for ticket, waiting in _uploads(call).items()
        if waiting["came"] and waiting["team_id"] == call.team_id
    }
    if [item for item in wanted if item["id"] not in uploads]:
        raise SlackError("file_not_found")
    channel = _channel(call) if call.text("channel_id") else None
    kept = []
    for item in wanted:
        waiting = _uploads(call).pop(uploads[item["id"]])
        kept.append(add(call.slack, waiting, str(item.get("title") or waiting["name"])))
    if channel:
        content = messages.by_app(call.slack, call.team_id) | {"text": call.text("initial_comment"), "upload": True}
        share(call.slack, channel, kept, content | {"thread_ts": call.text("thread_ts") or None})
    return {"files": [{"id": file["id"], "title": file["title"]} for file in kept]}


def info(call: Call) -> Json:
    return {"file": copy.deepcopy(_file(call)), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(call: Call) -> Json:
    file = _file(call)
    if file["user"] != call.about["user"]:
        raise SlackError("cant_delete_file")
    file["deleted"] = True
    call.slack.forget(file["id"])
    for shares in file["shares"].get("private", {}).items():
        _take_out(call.slack, call.slack.data["channels"][shares[0]], file["id"])
    return {}


def add(slack: Slack, waiting: Json, title: str) -> Json:
    """A file of somebody's, its bytes kept."""
    name, team = waiting["name"], waiting["team_id"]
    address = f"{slack.base}/files-pri/{team}-{waiting['id']}"
    file: Json = {
        "id": waiting["id"],
        "name": name,
        "title": title,
        "mimetype": waiting.get("mimetype", "application/octet-stream"),
        "size": waiting["size"],
        "user": waiting["user"],
        "user_team": team,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "shares": {},
        **({"alt_txt": waiting["alt_txt"]} if waiting.get("alt_txt") else {}),
    }
    slack.data.setdefault("files", {})[file["id"]] = file
    return file


def share(slack: Slack, channel: Json, files: list[Json], content: Json) -> Json:
    """A message with these files, of which each knows then where it stands."""
    shown = [{name: value for name, value in file.items() if name != "shares"} for file in files]
    message = messages.post(slack, channel, {**content, "files": shown})
    for file in files:
        place = {"ts": message["ts"], **({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {})}
        file["shares"].setdefault("private", {}).setdefault(channel["id"], []).append(place)
    return message


def download(slack: Slack, request_headers: Mapping[str, str], file_id: str) -> Answer:
    """For the app of the file's workspace, if it may read files; anybody else is shown where to sign in."""
    about = slack.data["tokens"].get(request_headers.get("authorization", "").removeprefix("Bearer "))
    file = slack.data.get("files", {}).get(file_id)
    if not about or about["revoked"] or "files:read" not in about["scopes"]:
        return Answer(200, [("Content-Type", "text/html; charset=utf-8")], _LOGIN)
    if file is None or file.get("deleted") or file["user_team"] != about["team_id"]:
        return Answer(404, [("Content-Type", "text/plain")], b"file not found")
    return Answer(200, [("Content-Type", file["mimetype"])], slack.kept(file_id))


def new_id() -> str:
    return f"F{secrets.token_hex(5).upper()}"


def _channel(call: Call) -> Json:
    call.args["channel"] = call.args["channel_id"]
    return reachable(call)


def _uploads(call: Call) -> dict[str, Json]:
    waiting: dict[str, Json] = call.slack.data.setdefault("uploads", {})
    return waiting


def _file(call: Call) -> Json:
    file: Json | None = call.slack.data.get("files", {}).get(call.text("file"))
    if file is None or file["user_team"] != call.team_id:
        raise SlackError("file_not_found")
    if file.get("deleted"):
        raise SlackError("file_deleted")
    return file


def _take_out(slack: Slack, channel: Json, file_id: str) -> None:
    for message in messages.of(slack, channel):
        for file in message.get("files", []):
            if file["id"] == file_id:
                file.clear()
                file.update(id=file_id, mode="tombstone")


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
    "files.info": info,
    "files.delete": delete,
}
