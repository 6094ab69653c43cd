"""The app's Home tab: what it publishes for each person, and that they open it.

From docs.slack.dev, `views.publish` and "Views" (as of November 2026): no scope; 100 blocks, 250 kB; `hash` names the state that
is meant to be replaced. `app_home_opened` comes with each opening, of the Home tab with the view that stands there.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Refused, Request
from local.slack import blocks, events, messages, seed_data
from local.slack.calls import Call
from local.slack.fake_slack import Slack, SlackError

_MOST_BLOCKS, _LARGEST = 100, 250_000
_TEXTS = {"private_metadata": 3_000, "callback_id": 255, "external_id": 255}
_KNOWN = {"type", "blocks", *_TEXTS}
TABS = ("home", "messages")


def publish(call: Call) -> Json:
    user, view = call.slack.user(call.text("user_id"), call.team_id), _view(call.args["view"])
    existing = call.slack.data.setdefault("homes", {}).get(user["id"])
    if call.text("hash") and (existing is None or call.text("hash") != existing["hash"]):
        raise SlackError("hash_conflict")
    stamp = call.slack.new_ts()
    number = f"V{user['id'][1:]}"
    about = {
        "id": number,
        "root_view_id": number,
        "team_id": user["team_id"],
        "app_id": seed_data.APP_ID,
        "hash": stamp,
    }
    call.slack.data["homes"][user["id"]] = {**view, **about, "state": {"values": {}}}
    return {"view": call.slack.data["homes"][user["id"]]}


def opened(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """`POST /slack/dm/{user}/open` with `tab`: somebody opens the app. Slack tells it where the app is installed."""
    tab = web.text(web.body(request), "tab")
    if tab not in TABS:
        raise Refused(422, "invalid", "tab must be home or messages.")
    with slack.changing():
        user = slack.user(parts[0])
        if slack.install(user["team_id"]) is None:
            raise SlackError("app_not_installed")
        event = {"type": "app_home_opened", "user": user["id"], "channel": messages.dm(slack, user)["id"], "tab": tab}
        view = slack.data.setdefault("homes", {}).get(user["id"])
        events.send(slack, user["team_id"], {**event, "view": view} if tab == "home" and view else event)
    return web.redirect(f"/slack/dm/{user['id']}") if web.is_form(request) else web.answer({})


def _view(sent: Any) -> Json:
    try:
        view = json.loads(sent) if isinstance(sent, str) else sent
    except ValueError:
        raise SlackError("invalid_arguments") from None
    if not isinstance(view, dict) or view.get("type") != "home" or not isinstance(view.get("blocks"), list):
        raise SlackError("invalid_arguments")
    if set(view) - _KNOWN or any(len(str(view.get(name, ""))) > longest for name, longest in _TEXTS.items()):
        raise SlackError("invalid_arguments")
    if len(json.dumps(view)) > _LARGEST:
        raise SlackError("view_too_large")
    try:
        blocks.check(view["blocks"], _MOST_BLOCKS)
    except SlackError:
        raise SlackError("invalid_arguments") from None
    return view


METHODS: Mapping[str, Callable[[Call], Json]] = {"views.publish": publish}
