"""Buttons by which somebody says for which chat their words are, and what comes back when one is pressed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...domain.identities import Identity
from ...domain.providers import Provider
from ...domain.relaying import ChatChoice, HomePage, InboundEvent, RemoteMessageRef

_ACTION, _LONGEST_TEXT, _LONGEST_LABEL, _MOST, _MOST_BLOCKS = "webtop_chat", 3_000, 75, 25, 100


def blocks(text: str, choices: Sequence[ChatChoice]) -> list[dict[str, Any]]:
    """Block Kit: a section takes 3,000 characters, a row of actions 25 buttons, a button's label 75."""
    section = {"type": "section", "text": {"type": "plain_text", "text": text[:_LONGEST_TEXT], "emoji": False}}
    buttons = [_button(number, choice) for number, choice in enumerate(choices[:_MOST])]
    return [section, {"type": "actions", "elements": buttons}] if buttons else [section]


def home(page: HomePage) -> dict[str, Any]:
    """The view of the Home tab: at most 100 blocks, each chat with a button that leads to it."""
    text = {"type": "plain_text", "text": page.text[:_LONGEST_TEXT], "emoji": False}
    rows = [_row(number, page.open, *chat) for number, chat in enumerate(page.chats[: _MOST_BLOCKS - 2])]
    last = {"type": "actions", "elements": [_link("webtop_home", *page.button)]}
    return {"type": "home", "blocks": [{"type": "section", "text": text}, *rows, last]}


def _row(number: int, label: str, title: str, url: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": title[:_LONGEST_TEXT] or "?", "emoji": False}
    return {"type": "section", "text": text, "accessory": _link(f"webtop_open_{number}", label, url)}


def _link(action: str, label: str, url: str) -> dict[str, Any]:
    """Pressed, it leads there, and Slack tells us all the same; that is answered, and of no use."""
    text = {"type": "plain_text", "text": label[:_LONGEST_LABEL], "emoji": False}
    return {"type": "button", "action_id": action, "text": text, "url": url}


def _button(number: int, choice: ChatChoice) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"{_ACTION}_{number}",
        "text": {"type": "plain_text", "text": choice.title[:_LONGEST_LABEL] or "?", "emoji": False},
        "value": json.dumps({"chat": choice.chat_id, "of": choice.message_id}),
    }


def pressed(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of an interaction is kept: who pressed which button where; None for what is no button of ours."""
    actions, user, channel = payload.get("actions"), payload.get("user"), payload.get("channel")
    if payload.get("type") != "block_actions" or not isinstance(user, Mapping) or not isinstance(channel, Mapping):
        return None
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    team = user.get("team_id") or (payload.get("team") or {}).get("id")
    if not str(action.get("action_id", "")).startswith(_ACTION):
        return None
    kept = {"team": team, "user": user.get("id"), "channel": channel.get("id"), "value": action.get("value")}
    return kept if all(isinstance(value, str) for value in kept.values()) else None


def chosen(kept: Mapping[str, Any]) -> InboundEvent | None:
    try:
        value = json.loads(kept["value"])
        chat_id, message_id = str(value["chat"]), str(value["of"])
    except (ValueError, KeyError, TypeError):
        return None
    return InboundEvent(
        action="chosen",
        identity=Identity(Provider.SLACK, kept["team"], kept["user"]),
        target=RemoteMessageRef(f"slack#{kept['team']}", kept["channel"], message_id),
        chat_id=chat_id,
    )
