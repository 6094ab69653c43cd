"""The direct-message window of a person: a page to click through, and the same as JSON for scripts.

| JSON twin | body → answer |
|---|---|
| `GET /slack/dm/{user}.json` | → `{user, workspace, installed, channel, messages, home, version}`; messages as Slack keeps them |
| `POST /slack/dm/{user}/open` | `{tab}`, `home` or `messages` → `{}`: opens the app; `home` of the first is its view then |
| `POST /slack/dm/{user}/messages` | `{text, thread_ts?, raw?, broadcast?, files?}` → 201 message; `raw`: in Slack's notation |
| `POST /slack/dm/{user}/messages/{ts}/edit` | `{text, raw?}` → message |
| `POST /slack/dm/{user}/messages/{ts}/delete` | → `{}` |
| `POST /slack/dm/{user}/messages/{ts}/react` · `/unreact` | `{name}` → message |

`files` are `{name, type?, alt?, base64}`. A form that posts to the same addresses is sent back to the window.
"""

import base64
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Refused, Request
from local.slack import emoji, files, messages, mrkdwn, seed_data
from local.slack.fake_slack import Slack, SlackError, short

_SHOWN = 300
_QUICK = ("+1", "heart", "tada", "eyes")


def choose(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """The window of the person picked, or of the first."""
    picked = web.query(request).get("user") or "UACMEDANA"
    return web.redirect(f"/slack/dm/{slack.user(picked)['id']}")


def show(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """The window."""
    with slack.store.lock:
        user = _person(slack, parts[0])
        team = slack.team(user["team_id"])
        several = _newest(messages.of(slack, messages.dm(slack, user)))
        return web.page(
            "slack_dm.html",
            user=user,
            team=team,
            app=seed_data.APP_NAME,
            groups=[(item, _selectable(slack, item["id"])) for item in slack.data["teams"].values()],
            threads=_threads(slack, user, several),
            installed=slack.install(team["id"]) is not None,
            home=slack.data.get("homes", {}).get(user["id"]),
            quick=[(name, emoji.shown(name)) for name in _QUICK],
            faults=[*slack.faults.shown()],
            switches=slack.courier.switches(),
            version=slack.store.version,
            undelivered=_undelivered(slack),
        )


def look(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.store.lock:
        user = _person(slack, parts[0])
        channel = messages.dm(slack, user)
        answer = {
            "user": {**user, "role": seed_data.role(user)},
            "workspace": slack.team(user["team_id"]),
            "installed": slack.install(user["team_id"]) is not None,
            "channel": channel["id"],
            "messages": messages.of(slack, channel),
            "home": slack.data.get("homes", {}).get(user["id"]),
            "version": slack.store.version,
        }
        return web.answer(answer)


def write(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    given = web.body(request)
    with slack.changing():
        user = _writer(slack, parts[0])
        several = _files(slack, user, given)
        text = "" if several and not given.get("text") else _text(slack, user, given)
        content = messages.by_person(user, text)
        content["thread_ts"] = given.get("thread_ts") or None
        if given.get("broadcast") and content["thread_ts"]:
            content["subtype"] = "thread_broadcast"
        channel = messages.dm(slack, user)
        if several:
            message = files.share(slack, channel, several, {**content, "subtype": "file_share", "upload": False})
        else:
            message = messages.post(slack, channel, content)
        return _done(request, user, message, 201)


def _files(slack: Slack, user: Json, given: Json) -> list[Json]:
    """What a person attaches: name, type and bytes."""
    results = []
    for item in given.get("files") or []:
        content, file_id = base64.b64decode(item["base64"]), files.new_id()
        slack.keep(file_id, content)
        about = {"id": file_id, "team_id": user["team_id"], "user": user["id"], "size": len(content)}
        about |= {"name": item["name"], "mimetype": item.get("type", "application/octet-stream")}
        about |= {"alt_txt": item.get("alt", "")}
        results.append(files.add(slack, about, item["name"]))
    return results


def change(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """`edit`, `delete`, `react`, `unreact`"""
    given, (user_id, ts, what) = web.body(request), parts
    with slack.changing():
        user = _writer(slack, user_id)
        channel = messages.dm(slack, user)
        message = messages.find(slack, channel, ts)
        if what in ("edit", "delete") and message.get("user") != user["id"]:
            raise SlackError("cant_update_message" if what == "edit" else "cant_delete_message")
        if what == "edit":
            messages.edit(slack, channel, message, {"text": _text(slack, user, given)}, user["id"])
        elif what == "delete":
            messages.delete(slack, channel, message)
            return _done(request, user, {}, 200)
        else:
            name = _emoji(web.text(given, "name"))
            (messages.react if what == "react" else messages.unreact)(slack, channel, message, name, user["id"])
        return _done(request, user, message, 200)


def _done(request: Request, user: Json, answer: Json, status: int) -> Answer:
    return web.redirect(f"/slack/dm/{user['id']}") if web.is_form(request) else web.answer(answer, status)


def _person(slack: Slack, user_id: str) -> Json:
    user = slack.user(user_id)
    if user["is_bot"]:
        raise SlackError("user_not_found")
    return user


def _writer(slack: Slack, user_id: str) -> Json:
    user = _person(slack, user_id)
    if user["deleted"]:
        raise SlackError("account_inactive")
    if slack.install(user["team_id"]) is None:
        raise SlackError("app_not_installed")
    return user


def _text(slack: Slack, user: Json, given: Json) -> str:
    text = web.text(given, "text")
    if not text.strip():
        raise Refused(422, "invalid", "text must not be empty.")
    return text if given.get("raw") else mrkdwn.typed(text, slack.people(user["team_id"]))


def _emoji(name: str) -> str:
    """People also have those that their workspace made for itself."""
    return emoji.canonical(name) or name.strip().strip(":")


def _selectable(slack: Slack, team_id: str) -> list[Json]:
    people = [user for user in slack.people(team_id) if not user["is_bot"]]
    return [{**user, "role": seed_data.role(user)} for user in people]


def _newest(several: list[Json]) -> list[Json]:
    """The last messages, and the roots of the threads that they are in."""
    newest = several[-_SHOWN:]
    wanted = {item["thread_ts"] for item in newest if messages.is_reply(item)}
    return [item for item in several[:-_SHOWN] if item["ts"] in wanted] + newest


def _threads(slack: Slack, user: Json, several: list[Json]) -> list[Json]:
    """Messages for the page: the top ones, each with its replies."""
    top = {entry["ts"]: _shown(slack, user, entry) for entry in several if not messages.is_reply(entry)}
    for item in several:
        if messages.is_reply(item) and item["thread_ts"] in top:
            top[item["thread_ts"]]["replies"].append(_shown(slack, user, item))
    return list(top.values())


def _shown(slack: Slack, user: Json, message: Json) -> dict[str, Any]:
    users = slack.data["users"]
    author = users.get(message.get("user"), {})
    name = message.get("username") or author.get("real_name") or seed_data.APP_NAME
    picture = str((message.get("icons") or {}).get("image_48") or "")
    return {
        "ts": message["ts"],
        "name": name,
        "initials": "".join(word[0] for word in name.split()[:2]).upper(),
        "tint": int(short(name), 16) % 6,
        "picture": picture if picture.startswith(f"{slack.config.playground}/") else "",
        "from_app": bool(message.get("bot_id")),
        "mine": message.get("user") == user["id"],
        "time": datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M"),
        "html": _html(message, users),
        "files": [_attached(file) for file in message.get("files", [])],
        "words": message["text"][:60],
        "text": _plain(message["text"]),
        "edited": "edited" in message,
        "gone": message.get("subtype") == "tombstone",
        "also": message.get("subtype") == "thread_broadcast",
        "reactions": [
            {
                "name": reaction["name"],
                "emoji": emoji.shown(reaction["name"]),
                "count": reaction["count"],
                "mine": user["id"] in reaction["users"],
            }
            for reaction in message.get("reactions", [])
        ],
        "replies": [],
    }


def _attached(file: Json) -> dict[str, Any]:
    name = str(file.get("name", ""))
    return {
        "id": file["id"],
        "name": name or "This file was deleted.",
        "gone": file.get("mode") == "tombstone",
        "is_picture": name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp")),
        "alt": file.get("alt_txt") or name,
    }


def _html(message: Json, users: dict[str, Json]) -> Markup:
    return mrkdwn.shown(message["text"], users)


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _undelivered(slack: Slack) -> int:
    """Events among the last that the application didn't take."""
    last: dict[str, bool] = {}
    for item in list(slack.courier.log)[-50:]:
        last[item["id"]] = bool(item["reason"])
    return sum(last.values())
