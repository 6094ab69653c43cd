"""Buttons by which somebody says for which chat their words are, and what comes back when one is pressed."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...domain.identities import Identity
from ...domain.relaying import ChatChoice, InboundEvent, RemoteMessageRef

_KIND, _MOST, _LONGEST_LABEL = "webtop_chat", 6, 60


def card(choices: Sequence[ChatChoice]) -> list[dict[str, Any]]:
    """An adaptive card; Teams shows six of its actions. `Action.Submit` comes back as a message with the `data` as its value."""
    actions = [
        {
            "type": "Action.Submit",
            "title": choice.title[:_LONGEST_LABEL] or "?",
            "data": {"kind": _KIND, "chat": choice.chat_id, "of": choice.message_id},
        }
        for choice in choices[:_MOST]
    ]
    content = {"type": "AdaptiveCard", "version": "1.4", "body": [], "actions": actions}
    return [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}] if actions else []


def chosen(activity: Mapping[str, Any], identity: Identity, system: str, channel_id: str) -> InboundEvent | None:
    """None for what is no button of ours."""
    value = activity.get("value")
    if not isinstance(value, Mapping) or value.get("kind") != _KIND:
        return None
    chat_id, message_id = value.get("chat"), value.get("of")
    if not isinstance(chat_id, str) or not isinstance(message_id, str):
        return None
    target = RemoteMessageRef(system, channel_id, message_id)
    return InboundEvent(action="chosen", identity=identity, target=target, chat_id=chat_id)
